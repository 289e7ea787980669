"""Nodes in odd states, and how much of each is asked for."""

from typing import Any

import pytest

from connector.description import Further, summary
from connector.description.nodes import asked
from connector.resources import Health
from tests.connector.description.shapes import NOW, condition, guest, sections, tell

READY = condition("Ready", "True", "KubeletReady", "kubelet is posting ready status")


def node(*conditions: dict[str, Any], labels: Any = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "n1", "labels": labels or {}},
        "spec": spec,
        "status": {
            "conditions": list(conditions) or [READY],
            "allocatable": {"cpu": "3920m", "memory": "15Gi", "pods": "58", "nvidia.com/gpu": "4"},
            "capacity": {"cpu": "4", "memory": "16Gi", "pods": "58", "nvidia.com/gpu": "4"},
        },
    }


def why_node(*conditions: dict[str, Any], labels: Any = None, **spec: Any) -> str:
    return summary(tell("nodes", node(*conditions, labels=labels, **spec)), NOW)


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        ([READY], ""),
        (
            [condition("Ready", "False", "KubeletNotReady", "container runtime is down", minutes=10)],
            "NotReady for 10m: KubeletNotReady: container runtime is down",
        ),
        (
            [
                {
                    **condition(
                        "Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."
                    ),
                    "lastHeartbeatTime": "2026-11-23T06:58:30Z",
                }
            ],
            "Its kubelet does not report, last heard of 5m ago: NodeStatusUnknown: Kubelet stopped posting node status",
        ),
        (
            [READY, condition("DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure")],
            "Short of disk: KubeletHasDiskPressure: kubelet has disk pressure",
        ),
        (
            [READY, condition("MemoryPressure", "True", "A"), condition("PIDPressure", "True", "B")],
            "Short of memory: A; Short of process ids: B",
        ),
        (
            [READY, condition("NetworkUnavailable", "True", "NoRouteCreated")],
            "NetworkUnavailable: NoRouteCreated",
        ),
        ([condition("MemoryPressure", "False")], "Nobody has said how it is"),
    ],
)
def test_a_node_tells_what_presses_it(conditions: list[dict[str, Any]], sentence: str) -> None:
    assert why_node(*conditions) == sentence


def test_a_cordoned_node_says_so() -> None:
    told = tell(
        "nodes", node(unschedulable=True, taints=[{"key": "a", "value": "b", "effect": "NoSchedule"}])
    )
    assert (told.status, told.health) == ("Ready,SchedulingDisabled", Health.CHANGING)
    assert summary(told, NOW) == "Cordoned: no new pods come to it"
    assert told.fact("Taints") == "a=b:NoSchedule"
    assert told.fact("Unschedulable") == "true"


def test_a_fargate_node_says_so() -> None:
    told = tell("nodes", node(labels={"eks.amazonaws.com/compute-type": "fargate"}))
    assert told.fact("Instance type") == "fargate"
    assert summary(told, NOW) == "On Fargate: a machine for one pod alone"


def test_a_node_tells_its_group_type_and_zone() -> None:
    labels = {
        "eks.amazonaws.com/nodegroup": "general",
        "node.kubernetes.io/instance-type": "m7g.xlarge",
        "topology.kubernetes.io/zone": "eu-west-1b",
        "eks.amazonaws.com/capacityType": "SPOT",
        "node-role.kubernetes.io/worker": "",
    }
    told = tell("nodes", node(labels=labels))
    told_of = ("Node group", "Instance type", "Zone", "Capacity type", "Roles")
    assert [told.fact(label) for label in told_of] == [
        "general",
        "m7g.xlarge",
        "eu-west-1b",
        "SPOT",
        "worker",
    ]
    assert told.field_selector == "spec.nodeName=n1"
    assert told.namespace is None


def req(cpu: str = "", memory: str = "", limit: str = "") -> dict[str, Any]:
    found = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    return {"requests": found, "limits": {"memory": limit} if limit else {}}


@pytest.mark.parametrize(
    ("pod", "requests"),
    [
        (guest("plain", req("100m", "1Gi"), req("1900m", "512Mi")), {"cpu": "2", "memory": "1536Mi"}),
        # Init containers run one after the other, before the others do.
        (guest("init", req("100m"), init=[(req("1"), False), (req("300m"), False)]), {"cpu": "1"}),
        # A sidecar runs beside the others, and beside the init containers that come after it.
        (guest("sidecar", req("100m"), init=[(req("200m"), True)]), {"cpu": "300m"}),
        (guest("both", req("100m"), init=[(req("200m"), True), (req("500m"), False)]), {"cpu": "700m"}),
        (
            guest("overhead", req("100m"), overhead={"cpu": "50m", "memory": "1Mi"}),
            {"cpu": "150m", "memory": "1Mi"},
        ),
        (guest("pod level", req("100m"), resources={"requests": {"cpu": "3"}}), {"cpu": "3"}),
        (guest("none"), {}),
    ],
)
def test_what_a_pod_asks_for_counts_its_containers_as_the_scheduler_does(
    pod: dict[str, Any], requests: dict[str, str]
) -> None:
    assert asked(pod, "requests") == requests


def test_a_node_tells_how_much_of_it_is_asked_for() -> None:
    pods = (
        guest("a", req("980m", "1Gi", "2Gi")),
        guest(
            "b",
            req("980m", "512Mi"),
            {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}},
        ),
    )
    found = sections(tell("nodes", node(), Further(pods=pods)))
    assert found["Allocated resources"] == [
        ("cpu", "1960m (50%)", "0 (0%)"),
        ("memory", "1536Mi (10%)", "2Gi (13%)"),
        ("ephemeral-storage", "0 (0%)", "0 (0%)"),
        ("nvidia.com/gpu", "1 (25%)", "1 (25%)"),
    ]
    assert found["Pods"][0] == ("shop", "a", "980m (25%)", "0 (0%)", "1Gi (6%)", "2Gi (13%)", "60m")
    assert found["Capacity"][0] == ("cpu", "4", "3920m")
    assert "Pods" not in sections(tell("nodes", node()))
