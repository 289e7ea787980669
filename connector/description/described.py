"""One object's JSON and what was read besides, told as kubectl would: its kind's rules within what all kinds share."""

from collections.abc import Iterator, Mapping
from typing import Any

from connector.description import autoscalers, generic, jobs, nodes, plain, pods, services, storage, workloads
from connector.description.conditions import conditions
from connector.description.facts import said, short
from connector.description.fields import Json, flag, instant, pairs, part, parts, text, texts
from connector.description.judged import health, kind_of, row, status
from connector.description.told import Further, Telling
from connector.description.values import Description, Fact, Link, Pairs
from connector.served import Resource

_TELLING: Mapping[tuple[str, str], Telling] = {
    ("", "Pod"): pods.tell,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("batch", "Job"): jobs.job,
    ("batch", "CronJob"): jobs.cron_job,
    ("", "Service"): services.service,
    ("networking.k8s.io", "Ingress"): services.ingress,
    ("", "Node"): nodes.tell,
    ("", "PersistentVolumeClaim"): storage.claim,
    ("", "PersistentVolume"): storage.volume,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscalers.tell,
    ("", "Namespace"): plain.namespace,
    ("", "ConfigMap"): plain.config_map,
    ("", "Secret"): plain.secret,
    ("", "ServiceAccount"): plain.service_account,
    ("", "Event"): plain.event,
    ("events.k8s.io", "Event"): plain.event,
}

_MOST_ANNOTATIONS = 20
_LONGEST_ANNOTATION = 200
# A copy of the whole object: https://kubernetes.io/docs/reference/labels-annotations-taints/
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def described(resource: Resource, obj: Any, further: Further | None = None, *, now: float) -> Description:
    """What kubectl would tell of `obj`; it is taken as it is, so mask it before.

    Never raises, whatever the object's shape: what is not as the API has it is left out.
    """
    obj = obj if isinstance(obj, dict) else {}
    further = further or Further()
    told = _TELLING.get((resource.group, resource.kind), generic.tell)(obj, further, now)
    kind = kind_of(resource.plural, resource.group)
    own_row = row(kind, obj) if kind else None
    metadata = part(obj, "metadata")
    annotations, left = _annotations(metadata)
    return Description(
        kind=resource.kind,
        group=resource.group,
        name=text(metadata, "name"),
        namespace=text(metadata, "namespace") or None,
        uid=text(metadata, "uid"),
        created=instant(metadata, "creationTimestamp"),
        deleted=instant(metadata, "deletionTimestamp"),
        health=health(own_row, kind, obj),
        status=status(kind, own_row, obj, now),
        facts=(*told.facts, *_finalizers(metadata)),
        conditions=conditions(obj),
        containers=told.containers,
        volumes=told.volumes,
        owners=owners(obj) if further.owners is None else further.owners,
        related=told.related,
        selector=told.selector,
        field_selector=told.field_selector,
        labels=tuple(pairs(metadata, "labels").items()),
        annotations=annotations,
        sections=told.sections,
        events=further.events,
        notes=(*told.notes, *([f"{left} more annotations: see its YAML"] if left else [])),
        missing=further.missing,
    )


def owners(obj: Json) -> tuple[Link, ...]:
    """Who made it, the one that controls it first."""
    found = parts(obj, "metadata", "ownerReferences")
    namespace = text(obj, "metadata", "namespace") or None
    return tuple(
        Link(text(one, "kind"), text(one, "name"), namespace, _group(text(one, "apiVersion")), "owner")
        for one in sorted(found, key=lambda one: not flag(one, "controller"))
    )


def _group(version: str) -> str:
    return version.rpartition("/")[0]


def _finalizers(metadata: Json) -> Iterator[Fact]:
    yield from said("Finalizers", *texts(metadata, "finalizers"))


def _annotations(metadata: Json) -> tuple[Pairs, int]:
    found = [(key, one) for key, one in pairs(metadata, "annotations").items() if key != _LAST_APPLIED]
    shown = [(key, short(one, _LONGEST_ANNOTATION)) for key, one in found[:_MOST_ANNOTATIONS]]
    return tuple(shown), len(found) - len(shown)
