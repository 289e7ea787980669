"""Figures of pods and nodes: as `kubectl top` has them, within what may be seen, and what is said without them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector import usage
from connector.cluster import Cluster
from connector.connector import EKSConnector
from connector.errors import Forbidden, InvalidRequest, ServerError
from connector.gauges import CPU, MEMORY
from connector.impersonation import Impersonate
from connector.quantities import amount, cores, mebibytes
from connector.resources import Query
from connector.usage import NAME, Figures, NoFigures, Unmeasured
from playground.aws import LocalAws
from playground.fleet import Cluster as Playing
from playground.fleet import Fleet
from tests.connector.api_server import Answer, ApiServer
from tests.connector.conftest import REGION, Ask, MakeCluster, soon
from tests.playground.kubectl import Kubectl

PODS, NODES = "/apis/metrics.k8s.io/v1beta1/pods", "/apis/metrics.k8s.io/v1beta1/nodes"
AT = "2026-11-23T07:03:15Z"


# --- against the fleet, with kubectl as the judge


def both(mine: Callable[[], Figures], theirs: Callable[[], str]) -> tuple[Figures, list[list[str]]]:
    """Ours and kubectl's, of the same measuring: figures are new every 15 s."""
    for _ in range(5):
        before, printed, after = mine(), theirs(), mine()
        if before.rows == after.rows:
            return after, [line.split() for line in printed.splitlines()]
    raise AssertionError("the figures never stood still")


@pytest.mark.parametrize("order", [CPU, MEMORY])
def test_pods_are_told_and_sorted_as_kubectl_does(ask: Ask, kubectl: Kubectl, order: str) -> None:
    found, printed = both(
        lambda: ask(lambda cluster: usage.pods(cluster, Query("pods", sort_by=order), soon())),
        lambda: kubectl("top", "pods", "-A", f"--sort-by={order}", "--no-headers"),
    )
    mine = [[one.namespace, one.name, cores(one.cpu.used), mebibytes(one.memory.used)] for one in found.rows]
    assert sorted(mine) == sorted(printed)
    # Of two that use the same either may come first.
    at = 2 if order == CPU else 3
    assert [row[at] for row in mine] == [row[at] for row in printed]
    assert (found.window, found.complete, found.total) == (15.03, True, len(printed))


def test_nodes_are_told_as_kubectl_does(ask: Ask, kubectl: Kubectl) -> None:
    found, printed = both(
        lambda: ask(lambda cluster: usage.nodes(cluster, Query("nodes", sort_by=NAME), soon())),
        lambda: kubectl("top", "nodes", "--no-headers"),
    )
    mine = [
        [
            one.name,
            cores(one.cpu.used),
            f"{int((one.cpu.share or 0) * 100)}%",
            mebibytes(one.memory.used),
            f"{int((one.memory.share or 0) * 100)}%",
        ]
        for one in found.rows
    ]
    assert mine == [row for row in printed if row[1] != "<unknown>"]
    assert [one.name for one in found.unmeasured] == [row[0] for row in printed if row[1] == "<unknown>"]
    assert [one.running for one in found.unmeasured] == [False]


def test_what_pods_asked_for_on_a_node_is_what_describe_adds_up(ask: Ask, kubectl: Kubectl) -> None:
    (first, *_) = ask(lambda cluster: usage.nodes(cluster, Query("nodes"), soon())).rows
    printed = kubectl("describe", "node", first.name)
    allocated = printed.partition("Allocated resources:")[2]
    said = dict(
        line.split()[:2] for line in allocated.splitlines() if line.split()[:1] in (["cpu"], ["memory"])
    )
    assert (first.cpu.requested, first.memory.requested) == (
        amount(said["cpu"]),
        amount(said["memory"]),
    )


def test_pods_without_figures_are_told_the_running_ones_first(ask: Ask, staging: Playing) -> None:
    found: Figures = ask(lambda cluster: usage.pods(cluster, Query("pods", namespace="chaos"), soon()))
    alive = {pod.name for pod in staging.pods if pod.namespace == "chaos" and pod.state.phase == "Pending"}
    assert {one.name for one in found.unmeasured} == alive
    assert {one.namespace for one in found.rows} == {"chaos"}


def test_words_selectors_and_namespaces_narrow_what_is_told(ask: Ask) -> None:
    def pods(**how: Any) -> Figures:
        found: Figures = ask(lambda cluster: usage.pods(cluster, Query("pods", **how), soon()))
        return found

    everything = pods()
    assert {one.namespace for one in pods(namespaces=("cha*", "payo*")).rows} == {"chaos", "payouts"}
    words = pods(words=("REDIS", "0"))
    assert words.total == everything.total
    assert [one.name for one in words.rows if "redis" not in one.name or "0" not in one.name] == []
    assert words.rows
    redis = pods(selector="tier=redis")
    assert {one.name for one in redis.rows} == {one.name for one in everything.rows if "redis" in one.name}
    with pytest.raises(InvalidRequest):
        pods(selector="a=(")


def test_without_a_metrics_server_it_is_said_what_to_install(
    fleet: tuple[Fleet, LocalAws], connector: EKSConnector
) -> None:
    sydney = connector.connect_with_aws_profile(
        "edge-sydney", "ap-southeast-2", "web-prod", connected_by="U1"
    )
    asked: list[Callable[[Cluster], Any]] = [
        lambda cluster: usage.pods(cluster, Query("pods"), soon()),
        lambda cluster: usage.nodes(cluster, Query("nodes"), soon()),
    ]
    for one in asked:
        with pytest.raises(NoFigures, match="`edge-sydney` has no metrics server") as raised:
            connector.ask(sydney.id, soon(), one)
        assert raised.value.hint.endswith(
            "`aws eks create-addon --addon-name metrics-server --cluster-name edge-sydney --region ap-southeast-2`"
        )


# --- against a server that says what it is told to


@pytest.fixture
def told(api: ApiServer, make_cluster: MakeCluster, connector: EKSConnector) -> Ask:
    make_cluster("dev", api)
    connection = connector.connect_with_aws_profile("dev", REGION, "ops", connected_by="U1")
    api.put("/api/v1/pods", [pod("shop", "cart"), pod("shop", "till", "Pending"), pod("bank", "vault")])
    api.put(PODS, [measured("shop", "cart"), measured("bank", "vault", window="1m0.5s")])
    api.put("/api/v1/nodes", [{"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "1"}}}])
    api.put(NODES, [{"metadata": {"name": "n1"}, "timestamp": AT, "window": "20s", "usage": {"cpu": "500m"}}])
    return lambda job: connector.ask(connection.id, soon(), job)


def pod(namespace: str, name: str, phase: str = "Running") -> dict[str, Any]:
    resources = {"requests": {"cpu": "200m"}}
    return {
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"nodeName": "n1", "containers": [{"name": "app", "resources": resources}]},
        "status": {"phase": phase},
    }


def measured(namespace: str, name: str, window: str = "20s") -> dict[str, Any]:
    usage_ = {"cpu": "1500001n", "memory": "1048575Ki"}
    return {
        "metadata": {"namespace": namespace, "name": name},
        "timestamp": AT,
        "window": window,
        "containers": [{"name": "app", "usage": usage_}],
    }


def test_other_namespaces_are_nowhere_in_it(told: Ask, api: ApiServer) -> None:
    seen: list[int] = []
    found = told(
        lambda cluster: usage.pods(
            cluster, Query("pods", namespaces=("shop",)), soon(), on_progress=seen.append
        )
    )
    assert [(one.namespace, one.name) for one in found.rows] == [("shop", "cart")]
    assert found.unmeasured == (Unmeasured("till", "shop", False),)
    assert (found.total, found.window, seen) == (1, 20.0, [0])


def test_it_is_asked_as_the_person_and_for_pods_that_live(told: Ask, api: ApiServer) -> None:
    somebody = Impersonate("slack:U1", ("viewers",))
    told(
        lambda cluster: usage.pods(cluster, Query("pods", selector="app=cart"), soon(), impersonate=somebody)
    )
    told(
        lambda cluster: usage.nodes(cluster, Query("nodes", selector="zone=a"), soon(), impersonate=somebody)
    )
    for path in (PODS, NODES, "/api/v1/pods", "/api/v1/nodes"):
        assert {one.headers.get("impersonate-user") for one in api.asked(path)} == {"slack:U1"}
    of_pods, of_nodes = api.asked("/api/v1/pods")
    assert of_pods.query["fieldSelector"] == "status.phase!=Succeeded,status.phase!=Failed"
    assert (of_pods.query["labelSelector"], api.asked(PODS)[0].query["labelSelector"]) == (
        "app=cart",
        "app=cart",
    )
    # The nodes are chosen by it, not what runs on them.
    assert "labelSelector" not in of_nodes.query
    assert api.asked("/api/v1/nodes")[0].query["labelSelector"] == "zone=a"


def test_when_and_over_how_long_it_was_measured_is_told(told: Ask, api: ApiServer) -> None:
    newer = measured("bank", "vault", window="1m0.5s") | {"timestamp": "2026-11-23T07:04:00Z"}
    api.put(PODS, [measured("shop", "cart"), newer])
    found = told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
    assert (found.measured_at, found.window) == (1795417440.0, 60.5)
    api.put(PODS, [])
    found = told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
    assert (found.rows, found.measured_at, found.window) == ((), 0.0, 0.0)
    assert [one.running for one in found.unmeasured] == [True, True, False]


def test_nodes_are_told_without_what_pods_asked_for_where_those_may_not_be_read(
    told: Ask, api: ApiServer
) -> None:
    whole = told(lambda cluster: usage.nodes(cluster, Query("nodes"), soon()))
    assert [(one.name, one.cpu.requested, one.cpu.share) for one in whole.rows] == [
        ("n1", amount("600m"), 0.5)
    ]
    api.will_answer("/api/v1/pods", Answer.of("403"))
    found = told(lambda cluster: usage.nodes(cluster, Query("nodes"), soon()))
    assert [(one.name, one.cpu.requested, one.cpu.share) for one in found.rows] == [("n1", None, 0.5)]
    assert "refused" in found.hidden


def test_the_recorded_answer_of_a_server_without_metrics_says_what_to_install(
    told: Ask, api: ApiServer
) -> None:
    recorded = json.loads(
        (Path(__file__).parent.parent / "data/recorded/server-metrics-missing.json").read_text()
    )
    api.will_answer(PODS, Answer(recorded["status"], recorded["body"].encode(), recorded["headers"]))
    with pytest.raises(NoFigures) as raised:
        told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
    assert "create-addon --addon-name metrics-server --cluster-name dev" in raised.value.hint
    assert api.asked("/api/v1/pods") == []


def test_a_metrics_server_that_is_down_is_told_apart_from_one_that_is_not_there(
    told: Ask, api: ApiServer
) -> None:
    down = Answer(503, b"service unavailable\n", {"Content-Type": "text/plain"})
    api.will_answer(PODS, down, down, down)
    with pytest.raises(NoFigures, match="does not answer") as raised:
        told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
    assert (raised.value.why, "kubectl get apiservice" in raised.value.hint) == ("service unavailable", True)
    broken = Answer(500, b"{}")
    api.will_answer(PODS, broken, broken, broken)
    with pytest.raises(ServerError):
        told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
    api.will_answer(PODS, Answer.of("403"))
    with pytest.raises(Forbidden):
        told(lambda cluster: usage.pods(cluster, Query("pods"), soon()))
