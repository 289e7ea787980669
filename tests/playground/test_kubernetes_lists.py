"""Lists, pages and single objects, asked for with the kubernetes client and with plain HTTP, over TLS."""

import base64
import gzip
import json
from typing import Any

import pytest
from kubernetes import client

from playground.fleet import Cluster, Fleet
from tests.playground.eks_client import Raw, core, recorded, token


@pytest.fixture
def payments(fleet: Fleet) -> Cluster:
    return fleet.cluster("prod-payments")


@pytest.fixture
def raw(fleet: Fleet, payments: Cluster) -> Raw:
    return Raw(payments, bearer(fleet, payments))


def bearer(fleet: Fleet, cluster: Cluster, user: str = "payments-bot") -> str:
    return token(fleet.users[user], cluster.name, cluster.region)


def names(listing: Any) -> list[str]:
    return [item["metadata"]["name"] for item in listing["items"]]


def test_ten_thousand_pods_come_in_pages_each_once(fleet: Fleet, payments: Cluster) -> None:
    api = core(payments, bearer(fleet, payments))
    seen: list[tuple[str, str]] = []
    versions, following = set(), None
    while True:
        answer = api.list_pod_for_all_namespaces(limit=500, _continue=following, _preload_content=False)
        page = json.loads(answer.data)
        assert (page["kind"], page["apiVersion"]) == ("PodList", "v1")
        seen += [(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in page["items"]]
        versions.add(page["metadata"]["resourceVersion"])
        assert page["metadata"].get("remainingItemCount", 0) == 10_000 - len(seen)
        following = page["metadata"].get("continue")
        if not following:
            break
    assert seen == [(pod.namespace, pod.name) for pod in payments.pods]
    assert len(versions) == 1


@pytest.mark.parametrize("limit", ["", "0", "1", "7", "5000"])
def test_a_page_is_as_long_as_asked(raw: Raw, payments: Cluster, limit: str) -> None:
    everything = payments.names("services")
    _, page = raw.get("/api/v1/services", limit=limit)
    expected = everything[: int(limit or 0) or None]
    assert names(page) == list(expected)
    assert page["metadata"].get("remainingItemCount", 0) == len(everything) - len(expected)


def test_the_models_of_the_client_read_every_kind(fleet: Fleet, payments: Cluster) -> None:
    api = core(payments, bearer(fleet, payments))
    apps = client.AppsV1Api(api.api_client)
    pod = api.list_namespaced_pod("payments", limit=1).items[0]
    assert pod.metadata.namespace == "payments"
    assert pod.status.container_statuses[0].state.running.started_at >= pod.metadata.creation_timestamp
    assert [n.metadata.name for n in api.list_namespace().items] == list(payments.names("namespaces"))
    assert [n.metadata.name for n in api.list_node().items] == list(payments.names("nodes"))
    assert {s.metadata.name for s in api.list_namespaced_service("payments").items} == set(
        payments.names("services", "payments")
    )
    deployments = apps.list_namespaced_deployment("payments").items
    assert [d.metadata.name for d in deployments] == list(payments.names("deployments", "payments"))
    assert client.VersionApi(api.api_client).get_code().git_version.startswith("v1.34.")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/pods", "PodList"),
        ("/api/v1/namespaces/ledger/pods", "PodList"),
        ("/api/v1/services", "ServiceList"),
        ("/api/v1/namespaces", "NamespaceList"),
        ("/api/v1/nodes", "NodeList"),
        ("/apis/apps/v1/deployments", "DeploymentList"),
        ("/apis/apps/v1/namespaces/ledger/deployments", "DeploymentList"),
    ],
)
def test_every_list_names_its_kind(raw: Raw, path: str, kind: str) -> None:
    status, page = raw.get(path, limit="2")
    assert (status, page["kind"]) == (200, kind)
    assert len(page["items"]) == 2


def test_one_object_comes_with_its_kind(raw: Raw, payments: Cluster) -> None:
    pod = payments.pods[1234]
    status, found = raw.get(f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}")
    assert (status, found["kind"], found["apiVersion"]) == (200, "Pod", "v1")
    assert found["metadata"]["name"] == pod.name
    status, found = raw.get("/api/v1/namespaces/ledger")
    assert (status, found["kind"], found["metadata"]["name"]) == (200, "Namespace", "ledger")
    status, found = raw.get(f"/apis/apps/v1/namespaces/ledger/deployments/{'ledger-api'}")
    assert (status, found["kind"], found["apiVersion"]) == (200, "Deployment", "apps/v1")


def test_an_unknown_name_is_not_found_as_recorded(raw: Raw) -> None:
    real = recorded("404-pod")
    assert raw.get("/api/v1/namespaces/default/pods/nope") == (real["status"], real["body"])
    status, body = raw.get("/apis/apps/v1/namespaces/default/deployments/nope")
    assert (status, body["message"]) == (404, 'deployments.apps "nope" not found')
    assert body["details"] == {"name": "nope", "group": "apps", "kind": "deployments"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/widgets",
        "/apis/metrics.k8s.io/v1/pods",
        "/nope",
        "/api/v1/deployments",
        "/apis/apps/v1beta1/deployments",
        "/api/v1/namespaces/default/nodes",
        "/api/v1/namespaces/default/services/kubernetes/log",
    ],
)
def test_an_unknown_resource_is_not_found_as_recorded(raw: Raw, path: str) -> None:
    real = recorded("404-resource")
    answer = raw.request(path)
    assert (answer.status, answer.data.decode()) == (real["status"], real["body"])
    assert answer.headers["Content-Type"] == real["headers"]["Content-Type"]


def test_an_unknown_namespace_is_empty(raw: Raw) -> None:
    real = recorded("list-unknown-namespace")
    status, page = raw.get("/api/v1/namespaces/nope/pods")
    assert status == real["status"]
    assert page | {"metadata": None} == real["body"] | {"metadata": None}
    assert page["metadata"].keys() == real["body"]["metadata"].keys()


@pytest.mark.parametrize(
    ("selector", "matches"),
    [
        ("app=ledger-api", lambda labels: labels["app"] == "ledger-api"),
        (
            "team in (ledger, fraud),tier!=api",
            lambda ls: ls["team"] in {"ledger", "fraud"} and ls["tier"] != "api",
        ),
        ("batch.kubernetes.io/job-name", lambda labels: "batch.kubernetes.io/job-name" in labels),
        (
            "!pod-template-hash,tier notin (redis)",
            lambda ls: "pod-template-hash" not in ls and ls["tier"] != "redis",
        ),
    ],
)
def test_label_selectors_choose_and_take_the_count_away(
    raw: Raw, payments: Cluster, selector: str, matches: Any
) -> None:
    expected = [pod.name for pod in payments.pods if matches(pod.labels)]
    assert len(expected) > 5
    found, following = [], ""
    while True:
        query = {"continue": following} if following else {}
        _, page = raw.get("/api/v1/pods", labelSelector=selector, limit="400", **query)
        found += names(page)
        following = page["metadata"].get("continue", "")
        assert "remainingItemCount" not in page["metadata"]
        if not following:
            break
    assert found == expected


def test_field_selectors_choose(raw: Raw, payments: Cluster) -> None:
    node = payments.pods[0].node[0]
    _, page = raw.get("/api/v1/pods", fieldSelector=f"spec.nodeName={node},status.phase=Running")
    assert names(page) == [
        p.name for p in payments.pods if p.field("spec.nodeName") == node and p.state.phase == "Running"
    ]
    _, page = raw.get("/api/v1/pods", fieldSelector="status.phase!=Running,metadata.namespace!=default")
    assert names(page) == [p.name for p in payments.pods if p.state.phase != "Running"]
    name = payments.pods[77].name
    _, page = raw.get("/api/v1/pods", fieldSelector=f"metadata.name=={name}")
    assert names(page) == [name]
    _, page = raw.get("/api/v1/nodes", fieldSelector="spec.unschedulable=true")
    assert len(page["items"]) == 2
    _, page = raw.get("/api/v1/services", fieldSelector="spec.type=ExternalName")
    assert names(page) == ["warehouse"]


def test_bad_selectors_are_refused_as_recorded(raw: Raw) -> None:
    for query, name in (
        ({"labelSelector": "a===b"}, "400-selector"),
        ({"fieldSelector": "spec.nope=1"}, "400-field-selector"),
    ):
        real = recorded(name)
        assert raw.get("/api/v1/pods", **query) == (real["status"], real["body"])
    status, body = raw.get("/apis/apps/v1/deployments", fieldSelector="spec.nope=1")
    message = '"spec.nope" is not a known field selector: only "metadata.name", "metadata.namespace"'
    assert (status, body["message"]) == (400, message)


def as_token(key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def test_a_garbled_continue_token_is_refused_as_recorded(raw: Raw) -> None:
    real = recorded("400-continue")
    following = base64.urlsafe_b64encode(b"\x9e").decode().rstrip("=")
    assert raw.get("/api/v1/pods", **{"continue": following}) == (real["status"], real["body"])


@pytest.mark.parametrize(
    "following",
    [
        "nö",
        "====",
        "e30",
        as_token([]),
        as_token("x"),
        as_token({"v": "meta.k8s.io/v2", "rv": 1, "start": "/a\0"}),
        as_token({"v": "meta.k8s.io/v1", "rv": 0, "start": "/a\0"}),
        as_token({"v": "meta.k8s.io/v1", "rv": "1", "start": "/a\0"}),
        as_token({"v": "meta.k8s.io/v1", "rv": 1, "start": "a"}),
        as_token({"v": "meta.k8s.io/v1", "rv": 1}),
        base64.urlsafe_b64encode(b"[" * 4_000).decode().rstrip("="),
    ],
)
def test_any_other_continue_token_is_refused(raw: Raw, following: str) -> None:
    status, body = raw.get("/api/v1/pods", **{"continue": following})
    assert (status, body["reason"]) == (400, "BadRequest")
    assert body["message"].startswith("invalid continue token: continue key is not valid: ")


def test_an_old_continue_token_is_gone_but_offers_to_go_on_regardless(raw: Raw, payments: Cluster) -> None:
    start = f"/{payments.pods[99].namespace}/{payments.pods[99].name}\0"
    # Five minutes of history at four writes a second lie far behind the first version of all.
    old = as_token({"v": "meta.k8s.io/v1", "rv": 10_000, "start": start})
    status, body = raw.get("/api/v1/pods", **{"continue": old}, limit="3")
    assert (status, body["reason"]) == (410, "Expired")
    assert body["message"].startswith("The provided continue parameter is too old")
    status, page = raw.get("/api/v1/pods", **{"continue": body["metadata"]["continue"]}, limit="3")
    assert (status, names(page)) == (200, [pod.name for pod in payments.pods[100:103]])


@pytest.mark.parametrize("limit", ["abc", "1.5", "٣", "-", "9" * 5_000])
def test_a_limit_is_a_number(raw: Raw, limit: str) -> None:
    status, body = raw.get("/api/v1/pods", limit=limit)
    assert (status, body["reason"]) == (400, "BadRequest")


def test_a_resource_version_may_be_old_but_not_of_the_future(raw: Raw) -> None:
    _, page = raw.get("/api/v1/nodes", limit="2")
    now = page["metadata"]["resourceVersion"]
    for version in ("0", now):
        assert raw.get("/api/v1/nodes", resourceVersion=version, limit="2")[0] == 200
    status, body = raw.get("/api/v1/nodes", resourceVersion=str(int(now) + 100_000))
    assert (status, body["reason"]) == (504, "Timeout")
    for version in ("x", "-1", "9" * 5_000):
        assert raw.get("/api/v1/nodes", resourceVersion=version)[0] == 400
    following = page["metadata"]["continue"]
    assert raw.get("/api/v1/nodes", resourceVersion=now, **{"continue": following})[0] == 400


def test_a_long_answer_is_compressed_when_asked(raw: Raw) -> None:
    plain = raw.request("/api/v1/pods", query={"limit": "50"})
    assert "Content-Encoding" not in plain.headers
    asked = {"Accept-Encoding": "gzip"}
    packed = raw.request("/api/v1/pods", query={"limit": "50"}, headers=asked, preload=False)
    content = packed.read(decode_content=False)
    packed.release_conn()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(content) < len(plain.data) / 5
    assert json.loads(gzip.decompress(content))["items"] == json.loads(plain.data)["items"]
    short = raw.request("/api/v1/namespaces", headers=asked)
    assert "Content-Encoding" not in short.headers


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", 200),
        ("application/vnd.kubernetes.protobuf,application/json", 200),
        ("application/json;as=Table;v=v1beta1;g=meta.k8s.io", 406),
        ("application/json;as=APIGroupDiscoveryList;v=v2beta1;g=apidiscovery.k8s.io", 406),
        ("application/yaml", 406),
        ("text/html", 406),
    ],
)
def test_only_json_is_served(raw: Raw, accept: str, status: int) -> None:
    for path in ("/api/v1/namespaces", "/api/v1"):
        answer = raw.request(path, headers={"Accept": accept})
        assert answer.status == status
        if status == 406:
            assert json.loads(answer.data)["reason"] == "NotAcceptable"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_changed(raw: Raw, method: str) -> None:
    answer = raw.request("/api/v1/namespaces/default/pods/x", method)
    assert (answer.status, json.loads(answer.data)["reason"]) == (405, "MethodNotAllowed")


def test_one_connection_serves_many_requests(fleet: Fleet, payments: Cluster) -> None:
    raw = Raw(payments, bearer(fleet, payments))
    for _ in range(5):
        raw.get("/version")
    assert raw.connections() == 1
