"""Rollouts read from a cluster: what keeps them from going on, and the revisions there were, as kubectl counts them."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.cluster import Cluster
from connector.connector import EKSConnector
from connector.errors import InvalidRequest
from connector.impersonation import Impersonate
from connector.objects import ObjectNotFound, Ref, find
from connector.resources import KINDS, Health
from connector.rollouts import History, Rollout, Stage, check_kind, history, rollout
from connector.rollouts.history import changes
from playground.fleet import Cluster as Playing
from tests.connector.api_server import Answer, ApiServer
from tests.connector.conftest import REGION, Ask, MakeCluster, soon
from tests.playground.kubectl import Kubectl

DEPLOYMENTS = KINDS["deployments"].resource


def status(ask: Ask, name: str, plural: str = "deployments") -> Rollout:
    def read(cluster: Cluster) -> Rollout:
        return rollout(cluster, find(cluster, KINDS[plural].resource, name, soon()), soon())

    found: Rollout = ask(read)
    return found


def revisions(ask: Ask, name: str, plural: str = "deployments") -> History:
    def read(cluster: Cluster) -> History:
        return history(cluster, find(cluster, KINDS[plural].resource, name, soon()), soon())

    found: History = ask(read)
    return found


# --- status


@pytest.mark.parametrize(
    ("name", "stage", "sick"),
    [
        ("image-backoff", Stage.STUCK, r"ImagePullBackOff: container `app` cannot get `.*image-backoff"),
        ("crashloop", Stage.MOVING, r"CrashLoopBackOff: container `app` exited 1 .* restarted 23 times"),
        ("unschedulable", Stage.MOVING, r"Unschedulable: 0/20 nodes are available: 20 Insufficient cpu"),
        (
            "config-error",
            Stage.MOVING,
            r"CreateContainerConfigError: container `app`: configmap .* not found",
        ),
    ],
)
def test_the_new_pods_that_are_sick_are_told_with_their_reasons(
    ask: Ask, name: str, stage: Stage, sick: str
) -> None:
    found = status(ask, name)
    assert found.progress.stage is stage
    (pod,) = found.sick
    assert re.match(sick, pod.reason), pod.reason
    assert pod.name.startswith(name)
    assert (found.unwell, found.missing) == (1, ())
    assert found.warning
    assert found.warning.name == f"pod/{pod.name}"


@pytest.mark.parametrize("name", ["rolling", "paused", "unseen", "scaled-to-zero"])
def test_where_no_pod_is_sick_none_is_told(ask: Ask, name: str) -> None:
    found = status(ask, name)
    assert (found.sick, found.unwell, found.warning) == ((), 0, None)


def test_a_pod_is_given_a_minute_to_start(ask: Ask, staging: Playing) -> None:
    (young,) = (pod for pod in staging.pods if pod.workload.name == "pulling-image")
    young.created += 3600
    assert [(found.sick, found.unwell) for found in [status(ask, "pulling-image")]] == [((), 1)]
    young.created -= 7200
    (pod,) = status(ask, "pulling-image").sick
    young.created += 3600
    assert pod.health is Health.CHANGING


def test_a_rollout_goes_on_step_by_step(ask: Ask, staging: Playing) -> None:
    seen = []
    for _ in range(3):
        progress = status(ask, "rolling").progress
        seen.append((progress.updated, progress.old, progress.stage))
        if progress.stage is Stage.MOVING:
            staging.faults.roll("chaos", "rolling")
    staging.faults.clear()
    assert seen == [(2, 2, Stage.MOVING), (3, 1, Stage.MOVING), (4, 0, Stage.DONE)]


@pytest.mark.parametrize("plural", ["statefulsets", "daemonsets"])
def test_the_other_kinds_are_read_too(ask: Ask, staging: Playing, plural: str) -> None:
    name = staging.records(plural)[0].name
    found = status(ask, name, plural)
    assert found.progress.stage is Stage.DONE
    assert found.images
    sick = next(pod for pod in staging.pods if pod.workload.name == name)
    staging.faults.crash(sick.namespace, sick.name)
    found = status(ask, name, plural)
    staging.faults.clear()
    assert found.progress.stage is Stage.MOVING
    assert [pod.name for pod in found.sick] == [sick.name]


def test_other_kinds_are_not_rolled_out() -> None:
    for plural in ("pods", "replicasets", "jobs"):
        with pytest.raises(InvalidRequest, match="not rolled out"):
            check_kind(KINDS[plural].resource)
    check_kind(DEPLOYMENTS)


# --- what cannot be read, and whose eyes it is read with


SECRET = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def told(api: ApiServer, make_cluster: MakeCluster, connector: EKSConnector) -> Ask:
    make_cluster("dev", api)
    connection = connector.connect_with_aws_profile("dev", REGION, "ops", connected_by="U1")
    labels = {"app": "cart"}
    deployment = {
        "metadata": {"name": "cart", "namespace": "shop", "uid": "d1", "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": {}},
        "status": {"observedGeneration": 1, "conditions": [
            {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
             "message": "pods is forbidden: password=hunter2hunter2 exceeded quota: compute"}]},
    }  # fmt: skip
    api.will_answer("/apis/apps/v1/namespaces/shop/deployments/cart", *[Answer(body=_json(deployment))] * 4)
    api.put(
        "/apis/apps/v1/namespaces/shop/replicasets",
        [_set("old", "1"), _set("new", "2"), _set("other", "9", "d2")],
    )
    api.put(
        "/api/v1/namespaces/shop/pods", [_pod("new-1", "new"), _pod("old-1", "old"), _pod("alien", "other")]
    )
    api.put("/api/v1/namespaces/shop/events", [_event("ReplicaSet", "new"), _event("Pod", "somebody")])
    return lambda job: connector.ask(connection.id, soon(), job)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _set(name: str, revision: str, owner: str = "d1") -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "uid": f"rs-{name}",
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "ownerReferences": [{"uid": owner}],
        }
    }


def _pod(name: str, owner: str) -> dict[str, Any]:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": f"token={SECRET * 2}"}}
    return {
        "metadata": {"name": name, "namespace": "shop", "ownerReferences": [{"uid": f"rs-{owner}"}]},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "state": waiting}]},
    }


def _event(kind: str, name: str) -> dict[str, Any]:
    return {
        "metadata": {"name": f"{name}.1", "namespace": "shop"},
        "involvedObject": {"kind": kind, "name": name},
        "type": "Warning",
        "reason": "FailedCreate",
        "message": "Error creating: password=hunter2hunter2 exceeded quota",
        "lastTimestamp": "2026-11-23T07:03:15Z",
        "count": 3,
    }


REF = Ref(DEPLOYMENTS, "shop", "cart")


def test_a_quota_is_told_and_only_the_pods_of_the_newest_replica_set_count(told: Ask) -> None:
    found = told(lambda cluster: rollout(cluster, REF, soon()))
    assert found.progress.stage is Stage.STUCK
    assert "exceeded quota: compute" in found.progress.said
    assert [pod.name for pod in found.sick] == ["new-1"]
    assert (found.warning.name, found.warning.count) == ("replicaset/new", 3)


def test_no_word_of_it_shows_a_credential(told: Ask) -> None:
    assert "hunter2" not in repr(found := told(lambda cluster: rollout(cluster, REF, soon())))
    assert SECRET not in repr(found)


def test_it_is_asked_as_the_person_and_in_that_namespace_alone(told: Ask, api: ApiServer) -> None:
    before = len(api.requests)
    told(lambda cluster: rollout(cluster, REF, soon(), impersonate=Impersonate("slack:U1", ())))
    told(lambda cluster: history(cluster, REF, soon(), impersonate=Impersonate("slack:U1", ())))
    asked = api.requests[before:]
    assert {one.headers.get("impersonate-user") for one in asked} == {"slack:U1"}
    assert [one.path for one in asked if "/namespaces/shop/" not in one.path] == []


def test_what_may_not_be_read_is_named_and_the_rest_is_told(told: Ask, api: ApiServer) -> None:
    for path in ("/api/v1/namespaces/shop/events", "/apis/apps/v1/namespaces/shop/replicasets"):
        api.will_answer(path, Answer.of("403"))
    found = told(lambda cluster: rollout(cluster, REF, soon()))
    assert found.missing == ("replica sets: forbidden", "events: forbidden")
    assert (found.progress.stage, found.sick) == (Stage.STUCK, ())
    api.will_answer("/apis/apps/v1/namespaces/shop/replicasets", Answer.of("403"))
    past = told(lambda cluster: history(cluster, REF, soon()))
    assert (past.revisions, past.missing) == ((), ("replica sets: forbidden",))


def test_one_that_is_gone_says_so(told: Ask, api: ApiServer) -> None:
    with pytest.raises(ObjectNotFound, match="is gone"):
        told(lambda cluster: rollout(cluster, Ref(DEPLOYMENTS, "shop", "till"), soon()))


# --- history


def test_history_is_kubectls(ask: Ask, staging: Playing, kubectl: Kubectl) -> None:
    targets = [
        ("deployments", name) for name in ("rolling", "image-backoff", "paused", "unseen", "crashloop")
    ]
    targets += [(plural, staging.records(plural)[0].name) for plural in ("statefulsets", "daemonsets")]
    for plural, name in targets:
        found = revisions(ask, name, plural)
        printed = kubectl("rollout", "history", f"{plural}/{name}", "-n", str(found.ref.namespace))
        rows = re.findall(r"^(\d+) +(\S.*?) *$", printed, re.MULTILINE)
        mine = [(str(one.number), one.cause or "<none>") for one in reversed(found.revisions)]
        assert mine == rows, name


def test_the_current_revision_and_how_many_pods_each_has(ask: Ask, staging: Playing) -> None:
    def told_of(name: str, plural: str = "deployments") -> list[tuple[int, bool, int | None]]:
        return [(one.number, one.current, one.replicas) for one in revisions(ask, name, plural).revisions]

    assert told_of("rolling") == [(3, True, 2), (2, False, 2), (1, False, 0)]
    assert told_of("paused") == [(2, True, 4), (1, False, 0)]
    redis = staging.records("statefulsets")[0].name
    assert told_of(redis, "statefulsets") == [(2, True, 3), (1, False, 0)]
    daemons = sum(pod.workload.name == "aws-node" for pod in staging.pods)
    assert told_of("aws-node", "daemonsets") == [(2, True, daemons), (1, False, 0)]


def test_each_revision_tells_what_it_changed_but_for_the_oldest(ask: Ask) -> None:
    newest, middle, oldest = revisions(ask, "rolling").revisions
    assert re.fullmatch(r"app: 0\.2\.0 → \d+\.\d+\.\d+", newest.changes[0])
    assert (middle.changes, oldest.changes) == (("app: 0.1.0 → 0.2.0",), ())
    assert newest.created > middle.created > oldest.created > 0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"app": "shop/cart:1"}, {"app": "shop/cart:1"}, []),
        ({"app": "shop/cart:1"}, {"app": "shop/cart:2"}, ["app: 1 → 2"]),
        ({"app": "host:5000/cart"}, {"app": "host:5000/cart:2"}, ["app: latest → 2"]),
        ({"app": "cart@sha256:aa"}, {"app": "cart@sha256:bb"}, ["app: sha256:aa → sha256:bb"]),
        ({"app": "old/cart:1"}, {"app": "new/cart:1"}, ["app: old/cart:1 → new/cart:1"]),
        ({"app": "cart:1"}, {"app": "cart:1", "mesh": "mesh:3"}, ["mesh: new, mesh:3"]),
        ({"app": "cart:1", "mesh": "mesh:3"}, {"app": "cart:2"}, ["app: 1 → 2", "mesh: gone"]),
    ],
)
def test_what_differs_in_images(before: dict[str, str], after: dict[str, str], said: list[str]) -> None:
    assert list(changes(before, after)) == said


_IMAGES = st.dictionaries(st.text(max_size=3), st.text(max_size=20), max_size=4)


@given(_IMAGES, _IMAGES)
def test_there_is_a_line_for_each_container_that_differs(
    before: dict[str, str], after: dict[str, str]
) -> None:
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert len(list(changes(before, after))) == len(differing)
