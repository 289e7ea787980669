"""The whole way to a cluster: which hop is broken, what is looked at behind it, and that all of it ends in time."""

import time
from collections.abc import Iterator

import pytest

from connector.aws import Identity, Keys, Role, SignIn
from connector.connector import EKSConnector
from connector.errors import (
    AccessDenied,
    Failure,
    Forbidden,
    InvalidRegion,
    InvalidRequest,
    RegionDisabled,
    ServerError,
    Unauthorized,
    Unreachable,
    Untrusted,
)
from connector.examination import HOPS, Asker, Examination, State
from connector.impersonation import Impersonate
from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.connector.api_server import ApiServer
from tests.connector.aws_front import AwsFront
from tests.connector.conftest import REGION, MakeCluster

World = tuple[Fleet, LocalAws]
READONLY = "arn:aws:iam::111122223333:role/eks-readonly"
NOBODY = Asker()


@pytest.fixture
def world(fleet: World) -> Iterator[World]:
    yield fleet
    fleet[1].faults.clear()
    for cluster in fleet[0].clusters:
        if cluster.has_server:
            cluster.faults.clear()


def states(found: Examination) -> dict[str, State]:
    return {hop.name: hop.state for hop in found.hops}


def detail(found: Examination, name: str) -> str:
    return next(hop.detail for hop in found.hops if hop.name == name)


def broken(found: Examination) -> tuple[str, Failure]:
    (hop,) = found.broken
    assert hop.failure is not None
    return hop.name, hop.failure


def of_payments(connector: EKSConnector, asker: Asker = NOBODY, **more: object) -> Examination:
    how = {"profile": "payments-prod"} | more
    return connector.examine("prod-payments", "eu-west-1", SignIn(**how), asker)  # type: ignore[arg-type]


def test_each_hop_is_told_as_it_is_passed(world: World, connector: EKSConnector) -> None:
    told: list[Examination] = []
    found = of_payments(connector, Asker(on_hop=told.append))
    assert [hop.name for hop in found.hops] == list(HOPS)
    assert set(states(found).values()) == {State.PASSED, State.UNNEEDED}
    assert (found.account, found.principal) == ("111122223333", "arn:aws:iam::111122223333:user/payments-bot")
    assert told[-1] == found
    # Two looks at each hop: when it is begun, and when it is done.
    assert len(told) == 2 * len(HOPS)
    assert [next(hop.name for hop in one.hops if hop.state is State.UNDERWAY) for one in told[::2]] == list(
        HOPS
    )


def test_a_role_is_a_hop_of_its_own(world: World, connector: EKSConnector) -> None:
    found = of_payments(connector, Asker("U024BE7LH"), role=Role(READONLY))
    assert detail(found, "credentials").startswith("arn:aws:iam::111122223333:user/payments-bot")
    assert detail(found, "role") == "arn:aws:sts::111122223333:assumed-role/eks-readonly/U024BE7LH"
    assert found.principal == detail(found, "role")
    assert found.broken == ()


def test_a_role_of_the_profile_that_is_refused_is_the_role_not_the_credentials(
    world: World, connector: EKSConnector
) -> None:
    world[1].faults.deny("sts:AssumeRole")
    found = of_payments(connector, profile="readonly")
    name, failure = broken(found)
    assert (name, type(failure)) == ("role", AccessDenied)
    assert states(found)["credentials"] is State.PASSED


@pytest.mark.parametrize("code", [None, "OptInRequired"])
def test_a_region_that_is_off_is_no_fault_of_the_keys(
    world: World, connector: EKSConnector, code: str | None
) -> None:
    world[1].faults.disable_region("eu-west-1", code)
    found = of_payments(connector)
    name, failure = broken(found)
    assert (name, type(failure)) == ("region", RegionDisabled)
    assert states(found)["credentials"] is State.PASSED
    assert states(found)["token"] is State.UNREACHED


def test_a_region_that_is_none_is_told_with_the_nearest(world: World, connector: EKSConnector) -> None:
    found = connector.examine("prod-payments", "eu-west-11", SignIn(profile="payments-prod"), NOBODY)
    name, failure = broken(found)
    assert (name, type(failure)) == ("region", InvalidRegion)
    assert "eu-west-1" in failure.hint
    assert states(found)["credentials"] is State.PASSED


def test_who_is_not_admitted_learns_nothing_of_the_cluster(world: World, connector: EKSConnector) -> None:
    def admits(who: Identity) -> None:
        raise InvalidRequest(f"not {who.account}")

    told: list[Examination] = []
    with pytest.raises(InvalidRequest, match="not 111122223333"):
        of_payments(connector, Asker(admits=admits, on_hop=told.append))
    assert states(told[-1])["credentials"] is State.UNDERWAY
    assert not any("111122223333" in hop.detail for one in told for hop in one.hops)
    assert not [call for call in world[1].log if call.service == "eks"]


def test_the_token_is_made_though_the_network_is_broken(
    make_cluster: MakeCluster, aws: AwsFront, connector: EKSConnector, api: ApiServer
) -> None:
    cluster = make_cluster("prod", api)
    cluster.endpoint = "https://no-such-cluster.invalid"
    found = connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY)
    assert broken(found)[0] == "dns"
    assert states(found)["token"] is State.PASSED
    assert states(found)["access"] is State.UNREACHED


def test_a_private_address_is_said_to_be_one(
    make_cluster: MakeCluster, aws: AwsFront, connector: EKSConnector, api: ApiServer
) -> None:
    make_cluster("prod", api).endpoint = "https://[fd00:ec2::dead]:9"
    found = connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY)
    assert "private: reached only from inside its VPC" in detail(found, "dns")
    name, failure = broken(found)
    assert (name, type(failure)) == ("tcp", Unreachable)
    assert failure.why == "fd00:ec2::dead: a private address, reached only from inside its VPC."


@pytest.mark.parametrize("authority", ["bm9uc2Vuc2U=", ""])
def test_a_ca_that_is_none_is_told_at_tls(
    make_cluster: MakeCluster,
    aws: AwsFront,
    connector: EKSConnector,
    api: ApiServer,
    authority: str,
) -> None:
    make_cluster("prod", api).certificate_authority = {"data": authority}
    name, found = broken(connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY))
    assert (name, type(found)) == ("tls", ServerError)


def test_what_listens_there_may_be_somebody_else(
    make_cluster: MakeCluster, aws: AwsFront, connector: EKSConnector, api: ApiServer, running_fleet: Fleet
) -> None:
    make_cluster("prod", api).endpoint = running_fleet.cluster("prod-web").endpoint
    name, failure = broken(connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY))
    assert (name, type(failure)) == ("tls", Untrusted)


def test_who_has_no_access_entry_is_told_at_access(world: World, connector: EKSConnector) -> None:
    name, failure = broken(of_payments(connector, profile="stranger"))
    assert (name, type(failure)) == ("access", Unauthorized)
    assert "aws eks create-access-entry" in failure.hint


def test_a_server_that_cannot_say_who_somebody_is_is_still_known_to_let_them_in(
    make_cluster: MakeCluster, aws: AwsFront, connector: EKSConnector, api: ApiServer
) -> None:
    # Older than Kubernetes 1.28: it has no SelfSubjectReview.
    make_cluster("prod", api)
    found = connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY)
    assert states(found)["access"] is State.PASSED
    assert detail(found, "access").startswith("known to it")


def test_rights_are_those_of_whom_the_person_acts_as(world: World, connector: EKSConnector) -> None:
    viewer = Impersonate("slack:U024BE7LH", ("viewers",))
    found = of_payments(connector, Asker(acting=viewer))
    assert detail(found, "rbac").startswith("slack:U024BE7LH may list namespaces, pods")
    nobody = Impersonate("slack:U024BE7LH", ("strangers",))
    name, failure = broken(of_payments(connector, Asker(acting=nobody)))
    assert (name, type(failure)) == ("rbac", Forbidden)
    assert failure.why == "slack:U024BE7LH may not do this."


def test_who_may_not_act_as_others_is_told_the_rule_for_it(world: World, connector: EKSConnector) -> None:
    found = of_payments(connector, Asker(acting=Impersonate("slack:U1")), profile="readonly")
    name, failure = broken(found)
    assert (name, failure.what) == ("rbac", "The bot may not act as somebody else in `prod-payments`")


def test_in_one_namespace_only_what_is_in_it_is_asked(world: World, connector: EKSConnector) -> None:
    auditor = Impersonate("slack:U1", ("auditors",))
    found = of_payments(connector, Asker(acting=auditor, namespace="payments"))
    (hop,) = found.broken
    assert hop.failure is not None
    assert hop.failure.what == "`prod-payments` refuses: get pods/log in payments"
    assert (
        hop.failure.why == "slack:U1 may not do this, only list pods, deployments.apps, services; get pods."
    )
    assert "--namespace=payments" in hop.mending[-1]


def test_a_connection_by_keys_is_examined_with_them(world: World, connector: EKSConnector) -> None:
    keys = Keys(world[1].keys.access_key_id, world[1].keys.secret_access_key)
    made = connector.connect_with_aws_credentials("prod-payments", "eu-west-1", keys, connected_by="U1")
    found = connector.examine_connection(made.id, NOBODY)
    assert found.broken == ()
    assert detail(found, "profile").startswith("signed in with AWS keys `")
    assert keys.secret_access_key not in repr(found)


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "eks:DescribeCluster"])
def test_it_ends_by_the_deadline_when_aws_hangs(world: World, connector: EKSConnector, action: str) -> None:
    world[1].faults.hang(action)
    began = time.monotonic()
    found = connector.examine(
        "prod-payments", "eu-west-1", SignIn(profile="payments-prod"), NOBODY, deadline=4
    )
    assert time.monotonic() - began < 20
    assert "does not answer" in broken(found)[1].what


@pytest.mark.parametrize("stall", ["hang", "trickle"])
def test_it_ends_by_the_deadline_when_the_cluster_hangs(
    world: World, connector: EKSConnector, stall: str
) -> None:
    getattr(world[0].cluster("prod-payments").faults, stall)()
    began = time.monotonic()
    found = connector.examine(
        "prod-payments", "eu-west-1", SignIn(profile="payments-prod"), NOBODY, deadline=2.0
    )
    assert time.monotonic() - began < 20
    name, failure = broken(found)
    assert (name, isinstance(failure, Unreachable)) == ("access", True)


def test_nothing_is_held_open_afterwards(
    make_cluster: MakeCluster, aws: AwsFront, connector: EKSConnector, api: ApiServer
) -> None:
    make_cluster("prod", api)
    connector.examine("prod", REGION, SignIn(profile="ops"), NOBODY)
    assert api.no_sockets()
    assert connector.list_connected_clusters() == ()


@pytest.mark.parametrize("name", ["", "a/b", "x" * 101, "-prod", "prod\n"])
def test_a_name_that_is_none_asks_nobody(world: World, connector: EKSConnector, name: str) -> None:
    with pytest.raises(InvalidRequest):
        connector.examine(name, "eu-west-1", SignIn(profile="payments-prod"), NOBODY)
    assert len(world[1].log) == 0
