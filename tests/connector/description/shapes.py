"""Objects to describe, as the API server has them, written by hand: only what each test is about."""

from datetime import UTC, datetime
from typing import Any

from connector.description import Description, Further, described
from connector.resources import KINDS
from connector.resources.events import EventRow
from connector.resources.kind import Health
from connector.served import Resource

NOW = 1_795_417_410.0
"""2026-11-23 07:03:30 UTC"""

VOLUMES = Resource("persistentvolumes", "persistentvolume", "PersistentVolume", namespaced=False)
ACCOUNTS = Resource("serviceaccounts", "serviceaccount", "ServiceAccount")
CLASSES = Resource("storageclasses", "storageclass", "StorageClass", "storage.k8s.io", namespaced=False)
WIDGETS = Resource("widgets", "widget", "Widget", "example.com", "v1alpha1")

RESOURCES = {
    **{plural: kind.resource for plural, kind in KINDS.items()},
    **{one.plural: one for one in (VOLUMES, ACCOUNTS, CLASSES, WIDGETS)},
}


def ago(minutes: float) -> str:
    """An instant so long before NOW, as the server writes it."""
    return datetime.fromtimestamp(NOW - minutes * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def metadata(name: str = "cart", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "shop", "uid": f"uid-{name}", "creationTimestamp": ago(60), **more}


def tell(plural: str, obj: Any, further: Further | None = None) -> Description:
    return described(RESOURCES[plural], obj, further, now=NOW)


def pod(*containers: dict[str, Any], meta: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    """A running pod; each container is {"name", "spec": …, "state": …, …}, with what its status says."""
    own = [one for one in containers if "role" not in one]
    first = [one for one in containers if one.get("role") == "init"]
    later = [one for one in containers if one.get("role") == "ephemeral"]
    return {
        "metadata": metadata(**(meta or {})),
        "spec": {
            "nodeName": "ip-10-0-0-1.ec2.internal",
            "containers": [_spec(one) for one in own],
            "initContainers": [_spec(one) for one in first],
            "ephemeralContainers": [_spec(one) for one in later],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [_status(one) for one in own],
            "initContainerStatuses": [_status(one) for one in first],
            "ephemeralContainerStatuses": [_status(one) for one in later],
            **status,
        },
    }


def _spec(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["name"], "image": f"registry/{one['name']}:1", **one.get("spec", {})}


def _status(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in {"spec", "role"}}


RUNNING: dict[str, Any] = {"running": {"startedAt": ago(30)}}


def ended(code: int, reason: str = "Error", minutes: float = 2, **more: Any) -> dict[str, Any]:
    return {
        "terminated": {
            "exitCode": code,
            "reason": reason,
            "startedAt": ago(minutes + 1),
            "finishedAt": ago(minutes),
            **more,
        }
    }


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def condition(
    kind: str, status: str, reason: str = "", message: str = "", minutes: float = 5
) -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(minutes),
    }


NOT_READY = [
    condition("PodScheduled", "True"),
    condition("Ready", "False", "ContainersNotReady", "unready: [app]"),
]


def event(reason: str, message: str, type_: str = "Warning", count: int = 1, part: str = "") -> EventRow:
    return EventRow(
        name="pod/cart",
        namespace="shop",
        event="cart.1",
        type=type_,
        reason=reason,
        part=part,
        source="kubelet",
        message=message,
        count=count,
        first_seen=NOW - 600,
        last_seen=NOW - 10,
        created=NOW - 600,
        health=Health.CHANGING,
    )


def guest(name: str, *containers: dict[str, Any], init: Any = (), **spec: Any) -> dict[str, Any]:
    return {
        "metadata": metadata(name),
        "spec": {
            "containers": [{"resources": one} for one in containers],
            "initContainers": [
                {"resources": one, **({"restartPolicy": "Always"} if stays else {})} for one, stays in init
            ],
            **spec,
        },
    }


def sections(told: Description) -> dict[str, list[tuple[str, ...]]]:
    return {one.title: [tuple(cell.text for cell in row) for row in one.rows] for one in told.sections}


TEMPLATE = {
    "metadata": {"labels": {"app": "cart"}},
    "spec": {"containers": [{"name": "app", "image": "cart:2"}]},
}
"""That workloads make pods from."""

WAITING = pod(
    {"name": "app", "state": waiting("ErrImagePull"), "ready": False, "restartCount": 0}, phase="Pending"
)
