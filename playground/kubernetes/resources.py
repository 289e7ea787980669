"""The kinds that the API servers serve, and the discovery documents that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

_META_FIELDS = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True)
class Resource:
    """One kind as discovery describes it. `fields` are the ones a field selector may name.

    Only reading is served, so only reading is announced.
    """

    plural: str
    singular: str
    kind: str
    short_names: tuple[str, ...]
    namespaced: bool
    group: str = ""
    categories: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("metadata.name",)

    @property
    def api_version(self) -> str:
        return f"{self.group}/v1" if self.group else "v1"

    def unknown_field(self, name: str) -> str:
        """What a server says to a field selector on another field; the apps group words it differently."""
        if self.group:
            known = ", ".join(f'"{field}"' for field in self.fields)
            return f'"{name}" is not a known field selector: only {known}'
        return f"field label not supported: {name}"

    def discovery(self) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "name": self.plural,
            "singularName": self.singular,
            "namespaced": self.namespaced,
            "kind": self.kind,
            "verbs": ["get", "list"],
            "shortNames": list(self.short_names),
        }
        if self.categories:
            entry["categories"] = list(self.categories)
        return entry


RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        resource.plural: resource
        for resource in (
            Resource(
                "namespaces",
                "namespace",
                "Namespace",
                ("ns",),
                namespaced=False,
                fields=("metadata.name", "status.phase"),
            ),
            Resource(
                "nodes",
                "node",
                "Node",
                ("no",),
                namespaced=False,
                fields=("metadata.name", "spec.unschedulable"),
            ),
            Resource(
                "pods",
                "pod",
                "Pod",
                ("po",),
                namespaced=True,
                categories=("all",),
                fields=(*_META_FIELDS, "spec.nodeName", "status.phase"),
            ),
            Resource(
                "services",
                "service",
                "Service",
                ("svc",),
                namespaced=True,
                categories=("all",),
                fields=(*_META_FIELDS, "spec.clusterIP", "spec.type"),
            ),
            Resource(
                "deployments",
                "deployment",
                "Deployment",
                ("deploy",),
                namespaced=True,
                group="apps",
                categories=("all",),
                fields=_META_FIELDS,
            ),
        )
    }
)

_GROUPS = ("apps", "authentication.k8s.io", "authorization.k8s.io")

_REVIEWS = {
    "authentication.k8s.io": ("selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview"),
    "authorization.k8s.io": (
        "selfsubjectaccessreviews",
        "selfsubjectaccessreview",
        "SelfSubjectAccessReview",
    ),
}


def discovery(path: str, host: str) -> dict[str, Any] | None:
    """The discovery document at `path`, or None when there is none; `host` is the address the client used."""
    if path == "/api":
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}]
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in _GROUPS]}
    if path == "/api/v1":
        return _resource_list("v1", [r.discovery() for r in RESOURCES.values() if not r.group])
    if path == "/apis/apps/v1":
        return _resource_list("apps/v1", [r.discovery() for r in RESOURCES.values() if r.group == "apps"])
    for group, (plural, singular, kind) in _REVIEWS.items():
        if path == f"/apis/{group}/v1":
            entry = {
                "name": plural,
                "singularName": singular,
                "namespaced": False,
                "kind": kind,
                "verbs": ["create"],
            }
            return _resource_list(f"{group}/v1", [entry])
    name = path.removeprefix("/apis/")
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name)} if name in _GROUPS else None


def version(minor: str) -> dict[str, str]:
    """What /version answers on EKS, for the minor version of a cluster such as "34"."""
    return {
        "major": "1",
        "minor": minor,
        "emulationMajor": "1",
        "emulationMinor": minor,
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": f"v1.{minor}.4-eks-3abbec1",
        "gitCommit": "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
        "gitTreeState": "clean",
        "buildDate": "2026-08-01T00:00:00Z",
        "goVersion": "go1.26.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def _group(name: str) -> dict[str, Any]:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resource_list(group_version: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": resources,
    }
