"""How far a rollout is by what the object says of itself: the rules of `kubectl rollout status`, and a little more.

https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from connector.description.fields import Json, flag, number, part, parts, text
from connector.masking import masked_text
from connector.words import clean

_SAID = 300


class Stage(Enum):
    DONE = "done"
    MOVING = "moving"
    STUCK = "stuck"
    """It has failed for good, or until somebody does something."""
    WAITING = "waiting"
    """It goes on when somebody lets it: it is paused, or updates a pod when that is deleted."""
    UNSEEN = "unseen"
    """No controller has looked at the newest change yet."""


@dataclass(frozen=True)
class Progress:
    """What an object's own status says of its rollout."""

    stage: Stage
    said: str
    """One sentence without its full stop, names in `backticks`."""
    wanted: int = 0
    updated: int = 0
    available: int = 0
    old: int = 0
    """Pods of earlier revisions that are still there."""
    paused: bool = False

    @property
    def is_over(self) -> bool:
        """Nothing will change by itself any more."""
        return self.stage in (Stage.DONE, Stage.STUCK, Stage.WAITING)


def deployment(obj: Json) -> Progress:
    """By the rules of DeploymentStatusViewer; a failure to make pods counts as stuck, which kubectl does not tell."""
    spec, status = part(obj, "spec"), part(obj, "status")
    wanted = _count(spec, "replicas", default=1)
    updated, available = _count(status, "updatedReplicas"), _count(status, "availableReplicas")
    old = max(0, _count(status, "replicas") - updated)
    paused = flag(spec, "paused")

    def told(stage: Stage, said: str) -> Progress:
        return Progress(stage, said, wanted, updated, available, old, paused)

    if unseen := _unseen(obj):
        return told(Stage.UNSEEN, unseen)
    progressing = _condition(obj, "Progressing")
    if text(progressing, "reason") == "ProgressDeadlineExceeded":
        seconds = _count(spec, "progressDeadlineSeconds", default=600)
        return told(Stage.STUCK, f"It has made no progress for {seconds} s, which is its deadline")
    if updated >= wanted and not old and available >= updated:
        return told(Stage.DONE, _all_there(wanted))
    failing = _condition(obj, "ReplicaFailure")
    if text(failing, "status") == "True":
        why = ": ".join(filter(None, (text(failing, "reason"), text(failing, "message"))))
        return told(Stage.STUCK, f"Its pods cannot be made: {clean(masked_text(why), _SAID)}")
    if paused:
        return told(Stage.WAITING, "It is paused: nothing more is rolled out until somebody resumes it")
    return told(Stage.MOVING, _still(wanted, updated, available, old))


def stateful_set(obj: Json) -> Progress:
    """By the rules of StatefulSetStatusViewer."""
    spec, status = part(obj, "spec"), part(obj, "status")
    wanted = _count(spec, "replicas", default=1)
    updated, ready = _count(status, "updatedReplicas"), _count(status, "readyReplicas")
    available = _count(status, "availableReplicas", default=ready)
    is_same = text(status, "updateRevision") == text(status, "currentRevision")
    old = max(0, _count(status, "replicas") - updated)

    def told(stage: Stage, said: str) -> Progress:
        return Progress(stage, said, wanted, updated, available, old)

    if unseen := _unseen(obj):
        return told(Stage.UNSEEN, unseen)
    if text(spec, "updateStrategy", "type") == "OnDelete":
        return told(*_on_delete(wanted, updated))
    if ready < wanted:
        return told(Stage.MOVING, _lacking(wanted - ready, wanted, "ready"))
    rolling = part(spec, "updateStrategy", "rollingUpdate")
    partition = min(_count(rolling, "partition"), wanted)
    if updated < wanted - partition if rolling else not is_same:
        which = f", from number {partition} up" if partition else ""
        lacking = _lacking(max(0, wanted - partition - updated), wanted - partition, "updated")
        return told(Stage.MOVING, f"{lacking}{which}")
    if partition and old:
        done = (
            f"Updated from number {partition} up, as its partition wants it: {updated:,} of {wanted:,} pods"
        )
        return told(Stage.DONE, done)
    return told(Stage.DONE, _all_there(wanted))


def daemon_set(obj: Json) -> Progress:
    """By the rules of DaemonSetStatusViewer."""
    spec, status = part(obj, "spec"), part(obj, "status")
    wanted = _count(status, "desiredNumberScheduled")
    updated, available = _count(status, "updatedNumberScheduled"), _count(status, "numberAvailable")
    old = max(0, _count(status, "currentNumberScheduled") - updated)

    def told(stage: Stage, said: str) -> Progress:
        return Progress(stage, said, wanted, updated, available, old)

    if unseen := _unseen(obj):
        return told(Stage.UNSEEN, unseen)
    if text(spec, "updateStrategy", "type") == "OnDelete":
        return told(*_on_delete(wanted, updated))
    if updated < wanted or available < wanted:
        return told(Stage.MOVING, _still(wanted, updated, available, 0))
    return told(Stage.DONE, _all_there(wanted))


JUDGES: Mapping[str, Callable[[Json], Progress]] = {
    "deployments": deployment,
    "statefulsets": stateful_set,
    "daemonsets": daemon_set,
}
"""By plural, all of the group apps."""


def _unseen(obj: Json) -> str:
    wanted, seen = _count(obj, "metadata", "generation"), _count(obj, "status", "observedGeneration")
    if wanted <= seen:
        return ""
    return f"No controller has seen its newest change yet (generation {wanted}, seen {seen})"


def _still(wanted: int, updated: int, available: int, old: int) -> str:
    """What is waited for next."""
    if updated < wanted:
        return _lacking(wanted - updated, wanted, "updated")
    if old:
        return f"All are updated; {old:,} old {'pod is' if old == 1 else 'pods are'} still to go"
    return _lacking(updated - available, updated, "available")


def _lacking(missing: int, of: int, what: str) -> str:
    if of == 1:
        return f"Its one pod is not {what} yet"
    return f"{missing:,} of {of:,} pods {'is' if missing == 1 else 'are'} not {what} yet"


def _all_there(wanted: int) -> str:
    if not wanted:
        return "It is rolled out, and scaled to no pod"
    return f"It is rolled out: {wanted:,} pod{'' if wanted == 1 else 's'} updated and available"


def _on_delete(wanted: int, updated: int) -> tuple[Stage, str]:
    if updated >= wanted:
        return Stage.DONE, _all_there(wanted)
    lacking = _lacking(wanted - updated, wanted, "updated")
    return Stage.WAITING, f"{lacking}: each one is once somebody deletes it"


def _count(obj: Json, *path: str, default: int = 0) -> int:
    found = number(obj, *path)
    return default if found is None else found


def _condition(obj: Json, kind: str) -> Json:
    return next((one for one in parts(obj, "status", "conditions") if text(one, "type") == kind), {})
