"""The tables of what runs pods: deployments, replica sets, stateful sets, daemon sets, jobs, autoscalers."""

from __future__ import annotations

from typing import Any

from playground.kubernetes.tables.text import (
    NONE,
    Body,
    Printer,
    age,
    columns,
    containers,
    duration,
    epoch,
    pairs,
    selector,
    since,
)

_WIDE = ("Containers", "Images", "Selector")


def _template_cells(body: Body) -> list[str]:
    return [*containers(body["spec"]["template"]), selector(body["spec"])]


def _deployment(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body.get("status", {})
    return [
        body["metadata"]["name"],
        f"{status.get('readyReplicas', 0)}/{spec['replicas']}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(body, now),
        *_template_cells(body),
    ]


def _replica_set(body: Body, now: float) -> list[Any]:
    status = body["status"]
    counts = [body["spec"]["replicas"], status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [body["metadata"]["name"], *counts, age(body, now), *_template_cells(body)]


def _stateful_set(body: Body, now: float) -> list[Any]:
    ready = f"{body['status'].get('readyReplicas', 0)}/{body['spec']['replicas']}"
    return [body["metadata"]["name"], ready, age(body, now), *containers(body["spec"]["template"])]


def _daemon_set(body: Body, now: float) -> list[Any]:
    status = body["status"]
    counts = (
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    )
    nodes = pairs(body["spec"]["template"]["spec"].get("nodeSelector"))
    numbers = [status.get(key, 0) for key in counts]
    return [body["metadata"]["name"], *numbers, nodes, age(body, now), *_template_cells(body)]


def _job(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body["status"]
    true = {c["type"] for c in status.get("conditions", []) if c["status"] == "True"}
    how = next((word for word in ("Complete", "Failed", "Suspended") if word in true), "Running")
    took = ""
    if started := status.get("startTime"):
        ended = status.get("completionTime")
        took = duration((epoch(ended) if ended else now) - epoch(started))
    completions = f"{status.get('succeeded', 0)}/{spec['completions']}"
    return [body["metadata"]["name"], how, completions, took, age(body, now), *_template_cells(body)]


def _cron_job(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body["status"]
    last = status.get("lastScheduleTime")
    return [
        body["metadata"]["name"],
        spec["schedule"],
        spec.get("timeZone") or NONE,
        str(spec.get("suspend", False)),
        len(status.get("active", [])),
        since(last, now) if last else NONE,
        age(body, now),
        *containers(spec["jobTemplate"]["spec"]["template"]),
        NONE,
    ]


def _autoscaler(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body["status"]
    target = spec["scaleTargetRef"]
    measured = {
        metric["resource"]["name"]: metric["resource"]["current"].get("averageUtilization")
        for metric in status.get("currentMetrics") or []
    }
    targets = []
    for metric in spec["metrics"]:
        name, goal = metric["resource"]["name"], metric["resource"]["target"]["averageUtilization"]
        current = measured.get(name)
        targets.append(f"{name}: {'<unknown>' if current is None else f'{current}%'}/{goal}%")
    return [
        body["metadata"]["name"],
        f"{target['kind']}/{target['name']}",
        ", ".join(targets) or NONE,
        str(spec["minReplicas"]),
        spec["maxReplicas"],
        status.get("currentReplicas", 0),
        age(body, now),
    ]


PRINTERS = {
    "Deployment": Printer(
        columns("Name", "Ready", "Up-to-date", "Available", "Age", wide=_WIDE), _deployment
    ),
    "ReplicaSet": Printer(columns("Name", "Desired#", "Current#", "Ready#", "Age", wide=_WIDE), _replica_set),
    "StatefulSet": Printer(columns("Name", "Ready", "Age", wide=("Containers", "Images")), _stateful_set),
    "DaemonSet": Printer(
        columns(
            *("Name", "Desired#", "Current#", "Ready#", "Up-to-date#", "Available#", "Node Selector", "Age"),
            wide=_WIDE,
        ),
        _daemon_set,
    ),
    "Job": Printer(columns("Name", "Status", "Completions", "Duration", "Age", wide=_WIDE), _job),
    "CronJob": Printer(
        columns(
            *("Name", "Schedule", "Timezone", "Suspend", "Active#", "Last Schedule", "Age"),
            wide=_WIDE,
        ),
        _cron_job,
    ),
    "HorizontalPodAutoscaler": Printer(
        columns("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), _autoscaler
    ),
}
