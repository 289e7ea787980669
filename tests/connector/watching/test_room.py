"""What watching takes: no more rows than the budget has, no watch twice, and nothing once a cluster is left."""

import threading

import pytest

from connector.cluster import Cluster
from connector.impersonation import Impersonate
from connector.watching import Budget
from tests.connector.api_server import ApiServer
from tests.connector.watching.conftest import (
    PODS,
    WAIT,
    MakeCluster,
    listed,
    lists,
    names,
    pod,
    threads,
    until,
    watches,
)

pytestmark = pytest.mark.usefixtures("three_pods")


def test_disconnecting_leaves_no_thread_and_no_socket(
    cluster: Cluster, api: ApiServer, budget: Budget
) -> None:
    path = "/api/v1/namespaces/shop/pods"
    api.put(path, [pod("a")])
    listed(cluster)
    listed(cluster, Impersonate("slack:ADA", ("viewers",)))
    listed(cluster, namespace="shop")
    until(lambda: len(watches(api)) == 2)
    assert budget.load() == {"watches": 2, "rows": 6}
    assert len(threads()) == 2
    cluster.close()
    assert budget.load() == {"watches": 0, "rows": 0}
    until(lambda: not threads())
    assert api.no_sockets(WAIT)


def test_without_a_budget_nothing_is_watched(make: MakeCluster, api: ApiServer) -> None:
    for cluster in (make(None), make(Budget(0))):
        for _ in range(2):
            assert names(listed(cluster)) == ["b", "a", "c"]
    assert lists(api) == 4
    assert watches(api) == []


def test_a_list_larger_than_the_budget_is_not_kept(make: MakeCluster, api: ApiServer) -> None:
    cluster = make(Budget(650))
    api.put(PODS, [pod(f"p-{at:04}") for at in range(700)])
    for _ in range(2):
        assert listed(cluster).total == 700
    assert lists(api) == 2
    assert watches(api) == []


def test_two_who_list_at_once_begin_one_watch(cluster: Cluster, api: ApiServer, budget: Budget) -> None:
    together = threading.Barrier(6)

    def ask() -> None:
        together.wait(10)
        listed(cluster)

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(WAIT)
    until(lambda: bool(watches(api)))
    assert budget.load()["watches"] == 1
    assert len(threads()) == 1
