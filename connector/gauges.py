"""What one pod or node uses of one resource, beside what it asked for and what it may use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from connector.quantities import amount
from connector.resources.wire import Condition, Metadata

CPU = "cpu"
MEMORY = "memory"

Amounts = tuple[Decimal, ...]
"""Of CPU and of memory."""
NOTHING: Amounts = (Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Gauge:
    """One resource of a pod or a node: cores of CPU, bytes of memory."""

    used: Decimal
    requested: Decimal | None = None
    """By a pod's containers, or by the pods of a node; None when nothing is, or nobody may know."""
    limit: Decimal | None = None
    """What all containers may use together, or what a node has to give; None when there is no limit."""
    unlimited: int = 0
    """Containers without a limit beside others that have one."""
    share: float | None = None
    """Of the limit: the largest of all containers, as each is held to its own; None without a limit."""


@dataclass(frozen=True, slots=True)
class Use:
    """What one pod or node uses."""

    name: str
    namespace: str | None
    cpu: Gauge
    memory: Gauge


class _Resources(msgspec.Struct, gc=False):
    requests: dict[str, str] | None = None
    limits: dict[str, str] | None = None

    def of(self, which: str, resource: str) -> Decimal | None:
        text = ((self.requests if which == "requests" else self.limits) or {}).get(resource)
        return None if text is None else amount(text)


class _Container(msgspec.Struct, rename="camel", gc=False):
    name: str = ""
    restart_policy: str = ""
    resources: _Resources | None = None


class PodSpec(msgspec.Struct, rename="camel"):
    node_name: str = ""
    containers: list[_Container] | None = None
    init_containers: list[_Container] | None = None
    overhead: dict[str, str] | None = None
    # Of the pod as a whole: https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
    resources: _Resources | None = None


class _PodStatus(msgspec.Struct):
    phase: str = ""


class Pod(msgspec.Struct):
    metadata: Metadata
    spec: PodSpec = msgspec.field(default_factory=PodSpec)
    status: _PodStatus = msgspec.field(default_factory=_PodStatus)


class _NodeStatus(msgspec.Struct):
    allocatable: dict[str, str] | None = None
    conditions: list[Condition] | None = None


class Node(msgspec.Struct):
    metadata: Metadata
    status: _NodeStatus = msgspec.field(default_factory=_NodeStatus)


class _ContainerUse(msgspec.Struct, gc=False):
    name: str = ""
    usage: dict[str, str] | None = None


class Measured(msgspec.Struct):
    """NodeMetrics have a usage, PodMetrics have one for each container."""

    metadata: Metadata
    timestamp: datetime | None = None
    window: str = ""
    usage: dict[str, str] | None = None
    containers: list[_ContainerUse] | None = None


def asked(spec: PodSpec, which: str, resource: str) -> Decimal | None:
    """What a pod asks for ("requests") or may use ("limits") as a whole; None when no part of it says.

    Init containers run one after the other, sidecars beside all that starts after them:
    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
    """

    def of(one: _Container) -> Decimal | None:
        return one.resources.of(which, resource) if one.resources else None

    beside: list[Decimal | None] = []
    starting: list[Decimal | None] = []
    for one in spec.init_containers or ():
        if one.restart_policy == "Always":
            beside.append(of(one))
            starting.append(_sum(beside))
        else:
            starting.append(_sum([*beside, of(one)]))
    running = _sum([*beside, *map(of, spec.containers or ())])
    found = max((one for one in (running, *starting) if one is not None), default=None)
    if spec.resources and (whole := spec.resources.of(which, resource)) is not None:
        found = whole
    extra = (spec.overhead or {}).get(resource)
    if extra is None or (which == "limits" and found is None):
        return found
    return (found or Decimal(0)) + amount(extra)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None when none of them says anything."""
    said = [one for one in amounts if one is not None]
    return sum(said, Decimal(0)) if said else None


def of_pod(pod: Pod, measured: Measured) -> Use:
    spec = pod.spec
    sidecars = [one for one in spec.init_containers or () if one.restart_policy == "Always"]
    declared = {one.name: one.resources or _Resources() for one in (*sidecars, *(spec.containers or ()))}
    used = {one.name: one.usage or {} for one in measured.containers or ()}

    def gauge(resource: str) -> Gauge:
        amounts = {name: amount(usage.get(resource, "")) for name, usage in used.items()}
        limits = {name: one.of("limits", resource) for name, one in declared.items()}
        whole = spec.resources.of("limits", resource) if spec.resources else None
        together = sum(amounts.values(), Decimal(0))
        shares = [amounts.get(name, Decimal(0)) / limit for name, limit in limits.items() if limit]
        if whole:
            shares.append(together / whole)
        unlimited = sum(limit is None for limit in limits.values())
        return Gauge(
            used=together,
            requested=asked(spec, "requests", resource),
            limit=asked(spec, "limits", resource),
            unlimited=unlimited if whole is None and unlimited < len(limits) else 0,
            share=float(max(shares)) if shares else None,
        )

    return Use(pod.metadata.name, pod.metadata.namespace, gauge(CPU), gauge(MEMORY))


def of_node(node: Node, measured: Measured, requested: Amounts | None) -> Use:
    def gauge(resource: str, at: int) -> Gauge:
        used = amount((measured.usage or {}).get(resource, ""))
        there = amount((node.status.allocatable or {}).get(resource, ""))
        return Gauge(
            used=used,
            requested=requested[at] if requested else None,
            limit=there or None,
            share=float(used / there) if there else None,
        )

    return Use(node.metadata.name, None, gauge(CPU, 0), gauge(MEMORY, 1))
