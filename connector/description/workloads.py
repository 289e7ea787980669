"""What runs pods from a template: deployments, replica sets, stateful sets, daemon sets.

The forms are those of describeDeployment and its like in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator
from dataclasses import replace

from connector.description.facts import counted, said, seconds
from connector.description.fields import Json, flag, number, pairs, part, parts, text, texts
from connector.description.pods import listed, phases, template
from connector.description.selectors import selector
from connector.description.told import Further, Told
from connector.description.values import Fact, Link

_REVISION = "deployment.kubernetes.io/revision"
_HASH = "pod-template-hash"
_MOST_OLD = 10


def deployment(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")

    def facts() -> Iterator[Fact]:
        wanted, there = number(spec, "replicas"), number(status, "replicas") or 0
        yield from said(
            "Replicas",
            f"{1 if wanted is None else wanted} desired | {number(status, 'updatedReplicas') or 0} updated"
            f" | {there} total | {number(status, 'availableReplicas') or 0} available"
            f" | {number(status, 'unavailableReplicas') or 0} unavailable",
        )
        yield from said("Paused", "true" if flag(spec, "paused") else "")
        yield from said("Revision", text(obj, "metadata", "annotations", _REVISION))
        yield from said("Strategy", text(spec, "strategy", "type"))
        if rolling := part(spec, "strategy", "rollingUpdate"):
            yield from said(
                "Rolling update",
                f"{text(rolling, 'maxUnavailable')} max unavailable, {text(rolling, 'maxSurge')} max surge",
            )
        yield from seconds("Min ready", number(spec, "minReadySeconds") or 0)
        yield from seconds("Progress deadline", number(spec, "progressDeadlineSeconds"))
        if further.replica_sets is not None:
            new, old = _revisions(obj, further.replica_sets)
            yield from said("New replica set", _created(new) if new else "<none>")
            yield from said("Old replica sets", *([_created(one) for one in old[:_MOST_OLD]] or ["<none>"]))

    told = _with_template(obj, facts(), further, now)
    sets = _replica_sets(obj, further)
    return replace(told, related=(*sets, *told.related))


def _replica_sets(obj: Json, further: Further) -> Iterator[Link]:
    """The new one, and old ones that still have pods."""
    new, old = _revisions(obj, further.replica_sets or ())
    namespace = text(obj, "metadata", "namespace") or None
    shown = [(new, "new replica set")] if new else []
    shown += [(one, "old replica set") for one in old if number(one, "status", "replicas")]
    for one, role in shown:
        yield Link("ReplicaSet", text(one, "metadata", "name"), namespace, "apps", role)


def _revisions(obj: Json, sets: tuple[Json, ...]) -> tuple[Json | None, list[Json]]:
    """The replica set of the template as it is now, and the others, newest first; kubectl tells them by that too."""
    wanted = _bare(part(obj, "spec", "template"))
    in_order = sorted(sets, key=lambda one: text(one, "metadata", "creationTimestamp"))
    new = next((one for one in in_order if _bare(part(one, "spec", "template")) == wanted), None)
    return new, [one for one in reversed(in_order) if one is not new]


def _bare(value: Json) -> Json:
    metadata = part(value, "metadata")
    labels = {key: one for key, one in part(metadata, "labels").items() if key != _HASH}
    return {**value, "metadata": {**metadata, "labels": labels}}


def _created(one: Json) -> str:
    wanted = number(one, "spec", "replicas")
    there = number(one, "status", "replicas") or 0
    return f"{text(one, 'metadata', 'name')} ({there}/{1 if wanted is None else wanted} replicas created)"


def replica_set(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")

    def facts() -> Iterator[Fact]:
        there, wanted = number(status, "replicas") or 0, number(spec, "replicas")
        yield from said("Replicas", f"{there} current / {1 if wanted is None else wanted} desired")
        yield from counted("Ready", number(status, "readyReplicas") or 0)
        yield from said("Revision", text(obj, "metadata", "annotations", _REVISION))
        yield from _pods_status(further)

    return _with_template(obj, facts(), further, now)


def stateful_set(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")

    def facts() -> Iterator[Fact]:
        wanted = number(spec, "replicas")
        yield from said(
            "Replicas", f"{1 if wanted is None else wanted} desired | {number(status, 'replicas') or 0} total"
        )
        yield from counted("Ready", number(status, "readyReplicas") or 0)
        yield from counted("Updated", number(status, "updatedReplicas"))
        yield from said("Service", text(spec, "serviceName"))
        yield from said("Pod management policy", text(spec, "podManagementPolicy"))
        yield from said("Update strategy", text(spec, "updateStrategy", "type"))
        yield from counted("Partition", number(spec, "updateStrategy", "rollingUpdate", "partition"))
        yield from said("Revisions", *{text(status, "currentRevision"): 0, text(status, "updateRevision"): 0})
        yield from _pods_status(further)
        yield from said("Volume claims", *map(_claim, parts(spec, "volumeClaimTemplates")))

    told = _with_template(obj, facts(), further, now)
    name = text(spec, "serviceName")
    service = Link("Service", name, text(obj, "metadata", "namespace") or None, role="service")
    return replace(told, related=(*((service,) if name else ()), *told.related))


def _claim(one: Json) -> str:
    spec = part(one, "spec")
    told = (
        text(one, "metadata", "name"),
        text(spec, "resources", "requests", "storage"),
        ",".join(texts(spec, "accessModes")),
        text(spec, "storageClassName"),
    )
    return " ".join(filter(None, told))


_SCHEDULED = (
    ("Desired", "desiredNumberScheduled"),
    ("Current", "currentNumberScheduled"),
    ("Up to date", "updatedNumberScheduled"),
    ("Ready", "numberReady"),
    ("Available", "numberAvailable"),
    ("Misscheduled", "numberMisscheduled"),
)


def daemon_set(obj: Json, further: Further, now: float) -> Told:
    spec, status = part(obj, "spec"), part(obj, "status")

    def facts() -> Iterator[Fact]:
        for label, key in _SCHEDULED:
            yield from counted(label, number(status, key) or 0)
        yield from said("Update strategy", text(spec, "updateStrategy", "type"))
        if rolling := part(spec, "updateStrategy", "rollingUpdate"):
            yield from said("Rolling update", *(f"{key} {value}" for key, value in pairs(rolling).items()))
        yield from _pods_status(further)

    return _with_template(obj, facts(), further, now)


def _pods_status(further: Further) -> Iterator[Fact]:
    if further.pods is not None:
        yield from said("Pods status", phases(further.pods))


def _with_template(obj: Json, facts: Iterator[Fact], further: Further, now: float) -> Told:
    """The workload's own facts, then what its template says; its pods, where they were read."""
    found = part(obj, "spec", "template")
    told = template(found, text(obj, "metadata", "namespace") or None)
    return replace(
        told,
        facts=(*facts, *told.facts),
        selector=selector(part(obj, "spec", "selector")),
        sections=tuple(listed(further.pods or (), now)),
    )
