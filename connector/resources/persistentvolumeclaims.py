"""Persistent volume claims: whether each has its volume, and how large that is.

The rules are those of printPersistentVolumeClaim in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

import msgspec

from connector import kube
from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Cell, Column, Health, Kind, text
from connector.resources.wire import Condition, Metadata, Reader, condition

# In the order in which kubectl shows them.
_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
# https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
_CLASS = "volume.beta.kubernetes.io/storage-class"
UNSET = "<unset>"


class Annotated(Metadata):
    annotations: dict[str, str] | None = None


class ClaimSpec(msgspec.Struct, rename="camel", gc=False):
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None


class ClaimStatus(msgspec.Struct, rename="camel"):
    phase: str = ""
    access_modes: list[str] | None = None
    capacity: dict[str, str] | None = None
    conditions: list[Condition] | None = None


class Claim(msgspec.Struct):
    metadata: Annotated
    spec: ClaimSpec = msgspec.field(default_factory=ClaimSpec)
    status: ClaimStatus = msgspec.field(default_factory=ClaimStatus)


class ClaimRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    status: str
    volume: str
    capacity: str
    access_modes: str
    storage_class: str
    attributes_class: str
    volume_mode: str
    created: float
    health: Health


def row(claim: Claim) -> ClaimRow:
    """What the columns need of a claim."""
    spec, status = claim.spec, claim.status
    has_volume = bool(spec.volume_name)
    shown = "Terminating" if claim.metadata.deletion_timestamp else status.phase
    return ClaimRow(
        name=claim.metadata.name,
        namespace=claim.metadata.namespace,
        status=shown,
        volume=spec.volume_name,
        capacity=(status.capacity or {}).get("storage", "0") if has_volume else "",
        access_modes=_modes(status.access_modes or []) if has_volume else "",
        storage_class=(claim.metadata.annotations or {}).get(_CLASS, spec.storage_class_name or ""),
        attributes_class=UNSET
        if spec.volume_attributes_class_name is None
        else spec.volume_attributes_class_name,
        volume_mode=UNSET if spec.volume_mode is None else spec.volume_mode,
        created=claim.metadata.created,
        health=_health(shown, status.conditions),
    )


def _modes(modes: list[str]) -> str:
    return ",".join(short for mode, short in _MODES.items() if mode in modes)


def _health(status: str, conditions: list[Condition] | None) -> Health:
    def holds(kind: str) -> bool:
        return condition(conditions, kind) == "True"

    match status:
        case "Lost":
            return Health.BROKEN
        case "Pending" | "Terminating":
            return Health.CHANGING
        case "Bound":
            if holds("ControllerResizeError") or holds("NodeResizeError"):
                return Health.BROKEN
            resizing = holds("Resizing") or holds("FileSystemResizePending")
            return Health.CHANGING if resizing else Health.HEALTHY
        case _:
            return Health.UNKNOWN


def _capacity(row: ClaimRow, _now: float) -> Cell:
    try:
        return Cell(row.capacity, number=float(kube.parse_quantity(row.capacity)) if row.capacity else None)
    except ValueError:
        return Cell(row.capacity)


PERSISTENTVOLUMECLAIMS = Kind(
    plural="persistentvolumeclaims",
    singular="persistentvolumeclaim",
    name="PersistentVolumeClaim",
    short_names=("pvc",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("STATUS", lambda row: row.status),
        text("VOLUME", lambda row: row.volume),
        Column("CAPACITY", _capacity),
        text("ACCESS MODES", lambda row: row.access_modes),
        text("STORAGECLASS", lambda row: row.storage_class),
        text("VOLUMEATTRIBUTESCLASS", lambda row: row.attributes_class),
        AGE,
        text("VOLUMEMODE", lambda row: row.volume_mode),
        CREATED,
    ),
    broken="lost or not resized",
    changing="not bound or changing",
    related=("statefulsets", "pods", "events"),
    read=Reader(Claim, row),
)
