"""Workloads: what runs pods, and what all pods of one have in common."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from playground.fleet.objects import owner, uid_of
from playground.fleet.pods import VALUES, Pod, pod_document, timestamp
from playground.fleet.states import RUNNING
from playground.fleet.template import Template, dumps
from playground.fleet.words import CANARY, HASH_ALPHABET, SETTINGS

Rollout = Literal["done", "rolling", "paused", "unseen", "stuck"]

# The revision that every deployment is at; the ones before it are still there as empty replica sets.
REVISION = 3

# What the pods of EKS's own add-ons are selected by.
_ADDONS = {
    ("kube-system", "coredns"): "kube-dns",
    ("kube-system", "aws-node"): "aws-node",
    ("kube-system", "kube-proxy"): "kube-proxy",
}


@dataclass(eq=False)
class Workload:
    """A deployment, stateful set, daemon set or job, with the pods it has.

    `older` is the same deployment one revision ago, while some of its pods are still there.
    """

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
    older: Workload | None = None
    revision: int = REVISION

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
        if addon := _ADDONS.get((self.namespace, self.name)):
            common["k8s-app"] = addon
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
        match self.owner_kind:
            case "Deployment":
                return owner(
                    "apps/v1", "ReplicaSet", self.hashed, uid_of("ReplicaSet", self.namespace, self.hashed)
                )
            case "Job":
                return owner("batch/v1", "Job", self.hashed, self.uid)
            case _:
                return owner("apps/v1", self.owner_kind, self.name, self.uid)

    @property
    def hashed(self) -> str:
        """The name of its current replica set, of its job, or of its controller revision."""
        return f"{self.name}-{self.hash}"

    @property
    def all_pods(self) -> list[Pod]:
        """Its pods of every revision."""
        return self.pods if self.older is None else [*self.older.pods, *self.pods]

    def at_revision(self, revision: int) -> Workload:
        """Itself as it was at an earlier revision: another hash, an older image, no pods."""
        digits = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.uid}/{revision}").int
        letters = []
        for _ in range(9):
            digits, at = divmod(digits, len(HASH_ALPHABET))
            letters.append(HASH_ALPHABET[at])
        images = tuple(
            (name, f"{image.rpartition(':')[0]}:0.{revision}.0") for name, image in self.containers
        )
        return replace(self, hash="".join(letters), containers=images, revision=revision, pods=[], older=None)

    @property
    def cause(self) -> dict[str, str]:
        """The annotation that says what this revision was made for; nobody noted it for the first."""
        first = REVISION - 2
        if self.revision <= first:
            return {}
        return {"kubernetes.io/change-cause": f"helm upgrade {self.name} --version 2.{self.revision}.0"}

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
        if self.name.endswith(("-gateway", "-relay")):
            # A credential in plain sight, as teams leave them.
            env.append({"name": "PARTNER_API_KEY", "value": f"{CANARY}-env-{self.name}"})
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

    def pod_template(self) -> dict[str, Any]:
        """The template in its owner's spec, without the labels that the owner adds."""
        containers = [
            {
                "name": name,
                "image": image,
                "ports": [{"name": "http", "containerPort": 8080 + at, "protocol": "TCP"}],
                "env": self.env if at == 0 else self.env[:6],
                "resources": {"limits": {"memory": "768Mi"}, "requests": {"cpu": "250m", "memory": "512Mi"}},
                "volumeMounts": [{"name": "config", "readOnly": True, "mountPath": "/etc/app"}],
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
            }
            for at, (name, image) in enumerate(self.containers)
        ]
        return {
            "metadata": {"labels": self.template_labels},
            "spec": {
                "volumes": [
                    {"name": "config", "configMap": {"name": f"{self.name}-config", "defaultMode": 420}}
                ],
                "containers": containers,
                "restartPolicy": "Never" if self.owner_kind == "Job" else "Always",
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "serviceAccountName": self.name,
                "securityContext": {"runAsNonRoot": True},
                "schedulerName": "default-scheduler",
            },
        }

    @cached_property
    def template_labels(self) -> dict[str, str]:
        """The labels of its pods but for the one with its hash."""
        hashes = {"pod-template-hash", "batch.kubernetes.io/job-name", "controller-revision-hash"}
        return {key: value for key, value in self.labels.items() if key not in hashes}

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
        self.labels: Mapping[str, str] = workload.template_labels

    def field(self, name: str) -> str:
        return {"metadata.name": self.name, "metadata.namespace": self.namespace}.get(name, "")

    def json(self) -> bytes:
        return dumps(self.document())

    def document(self) -> dict[str, Any]:
        workload = self._workload
        created = timestamp(workload.created)
        spec: dict[str, Any] = {
            "replicas": workload.replicas,
            "selector": {"matchLabels": workload.selector},
            "template": workload.pod_template(),
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
                "annotations": self._annotations(),
            },
            "spec": spec,
            "status": self._status(created),
        }

    def _annotations(self) -> dict[str, str]:
        # A paused one has no replica set of its new template yet, and one that nobody has seen has none at all.
        rollout, revision = self._workload.rollout, self._workload.revision
        revision -= rollout == "paused"
        return {} if rollout == "unseen" else {"deployment.kubernetes.io/revision": str(revision)}

    def _status(self, created: str) -> dict[str, Any]:
        workload = self._workload
        if workload.rollout == "unseen":
            return {}
        replicas = len(workload.all_pods)
        ready = sum(pod.ready for pod in workload.all_pods)
        enough = ready * 4 >= workload.replicas * 3
        counts = {
            "replicas": replicas,
            "updatedReplicas": len(workload.pods),
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
            self._progress(created),
        ]
        return status

    def _progress(self, created: str) -> dict[str, Any]:
        workload = self._workload
        reason, message = {
            "rolling": ("ReplicaSetUpdated", f'ReplicaSet "{workload.hashed}" is progressing.'),
            "paused": ("DeploymentPaused", "Deployment is paused"),
            "stuck": (
                "ProgressDeadlineExceeded",
                f'ReplicaSet "{workload.hashed}" has timed out progressing.',
            ),
        }.get(
            workload.rollout,
            ("NewReplicaSetAvailable", f'ReplicaSet "{workload.hashed}" has successfully progressed.'),
        )
        status = {"paused": "Unknown", "stuck": "False"}.get(workload.rollout, "True")
        return {
            "type": "Progressing",
            "status": status,
            "lastUpdateTime": created,
            "lastTransitionTime": created,
            "reason": reason,
            "message": message,
        }
