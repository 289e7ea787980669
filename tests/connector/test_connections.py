"""What is known of the connections held: how their clusters are now, and by which words each can be called."""

import time
from typing import Any

import pytest

from connector.connector import Connection, EKSConnector
from connector.errors import ConnectionNotFound, Expired
from connector.resources import Query
from connector.workspaces import WorkspaceKey, Workspaces
from tests.connector.api_server import ApiServer
from tests.connector.aws_front import AwsFront, Hang, Refusal
from tests.connector.conftest import KEYS, REGION, MakeCluster


def connected(connector: EKSConnector, name: str = "prod", region: str = REGION) -> Connection:
    return connector.connect_with_aws_profile(name, region, "ops", connected_by="U024BE7LH")


# --- how they are now


def test_status_and_version_are_those_of_now(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    clusters: list[Any] = [make_cluster(name, api) for name in ("prod", "dev")]
    prod, dev = connected(connector, "prod"), connected(connector, "dev")
    clusters[0].status, clusters[0].version = "UPDATING", "1.35"
    shown = connector.describe_connected_clusters()
    assert [(one.id, one.status, one.version) for one in shown] == [
        (dev.id, "ACTIVE", "1.34"),
        (prod.id, "UPDATING", "1.35"),
    ]
    # The rest is as it was when they were connected, and what is held does not change by being shown.
    assert shown[0] == dev
    assert connector.list_connected_clusters() == (dev, prod)


def test_nothing_connected_is_nothing_to_ask_about(connector: EKSConnector, aws: AwsFront) -> None:
    assert connector.describe_connected_clusters() == ()
    assert aws.calls["DescribeCluster"] == 0


@pytest.mark.parametrize(
    "fault",
    [
        Refusal("AccessDeniedException", "no", 403, "prod"),
        Refusal("ResourceNotFoundException", "No cluster found", 404, "prod"),
        Refusal("ExpiredTokenException", "over", 403, "prod"),
    ],
)
def test_one_that_aws_does_not_describe_is_unknown_and_the_others_are_not(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront, fault: Refusal
) -> None:
    for name in ("prod", "dev"):
        make_cluster(name, api)
        connected(connector, name)
    aws.faults["DescribeCluster"] = fault
    shown = connector.describe_connected_clusters()
    assert [(one.cluster, one.status, one.version) for one in shown] == [
        ("dev", "ACTIVE", "1.34"),
        ("prod", "UNKNOWN", "1.34"),
    ]
    # It may be well, so it stays connected.
    assert connector.connection("eu-west-1_prod").status == "ACTIVE"


def test_an_aws_that_hangs_is_waited_for_once_for_all(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    for at in range(12):
        make_cluster(f"prod-{at}", api)
        connected(connector, f"prod-{at}")
    aws.faults["DescribeCluster"] = Hang()
    began = time.monotonic()
    shown = connector.describe_connected_clusters(deadline=0.5)
    assert time.monotonic() - began < 2
    assert [one.status for one in shown] == ["UNKNOWN"] * 12
    assert [one.id for one in shown] == [one.id for one in connector.list_connected_clusters()]


# --- by name


def test_the_only_cluster_of_a_name_is_found_by_it(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    api.put("/api/v1/pods", [])
    for name in ("prod", "dev"):
        make_cluster(name, api)
    prod, dev = connected(connector, "prod"), connected(connector, "dev")
    assert connector.connection("prod") == prod
    assert connector.list_namespaces("prod") == ("default", "kube-system")
    assert connector.get_resources("prod", Query("pods")).total == 0
    assert connector.disconnect("prod") == prod
    assert connector.list_connected_clusters() == (dev,)
    with pytest.raises(ConnectionNotFound, match=r"^There is no connection `prod`$"):
        connector.connection("prod")


def test_a_name_that_two_clusters_bear_is_neither(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    for region in (REGION, "eu-central-1"):
        make_cluster("prod", api, region=region)
        connected(connector, region=region)
    for ask in (connector.connection, connector.disconnect, connector.list_namespaces):
        with pytest.raises(ConnectionNotFound, match=r"^There is no connection `prod`$"):
            ask("prod")
    assert len(connector.list_connected_clusters()) == 2
    connector.disconnect("eu-central-1_prod")
    assert connector.connection("prod").region == REGION


@pytest.mark.parametrize("name", ["", "pro", "PROD", "prod ", "eu-west-1", "_prod"])
def test_part_of_a_name_is_no_name(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer, name: str
) -> None:
    make_cluster("prod", api)
    connected(connector)
    with pytest.raises(ConnectionNotFound):
        connector.connection(name)


def test_an_id_counts_more_than_a_name(
    connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer
) -> None:
    # EKS allows underscores in a name, so one cluster may be called like another's id.
    for name in ("prod", "eu-west-1_prod"):
        make_cluster(name, api)
    prod, alike = connected(connector, "prod"), connected(connector, "eu-west-1_prod")
    assert connector.connection("eu-west-1_prod") == prod
    assert connector.connection("eu-west-1_eu-west-1_prod") == alike


def test_no_name_reaches_into_another_workspace(make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    workspaces = Workspaces()
    try:
        ours = workspaces.connector(WorkspaceKey(None, "T1"))
        theirs = workspaces.connector(WorkspaceKey(None, "T2"))
        made = connected(theirs)
        for name in ("prod", made.id):
            for ask in (ours.connection, ours.disconnect, ours.list_namespaces):
                with pytest.raises(ConnectionNotFound) as caught:
                    ask(name)
                assert caught.value.hint == "Connect to the cluster first"
        assert ours.describe_connected_clusters() == ()
        assert theirs.connection("prod") == made
    finally:
        workspaces.close()


def test_that_one_ended_is_not_told_to_another_workspace(
    make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    workspaces = Workspaces()
    try:
        ours = workspaces.connector(WorkspaceKey(None, "T1"))
        theirs = workspaces.connector(WorkspaceKey(None, "T2"))
        made = theirs.connect_with_aws_credentials("prod", REGION, KEYS, connected_by="U1")
        api.refuse_tokens = lambda _token: True
        aws.faults["GetCallerIdentity"] = Refusal("ExpiredToken", "over")
        with pytest.raises(Expired, match="is over"):
            theirs.list_namespaces(made.id)
        with pytest.raises(ConnectionNotFound, match=r"^The connection `eu-west-1_prod` has ended$"):
            theirs.connection(made.id)
        with pytest.raises(ConnectionNotFound, match=r"^There is no connection `eu-west-1_prod`$"):
            ours.connection(made.id)
    finally:
        workspaces.close()
