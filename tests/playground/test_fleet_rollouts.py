"""Rollouts in the playground: one that goes on when it is told to, and revisions that fit what their pods are of."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from tests.playground.eks_client import Raw, token


@pytest.fixture
def staging(fleet: Fleet) -> Iterator[Cluster]:
    cluster = fleet.cluster("staging-payments")
    yield cluster
    cluster.faults.clear()


@pytest.fixture
def raw(fleet: Fleet, staging: Cluster) -> Raw:
    return Raw(staging, token(fleet.users["payments-bot"], staging.name, staging.region))


def objects(cluster: Cluster, kind: str) -> list[Any]:
    return [json.loads(record.json()) for record in cluster.records(kind)]


def rolling(cluster: Cluster) -> tuple[Any, dict[str, int], list[str]]:
    """Its status, how many pods each replica set has, and the names of its pods."""
    (deployment,) = (one for one in objects(cluster, "deployments") if one["metadata"]["name"] == "rolling")
    sets = {
        one["metadata"]["name"]: one["status"]["replicas"]
        for one in objects(cluster, "replicasets")
        if one["metadata"]["name"].startswith("rolling-")
    }
    names = [pod.name for pod in cluster.pods if pod.name.startswith("rolling-")]
    return deployment["status"], sets, names


def test_a_rollout_goes_on_pod_by_pod_until_it_is_done(staging: Cluster) -> None:
    seen = []
    for _ in range(3):
        status, sets, names = rolling(staging)
        (progressing,) = (one for one in status["conditions"] if one["type"] == "Progressing")
        seen.append((status["updatedReplicas"], sorted(sets.values()), progressing["reason"]))
        assert sum(sets.values()) == status["replicas"] == len(names) == len(set(names)) == 4
        assert [pod.name for pod in staging.pods] == [
            one["metadata"]["name"] for one in objects(staging, "pods")
        ]
        if status["updatedReplicas"] < 4:
            staging.faults.roll("chaos", "rolling")
    assert seen == [
        (2, [0, 2, 2], "ReplicaSetUpdated"),
        (3, [0, 1, 3], "ReplicaSetUpdated"),
        (4, [0, 0, 4], "NewReplicaSetAvailable"),
    ]


def test_what_is_not_rolling_does_not_go_on(staging: Cluster) -> None:
    staging.faults.roll("chaos", "rolling")
    staging.faults.roll("chaos", "rolling")
    for name in ("rolling", "paused", "crashloop", "nothing"):
        with pytest.raises(KeyError):
            staging.faults.roll("chaos", name)


def test_clear_brings_it_back(staging: Cluster) -> None:
    before = rolling(staging)
    pods = [pod.name for pod in staging.pods]
    staging.faults.roll("chaos", "rolling")
    assert rolling(staging) != before
    staging.faults.clear()
    assert rolling(staging) == before
    assert [pod.name for pod in staging.pods] == pods


def test_watches_are_told_of_it(staging: Cluster, raw: Raw) -> None:
    version = raw.get("/api/v1/pods", limit="1")[1]["metadata"]["resourceVersion"]
    staging.faults.roll("chaos", "rolling")

    def told(path: str) -> list[tuple[str, str]]:
        query = {"watch": "1", "resourceVersion": version, "timeoutSeconds": "1"}
        lines = raw.request(path, query=query).data.splitlines()
        return [(event["type"], event["object"]["metadata"]["name"]) for event in map(json.loads, lines)]

    (gone, old), (come, new) = told("/api/v1/namespaces/chaos/pods")
    assert (gone, come) == ("DELETED", "ADDED")
    assert old != new
    assert told("/apis/apps/v1/namespaces/chaos/deployments") == [("MODIFIED", "rolling")]
    assert len(told("/apis/apps/v1/namespaces/chaos/replicasets")) == 2


@pytest.mark.parametrize("kind", ["statefulsets", "daemonsets"])
def test_controller_revisions_belong_to_their_sets(staging: Cluster, kind: str) -> None:
    revisions = objects(staging, "controllerrevisions")
    for owner in objects(staging, kind):
        own = [
            one
            for one in revisions
            if one["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"]
        ]
        assert sorted(one["revision"] for one in own) == [1, 2]
        newest = max(own, key=lambda one: one["revision"])
        template = newest["data"]["spec"]["template"]
        assert template["$patch"] == "replace"
        assert template["spec"]["containers"] == owner["spec"]["template"]["spec"]["containers"]
        assert owner["spec"]["selector"]["matchLabels"].items() <= newest["metadata"]["labels"].items()
        if kind == "statefulsets":
            assert owner["status"]["updateRevision"] == newest["metadata"]["name"]
