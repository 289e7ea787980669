"""Logs over HTTP: whose, how much, since when, and every refusal word for word."""

import json
import time

import pytest

from playground.fleet import Cluster, Fleet
from playground.fleet.pods import Pod
from playground.fleet.words import CANARY
from playground.kubernetes.tables.text import epoch
from tests.playground.eks_client import Raw, recorded, token


@pytest.fixture
def staging(fleet: Fleet) -> Cluster:
    return fleet.cluster("staging-payments")


@pytest.fixture
def raw(fleet: Fleet, staging: Cluster) -> Raw:
    return Raw(staging, token(fleet.users["payments-bot"], staging.name, staging.region))


def pod_of(cluster: Cluster, workload: str) -> Pod:
    return next(p for p in cluster.pods if p.workload.name == workload and p.namespace == "chaos")


def path_of(pod: Pod) -> str:
    return f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log"


def read(raw: Raw, pod: Pod, **query: str) -> list[str]:
    answer = raw.request(path_of(pod), query=query)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    return answer.data.decode().splitlines()


def refused(raw: Raw, pod: Pod, **query: str) -> tuple[int, str]:
    answer = raw.request(path_of(pod), query=query)
    return answer.status, json.loads(answer.data)["message"]


def test_the_same_moment_reads_the_same_and_ends_now(raw: Raw, staging: Cluster) -> None:
    pod = pod_of(staging, "running-two")
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
    first = read(raw, pod, container="app", sinceTime=since, timestamps="true")
    again = read(raw, pod, container="app", sinceTime=since, timestamps="true")
    assert again[: len(first)] == first
    assert 25 <= len(first) <= 32
    moments = [epoch(line) for line in first]
    assert moments == sorted(moments)
    assert moments[0] >= epoch(since)
    assert time.time() - moments[-1] < 10


def test_containers_write_different_things_and_all_begin_at_the_start(raw: Raw, staging: Cluster) -> None:
    pod = pod_of(staging, "err-image-pull")
    crashed = pod_of(staging, "crashloop")
    assert 'msg="starting" service=crashloop container=app' in read(raw, crashed)[0]
    two = pod_of(staging, "running-two")
    assert read(raw, two, container="app", tailLines="9") != read(raw, two, container="proxy", tailLines="9")
    assert refused(raw, pod) == (
        400,
        f'container "app" in pod "{pod.name}" is waiting to start: image can\'t be pulled',
    )


def test_how_much_is_read_can_be_limited(raw: Raw, staging: Cluster) -> None:
    pod = pod_of(staging, "restarted-lately")
    assert len(read(raw, pod, tailLines="7")) == 7
    assert read(raw, pod, tailLines="0") == []
    assert len(raw.request(path_of(pod), query={"limitBytes": "100"}).data) == 100
    assert 5 <= len(read(raw, pod, sinceSeconds="15")) <= 10
    assert len(read(raw, pod)) <= 5_003


def test_logs_hold_what_looks_like_credentials(raw: Raw, staging: Cluster) -> None:
    text = "\n".join(read(raw, pod_of(staging, "running-two"), container="app"))
    for shape in ("Authorization: Bearer ", "api_key=", 'password="'):
        assert shape + CANARY in text
    assert f"postgres://crashloop:{CANARY}" in "".join(read(raw, pod_of(staging, "crashloop")))


def test_a_crashed_container_has_its_last_run_and_the_one_before(raw: Raw, staging: Cluster) -> None:
    pod = pod_of(staging, "crashloop")
    assert read(raw, pod) == read(raw, pod, previous="true")
    assert any(line.startswith("panic: ") for line in read(raw, pod))
    killed = pod_of(staging, "oom-then-running")
    assert "allocating batch" in read(raw, killed, previous="true")[-1]
    assert "allocating batch" not in "".join(read(raw, killed, tailLines="5"))


def test_an_unknown_or_missing_container_is_refused_as_recorded(raw: Raw, staging: Cluster) -> None:
    pod = pod_of(staging, "running-two")
    for query, name in (({"container": "zzz"}, "logs-bad-container"), ({}, "logs-which-container")):
        real = recorded(name)
        expected = real["body"]["message"].replace("running-two", pod.name)
        assert refused(raw, pod, **query) == (real["status"], expected)


@pytest.mark.parametrize(
    ("workload", "query", "why"),
    [
        ("config-error", {}, 'container "app" in pod "{}" is waiting to start: CreateContainerConfigError'),
        (
            "image-backoff",
            {},
            'container "app" in pod "{}" is waiting to start: trying and failing to pull image',
        ),
        ("init-first", {}, 'container "app" in pod "{}" is waiting to start: PodInitializing'),
        (
            "running-two",
            {"container": "app", "previous": "true"},
            'previous terminated container "app" in pod "{}" not found',
        ),
        ("evicted", {}, 'container "app" in pod "{}" is not available'),
        (
            "running-two",
            {"container": "app", "tailLines": "x"},
            'strconv.ParseInt: parsing "x": invalid syntax',
        ),
    ],
)
def test_what_cannot_be_read_is_refused(
    raw: Raw, staging: Cluster, workload: str, query: dict[str, str], why: str
) -> None:
    pod = pod_of(staging, workload)
    assert refused(raw, pod, **query) == (400, why.format(pod.name))


@pytest.mark.parametrize("query", [{"tailLines": "-1"}, {"sinceSeconds": "0"}, {"limitBytes": "0"}])
def test_senseless_numbers_are_invalid(raw: Raw, staging: Cluster, query: dict[str, str]) -> None:
    assert refused(raw, pod_of(staging, "restarted-lately"), **query)[0] == 422


def test_a_pod_without_a_node_has_no_lines(raw: Raw, staging: Cluster) -> None:
    assert read(raw, pod_of(staging, "unschedulable")) == []


def test_a_node_that_is_down_cannot_be_asked(raw: Raw, staging: Cluster) -> None:
    (down,) = (
        node["metadata"]["name"]
        for node in (json.loads(record.json()) for record in staging.records("nodes"))
        if any(c["type"] == "Ready" and c["status"] == "False" for c in node["status"]["conditions"])
    )
    pod = next(p for p in staging.pods if p.node[0] == down and p.workload.name == "kube-proxy")
    status, message = refused(raw, pod)
    assert status == recorded("logs-no-kubelet")["status"]
    assert message.startswith(
        f'Get "https://{down}:10250/containerLogs/kube-system/{pod.name}/kube-proxy": dial'
    )


def test_a_pod_that_begins_to_crash_is_read_by_its_last_run(raw: Raw, fleet: Fleet, staging: Cluster) -> None:
    victim = next(
        p for p in staging.pods if p.namespace == "payouts" and p.ready and len(p.workload.containers) == 1
    )
    staging.faults.crash(victim.namespace, victim.name)
    assert any(line.startswith("panic: ") for line in read(raw, victim))
    _, events = raw.get(
        "/api/v1/namespaces/payouts/events", fieldSelector=f"involvedObject.name={victim.name},reason=BackOff"
    )
    assert [event["type"] for event in events["items"]] == ["Warning"]
