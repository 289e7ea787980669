"""Discovery, of old and aggregated, beside what a real server answered."""

import json
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from tests.playground.eks_client import Raw, recorded, token

_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def raw_of(fleet: Fleet, name: str, user: str) -> Raw:
    cluster: Cluster = fleet.cluster(name)
    return Raw(cluster, token(fleet.users[user], name, cluster.region))


@pytest.fixture
def raw(fleet: Fleet) -> Raw:
    return raw_of(fleet, "prod-payments", "payments-bot")


def groups(raw: Raw) -> set[str]:
    return {group["name"] for group in raw.get("/apis")[1]["groups"]}


def test_discovery_names_what_is_served(raw: Raw) -> None:
    assert raw.get("/api")[1].keys() == recorded("api-v1")["body"].keys() - {"groupVersion", "resources"} | {
        "versions",
        "serverAddressByClientCIDRs",
    }
    assert {"apps", "batch", "autoscaling", "metrics.k8s.io", "shipyard.example.com"} < groups(raw)
    assert raw.get("/apis/apps")[1]["preferredVersion"]["groupVersion"] == "apps/v1"
    assert raw.get("/version")[1].keys() == recorded("version")["body"].keys()


def test_a_cluster_without_a_group_does_not_name_it(fleet: Fleet) -> None:
    sydney = raw_of(fleet, "edge-sydney", "web-bot")
    assert groups(sydney).isdisjoint({"metrics.k8s.io", "shipyard.example.com"})
    real = recorded("metrics-missing")
    for path in (
        "/apis/metrics.k8s.io/v1beta1/nodes",
        "/apis/metrics.k8s.io/v1beta1",
        "/apis/metrics.k8s.io",
    ):
        answer = sydney.request(path)
        assert (answer.status, answer.data.decode()) == (real["status"], real["body"])


@pytest.mark.parametrize(("path", "name"), [("/api/v1", "api-v1"), ("/apis/apps/v1", "apis-apps-v1")])
def test_a_groups_kinds_are_described_as_recorded(raw: Raw, path: str, name: str) -> None:
    real = recorded(name)["body"]
    _, mine = raw.get(path)
    assert {k: v for k, v in mine.items() if k != "resources"} == {
        k: v for k, v in real.items() if k != "resources"
    }
    expected = {entry["name"]: entry for entry in real["resources"]}
    for entry in mine["resources"]:
        told = expected[entry["name"]]
        assert entry == told | {"verbs": entry["verbs"]} | {"storageVersionHash": None} or entry == {
            key: value for key, value in told.items() if key != "storageVersionHash"
        } | {"verbs": entry["verbs"]}
        assert set(entry["verbs"]) <= set(told["verbs"])
    assert len(mine["resources"]) >= 4


def aggregated(raw: Raw, path: str) -> Any:
    answer = raw.request(path, headers={"Accept": f"{_AGGREGATED},application/json"})
    assert answer.headers["Content-Type"] == recorded("discovery-aggregated-api")["headers"]["Content-Type"]
    return json.loads(answer.data)


def test_aggregated_discovery_describes_kinds_as_recorded(raw: Raw) -> None:
    real = recorded("discovery-aggregated-api")["body"]
    mine = aggregated(raw, "/api")
    assert {k: v for k, v in mine.items() if k != "items"} == {k: v for k, v in real.items() if k != "items"}
    ((core,), (real_core,)) = (document["items"] for document in (mine, real))
    assert core["metadata"] == real_core["metadata"]
    expected = {entry["resource"]: entry for entry in real_core["versions"][0]["resources"]}
    for entry in core["versions"][0]["resources"]:
        told = expected[entry["resource"]]
        for key in ("responseKind", "scope", "singularResource", "shortNames", "categories"):
            assert entry.get(key) == told.get(key)


def test_both_ways_of_discovery_name_the_same(raw: Raw) -> None:
    seen = set()
    for path in ("/api", "/apis"):
        for group in aggregated(raw, path)["items"]:
            for version in group["versions"]:
                name = group["metadata"].get("name", "")
                place = f"/apis/{name}/{version['version']}" if name else f"/api/{version['version']}"
                listed = {each["name"] for each in raw.get(place)[1]["resources"]}
                told = {each["resource"] for each in version["resources"]}
                told |= {
                    f"{each['resource']}/{part['subresource']}"
                    for each in version["resources"]
                    for part in each.get("subresources", [])
                }
                assert listed == told
                seen.add(name)
    assert seen == groups(raw) | {""}
