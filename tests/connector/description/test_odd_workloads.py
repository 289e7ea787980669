"""Deployments and their like in odd states."""

from typing import Any

import pytest

from connector.description import Further, Link, summary
from tests.connector.description.shapes import (
    NOW,
    TEMPLATE,
    WAITING,
    ago,
    condition,
    event,
    metadata,
    pod,
    tell,
)

SELECTOR = {
    "matchLabels": {"app": "cart"},
    "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}],
}


def deployment(wanted: int = 3, conditions: Any = (), spec: Any = None, **status: Any) -> dict[str, Any]:
    return {
        "metadata": metadata(generation=1, annotations={"deployment.kubernetes.io/revision": "7"}),
        "spec": {"replicas": wanted, "selector": SELECTOR, "template": TEMPLATE, **(spec or {})},
        "status": {"observedGeneration": 1, "conditions": list(conditions), **status},
    }


def replica_set(name: str, template: Any, minutes: float, wanted: int, there: int) -> dict[str, Any]:
    labels = {**template["metadata"]["labels"], "pod-template-hash": name[-3:]}
    return {
        "metadata": {**metadata(name), "creationTimestamp": ago(minutes)},
        "spec": {"replicas": wanted, "template": {**template, "metadata": {"labels": labels}}},
        "status": {"replicas": there},
    }


OLDER = {**TEMPLATE, "spec": {"containers": [{"name": "app", "image": "cart:1"}]}}
OLDEST = {**TEMPLATE, "spec": {"containers": [{"name": "app", "image": "cart:0"}]}}
SETS = (
    replica_set("cart-aaa", OLDEST, 50, 0, 0),
    replica_set("cart-ccc", TEMPLATE, 5, 2, 1),
    replica_set("cart-bbb", OLDER, 20, 3, 3),
)
RUNNING = pod(
    {"name": "app", "state": {"running": {}}, "ready": True, "restartCount": 0},
    conditions=[condition("Ready", "True")],
    meta={"name": "well"},
)


def test_a_deployment_tells_its_new_and_old_replica_sets() -> None:
    told = tell("deployments", deployment(), Further(replica_sets=SETS))
    assert told.fact("New replica set") == "cart-ccc (1/2 replicas created)"
    assert told.fact("Old replica sets") == "cart-bbb (3/3 replicas created), cart-aaa (0/0 replicas created)"
    assert told.related == (
        Link("ReplicaSet", "cart-ccc", "shop", "apps", "new replica set"),
        Link("ReplicaSet", "cart-bbb", "shop", "apps", "old replica set"),
    )
    assert told.fact("Revision") == "7"
    assert told.selector == "app=cart,tier in (a,b)"
    assert [one.image for one in told.containers] == ["cart:2"]


def test_a_deployment_without_its_new_replica_set_says_so() -> None:
    told = tell("deployments", deployment(), Further(replica_sets=()))
    assert (told.fact("New replica set"), told.fact("Old replica sets")) == ("<none>", "<none>")
    assert tell("deployments", deployment()).fact("New replica set") == ""


def test_a_rollout_past_its_deadline_says_why() -> None:
    late = condition(
        "Progressing", "False", "ProgressDeadlineExceeded", 'ReplicaSet "cart-ccc" has timed out progressing.'
    )
    obj = deployment(3, [late], replicas=3, updatedReplicas=1, availableReplicas=2)
    told = tell("deployments", obj, Further(pods=(RUNNING, WAITING)))
    assert [one.is_bad for one in told.conditions] == [True]
    assert summary(told, NOW) == (
        'ProgressDeadlineExceeded: ReplicaSet "cart-ccc" has timed out progressing; 2 of 3 available; '
        "1 of 3 up to date; pod `cart` is ErrImagePull"
    )


def test_its_pods_are_listed_sickest_first() -> None:
    told = tell("deployments", deployment(), Further(pods=(RUNNING, WAITING)))
    (section,) = told.sections
    assert (section.title, section.total) == ("Pods", 2)
    assert section.headers[:3] == ("NAME", "READY", "STATUS")
    assert [[cell.text for cell in row[:3]] for row in section.rows] == [
        ["cart", "0/1", "ErrImagePull"],
        ["well", "1/1", "Running"],
    ]


@pytest.mark.parametrize(
    ("obj", "sentence"),
    [
        (deployment(0), "Scaled to zero"),
        (
            deployment(2, replicas=2, updatedReplicas=2, availableReplicas=2, spec={"paused": True}),
            "Paused: changes to it wait",
        ),
        (deployment(2, replicas=2, updatedReplicas=2, availableReplicas=2), ""),
        (deployment(3, replicas=3, updatedReplicas=3, availableReplicas=1), "1 of 3 available"),
        (
            deployment(3, [condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: pods")]),
            "FailedCreate: exceeded quota: pods",
        ),
    ],
)
def test_a_deployment_tells_why_it_is_as_it_is(obj: dict[str, Any], sentence: str) -> None:
    assert summary(tell("deployments", obj), NOW) == sentence


def stateful(**status: Any) -> dict[str, Any]:
    claims = [
        {
            "metadata": {"name": "data"},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "gp3",
                "resources": {"requests": {"storage": "50Gi"}},
            },
        }
    ]
    return {
        "metadata": metadata(generation=1),
        "spec": {
            "replicas": 3,
            "selector": SELECTOR,
            "template": TEMPLATE,
            "serviceName": "cart",
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
            "volumeClaimTemplates": claims,
        },
        "status": {"observedGeneration": 1, "replicas": 2, "readyReplicas": 1, **status},
    }


def test_a_stateful_set_tells_its_claims_its_service_and_its_pods() -> None:
    told = tell("statefulsets", stateful(), Further(pods=(RUNNING, WAITING)))
    assert told.fact("Replicas") == "3 desired | 2 total"
    assert told.fact("Volume claims") == "data 50Gi ReadWriteOnce gp3"
    assert told.fact("Partition") == "1"
    assert told.fact("Pods status") == "1 Running / 1 Waiting / 0 Succeeded / 0 Failed"
    assert told.related[0] == Link("Service", "cart", "shop", role="service")
    assert summary(told, NOW) == "1 of 3 ready; pod `cart` is ErrImagePull"


def test_a_daemon_set_counts_its_nodes() -> None:
    obj = {
        "metadata": metadata(generation=1),
        "spec": {"selector": SELECTOR, "template": TEMPLATE, "updateStrategy": {"type": "RollingUpdate"}},
        "status": {
            "observedGeneration": 1,
            "desiredNumberScheduled": 5,
            "currentNumberScheduled": 5,
            "updatedNumberScheduled": 4,
            "numberReady": 3,
            "numberAvailable": 3,
            "numberMisscheduled": 1,
        },
    }
    told = tell("daemonsets", obj)
    assert [(fact.label, fact.text) for fact in told.facts[:6]] == [
        ("Desired", "5"),
        ("Current", "5"),
        ("Up to date", "4"),
        ("Ready", "3"),
        ("Available", "3"),
        ("Misscheduled", "1"),
    ]
    assert summary(told, NOW) == "3 of 5 available; 4 of 5 up to date"


def test_a_replica_set_tells_what_keeps_its_pods_from_being_made() -> None:
    failed = condition("ReplicaFailure", "True", "FailedCreate", 'pods "cart-" is forbidden: exceeded quota')
    obj = {"metadata": metadata(), "spec": {"replicas": 2}, "status": {"replicas": 0, "conditions": [failed]}}
    told = tell("replicasets", obj)
    assert told.fact("Replicas") == "0 current / 2 desired"
    assert summary(told, NOW) == 'FailedCreate: pods "cart-" is forbidden: exceeded quota'


def test_warnings_tell_what_nothing_else_does() -> None:
    obj = deployment(3, replicas=3, updatedReplicas=3, availableReplicas=1)
    told = tell("deployments", obj, Further(events=(event("FailedCreate", "webhook says no"),)))
    assert summary(told, NOW) == "1 of 3 available; FailedCreate: webhook says no"
