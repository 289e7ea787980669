"""Whose logs: the pods of a workload, the container of each that is meant, and why one has nothing to read.

The default container is the one that kubectl takes: FindOrDefaultContainerByName in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connector.cluster import Cluster
from connector.description.selectors import either
from connector.errors import InvalidRequest
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.objects import Ref, read
from connector.resources import KINDS, Health
from connector.resources import pods as rows
from connector.resources.wire import Metadata, Reader
from connector.served import Resource
from connector.words import clean

DEFAULT = "kubectl.kubernetes.io/default-container"

WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "services")
"""The kinds, besides pods, that have logs: those of the pods that they select."""

_PODS = KINDS["pods"].resource


class _Metadata(Metadata, rename="camel"):
    annotations: dict[str, str] | None = None


class _Spec(rows.PodSpec, rename="camel"):
    ephemeral_containers: list[rows.Container] | None = None


class _Status(rows.PodStatus, rename="camel"):
    ephemeral_container_statuses: list[rows.ContainerStatus] | None = None


class Pod(rows.Pod):
    """A pod, as far as its logs go."""

    metadata: _Metadata
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)

    @property
    def ended(self) -> bool:
        """Whether none of its containers will ever run again."""
        return self.status.phase in {"Succeeded", "Failed"}

    def containers(self) -> Iterator["Container"]:
        """All of them: the default one first, then the others, sidecars and init ones, those for debugging."""
        plain = [one.name for one in self.spec.containers or ()]
        wanted = (self.metadata.annotations or {}).get(DEFAULT, "")
        for one in sorted(plain, key=lambda name: name != wanted):
            yield self._container(one, "", self.status.container_statuses)
        for init in self.spec.init_containers or ():
            role = "sidecar" if init.restart_policy == "Always" else "init"
            yield self._container(init.name, role, self.status.init_container_statuses)
        for debugging in self.spec.ephemeral_containers or ():
            yield self._container(debugging.name, "debug", self.status.ephemeral_container_statuses)

    def _container(self, name: str, role: str, statuses: list[rows.ContainerStatus] | None) -> "Container":
        return Container(name, role, next((one for one in statuses or () if one.name == name), None))


@dataclass(frozen=True)
class Container:
    """One container of a pod. `role` is "" for a plain one; `status` is None before the kubelet knows it."""

    name: str
    role: str
    status: rows.ContainerStatus | None

    @property
    def restarted(self) -> bool:
        return self.status is not None and self.status.last_state.terminated is not None

    @property
    def runs(self) -> bool:
        return self.status is not None and self.status.state.running is not None


class NoSuchContainer(InvalidRequest):
    """The pod has no container of that name; `containers` are those that it has."""

    def __init__(self, what: str, why: str, hint: str, *, containers: tuple[str, ...]) -> None:
        super().__init__(what, why, hint)
        self.containers = containers


def of(cluster: Cluster, ref: Ref, deadline: Deadline, impersonate: Impersonate | None = None) -> list[Pod]:
    """The pod that `ref` is, or the pods of that workload: those in trouble first, then the newest.

    Raises ObjectNotFound when it is gone, InvalidRequest for what selects no pods, and what the cluster says.
    """
    if ref.resource.plural == "pods":
        return [read(cluster, ref, _POD.one, deadline, impersonate)]
    selector = either(read(cluster, ref, _SELECTOR.one, deadline, impersonate))
    if not selector:
        raise InvalidRequest(
            f"The {ref.resource.singular} `{ref.name}` selects no pods, so it has no logs",
            "",
            "Name a pod, or what runs the pods",
        )
    query = {"labelSelector": selector}
    pages = cluster.pages(
        "list pods",
        _PODS.path(ref.namespace),
        _POD,
        deadline,
        query=query,
        impersonate=impersonate,
    )
    return sorted((pod for _, page in pages for pod in page), key=_sickest_first)


def check(kind: str) -> Resource:
    """The kind of that plural. Raises InvalidRequest for one that has no logs."""
    if kind != "pods" and kind not in WORKLOADS:
        raise InvalidRequest(
            f"There are no logs of {clean(kind, 60)}",
            "Logs are of pods, and of what selects pods.",
            f"Name a pod, or one of {', '.join(WORKLOADS)}: `/eks logs deploy/NAME`",
        )
    return KINDS[kind].resource


def meant(pods: Sequence[Pod], wanted: str) -> list[tuple[Pod, Container]]:
    """Of each pod the container of that name, or its default one; pods without it are left out.

    Raises NoSuchContainer when no pod has it.
    """
    found = []
    for pod in pods:
        containers = list(pod.containers())
        one = next((one for one in containers if not wanted or one.name == wanted), None)
        if one:
            found.append((pod, one))
    if not found and pods and wanted:
        there = choices(pods)
        named = ", ".join(f"`{one.name}`" + (f" ({one.role})" if one.role else "") for one in there)
        where = f"the pod `{pods[0].metadata.name}`" if len(pods) == 1 else f"any of the {len(pods)} pods"
        raise NoSuchContainer(
            f"There is no container `{clean(wanted, 63)}` in {where}",
            f"There {'is' if len(there) == 1 else 'are'}: {named}.",
            "Leave out `-c` for the default one",
            containers=tuple(one.name for one in there),
        )
    return found


def choices(pods: Iterable[Pod]) -> tuple[Container, ...]:
    """All containers of these pods, one of each name, in the order of the first pod's."""
    found: dict[str, Container] = {}
    for pod in pods:
        for one in pod.containers():
            found.setdefault(one.name, one)
    return tuple(found.values())


def silent(pod: Pod, container: Container, *, previous: bool) -> str:
    """Why the container has no line to be read, as the end of a sentence about it; "" when it may have some."""
    status = container.status
    if previous and not container.restarted:
        return "was never restarted"
    if container.restarted:
        return ""
    if not pod.spec.node_name:
        return "is on no node yet"
    if status is None:
        reason = pod.status.reason
        return f"never ran: {clean(reason, 100)}" if reason else "has not started yet"
    if status.state.waiting is not None:
        return f"waits to start: {clean(status.state.waiting.reason, 100) or 'no reason is given'}"
    return ""


class _Workload(msgspec.Struct):
    spec: dict[str, Any] = msgspec.field(default_factory=dict)


_POD: Reader[Pod, Pod] = Reader(Pod, lambda pod: pod)
_SELECTOR: Reader[_Workload, Any] = Reader(_Workload, lambda workload: workload.spec.get("selector") or {})


def _sickest_first(pod: Pod) -> tuple[Health, float, str]:
    row = rows.row(pod)
    return (row.health, -row.created, row.name)
