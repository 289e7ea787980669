"""Why a pod is unwell, in one sentence with its evidence."""

import re
from collections.abc import Iterable

from connector.description.sentences import ago, because, message, quoted, times
from connector.description.values import Container, Description, State
from connector.resources import Health
from connector.resources.age import age
from connector.resources.events import EventRow
from connector.words import clean

_NAMED = 2
_PULLING = {
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "RegistryUnavailable",
}
# Ways to wait that are no trouble by themselves.
_STARTING = {"ContainerCreating", "PodInitializing", ""}


def pod(described: Description, now: float) -> str:
    """The first of these that holds: it was evicted, finds no node, does not start, has ended, is not ready."""
    if described.health is Health.OFF:
        ended = max((one.state.finished for one in described.containers), default=0.0)
        return f"Completed {ago(ended, now)}".rstrip()
    found = (
        _evicted(described)
        or _unplaced(described)
        or _starting(described, now)
        or _containers(described, now)
        or _unready(described, now)
    )
    return found or _ran_out(described, now)


def _evicted(described: Description) -> str:
    reason = described.fact("Reason")
    return because(clean(reason, 60), message(described.fact("Message"))) if reason else ""


def _unplaced(described: Description) -> str:
    placed = described.condition("PodScheduled")
    if placed is None:
        return "" if described.fact("Node") else "No node has been chosen for it yet"
    if placed.status == "True":
        return ""
    if placed.reason == "SchedulingGated":
        return because("Kept from being scheduled by its gates", message(described.fact("Scheduling gates")))
    told = placed.message or next(
        (one.message for one in described.events if one.reason == "FailedScheduling"), ""
    )
    return because(
        clean(placed.reason, 60) or "Unschedulable", message(told) or "no node has been found for it yet"
    )


def _starting(described: Description, now: float) -> str:
    """What keeps the containers from being started: the first init container that is not through."""
    before = [one for one in described.containers if one.role in {"init", "sidecar"}]
    for index, one in enumerate(before, 1):
        is_through = one.state.name == "Terminated" and one.state.exit_code == 0
        if is_through or (one.role == "sidecar" and one.started):
            continue
        word = "sidecar" if one.role == "sidecar" else "init container"
        which = f"{word} {quoted(one.name)} ({index} of {len(before)})"
        if one.state.name == "Running":
            still = "has not started up" if one.role == "sidecar" else "is not through"
            since = f", running for {age(now - one.state.started)}" if one.state.started else ""
            return f"The {which} {still}{since}"
        return _said(one, which, described, now)
    return ""


def _containers(described: Description, now: float) -> str:
    own = [one for one in described.containers if one.role in {"container", "sidecar"}]
    told = [
        sentence for one in own if (sentence := _said(one, f"container {quoted(one.name)}", described, now))
    ]
    more = len(told) - _NAMED
    return "; ".join(told[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _said(one: Container, which: str, described: Description, now: float) -> str:
    """What is wrong with a container; "" when nothing is, or nobody knows yet."""
    state = one.state
    if state.name == "Waiting" and state.reason not in _STARTING:
        if state.reason in _PULLING:
            cause = _pulled(one, described.events)
            return because(state.reason, f"{which} cannot get {quoted(one.image)}", cause)
        if one.last_state.name == "Terminated":
            restarted = f", restarted {times(one.restarts or 0)}" if one.restarts else ""
            told = f"{which} {_ended(one, one.last_state, now)}{restarted}"
            return because(clean(state.reason, 60), told, message(one.last_state.message))
        return because(clean(state.reason, 60), which, message(state.message))
    if state.name == "Terminated" and state.exit_code != 0:
        told = f"{which} {_ended(one, state, now)}"
        return because(told[:1].upper() + told[1:], message(state.message))
    return ""


def _ended(one: Container, state: State, now: float) -> str:
    """`exited 1 (Error) 5m ago`, `was OOMKilled 5m ago, at its memory limit of 512Mi`."""
    when = ago(state.finished, now)
    if state.reason == "OOMKilled":
        limit = clean(dict(one.limits).get("memory", ""), 30)
        where = f"at its memory limit of {limit}" if limit else "without a memory limit of its own"
        return f"was OOMKilled {when}".rstrip() + f", {where}"
    if state.exit_code is None:
        return f"ended ({clean(state.reason, 60)}) {when}".rstrip()
    cause = clean(state.reason, 60) or (f"signal {state.signal}" if state.signal else "")
    return f"exited {state.exit_code}{f' ({cause})' if cause else ''} {when}".rstrip()


def _pulled(one: Container, events: Iterable[EventRow]) -> str:
    """What the registry said; while the kubelet waits to try again, its events alone remember it."""
    told = one.state.message
    if not told or re.fullmatch(r'Back-off pulling image( "[^"]*")?', told):
        for event in events:
            if (
                event.reason == "Failed"
                and event.message.startswith("Failed to pull image")
                and one.image in event.message
            ):
                return message(event.message)
    return message(told)


_PART = re.compile(r"\{(.+)\}$")


def _unready(described: Description, now: float) -> str:
    is_ready = described.condition("Ready")
    if is_ready is None or is_ready.status == "True" or is_ready.reason == "PodCompleted":
        return ""
    return (
        _partly_done(described)
        or _probed(described, now)
        or _held_up(described)
        or because("Not ready", clean(is_ready.reason, 60), message(is_ready.message))
    )


def _partly_done(described: Description) -> str:
    done = [
        quoted(one.name) for one in described.containers if _is_own(one) and one.state.name == "Terminated"
    ]
    return f"Completed while the others go on: container {', '.join(done[:_NAMED])}" if done else ""


def _held_up(described: Description) -> str:
    """What keeps its containers from being made, or that they are."""
    warned = next((one for one in described.events if one.type == "Warning"), None)
    if warned and described.status != "Running":
        return because(clean(warned.reason, 60), message(warned.message))
    coming = [
        quoted(one.name) for one in described.containers if _is_own(one) and one.state.name == "Waiting"
    ]
    return because("Being created", f"container {', '.join(coming[:_NAMED])}") if coming else ""


def _is_own(one: Container) -> bool:
    return one.role == "container"


def _probed(described: Description, now: float) -> str:
    """The probe that fails, of a container that is not ready if it can be."""
    ready = {one.name for one in described.containers if one.ready}
    found = [
        (part[1] if (part := _PART.search(one.part)) else "", one)
        for one in described.events
        if one.reason == "Unhealthy" and "probe" in one.message
    ]
    if not found:
        return ""
    name, event = min(found, key=lambda pair: pair[0] in ready)
    where = f"Container {quoted(name)}: " if name else ""
    seen = f" ({times(event.count)}, last {ago(event.last_seen, now)})" if event.last_seen else ""
    return f"{where}{message(event.message)}{seen}"


def _ran_out(described: Description, now: float) -> str:
    """Of one that is well again: that it was killed for its memory is news all the same."""
    for one in described.containers:
        if one.last_state.reason == "OOMKilled":
            told = f"Container {quoted(one.name)} {_ended(one, one.last_state, now)}, and runs again"
            return f"{told}, restarted {times(one.restarts)}" if one.restarts else told
    return ""
