"""Services of every type, and the namespaces they live in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from playground.fleet.pods import timestamp
from playground.fleet.template import dumps


def _tcp(port: int, name: str = "http") -> dict[str, Any]:
    return {"name": name, "protocol": "TCP", "port": port, "targetPort": port}


HTTP = (_tcp(80), _tcp(9102, "metrics"))
DNS = (_tcp(53, "dns-tcp"), {"name": "dns", "protocol": "UDP", "port": 53, "targetPort": 53})
HTTPS = (_tcp(443, "https"),)
POSTGRES = (_tcp(5432, "postgres"),)


def with_node_ports(ports: tuple[dict[str, Any], ...], first: int) -> tuple[dict[str, Any], ...]:
    """The ports of a NodePort or LoadBalancer service, opened on the nodes from `first` on."""
    return tuple(port | {"nodePort": first + at} for at, port in enumerate(ports))


@dataclass(frozen=True)
class Service:
    """One service. `cluster_ip` None: headless; `load_balancer` empty: none yet."""

    namespace: str
    name: str
    created: float
    kind: str = "ClusterIP"
    cluster_ip: str | None = None
    ports: tuple[dict[str, Any], ...] = HTTP
    load_balancer: str = ""
    external_name: str = ""
    external_ips: tuple[str, ...] = ()
    index: int = 0

    @cached_property
    def labels(self) -> Mapping[str, str]:
        return {"app": self.name, "app.kubernetes.io/part-of": self.namespace, "team": self.namespace}

    def field(self, name: str) -> str:
        fields = {
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
            "spec.clusterIP": self.cluster_ip or "None",
            "spec.type": self.kind,
        }
        return fields.get(name, "")

    def json(self) -> bytes:
        spec: dict[str, Any] = {"type": self.kind, "sessionAffinity": "None"}
        if self.kind == "ExternalName":
            spec["externalName"] = self.external_name
        else:
            address = self.cluster_ip or "None"
            spec |= {
                "clusterIP": address,
                "clusterIPs": [address],
                "selector": {"app": self.name},
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "internalTrafficPolicy": "Cluster",
            }
        if self.ports:
            spec["ports"] = list(self.ports)
        if self.external_ips:
            spec["externalIPs"] = list(self.external_ips)
        if self.kind in {"LoadBalancer", "NodePort"}:
            spec["externalTrafficPolicy"] = "Cluster"
        balancer = {"ingress": [{"hostname": self.load_balancer}]} if self.load_balancer else {}
        identity = uuid.uuid5(uuid.NAMESPACE_URL, f"Service/{self.namespace}/{self.name}")
        return dumps(
            {
                "metadata": {
                    "name": self.name,
                    "namespace": self.namespace,
                    "uid": str(identity),
                    "resourceVersion": str(10_700_000 + self.index),
                    "creationTimestamp": timestamp(self.created),
                    "labels": dict(self.labels),
                },
                "spec": spec,
                "status": {"loadBalancer": balancer},
            }
        )


@dataclass(frozen=True)
class Namespace:
    """One namespace; as a record it belongs to no namespace itself."""

    name: str
    created: float
    terminating: bool = False
    index: int = 0
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def phase(self) -> str:
        return "Terminating" if self.terminating else "Active"

    def field(self, name: str) -> str:
        return {"metadata.name": self.name, "status.phase": self.phase}.get(name, "")

    def json(self) -> bytes:
        metadata: dict[str, Any] = {
            "name": self.name,
            "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"Namespace/{self.name}")),
            "resourceVersion": str(10_800_000 + self.index),
            "creationTimestamp": timestamp(self.created),
            "labels": dict(self.labels),
        }
        if self.terminating:
            metadata["deletionTimestamp"] = timestamp(self.created + 3600)
        return dumps(
            {"metadata": metadata, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": self.phase}}
        )
