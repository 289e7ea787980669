"""What the cluster says happened lately: why each sick pod is sick, and a little of what goes well."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from playground.fleet.objects import Object, ordered, uid_of
from playground.fleet.pods import Pod, timestamp
from playground.fleet.population import Content
from playground.fleet.states import RUNNING, Part
from playground.fleet.storage import PENDING_CLAIM, PENDING_CLASS
from playground.fleet.workloads import Workload

_MINUTE, _HOUR = 60.0, 3_600.0
# Events live for an hour (--event-ttl of kube-apiserver).
_KEPT = _HOUR
# How young a pod is of which the scheduler is still heard.
_YOUNG = 120.0


class _Events:
    """Collects events; moments are seconds before now."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.now = time.time()
        self.made: list[Object] = []

    def add(
        self,
        about: Mapping[str, str],
        reason: str,
        message: str,
        source: str,
        *,
        last: float,
        count: int = 1,
        every: float = _MINUTE,
        warning: bool = True,
        host: str = "",
        path: str = "",
        series: bool = False,
    ) -> None:
        """One event; `series`: written the newer way, with eventTime and a series instead of a count."""
        if last > _KEPT:
            return
        first_at, last_at = self.now - last - (count - 1) * every, self.now - last
        involved = dict(about) | ({"fieldPath": path} if path else {})
        kind = "Warning" if warning else "Normal"
        body: dict[str, Any] = {
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "type": kind,
            "reportingComponent": source,
            "reportingInstance": host,
        }
        if series:
            micro = timestamp(last_at).replace("Z", ".000000Z")
            body |= {
                "source": {},
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": timestamp(first_at).replace("Z", ".000000Z"),
                "action": "Scheduling",
                "series": {"count": count, "lastObservedTime": micro},
            }
        else:
            body |= {
                "source": {"component": source} | ({"host": host} if host else {}),
                "firstTimestamp": timestamp(first_at),
                "lastTimestamp": timestamp(last_at),
                "count": count,
                "eventTime": None,
            }
        suffix = uuid.uuid5(uuid.NAMESPACE_URL, f"{about['uid']}/{reason}/{message}").hex[:16]
        fields = {f"involvedObject.{key}": value for key, value in involved.items()}
        fields |= {"reason": reason, "type": kind, "source": source, "reportingComponent": source}
        namespace = about.get("namespace", "default")
        name = f"{about['name']}.{suffix}"
        self.made.append(Object("Event", namespace, name, first_at, lambda: body, fields=fields))


def events(content: Content) -> tuple[Object, ...]:
    """The events of the last hour, as of now: a pod that has just begun to crash has its own already."""
    found = _Events(content)
    for pod in content.pods:
        if pod.state is not RUNNING:
            _of_pod(found, pod)
        elif found.now - pod.created < _KEPT:
            _of_start(found, pod)
    for workload in content.workloads:
        _of_workload(found, workload)
    for node in content.nodes:
        about = {"kind": "Node", "apiVersion": "v1", "name": node.name, "uid": node.name}
        if not node.ready:
            text = f"Node {node.name} status is now: NodeNotReady"
            found.add(about, "NodeNotReady", text, "node-controller", last=14 * _MINUTE)
        if node.short_of_memory:
            text = f"Node {node.name} status is now: NodeHasInsufficientMemory"
            found.add(about, "NodeHasInsufficientMemory", text, "kubelet", last=6 * _MINUTE, host=node.name)
    _of_claims(found)
    return ordered(found.made)


def _about(pod: Pod) -> dict[str, str]:
    names = {"namespace": pod.namespace, "name": pod.name, "uid": pod.uid_text}
    return {"kind": "Pod", "apiVersion": "v1", **names}


def _of_start(found: _Events, pod: Pod) -> None:
    about, host, age = _about(pod), pod.node[0], found.now - pod.created
    assigned = f"Successfully assigned {pod.namespace}/{pod.name} to {host}"
    found.add(about, "Scheduled", assigned, "default-scheduler", last=age, warning=False)
    for name, image in pod.workload.containers:
        path = f"spec.containers{{{name}}}"
        for reason, message in (
            ("Pulled", f'Container image "{image}" already present on machine'),
            ("Created", f"Created container: {name}"),
            ("Started", f"Started container {name}"),
        ):
            found.add(
                about, reason, message, "kubelet", last=max(0, age - 2), warning=False, host=host, path=path
            )


def _of_pod(found: _Events, pod: Pod) -> None:
    state, about, host = pod.state, _about(pod), pod.node[0]
    if state.unschedulable:
        found.add(
            *(about, "FailedScheduling", state.unschedulable, "default-scheduler"),
            last=3 * _MINUTE,
            count=9,
            every=5 * _MINUTE,
            series=True,
        )
    if state.reason == "Evicted":
        found.add(about, "Evicted", state.message, "kubelet", last=11 * _MINUTE, host=host)
    if state.deleted_seconds_ago is not None:
        name = pod.workload.containers[0][0]
        text = f"Stopping container {name}"
        found.add(
            *(about, "Killing", text, "kubelet"),
            last=state.deleted_seconds_ago,
            warning=False,
            host=host,
            path=f"spec.containers{{{name}}}",
        )
    if not state.scheduled:
        return
    if found.now - pod.created < _YOUNG:
        assigned = f"Successfully assigned {pod.namespace}/{pod.name} to {host}"
        age = found.now - pod.created
        found.add(about, "Scheduled", assigned, "default-scheduler", last=age, warning=False)
    for (name, image), part in zip(pod.workload.containers, state.parts, strict=False):
        _of_part(found, pod, f"spec.containers{{{name}}}", name, image, part)
    for at, part in enumerate(state.inits):
        name = "mesh" if part.sidecar else f"init-{at + 1}"
        image = f"{pod.workload.registry}/{'mesh' if part.sidecar else 'migrate'}:1.9.2"
        _of_part(found, pod, f"spec.initContainers{{{name}}}", name, image, part)
    if state.phase == "Running" and not state.ready and state.deleted_seconds_ago is None:
        name = pod.workload.containers[-1][0]
        text = (
            f'Readiness probe failed: Get "http://{pod.ip}:8080/ready": dial tcp: connect: connection refused'
        )
        path = f"spec.containers{{{name}}}"
        found.add(about, "Unhealthy", text, "kubelet", last=40.0, count=31, every=10.0, host=host, path=path)


def _of_part(found: _Events, pod: Pod, path: str, name: str, image: str, part: Part) -> None:
    about, host = _about(pod), pod.node[0]
    reason, message = part.waiting or ("", "")

    def add(why: str, text: str, *, last: float, count: int, every: float, warning: bool = True) -> None:
        found.add(
            *(about, why, text, "kubelet"),
            last=last,
            count=count,
            every=every,
            warning=warning,
            host=host,
            path=path,
        )

    match reason:
        case "CrashLoopBackOff":
            text = f"Back-off restarting failed container {name} in pod {pod.name}_{pod.namespace}({pod.uid_text})"
            add("BackOff", text, last=9.0, count=max(1, part.restarts * 9), every=13.0)
            text = f'Container image "{image}" already present on machine'
            add("Pulled", text, last=95.0, count=max(1, part.restarts), every=300.0, warning=False)
        case "ImagePullBackOff" | "ErrImagePull":
            add(
                "BackOff",
                f'Back-off pulling image "{image}"',
                last=21.0,
                count=118,
                every=14.0,
                warning=False,
            )
            text = f'Failed to pull image "{image}": rpc error: code = NotFound desc = {image}: not found'
            add("Failed", text, last=55.0, count=17, every=180.0)
        case "CreateContainerConfigError":
            add("Failed", f"Error: {message}", last=4.0, count=204, every=12.0)
    if part.last and part.last[0] == "OOMKilled":
        text = f"Container {name} was killed: it used more memory than its limit of 768Mi"
        ago = found.now - pod.taken_at + part.last[3]
        add("OOMKilling", text, last=ago, count=max(1, part.restarts), every=300.0)


def _of_workload(found: _Events, workload: Workload) -> None:
    names = {"namespace": workload.namespace, "name": workload.name, "uid": workload.uid}
    about = {"kind": workload.owner_kind, "apiVersion": "apps/v1", **names}
    if workload.older and workload.pods:
        text = f"Scaled up replica set {workload.hashed} from 0 to {len(workload.pods)}"
        source = "deployment-controller"
        found.add(about, "ScalingReplicaSet", text, source, last=4 * _MINUTE, warning=False)
    if workload.owner_kind == "Job" and workload.pods[0].state.phase == "Failed":
        about |= {"apiVersion": "batch/v1", "name": workload.hashed}
        text = "Job has reached the specified backoff limit"
        found.add(about, "BackoffLimitExceeded", text, "job-controller", last=10 * _MINUTE)


def _of_claims(found: _Events) -> None:
    first = next((w for w in found.content.workloads if w.owner_kind == "StatefulSet"), None)
    if first is None:
        return
    about = {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "namespace": first.namespace,
        "name": PENDING_CLAIM,
        "uid": uid_of("PersistentVolumeClaim", first.namespace, PENDING_CLAIM),
    }
    text = f'storageclass.storage.k8s.io "{PENDING_CLASS}" not found'
    source = "persistentvolume-controller"
    found.add(about, "ProvisioningFailed", text, source, last=8.0, count=482, every=15.0)
