"""Nodes as EKS makes them: EC2 machines in node groups, and Fargate's one-pod nodes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playground.fleet.pods import timestamp
from playground.fleet.template import dumps
from playground.fleet.words import Machine

_READY = ("KubeletReady", "kubelet is posting ready status")
_NOT_READY = (
    "KubeletNotReady",
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady",
)
_SHORT_OF_MEMORY = ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
_PRESSURES = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
}


@dataclass(frozen=True)
class Node:
    """One node; `machine` None: Fargate."""

    name: str
    ip: str
    zone: str
    minor: str
    created: float
    uid: str
    machine: Machine | None
    ready: bool = True
    cordoned: bool = False
    short_of_memory: bool = False
    index: int = 0
    namespace: str = ""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        labels = {
            "kubernetes.io/hostname": self.name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": self.machine.arch if self.machine else "amd64",
            "topology.kubernetes.io/region": self.zone[:-1],
            "topology.kubernetes.io/zone": self.zone,
            "failure-domain.beta.kubernetes.io/region": self.zone[:-1],
            "failure-domain.beta.kubernetes.io/zone": self.zone,
        }
        if self.machine is None:
            return labels | {"eks.amazonaws.com/compute-type": "fargate"}
        return labels | {
            "beta.kubernetes.io/instance-type": self.machine.instance_type,
            "node.kubernetes.io/instance-type": self.machine.instance_type,
            "eks.amazonaws.com/nodegroup": self.machine.node_group,
            "eks.amazonaws.com/capacityType": "SPOT" if self.machine.node_group == "spot" else "ON_DEMAND",
            "eks.amazonaws.com/nodegroup-image": "ami-0a1b2c3d4e5f60718",
            "k8s.io/cloud-provider-aws": "553bb0d1c1e4b6d1b1d5a2d6c1f0e7a9",
        }

    def field(self, name: str) -> str:
        return {"metadata.name": self.name, "spec.unschedulable": str(self.cordoned).lower()}.get(name, "")

    def json(self) -> bytes:
        return dumps(self.document())

    def document(self) -> dict[str, Any]:
        spec: dict[str, Any] = {"providerID": f"aws:///{self.zone}/i-{self.uid.replace('-', '')[:17]}"}
        taints = []
        if self.machine is None:
            taints.append(
                {"key": "eks.amazonaws.com/compute-type", "value": "fargate", "effect": "NoSchedule"}
            )
        if self.cordoned:
            spec["unschedulable"] = True
            taints.append({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"})
        if not self.ready:
            taints.append({"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"})
        if self.short_of_memory:
            taints.append({"key": "node.kubernetes.io/memory-pressure", "effect": "NoSchedule"})
        if taints:
            spec["taints"] = taints
        capacity = self._capacity()
        return {
            "metadata": {
                "name": self.name,
                "uid": self.uid,
                "resourceVersion": str(10_600_000 + self.index),
                "creationTimestamp": timestamp(self.created),
                "labels": dict(self.labels),
                "annotations": {
                    "alpha.kubernetes.io/provided-node-ip": self.ip,
                    "node.alpha.kubernetes.io/ttl": "0",
                    "volumes.kubernetes.io/controller-managed-attach-detach": "true",
                },
            },
            "spec": spec,
            "status": {
                "capacity": capacity,
                "allocatable": capacity,
                "conditions": self._conditions(),
                "addresses": [
                    {"type": "InternalIP", "address": self.ip},
                    {"type": "InternalDNS", "address": self.name},
                    {"type": "Hostname", "address": self.name},
                ],
                "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
                "nodeInfo": self._info(),
            },
        }

    def _capacity(self) -> dict[str, str]:
        machine = self.machine
        if machine is None:
            return {"cpu": "2", "memory": "8051256Ki", "pods": "1"}
        return {
            "cpu": str(machine.cpu),
            "memory": f"{machine.memory_gib * 1_016_000}Ki",
            "pods": str(machine.pods),
        }

    def _conditions(self) -> list[dict[str, Any]]:
        def condition(kind: str, status: bool, words: tuple[str, str]) -> dict[str, Any]:
            return {
                "type": kind,
                "status": str(status),
                "lastHeartbeatTime": timestamp(time.time() - 12),
                "lastTransitionTime": timestamp(self.created + 30),
                "reason": words[0],
                "message": words[1],
            }

        pressures = [
            condition(kind, True, _SHORT_OF_MEMORY)
            if kind == "MemoryPressure" and self.short_of_memory
            else condition(kind, False, words)
            for kind, words in _PRESSURES.items()
        ]
        return [*pressures, condition("Ready", self.ready, _READY if self.ready else _NOT_READY)]

    def _info(self) -> dict[str, str]:
        arch = "arm64" if self.machine and self.machine.arch == "arm64" else "amd64"
        return {
            "machineID": self.uid.replace("-", ""),
            "systemUUID": self.uid,
            "bootID": self.uid,
            "kernelVersion": f"6.1.134-152.225.amzn2023.{'aarch64' if arch == 'arm64' else 'x86_64'}",
            "osImage": "Amazon Linux 2023.9.20260120",
            "containerRuntimeVersion": "containerd://2.0.4",
            "kubeletVersion": f"v1.{self.minor}.4-eks-3abbec1",
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": arch,
        }
