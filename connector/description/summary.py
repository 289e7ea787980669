"""Why an object is as it is: one sentence that gives the reason and its evidence."""

import re
from collections.abc import Callable, Iterator, Mapping

from connector.description import unwell
from connector.description.sentences import ago, because, message, quoted
from connector.description.values import Condition, Description
from connector.resources import Health
from connector.resources.age import age
from connector.words import clean


def summary(described: Description, now: float) -> str:
    """What keeps it from being well, or what it came to; "" for one that is well and about which nothing is to be said.

    Plain text with names in `backticks`; times are relative to `now` (epoch seconds).
    """
    if described.deleted:
        return _going(described, now)
    rule = _RULES.get((described.group, described.kind))
    found = rule(described, now) if rule else ""
    return found or _said_itself(described, now)


def _going(described: Description, now: float) -> str:
    lost = "its node is lost; " if described.fact("Reason") == "NodeLost" else ""
    finalizers = described.fact("Finalizers")
    kept = f"; kept by its finalizers {clean(finalizers, 200)}" if finalizers else ""
    late = now - described.deleted
    grace = described.fact("Termination grace period")
    allowed = f" of the {grace} that it has" if grace else ""
    if late < 0:
        return f"Terminating: {age(-late)} left{allowed}{kept}"
    why = kept or _stuck(described)
    return f"Terminating: {lost}overdue by {age(late)}{f', after {grace} of grace' if grace else ''}{why}"


def _stuck(described: Description) -> str:
    """A namespace tells what is left in it."""
    told = [one for one in described.conditions if one.message and one.status == "True"]
    told.sort(key=lambda one: not one.is_bad)
    return f"; {message(told[0].message)}" if told and described.kind == "Namespace" else ""


def _said_itself(described: Description, now: float) -> str:
    """Its own bad conditions; else, of one that is not well, the newest warning about it."""
    if bad := next((one for one in described.conditions if one.is_bad), None):
        return _condition(bad, now)
    if described.health in {Health.BROKEN, Health.CHANGING}:
        told = (described.fact(f"status.{name}") for name in ("reason", "message"))
        return because(*(clean(one, 300) for one in told)) or _warning(described)
    return ""


def _condition(one: Condition, now: float) -> str:
    since = f" for {age(now - one.since)}" if one.since else ""
    return because(
        f"{clean(one.type, 60)} is {clean(one.status, 20)}{since}",
        clean(one.reason, 60),
        message(one.message),
    )


def _warning(described: Description) -> str:
    warned = next((one for one in described.events if one.type == "Warning"), None)
    return because(clean(warned.reason, 60), message(warned.message)) if warned else ""


def _then(*sentences: str) -> str:
    return "; ".join(one.removesuffix(".") for one in sentences if one)


def _cell(described: Description, title: str, header: str) -> list[str]:
    """A column of the section of that title."""
    for section in described.sections:
        if section.title == title and header in section.headers:
            at = section.headers.index(header)
            return [row[at].text for row in section.rows]
    return []


# --- what runs pods


def _sick_pod(described: Description) -> str:
    """The sickest of its pods, by the status that its list shows."""
    if described.health not in {Health.BROKEN, Health.CHANGING}:
        return ""
    statuses = _cell(described, "Pods", "STATUS")
    ready = _cell(described, "Pods", "READY")
    for name, status, there in zip(_cell(described, "Pods", "NAME"), statuses, ready, strict=True):
        if status not in {"Running", "Completed"}:
            return f"pod {quoted(name)} is {clean(status, 60)}"
        part, _, whole = there.partition("/")
        if status == "Running" and part != whole:
            return f"pod {quoted(name)} has {there} ready"
    return ""


def _numbers(described: Description) -> dict[str, int]:
    """What its facts count: desired, updated, available …"""
    found = {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", described.fact("Replicas"))}
    for label in ("Desired", "Ready", "Available", "Updated", "Up to date"):
        count = described.fact(label)
        if count.isdecimal():
            found[label.lower()] = int(count)
    return found


def _runs_pods(described: Description, _now: float) -> str:
    """How many pods there are of those wanted, why not all, and what one of them has."""
    failure = described.condition("ReplicaFailure")
    if failure and failure.status == "True":
        return because(clean(failure.reason, 60) or "ReplicaFailure", message(failure.message))
    if described.health is Health.OFF:
        return "Scaled to zero"
    if described.health is Health.HEALTHY:
        return "Paused: changes to it wait" if described.fact("Paused") else ""
    progress = described.condition("Progressing")
    stuck = (
        because(clean(progress.reason, 60), message(progress.message)) if progress and progress.is_bad else ""
    )
    return _then(stuck, *_shares(_numbers(described)), _sick_pod(described) or _warning(described))


def _shares(numbers: dict[str, int]) -> Iterator[str]:
    wanted = numbers.get("desired", 0)
    for word in ("available", "ready"):
        if word in numbers:
            yield f"{numbers[word]} of {wanted} {word}"
            break
    for word in ("updated", "up to date"):
        if numbers.get(word, wanted) < wanted:
            yield f"{numbers[word]} of {wanted} up to date"


def _job(described: Description, now: float) -> str:
    failed = described.condition("Failed") or described.condition("FailureTarget")
    if failed and failed.status == "True":
        when = f"Failed {ago(failed.since, now)}".rstrip()
        return _then(
            because(when, clean(failed.reason, 60), message(failed.message)), described.fact("Pods status")
        )
    done = described.condition("Complete")
    if done and done.status == "True":
        lasted = described.fact("Duration")
        return f"Completed {ago(done.since, now)}".rstrip() + (f", after {lasted}" if lasted else "")
    if described.fact("Suspended"):
        return "Suspended: none of its pods run until it is resumed"
    if described.health is Health.CHANGING:
        limit = described.fact("Backoff limit")
        tries = f"backoff limit {limit}" if limit else ""
        return _then(described.fact("Pods status"), tries, _sick_pod(described))
    return ""


def _cron_job(described: Description, _now: float) -> str:
    if described.fact("Suspend") == "True":
        return "Suspended: it starts no jobs until it is resumed"
    if described.health is Health.BROKEN:
        failed = [
            name
            for name, status in zip(
                _cell(described, "Jobs", "NAME"), _cell(described, "Jobs", "STATUS"), strict=True
            )
            if status == "Failed"
        ]
        which = f": job {quoted(failed[0])} failed" if failed else ""
        return _then(f"Its last run has not ended well{which}", _warning(described))
    return ""


# --- machines


_PRESSURES = {
    "MemoryPressure": "memory",
    "DiskPressure": "disk",
    "PIDPressure": "process ids",
}


def _node(described: Description, now: float) -> str:
    ready = described.condition("Ready")
    told = []
    if ready is None:
        told.append("Nobody has said how it is")
    elif ready.status == "Unknown":
        heard = f", last heard of {ago(ready.heard, now)}" if ready.heard else ""
        told.append(
            because(f"Its kubelet does not report{heard}", clean(ready.reason, 60), message(ready.message))
        )
    elif ready.status != "True":
        since = f" for {age(now - ready.since)}" if ready.since else ""
        told.append(because(f"NotReady{since}", clean(ready.reason, 60), message(ready.message)))
    for one in described.conditions:
        if one.is_bad and one.type != "Ready" and one.status == "True":
            what = f"Short of {_PRESSURES[one.type]}" if one.type in _PRESSURES else clean(one.type, 60)
            told.append(because(what, clean(one.reason, 60), message(one.message)))
    if described.fact("Unschedulable") == "true":
        told.append("Cordoned: no new pods come to it")
    if described.fact("Compute type") == "fargate":
        told.append("On Fargate: a machine for one pod alone")
    return _then(*told)


# --- storage, and what leads to pods


def _claim(described: Description, _now: float) -> str:
    match described.status:
        case "Pending":
            told = next((one for one in described.events if one.reason), None)
            return because("Pending", *((clean(told.reason, 60), message(told.message)) if told else ()))
        case "Lost":
            return f"Lost: its volume {quoted(described.fact('Volume'))} is gone"
        case _:
            return ""


def _volume(described: Description, _now: float) -> str:
    if described.status in {"Released", "Failed"}:
        said = described.fact("Message") or f"claim {described.fact('Claim')} is gone"
        return because(described.status, clean(described.fact("Reason"), 60), message(said))
    return ""


def _autoscaler(described: Description, now: float) -> str:
    for kind in ("AbleToScale", "ScalingActive"):
        one = described.condition(kind)
        if one and one.status == "False":
            return because(clean(one.reason, 60), message(one.message))
    limited = described.condition("ScalingLimited")
    if limited and limited.status == "True" and described.health is Health.CHANGING:
        return because(clean(limited.reason, 60), message(limited.message))
    return "" if described.health is Health.HEALTHY else _said_itself(described, now)


def _service(described: Description, _now: float) -> str:
    told = []
    if described.fact("Load balancer") == "<pending>":
        told.append(because("Its load balancer has no address yet", _warning(described)))
    ready, _, there = described.fact("Ready endpoints").partition(" of ")
    if ready == "0":
        none = "No pod matches its selector" if described.selector else "It has no endpoints"
        told.append(f"None of its {there} endpoints is ready" if there != "0" else none)
    return _then(*told)


def _ingress(described: Description, _now: float) -> str:
    if described.fact("Address") != "<pending>":
        return ""
    cause = _warning(described)
    if not cause and described.fact("Class") == "<none>":
        cause = "it names no class, so it depends on there being a default one"
    return because("No controller has given it an address yet", cause)


_Rule = Callable[[Description, float], str]

_RULES: Mapping[tuple[str, str], _Rule] = {
    ("", "Pod"): unwell.pod,
    ("apps", "Deployment"): _runs_pods,
    ("apps", "ReplicaSet"): _runs_pods,
    ("apps", "StatefulSet"): _runs_pods,
    ("apps", "DaemonSet"): _runs_pods,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    ("", "Node"): _node,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("", "Service"): _service,
    ("networking.k8s.io", "Ingress"): _ingress,
}
