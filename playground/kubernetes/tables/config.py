"""The tables of what pods are given: settings, secrets, identities, volumes."""

from __future__ import annotations

from typing import Any

from playground.kubernetes.tables.text import NONE, Body, Printer, age, columns

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _modes(spec: Body) -> str:
    return ",".join(_MODES[mode] for mode in spec.get("accessModes", []))


def _config_map(body: Body, now: float) -> list[Any]:
    count = len(body.get("data", {})) + len(body.get("binaryData", {}))
    return [body["metadata"]["name"], count, age(body, now)]


def _secret(body: Body, now: float) -> list[Any]:
    return [body["metadata"]["name"], body["type"], len(body.get("data", {})), age(body, now)]


def _service_account(body: Body, now: float) -> list[Any]:
    return [body["metadata"]["name"], len(body.get("secrets", [])), age(body, now)]


def _claim(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body["status"]
    bound = "volumeName" in spec
    return [
        body["metadata"]["name"],
        status["phase"],
        spec.get("volumeName", ""),
        status["capacity"]["storage"] if bound else "",
        _modes(spec) if bound else "",
        spec.get("storageClassName", ""),
        "<unset>",
        age(body, now),
        spec["volumeMode"],
    ]


def _volume(body: Body, now: float) -> list[Any]:
    spec = body["spec"]
    claim = spec.get("claimRef", {})
    return [
        body["metadata"]["name"],
        spec["capacity"]["storage"],
        _modes(spec),
        spec["persistentVolumeReclaimPolicy"],
        body["status"]["phase"],
        f"{claim['namespace']}/{claim['name']}" if claim else "",
        spec["storageClassName"],
        "<unset>",
        "",
        age(body, now),
        spec["volumeMode"],
    ]


def _storage_class(body: Body, now: float) -> list[Any]:
    metadata = body["metadata"]
    marked = metadata.get("annotations", {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    return [
        metadata["name"] + (" (default)" if marked else ""),
        body["provisioner"],
        body["reclaimPolicy"],
        body["volumeBindingMode"],
        body.get("allowVolumeExpansion", False),
        age(body, now),
    ]


def _disruption_budget(body: Body, now: float) -> list[Any]:
    spec = body["spec"]
    bounds = [str(spec.get(key, "N/A")) for key in ("minAvailable", "maxUnavailable")]
    return [body["metadata"]["name"], *bounds, body["status"]["disruptionsAllowed"], age(body, now)]


def _quota(body: Body, now: float) -> list[Any]:
    hard, used = body["spec"]["hard"], body["status"]["used"]
    shown = {True: [], False: []}  # type: dict[bool, list[str]]
    for name in sorted(hard):
        shown[name.startswith("limits.")].append(f"{name}: {used[name]}/{hard[name]}")
    return [body["metadata"]["name"], ", ".join(shown[False]) or NONE, ", ".join(shown[True]), age(body, now)]


def _created(body: Body, _now: float) -> list[Any]:
    return [body["metadata"]["name"], body["metadata"]["creationTimestamp"]]


PRINTERS = {
    "ConfigMap": Printer(columns("Name", "Data", "Age"), _config_map),
    "Secret": Printer(columns("Name", "Type", "Data", "Age"), _secret),
    "ServiceAccount": Printer(columns("Name", "Secrets", "Age"), _service_account),
    "PersistentVolumeClaim": Printer(
        columns(
            *("Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass"),
            *("VolumeAttributesClass", "Age"),
            wide=("VolumeMode",),
        ),
        _claim,
    ),
    "PersistentVolume": Printer(
        columns(
            *("Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass"),
            *("VolumeAttributesClass", "Reason", "Age"),
            wide=("VolumeMode",),
        ),
        _volume,
    ),
    "StorageClass": Printer(
        columns(
            *("Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"),
        ),
        _storage_class,
    ),
    "PodDisruptionBudget": Printer(
        columns("Name", "Min Available", "Max Unavailable", "Allowed Disruptions#", "Age"), _disruption_budget
    ),
    "ResourceQuota": Printer(columns("Name", "Request", "Limit", "Age"), _quota),
    "LimitRange": Printer(columns("Name", "Created At"), _created),
    "CustomResourceDefinition": Printer(columns("Name", "Created At"), _created),
}
