"""One rollout as it is now: how far it is, and what keeps it from going on."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from connector.cluster import Cluster
from connector.description import Further, described, summary
from connector.description.fields import Json, parts, text
from connector.errors import InvalidRequest
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_object, masked_text
from connector.objects import Ref, whole
from connector.resources import KINDS, Health, Row
from connector.resources.events import EventRow
from connector.rollouts.owned import REVISION, Reading
from connector.rollouts.progress import JUDGES, Progress, Stage
from connector.served import Resource
from connector.words import clean

_SICK = 5
# So long a pod may take to start before that is news.
_STARTS_IN = 60.0
_SAID = 300


@dataclass(frozen=True)
class SickPod:
    """A pod that keeps its rollout from going on."""

    name: str
    status: str
    health: Health
    reason: str
    """Why, with its evidence; plain text with names in `backticks`."""


@dataclass(frozen=True)
class Rollout:
    """A rollout as it is now."""

    ref: Ref
    progress: Progress
    revision: str
    """The number of the newest one, or its name where it has none; "" when nobody says."""
    images: tuple[str, ...]
    sick: tuple[SickPod, ...]
    """The sickest, at most five: of the newest replica set, of all pods for the kinds without such."""
    unwell: int
    """How many of these pods are not ready, the ones that are just starting too."""
    warning: EventRow | None
    """The newest warning about any of it, masked."""
    missing: tuple[str, ...]
    """What could not be read, and why."""
    taken_at: float


def check_kind(resource: Resource) -> None:
    """Raises InvalidRequest for a kind that is not rolled out."""
    if resource.group != "apps" or resource.plural not in JUDGES:
        raise InvalidRequest(
            f"{resource.plural.capitalize()} are not rolled out",
            "",
            "Deployments, stateful sets and daemon sets are: `/eks rollout status deploy/NAME`",
        )


def rollout(
    cluster: Cluster, ref: Ref, deadline: Deadline, *, impersonate: Impersonate | None = None
) -> Rollout:
    """The rollout of a deployment, stateful set or daemon set as it is now.

    Raises ObjectNotFound when it is gone, and what the cluster says.
    """
    obj = whole(cluster, ref, deadline, impersonate=impersonate)
    progress = JUDGES[ref.resource.plural](obj)
    reading = Reading(cluster, ref, obj, deadline, impersonate)
    revision = text(obj, "metadata", "annotations", REVISION) or text(obj, "status", "updateRevision")
    sick: list[SickPod] = []
    unwell: list[tuple[Row, Json]] = []
    warning = None
    now = time.time()
    if progress.stage is not Stage.DONE:
        name, owner = ref.name, text(obj, "metadata", "uid")
        if ref.resource.plural == "deployments":
            newest = next(iter(reading.replica_sets()), {})
            name, owner = text(newest, "metadata", "name"), text(newest, "metadata", "uid")
        warnings = reading.warnings()
        pods = reading.pods(owner) if owner else []
        unwell = sorted(
            (pair for pair in pods if pair[0].health in (Health.BROKEN, Health.CHANGING, Health.UNKNOWN)),
            key=lambda pair: (pair[0].health, pair[0].name),
        )
        sick = _sick(unwell, warnings, now)
        about = {ref.name, name, *(row.name for row, _ in unwell)}
        warning = next((_masked(one) for one in warnings if one.name.partition("/")[2] in about), None)
    return Rollout(
        ref=ref,
        progress=progress,
        revision=revision,
        images=tuple(text(one, "image") for one in parts(obj, "spec", "template", "spec", "containers")),
        sick=tuple(sick),
        unwell=len(unwell),
        warning=warning,
        missing=tuple(reading.missing),
        taken_at=now,
    )


def _sick(unwell: Iterable[tuple[Row, Json]], warnings: Sequence[EventRow], now: float) -> list[SickPod]:
    found: list[SickPod] = []
    for row, obj in unwell:
        if len(found) == _SICK:
            break
        if row.health is not Health.BROKEN and now - row.created < _STARTS_IN:
            continue
        events = tuple(_masked(one) for one in warnings if one.name == f"pod/{row.name}")
        told = described(KINDS["pods"].resource, masked_object(obj), Further(events=events), now=now)
        found.append(SickPod(row.name, told.status, row.health, summary(told, now)))
    return found


def _masked(event: EventRow) -> EventRow:
    return msgspec.structs.replace(event, message=clean(masked_text(event.message), _SAID))
