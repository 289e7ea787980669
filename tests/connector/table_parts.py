"""What tests of tables ask, and a server that answers it; what is asked goes through the real Cluster."""

import json
from collections.abc import Mapping
from typing import Any, cast

from connector.api import Api
from connector.cluster import Cluster
from connector.errors import NotFound
from connector.lanes import Deadline
from connector.resources import Listing, Query
from connector.tables import listed
from tests.connector.test_kinds import NOW

DISPATCHES = {
    "resource": "dispatches",
    "responseKind": {"kind": "Dispatch"},
    "scope": "Namespaced",
    "singularResource": "dispatch",
    "verbs": ["get", "list"],
    "shortNames": ["dsp"],
}
DISCOVERY = {
    "kind": "APIGroupDiscoveryList",
    "items": [
        {
            "metadata": {"name": "shipyard.example.com"},
            "versions": [{"version": "v1alpha1", "resources": [DISPATCHES]}],
        }
    ],
}
PATH = "/apis/shipyard.example.com/v1alpha1/dispatches"
COLUMNS = [
    {"name": "Name", "type": "string", "format": "name", "priority": 0},
    {"name": "Phase", "type": "string", "priority": 0},
    {"name": "Weight", "type": "integer", "priority": 0},
    {"name": "Age", "type": "date", "priority": 0},
    {"name": "Message", "type": "string", "priority": 1},
]


class Server:
    """An API server's answers, by path; each is given once, and the last one again."""

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        none = {"kind": "APIGroupDiscoveryList", "items": []}
        self.answers: dict[str, list[Any]] = {"/api": [none], "/apis": [DISCOVERY], **answers}
        self.asked: list[tuple[str, dict[str, str | int], str]] = []
        self.facts = {"cluster": "prod", "region": "eu-west-1", "principal": "arn:aws:iam::1:user/ada"}

    def get(
        self, action: str, path: str, deadline: Deadline, *, query: Any = None, accept: str = "", **more: Any
    ) -> bytes:
        self.asked.append((path, dict(query or {}), accept))
        if path not in self.answers:
            raise NotFound(f"There is no {path}")
        waiting = self.answers[path]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


def ask(server: Server, kind: str = "dsp", **query: Any) -> Listing:
    return listed(Cluster(cast(Api, server)), Query(kind, **query), Deadline(10))


def dispatch(
    name: str, phase: str = "Healthy", weight: int = 100, message: str = "", **metadata: Any
) -> dict[str, Any]:
    head = {"name": name, "namespace": "shop", "creationTimestamp": "2026-11-23T06:03:32Z", **metadata}
    return {"cells": [name, phase, weight, "60m", message], "object": {"metadata": head}}


def page(*rows: Any, **metadata: Any) -> dict[str, Any]:
    return {"kind": "Table", "metadata": metadata, "columnDefinitions": COLUMNS, "rows": list(rows)}


def shown(found: Listing, now: float = NOW) -> list[dict[str, str]]:
    return [{one.header: one.cell(row, now).text for one in found.kind.columns} for row in found.rows]


def headers(found: Listing) -> list[str]:
    return [one.header for one in found.kind.columns]
