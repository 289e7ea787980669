"""Replica sets: what a deployment keeps for each of its revisions; the old ones are scaled to zero."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count
from connector.resources.wire import Condition, Metadata, Reader, condition
from connector.resources.workload import CONTAINERS, IMAGES, SELECTOR, Selector, Template, counted


class ReplicaSetSpec(msgspec.Struct):
    # The server fills it in; the API's own default is 1.
    replicas: int = 1
    selector: Selector = msgspec.field(default_factory=Selector)
    template: Template = msgspec.field(default_factory=Template)


class ReplicaSetStatus(msgspec.Struct, rename="camel"):
    replicas: int = 0
    ready_replicas: int = 0
    conditions: list[Condition] | None = None


class ReplicaSet(msgspec.Struct):
    metadata: Metadata
    spec: ReplicaSetSpec = msgspec.field(default_factory=ReplicaSetSpec)
    status: ReplicaSetStatus = msgspec.field(default_factory=ReplicaSetStatus)


class ReplicaSetRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    desired: int
    current: int
    ready: int
    containers: str
    images: str
    selector: str
    created: float
    health: Health


def row(one: ReplicaSet) -> ReplicaSetRow:
    """What the columns need of a replica set."""
    spec, status = one.spec, one.status
    return ReplicaSetRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        desired=spec.replicas,
        current=status.replicas,
        ready=status.ready_replicas,
        containers=spec.template.names,
        images=spec.template.images,
        selector=spec.selector.shown,
        created=one.metadata.created,
        health=_health(one),
    )


def _health(one: ReplicaSet) -> Health:
    status = one.status
    # A quota or an admission webhook keeps its pods from being made.
    if condition(status.conditions, "ReplicaFailure") == "True":
        return Health.BROKEN
    health = counted(one.spec.replicas, status.replicas, status.ready_replicas)
    return Health.CHANGING if health is Health.HEALTHY and one.metadata.deletion_timestamp else health


REPLICASETS = Kind(
    plural="replicasets",
    singular="replicaset",
    name="ReplicaSet",
    short_names=("rs",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        count("DESIRED", lambda row: row.desired),
        count("CURRENT", lambda row: row.current),
        count("READY", lambda row: row.ready),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
        CREATED,
    ),
    related=("deployments", "pods", "events"),
    read=Reader(ReplicaSet, row),
    group="apps",
)
