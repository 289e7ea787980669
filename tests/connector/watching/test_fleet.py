"""Watches of the playground's clusters, through a connection: as a real server lists, counts and tells."""

import threading
from collections.abc import Callable, Iterator

import pytest

from connector.connector import Connection, EKSConnector
from connector.impersonation import Impersonate
from connector.resources import KINDS, Listing, Query
from connector.watching import Budget
from playground.aws import LocalAws
from playground.fleet import Cluster, Fleet
from tests.connector.api_server import wait_until

WAIT = 30.0


@pytest.fixture
def budget() -> Budget:
    return Budget()


@pytest.fixture
def connector(fleet: tuple[Fleet, LocalAws], budget: Budget) -> Iterator[EKSConnector]:
    made = EKSConnector(budget=budget)
    yield made
    made.close()


@pytest.fixture
def staging(fleet: tuple[Fleet, LocalAws]) -> Iterator[Cluster]:
    cluster = fleet[0].cluster("staging-payments", "111122223333")
    yield cluster
    cluster.faults.clear()


@pytest.fixture
def connection(connector: EKSConnector, staging: Cluster) -> Connection:
    return connector.connect_with_aws_profile(
        "staging-payments", staging.region, "payments-prod", connected_by="U1"
    )


def until(condition: Callable[[], bool]) -> None:
    wait_until(condition, WAIT)


def status(found: Listing, namespace: str, name: str) -> str:
    row = next(row for row in found.rows if (row.namespace, row.name) == (namespace, name))
    return next(c.cell(row, 0.0).text for c in found.kind.columns if c.header == "STATUS")


def lists(staging: Cluster, path: str = "/api/v1/pods") -> int:
    """How many pages of lists were read: the first ones, and those that went on."""
    return sum(
        entry.path == path and "watch=" not in entry.query and "limit=1" not in entry.query.split("&")
        for entry in staging.log
    )


def test_a_pod_that_crashes_is_in_the_next_list(
    connector: EKSConnector, connection: Connection, staging: Cluster
) -> None:
    def take() -> Listing:
        return connector.get_resources(connection.id, Query("pods"))

    healthy = next(row for row in take().rows if row.health == 3)
    assert healthy.namespace
    before = lists(staging)
    staging.faults.crash(healthy.namespace, healthy.name)
    until(lambda: status(take(), healthy.namespace or "", healthy.name) == "CrashLoopBackOff")
    assert take().rows[0].health == 0
    staging.faults.clear()
    until(lambda: status(take(), healthy.namespace or "", healthy.name) == "Running")
    assert lists(staging) == before


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"secrets", "events"}))
def test_each_kind_is_the_same_from_its_watch(
    connector: EKSConnector, connection: Connection, budget: Budget, kind: str
) -> None:
    first = connector.get_resources(connection.id, Query(kind))
    again = connector.get_resources(connection.id, Query(kind))
    assert (again.rows, again.total, again.namespaces, again.sick) == (
        first.rows,
        first.total,
        first.namespaces,
        first.sick,
    )
    assert budget.load() == {"watches": 1, "rows": first.total}


def test_history_that_is_gone_is_listed_again(
    connector: EKSConnector, connection: Connection, staging: Cluster, budget: Budget
) -> None:
    connector.get_resources(connection.id, Query("pods"))
    before = lists(staging)
    staging.faults.expire_continue()
    staging.faults.reset()
    until(lambda: connector.get_resources(connection.id, Query("pods")).silent > 0)
    staging.faults.clear()
    until(lambda: connector.get_resources(connection.id, Query("pods")).silent == 0)
    assert lists(staging) >= before
    assert budget.load()["watches"] == 1


def test_disconnecting_ends_what_is_watched(
    connector: EKSConnector, connection: Connection, budget: Budget
) -> None:
    who = Impersonate("slack:ADA", ("system:masters",))
    for kind in ("pods", "nodes"):
        connector.get_resources(connection.id, Query(kind), impersonate=who)
    assert budget.load()["watches"] == 2
    connector.disconnect(connection.id)
    assert budget.load() == {"watches": 0, "rows": 0}
    until(lambda: not [one for one in threading.enumerate() if one.name.startswith("watch ")])
