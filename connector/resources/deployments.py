"""Deployments: how many replicas are wanted, ready, up to date and available, as kubectl counts them."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, count, ratio
from connector.resources.wire import Metadata, Reader


class DeploymentSpec(msgspec.Struct, gc=False):
    # The server fills it in; the API's own default is 1.
    replicas: int = 1
    paused: bool = False


class DeploymentStatus(msgspec.Struct, rename="camel", gc=False):
    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0


class Deployment(msgspec.Struct):
    metadata: Metadata
    spec: DeploymentSpec = msgspec.field(default_factory=DeploymentSpec)
    status: DeploymentStatus = msgspec.field(default_factory=DeploymentStatus)


class DeploymentRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    replicas: int
    """How many are wanted."""
    ready: int
    up_to_date: int
    available: int
    created: float
    health: Health


def row(deployment: Deployment) -> DeploymentRow:
    """What the columns need of a deployment."""
    status = deployment.status
    return DeploymentRow(
        name=deployment.metadata.name,
        namespace=deployment.metadata.namespace,
        replicas=deployment.spec.replicas,
        ready=status.ready_replicas,
        up_to_date=status.updated_replicas,
        available=status.available_replicas,
        created=deployment.metadata.created,
        health=_health(deployment),
    )


def _health(deployment: Deployment) -> Health:
    spec, status = deployment.spec, deployment.status
    if spec.replicas == 0:
        return Health.CHANGING if status.replicas else Health.OFF
    if status.available_replicas == 0:
        return Health.BROKEN
    if status.available_replicas < spec.replicas:
        return Health.CHANGING
    if spec.paused:
        # Its pods stay as they are, the old ones too, until somebody resumes it.
        return Health.HEALTHY
    rolling = status.updated_replicas < spec.replicas or status.replicas > status.updated_replicas
    unseen = status.observed_generation < deployment.metadata.generation
    return Health.CHANGING if rolling or unseen else Health.HEALTHY


DEPLOYMENTS = Kind(
    plural="deployments",
    singular="deployment",
    name="Deployment",
    short_names=("deploy",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        ratio("READY", lambda row: (row.ready, row.replicas)),
        count("UP-TO-DATE", lambda row: row.up_to_date),
        count("AVAILABLE", lambda row: row.available),
        count("REPLICAS", lambda row: row.replicas),
        AGE,
        CREATED,
    ),
    related=("pods", "services", "replicasets", "horizontalpodautoscalers", "events"),
    read=Reader(Deployment, row),
    group="apps",
)
