"""Watches: what there is, what happens, bookmarks, and a version that is too old, as recorded."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from playground.fleet.inventory import Inventory
from playground.fleet.pods import Pod
from playground.kubernetes.journal import Entry, Journal
from playground.kubernetes.pages import Clock
from playground.kubernetes.resources import RESOURCES
from playground.kubernetes.store import Change
from playground.kubernetes.watches import watch
from tests.playground.eks_client import Raw, recorded, token
from tests.playground.kubectl import Kubectl


@pytest.fixture
def web(fleet: Fleet) -> Cluster:
    return fleet.cluster("prod-web")


@pytest.fixture
def raw(fleet: Fleet, web: Cluster) -> Raw:
    return Raw(web, token(fleet.users["web-bot"], web.name, web.region))


@pytest.fixture
def victim(web: Cluster) -> Pod:
    return next(p for p in web.pods if p.ready and p.workload.owner_kind == "Deployment")


def events(raw: Raw, path: str, **query: str) -> Iterator[Any]:
    answer = raw.request(path, query={"watch": "1", **query}, preload=False)
    assert answer.status == 200
    buffered = b""
    for piece in answer.stream(1):
        buffered += piece
        if buffered.endswith(b"\n"):
            yield json.loads(buffered)
            buffered = b""
    assert buffered == b""


def version(raw: Raw) -> str:
    return str(raw.get("/api/v1/nodes", limit="1")[1]["metadata"]["resourceVersion"])


def test_a_crash_is_told_to_those_who_watch(raw: Raw, web: Cluster, victim: Pod) -> None:
    where, now = f"/api/v1/namespaces/{victim.namespace}", version(raw)
    web.faults.crash(victim.namespace, victim.name)
    (pod,) = list(events(raw, f"{where}/pods", resourceVersion=now, timeoutSeconds="1"))
    assert (pod["type"], pod["object"]["kind"], pod["object"]["metadata"]["name"]) == (
        "MODIFIED",
        "Pod",
        victim.name,
    )
    assert "waiting" in pod["object"]["status"]["containerStatuses"][0]["state"]
    assert int(pod["object"]["metadata"]["resourceVersion"]) > int(now)
    told = list(events(raw, f"{where}/events", resourceVersion=now, timeoutSeconds="1"))
    assert {(e["type"], e["object"]["reason"]) for e in told} >= {("ADDED", "BackOff")}
    path = f"/apis/apps/v1/namespaces/{victim.namespace}/deployments"
    (deployment,) = list(events(raw, path, resourceVersion=now, timeoutSeconds="1"))
    assert deployment["object"]["metadata"]["name"] == victim.workload.name

    healed = version(raw)
    web.faults.clear()
    told = list(events(raw, f"{where}/events", resourceVersion=healed, timeoutSeconds="1"))
    assert {(e["type"], e["object"]["reason"]) for e in told} >= {("DELETED", "BackOff")}


def test_a_watch_without_a_version_begins_with_what_there_is(raw: Raw, web: Cluster) -> None:
    found = list(events(raw, "/api/v1/namespaces", timeoutSeconds="1"))
    assert {event["type"] for event in found} == {"ADDED"}
    assert [event["object"]["metadata"]["name"] for event in found] == list(web.names("namespaces"))


def test_selectors_choose_what_is_told(raw: Raw, web: Cluster, victim: Pod) -> None:
    now = version(raw)
    web.faults.crash(victim.namespace, victim.name)
    for selector, count in ((victim.name, 1), ("another", 0)):
        query = {"fieldSelector": f"metadata.name={selector}", "resourceVersion": now, "timeoutSeconds": "1"}
        assert len(list(events(raw, "/api/v1/pods", **query))) == count


def test_bookmarks_come_when_asked_for(raw: Raw) -> None:
    now = version(raw)
    query = {"resourceVersion": now, "timeoutSeconds": "1"}
    assert list(events(raw, "/api/v1/services", **query)) == []
    (mark,) = list(events(raw, "/api/v1/services", **query, allowWatchBookmarks="true"))
    assert mark["type"] == "BOOKMARK"
    assert mark["object"]["kind"] == "Service"
    assert int(mark["object"]["metadata"]["resourceVersion"]) >= int(now)


class Restless(Journal):
    """Something changes right after each look at what has changed."""

    def __init__(self, clock: Clock, change: Change) -> None:
        super().__init__(clock)
        self._change = change

    def since(self, version: int) -> Sequence[Entry]:
        found = super().since(version)
        self.write([self._change])
        return found


def test_no_bookmark_passes_over_a_change_that_was_not_told(web: Cluster) -> None:
    clock = Clock(1_000)
    journal = Restless(clock, Change("MODIFIED", "pods", web.records("pods")[0]))
    query = {"resourceVersion": str(clock.now), "timeoutSeconds": "1", "allowWatchBookmarks": "true"}
    stream = watch(Inventory(web.plan, 7), journal, clock, RESOURCES["v1", "pods"], "", query, as_table=False)

    async def all_of_it() -> list[Any]:
        return [json.loads(line) async for line in stream]

    *changes, mark = asyncio.run(all_of_it())
    assert [mark["type"], *{change["type"] for change in changes}] == ["BOOKMARK", "MODIFIED"]
    told = [int(change["object"]["metadata"]["resourceVersion"]) for change in changes]
    passed = int(mark["object"]["metadata"]["resourceVersion"])
    assert told == [entry.version for entry in journal.since(1_000) if entry.version <= passed]


def test_initial_events_end_with_a_marked_bookmark(raw: Raw, web: Cluster) -> None:
    query = {"sendInitialEvents": "true", "allowWatchBookmarks": "true", "timeoutSeconds": "1"}
    found = list(events(raw, "/api/v1/nodes", **query, resourceVersionMatch="NotOlderThan"))
    count = len(web.names("nodes"))
    assert [event["type"] for event in found[:count]] == ["ADDED"] * count
    assert found[count]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


def test_a_version_that_is_too_old_is_an_error_event_as_recorded(raw: Raw) -> None:
    real = recorded("410-watch")["body"]
    (mine,) = list(events(raw, "/api/v1/pods", resourceVersion="1"))
    current = mine["object"]["message"].rpartition("(")[2]
    expected = real["object"]["message"].replace("10716)", current)
    assert mine == {"type": "ERROR", "object": real["object"] | {"message": expected}}


def test_a_version_of_the_future_and_a_watch_of_usage_are_refused(raw: Raw) -> None:
    assert raw.get("/api/v1/pods", watch="1", resourceVersion="99999999")[0] == 504
    assert raw.get("/apis/metrics.k8s.io/v1beta1/nodes", watch="1")[0] == 405
    assert raw.get("/api/v1/pods", watch="1", timeoutSeconds="x")[0] == 400
    table = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
    query = {"watch": "1", "includeObject": "All"}
    assert raw.request("/api/v1/pods", headers=table, query=query).status == 400


def test_watching_is_a_right_of_its_own(raw: Raw, web: Cluster) -> None:
    web.access.deny("system:masters", "watch", "pods")
    status, body = raw.get("/api/v1/pods", watch="true")
    assert status == 403
    assert 'cannot watch resource "pods"' in body["message"]


def test_what_happens_later_is_told_at_once(raw: Raw, web: Cluster, victim: Pod) -> None:
    told = events(raw, "/api/v1/pods", resourceVersion=version(raw), timeoutSeconds="20")
    threading.Timer(0.2, web.faults.crash, (victim.namespace, victim.name)).start()
    assert next(told)["object"]["metadata"]["name"] == victim.name


def test_kubectl_waits_for_rollouts_and_says_when_they_are_stuck(fleet: Fleet, tmp_path: Path) -> None:
    staging = fleet.cluster("staging-payments")
    kubectl = Kubectl(staging, token(fleet.users["payments-bot"], staging.name, staging.region), tmp_path)
    assert "successfully rolled out" in kubectl("rollout", "status", "deploy/running-two", "-n", "chaos")
    told = kubectl.fails("rollout", "status", "deploy/image-backoff", "-n", "chaos")
    assert 'deployment "image-backoff" exceeded its progress deadline' in told
    waits = kubectl.run("rollout", "status", "deploy/rolling", "-n", "chaos", "--timeout", "1s")
    assert "2 out of 4 new replicas have been updated" in waits.stdout


def test_kubectl_get_watches(fleet: Fleet, web: Cluster, victim: Pod, tmp_path: Path) -> None:
    kubectl = Kubectl(web, token(fleet.users["web-bot"], web.name, web.region), tmp_path)
    # A list is watched from its own version on; of a single object kubectl swallows what happens before it watches.
    only = f"--field-selector=metadata.name={victim.name}"
    words = ("get", "pods", only, "-n", victim.namespace, "--watch", "--no-headers")
    with kubectl.follows(*words) as watching:
        assert "Running" in watching.wait_for(victim.name)
        web.faults.crash(victim.namespace, victim.name)
        assert watching.wait_for("CrashLoopBackOff").startswith(victim.name)
