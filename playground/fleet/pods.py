"""Pods: how one looks in full, and the small record that stands for it until somebody asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from playground.fleet.states import RUNNING, Part, State, container_status
from playground.fleet.template import dumps

if TYPE_CHECKING:
    from playground.fleet.workloads import Workload

# What differs between two healthy pods of one workload, in the order of Pod.values.
VALUES = ("name", "uid", "version", "created", "started", "node", "host_ip", "pod_ip", "suffix", "cid")

_TOLERATIONS = [
    {
        "key": f"node.kubernetes.io/{key}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for key in ("not-ready", "unreachable")
]


def timestamp(epoch: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))


class Pod:
    """A pod's facts; its JSON is made when it is asked for."""

    __slots__ = ("created", "index", "labels", "name", "node", "state", "taken_at", "uid", "workload")

    def __init__(
        self,
        workload: Workload,
        name: str,
        *,
        index: int,
        uid: int,
        node: tuple[str, str],
        created: float,
        taken_at: float,
        labels: Mapping[str, str],
        state: State = RUNNING,
    ) -> None:
        self.workload = workload
        self.name = name
        self.index = index
        self.uid = uid
        self.node = node
        self.created = created
        self.taken_at = taken_at
        self.labels = labels
        self.state = state

    @property
    def namespace(self) -> str:
        return self.workload.namespace

    @property
    def ready(self) -> bool:
        return self.state.ready

    def field(self, name: str) -> str:
        known = _FIELDS.get(name)
        return known(self) if known else ""

    def json(self) -> bytes:
        if self.state is RUNNING:
            return self.workload.template.fill(self._values())
        return dumps(pod_document(self.workload, self._values(), self.state, self._before))

    def _before(self, seconds: float) -> str:
        return timestamp(self.taken_at - seconds)

    @property
    def uid_text(self) -> str:
        digits = f"{self.uid:032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    @property
    def ip(self) -> str:
        return f"10.{64 + (self.index >> 16)}.{(self.index >> 8) & 255}.{self.index & 255}"

    def _values(self) -> tuple[str, ...]:
        digits = f"{self.uid:032x}"
        node, host_ip = self.node
        return (
            self.name,
            self.uid_text,
            str(10_000_000 + self.index),
            timestamp(self.created),
            timestamp(self.created + 4),
            node,
            host_ip,
            self.ip,
            digits[-5:],
            digits * 2,
        )


_FIELDS: Mapping[str, Callable[[Pod], str]] = MappingProxyType(
    {
        "metadata.name": lambda pod: pod.name,
        "metadata.namespace": lambda pod: pod.namespace,
        "spec.nodeName": lambda pod: pod.node[0] if pod.state.scheduled else "",
        "spec.restartPolicy": lambda pod: pod.state.restart_policy,
        "spec.serviceAccountName": lambda pod: pod.workload.name,
        "status.phase": lambda pod: pod.state.phase,
        "status.podIP": lambda pod: pod.ip if pod.state.scheduled and pod.state.phase == "Running" else "",
    }
)


def pod_document(
    workload: Workload, values: Sequence[str], state: State, before: Callable[[float], str]
) -> dict[str, Any]:
    """A pod in full. `before` gives the timestamp of that many seconds before the fleet began."""
    name, uid, version, created, started, node, host_ip, pod_ip, suffix, cid = values
    containers = _containers(workload, suffix)
    spec: dict[str, Any] = {
        "volumes": _volumes(workload, name, suffix),
        "containers": containers,
        "restartPolicy": state.restart_policy,
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": workload.name,
        "serviceAccount": workload.name,
        "nodeName": node,
        "securityContext": {
            "runAsNonRoot": True,
            "fsGroup": 2000,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "affinity": _affinity(workload),
        "schedulerName": "default-scheduler",
        "tolerations": _TOLERATIONS,
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": workload.selector},
            }
        ],
    }
    if state.inits:
        spec["initContainers"] = [_init_container(workload, at, part) for at, part in enumerate(state.inits)]
    if state.gate:
        spec["schedulingGates"] = [{"name": state.gate}]
    if not state.scheduled:
        del spec["nodeName"]
    labels = workload.labels_of(name)
    annotations = {
        "kubectl.kubernetes.io/restartedAt": created,
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9102",
        "checksum/config": workload.checksum,
    }
    if workload.owner_kind == "StatefulSet":
        # Not the first one, so that who reads the first container's log reads the wrong one.
        annotations["kubectl.kubernetes.io/default-container"] = workload.containers[-1][0]
    metadata: dict[str, Any] = {
        "name": name,
        "generateName": workload.generate_name,
        "namespace": workload.namespace,
        "uid": uid,
        "resourceVersion": version,
        "generation": 1,
        "creationTimestamp": created,
        "labels": labels,
        "annotations": annotations,
        "ownerReferences": [workload.owner],
    }
    if state.deleted_seconds_ago is not None:
        metadata["deletionTimestamp"] = before(state.deleted_seconds_ago)
        metadata["deletionGracePeriodSeconds"] = 30
        metadata["finalizers"] = ["example.com/drain"]
    status = _status(workload, state, started, before, (host_ip, pod_ip, cid), containers)
    body = {"metadata": metadata, "spec": spec, "status": status}
    metadata["managedFields"] = _managed_fields(body, created, started)
    return body


def _containers(workload: Workload, suffix: str) -> list[dict[str, Any]]:
    token = {
        "name": f"kube-api-access-{suffix}",
        "readOnly": True,
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
    }
    data = {"name": "data", "mountPath": "/data"}
    made = []
    for at, (name, image) in enumerate(workload.containers):
        container: dict[str, Any] = {
            "name": name,
            "image": image,
            "ports": [{"name": "http", "containerPort": 8080 + at, "protocol": "TCP"}],
            "env": workload.env if at == 0 else workload.env[:6],
            "resources": {
                "limits": {"memory": "768Mi"},
                "requests": {"cpu": "250m", "memory": "512Mi"},
            },
            "volumeMounts": [
                {"name": "config", "readOnly": True, "mountPath": "/etc/app"},
                {"name": "cache", "mountPath": "/var/cache/app"},
                *([data] if workload.owner_kind == "StatefulSet" and at == 0 else []),
                token,
            ],
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
            "imagePullPolicy": "IfNotPresent",
            "securityContext": {
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
                "allowPrivilegeEscalation": False,
            },
        }
        for probe, path, period in (("livenessProbe", "/live", 20), ("readinessProbe", "/ready", 10)):
            container[probe] = {
                "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
                "timeoutSeconds": 2,
                "periodSeconds": period,
                "successThreshold": 1,
                "failureThreshold": 3,
            }
        made.append(container)
    return made


def _init_container(workload: Workload, at: int, part: Part) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "mesh" if part.sidecar else f"init-{at + 1}",
        "image": f"{workload.registry}/{'mesh' if part.sidecar else 'migrate'}:1.9.2",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    }
    if part.sidecar:
        container["restartPolicy"] = "Always"
    return container


def _volumes(workload: Workload, pod: str, suffix: str) -> list[dict[str, Any]]:
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    claim = {"name": "data", "persistentVolumeClaim": {"claimName": f"data-{pod}"}}
    return [
        *([claim] if workload.owner_kind == "StatefulSet" else []),
        {"name": "config", "configMap": {"name": f"{workload.name}-config", "defaultMode": 420}},
        {"name": "cache", "emptyDir": {"sizeLimit": "256Mi"}},
        {"name": f"kube-api-access-{suffix}", "projected": {"sources": sources, "defaultMode": 420}},
    ]


def _affinity(workload: Workload) -> dict[str, Any]:
    term = {"labelSelector": {"matchLabels": workload.selector}, "topologyKey": "kubernetes.io/hostname"}
    preference = {"weight": 100, "podAffinityTerm": term}
    return {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preference]}}


def _status(
    workload: Workload,
    state: State,
    started: str,
    before: Callable[[float], str],
    addresses: tuple[str, str, str],
    containers: list[dict[str, Any]],
) -> dict[str, Any]:
    host_ip, pod_ip, cid = addresses
    status: dict[str, Any] = {"phase": state.phase}
    if conditions := _conditions(state, started, containers):
        status["conditions"] = conditions
    if state.message:
        status["message"] = state.message
    if state.reason:
        status["reason"] = state.reason
    if state.scheduled:
        status |= {"hostIP": host_ip, "hostIPs": [{"ip": host_ip}]}
        if state.phase == "Running":
            status |= {"podIP": pod_ip, "podIPs": [{"ip": pod_ip}]}
        status["startTime"] = started
    if state.inits:
        status["initContainerStatuses"] = [
            container_status(c["name"], c["image"], part, started, before, cid)
            for part, c in ((p, _init_container(workload, at, p)) for at, p in enumerate(state.inits))
        ]
    if state.started:
        waiting = Part(waiting=("ContainerCreating", "")) if state.phase == "Pending" else Part(ready=True)
        parts = (*state.parts, *[waiting] * len(containers))
        status["containerStatuses"] = [
            container_status(c["name"], c["image"], part, started, before, cid)
            for c, part in zip(containers, parts, strict=False)
        ]
    status["qosClass"] = "Burstable"
    return status


def _conditions(state: State, started: str, containers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if state.reason == "Evicted" or (not state.scheduled and not state.gate and not state.unschedulable):
        return []
    if not state.scheduled:
        reason = "SchedulingGated" if state.gate else "Unschedulable"
        message = state.unschedulable or "Scheduling is blocked due to non-empty scheduling gates"
        return [_condition("PodScheduled", False, started, reason, message)]
    done = state.phase == "Succeeded"
    reason = "PodCompleted" if done else "ContainersNotReady"
    unready = " ".join(c["name"] for c in containers)
    message = "" if done else f"containers with unready status: [{unready}]"
    initialized = all(part.ready for part in state.inits)
    return [
        _condition("PodScheduled", True, started),
        _condition(
            "Initialized",
            initialized,
            started,
            "PodCompleted" if done else "" if initialized else "ContainersNotInitialized",
        ),
        *(
            _condition(kind, state.ready, started, *(() if state.ready else (reason, message)))
            for kind in ("ContainersReady", "Ready")
        ),
    ]


def _condition(kind: str, true: bool, at: str, reason: str = "", message: str = "") -> dict[str, Any]:
    fields = {
        "type": kind,
        "status": "True" if true else "False",
        "lastProbeTime": None,
        "lastTransitionTime": at,
        "reason": reason,
        "message": message,
    }
    return {key: value for key, value in fields.items() if value != ""}


def _managed_fields(body: Mapping[str, Any], created: str, started: str) -> list[dict[str, Any]]:
    metadata = {key: body["metadata"][key] for key in ("annotations", "labels", "ownerReferences")}
    made = {"metadata": metadata, "spec": body["spec"]}
    return [
        _manager("kube-controller-manager", created, made),
        _manager("kubelet", started, {"status": body["status"]}) | {"subresource": "status"},
    ]


def _manager(name: str, at: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "manager": name,
        "operation": "Update",
        "apiVersion": "v1",
        "time": at,
        "fieldsType": "FieldsV1",
        "fieldsV1": _owned(fields),
    }


def _owned(value: Any) -> dict[str, Any]:
    """The tree of owned fields; list items are known by their key, as in server-side apply."""
    if isinstance(value, Mapping):
        return {f"f:{key}": _owned(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        tree: dict[str, Any] = {".": {}}
        for item in value:
            key = next((k for k in ("name", "type", "key", "ip", "uid") if k in item), None)
            if key is None:
                return {}
            tree[f'k:{{"{key}":"{item[key]}"}}'] = {".": {}, **_owned(item)}
        return tree
    return {}
