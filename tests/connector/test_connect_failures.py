"""What stops a connection from being made, how it is told, and that nothing of it stays."""

import threading
import time
from typing import Any

import pytest
import trustme

from connector.aws import Role
from connector.connector import Connection, EKSConnector
from connector.errors import (
    ClusterNotFound,
    ClusterNotReady,
    Failure,
    Forbidden,
    InvalidRegion,
    InvalidRequest,
    ProfileNotFound,
    ServerError,
    Unauthorized,
    Unreachable,
    Untrusted,
)
from tests.connector.api_server import Answer, ApiServer
from tests.connector.aws_front import AwsFront, Hang
from tests.connector.conftest import REGION, MakeCluster

OTHER_ACCOUNT = "111122223333"
ROLE = Role(f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/reader", "external-7")


def connected(connector: EKSConnector, name: str = "prod", **more: Any) -> Connection:
    return connector.connect_with_aws_profile(name, REGION, "ops", connected_by="U024BE7LH", **more)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer.of("401"), Unauthorized),
        (Answer.of("403"), Forbidden),
        (Answer(body=b"<html>sign in</html>"), ServerError),
        (Answer(status=302, headers={"Location": "https://example.com/"}), Failure),
        (Answer(status=500), ServerError),
    ],
)
def test_a_failure_leaves_nothing_behind(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, answer: Answer, failure: type[Failure]
) -> None:
    make_cluster("prod", api)
    api.will_answer("/api/v1/namespaces", *[answer] * 5)
    steps: list[str] = []
    with pytest.raises(failure):
        connected(connector, on_step=lambda step: steps.append(step.name))
    assert steps == ["credentials", "cluster", "token", "api"]
    assert connector.list_connected_clusters() == ()
    assert api.no_sockets()


def test_a_stranger_is_told_the_access_entry_to_make(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    api.refuse_tokens = lambda _token: True
    with pytest.raises(Unauthorized) as caught:
        connected(connector, role=ROLE)
    assert caught.value.what == "`prod` does not know who this is"
    assert (
        f"`aws eks create-access-entry --cluster-name prod --region eu-west-1 --principal-arn {ROLE.arn}`"
    ) in caught.value.hint
    # Asked once more with a new token before giving up.
    first, second = api.asked("/version/")
    assert first.token.startswith("k8s-aws-v1.")
    assert second.token.startswith("k8s-aws-v1.")


def test_an_unknown_cluster_is_told_with_the_nearest_names(
    connector: EKSConnector, make_cluster: MakeCluster
) -> None:
    for name in ("prod-payments", "prod-search", "dev"):
        make_cluster(name)
    with pytest.raises(ClusterNotFound) as caught:
        connected(connector, "prod-payment")
    assert caught.value.what == "There is no cluster `prod-payment` in eu-west-1"
    assert caught.value.hint.startswith("Did you mean `prod-payments`")
    assert caught.value.field == "cluster"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("CREATING", "still being made"),
        ("PENDING", "still being made"),
        ("DELETING", "being deleted"),
        ("FAILED", "has failed"),
    ],
)
def test_a_cluster_that_cannot_be_used_yet_says_so(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, status: str, said: str
) -> None:
    make_cluster("prod", api, status=status)
    with pytest.raises(ClusterNotReady, match=said):
        connected(connector)
    assert api.requests == []


def test_another_ca_is_not_trusted(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    api.ca = ""
    other = ApiServer(trustme.CA())
    other.server_close()
    make_cluster("wrong", api, certificate_authority={"data": other.ca})
    with pytest.raises(Untrusted, match="certificate of the API server of `wrong` does not verify") as caught:
        connected(connector, "wrong")
    assert "not signed by the CA that EKS gives" in caught.value.why
    assert api.requests == []


def test_a_certificate_for_another_name_is_not_trusted(
    connector: EKSConnector, make_cluster: MakeCluster, ca: trustme.CA
) -> None:
    server = ApiServer(ca, host="elsewhere.example.com")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    make_cluster("wrong", server)
    with pytest.raises(Untrusted) as caught:
        connected(connector, "wrong")
    assert caught.value.why == "It is made out to another name."
    server.shutdown()
    server.server_close()


def test_a_ca_that_is_no_certificate_is_told(connector: EKSConnector, make_cluster: MakeCluster) -> None:
    make_cluster("odd")  # moto's own CA is random letters
    with pytest.raises(ServerError, match="EKS gives no usable CA for `odd`"):
        connected(connector, "odd")


def test_a_cluster_that_is_down_is_unreachable(
    connector: EKSConnector, make_cluster: MakeCluster, ca: trustme.CA
) -> None:
    server = ApiServer(ca)
    server.server_close()
    make_cluster("down", server)
    with pytest.raises(Unreachable, match="refuses connections"):
        connected(connector, "down")


def test_an_unknown_profile_region_and_cluster_name_are_told_at_their_fields(
    connector: EKSConnector, aws: AwsFront
) -> None:
    with pytest.raises(ProfileNotFound) as profile:
        connector.connect_with_aws_profile("prod", REGION, "opps", connected_by="U1")
    assert (profile.value.field, profile.value.hint) == ("profile", "Did you mean `ops`?")
    with pytest.raises(InvalidRegion) as region:
        connector.connect_with_aws_profile("prod", "eu-west-11", "ops", connected_by="U1")
    assert region.value.field == "region"
    assert "`eu-west-1`" in region.value.hint
    with pytest.raises(InvalidRequest) as name:
        connector.connect_with_aws_profile("../prod", REGION, "ops", connected_by="U1")
    assert name.value.field == "cluster"


def test_connecting_ends_in_time_when_aws_hangs(connector: EKSConnector, aws: AwsFront) -> None:
    aws.faults["GetCallerIdentity"] = Hang()
    began = time.monotonic()
    with pytest.raises(Unreachable, match="AWS in eu-west-1 does not answer"):
        connected(connector, deadline=0.5)
    assert time.monotonic() - began < 2
