"""Workloads: what runs pods, and what all pods of one have in common."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from playground.fleet.pods import VALUES, Pod, pod_document, timestamp
from playground.fleet.states import RUNNING
from playground.fleet.template import Template, dumps
from playground.fleet.words import SETTINGS

Rollout = Literal["done", "rolling", "paused", "unseen"]


@dataclass(eq=False)
class Workload:
    """A deployment, stateful set, daemon set or job, with the pods it has."""

    owner_kind: Literal["Deployment", "StatefulSet", "DaemonSet", "Job"]
    namespace: str
    name: str
    created: float
    registry: str
    containers: tuple[tuple[str, str], ...]
    hash: str
    replicas: int = 0
    rollout: Rollout = "done"
    pods: list[Pod] = field(default_factory=list)

    @cached_property
    def uid(self) -> str:
        return str(
            uuid.uuid5(uuid.NAMESPACE_URL, f"{self.owner_kind}/{self.namespace}/{self.name}/{self.hash}")
        )

    @cached_property
    def selector(self) -> dict[str, str]:
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/instance": self.name}

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of each of its pods."""
        common = {
            "app": self.name,
            **self.selector,
            "app.kubernetes.io/part-of": self.namespace,
            "app.kubernetes.io/managed-by": "Helm",
            "team": self.namespace,
            "tier": self.name.rpartition("-")[2],
        }
        match self.owner_kind:
            case "Deployment":
                return common | {"pod-template-hash": self.hash}
            case "Job":
                return common | {"batch.kubernetes.io/job-name": f"{self.name}-{self.hash}"}
            case _:
                return common | {"controller-revision-hash": f"{self.name}-{self.hash}"}

    def labels_of(self, pod: str) -> dict[str, str]:
        if self.owner_kind == "StatefulSet":
            return self.labels | {"statefulset.kubernetes.io/pod-name": pod}
        return self.labels

    @property
    def generate_name(self) -> str:
        return f"{self.name}-{self.hash}-" if self.owner_kind in {"Deployment", "Job"} else f"{self.name}-"

    @property
    def owner(self) -> dict[str, Any]:
        hashed = f"{self.name}-{self.hash}"
        version, kind, name = {
            "Deployment": ("apps/v1", "ReplicaSet", hashed),
            "Job": ("batch/v1", "Job", hashed),
        }.get(self.owner_kind, ("apps/v1", self.owner_kind, self.name))
        return {
            "apiVersion": version,
            "kind": kind,
            "name": name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }

    @property
    def checksum(self) -> str:
        return self.uid.replace("-", "") * 2

    @cached_property
    def env(self) -> list[dict[str, Any]]:
        """The environment of its containers: plain settings, one from a secret, and where the pod is."""
        where = f"{self.namespace}.svc.cluster.local"
        env: list[dict[str, Any]] = [
            {"name": setting, "value": f"{setting.lower().replace('_', '-')}.{self.name}.{where}"}
            for setting in SETTINGS
        ]
        env.append(
            {
                "name": "DATABASE_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": f"{self.name}-database", "key": "password"}},
            }
        )
        env.append(
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}
        )
        return env

    @cached_property
    def template(self) -> Template:
        """The JSON of its healthy pods."""
        return Template(lambda values: pod_document(self, values, RUNNING, timestamp), len(VALUES))


class Deployment:
    """A deployment as the API shows it: its numbers are those of its pods at the moment of the question."""

    def __init__(self, workload: Workload, index: int) -> None:
        self._workload = workload
        self._index = index
        self.namespace = workload.namespace
        self.name = workload.name
        self.labels: Mapping[str, str] = {
            key: value for key, value in workload.labels.items() if key != "pod-template-hash"
        }

    def field(self, name: str) -> str:
        return {"metadata.name": self.name, "metadata.namespace": self.namespace}.get(name, "")

    def json(self) -> bytes:
        return dumps(self.document())

    def document(self) -> dict[str, Any]:
        workload = self._workload
        created = timestamp(workload.created)
        containers = [
            {
                "name": name,
                "image": image,
                "env": workload.env,
                "resources": {"limits": {"memory": "768Mi"}, "requests": {"cpu": "250m", "memory": "512Mi"}},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
            }
            for name, image in workload.containers
        ]
        template = {
            "metadata": {"labels": self.labels},
            "spec": {
                "containers": containers,
                "restartPolicy": "Always",
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "serviceAccountName": workload.name,
                "securityContext": {"runAsNonRoot": True},
                "schedulerName": "default-scheduler",
            },
        }
        spec: dict[str, Any] = {
            "replicas": workload.replicas,
            "selector": {"matchLabels": workload.selector},
            "template": template,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
            },
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        }
        if workload.rollout == "paused":
            spec["paused"] = True
        return {
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "uid": workload.uid,
                "resourceVersion": str(10_500_000 + self._index),
                "generation": 3,
                "creationTimestamp": created,
                "labels": self.labels,
                "annotations": {"deployment.kubernetes.io/revision": "3"},
            },
            "spec": spec,
            "status": self._status(created),
        }

    def _status(self, created: str) -> dict[str, Any]:
        workload = self._workload
        if workload.rollout == "unseen":
            return {}
        replicas = len(workload.pods)
        ready = sum(pod.ready for pod in workload.pods)
        updated = {"rolling": replicas // 2, "paused": 0}.get(workload.rollout, replicas)
        enough = ready * 4 >= workload.replicas * 3
        counts = {
            "replicas": replicas,
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(0, workload.replicas - ready),
        }
        # A server leaves out the counts that are zero.
        status: dict[str, Any] = {"observedGeneration": 3, **{key: n for key, n in counts.items() if n}}
        status["conditions"] = [
            {
                "type": "Available",
                "status": "True" if enough else "False",
                "lastUpdateTime": created,
                "lastTransitionTime": created,
                "reason": "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
                "message": f"Deployment {'has' if enough else 'does not have'} minimum availability.",
            },
            {
                "type": "Progressing",
                "status": "True",
                "lastUpdateTime": created,
                "lastTransitionTime": created,
                "reason": "ReplicaSetUpdated" if workload.rollout == "rolling" else "NewReplicaSetAvailable",
                "message": f'ReplicaSet "{workload.name}-{workload.hash}" has successfully progressed.',
            },
        ]
        return status
