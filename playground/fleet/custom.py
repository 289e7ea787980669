"""A kind of the fleet's own, as operators bring them: a definition and its objects, in some clusters only."""

from __future__ import annotations

from typing import Any

from playground.fleet.objects import Object, ordered
from playground.fleet.pods import timestamp
from playground.fleet.population import Content
from playground.fleet.workloads import Workload

GROUP = "shipyard.example.com"
_PLURAL = "dispatches"

_COLUMNS = [
    {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
    {"name": "Weight", "type": "integer", "jsonPath": ".status.weight"},
    {"name": "Version", "type": "string", "jsonPath": ".spec.version"},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    {"name": "Message", "type": "string", "jsonPath": ".status.message", "priority": 1},
]
_PHASES = (
    ("Healthy", 100, ""),
    ("Healthy", 100, ""),
    ("Progressing", 40, "waiting 10m before the next step"),
    ("Degraded", 20, "error rate of 4.1% is above 1%: held at 20%"),
)


def definitions(content: Content) -> tuple[Object, ...]:
    """The one definition."""
    names = {
        "plural": _PLURAL,
        "singular": "dispatch",
        "shortNames": ["dsp"],
        "kind": "Dispatch",
        "listKind": "DispatchList",
        "categories": ["shipyard"],
    }
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "schema": {
            "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
        "subresources": {"status": {}},
        "additionalPrinterColumns": _COLUMNS,
    }
    since = timestamp(content.born)
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": since, "reason": reason, "message": text}
        for kind, reason, text in (
            ("NamesAccepted", "NoConflicts", "no conflicts found"),
            ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        )
    ]
    spec = {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [version]}
    status = {"acceptedNames": names, "conditions": conditions, "storedVersions": ["v1alpha1"]}
    body = {"spec": spec | {"conversion": {"strategy": "None"}}, "status": status}
    return (
        Object(
            "CustomResourceDefinition", "", f"{_PLURAL}.{GROUP}", content.born, lambda: body, generation=1
        ),
    )


def dispatches(content: Content) -> tuple[Object, ...]:
    """One for each gateway and API, in every phase."""
    released = [
        w for w in content.workloads if w.owner_kind == "Deployment" and w.name.endswith(("-gateway", "-api"))
    ]
    return ordered(_dispatch(workload, *_PHASES[at % len(_PHASES)]) for at, workload in enumerate(released))


def _dispatch(workload: Workload, phase: str, weight: int, message: str) -> Object:
    image = workload.containers[0][1]
    spec: dict[str, Any] = {
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.name},
        "image": image,
        "version": image.rpartition(":")[2],
        "steps": [{"weight": 20}, {"pause": "10m"}, {"weight": 40}, {"weight": 100}],
    }
    status = {"phase": phase, "weight": weight, "observedGeneration": 1}
    body = {"spec": spec, "status": status | ({"message": message} if message else {})}
    return Object(
        *("Dispatch", workload.namespace, workload.name, workload.created, lambda: body),
        labels=workload.template_labels,
        generation=1,
    )
