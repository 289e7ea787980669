from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.connector import EKSConnector
from connector.errors import Busy, ConnectionNotFound
from connector.resources import Query
from connector.workspaces import WorkspaceKey, Workspaces
from tests.connector.api_server import ApiServer
from tests.connector.conftest import REGION, MakeCluster

AKME = WorkspaceKey(None, "T1")
OTHER = WorkspaceKey(None, "T2")


def test_a_key_has_one_connector_whoever_asks() -> None:
    built: list[EKSConnector] = []

    def build(_key: WorkspaceKey) -> EKSConnector:
        built.append(EKSConnector())
        return built[-1]

    workspaces = Workspaces(build)
    with ThreadPoolExecutor(8) as pool:
        mine = set(pool.map(lambda _: workspaces.connector(WorkspaceKey(None, "T1")), range(50)))
    assert len(mine) == len(built) == 1
    assert workspaces.connector(OTHER) not in mine
    assert workspaces.connector(WorkspaceKey("E1", "T1")) not in mine


def test_a_workspace_cannot_name_what_another_holds(make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    workspaces = Workspaces()
    made = workspaces.connector(AKME).connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    stranger = workspaces.connector(OTHER)
    assert stranger.list_connected_clusters() == ()
    asked = len(api.requests)
    with pytest.raises(ConnectionNotFound) as theirs:
        stranger.get_resources(made.id, Query("pods"))
    with pytest.raises(ConnectionNotFound) as nobodys:
        stranger.get_resources("eu-west-1_nope", Query("pods"))
    # As if it did not exist: the same words.
    assert theirs.value.what.replace("prod", "nope") == nobodys.value.what
    assert (theirs.value.why, theirs.value.hint) == (nobodys.value.why, nobodys.value.hint)
    for call in (stranger.connection, stranger.disconnect, stranger.list_namespaces):
        with pytest.raises(ConnectionNotFound):
            call(made.id)
    assert len(api.requests) == asked
    workspaces.close()


def test_closing_disconnects_every_workspace(make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    workspaces = Workspaces()
    for key in (AKME, OTHER):
        workspaces.connector(key).connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    kept = workspaces.connector(AKME)
    workspaces.close()
    assert api.no_sockets()
    with pytest.raises(Busy):
        kept.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
