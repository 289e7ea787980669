"""Which revisions of a workload there were: what each was made for, and in which images it differs from the one before.

Deployments keep theirs as replica sets, stateful sets and daemon sets as controller revisions:
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/polymorphichelpers/history.go
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connector.cluster import Cluster
from connector.description.fields import Json, instant, number, part, parts, text
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_text
from connector.objects import Ref, whole
from connector.rollouts.owned import REVISION, Reading, revision_of
from connector.words import clean

_CAUSE = "kubernetes.io/change-cause"
_SAID = 300


@dataclass(frozen=True)
class Revision:
    number: int
    """The number that `kubectl rollout undo --to-revision` takes."""
    name: str
    """Of its replica set or controller revision."""
    cause: str
    """What somebody noted when they made it, masked; mostly ""."""
    images: tuple[str, ...]
    changes: tuple[str, ...]
    """What is different in the images from the revision before: `app: 1.4.1 → 1.4.2`; none for the oldest one kept."""
    replicas: int | None
    """How many pods of it there are; None when nobody counts them."""
    created: float
    """When its replica set or controller revision was made, in epoch seconds."""
    current: bool


@dataclass(frozen=True)
class History:
    ref: Ref
    revisions: tuple[Revision, ...]
    """The newest first."""
    missing: tuple[str, ...]
    """What could not be read, and why."""
    taken_at: float


def history(
    cluster: Cluster, ref: Ref, deadline: Deadline, *, impersonate: Impersonate | None = None
) -> History:
    """The revisions that are kept of a deployment, stateful set or daemon set.

    Raises ObjectNotFound when it is gone, and what the cluster says of the object itself.
    """
    obj = whole(cluster, ref, deadline, impersonate=impersonate)
    reading = Reading(cluster, ref, obj, deadline, impersonate)
    is_deployment = ref.resource.plural == "deployments"
    kept = reading.replica_sets() if is_deployment else reading.controller_revisions()
    # What never was a revision has no number, as a replica set that was made by hand has none.
    kept = [one for one in kept if revision_of(one)]
    current = text(obj, "metadata", "annotations", REVISION) if is_deployment else _named(obj, kept)
    counts = _counts(obj, kept, is_deployment=is_deployment)
    return History(
        ref,
        tuple(_revisions(kept, current, counts)),
        tuple(reading.missing),
        time.time(),
    )


def _named(obj: Json, kept: Sequence[Json]) -> str:
    """The number of the revision that the newest pods are of: a daemon set does not say, so the highest is it."""
    name = text(obj, "status", "updateRevision")
    found = next((one for one in kept if text(one, "metadata", "name") == name), None)
    return str(revision_of(found or next(iter(kept), {})))


def _counts(obj: Json, kept: Sequence[Json], *, is_deployment: bool) -> Mapping[int, int | None]:
    """How many pods of each revision there are, by its number."""
    if is_deployment:
        return {revision_of(one): number(one, "status", "replicas") or 0 for one in kept}
    status = part(obj, "status")
    if "updateRevision" in status:
        names = {
            # The one that is updated to counts last: where both are one it has all the pods.
            text(status, "currentRevision"): number(status, "currentReplicas") or 0,
            text(status, "updateRevision"): number(status, "updatedReplicas") or 0,
        }
        return {revision_of(one): names.get(text(one, "metadata", "name"), 0) for one in kept}
    updated = number(status, "updatedNumberScheduled") or 0
    rest = (number(status, "currentNumberScheduled") or 0) - updated
    older: dict[int, int | None] = {revision_of(one): None if rest > 0 else 0 for one in kept[1:]}
    return older | {revision_of(one): updated for one in kept[:1]}


def _revisions(kept: Sequence[Json], current: str, counts: Mapping[int, int | None]) -> Iterator[Revision]:
    for at, one in enumerate(kept):
        images = _images(one)
        before = _images(kept[at + 1]) if at + 1 < len(kept) else images
        yield Revision(
            number=revision_of(one),
            name=text(one, "metadata", "name"),
            cause=clean(masked_text(text(one, "metadata", "annotations", _CAUSE)), _SAID),
            images=tuple(images.values()),
            changes=tuple(changes(before, images)),
            replicas=counts.get(revision_of(one)),
            created=instant(one, "metadata", "creationTimestamp"),
            current=str(revision_of(one)) == current,
        )


def _images(one: Json) -> dict[str, str]:
    """The images of its template, by container; those that start first come first."""
    spec = part(one, "spec", "template", "spec") or part(one, "data", "spec", "template", "spec")
    containers = (*parts(spec, "initContainers"), *parts(spec, "containers"))
    return {text(container, "name"): text(container, "image") for container in containers}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What is different, a container each; of an image from the same repository its tag or digest alone."""
    for name, image in after.items():
        if name not in before:
            yield f"{name}: new, {image}"
        elif before[name] != image:
            (old_place, old), (place, new) = _parted(before[name]), _parted(image)
            yield f"{name}: {old} → {new}" if old_place == place else f"{name}: {before[name]} → {image}"
    for name in before:
        if name not in after:
            yield f"{name}: gone"


def _parted(image: str) -> tuple[str, str]:
    """An image's repository, and its tag or digest; without either it is the latest."""
    place, at, digest = image.partition("@")
    if at:
        return place, digest
    head, slash, last = image.rpartition("/")
    name, colon, tag = last.partition(":")
    return head + slash + name, tag if colon else "latest"
