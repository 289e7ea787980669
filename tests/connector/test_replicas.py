"""Connections that outlive a process: found again after a restart, shared by replicas, gone everywhere at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from moto.sts.models import sts_backends

from bot.database import Database
from connector.aws import Role
from connector.connector import Connection, EKSConnector
from connector.errors import Busy, ConnectionNotFound, Failure, StateAway, Unreachable
from connector.resources import Query
from connector.saved import SavedRecords
from connector.workspaces import Workspaces
from tests.connector.api_server import ApiServer, wait_until
from tests.connector.aws_front import AwsFront, Hang
from tests.connector.conftest import ACCOUNT, KEYS, REGION, WORKSPACE, MakeCluster, Start
from tests.connector.replica_parts import NAMES, OTHER_ACCOUNT, ROLE, by_keys, by_profile
from tests.databases import Postgres, opened

# --- by profile, chain, role


def test_after_a_restart_it_is_there_and_opened_when_it_is_used(
    start: Start, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    api.put("/api/v1/pods", [])
    first = start()
    made = by_profile(first)
    first.close()
    assert api.no_sockets()

    aws.calls.clear()
    second = start()
    assert second.list_connected_clusters() == (made,)
    assert second.connection("prod") == made
    assert second.load()["open"] == sum(aws.calls.values()) == 0
    assert second.list_namespaces(made.id) == NAMES
    assert second.get_resources(made.id, Query("pods")).total == 0
    assert second.load()["open"] == 1
    assert aws.calls == {"GetCallerIdentity": 1, "DescribeCluster": 1}


@pytest.mark.parametrize("role", [None, ROLE])
def test_the_default_chain_and_a_role_sign_in_again_as_they_did(
    start: Start,
    make_cluster: MakeCluster,
    api: ApiServer,
    monkeypatch: pytest.MonkeyPatch,
    role: Role | None,
) -> None:
    make_cluster("prod", api, account=OTHER_ACCOUNT if role else ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_access_key)
    made = start().connect_with_aws_profile("prod", REGION, None, role=role, connected_by="U 1")
    sts_backends[OTHER_ACCOUNT]["aws"].assumed_roles.clear()
    second = start()
    assert second.list_namespaces(made.id) == NAMES
    assert second.connection(made.id) == made
    assumed = sts_backends[OTHER_ACCOUNT]["aws"].assumed_roles
    assert [(one.session_name, one.external_id) for one in assumed] == (
        [("U-1", "external-7")] if role else []
    )


def test_many_who_come_first_open_it_once(
    start: Start, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    made = by_profile(start())
    second = start()
    aws.calls.clear()
    with ThreadPoolExecutor(12) as people:
        found = list(people.map(lambda _: second.list_namespaces(made.id, deadline=20), range(12)))
    assert found == [NAMES] * 12
    assert aws.calls == {"GetCallerIdentity": 1, "DescribeCluster": 1}
    assert second.load()["open"] == 1


def test_opening_ends_with_the_command_and_is_tried_anew(
    start: Start, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    made = by_profile(start())
    second = start()
    aws.faults["DescribeCluster"] = Hang()
    began = time.monotonic()
    with ThreadPoolExecutor(3) as people:
        asked = [people.submit(second.list_namespaces, made.id, deadline=0.5) for _ in range(3)]
        for one in asked:
            with pytest.raises((Unreachable, Busy)):
                one.result(10)
    assert time.monotonic() - began < 4
    aws.faults.clear()
    aws.released.set()
    assert second.list_namespaces(made.id, deadline=10) == NAMES


def test_a_sign_in_that_leads_elsewhere_now_is_not_followed(
    start: Start,
    make_cluster: MakeCluster,
    api: ApiServer,
    aws_settings: Callable[[str, str], None],
) -> None:
    make_cluster("prod", api)
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    made = by_profile(start())
    aws_settings(
        f"[profile ops]\nrole_arn = {ROLE.arn}\nsource_profile = base\n",
        f"[base]\naws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n",
    )
    second = start()
    asked = len(api.requests)
    with pytest.raises(ConnectionNotFound) as refused:
        second.list_namespaces(made.id, deadline=10)
    assert (refused.value.what, refused.value.why) == (
        "The connection `eu-west-1_prod` has to be made again",
        f"It was made in {ACCOUNT}; profile `ops` leads to {OTHER_ACCOUNT} now.",
    )
    assert len(api.requests) == asked
    assert second.load()["open"] == 0


def test_what_is_not_open_yet_is_described_too(
    start: Start, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    clusters: list[Any] = [make_cluster(name, api) for name in ("prod", "dev", "keyed")]
    first = start()
    for name in ("prod", "dev"):
        by_profile(first, name)
    by_keys(first, "keyed")
    clusters[0].version = "1.35"
    shown = start().describe_connected_clusters(deadline=10)
    assert [(one.cluster, one.status, one.version) for one in shown] == [
        ("dev", "ACTIVE", "1.34"),
        ("keyed", "UNKNOWN", "1.34"),
        ("prod", "ACTIVE", "1.35"),
    ]


# --- replicas agree


def test_a_disconnect_on_one_is_seen_by_all_at_once(
    start: Start, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    first, second = start(), start()
    made = by_profile(first)
    assert second.list_namespaces(made.id, deadline=10) == NAMES
    assert second.disconnect(made.id) == made
    asked = len(api.requests)
    with pytest.raises(ConnectionNotFound, match=r"^There is no connection `eu-west-1_prod`$"):
        first.list_namespaces(made.id)
    assert first.list_connected_clusters() == ()
    with pytest.raises(ConnectionNotFound):
        first.disconnect(made.id)
    assert len(api.requests) == asked
    # What the other one held is closed as well.
    assert api.no_sockets()
    assert first.load()["open"] == second.load()["open"] == 0


def test_what_nobody_looks_at_is_closed_by_tidying_up(
    start: Start, make_cluster: MakeCluster, api: ApiServer, database: Database
) -> None:
    make_cluster("prod", api)
    workspaces = Workspaces(lambda key: EKSConnector(SavedRecords(database.engine, key)))
    made = by_profile(workspaces.connector(WORKSPACE))
    start().disconnect(made.id)
    assert workspaces.load() == {"open": 1, "running": 0, "waiting": 0}
    workspaces.tidy()
    assert workspaces.load()["open"] == 0
    assert api.no_sockets()
    workspaces.close()


def test_connecting_again_on_one_is_what_all_use(
    start: Start, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    first, second = start(), start()
    by_profile(first)
    again = second.connect_with_aws_profile("prod", REGION, "ops", connected_by="U2")
    assert first.list_connected_clusters() == (again,)
    assert first.load()["open"] == 0
    assert first.list_namespaces(again.id, deadline=10) == NAMES
    # A new one does not end with the old one's process.
    second.close()
    assert first.list_namespaces(again.id) == NAMES


def test_a_disconnect_while_it_is_being_opened_counts(
    start: Start, make_cluster: MakeCluster, api: ApiServer, aws: AwsFront
) -> None:
    make_cluster("prod", api)
    first, second = start(), start()
    made = by_profile(first)
    reached, go_on = threading.Event(), threading.Event()

    def before(action: str) -> None:
        if action == "DescribeCluster":
            reached.set()
            go_on.wait(10)

    aws.before = before
    with ThreadPoolExecutor(1) as person:
        asked = person.submit(second.list_namespaces, made.id, deadline=15)
        assert reached.wait(10)
        first.disconnect(made.id)
        go_on.set()
        with pytest.raises(ConnectionNotFound, match=r"^There is no connection `eu-west-1_prod`$"):
            asked.result(15)
    assert second.load()["open"] == 0
    assert api.no_sockets()


def test_two_accounts_clusters_of_one_name_get_an_id_each_on_whatever_replica(
    start: Start, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    make_cluster("prod", api, account=OTHER_ACCOUNT)
    with ThreadPoolExecutor(2) as people:
        ours = people.submit(by_profile, start())
        theirs = people.submit(by_profile, start(), role=ROLE)
        accounts = {one.result(30).id: one.result(30).account for one in (ours, theirs)}
    assert len(accounts) == 2
    assert "eu-west-1_prod" in accounts
    assert {one.id: one.account for one in start().list_connected_clusters()} == accounts


# --- who sees what


def test_what_somebody_does_not_see_does_not_exist(
    start: Start, make_cluster: MakeCluster, api: ApiServer
) -> None:
    for name in ("prod", "dev", "prod-secret"):
        make_cluster(name, api)
    connector = start()
    for name in ("dev", "prod-secret"):
        by_profile(connector, name)

    def sees(connection: Connection) -> bool:
        return connection.cluster == "dev"

    def told(name: str) -> tuple[str, str, str]:
        with pytest.raises(ConnectionNotFound) as missing:
            connector.connection(name, sees=sees)
        return missing.value.what, missing.value.why, missing.value.hint

    assert connector.connection("dev", sees=sees).cluster == "dev"
    hidden = told("eu-west-1_prod-secret")
    connector.disconnect("prod-secret")
    assert told("eu-west-1_prod-secret") == hidden
    assert "secret" not in hidden[2]
    # Nor does it tell that one has ended, or that a name is no longer the only one.
    ending = start(keys_live=timedelta(seconds=0.5))
    by_keys(ending, "prod-secret")
    wait_until(lambda: len(connector.list_connected_clusters()) == 1)
    assert told("eu-west-1_prod-secret") == hidden


# --- the database away


def test_while_the_database_is_away_every_look_says_so_and_then_it_is_all_there(
    postgres: Postgres, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    url = postgres.new()
    with opened(url) as database:
        connector = EKSConnector(SavedRecords(database.engine, WORKSPACE))
        made = by_profile(connector)
        postgres.take_away(url)
        calls: list[Callable[[], object]] = [
            connector.list_connected_clusters,
            connector.describe_connected_clusters,
            connector.tidy,
            connector.forget,
            lambda: connector.connection(made.id),
            lambda: connector.list_namespaces(made.id),
            lambda: connector.get_resources(made.id, Query("pods")),
            lambda: connector.disconnect(made.id),
            lambda: by_profile(connector),
        ]
        for call in calls:
            with pytest.raises(StateAway, match="The bot's memory is out of reach"):
                call()
        postgres.give_back(url)
        assert connector.list_connected_clusters() == (made,)
        assert connector.list_namespaces(made.id, deadline=10) == NAMES
        connector.close()
        assert api.no_sockets()


def test_a_connect_that_cannot_be_remembered_leaves_nothing_open(
    postgres: Postgres, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    url = postgres.new()
    with opened(url) as database:
        connector = EKSConnector(SavedRecords(database.engine, WORKSPACE))
        postgres.take_away(url)
        with pytest.raises(Failure):
            by_profile(connector)
        assert api.no_sockets()
        assert connector.load()["open"] == 0
        postgres.give_back(url)
        assert connector.list_connected_clusters() == ()
        connector.close()
