"""The fleet: the same for the same seed, and like the real thing down to the odd pod."""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from playground.fleet.states import RUNNING

_PODS = Path(__file__).parent.parent / "data" / "recorded" / "pods.json"
_RECORDED_PODS = {pod["metadata"]["name"]: pod for pod in json.loads(_PODS.read_text())["items"]}
_KINDS = ("namespaces", "nodes", "pods", "services", "deployments")


def objects(cluster: Cluster, kind: str) -> list[Any]:
    return [json.loads(record.json()) for record in cluster.records(kind)]


def test_the_same_seed_makes_the_same_fleet(fleet: Fleet) -> None:
    with Fleet.start(seed=7) as again:
        for one, other in zip(fleet.clusters, again.clusters, strict=True):
            for kind in _KINDS:
                assert one.names(kind) == other.names(kind)
            assert [p.uid for p in one.pods] == [p.uid for p in other.pods]
            assert [p.state for p in one.pods] == [p.state for p in other.pods]
        keys = {user: key.access_key_id for user, key in fleet.users.items()}
        assert keys == {user: key.access_key_id for user, key in again.users.items()}


def test_another_seed_makes_another_fleet_of_the_same_clusters(fleet: Fleet) -> None:
    with Fleet.start(seed=8) as other:
        assert [c.arn for c in other.clusters] == [c.arn for c in fleet.clusters]
        assert other.cluster("edge-sydney").names("pods") != fleet.cluster("edge-sydney").names("pods")
        assert other.users["guest"].access_key_id != fleet.users["guest"].access_key_id


def test_there_are_six_clusters_in_three_regions_and_two_curiosities(fleet: Fleet) -> None:
    running = [c for c in fleet.clusters if c.status == "ACTIVE"]
    assert {c.name for c in running} == {
        "prod-payments",
        "staging-payments",
        "prod-web",
        "locked",
        "edge-sydney",
        "island",
    }
    assert {c.region for c in running} == {"eu-west-1", "us-east-1", "ap-southeast-2"}
    assert {c.version for c in fleet.clusters} == {"1.32", "1.33", "1.34", "1.35"}
    newborn = fleet.cluster("newborn")
    assert (newborn.status, newborn.endpoint, newborn.certificate_authority) == ("CREATING", None, None)
    namesakes = [c for c in fleet.clusters if c.name == "staging-payments"]
    assert len({c.region for c in namesakes}) == 1
    assert len({c.account for c in namesakes}) == 2


def test_a_cluster_that_is_not_there_is_a_lookup_error(fleet: Fleet) -> None:
    with pytest.raises(LookupError):
        fleet.cluster("prod-paymnets")
    with pytest.raises(LookupError):
        _ = fleet.cluster("island").faults


@pytest.mark.parametrize(
    ("name", "pods", "nodes"),
    [
        ("prod-payments", 10_000, 188),
        ("staging-payments", 420, 14),
        ("prod-web", 1_940, 50),
        ("locked", 60, 4),
        ("edge-sydney", 84, 5),
    ],
)
def test_a_cluster_has_as_many_pods_and_nodes_as_planned(
    fleet: Fleet, name: str, pods: int, nodes: int
) -> None:
    cluster = fleet.cluster(name)
    assert (len(cluster.names("pods")), len(cluster.names("nodes"))) == (pods, nodes)
    assert len({(pod.namespace, pod.name) for pod in cluster.pods}) == pods


def test_the_big_cluster_has_24_namespaces_and_few_sick_pods(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    assert len(cluster.names("namespaces")) == 24
    assert {pod.namespace for pod in cluster.pods} <= set(cluster.names("namespaces"))
    sick = [pod for pod in cluster.pods if not pod.ready and pod.state.phase not in {"Succeeded"}]
    assert len(sick) == 8
    restarted = [pod for pod in cluster.pods if pod.ready and pod.state is not RUNNING]
    assert 30 <= len(restarted) <= 60


def test_a_pod_weighs_what_a_real_one_does_and_belongs_to_somebody(fleet: Fleet) -> None:
    pods = [json.loads(pod.json()) for pod in fleet.cluster("prod-payments").pods[::10]]
    sizes = [len(json.dumps(pod, separators=(",", ":"))) for pod in pods]
    assert 12_000 < sum(sizes) / len(sizes) < 18_000
    for pod in pods:
        (owner,) = pod["metadata"]["ownerReferences"]
        assert pod["metadata"]["managedFields"]
        assert pod["metadata"]["name"].startswith(owner["name"])


def test_names_have_the_shape_kubernetes_gives_them(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    shapes = {
        "ReplicaSet": r"-[4-9bcdf]{9}-[bcdfghjklmnpqrstvwxz2-9]{5}",
        "StatefulSet": r"-\d",
        "DaemonSet": r"-[bcdfghjklmnpqrstvwxz2-9]{5}",
        "Job": r"-\d{8}-[bcdfghjklmnpqrstvwxz2-9]{5}",
    }
    seen = set()
    for pod in cluster.pods:
        kind = "ReplicaSet" if pod.workload.owner_kind == "Deployment" else pod.workload.owner_kind
        seen.add(kind)
        assert re.fullmatch(re.escape(pod.workload.name) + shapes[kind], pod.name), pod.name
    assert seen == set(shapes)


def condition(container: dict[str, Any]) -> tuple[Any, ...]:
    """What of a container's status decides how kubectl prints it."""

    def how(state: dict[str, Any]) -> tuple[Any, ...] | None:
        for kind, detail in state.items():
            return (kind, detail.get("reason"), detail.get("exitCode"), detail.get("signal") or 0)
        return None

    last = how(container["lastState"])
    return (
        how(container["state"]),
        last and last[:3],
        container["ready"],
        container["restartCount"],
        container["started"],
    )


def conditions(pod: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [c for c in pod["status"].get("conditions", []) if c["type"] == kind]


@pytest.mark.parametrize("name", sorted(_RECORDED_PODS))
def test_staging_has_a_pod_in_every_state_a_real_server_showed(fleet: Fleet, name: str) -> None:
    cluster = fleet.cluster("staging-payments")
    (mine,) = (
        json.loads(pod.json())
        for pod in cluster.pods
        if pod.namespace == "chaos" and pod.workload.name == name
    )
    real = _RECORDED_PODS[name]
    for key in ("phase", "reason"):
        assert mine["status"].get(key) == real["status"].get(key)
    assert ("deletionTimestamp" in mine["metadata"]) == ("deletionTimestamp" in real["metadata"])
    assert mine["spec"]["restartPolicy"] == real["spec"]["restartPolicy"]
    assert len(mine["spec"]["containers"]) == len(real["spec"]["containers"])
    for key in ("containerStatuses", "initContainerStatuses"):
        shown = [condition(container) for container in mine["status"].get(key, [])]
        assert shown == [condition(container) for container in real["status"].get(key, [])]
    policies = [c.get("restartPolicy") for c in mine["spec"].get("initContainers", [])]
    assert policies == [c.get("restartPolicy") for c in real["spec"].get("initContainers", [])]
    for kind in ("PodScheduled", "Initialized", "Ready"):
        shown = [(c["status"], c.get("reason")) for c in conditions(mine, kind)]
        assert shown == [(c["status"], c.get("reason")) for c in conditions(real, kind)]


def test_nodes_are_those_of_eks(fleet: Fleet) -> None:
    nodes = objects(fleet.cluster("prod-payments"), "nodes")

    def ready(node: Any) -> str:
        return next(str(c["status"]) for c in node["status"]["conditions"] if c["type"] == "Ready")

    assert [ready(node) for node in nodes].count("False") == 1
    assert sum(node["spec"].get("unschedulable", False) for node in nodes) == 2
    labels = [node["metadata"]["labels"] for node in nodes]
    fargate = [each for each in labels if each.get("eks.amazonaws.com/compute-type") == "fargate"]
    assert len(fargate) == 8
    machines = [each for each in labels if "node.kubernetes.io/instance-type" in each]
    assert len(machines) == 180
    assert {each["topology.kubernetes.io/zone"] for each in labels} == {f"eu-west-1{zone}" for zone in "abc"}
    assert all("eks.amazonaws.com/nodegroup" in each for each in machines)
    assert not any(name.startswith("node-role.kubernetes.io/") for each in labels for name in each)
    assert all(node["status"]["nodeInfo"]["kubeletVersion"].startswith("v1.34.") for node in nodes)


def test_one_node_of_staging_is_short_of_memory(fleet: Fleet) -> None:
    nodes = objects(fleet.cluster("staging-payments"), "nodes")
    (pressed,) = (
        node
        for node in nodes
        for c in node["status"]["conditions"]
        if (c["type"], c["status"]) == ("MemoryPressure", "True")
    )
    assert [taint["key"] for taint in pressed["spec"]["taints"]] == ["node.kubernetes.io/memory-pressure"]
    assert "unschedulable" not in pressed["spec"]


def test_pods_run_on_nodes_that_exist_and_none_is_put_on_a_cordoned_one(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    closed = {n["metadata"]["name"] for n in objects(cluster, "nodes") if n["spec"].get("taints")}
    names = set(cluster.names("nodes"))
    for pod in cluster.pods:
        assert pod.node[0] in names
        if pod.workload.owner_kind != "DaemonSet" and not pod.node[0].startswith("fargate"):
            assert pod.node[0] not in closed


def test_there_is_a_service_of_every_type(fleet: Fleet) -> None:
    services = objects(fleet.cluster("prod-web"), "services")
    assert {s["spec"]["type"] for s in services} == {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}
    assert any(s["spec"].get("clusterIP") == "None" for s in services)
    assert any(s["spec"].get("externalIPs") for s in services)
    assert any(not s["spec"].get("ports") for s in services)
    balancers = [s for s in services if s["spec"]["type"] == "LoadBalancer"]
    assert sorted(bool(s["status"]["loadBalancer"]) for s in balancers) == [False, True]
    assert any(port["protocol"] == "UDP" for s in services for port in s["spec"].get("ports", []))


def test_a_deployment_counts_its_pods(fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    deployments = {
        (d["metadata"]["namespace"], d["metadata"]["name"]): d for d in objects(cluster, "deployments")
    }
    pods_of = defaultdict(list)
    for pod in cluster.pods:
        if pod.workload.owner_kind == "Deployment":
            pods_of[pod.namespace, pod.workload.name].append(pod)
    assert pods_of.keys() <= deployments.keys()
    for key, deployment in deployments.items():
        pods = pods_of[key]
        assert deployment["spec"]["replicas"] == len(pods)
        assert deployment["status"].get("readyReplicas", 0) == sum(p.ready for p in pods)
    assert any(d["spec"]["replicas"] == 0 for d in deployments.values())


def test_staging_has_deployments_on_their_way(fleet: Fleet) -> None:
    deployments = {
        d["metadata"]["name"]: d for d in objects(fleet.cluster("staging-payments"), "deployments")
    }
    assert deployments["rolling"]["status"]["updatedReplicas"] == 2
    assert deployments["paused"]["spec"]["paused"] is True
    assert "updatedReplicas" not in deployments["paused"]["status"]
    assert deployments["unseen"]["status"] == {}
    assert deployments["scaled-to-zero"]["spec"]["replicas"] == 0


def test_each_cluster_has_an_authority_of_its_own(fleet: Fleet) -> None:
    sydney, web = fleet.cluster("edge-sydney"), fleet.cluster("prod-web")
    right = ssl.create_default_context(cadata=sydney.certificate_authority)
    with urllib.request.urlopen(f"{sydney.endpoint}/version", context=right) as answer:
        assert json.load(answer)["gitVersion"].startswith("v1.33.")
    wrong = ssl.create_default_context(cadata=web.certificate_authority)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{sydney.endpoint}/version", context=wrong)


def test_the_island_takes_a_connection_and_says_nothing(fleet: Fleet) -> None:
    island = fleet.cluster("island")
    trusting = ssl.create_default_context(cadata=island.certificate_authority)
    with pytest.raises((TimeoutError, urllib.error.URLError), match="timed out"):
        urllib.request.urlopen(f"{island.endpoint}/version", context=trusting, timeout=0.3)
