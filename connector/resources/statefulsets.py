"""Stateful sets: how many of their pods are ready, and whether an update is under way."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, ratio
from connector.resources.wire import Metadata, Reader
from connector.resources.workload import CONTAINERS, IMAGES, Template, counted


class RollingUpdate(msgspec.Struct, gc=False):
    partition: int = 0


class Strategy(msgspec.Struct, rename="camel"):
    type: str = "RollingUpdate"
    rolling_update: RollingUpdate | None = None


class StatefulSetSpec(msgspec.Struct, rename="camel"):
    # The server fills it in; the API's own default is 1.
    replicas: int = 1
    template: Template = msgspec.field(default_factory=Template)
    update_strategy: Strategy = msgspec.field(default_factory=Strategy)


class StatefulSetStatus(msgspec.Struct, rename="camel", gc=False):
    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""


class StatefulSet(msgspec.Struct):
    metadata: Metadata
    spec: StatefulSetSpec = msgspec.field(default_factory=StatefulSetSpec)
    status: StatefulSetStatus = msgspec.field(default_factory=StatefulSetStatus)


class StatefulSetRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    replicas: int
    """How many are wanted."""
    ready: int
    containers: str
    images: str
    created: float
    health: Health


def row(one: StatefulSet) -> StatefulSetRow:
    """What the columns need of a stateful set."""
    return StatefulSetRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        replicas=one.spec.replicas,
        ready=one.status.ready_replicas,
        containers=one.spec.template.names,
        images=one.spec.template.images,
        created=one.metadata.created,
        health=_health(one),
    )


def _health(one: StatefulSet) -> Health:
    spec, status = one.spec, one.status
    health = counted(spec.replicas, status.replicas, status.ready_replicas)
    if health is not Health.HEALTHY:
        return health
    unseen = status.observed_generation < one.metadata.generation
    return Health.CHANGING if unseen or one.metadata.deletion_timestamp or _rolling(one) else Health.HEALTHY


def _rolling(one: StatefulSet) -> bool:
    spec, status = one.spec, one.status
    # With OnDelete the old pods stay until somebody deletes them, and those below the partition always do.
    if spec.update_strategy.type != "RollingUpdate" or status.current_revision == status.update_revision:
        return False
    partition = spec.update_strategy.rolling_update.partition if spec.update_strategy.rolling_update else 0
    return status.updated_replicas < spec.replicas - partition


STATEFULSETS = Kind(
    plural="statefulsets",
    singular="statefulset",
    name="StatefulSet",
    short_names=("sts",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        ratio("READY", lambda row: (row.ready, row.replicas)),
        AGE,
        CONTAINERS,
        IMAGES,
        CREATED,
    ),
    related=("pods", "persistentvolumeclaims", "services", "events"),
    read=Reader(StatefulSet, row),
    group="apps",
)
