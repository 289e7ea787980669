"""What stands between a workload and its pods, and what steers it: replica sets, stateful and daemon sets, jobs …"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from playground.fleet.objects import Object, ordered, owner, uid_of
from playground.fleet.pods import Pod, timestamp
from playground.fleet.population import Content
from playground.fleet.workloads import REVISION, Workload

_MINUTE = 60.0
_SCHEDULES = ("15 2 * * *", "*/30 * * * *", "0 4 * * 1-5")


def replica_sets(content: Content) -> tuple[Object, ...]:
    """Three for each deployment, the oldest two mostly empty; none for a template no controller has seen."""
    made = []
    for workload in content.workloads:
        if workload.owner_kind != "Deployment" or workload.rollout == "unseen":
            continue
        current = () if workload.rollout == "paused" else (workload,)
        older = workload.older or workload.at_revision(REVISION - 1)
        first = workload.at_revision(REVISION - 2)
        made += [_replica_set(workload, revision) for revision in (first, older, *current)]
    return ordered(made)


def _replica_set(deployment: Workload, revision: Workload) -> Object:
    labels = {"pod-template-hash": revision.hash}

    def build() -> dict[str, Any]:
        empty = revision is not deployment and not revision.pods
        wanted = len(revision.pods) if deployment.older else 0 if empty else deployment.replicas
        template = revision.pod_template()
        template["metadata"] = {"labels": template["metadata"]["labels"] | labels}
        spec = {
            "replicas": wanted,
            "selector": {"matchLabels": revision.selector | labels},
            "template": template,
        }
        return {"spec": spec, "status": _counts(revision.pods) | {"observedGeneration": 1}}

    return Object(
        "ReplicaSet",
        deployment.namespace,
        revision.hashed,
        deployment.created + revision.revision * _MINUTE,
        build,
        labels=revision.labels,
        annotations={
            "deployment.kubernetes.io/desired-replicas": str(deployment.replicas),
            "deployment.kubernetes.io/max-replicas": str(deployment.replicas + -(-deployment.replicas // 4)),
            "deployment.kubernetes.io/revision": str(revision.revision),
            **revision.cause,
        },
        owner=owner("apps/v1", "Deployment", deployment.name, deployment.uid),
        generation=1,
    )


def _counts(pods: Iterable[Pod]) -> dict[str, int]:
    """The numbers of a status; a server leaves out those that are zero, except for all replicas."""
    found = list(pods)
    ready = sum(pod.ready for pod in found)
    counts = {"fullyLabeledReplicas": len(found), "readyReplicas": ready, "availableReplicas": ready}
    return {"replicas": len(found)} | {key: count for key, count in counts.items() if count}


def stateful_sets(content: Content) -> tuple[Object, ...]:
    def make(workload: Workload) -> Object:
        def build() -> dict[str, Any]:
            claim = {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "50Gi"}},
                    "storageClassName": "gp3",
                    "volumeMode": "Filesystem",
                },
                "status": {"phase": "Pending"},
            }
            spec = {
                "replicas": len(workload.pods),
                "selector": {"matchLabels": workload.selector},
                "serviceName": workload.name,
                "template": workload.pod_template(),
                "volumeClaimTemplates": [claim],
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            }
            counts = _counts(workload.pods)
            counts.pop("fullyLabeledReplicas", None)
            status = counts | {
                "observedGeneration": 1,
                "currentReplicas": counts["replicas"],
                "updatedReplicas": counts["replicas"],
                "currentRevision": workload.hashed,
                "updateRevision": workload.hashed,
                "collisionCount": 0,
            }
            return {"spec": spec, "status": status}

        return _of(workload, "StatefulSet", workload.name, build)

    return ordered(make(w) for w in content.workloads if w.owner_kind == "StatefulSet")


def daemon_sets(content: Content) -> tuple[Object, ...]:
    def make(workload: Workload) -> Object:
        def build() -> dict[str, Any]:
            count, ready = len(workload.pods), sum(pod.ready for pod in workload.pods)
            spec = {
                "selector": {"matchLabels": workload.selector},
                "template": workload.pod_template(),
                "updateStrategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0},
                },
                "revisionHistoryLimit": 10,
            }
            status = {
                "currentNumberScheduled": count,
                "numberMisscheduled": 0,
                "desiredNumberScheduled": count,
                "numberReady": ready,
                "observedGeneration": 1,
                "updatedNumberScheduled": count,
                "numberAvailable": ready,
            }
            return {"spec": spec, "status": status}

        return _of(workload, "DaemonSet", workload.name, build)

    return ordered(make(w) for w in content.workloads if w.owner_kind == "DaemonSet")


def jobs(content: Content) -> tuple[Object, ...]:
    """A job for each workload of that kind; the nightly ones belong to cron jobs."""

    def make(workload: Workload) -> Object:
        (pod,) = workload.pods
        started = pod.created

        def build() -> dict[str, Any]:
            template = workload.pod_template()
            template["metadata"] = {"labels": workload.labels}
            spec = {
                "parallelism": 1,
                "completions": 1,
                "backoffLimit": 0,
                "selector": {"matchLabels": {"batch.kubernetes.io/job-name": workload.hashed}},
                "template": template,
                "completionMode": "NonIndexed",
                "suspend": False,
            }
            return {"spec": spec, "status": _job_status(pod.state.phase, started)}

        nightly = workload.name.endswith("-nightly")
        uid = uid_of("CronJob", workload.namespace, workload.name)
        return Object(
            "Job",
            workload.namespace,
            workload.hashed,
            started - 2,
            build,
            labels=workload.labels,
            owner=owner("batch/v1", "CronJob", workload.name, uid) if nightly else None,
            uid=workload.uid,
            generation=1,
            fields={"status.successful": str(int(pod.state.phase == "Succeeded"))},
        )

    return ordered(make(w) for w in content.workloads if w.owner_kind == "Job")


def _job_status(phase: str, started: float) -> dict[str, Any]:
    status: dict[str, Any] = {"startTime": timestamp(started - 2), "ready": 0}
    ended = timestamp(started + 312)

    def condition(kind: str, reason: str, message: str) -> list[dict[str, Any]]:
        times = {"lastProbeTime": ended, "lastTransitionTime": ended}
        return [{"type": kind, "status": "True", **times, "reason": reason, "message": message}]

    match phase:
        case "Succeeded":
            done = condition("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
            return status | {"succeeded": 1, "completionTime": ended, "conditions": done}
        case "Failed":
            text = "Job has reached the specified backoff limit"
            return status | {"failed": 1, "conditions": condition("Failed", "BackoffLimitExceeded", text)}
        case _:
            return status | {"active": 1}


def cron_jobs(content: Content) -> tuple[Object, ...]:
    """One for the nightly jobs of a name, and a suspended one beside the first of them."""
    nightly: dict[tuple[str, str], list[Workload]] = {}
    for workload in content.workloads:
        if workload.owner_kind == "Job" and workload.name.endswith("-nightly"):
            nightly.setdefault((workload.namespace, workload.name), []).append(workload)

    def make(runs: list[Workload], name: str, schedule: str, *, suspended: bool = False) -> Object:
        first = runs[0]
        last = max(run.pods[0].created for run in runs)

        def build() -> dict[str, Any]:
            spec = {
                "schedule": schedule,
                "timeZone": "Europe/Dublin",
                "concurrencyPolicy": "Forbid",
                "suspend": suspended,
                "jobTemplate": {"spec": {"template": first.pod_template(), "backoffLimit": 0}},
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
            }
            times = {"lastScheduleTime": timestamp(last - 2), "lastSuccessfulTime": timestamp(last + 310)}
            return {"spec": spec, "status": {} if suspended else times}

        return Object(
            "CronJob", first.namespace, name, content.born, build, labels=first.selector, generation=1
        )

    made = [
        make(runs, name, _SCHEDULES[at % len(_SCHEDULES)])
        for at, ((_, name), runs) in enumerate(nightly.items())
    ]
    if made:
        runs = next(iter(nightly.values()))
        made.append(make(runs, f"{runs[0].namespace}-backfill", "0 3 1 * *", suspended=True))
    return ordered(made)


def autoscalers(content: Content) -> tuple[Object, ...]:
    """For every deployment that serves people; the last one cannot read its metrics."""
    scaled = [
        w
        for w in content.workloads
        if w.owner_kind == "Deployment" and w.name.endswith(("-api", "-web")) and w.replicas
    ]

    def make(workload: Workload, *, blind: bool) -> Object:
        def build() -> dict[str, Any]:
            count = len(workload.pods)
            target = {"type": "Utilization", "averageUtilization": 70}
            spec = {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": workload.name},
                "minReplicas": max(1, count // 2),
                "maxReplicas": count * 2,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            }
            status: dict[str, Any] = {"currentReplicas": count, "desiredReplicas": count}
            changed = timestamp(workload.created)
            able = ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
            active = (
                "ScalingActive",
                "True",
                "ValidMetricFound",
                "the HPA was able to compute the replica count",
            )
            if blind:
                text = "the HPA was unable to compute the replica count: failed to get cpu utilization"
                active = ("ScalingActive", "False", "FailedGetResourceMetric", text)
                status["currentMetrics"] = None
            else:
                current = {"averageUtilization": 31 + len(workload.name) % 30, "averageValue": "96m"}
                resource = {"name": "cpu", "current": current}
                status["currentMetrics"] = [{"type": "Resource", "resource": resource}]
            keys = ("type", "status", "reason", "message")
            status["conditions"] = [
                dict(zip(keys, words, strict=True)) | {"lastTransitionTime": changed}
                for words in (able, active)
            ]
            return {"spec": spec, "status": status}

        return _of(workload, "HorizontalPodAutoscaler", workload.name, build, own=False)

    return ordered(make(workload, blind=workload is scaled[-1]) for workload in scaled)


def disruption_budgets(content: Content) -> tuple[Object, ...]:
    def make(workload: Workload) -> Object:
        def build() -> dict[str, Any]:
            healthy, expected = sum(pod.ready for pod in workload.pods), len(workload.pods)
            status = {
                "disruptionsAllowed": max(0, healthy - expected + 1),
                "currentHealthy": healthy,
                "desiredHealthy": expected - 1,
                "expectedPods": expected,
            }
            return {
                "spec": {"maxUnavailable": 1, "selector": {"matchLabels": workload.selector}},
                "status": status,
            }

        return _of(workload, "PodDisruptionBudget", workload.name, build, own=False)

    return ordered(
        make(w) for w in content.workloads if w.owner_kind == "StatefulSet" or w.name.endswith("-gateway")
    )


def _of(workload: Workload, kind: str, name: str, build: Any, *, own: bool = True) -> Object:
    """An object that shares its workload's name and labels, and is the workload itself when `own`."""
    return Object(
        kind,
        workload.namespace,
        name,
        workload.created,
        build,
        labels=workload.template_labels,
        uid=workload.uid if own else "",
        generation=1,
    )
