"""Namespaces: whether one is there to stay, on its way out, or stuck on it."""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, Health, Kind, text
from connector.resources.wire import Condition, Metadata, Reader, condition

# Why a namespace does not go: https://pkg.go.dev/k8s.io/api/core/v1#NamespaceConditionType. That content or finalizers
# remain is said of every one that takes a moment.
_STUCK = (
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceDeletionContentFailure",
)


class NamespaceStatus(msgspec.Struct):
    phase: str = ""
    conditions: list[Condition] | None = None


class Namespace(msgspec.Struct):
    metadata: Metadata
    status: NamespaceStatus = msgspec.field(default_factory=NamespaceStatus)


class NamespaceRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    status: str
    created: float
    health: Health
    namespace: str | None = None


def row(one: Namespace) -> NamespaceRow:
    """What the columns need of a namespace."""
    return NamespaceRow(
        name=one.metadata.name,
        status=one.status.phase,
        created=one.metadata.created,
        health=_health(one.status),
    )


def _health(status: NamespaceStatus) -> Health:
    if status.phase == "Active":
        return Health.HEALTHY
    if status.phase != "Terminating":
        return Health.UNKNOWN
    stuck = any(condition(status.conditions, kind) == "True" for kind in _STUCK)
    return Health.BROKEN if stuck else Health.CHANGING


NAMESPACES = Kind(
    plural="namespaces",
    singular="namespace",
    name="Namespace",
    short_names=("ns",),
    namespaced=False,
    columns=(NAME, text("STATUS", lambda row: row.status), AGE, CREATED),
    broken="stuck",
    changing="terminating",
    related=("pods", "deployments", "services", "events"),
    read=Reader(Namespace, row),
)
