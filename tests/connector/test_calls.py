"""Each call to AWS and to a cluster is told once: what, how it ended, how long it took; and no name or id."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest

from connector.aws import Role, SignIn
from connector.connector import EKSConnector
from connector.errors import Failure
from connector.resources import Query
from tests.connector.api_server import Answer, ApiServer
from tests.connector.aws_front import AwsFront, Refusal
from tests.connector.conftest import KEYS, REGION, MakeCluster

ROLE = Role("arn:aws:iam::123456789012:role/reader")


@dataclass
class Heard:
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        with self._lock:
            self.calls.append((service, operation, outcome))
            self.seconds.append(seconds)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def connector(heard: Heard) -> EKSConnector:
    return EKSConnector(on_call=heard)


def test_connecting_and_looking_are_told_call_by_call(
    connector: EKSConnector, heard: Heard, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    api.put("/api/v1/pods", [])
    made = connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    connector.get_resources(made.id, Query("pods"))
    assert heard.calls == [
        ("aws:sts", "GetCallerIdentity", "ok"),
        ("aws:eks", "DescribeCluster", "ok"),
        ("kubernetes", "get version", "ok"),
        ("kubernetes", "list namespaces", "ok"),
        ("kubernetes", "list pods", "ok"),
    ]
    assert all(0 < seconds < 20 for seconds in heard.seconds)
    connector.close()


def test_keys_and_a_role_are_told_too(
    connector: EKSConnector, heard: Heard, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    connector.connect_with_aws_credentials("prod", REGION, KEYS, role=ROLE, connected_by="U1")
    aws = Counter(call for call in heard.calls if call[0].startswith("aws:"))
    assert aws == {
        ("aws:sts", "GetCallerIdentity", "ok"): 2,
        ("aws:sts", "GetSessionToken", "ok"): 1,
        ("aws:sts", "AssumeRole", "ok"): 1,
        ("aws:eks", "DescribeCluster", "ok"): 1,
    }
    connector.close()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Refusal("AccessDeniedException", "no"), "AccessDenied"),
        (Refusal("ThrottlingException", "slow", 400), "Throttled"),
        (Refusal("InternalFailure", "oh", 500), "ServerError"),
        (Refusal("ResourceNotFoundException", "gone", 404), "ClusterNotFound"),
    ],
)
def test_a_refusal_of_aws_is_told_by_its_name_and_once_whatever_is_tried(
    connector: EKSConnector, heard: Heard, aws: AwsFront, fault: Refusal, outcome: str
) -> None:
    aws.faults["DescribeCluster"] = fault
    with pytest.raises(Failure) as caught:
        connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    assert type(caught.value).__name__ == outcome
    told = [call for call in heard.calls if call[1] == "DescribeCluster"]
    assert told == [("aws:eks", "DescribeCluster", outcome)]
    connector.close()


def test_an_aws_that_is_not_there_is_told(
    connector: EKSConnector, heard: Heard, aws: AwsFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Failure):
        connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    assert heard.calls == [("aws:sts", "GetCallerIdentity", "Unreachable")]


def test_a_cluster_that_fails_is_told_with_all_its_tries_as_one(
    connector: EKSConnector, heard: Heard, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    made = connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    heard.calls.clear()
    heard.seconds.clear()
    api.will_answer("/api/v1/pods", *[Answer(503)] * 3)
    for query in (Query("pods"), Query("nodes")):
        with pytest.raises(Failure):
            connector.get_resources(made.id, query)
    assert heard.calls == [
        ("kubernetes", "list pods", "ServerError"),
        ("kubernetes", "list nodes", "NotFound"),
    ]
    # With the pauses between them: 0.25 and 0.5 s.
    assert heard.seconds[0] > 0.7
    connector.close()


def test_discovery_is_told_and_no_name_in_anything(
    connector: EKSConnector, heard: Heard, make_cluster: MakeCluster
) -> None:
    for name in ("CANARY-a", "CANARY-b"):
        make_cluster(name)
    connector.list_available_clusters(REGION, SignIn(profile="ops"))
    assert Counter(heard.calls) == {
        ("aws:sts", "GetCallerIdentity", "ok"): 1,
        ("aws:eks", "ListClusters", "ok"): 1,
        ("aws:eks", "DescribeCluster", "ok"): 2,
    }
    assert "CANARY" not in str(heard.calls)


def test_kinds_that_a_cluster_names_itself_are_counted_as_one(
    connector: EKSConnector, heard: Heard, make_cluster: MakeCluster, api: ApiServer
) -> None:
    make_cluster("prod", api)
    kinds = [
        {"name": f"things{at}", "kind": f"Thing{at}", "namespaced": True, "verbs": ["list", "get"]}
        for at in range(3)
    ]
    for path, told in {"/api": {}, "/api/v1": {"resources": kinds}, "/apis": {"groups": []}}.items():
        api.will_answer(path, Answer(body=json.dumps(told).encode()))
    made = connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    for kind in kinds:
        api.put(f"/api/v1/{kind['name']}", [])
        connector.get_resources(made.id, Query(str(kind["name"])))
    counted = Counter(operation for service, operation, _ in heard.calls if service == "kubernetes")
    assert (counted["list other kinds"], [one for one in counted if "things" in one]) == (3, [])
    connector.close()
