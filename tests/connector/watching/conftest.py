"""A cluster whose API server tells its watches just what a test wants, and one that nobody watches."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.cluster import Cluster
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import KINDS, Listing, Query
from connector.watching import Budget
from tests.connector.api_server import Answer, ApiServer, wait_until
from tests.connector.reached import reached

PODS = "/api/v1/pods"
VERSION = 10997
"""Of the lists that the server gives."""

WAIT = 15.0

MakeCluster = Callable[..., Cluster]


@pytest.fixture
def budget() -> Budget:
    return Budget(10_000)


@pytest.fixture
def make(api: ApiServer) -> Iterator[MakeCluster]:
    made: list[Cluster] = []

    def cluster(budget: Budget | None) -> Cluster:
        made.append(reached(api, budget))
        return made[-1]

    yield cluster
    for one in made:
        one.close()


@pytest.fixture
def three_pods(api: ApiServer) -> None:
    api.put(PODS, [pod("a"), pod("b", "bank"), pod("c")])


@pytest.fixture
def cluster(make: MakeCluster, budget: Budget) -> Cluster:
    return make(budget)


def pod(name: str, namespace: str = "shop", *, version: int = VERSION, reason: str = "") -> dict[str, Any]:
    """A pod that runs, or one that waits for a reason."""
    state: dict[str, Any] = {"waiting": {"reason": reason}} if reason else {"running": {}}
    return {
        "metadata": {"name": name, "namespace": namespace, "resourceVersion": str(version)},
        "spec": {"containers": [{"name": "main"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "False" if reason else "True"}],
            "containerStatuses": [{"name": "main", "ready": not reason, "restartCount": 0, "state": state}],
        },
    }


def event(kind: str, body: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": body}).encode() + b"\n"


def bookmark(version: int) -> bytes:
    return event("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": str(version)}})


class Told:
    """What one watch is told, as it comes."""

    def __init__(self, api: ApiServer, path: str = PODS) -> None:
        self.pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        api.will_tell(path, Answer(pieces=self.pieces))

    def say(self, *lines: bytes) -> None:
        for line in lines:
            self.pieces.put(line)

    def end(self) -> None:
        self.pieces.put(b"")

    def cut(self) -> None:
        self.pieces.put(None)


def names(found: Listing) -> list[str]:
    return [row.name for row in found.rows]


def listed(cluster: Cluster, who: Impersonate | None = None, seconds: float = 10, **query: Any) -> Listing:
    return cluster.list(KINDS["pods"], Query("pods", **query), Deadline(seconds), None, who)


def watches(api: ApiServer, path: str = PODS) -> list[str]:
    """The version from which each watch of `path` was to be told."""
    return [one.query["resourceVersion"] for one in api.asked(path) if "watch" in one.query]


def lists(api: ApiServer, path: str = PODS) -> int:
    """How many whole lists were begun."""
    return sum(
        "watch" not in one.query and one.query.get("limit") != "1" and "continue" not in one.query
        for one in api.asked(path)
    )


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.startswith("watch ")]


def until(condition: Callable[[], bool]) -> None:
    wait_until(condition, WAIT)


def counted(api: ApiServer) -> int:
    return sum(one.query.get("limit") == "1" for one in api.asked(PODS))
