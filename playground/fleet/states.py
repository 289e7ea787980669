"""The states a pod can be in, each as the kubelet and the scheduler would write it into its status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

# (reason, exit code, signal, seconds since it ended)
Ended = tuple[str, int, int, float]


@dataclass(frozen=True)
class Part:
    """What one container of a pod does.

    waiting: a reason and a message. ended: how it ended. Neither: it runs.
    """

    waiting: tuple[str, str] | None = None
    ended: Ended | None = None
    last: Ended | None = None
    ready: bool = False
    restarts: int = 0
    sidecar: bool = False


@dataclass(frozen=True)
class State:
    """A pod's condition. `parts` are its first containers, the others run; `inits` are its init containers."""

    phase: Literal["Pending", "Running", "Succeeded", "Failed"]
    parts: tuple[Part, ...] = ()
    inits: tuple[Part, ...] = ()
    reason: str = ""
    message: str = ""
    scheduled: bool = True
    started: bool = True
    restart_policy: Literal["Always", "OnFailure", "Never"] = "Always"
    deleted_seconds_ago: float | None = None
    gate: str = ""
    unschedulable: str = ""
    ready_though_done: bool = False

    @property
    def ready(self) -> bool:
        """Whether every container is ready, which is what a deployment counts."""
        return self.phase == "Running" and (self.ready_though_done or all(part.ready for part in self.parts))


RUNNING = State("Running")

_RUNS = Part(ready=True)
_STARTS = Part(waiting=("PodInitializing", ""))
_CRASHES = ("CrashLoopBackOff", "back-off 5m0s restarting failed container")
_PULL = ("ErrImagePull", "rpc error: code = NotFound desc = failed to pull and unpack image: not found")
_BACKOFF = ("ImagePullBackOff", "Back-off pulling image: not found")
_INIT_DONE = Part(ended=("Completed", 0, 0, 9_000.0), ready=True)


def crashing(restarts: int, seconds_ago: float, reason: str = "Error", code: int = 1) -> State:
    """CrashLoopBackOff after so many restarts, the last end of which lies that far back."""
    last = (reason, code, 0, seconds_ago)
    return State("Running", (Part(waiting=_CRASHES, last=last, restarts=restarts),))


def restarted(restarts: int, seconds_ago: float) -> State:
    """Runs, but did not always."""
    return State("Running", (Part(ready=True, restarts=restarts, last=("Error", 1, 0, seconds_ago)),))


def _finished(reason: str, code: int, signal: int = 0) -> State:
    part = Part(ended=(reason, code, signal, 600.0))
    return State("Failed" if code else "Succeeded", (part,), restart_policy="Never")


STATES: Mapping[str, State] = MappingProxyType(
    {
        "completed": _finished("Completed", 0),
        "config-error": State(
            "Pending", (Part(waiting=("CreateContainerConfigError", 'configmap "app-config" not found')),)
        ),
        "crashloop": crashing(23, 283.0),
        "done-but-ready": State(
            "Running",
            (Part(ended=("Completed", 0, 0, 600.0)), _RUNS),
            restart_policy="OnFailure",
            ready_though_done=True,
        ),
        "err-image-pull": State("Pending", (Part(waiting=_PULL),)),
        "evicted": State(
            "Failed", reason="Evicted", message="The node was low on resource: memory.", started=False
        ),
        "failed-error": _finished("Error", 2),
        "failed-exitcode": _finished("", 3),
        "failed-signal": _finished("", 137, 9),
        "gated": State("Pending", scheduled=False, started=False, gate="example.com/quota"),
        "image-backoff": State("Pending", (Part(waiting=_BACKOFF),)),
        "init-crash": State(
            "Pending", (_STARTS,), (Part(waiting=_CRASHES, last=("Error", 1, 0, 343.0), restarts=6),)
        ),
        "init-error": State(
            "Failed", (_STARTS,), (Part(ended=("Error", 1, 0, 40.0)),), restart_policy="Never"
        ),
        "init-first": State("Pending", (_STARTS,), (Part(), Part(waiting=("PodInitializing", "")))),
        "init-second": State("Pending", (_STARTS,), (_INIT_DONE, Part())),
        "just-created": State("Pending", scheduled=False, started=False),
        "node-lost": State(
            "Running", (_RUNS,), reason="NodeLost", message="Node is lost", deleted_seconds_ago=300.0
        ),
        "one-done-one-running": State(
            "Running", (Part(ended=("Completed", 0, 0, 600.0)), _RUNS), restart_policy="OnFailure"
        ),
        "oom-then-running": State(
            "Running", (Part(ready=True, restarts=2, last=("OOMKilled", 137, 0, 2_000.0)),)
        ),
        "oomkilled": _finished("OOMKilled", 137),
        "pulling-image": State("Pending", (Part(waiting=("ContainerCreating", "")),)),
        "restarted-lately": restarted(4, 523.0),
        "running-one-of-two": State("Running", (Part(), _RUNS)),
        "running-two": State("Running", (_RUNS, _RUNS)),
        "sidecar-running": State(
            "Running",
            (_RUNS,),
            (Part(ready=True, restarts=1, last=("Error", 1, 0, 3_060.0), sidecar=True),),
        ),
        "sidecar-starting": State("Pending", (_STARTS,), (Part(ready=True, sidecar=True), Part())),
        "terminating": State("Running", (_RUNS,), deleted_seconds_ago=20.0),
        "two-waiting": State("Pending", (Part(waiting=_CRASHES), Part(waiting=_BACKOFF))),
        "unschedulable": State(
            "Pending",
            scheduled=False,
            started=False,
            unschedulable="0/20 nodes are available: 20 Insufficient cpu. preemption: 0/20 nodes are available.",
        ),
    }
)

# The six of prod-payments that somebody should look at, and the few that are just on their way.
BROKEN_FEW = ("crashloop", "image-backoff", "init-crash", "config-error", "unschedulable", "oom-crashloop")
CHANGING_FEW = ("pulling-image", "init-first", "terminating")

# States that pass within a minute or two.
PASSING = frozenset(
    {"err-image-pull", "init-first", "init-second", "just-created", "pulling-image", "sidecar-starting"}
)


def state_named(name: str) -> State:
    """The state of that name; `oom-crashloop` and `running` are known here too."""
    if name == "running":
        return RUNNING
    if name == "oom-crashloop":
        return crashing(7, 95.0, "OOMKilled", 137)
    return STATES[name]


def container_status(name: str, image: str, part: Part, started: str, ended: Any, cid: str) -> dict[str, Any]:
    """One entry of containerStatuses; `ended` turns "seconds ago" into a timestamp."""

    def terminated(how: Ended) -> dict[str, Any]:
        reason, code, signal, seconds = how
        fields = {
            "exitCode": code,
            "signal": signal,
            "reason": reason,
            "startedAt": ended(seconds + 60),
            "finishedAt": ended(seconds),
            "containerID": f"containerd://{cid}",
        }
        return {key: value for key, value in fields.items() if key == "exitCode" or value}

    runs = part.waiting is None and part.ended is None
    state: dict[str, Any]
    if part.waiting is not None:
        reason, message = part.waiting
        state = {"waiting": {"reason": reason, "message": message} if message else {"reason": reason}}
    elif part.ended is not None:
        state = {"terminated": terminated(part.ended)}
    else:
        state = {"running": {"startedAt": started}}
    fetched = part.waiting is None or part.last is not None
    return {
        "name": name,
        "state": state,
        "lastState": {"terminated": terminated(part.last)} if part.last else {},
        "ready": part.ready,
        "restartCount": part.restarts,
        "image": image,
        "imageID": f"{image.rsplit(':', 1)[0]}@sha256:{cid}" if fetched else "",
        "started": runs,
        "containerID": f"containerd://{cid}" if fetched else "",
    }
