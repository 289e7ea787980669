"""Every way a cluster can fail on demand, and that it works again afterwards."""

import json
import threading
import time
from collections.abc import Iterator

import pytest
import urllib3
from kubernetes import client

from playground.feed import Feed
from playground.fleet import Cluster, Fleet
from playground.kubernetes.server import Entry
from tests.playground.eks_client import Raw, core, token


@pytest.fixture
def web(fleet: Fleet) -> Cluster:
    return fleet.cluster("prod-web")


@pytest.fixture
def bearer(fleet: Fleet) -> str:
    return token(fleet.users["web-bot"], "prod-web", "us-east-1")


@pytest.fixture
def raw(web: Cluster, bearer: str) -> Iterator[Raw]:
    raw = Raw(web, bearer)
    yield raw
    web.faults.clear()
    assert raw.get("/api/v1/namespaces")[0] == 200


def test_too_many_requests_for_a_while(web: Cluster, raw: Raw) -> None:
    web.faults.status(429, times=2, retry_after=1)
    for _ in range(2):
        answer = raw.request("/api/v1/pods", query={"limit": "1"})
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert answer.data == b"Too many requests, please try again later.\n"
    assert raw.get("/api/v1/pods", limit="1")[0] == 200


@pytest.mark.parametrize(
    ("code", "reason"), [(500, "InternalError"), (503, "ServiceUnavailable"), (504, "Timeout")]
)
def test_a_server_in_trouble_until_cleared(
    web: Cluster, raw: Raw, bearer: str, code: int, reason: str
) -> None:
    web.faults.status(code)
    for _ in range(3):
        status, body = raw.get("/api/v1/pods")
        assert (status, body["reason"], body["status"]) == (code, reason, "Failure")
    with pytest.raises(client.ApiException) as raised:
        core(web, bearer).list_namespace()
    assert raised.value.status == code


def test_a_request_that_hangs_is_let_go_by_clear(web: Cluster, raw: Raw) -> None:
    web.faults.hang()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        raw.request("/api/v1/namespaces", timeout=0.2)
    statuses = []
    waiting = threading.Thread(target=lambda: statuses.append(raw.get("/api/v1/namespaces")[0]))
    waiting.start()
    waiting.join(0.2)
    assert statuses == []
    web.faults.clear()
    waiting.join(30)
    assert statuses == [200]


def test_a_cluster_that_hangs_leaves_the_others_alone(fleet: Fleet, web: Cluster, raw: Raw) -> None:
    web.faults.hang()
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        raw.request("/version", timeout=0.1)
    sydney = fleet.cluster("edge-sydney")
    other = Raw(sydney, token(fleet.users["web-bot"], sydney.name, sydney.region))
    assert other.get("/api/v1/namespaces")[0] == 200


def test_slow_is_per_page(web: Cluster, raw: Raw) -> None:
    web.faults.slow(60)
    assert raw.get("/version")[0] == 200
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        raw.request("/api/v1/nodes", query={"limit": "1"}, timeout=0.3)
    web.faults.slow(0.3)
    started = time.monotonic()
    assert raw.get("/api/v1/nodes", limit="1")[0] == 200
    assert time.monotonic() - started >= 0.3


def test_a_trickle_comes_byte_by_byte_and_the_rest_with_clear(web: Cluster, raw: Raw) -> None:
    web.faults.trickle()
    answer = raw.request("/api/v1/namespaces", preload=False)
    assert answer.status == 200
    parts = answer.stream(1)
    beginning = next(parts) + next(parts)
    assert beginning == b'{"'
    web.faults.clear()
    assert json.loads(beginning + b"".join(parts))["kind"] == "NamespaceList"


def test_a_reset_breaks_the_connection(web: Cluster, raw: Raw) -> None:
    web.faults.reset()
    with pytest.raises(urllib3.exceptions.ProtocolError) as raised:
        raw.get("/api/v1/namespaces")
    assert isinstance(raised.value.args[1], ConnectionResetError)


def test_tokens_can_be_refused_from_now_on(web: Cluster, raw: Raw) -> None:
    assert raw.get("/api/v1/namespaces")[0] == 200
    web.faults.reject_tokens()
    assert raw.get("/api/v1/namespaces")[0] == 401
    assert list(web.log)[-1].note == "tokens are rejected on demand"


def test_continue_tokens_can_be_expired_and_a_new_list_begun(web: Cluster, raw: Raw) -> None:
    _, page = raw.get("/api/v1/pods", limit="10")
    web.faults.expire_continue()
    status, body = raw.get("/api/v1/pods", limit="10", **{"continue": page["metadata"]["continue"]})
    assert (status, body["reason"]) == (410, "Expired")
    _, again = raw.get("/api/v1/pods", limit="10")
    assert raw.get("/api/v1/pods", limit="10", **{"continue": again["metadata"]["continue"]})[0] == 200


def test_a_pod_starts_to_crash_and_heals(web: Cluster, raw: Raw) -> None:
    victim = next(p for p in web.pods if p.ready and p.workload.owner_kind == "Deployment")
    pod = f"/api/v1/namespaces/{victim.namespace}/pods/{victim.name}"
    owner = f"/apis/apps/v1/namespaces/{victim.namespace}/deployments/{victim.workload.name}"
    _, list_before = raw.get("/api/v1/nodes", limit="1")
    ready_before = raw.get(owner)[1]["status"]["readyReplicas"]

    web.faults.crash(victim.namespace, victim.name)
    web.faults.crash(victim.namespace, victim.name)
    (status,) = raw.get(pod)[1]["status"]["containerStatuses"][:1]
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert (status["ready"], status["restartCount"]) == (False, 3)
    ended = time.strptime(status["lastState"]["terminated"]["finishedAt"], "%Y-%m-%dT%H:%M:%SZ")
    assert 0 <= time.mktime(time.gmtime()) - time.mktime(ended) < 30
    assert raw.get(owner)[1]["status"].get("readyReplicas", 0) == ready_before - 1
    _, list_after = raw.get("/api/v1/nodes", limit="1")
    assert int(list_after["metadata"]["resourceVersion"]) > int(list_before["metadata"]["resourceVersion"])

    web.faults.clear()
    assert "running" in raw.get(pod)[1]["status"]["containerStatuses"][0]["state"]
    assert raw.get(owner)[1]["status"]["readyReplicas"] == ready_before


def test_a_pod_that_is_not_there_cannot_crash(web: Cluster) -> None:
    with pytest.raises(KeyError):
        web.faults.crash("default", "nope")


def test_the_log_tells_what_was_asked_and_followers_hear_it(web: Cluster, raw: Raw) -> None:
    heard: list[Entry] = []
    unsubscribe = web.log.subscribe(heard.append)
    raw.get("/api/v1/pods", limit="3")
    unsubscribe()
    raw.get("/version")
    (entry,) = heard
    assert (entry.cluster, entry.method, entry.path, entry.query) == (
        "prod-web",
        "GET",
        "/api/v1/pods",
        "limit=3",
    )
    assert (entry.status, entry.identity) == (200, "arn:aws:iam::444455556666:user/web-bot")
    assert entry.bytes > 10_000
    assert entry.milliseconds > 0
    assert web.log.wait_for(lambda e: e.path == "/version" and e.status > 0).status == 200


def test_the_log_holds_no_token(web: Cluster, raw: Raw, bearer: str) -> None:
    raw.get("/api/v1/namespaces")
    Raw(web, bearer[:-3]).get("/api/v1/namespaces")
    written = " ".join(map(repr, web.log))
    assert bearer[:40] not in written
    assert "X-Amz-Signature" not in written


def test_a_feed_keeps_the_newest_and_says_what_it_saw_when_nothing_comes() -> None:
    feed: Feed[int] = Feed(keep=3)
    for number in range(5):
        feed.append(number)
    assert (list(feed), len(feed)) == ([2, 3, 4], 3)
    with pytest.raises(AssertionError, match=r"\[2, 3, 4\]"):
        feed.wait_for(lambda number: number == 0, timeout=0.05)
    later = threading.Timer(0.05, feed.append, [9])
    later.start()
    assert feed.wait_for(lambda number: number == 9) == 9
