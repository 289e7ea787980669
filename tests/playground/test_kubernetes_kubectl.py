"""The real kubectl is the judge: what it lists, describes, reads and measures in the fleet's clusters."""

import json
import re
from pathlib import Path

import pytest

from playground.fleet import Cluster, Fleet
from playground.fleet.words import CANARY
from playground.kubernetes.resources import RESOURCES
from tests.playground.eks_client import token
from tests.playground.kubectl import Kubectl
from tests.playground.slack_apps import until

_BY_HAND = {"nodemetrics", "podmetrics"}
_LISTED = sorted({r.stored_as for r in RESOURCES.values()} - _BY_HAND)
_DESCRIBED = sorted(set(_LISTED) - {"events", "leases", "endpoints"})


@pytest.fixture
def staging(fleet: Fleet) -> Cluster:
    return fleet.cluster("staging-payments")


@pytest.fixture
def kubectl(fleet: Fleet, staging: Cluster, tmp_path: Path) -> Kubectl:
    bearer = token(fleet.users["payments-bot"], staging.name, staging.region)
    return Kubectl(staging, bearer, tmp_path)


def pod_of(cluster: Cluster, workload: str) -> str:
    (name,) = (pod.name for pod in cluster.pods if pod.workload.name == workload)
    return name


def test_api_resources_are_those_served(kubectl: Kubectl) -> None:
    printed = {
        tuple(line.split()) for line in kubectl("api-resources", "--verbs=list", "--no-headers").splitlines()
    }
    served = {
        (
            *(each for each in (r.plural, ",".join(r.short_names)) if each),
            r.group_version,
            str(r.namespaced).lower(),
            r.kind,
        )
        for r in RESOURCES.values()
    }
    assert printed == served


@pytest.mark.parametrize("kind", _LISTED)
def test_get_lists_every_kind(kubectl: Kubectl, staging: Cluster, kind: str) -> None:
    expected = len(staging.records(kind))
    printed = kubectl("get", kind, "-A", "-o", "wide", "--no-headers").splitlines()
    assert len(printed) == expected
    assert expected > 0 or kind in {"resourcequotas", "limitranges"}


@pytest.mark.parametrize("kind", _DESCRIBED)
def test_describe_tells_of_every_kind(kubectl: Kubectl, staging: Cluster, kind: str) -> None:
    if not staging.records(kind):
        assert kind in {"resourcequotas", "limitranges"}
        return
    record = staging.records(kind)[-1]
    where = ["-n", record.namespace] if record.namespace else []
    told = kubectl("describe", kind, record.name, *where)
    assert re.search(rf"^Name: +{re.escape(record.name)}$", told, re.MULTILINE)


@pytest.mark.parametrize(
    "word", ["po", "deploy", "svc", "dsp", "dispatches.shipyard.example.com", "shipyard"]
)
def test_short_names_groups_and_categories_are_understood(kubectl: Kubectl, word: str) -> None:
    assert len(kubectl("get", word, "-A").splitlines()) > 2


def test_describe_shows_a_sick_pod_with_its_events(kubectl: Kubectl, staging: Cluster) -> None:
    told = kubectl("describe", "pod", pod_of(staging, "crashloop"), "-n", "chaos")
    assert re.search(r"Controlled By: +ReplicaSet/crashloop-", told)
    assert "CrashLoopBackOff" in told
    assert re.search(r"Warning +BackOff +\S+ \(x207 over \d+m\) +kubelet", told)


def test_describe_finds_the_replica_sets_of_a_rollout(kubectl: Kubectl) -> None:
    told = kubectl("describe", "deployment", "rolling", "-n", "chaos")
    assert re.search(r"OldReplicaSets: .*\(0/0 replicas created\).*\(2/2 replicas created\)", told)
    assert re.search(r"NewReplicaSet: +rolling-\w+ \(2/2 replicas created\)", told)
    assert "ScalingReplicaSet" in told


def test_describe_hides_the_values_of_a_secret_and_get_shows_them(kubectl: Kubectl) -> None:
    assert CANARY not in kubectl("describe", "secrets", "-A")
    shown = json.loads(kubectl("get", "secret", "chaos-tls", "-n", "chaos", "-o", "json"))
    assert shown["data"]["tls.key"].startswith("Y2FuYXJ5")


def test_logs_of_a_deployment_come_from_the_container_that_kubectl_picks(
    kubectl: Kubectl, staging: Cluster
) -> None:
    done = kubectl.run("logs", "deploy/running-two", "-n", "chaos", "--tail", "3")
    assert "Defaulted container" in done.stderr
    assert len(done.stdout.splitlines()) == 3
    redis = next(pod for pod in staging.pods if pod.workload.owner_kind == "StatefulSet")
    own = kubectl.run("logs", redis.name, "-n", redis.namespace, "--tail", "50")
    # An annotation of the pod says which, so that nothing is said of it; what is written meanwhile comes behind.
    assert own.stderr == ""
    named = kubectl("logs", redis.name, "-n", redis.namespace, "-c", "exporter").splitlines()
    assert len(set(own.stdout.splitlines()) & set(named)) == 50


def test_logs_of_what_crashed_and_of_what_never_ran(kubectl: Kubectl, staging: Cluster) -> None:
    crashed = pod_of(staging, "crashloop")
    assert "panic: " in kubectl("logs", crashed, "-n", "chaos", "--previous")
    waiting = pod_of(staging, "image-backoff")
    assert "trying and failing to pull image" in kubectl.fails("logs", waiting, "-n", "chaos")


def test_logs_can_be_followed(kubectl: Kubectl) -> None:
    words = ("logs", "deploy/running-two", "-n", "chaos", "--tail", "1", "-f", "--prefix")
    with kubectl.follows(*words) as following:
        lines = re.compile(r"^\[pod/running-two-\S+\] (.+)\n", re.MULTILINE)
        until(lambda: len(lines.findall(following.output)) > 1)
        first, second, *_ = lines.findall(following.output)
    assert first != second


def test_top_measures_nodes_and_pods(kubectl: Kubectl, staging: Cluster) -> None:
    nodes = kubectl("top", "nodes", "--no-headers").splitlines()
    assert len(nodes) == len(staging.records("nodes"))
    assert sum("<unknown>" in line for line in nodes) == 1
    for line in kubectl("top", "pods", "-n", "payouts", "--no-headers").splitlines():
        assert re.fullmatch(r"payouts-\S+ +\d+m +\d+Mi *", line)


def test_without_a_metrics_server_top_says_so(fleet: Fleet, tmp_path: Path) -> None:
    sydney = fleet.cluster("edge-sydney")
    kubectl = Kubectl(sydney, token(fleet.users["web-bot"], sydney.name, sydney.region), tmp_path)
    assert kubectl.fails("top", "nodes") == "error: Metrics API not available\n"
    assert 'the server doesn\'t have a resource type "dispatches"' in kubectl.fails("get", "dispatches")


def test_events_are_folded_and_found_by_object(kubectl: Kubectl, staging: Cluster) -> None:
    name = pod_of(staging, "image-backoff")
    about = kubectl("events", "-n", "chaos", "--for", f"pod/{name}", "--no-headers").splitlines()
    assert len(about) == 2
    assert all(f"Pod/{name}" in line for line in about)
    assert any(re.search(r"\(x118 over ", line) for line in about)
    only = kubectl("events", "-n", "chaos", "--types", "Warning", "--no-headers").splitlines()
    assert only
    assert not any(" Normal " in line for line in only)


def test_a_rollouts_history_has_three_revisions(kubectl: Kubectl) -> None:
    history = kubectl("rollout", "history", "deploy/running-two", "-n", "chaos")
    assert re.findall(r"^(\d+)", history, re.MULTILINE) == ["1", "2", "3"]


def test_a_viewer_may_read_everything_but_secrets(fleet: Fleet, staging: Cluster, tmp_path: Path) -> None:
    guest = Kubectl(staging, token(fleet.users["guest"], staging.name, staging.region), tmp_path)
    assert 'cannot list resource "secrets"' in guest.fails("get", "secrets", "-A")
    for kind in ("configmaps", "events", "dispatches", "replicasets"):
        assert guest("get", kind, "-A", "--no-headers")
    assert guest("logs", "deploy/running-two", "-n", "chaos", "--tail", "1")
    assert guest("top", "nodes")
