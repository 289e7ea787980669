"""Daemon sets: on how many nodes their pod should run, and on how many it does."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count, text
from connector.resources.wire import Metadata, Reader
from connector.resources.workload import CONTAINERS, IMAGES, SELECTOR, Selector, Template, counted, labels


class Strategy(msgspec.Struct, gc=False):
    type: str = "RollingUpdate"


class DaemonSetSpec(msgspec.Struct, rename="camel"):
    selector: Selector = msgspec.field(default_factory=Selector)
    template: Template = msgspec.field(default_factory=Template)
    update_strategy: Strategy = msgspec.field(default_factory=Strategy)


class DaemonSetStatus(msgspec.Struct, rename="camel", gc=False):
    observed_generation: int = 0
    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    number_available: int = 0


class DaemonSet(msgspec.Struct):
    metadata: Metadata
    spec: DaemonSetSpec = msgspec.field(default_factory=DaemonSetSpec)
    status: DaemonSetStatus = msgspec.field(default_factory=DaemonSetStatus)


class DaemonSetRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    desired: int
    current: int
    ready: int
    up_to_date: int
    available: int
    node_selector: str
    containers: str
    images: str
    selector: str
    created: float
    health: Health


def row(one: DaemonSet) -> DaemonSetRow:
    """What the columns need of a daemon set."""
    spec, status = one.spec, one.status
    return DaemonSetRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        desired=status.desired_number_scheduled,
        current=status.current_number_scheduled,
        ready=status.number_ready,
        up_to_date=status.updated_number_scheduled,
        available=status.number_available,
        node_selector=labels(spec.template.spec.node_selector),
        containers=spec.template.names,
        images=spec.template.images,
        selector=spec.selector.shown,
        created=one.metadata.created,
        health=_health(one),
    )


def _health(one: DaemonSet) -> Health:
    status = one.status
    unseen = status.observed_generation < one.metadata.generation
    health = counted(
        status.desired_number_scheduled, status.current_number_scheduled, status.number_available
    )
    if health is Health.OFF and unseen:
        # Nobody has counted its nodes yet.
        return Health.CHANGING
    if health is not Health.HEALTHY:
        return health
    # With OnDelete the old pods stay until somebody deletes them.
    rolling = (
        one.spec.update_strategy.type == "RollingUpdate"
        and status.updated_number_scheduled < status.desired_number_scheduled
    )
    return Health.CHANGING if rolling or unseen or one.metadata.deletion_timestamp else Health.HEALTHY


DAEMONSETS = Kind(
    plural="daemonsets",
    singular="daemonset",
    name="DaemonSet",
    short_names=("ds",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        count("DESIRED", lambda row: row.desired),
        count("CURRENT", lambda row: row.current),
        count("READY", lambda row: row.ready),
        count("UP-TO-DATE", lambda row: row.up_to_date),
        count("AVAILABLE", lambda row: row.available),
        text("NODE SELECTOR", lambda row: row.node_selector),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
        CREATED,
    ),
    related=("pods", "nodes", "events"),
    read=Reader(DaemonSet, row),
    group="apps",
)
