"""The documents that say what a server serves: one a group as of old, or all at once (aggregated discovery)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from playground.kubernetes.resources import RESOURCES, Resource

AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

_REVIEWS = (
    ("authentication.k8s.io", "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview"),
    (
        "authorization.k8s.io",
        "selfsubjectaccessreviews",
        "selfsubjectaccessreview",
        "SelfSubjectAccessReview",
    ),
)


def discovery(path: str, host: str, absent: Collection[str]) -> dict[str, Any] | None:
    """The document at `path`, or None when there is none; `host` is the address the client used.

    `absent` names the groups that this cluster lacks.
    """
    groups = _groups(absent)
    if path == "/api":
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}]
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}
    if path == "/apis":
        named = [_group(name, version) for name, version in groups.items() if name]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": named}
    place = path.removeprefix("/apis/").removeprefix("/api/")
    for name, version in groups.items():
        group_version = f"{name}/{version}" if name else version
        if name and path == f"/apis/{name}":
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, version)}
        if place == group_version and path.startswith("/apis/" if name else "/api/"):
            kinds = [entry for resource in _kinds(name) for entry in _entries(resource)]
            listing = {"groupVersion": group_version, "resources": [*kinds, *_review_entries(name)]}
            # The core group's own list has no apiVersion, as recorded.
            return {"kind": "APIResourceList"} | ({"apiVersion": "v1"} if name else {}) | listing
    return None


def aggregated(path: str, absent: Collection[str]) -> dict[str, Any] | None:
    """All groups of `/api` or `/apis` with all their kinds in one document, or None for another path."""
    if path not in {"/api", "/apis"}:
        return None
    items = []
    for name, version in _groups(absent).items():
        if bool(name) is (path == "/apis"):
            kinds = [*map(_aggregated_entry, _kinds(name)), *_aggregated_reviews(name)]
            versions = [{"version": version, "resources": kinds, "freshness": "Current"}]
            items.append({"metadata": {"name": name} if name else {}, "versions": versions})
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
    return {**head, "items": items}


def _groups(absent: Collection[str]) -> Mapping[str, str]:
    """The groups and the one version each has, in the order of discovery."""
    found = {resource.group: resource.version for resource in RESOURCES.values()}
    found |= {name: "v1" for name, *_ in _REVIEWS}
    return {name: version for name, version in found.items() if name not in absent}


def _kinds(group: str) -> Iterable[Resource]:
    return (resource for resource in RESOURCES.values() if resource.group == group)


def _group(name: str, version: str) -> dict[str, Any]:
    served = {"groupVersion": f"{name}/{version}", "version": version}
    return {"name": name, "versions": [served], "preferredVersion": served}


def _entries(resource: Resource) -> Iterable[dict[str, Any]]:
    entry: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    yield entry | _names(resource)
    for part in resource.subresources:
        yield entry | {"name": f"{resource.plural}/{part}", "singularName": "", "verbs": ["get"]}


def _aggregated_entry(resource: Resource) -> dict[str, Any]:
    kind = {"group": "", "version": "", "kind": resource.kind}
    entry: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": kind,
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular,
        "verbs": list(resource.verbs),
        **_names(resource),
    }
    if resource.subresources:
        entry["subresources"] = [
            {"subresource": part, "responseKind": kind, "verbs": ["get"]} for part in resource.subresources
        ]
    return entry


def _names(resource: Resource) -> dict[str, Any]:
    names = {"shortNames": list(resource.short_names), "categories": list(resource.categories)}
    return {key: value for key, value in names.items() if value}


def _review_entries(group: str) -> Iterable[dict[str, Any]]:
    for name, plural, singular, kind in _REVIEWS:
        if name == group:
            yield {
                "name": plural,
                "singularName": singular,
                "namespaced": False,
                "kind": kind,
                "verbs": ["create"],
            }


def _aggregated_reviews(group: str) -> Iterable[dict[str, Any]]:
    for name, plural, singular, kind in _REVIEWS:
        if name == group:
            yield {
                "resource": plural,
                "responseKind": {"group": "", "version": "", "kind": kind},
                "scope": "Cluster",
                "singularResource": singular,
                "verbs": ["create"],
            }
