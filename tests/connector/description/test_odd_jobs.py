"""Jobs, cron jobs and autoscalers in odd states."""

from typing import Any

import pytest

from connector.description import Description, Further, Link, summary
from connector.resources import Health
from connector.resources.events import EventRow
from tests.connector.description.shapes import NOW, TEMPLATE, WAITING, ago, condition, metadata, tell


def job(*conditions: dict[str, Any], spec: Any = None, **status: Any) -> dict[str, Any]:
    return {
        "metadata": metadata(),
        "spec": {
            "completions": 5,
            "parallelism": 2,
            "backoffLimit": 6,
            "completionMode": "Indexed",
            "template": TEMPLATE,
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}},
            **(spec or {}),
        },
        "status": {"startTime": ago(10), "conditions": list(conditions), **status},
    }


def why_job(obj: dict[str, Any], *events: EventRow, pods: Any = None) -> tuple[str, str]:
    told: Description = tell("jobs", obj, Further(events=events, pods=pods))
    return told.status, summary(told, NOW)


def test_a_failed_job_tells_its_reason_and_its_pods() -> None:
    failed = condition(
        "Failed", "True", "BackoffLimitExceeded", "Job has reached the specified backoff limit", 3
    )
    status, sentence = why_job(job(failed, failed=7))
    assert status == "Failed"
    assert sentence == (
        "Failed 3m ago: BackoffLimitExceeded: Job has reached the specified backoff limit; "
        "0 Active / 0 Succeeded / 7 Failed"
    )
    told = tell("jobs", job(failed, failed=7))
    assert told.fact("Duration") == "7m"
    assert [one.is_bad for one in told.conditions] == [True]


def test_a_complete_job_tells_when_and_how_long_it_took() -> None:
    done = condition("Complete", "True", minutes=4)
    obj = job(condition("SuccessCriteriaMet", "True"), done, succeeded=5, completionTime=ago(4))
    assert why_job(obj) == ("Complete", "Completed 4m ago, after 6m")
    assert tell("jobs", obj).health is Health.OFF


def test_a_suspended_job_says_so() -> None:
    obj = job(condition("Suspended", "True", "JobSuspended"), spec={"suspend": True})
    assert why_job(obj) == ("Suspended", "Suspended: none of its pods run until it is resumed")


def test_a_job_that_tries_again_tells_how_often_it_may() -> None:
    assert why_job(job(failed=2, active=1, ready=1), pods=(WAITING,)) == (
        "Running",
        "1 Active (1 Ready) / 0 Succeeded / 2 Failed; backoff limit 6; pod `cart` is ErrImagePull",
    )
    assert why_job(job(active=1)) == ("Running", "")


def test_a_jobs_rules_are_told() -> None:
    rules = [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42, 43]}},
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
    ]
    spec = {
        "activeDeadlineSeconds": 60,
        "ttlSecondsAfterFinished": 100,
        "podFailurePolicy": {"rules": rules},
        "backoffLimitPerIndex": 1,
    }
    told = tell("jobs", job(spec=spec, completedIndexes="0-2", failedIndexes="3"))
    assert {fact.label: fact.text for fact in told.facts} == {
        "Started": "2026-11-23 06:53 UTC",
        "Duration": "10m",
        "Pods status": "0 Active / 0 Succeeded / 0 Failed",
        "Completed indexes": "0-2",
        "Failed indexes": "3",
        "Parallelism": "2",
        "Completions": "5",
        "Completion mode": "Indexed",
        "Backoff limit": "6",
        "Backoff limit per index": "1",
        "Job deadline": "60s",
        "Kept after it ended": "100s",
        "Pod failure policy": "FailJob when the exit code is In 42, 43, Ignore on DisruptionTarget",
        "Pod labels": "app=cart",
    }
    assert told.selector == "batch.kubernetes.io/controller-uid=u"
    assert told.facts[0].values[0].time == NOW - 600


def cron(**more: Any) -> dict[str, Any]:
    return {
        "metadata": metadata(),
        "spec": {
            "schedule": "0 3 * * *",
            "timeZone": "Europe/Dublin",
            "concurrencyPolicy": "Forbid",
            "suspend": False,
            "jobTemplate": {"spec": {"template": TEMPLATE}},
            **more.pop("spec", {}),
        },
        "status": more,
    }


def test_a_cron_job_whose_last_run_failed_names_it() -> None:
    failed = job(condition("Failed", "True", "BackoffLimitExceeded"), failed=1)
    told = tell(
        "cronjobs", cron(lastScheduleTime=ago(10), lastSuccessfulTime=ago(1500)), Further(jobs=(failed,))
    )
    assert told.health is Health.BROKEN
    assert summary(told, NOW) == "Its last run has not ended well: job `cart` failed"
    assert told.fact("Last schedule") == "2026-11-23 06:53 UTC"
    assert [section.title for section in told.sections] == ["Jobs"]


def test_a_cron_job_tells_when_it_is_suspended_and_what_runs() -> None:
    assert summary(tell("cronjobs", cron(spec={"suspend": True})), NOW) == (
        "Suspended: it starts no jobs until it is resumed"
    )
    told = tell("cronjobs", cron(active=[{"name": "cart-1"}], lastScheduleTime=ago(1)))
    assert told.fact("Active jobs") == "cart-1"
    assert told.related[0] == Link("Job", "cart-1", "shop", "batch", "job")
    assert summary(told, NOW) == ""


def autoscaler(*conditions: dict[str, Any], now: Any = (), **status: Any) -> dict[str, Any]:
    metrics = [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
        },
        {
            "type": "Pods",
            "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}},
        },
        {
            "type": "Object",
            "object": {
                "metric": {"name": "hits"},
                "describedObject": {"kind": "Ingress", "name": "web"},
                "target": {"type": "Value", "value": "2k"},
            },
        },
        {
            "type": "External",
            "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": "30"}},
        },
        {
            "type": "ContainerResource",
            "containerResource": {"name": "memory", "container": "app", "target": {"averageValue": "1Gi"}},
        },
    ]
    return {
        "metadata": metadata(),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"},
            "minReplicas": 1,
            "maxReplicas": 6,
            "metrics": metrics,
            "behavior": {
                "scaleDown": {
                    "stabilizationWindowSeconds": 300,
                    "selectPolicy": "Max",
                    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
                }
            },
        },
        "status": {
            "currentReplicas": 2,
            "desiredReplicas": 2,
            "currentMetrics": list(now),
            "conditions": list(conditions),
            **status,
        },
    }


ACTIVE = [condition("AbleToScale", "True"), condition("ScalingActive", "True")]


def test_an_autoscaler_tells_each_metric_and_its_target() -> None:
    now = [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "current": {"averageUtilization": 48, "averageValue": "96m"}},
        }
    ]
    told = tell("horizontalpodautoscalers", autoscaler(*ACTIVE, now=now))
    (metrics,) = told.sections
    assert [tuple(cell.text for cell in row) for row in metrics.rows] == [
        ("cpu on pods", "48% (96m)", "70%"),
        ("rps of pods", "<unknown>", "10 (average)"),
        ("hits of Ingress/web", "<unknown>", "2k"),
        ("queue (external)", "<unknown>", "30"),
        ("memory of container app", "<unknown>", "1Gi (average)"),
    ]
    assert told.related == (Link("Deployment", "cart", "shop", "apps", "scale target"),)
    assert told.fact("Scale down") == "stabilised over 300s, select policy Max, Percent 100 per 15s"
    assert (told.fact("Replicas"), told.fact("Min replicas"), told.fact("Max replicas")) == (
        "2 current / 2 desired",
        "1",
        "6",
    )
    assert summary(told, NOW) == ""


@pytest.mark.parametrize(
    ("conditions", "sentence"),
    [
        (
            [
                condition(
                    "ScalingActive",
                    "False",
                    "FailedGetResourceMetric",
                    "no metrics returned from resource metrics API",
                )
            ],
            "FailedGetResourceMetric: no metrics returned from resource metrics API",
        ),
        (
            [condition("AbleToScale", "False", "FailedGetScale", 'deployments.apps "cart" not found')],
            'FailedGetScale: deployments.apps "cart" not found',
        ),
        (
            [
                *ACTIVE,
                condition(
                    "ScalingLimited",
                    "True",
                    "TooManyReplicas",
                    "the desired replica count is more than the maximum",
                ),
            ],
            "TooManyReplicas: the desired replica count is more than the maximum",
        ),
    ],
)
def test_an_autoscaler_that_cannot_scale_says_why(conditions: list[dict[str, Any]], sentence: str) -> None:
    assert summary(tell("horizontalpodautoscalers", autoscaler(*conditions)), NOW) == sentence


def test_an_autoscaler_at_its_least_is_well() -> None:
    held = condition(
        "ScalingLimited", "True", "TooFewReplicas", "the desired replica count is less than the minimum"
    )
    told = tell("horizontalpodautoscalers", autoscaler(*ACTIVE, held))
    assert [one.is_bad for one in told.conditions] == [False, False, False]
    assert summary(told, NOW) == ""
