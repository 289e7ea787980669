"""Pods: STATUS, READY and RESTARTS as kubectl prints them.

The rules are those of printPod in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

import re
from datetime import datetime

import msgspec

from connector.resources.age import age
from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Cell, Column, Health, Kind, ratio, text
from connector.resources.wire import Condition, Metadata, Reader, condition


class Waiting(msgspec.Struct, gc=False):
    reason: str = ""


class Running(msgspec.Struct, gc=False):
    pass


class Terminated(msgspec.Struct, rename="camel", gc=False):
    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    finished_at: datetime | None = None

    @property
    def cause(self) -> str:
        """Why it ended, as kubectl names it."""
        if self.reason:
            return self.reason
        return f"Signal:{self.signal}" if self.signal else f"ExitCode:{self.exit_code}"


class State(msgspec.Struct, gc=False):
    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(msgspec.Struct, rename="camel", gc=False):
    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: State = msgspec.field(default_factory=State)
    last_state: State = msgspec.field(default_factory=State)

    @property
    def ended(self) -> float:
        """When it last ended before this run, in epoch seconds; 0 when it has not."""
        last = self.last_state.terminated
        return last.finished_at.timestamp() if last and last.finished_at else 0.0


class Container(msgspec.Struct, rename="camel", gc=False):
    name: str = ""
    restart_policy: str | None = None


class PodSpec(msgspec.Struct, rename="camel"):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    node_name: str = ""


class PodStatus(msgspec.Struct, rename="camel"):
    phase: str = ""
    reason: str = ""
    conditions: list[Condition] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    container_statuses: list[ContainerStatus] | None = None


class Pod(msgspec.Struct):
    metadata: Metadata
    spec: PodSpec = msgspec.field(default_factory=PodSpec)
    status: PodStatus = msgspec.field(default_factory=PodStatus)


class PodRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    status: str
    ready: int
    containers: int
    """How many READY counts: the containers, and the init containers that keep running beside them."""
    restarts: int
    restarted: float
    """When the last restart was, in epoch seconds; 0 for never, or when nobody knows."""
    node: str
    container_names: str
    created: float
    health: Health


def row(pod: Pod) -> PodRow:
    """What the columns need of a pod."""
    spec, status = pod.spec, pod.status
    beside = {one.name for one in spec.init_containers or () if one.restart_policy == "Always"}
    start = _initialising(pod, beside)
    shown, ready, restarts, restarted = start.status, start.ready, start.restarts, start.restarted
    if not start.unfinished or condition(status.conditions, "Initialized") == "True":
        restarts, restarted = start.restarts_beside, start.restarted_beside
        has_running = False
        for container in reversed(status.container_statuses or ()):
            restarts += container.restart_count
            restarted = max(restarted, container.ended)
            state = container.state
            if state.waiting and state.waiting.reason:
                shown = state.waiting.reason
            elif state.terminated:
                shown = state.terminated.cause
            elif container.ready and state.running:
                has_running = True
                ready += 1
        if shown == "Completed" and has_running:
            shown = "Running" if _is_ready(pod) else "NotReady"
    if pod.metadata.deletion_timestamp:
        if status.reason == "NodeLost":
            shown = "Unknown"
        elif status.phase not in {"Failed", "Succeeded"}:
            shown = "Terminating"
    containers = spec.containers or []
    total = len(containers) + len(beside)
    return PodRow(
        name=pod.metadata.name,
        namespace=pod.metadata.namespace,
        status=shown,
        ready=ready,
        containers=total,
        restarts=restarts,
        restarted=restarted,
        node=spec.node_name,
        container_names=",".join(one.name for one in containers),
        created=pod.metadata.created,
        health=_health(shown, healthy=_is_ready(pod)),
    )


class _Start(msgspec.Struct):
    """How far a pod is before its containers run."""

    status: str
    ready: int = 0
    restarts: int = 0
    restarted: float = 0.0
    restarts_beside: int = 0
    restarted_beside: float = 0.0
    unfinished: bool = False


def _initialising(pod: Pod, beside: set[str]) -> _Start:
    status = pod.status
    start = _Start(status.reason or status.phase)
    if any(one.type == "PodScheduled" and one.reason == "SchedulingGated" for one in status.conditions or ()):
        start.status = "SchedulingGated"
    for index, container in enumerate(status.init_container_statuses or ()):
        start.restarts += container.restart_count
        start.restarted = max(start.restarted, container.ended)
        if container.name in beside:
            start.restarts_beside += container.restart_count
            start.restarted_beside = max(start.restarted_beside, container.ended)
        state = container.state
        if state.terminated and state.terminated.exit_code == 0:
            continue
        if container.name in beside and container.started:
            start.ready += container.ready
            continue
        start.unfinished = True
        if state.terminated:
            start.status = f"Init:{state.terminated.cause}"
        elif state.waiting and state.waiting.reason and state.waiting.reason != "PodInitializing":
            start.status = f"Init:{state.waiting.reason}"
        else:
            start.status = f"Init:{index}/{len(pod.spec.init_containers or ())}"
        break
    return start


def _is_ready(pod: Pod) -> bool:
    return condition(pod.status.conditions, "Ready") == "True"


_ON_ITS_WAY = re.compile(
    r"Pending|ContainerCreating|PodInitializing|SchedulingGated|Terminating|NotReady|Init:\d+/\d+"
)


def _health(status: str, *, healthy: bool) -> Health:
    if status == "Running":
        return Health.HEALTHY if healthy else Health.CHANGING
    if status in {"Completed", "Succeeded"}:
        return Health.OFF
    if status in {"Unknown", ""}:
        return Health.UNKNOWN
    # What is left are reasons why a container waits or has ended, free text of runtimes among them.
    return Health.CHANGING if _ON_ITS_WAY.fullmatch(status) else Health.BROKEN


def _restarts(row: PodRow, now: float) -> Cell:
    shown = (
        f"{row.restarts} ({age(now - row.restarted)} ago)"
        if row.restarts and row.restarted
        else f"{row.restarts}"
    )
    return Cell(shown, number=row.restarts)


PODS = Kind(
    plural="pods",
    singular="pod",
    name="Pod",
    short_names=("po",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        ratio("READY", lambda row: (row.ready, row.containers)),
        text("STATUS", lambda row: row.status),
        Column("RESTARTS", _restarts),
        AGE,
        text("NODE", lambda row: row.node or "<none>"),
        text("CONTAINERS", lambda row: row.container_names),
        CREATED,
    ),
    related=("deployments", "services", "nodes", "events"),
    read=Reader(Pod, row),
)
