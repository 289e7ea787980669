"""Clusters of a few names each, behind a connector whose records are real; what was asked of each is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from connector.api import Api
from connector.cluster import Cluster
from connector.errors import Failure, Forbidden
from connector.lanes import Deadline
from connector.paging import Head
from tests.handlers.policy_parts import Watched

T = TypeVar("T")


@dataclass
class Told(Api):
    """One cluster's objects: names by plural and namespace (`""` for what is in none), and what it fails with.

    A pod's name may be followed by its status, and a node's by False when it is not ready.
    """

    objects: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)
    failure: Failure | None = None
    # Plurals that may be listed within a namespace only.
    narrow: frozenset[str] = frozenset()
    asked: list[tuple[str, Mapping[str, Any], Any]] = field(default_factory=list)

    facts: dict[str, Any] = field(default_factory=dict)

    def get(
        self,
        action: str,
        path: str,
        deadline: Deadline,
        *,
        query: Mapping[str, Any] | None = None,
        accept: str = "",
        impersonate: Any = None,
        head: Head | None = None,
    ) -> bytes:
        """A list, as a Table or as objects, of those whose name the field selector tells."""
        query = query or {}
        self.asked.append((path, query, impersonate))
        if self.failure:
            raise self.failure
        *_, plural = path.split("/")
        only = path.partition("/namespaces/")[2].partition("/")[0] or None
        if plural in self.narrow and only is None:
            raise Forbidden(f"{plural} may not be listed")
        wanted = str(query.get("fieldSelector", "")).removeprefix("metadata.name=")
        rows = [
            (namespace, *(one if isinstance(one, tuple) else (one, None)))
            for namespace, names in self.objects.get(plural, {}).items()
            for one in names
            if only in (None, namespace)
        ]
        rows = [row for row in rows if wanted in ("", row[1])]
        return msgspec.json.encode(_table(rows, query) if "as=Table" in accept else _nodes(rows))

    def close(self) -> None:
        """Nothing is open."""


def _table(rows: list[tuple[str, str, Any]], query: Mapping[str, Any]) -> dict[str, Any]:
    def whole(namespace: str, name: str) -> dict[str, Any]:
        return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}}

    bare = query.get("includeObject") == "None"
    return {
        "metadata": {},
        "columnDefinitions": [{"name": "Name"}, {"name": "Ready"}, {"name": "Status"}],
        "rows": [
            {
                "cells": [name, "1/1", status or "Running"],
                "object": None if bare else whole(namespace, name),
            }
            for namespace, name, status in rows
        ],
    }


def _nodes(rows: list[tuple[str, str, Any]]) -> dict[str, Any]:
    def ready(status: Any) -> str:
        return "False" if status is False else "True"

    return {
        "metadata": {},
        "items": [
            {
                "metadata": {"name": name},
                "status": {"conditions": [{"type": "Ready", "status": ready(status)}]},
            }
            for _, name, status in rows
        ],
    }


class Tellers(Watched):
    """A connector to clusters that are told, by the id of their connections."""

    def __init__(self, clusters: Mapping[str, Told]) -> None:
        super().__init__(*clusters)
        self.clusters = clusters
        self.described = 0

    def ask(self, connection_id: str, deadline: Deadline, job: Callable[[Cluster], T]) -> T:
        return job(Cluster(self.clusters[connection_id]))

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> Any:
        self.described += 1
        return self.list_connected_clusters()

    def support(self, connections: Any, *, deadline: float = 2.5) -> dict[str, Any]:
        return {}
