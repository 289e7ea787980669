"""Volumes as the EBS driver makes them: a claim and a volume for each stateful pod, and one claim that waits."""

from __future__ import annotations

from typing import Any

from playground.fleet.objects import Object, ordered, uid_of
from playground.fleet.pods import Pod
from playground.fleet.population import Content

_SIZE = "50Gi"
PENDING_CLAIM = "archive"
PENDING_CLASS = "io2-fast"


def claims(content: Content) -> tuple[Object, ...]:
    def bound(pod: Pod) -> Object:
        namespace, name = pod.namespace, f"data-{pod.name}"
        body = _claim("gp3", _SIZE)
        body["spec"]["volumeName"] = _volume_name(namespace, name)
        body["status"] = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": _SIZE}}
        annotations = {
            "pv.kubernetes.io/bind-completed": "yes",
            "volume.kubernetes.io/storage-provisioner": "ebs.csi.aws.com",
        }
        return Object(
            *("PersistentVolumeClaim", namespace, name, pod.workload.created, lambda: body),
            labels=pod.workload.selector,
            annotations=annotations,
        )

    made = [bound(pod) for pod in _stateful(content)]
    if made:
        waits = _claim(PENDING_CLASS, "2Ti") | {"status": {"phase": "Pending"}}
        created = content.now - 7_200
        made.append(Object("PersistentVolumeClaim", made[0].namespace, PENDING_CLAIM, created, lambda: waits))
    return ordered(made)


def volumes(content: Content) -> tuple[Object, ...]:
    def make(pod: Pod) -> Object:
        namespace, name = pod.namespace, f"data-{pod.name}"
        uid = uid_of("PersistentVolumeClaim", namespace, name)
        claim = {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": namespace, "name": name}
        source = {"driver": "ebs.csi.aws.com", "fsType": "ext4", "volumeHandle": f"vol-0{uid[-12:]}{uid[:4]}"}
        spec = {
            "capacity": {"storage": _SIZE},
            "csi": source,
            "accessModes": ["ReadWriteOnce"],
            "claimRef": claim | {"uid": uid},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": "gp3",
            "volumeMode": "Filesystem",
        }
        body = {"spec": spec, "status": {"phase": "Bound"}}
        return Object(
            "PersistentVolume", "", _volume_name(namespace, name), pod.workload.created, lambda: body
        )

    return ordered(make(pod) for pod in _stateful(content))


def storage_classes(content: Content) -> tuple[Object, ...]:
    def make(name: str, provisioner: str, *, default: bool = False) -> Object:
        body = {
            "provisioner": provisioner,
            "parameters": {"type": name},
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
            "allowVolumeExpansion": default,
        }
        marks = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
        return Object("StorageClass", "", name, content.born, lambda: body, annotations=marks)

    return ordered((make("gp2", "kubernetes.io/aws-ebs"), make("gp3", "ebs.csi.aws.com", default=True)))


def _claim(storage_class: str, size: str) -> dict[str, Any]:
    return {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": size}},
            "storageClassName": storage_class,
            "volumeMode": "Filesystem",
        }
    }


def _stateful(content: Content) -> list[Pod]:
    return [pod for w in content.workloads if w.owner_kind == "StatefulSet" for pod in w.pods]


def _volume_name(namespace: str, claim: str) -> str:
    return f"pvc-{uid_of('PersistentVolumeClaim', namespace, claim)}"
