"""The kinds around the pods: that owners, selectors, counts and names fit together in every cluster."""

import base64
import json
from collections import Counter
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from playground.fleet.words import CANARY
from playground.kubernetes.resources import RESOURCES

_CLUSTERS = ("prod-payments", "staging-payments", "prod-web", "edge-sydney")


@pytest.fixture(params=_CLUSTERS)
def cluster(fleet: Fleet, request: pytest.FixtureRequest) -> Cluster:
    return fleet.cluster(request.param)


def objects(cluster: Cluster, kind: str, every: int = 1) -> list[Any]:
    return [json.loads(record.json()) for record in cluster.records(kind)[::every]]


def by_uid(cluster: Cluster, kind: str) -> dict[str, Any]:
    return {body["metadata"]["uid"]: body for body in objects(cluster, kind)}


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


def test_every_kind_is_ordered_and_its_names_are_its_own(cluster: Cluster) -> None:
    for resource in RESOURCES.values():
        records = cluster.records(resource.stored_as)
        keys = [(record.namespace, record.name) for record in records]
        assert keys == sorted(set(keys)), resource.plural
        assert all(bool(namespace) is resource.namespaced for namespace, _ in keys), resource.plural


def test_uids_are_never_used_twice(cluster: Cluster) -> None:
    kinds = {r.stored_as for r in RESOURCES.values() if r.group != "metrics.k8s.io"} - {"pods"}
    uids = Counter(uid for kind in kinds for uid in by_uid(cluster, kind))
    uids.update(pod.uid_text for pod in cluster.pods)
    assert [uid for uid, times in uids.items() if times > 1] == []


def test_every_pod_belongs_to_an_owner_that_is_there(cluster: Cluster) -> None:
    owners = {
        uid: body
        for kind in ("replicasets", "statefulsets", "daemonsets", "jobs")
        for uid, body in by_uid(cluster, kind).items()
    }
    for pod in objects(cluster, "pods", every=13):
        (reference,) = pod["metadata"]["ownerReferences"]
        owner = owners[reference["uid"]]
        assert owner["metadata"]["name"] == reference["name"]
        assert owner["metadata"]["namespace"] == pod["metadata"]["namespace"]
        assert selects(owner["spec"]["selector"]["matchLabels"], pod["metadata"]["labels"])


def test_replica_sets_count_their_pods_and_belong_to_deployments(cluster: Cluster) -> None:
    deployments = by_uid(cluster, "deployments")
    counted = Counter(pod.workload.owner["uid"] for pod in cluster.pods)
    total: Counter[str] = Counter()
    for uid, body in by_uid(cluster, "replicasets").items():
        assert body["status"]["replicas"] == counted[uid]
        (reference,) = body["metadata"]["ownerReferences"]
        deployment = deployments[reference["uid"]]
        assert deployment["metadata"]["name"] == reference["name"]
        total[reference["uid"]] += body["status"]["replicas"]
    for uid, deployment in deployments.items():
        assert deployment["status"].get("replicas", 0) == total[uid]


def test_the_nightly_jobs_belong_to_their_cron_jobs(cluster: Cluster) -> None:
    cron_jobs = by_uid(cluster, "cronjobs")
    owned = [job for job in objects(cluster, "jobs") if "ownerReferences" in job["metadata"]]
    for job in owned:
        (reference,) = job["metadata"]["ownerReferences"]
        assert cron_jobs[reference["uid"]]["metadata"]["name"] == reference["name"]
    assert bool(owned) is bool(cron_jobs)


def test_pods_mount_what_is_there(cluster: Cluster) -> None:
    names = {
        kind: {(r.namespace, r.name) for r in cluster.records(kind)}
        for kind in ("configmaps", "secrets", "serviceaccounts", "persistentvolumeclaims")
    }
    for pod in objects(cluster, "pods", every=17):
        namespace, spec = pod["metadata"]["namespace"], pod["spec"]
        assert (namespace, spec["serviceAccountName"]) in names["serviceaccounts"]
        for volume in spec["volumes"]:
            if "configMap" in volume:
                assert (namespace, volume["configMap"]["name"]) in names["configmaps"]
            if "persistentVolumeClaim" in volume:
                claim = volume["persistentVolumeClaim"]["claimName"]
                assert (namespace, claim) in names["persistentvolumeclaims"]
        for env in spec["containers"][0]["env"]:
            if "secretKeyRef" in env.get("valueFrom", {}):
                assert (namespace, env["valueFrom"]["secretKeyRef"]["name"]) in names["secrets"]


def test_a_bound_claim_and_its_volume_name_each_other(cluster: Cluster) -> None:
    volumes = {v["metadata"]["name"]: v for v in objects(cluster, "persistentvolumes")}
    claims = objects(cluster, "persistentvolumeclaims")
    for claim in claims:
        if claim["status"]["phase"] == "Bound":
            reference = volumes.pop(claim["spec"]["volumeName"])["spec"]["claimRef"]
            assert reference["uid"] == claim["metadata"]["uid"]
    assert volumes == {}
    assert [c["metadata"]["name"] for c in claims if c["status"]["phase"] == "Pending"] in ([], ["archive"])


def test_endpoints_are_the_pods_that_the_service_selects(cluster: Cluster) -> None:
    services = {(s["metadata"]["namespace"], s["metadata"]["name"]): s for s in objects(cluster, "services")}
    found: dict[tuple[str, str], set[str]] = {}
    for part in objects(cluster, "endpointslices"):
        key = part["metadata"]["namespace"], part["metadata"]["labels"]["kubernetes.io/service-name"]
        found.setdefault(key, set()).update(e["targetRef"]["name"] for e in part["endpoints"])
    selected = 0
    for (namespace, name), service in services.items():
        if selector := service["spec"].get("selector"):
            expected = {
                pod.name
                for pod in cluster.pods
                if pod.namespace == namespace
                and pod.state.phase == "Running"
                and selects(selector, dict(pod.labels))
            }
            assert found[namespace, name] == expected
            selected += len(expected)
    assert selected > 0


def test_every_value_of_a_secret_can_be_searched_for(cluster: Cluster) -> None:
    values = [value for secret in objects(cluster, "secrets") for value in secret["data"].values()]
    assert len(values) > 50
    assert all(base64.b64decode(value).decode().startswith(CANARY) for value in values)
    assert all(value.startswith("Y2FuYXJ5") for value in values)


def test_nothing_but_secrets_settings_and_logs_holds_a_credential(cluster: Cluster) -> None:
    kinds = {r.stored_as for r in RESOURCES.values()}
    with_env = {"pods", "deployments", "replicasets"}
    for kind in kinds - with_env - {"secrets"}:
        assert CANARY.encode() not in b"".join(record.json() for record in cluster.records(kind)), kind
    deployments = b"".join(record.json() for record in cluster.records("deployments"))
    assert f"{CANARY}-env-".encode() in deployments


def test_sick_pods_have_events_that_say_why(fleet: Fleet) -> None:
    staging = fleet.cluster("staging-payments")
    told: dict[str, set[str]] = {}
    for event in objects(staging, "events"):
        about = event["involvedObject"]
        told.setdefault(about["name"], set()).add(event["reason"])
        if about["kind"] == "Pod":
            (pod,) = (p for p in staging.pods if (p.namespace, p.name) == (about["namespace"], about["name"]))
            assert about["uid"] == pod.uid_text
    expected = {
        "crashloop": "BackOff",
        "image-backoff": "Failed",
        "err-image-pull": "Failed",
        "config-error": "Failed",
        "unschedulable": "FailedScheduling",
        "evicted": "Evicted",
        "terminating": "Killing",
        "init-crash": "BackOff",
    }
    for workload, reason in expected.items():
        (name,) = (p.name for p in staging.pods if p.workload.name == workload)
        assert reason in told[name], workload
    series = [e for e in objects(staging, "events") if e.get("series")]
    assert series
    assert all(event["series"]["count"] > 1 and event["eventTime"] for event in series)


def test_the_usage_of_a_node_is_at_least_that_of_its_pods(cluster: Cluster) -> None:
    def cpu(usage: dict[str, str]) -> int:
        return int(usage["cpu"].removesuffix("n"))

    pods = Counter[str]()
    nodes_of = {(pod.namespace, pod.name): pod.node[0] for pod in cluster.pods}
    for body in objects(cluster, "podmetrics"):
        key = body["metadata"]["namespace"], body["metadata"]["name"]
        pods[nodes_of[key]] += sum(cpu(c["usage"]) for c in body["containers"])
    for body in objects(cluster, "nodemetrics"):
        # Both are measured a moment apart, and usage wanders by a tenth.
        assert cpu(body["usage"]) > pods[body["metadata"]["name"]] * 0.8


def test_a_stuck_rollout_says_why(fleet: Fleet) -> None:
    staging = fleet.cluster("staging-payments")
    (stuck,) = (d for d in objects(staging, "deployments") if d["metadata"]["name"] == "image-backoff")
    (progress,) = (c for c in stuck["status"]["conditions"] if c["type"] == "Progressing")
    assert (progress["status"], progress["reason"]) == ("False", "ProgressDeadlineExceeded")
