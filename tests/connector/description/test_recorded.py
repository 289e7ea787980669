"""Each fact that kubectl printed of a recorded object is in its description, with kubectl's value."""

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from connector.description import Container, Description, State, described
from connector.description.told import Further
from connector.resources import KINDS
from connector.resources.age import age
from tests.connector.api_server import recorded
from tests.connector.description.kubectl_text import Entry, epoch, flat, parsed

TEXTS = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 23, 7, 3, 33, tzinfo=UTC).timestamp()
PODS = sorted(path.stem.removeprefix("pod-") for path in TEXTS.glob("pod-*.txt"))


def printed(name: str) -> Entry:
    return parsed((TEXTS / f"{name}.txt").read_text())


def the(plural: str, name: str, further: Further | None = None) -> Description:
    (found,) = (one for one in recorded(f"{plural}.json")["items"] if one["metadata"]["name"] == name)
    return described(KINDS[plural].resource, found, further, now=NOW)


def shown(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC)) if at else ""


def lines(described: Description, label: str) -> str:
    return "\n".join(one.text for fact in described.facts if fact.label == label for one in fact.values)


def time_of(described: Description, label: str) -> str:
    return next((shown(one.values[0].time or 0) for one in described.facts if one.label == label), "")


def joined(pairs: tuple[tuple[str, str], ...], by: str = "=") -> str:
    return "\n".join(f"{key}{by}{value}" for key, value in pairs)


def state_facts(label: str, state: State) -> dict[str, str]:
    ended = state.name == "Terminated"
    return {
        label: state.name,
        f"{label}/Reason": state.reason,
        f"{label}/Exit Code": "" if state.exit_code is None else str(state.exit_code),
        f"{label}/Started": shown(state.started),
        f"{label}/Finished": shown(state.finished) if ended else "",
    }


def container_facts(one: Container) -> dict[str, str]:
    return {
        "Container ID": one.container_id,
        "Image": one.image,
        "Image ID": one.image_id,
        "Port": ", ".join(one.ports),
        "Host Port": ", ".join(one.host_ports),
        **state_facts("State", one.state),
        **state_facts("Last State", one.last_state),
        "Ready": "" if one.ready is None else str(one.ready),
        "Restart Count": "" if one.restarts is None else str(one.restarts),
        **{f"Limits/{name}": amount for name, amount in one.limits},
        **{f"Requests/{name}": amount for name, amount in one.requests},
        **dict(one.probes),
        "Environment": "\n".join(name for name, _ in one.env),
        "Mounts": "\n".join(one.mounts),
    }


def pod_facts(told: Description) -> dict[str, str]:
    """What kubectl would print of a pod, made of its description alone."""
    facts = {
        "Name": told.name,
        "Namespace": told.namespace or "",
        "Priority": told.fact("Priority"),
        "Node": told.fact("Node"),
        "Start Time": time_of(told, "Started"),
        "Labels": joined(told.labels),
        "Annotations": joined(told.annotations, ": "),
        "Status": f"Terminating (lasts {age(NOW - told.deleted)})" if told.deleted else told.fact("Phase"),
        "Reason": told.fact("Reason"),
        "Message": told.fact("Message"),
        "Termination Grace Period": told.fact("Termination grace period"),
        "IP": told.fact("IP"),
        "QoS Class": told.fact("QoS class"),
        "Node-Selectors": lines(told, "Node selectors"),
        "Tolerations": lines(told, "Tolerations"),
        "Controlled By": "".join(f"{one.kind}/{one.name}" for one in told.owners[:1]),
    }
    for one in told.containers:
        group = "Init Containers" if one.role in {"init", "sidecar"} else "Containers"
        facts |= {f"{group}/{one.name}/{key}": value for key, value in container_facts(one).items()}
    for volume in told.volumes:
        facts |= {f"Volumes/{volume.name}/Type": volume.type}
    return {key: value for key, value in facts.items() if value}


@pytest.mark.parametrize("name", PODS)
def test_every_fact_of_a_recorded_pod_is_told(name: str) -> None:
    told, text = the("pods", name), printed(f"pod-{name}")
    expected = flat(text)
    if node := expected.get("Node"):
        # kubectl puts the host's address behind, and these have none.
        expected["Node"] = node.rstrip("/")
    assert pod_facts(told) == expected


@pytest.mark.parametrize("name", [name for name in PODS if name != "evicted"])
def test_every_condition_of_a_recorded_pod_is_told(name: str) -> None:
    rows = printed(f"pod-{name}").child("Conditions").table()
    assert [(one.type, one.status) for one in the("pods", name).conditions] == [
        (row["Type"], row["Status"]) for row in rows
    ]


def test_there_are_the_recorded_pods() -> None:
    assert PODS == [
        "config-error",
        "crashloop",
        "evicted",
        "init-second",
        "oom-then-running",
        "sidecar-running",
        "terminating",
        "unschedulable",
    ]


def template_facts(told: Description) -> dict[str, str]:
    facts = {
        "Pod Template/Labels": lines(told, "Pod labels"),
        "Pod Template/Node-Selectors": lines(told, "Node selectors"),
        "Pod Template/Tolerations": lines(told, "Tolerations"),
    }
    for one in told.containers:
        facts |= {
            f"Pod Template/Containers/{one.name}/{key}": value for key, value in container_facts(one).items()
        }
    for volume in told.volumes:
        facts |= {f"Pod Template/Volumes/{volume.name}/Type": volume.type}
    return facts


@pytest.mark.parametrize("name", ["partly-up", "rolling"])
def test_every_fact_of_a_recorded_deployment_is_told(name: str) -> None:
    told = the("deployments", name)
    facts = {
        "Name": told.name,
        "Namespace": told.namespace,
        "CreationTimestamp": shown(told.created),
        "Labels": joined(told.labels),
        "Annotations": joined(told.annotations, ": "),
        "Selector": told.selector,
        "Replicas": told.fact("Replicas"),
        "StrategyType": told.fact("Strategy"),
        "MinReadySeconds": told.fact("Min ready").removesuffix("s"),
        "RollingUpdateStrategy": told.fact("Rolling update"),
        **template_facts(told),
    }
    assert {key: value for key, value in facts.items() if value} == flat(printed(f"deployment-{name}"))


def test_every_fact_of_a_recorded_service_is_told() -> None:
    told = the("services", "lb-ready", Further(slices=()))
    text = printed("service-lb-ready")
    ports = {"Port", "TargetPort", "NodePort", "Endpoints"}
    (section,) = told.sections
    facts = {
        "Name": told.name,
        "Namespace": told.namespace,
        "Labels": joined(told.labels),
        "Annotations": joined(told.annotations, ": "),
        "Selector": told.selector,
        "Type": told.fact("Type"),
        "IP Family Policy": told.fact("IP family policy"),
        "IP Families": told.fact("IP families"),
        "IP": told.fact("IP").split(", ")[0],
        "IPs": told.fact("IP"),
        "LoadBalancer Ingress": told.fact("Load balancer"),
        "Session Affinity": told.fact("Session affinity"),
        "External Traffic Policy": told.fact("External traffic policy"),
        "Internal Traffic Policy": told.fact("Internal traffic policy"),
    }
    expected = {key: value for key, value in flat(text).items() if key not in ports}
    assert {key: value for key, value in facts.items() if value} == expected
    rows = [tuple(cell.text for cell in row) for row in section.rows]
    names = [one.value.split()[0] for one in text.children if one.key == "Port"]
    columns = [
        [one.value.split()[-1] for one in text.children if one.key == key]
        for key in ("Port", "TargetPort", "NodePort", "Endpoints")
    ]
    assert section.headers == ("NAME", "PORT", "TARGET", "NODE PORT", "ENDPOINTS")
    assert rows == list(zip(names, *columns, strict=True))
    assert len(rows) == 2


SYSTEM = {
    "Machine ID": "Machine ID",
    "System UUID": "System UUID",
    "Boot ID": "Boot ID",
    "Kernel Version": "Kernel version",
    "OS Image": "OS image",
    "Operating System": "Operating system",
    "Architecture": "Architecture",
    "Container Runtime Version": "Container runtime version",
    "Kubelet Version": "Kubelet version",
}


def sections(told: Description) -> dict[str, list[tuple[str, ...]]]:
    return {one.title: [tuple(cell.text for cell in row) for row in one.rows] for one in told.sections}


def test_every_fact_of_a_recorded_node_is_told() -> None:
    told = the("nodes", "a-pressure", Further(pods=()))
    text = printed("node-pressure")
    capacity = sections(told)["Capacity"]
    facts = {
        "Name": told.name,
        "Roles": told.fact("Roles"),
        "Labels": joined(told.labels),
        "Annotations": joined(told.annotations, ": "),
        "CreationTimestamp": shown(told.created),
        "Taints": lines(told, "Taints"),
        "Unschedulable": told.fact("Unschedulable"),
        "Addresses/InternalIP": told.fact("InternalIP"),
        "Addresses/Hostname": told.fact("Hostname"),
        **{f"Capacity/{name}": amount for name, amount, _ in capacity},
        **{f"Allocatable/{name}": amount for name, _, amount in capacity},
        **{f"System Info/{label}": told.fact(ours) for label, ours in SYSTEM.items()},
    }
    expected = flat(text)
    # Nothing else that is read tells of leases, and there are no pods.
    assert expected.pop("Lease").startswith("Failed to get lease")
    assert expected.pop("Non-terminated Pods") == "(0 in total)"
    assert {key: value for key, value in facts.items() if value not in {"", "<none>"}} == expected


def test_every_condition_of_a_recorded_node_is_told() -> None:
    rows = printed("node-pressure").child("Conditions").table()
    assert [
        (one.type, one.status, one.heard, one.since, one.reason, one.message)
        for one in the("nodes", "a-pressure").conditions
    ] == [
        (
            row["Type"],
            row["Status"],
            epoch(row["LastHeartbeatTime"]),
            epoch(row["LastTransitionTime"]),
            row["Reason"],
            row["Message"],
        )
        for row in rows
    ]
    assert len(rows) == 2


def test_what_is_asked_of_a_recorded_node_is_told() -> None:
    rows = printed("node-pressure").child("Allocated resources").table()
    told = sections(the("nodes", "a-pressure", Further(pods=())))
    assert told["Allocated resources"] == [(row["Resource"], row["Requests"], row["Limits"]) for row in rows]
    assert len(rows) == 3


def test_the_parser_finds_what_kubectl_printed() -> None:
    text = printed("pod-crashloop")
    found = flat(text)
    assert found["Containers/app/Last State/Exit Code"] == "1"
    assert found["Tolerations"].splitlines()[1].startswith("node.kubernetes.io/unreachable")
    assert found["Labels"].splitlines()[:2] == ["app=crashloop", "set=a"]
    assert "Conditions/Type" not in found
    assert any_row(text, "Ready") == {"Type": "Ready", "Status": "False"}


def any_row(text: Entry, kind: str) -> dict[str, Any]:
    return next(row for row in text.child("Conditions").table() if row["Type"] == kind)
