"""The tables of the cluster itself: nodes, namespaces, leases, events, usage, and the fleet's own custom kind."""

from __future__ import annotations

from typing import Any

from playground.kubernetes.tables.text import NAME, NONE, Body, Column, Printer, age, columns, epoch, since

_ROLE = "node-role.kubernetes.io/"


def _node(body: Body, now: float) -> list[Any]:
    status, labels = body["status"], body["metadata"].get("labels", {})
    ready = [c["status"] == "True" for c in status.get("conditions", []) if c["type"] == "Ready"]
    words = ["Ready" if ready[0] else "NotReady"] if ready else ["Unknown"]
    if body["spec"].get("unschedulable"):
        words.append("SchedulingDisabled")
    roles = {key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE)}
    if role := labels.get("kubernetes.io/role"):
        roles.add(role)
    addresses = {each["type"]: each["address"] for each in reversed(status.get("addresses", []))}
    info = status["nodeInfo"]
    return [
        body["metadata"]["name"],
        ",".join(words),
        ",".join(sorted(roles)) or NONE,
        age(body, now),
        info["kubeletVersion"],
        addresses.get("InternalIP", NONE),
        addresses.get("ExternalIP", NONE),
        info["osImage"] or "<unknown>",
        f"{info['kernelVersion']} ({info['architecture']})" if info["kernelVersion"] else "<unknown>",
        info["containerRuntimeVersion"] or "<unknown>",
    ]


def _namespace(body: Body, now: float) -> list[Any]:
    return [body["metadata"]["name"], body["status"]["phase"], age(body, now)]


def _lease(body: Body, now: float) -> list[Any]:
    return [body["metadata"]["name"], body["spec"].get("holderIdentity", ""), age(body, now)]


def _event(body: Body, now: float) -> list[Any]:
    about, source = body["involvedObject"], body.get("source", {})
    series = body.get("series") or {}
    first = body.get("firstTimestamp") or body.get("eventTime")
    last = series.get("lastObservedTime") or body.get("lastTimestamp") or first
    parts = (body.get("reportingComponent") or source.get("component"), source.get("host"))
    return [
        since(last, now),
        body["type"],
        body["reason"],
        f"{about['kind'].lower()}/{about['name']}",
        about.get("fieldPath", ""),
        ", ".join(filter(None, parts)),
        body["message"].strip(),
        since(first, now),
        series.get("count") or body.get("count") or 1,
        body["metadata"]["name"],
    ]


def _usage(body: Body, _now: float) -> list[Any]:
    used = [body["usage"]] if "usage" in body else [each["usage"] for each in body["containers"]]
    cpu = sum(int(each["cpu"].removesuffix("n")) for each in used)
    memory = sum(int(each["memory"].removesuffix("Ki")) for each in used)
    return [body["metadata"]["name"], f"{cpu}n", f"{memory}Ki", body["window"]]


def _dispatch(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body.get("status", {})
    seconds = int(max(0.0, now - epoch(body["metadata"]["creationTimestamp"])))
    created = since(body["metadata"]["creationTimestamp"], now) if seconds else "0s"
    return [
        body["metadata"]["name"],
        status.get("phase"),
        status.get("weight"),
        spec["version"],
        created,
        status.get("message"),
    ]


PRINTERS = {
    "Node": Printer(
        columns(
            *("Name", "Status", "Roles", "Age", "Version"),
            wide=("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
        ),
        _node,
    ),
    "Namespace": Printer(columns("Name", "Status", "Age"), _namespace),
    "Lease": Printer(columns("Name", "Holder", "Age"), _lease),
    "Event": Printer(
        (
            *columns("Last Seen", "Type", "Reason", "Object"),
            *columns(wide=("Subobject", "Source")),
            *columns("Message"),
            *columns(wide=("First Seen", "Count#")),
            Column("Name", priority=1),
        ),
        _event,
    ),
    "PodMetrics": Printer(columns("Name", "cpu", "memory", "Window"), _usage),
    "NodeMetrics": Printer(columns("Name", "cpu", "memory", "Window"), _usage),
    # The additionalPrinterColumns of the definition in fleet/custom.py.
    "Dispatch": Printer(
        (
            NAME,
            Column("Phase"),
            Column("Weight", "integer"),
            Column("Version"),
            Column("Age", "date"),
            Column("Message", priority=1),
        ),
        _dispatch,
    ),
}
