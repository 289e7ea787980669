"""The whole way: sign in, find the cluster, enter it, look, leave; over moto's AWS and a TLS API server."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.sts.models import sts_backends

from connector.aws import Keys, Role
from connector.connector import Connection, EKSConnector, Step
from connector.errors import (
    Busy,
    ConnectionNotFound,
    Expired,
    Unauthorized,
)
from connector.resources import Query
from connector.served import KindNotServed
from tests.connector.api_server import Answer, ApiServer, presigned, recorded, wait_until
from tests.connector.aws_front import AwsFront, Hang, Refusal
from tests.connector.conftest import ACCOUNT, KEYS, REGION, MakeCluster

OTHER_ACCOUNT = "111122223333"
ROLE = Role(f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/reader", "external-7")


def connected(connector: EKSConnector, name: str = "prod", **more: Any) -> Connection:
    return connector.connect_with_aws_profile(name, REGION, "ops", connected_by="U024BE7LH", **more)


def test_a_profile_connects_step_by_step(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    steps: list[Step] = []
    made = connected(connector, on_step=steps.append)
    assert made == Connection(
        id="eu-west-1_prod",
        region=REGION,
        cluster="prod",
        account=ACCOUNT,
        principal=f"arn:aws:sts::{ACCOUNT}:user/moto",
        version="1.34",
        status="ACTIVE",
        endpoint=api.url,
        sign_in="profile `ops`",
        connected_by="U024BE7LH",
        connected_at=made.connected_at,
        expires_at=None,
    )
    assert abs(datetime.now(UTC) - made.connected_at) < timedelta(seconds=30)
    assert [(step.name, step.detail) for step in steps] == [
        ("credentials", made.principal),
        ("cluster", "ACTIVE, Kubernetes 1.34"),
        ("token", "renewed every 14 minutes"),
        ("api", "v1.36.2"),
        ("namespaces", "2 readable"),
    ]
    assert connector.list_connected_clusters() == (made,)
    assert connector.connection(made.id) == made
    assert connector.list_namespaces(made.id) == ("default", "kube-system")


def test_the_token_is_for_the_real_sts_of_the_region_and_this_cluster(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    connected(connector)
    (request, *_) = api.asked("/api/v1/namespaces")
    url = presigned(request.token)
    assert url.startswith("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&")
    assert "X-Amz-SignedHeaders=host%3Bx-k8s-aws-id" in url
    assert f"X-Amz-Credential={KEYS.access_key_id}%2F" in url


def test_keys_are_traded_for_a_session_that_ends(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
    assert made.expires_at is not None
    assert timedelta(minutes=59) < made.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert made.sign_in == "AWS keys `AKIA…MPLE`"
    # moto's session tokens begin so; the keys that were typed sign nothing any more.
    url = presigned(api.asked("/version/")[0].token)
    assert "X-Amz-Security-Token=AQoEXAMPLE" in url


def test_keys_with_a_session_token_are_used_as_they_are(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    keys = Keys("ASIAIOSFODNN7EXAMPLE", KEYS.secret_access_key, "session/token/of/somebody=")
    made = connector.connect_with_aws_credentials("prod", REGION, keys, connected_by="U1")
    assert made.expires_at is not None
    url = presigned(api.asked("/version/")[0].token)
    assert "X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F" in url
    assert "X-Amz-Security-Token=session%2Ftoken%2Fof%2Fsomebody%3D" in url


@pytest.mark.parametrize("keys", [None, KEYS])
def test_a_role_is_assumed_on_top_with_the_persons_name(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, keys: Keys | None
) -> None:
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    if keys:
        made = connector.connect_with_aws_credentials("prod", REGION, keys, role=ROLE, connected_by="U 1")
    else:
        made = connector.connect_with_aws_profile("prod", REGION, "ops", role=ROLE, connected_by="U 1")
    assert made.account == OTHER_ACCOUNT
    assert made.principal == f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/reader/U-1"
    assert made.sign_in.endswith(" as role `reader`")
    (assumed,) = {role.external_id for role in sts_backends[OTHER_ACCOUNT]["aws"].assumed_roles}
    assert assumed == "external-7"


def test_the_default_chain_signs_in_without_a_profile(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cluster("prod", api)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_access_key)
    made = connector.connect_with_aws_profile("prod", REGION, None, connected_by="U1")
    assert (made.sign_in, made.expires_at) == ("the default chain", None)


def test_a_profile_may_assume_a_role_by_itself(
    connector: EKSConnector,
    make_cluster: MakeCluster,
    api: ApiServer,
    aws_settings: Callable[[str, str], None],
) -> None:
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    aws_settings(
        f"[profile chained]\nrole_arn = {ROLE.arn}\nsource_profile = base\n",
        f"[base]\naws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n",
    )
    made = connector.connect_with_aws_profile("prod", REGION, "chained", connected_by="U1")
    assert made.account == OTHER_ACCOUNT


def test_connecting_again_replaces_the_connection_and_its_sockets(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    first = connected(connector)
    second = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U2")
    assert second.id == first.id
    assert connector.list_connected_clusters() == (second,)
    wait_until(lambda: api.open_sockets == 1)


def test_the_same_id_from_another_account_carries_the_account(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    ours = connected(connector)
    theirs = connected(connector, role=ROLE)
    assert (ours.id, theirs.id) == ("eu-west-1_prod", f"eu-west-1_prod_{OTHER_ACCOUNT}")
    assert connector.list_connected_clusters() == (ours, theirs)
    # Each keeps its id, even when the short one is free again.
    connector.disconnect(ours.id)
    assert connected(connector, role=ROLE).id == theirs.id
    assert connected(connector).id == ours.id


def test_disconnecting_leaves_nothing(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    before = set(threading.enumerate())
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
    assert connector.disconnect(made.id) == made
    assert connector.list_connected_clusters() == ()
    with pytest.raises(ConnectionNotFound):
        connector.get_resources(made.id, Query("pods"))
    with pytest.raises(ConnectionNotFound):
        connector.disconnect(made.id)
    assert api.no_sockets()
    wait_until(
        lambda: (
            {
                thread
                for thread in set(threading.enumerate()) - before
                if "lane" in thread.name or "end" in thread.name
            }
            == set()
        )
    )


def test_a_cluster_being_updated_can_be_used(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api, status="UPDATING")
    assert connected(connector).status == "UPDATING"


def test_a_connection_by_keys_ends_by_itself(make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    connector = EKSConnector(keys_live=timedelta(seconds=1.5))
    lasting = connected(connector, "prod")
    connector.disconnect(lasting.id)
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
    assert connector.list_connected_clusters() == (made,)
    # Nobody looks it up, and it goes all the same.
    assert api.no_sockets()
    assert connector.list_connected_clusters() == ()
    with pytest.raises(ConnectionNotFound) as ended:
        connector.connection(made.id)
    assert (ended.value.what, ended.value.why, ended.value.hint) == (
        "The connection `eu-west-1_prod` has ended",
        "It was made with AWS keys, and their session is over.",
        "Connect again, with a profile or with new keys",
    )
    # Once there is a new one, its own end is what counts.
    again = connected(connector)
    assert connector.connection(made.id) == again
    connector.disconnect(again.id)
    with pytest.raises(ConnectionNotFound, match=r"^There is no connection `eu-west-1_prod`$"):
        connector.connection(made.id)


def test_a_connection_that_somebody_ended_has_not_ended_by_itself(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
    connector.disconnect(made.id)
    with pytest.raises(ConnectionNotFound, match=r"^There is no connection `eu-west-1_prod`$"):
        connector.connection(made.id)


def test_keys_that_aws_ended_early_are_told_and_dropped(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    made = connector.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
    # A cluster cannot tell ended keys from a stranger's; AWS can.
    api.refuse_tokens = lambda _token: True
    aws.faults["GetCallerIdentity"] = Refusal(
        "ExpiredToken", "The security token included in the request is expired"
    )
    with pytest.raises(Expired, match="session of these AWS keys is over"):
        connector.list_namespaces(made.id)
    assert connector.list_connected_clusters() == ()
    assert api.no_sockets()
    with pytest.raises(ConnectionNotFound, match=r"^The connection `eu-west-1_prod` has ended$"):
        connector.list_namespaces(made.id)


def test_an_entry_that_was_taken_away_keeps_the_connection(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    made = connected(connector)
    api.refuse_tokens = lambda _token: True
    with pytest.raises(Unauthorized):
        connector.list_namespaces(made.id)
    # Whatever is the matter with AWS then, the cluster's answer is what is told.
    aws.faults["GetCallerIdentity"] = Hang()
    with pytest.raises(Unauthorized):
        connector.list_namespaces(made.id, deadline=0.3)
    api.refuse_tokens = lambda _token: False
    assert connector.list_namespaces(made.id) == ("default", "kube-system")


def test_a_token_that_is_refused_is_made_anew_once(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    made = connected(connector)
    old = api.requests[-1].token
    # Two of the same second are the same: a token's date has whole seconds.
    wait_until(lambda: datetime.now(UTC).strftime("%S") != presigned(old).partition("X-Amz-Date=")[2][13:15])
    api.refuse_tokens = lambda token: token == old
    assert connector.list_namespaces(made.id) == ("default", "kube-system")
    assert [request.token == old for request in api.requests[-2:]] == [True, False]


def test_two_people_connect_and_disconnect_the_same_cluster_at_once(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    wrong: list[BaseException] = []

    def loop() -> None:
        try:
            for _ in range(4):
                made = connected(connector)
                with suppress(ConnectionNotFound):
                    connector.get_resources(made.id, Query("nodes"))
                with suppress(ConnectionNotFound):
                    connector.disconnect(made.id)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            wrong.append(error)

    api.put("/api/v1/nodes", [])
    people = [threading.Thread(target=loop) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert wrong == []
    assert connector.list_connected_clusters() == ()
    assert api.no_sockets()


def test_closing_disconnects_everything_and_refuses_more(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    connected(connector)
    connector.close()
    assert api.no_sockets()
    with pytest.raises(Busy, match="stopping"):
        connector.list_namespaces("prod")
    with pytest.raises(Busy, match="stopping"):
        connected(connector)
    assert api.no_sockets()


def test_resources_are_listed_through_the_connection(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    api.put("/api/v1/pods", recorded("pods.json")["items"])
    made = connected(connector)
    found = connector.get_resources(made.id, Query("pods", words=("INIT",)))
    assert [row.name for row in found.rows] == ["init-crash", "init-error", "init-first", "init-second"]
    assert (found.total, found.namespaces, found.sick, found.complete) == (29, 1, 4, True)
    assert abs(found.taken_at - time.time()) < 30
    # A kind that is not known here is looked for in what the cluster serves, and anew before it is said that it is not.
    api.will_answer("/api", *[Answer.of("discovery-aggregated-api")] * 2)
    api.will_answer("/apis", *[Answer(body=b'{"kind":"APIGroupDiscoveryList","items":[]}')] * 2)
    with pytest.raises(KindNotServed, match="This cluster has no kind `podz`") as missing:
        connector.get_resources(made.id, Query("podz"))
    assert missing.value.nearest[0] == "pods"
