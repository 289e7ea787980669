"""Connections by AWS keys on several replicas: who has the keys, until when, and that nothing of them stays."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.database import Database
from bot.vault import RedisVault
from connector.connector import EKSConnector
from connector.errors import ConnectionNotFound, Expired, StateAway
from connector.saved import SavedRecords
from connector.workspaces import WorkspaceKey, Workspaces
from tests.connector.api_server import ApiServer, presigned, wait_until
from tests.connector.aws_front import AwsFront, Refusal
from tests.connector.conftest import SEAL, WORKSPACE, MakeCluster, Start
from tests.connector.replica_parts import NAMES, OTHER_ACCOUNT, ROLE, by_keys, by_profile
from tests.redis_server import RedisServer, redis_server


def test_keys_are_of_use_only_to_the_process_that_has_them(
    start: Start, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    first, second = start(), start()
    made = by_keys(first)
    assert second.list_connected_clusters() == (made,)
    with pytest.raises(ConnectionNotFound) as refused:
        second.list_namespaces(made.id)
    assert (refused.value.what, refused.value.hint) == (
        "The connection `eu-west-1_prod` has to be made again",
        "Connect again, with a profile or with new keys",
    )
    assert "made with AWS keys, which are never written down" in refused.value.why
    assert first.list_namespaces(made.id) == NAMES
    # Nobody who has no keys keeps it from being made again, or taken away.
    again = by_profile(second)
    assert first.list_connected_clusters() == second.list_connected_clusters() == (again,)


def test_their_end_is_the_same_everywhere(start: Start, make_cluster: MakeCluster, api: ApiServer) -> None:
    make_cluster("prod", api)
    made = by_keys(start(keys_live=timedelta(seconds=1)))
    second = start()
    assert second.list_connected_clusters() == (made,)
    wait_until(lambda: second.list_connected_clusters() == ())
    for call in (second.connection, second.disconnect, second.list_namespaces):
        with pytest.raises(ConnectionNotFound, match=r"^The connection `eu-west-1_prod` has ended$"):
            call(made.id)
    assert api.no_sockets()


def test_with_a_vault_every_replica_has_them_until_they_end(
    start: Start, make_cluster: MakeCluster, api: ApiServer, store: RedisVault, redis_running: RedisServer
) -> None:
    make_cluster("prod", api)
    first, second = start(store), start(store)
    made = by_keys(first)
    first.close()
    assert second.list_namespaces(made.id, deadline=10) == NAMES
    # What waits in the vault is the session that AWS gave for them, not the keys that were typed.
    url = presigned(api.requests[-1].token)
    assert "X-Amz-Security-Token=AQoEXAMPLE" in url
    (name,) = redis_running.client.keys()
    left: Any = redis_running.client.pttl(name)
    assert 3_590_000 < left <= 3_600_000
    second.disconnect(made.id)
    assert redis_running.client.dbsize() == 0
    assert api.no_sockets()


def test_a_role_is_assumed_again_from_what_the_vault_has(
    start: Start, make_cluster: MakeCluster, api: ApiServer, store: RedisVault
) -> None:
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    made = by_keys(start(store), role=ROLE)
    second = start(store)
    assert second.list_namespaces(made.id, deadline=10) == NAMES
    assert second.connection(made.id).principal.endswith(":assumed-role/reader/U1")


def test_a_vaults_copy_ends_with_the_session_on_every_replica(
    start: Start, make_cluster: MakeCluster, api: ApiServer, store: RedisVault, redis_running: RedisServer
) -> None:
    make_cluster("prod", api)
    made = by_keys(start(store, keys_live=timedelta(seconds=6)))
    second = start(store)
    assert second.list_namespaces(made.id, deadline=5) == NAMES
    assert second.load()["open"] == 1
    # Nobody looks, and it goes all the same.
    wait_until(lambda: second.load()["open"] == 0, 20)
    wait_until(lambda: redis_running.client.dbsize() == 0, 20)
    assert api.no_sockets()


def test_keys_that_aws_ended_early_are_gone_everywhere(
    start: Start,
    make_cluster: MakeCluster,
    api: ApiServer,
    aws: AwsFront,
    store: RedisVault,
    redis_running: RedisServer,
) -> None:
    make_cluster("prod", api)
    first, second = start(store), start(store)
    made = by_keys(first)
    api.refuse_tokens = lambda _token: True
    aws.faults["GetCallerIdentity"] = Refusal("ExpiredToken", "over")
    with pytest.raises(Expired):
        first.list_namespaces(made.id)
    for connector in (first, second):
        with pytest.raises(ConnectionNotFound, match=r"^The connection `eu-west-1_prod` has ended$"):
            connector.connection(made.id)
    assert redis_running.client.dbsize() == 0


def test_without_its_vault_a_process_goes_on_with_what_it_holds(
    start: Start, make_cluster: MakeCluster, api: ApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    make_cluster("prod", api)
    with redis_server() as server:
        first, second = (start(RedisVault.open(server.url, (SEAL,))) for _ in range(2))
        server.stop()
    with caplog.at_level(logging.WARNING):
        made = by_keys(first)
    assert "the store of AWS keys was of no use at eu-west-1_prod" in caplog.text
    assert first.list_namespaces(made.id) == NAMES
    with pytest.raises(StateAway, match="The store of AWS keys is out of reach"):
        second.list_namespaces(made.id, deadline=10)
    assert second.disconnect(made.id) == made
    assert first.list_connected_clusters() == ()


def test_a_vault_that_began_to_write_its_disk_is_given_nothing(
    start: Start, make_cluster: MakeCluster, api: ApiServer, store: RedisVault, redis_running: RedisServer
) -> None:
    make_cluster("prod", api)
    redis_running.client.config_set("appendonly", "yes")
    try:
        first = start(store)
        made = by_keys(first)
        assert first.list_namespaces(made.id) == NAMES
        assert redis_running.client.dbsize() == 0
    finally:
        redis_running.client.config_set("appendonly", "no")


# --- forgetting


def test_a_workspace_that_left_leaves_nothing(
    database: Database,
    make_cluster: MakeCluster,
    api: ApiServer,
    store: RedisVault,
    redis_running: RedisServer,
) -> None:
    for name in ("prod", "dev"):
        make_cluster(name, api)

    def build(key: WorkspaceKey) -> EKSConnector:
        return EKSConnector(SavedRecords(database.engine, key), store.of(key))

    here, there = Workspaces(build), Workspaces(build)
    stays = WorkspaceKey("E2", "T9")
    for key in (WORKSPACE, WorkspaceKey("E1", "T2"), stays):
        by_profile(here.connector(key))
        by_keys(here.connector(key), "dev")
    # On a replica that had nothing to do with it, and twice: Slack sends two events.
    for _ in range(2):
        there.forget(WORKSPACE)
    assert here.connector(WORKSPACE).list_connected_clusters() == ()
    assert len(here.connector(WorkspaceKey("E1", "T2")).list_connected_clusters()) == 2
    assert redis_running.client.dbsize() == 2
    # An organisation leaves with all its teams.
    here.forget(WorkspaceKey("E1", None))
    assert here.connector(WorkspaceKey("E1", "T2")).list_connected_clusters() == ()
    assert here.load()["open"] == 2
    assert len(here.connector(stays).list_connected_clusters()) == 2
    assert redis_running.client.dbsize() == 1
    for workspaces in (here, there):
        workspaces.close()
