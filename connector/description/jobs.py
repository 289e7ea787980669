"""Jobs and cron jobs: how far a run is, by which rules it is tried again, and when the next ones come.

The forms are those of describeJob and describeCronJob in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator
from dataclasses import replace

from connector.description.facts import counted, instant, said, seconds
from connector.description.fields import Json, flag, number, part, parts, text
from connector.description.fields import instant as instant_of
from connector.description.judged import listed
from connector.description.pods import listed as pods_listed
from connector.description.pods import template
from connector.description.selectors import selector
from connector.description.told import Further, Told
from connector.description.values import Fact, Link
from connector.resources import KINDS
from connector.resources.age import age

_JOBS = KINDS["jobs"]
_SHOWN = ("NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE")
UNSET = "<unset>"


def job(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")
    told = template(part(spec, "template"), text(obj, "metadata", "namespace") or None)
    return replace(
        told,
        facts=(*_run(status, now), *_rules(spec), *told.facts),
        selector=selector(part(spec, "selector")),
        sections=tuple(pods_listed(further.pods or (), now)),
    )


def _run(status: Json, now: float) -> Iterator[Fact]:
    started, completed = instant_of(status, "startTime"), instant_of(status, "completionTime")
    yield from instant("Started", started)
    yield from instant("Completed", completed)
    ended = completed or _failed_at(status)
    if started:
        yield from said("Duration", age((ended or now) - started))
    active, succeeded, failed = (number(status, key) or 0 for key in ("active", "succeeded", "failed"))
    is_ready = number(status, "ready")
    shown = f"{active} Active" if is_ready is None else f"{active} Active ({is_ready} Ready)"
    yield from said("Pods status", f"{shown} / {succeeded} Succeeded / {failed} Failed")
    yield from said("Completed indexes", text(status, "completedIndexes"))
    yield from said("Failed indexes", text(status, "failedIndexes"))


def _failed_at(status: Json) -> float:
    ends = [one for one in parts(status, "conditions") if text(one, "type") == "Failed"]
    return instant_of(ends[0], "lastTransitionTime") if ends else 0.0


def _rules(spec: Json) -> Iterator[Fact]:
    yield from counted("Parallelism", number(spec, "parallelism"))
    yield from said("Completions", text(spec, "completions") or UNSET)
    yield from said("Completion mode", text(spec, "completionMode"))
    yield from said("Suspended", "true" if flag(spec, "suspend") else "")
    yield from counted("Backoff limit", number(spec, "backoffLimit"))
    yield from counted("Backoff limit per index", number(spec, "backoffLimitPerIndex"))
    yield from seconds("Job deadline", number(spec, "activeDeadlineSeconds"))
    yield from seconds("Kept after it ended", number(spec, "ttlSecondsAfterFinished"))
    yield from said("Pod replacement policy", text(spec, "podReplacementPolicy"))
    rules = parts(spec, "podFailurePolicy", "rules")
    yield from said("Pod failure policy", *(_failure_rule(one) for one in rules))


def _failure_rule(one: Json) -> str:
    if codes := part(one, "onExitCodes"):
        values = codes.get("values")
        shown = ", ".join(map(str, values)) if isinstance(values, list) else ""
        return f"{text(one, 'action')} when the exit code is {text(codes, 'operator')} {shown}".strip()
    kinds = [text(each, "type") for each in parts(one, "onPodConditions")]
    return f"{text(one, 'action')} on {', '.join(kinds)}"


def cron_job(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")
    namespace = text(obj, "metadata", "namespace") or None
    inner = part(spec, "jobTemplate", "spec")
    told = template(part(inner, "template"), namespace)
    running = [text(one, "name") for one in parts(status, "active")]

    def facts() -> Iterator[Fact]:
        yield from said("Schedule", text(spec, "schedule"))
        yield from said("Time zone", text(spec, "timeZone") or UNSET)
        yield from said("Concurrency policy", text(spec, "concurrencyPolicy"))
        yield from said("Suspend", {"true": "True", "false": "False"}.get(text(spec, "suspend"), UNSET))
        yield from instant("Last schedule", instant_of(status, "lastScheduleTime"))
        yield from instant("Last success", instant_of(status, "lastSuccessfulTime"))
        yield from said("Active jobs", *(running or ["<none>"]))
        yield from counted("Successful jobs kept", number(spec, "successfulJobsHistoryLimit"))
        yield from counted("Failed jobs kept", number(spec, "failedJobsHistoryLimit"))
        lasts = number(spec, "startingDeadlineSeconds")
        yield from seconds("Starting deadline", lasts)
        if inner:
            yield from _rules(inner)

    links = tuple(Link("Job", name, namespace, "batch", "job") for name in running if name)
    return replace(
        told,
        facts=(*facts(), *told.facts),
        related=(*links, *told.related),
        sections=tuple(listed(_JOBS, "Jobs", _SHOWN, further.jobs or (), now)),
    )
