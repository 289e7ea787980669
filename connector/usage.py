"""What pods and nodes use, as the metrics server measured it, beside what they asked for and what they may use.

https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from connector.api import Parameters
from connector.cluster import Cluster, parameters
from connector.errors import Failure, Forbidden, NotFound, ServerError
from connector.gauges import CPU, MEMORY, NOTHING, Amounts, Measured, Node, Pod, Use, asked, of_node, of_pod
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import KINDS, Query
from connector.resources.wire import ListMeta, Reader, condition
from connector.served import Resource

T = TypeVar("T")

NAME = "name"
ORDERS = (CPU, MEMORY, NAME)
"""What usage can be sorted by: the largest first, or by namespace and name."""

NEAR = 0.9
"""From this share of a limit on it is near."""

_GROUP, _VERSION = "metrics.k8s.io", "v1beta1"
_POD_USE = Resource("pods", "pod", "PodMetrics", _GROUP, _VERSION)
_NODE_USE = Resource("nodes", "node", "NodeMetrics", _GROUP, _VERSION, namespaced=False)
# Pods that are over hold nothing of a node any more.
_ALIVE: Parameters = {"fieldSelector": "status.phase!=Succeeded,status.phase!=Failed"}


class NoFigures(Failure):
    """The cluster has no metrics server, or it does not answer."""


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A pod or node without figures."""

    name: str
    namespace: str | None
    running: bool
    """It should have some, and will within a minute or so of its start."""


@dataclass(frozen=True)
class Figures:
    """What was measured."""

    rows: tuple[Use, ...]
    """Those that have all the words in their names, in the order asked for."""
    total: int
    """Rows before the words were looked at."""
    unmeasured: tuple[Unmeasured, ...]
    """Those that have all the words in their names, the running ones first."""
    measured_at: float
    """When the newest of it was measured, in epoch seconds; 0 when there is nothing."""
    window: float
    """Seconds that it is an average of; 0 when nobody says."""
    taken_at: float
    complete: bool
    """False: the deadline came before all pods were read."""
    hidden: str = ""
    """Why what the pods of the nodes asked for is not known; mostly ""."""


def pods(
    cluster: Cluster,
    query: Query,
    deadline: Deadline,
    *,
    impersonate: Impersonate | None = None,
    on_progress: Callable[[int], None] = lambda _read: None,
) -> Figures:
    """What the pods that `query` finds use, in one of ORDERS, by memory unless it says otherwise.

    `on_progress(pods read so far)`. Raises NoFigures, and what the cluster says.
    """
    reading = _Reading(cluster, query, deadline, impersonate)
    allowed = query.allows(_POD_USE)
    measured = {
        (one.metadata.namespace, one.metadata.name): one
        for one in reading.measured(_POD_USE)
        if allowed(one.metadata)
    }
    rows: list[Use] = []
    unmeasured: list[Unmeasured] = []
    seen = (pod for pod in reading.pods(query.namespace, reading.labelled) if allowed(pod.metadata))
    for count, pod in enumerate(seen):
        if count % 1_000 == 0:
            on_progress(count)
        found = measured.get((pod.metadata.namespace, pod.metadata.name))
        if found:
            rows.append(of_pod(pod, found))
        else:
            running = pod.status.phase == "Running" and not pod.metadata.deletion_timestamp
            unmeasured.append(Unmeasured(pod.metadata.name, pod.metadata.namespace, running))
    return reading.figures(rows, unmeasured, measured.values())


def nodes(
    cluster: Cluster,
    query: Query,
    deadline: Deadline,
    *,
    impersonate: Impersonate | None = None,
    on_progress: Callable[[int], None] = lambda _read: None,
) -> Figures:
    """What the nodes that `query` finds use of what they have to give, and what the pods on them asked for.

    `on_progress(pods read so far)`. Raises NoFigures, and what the cluster says.
    """
    reading = _Reading(cluster, query, deadline, impersonate)
    measured = {one.metadata.name: one for one in reading.measured(_NODE_USE)}
    there = list(reading.all(KINDS["nodes"].resource, None, _node, reading.labelled))
    requested: dict[str, Amounts] = {}
    hidden = ""
    try:
        for count, pod in enumerate(reading.pods(None, {})):
            if count % 1_000 == 0:
                on_progress(count)
            so_far = requested.get(pod.spec.node_name, NOTHING)
            requested[pod.spec.node_name] = tuple(
                sum_ + (asked(pod.spec, "requests", which) or 0)
                for sum_, which in zip(so_far, (CPU, MEMORY), strict=True)
            )
    except Forbidden as failure:
        # Usage and allocatable are known without them.
        hidden = failure.what
    rows = [
        of_node(one, found, None if hidden else requested.get(one.metadata.name, NOTHING))
        for one in there
        if (found := measured.get(one.metadata.name))
    ]
    unmeasured = [
        Unmeasured(one.metadata.name, None, condition(one.status.conditions, "Ready") == "True")
        for one in there
        if one.metadata.name not in measured
    ]
    return reading.figures(rows, unmeasured, measured.values(), hidden)


def _itself(one: T) -> T:
    return one


_measured = Reader(Measured, _itself)
_pod = Reader(Pod, _itself)
_node = Reader(Node, _itself)


class _Reading:
    """The lists of one answer, and whether all of them were read to their ends."""

    def __init__(
        self, cluster: Cluster, query: Query, deadline: Deadline, impersonate: Impersonate | None
    ) -> None:
        self._cluster = cluster
        self._query = query
        self._deadline = deadline
        self._impersonate = impersonate
        self._taken_at = time.time()
        self._complete = True
        # The metrics server takes no selector of fields.
        self.labelled = parameters(replace(query, fields=""))

    def all(
        self,
        resource: Resource,
        namespace: str | None,
        read: Callable[[bytes], tuple[ListMeta, Iterable[T]]],
        query: Parameters,
    ) -> Iterator[T]:
        action = f"list {resource.name}"
        for meta, page in self._cluster.pages(
            action,
            resource.path(namespace),
            read,
            self._deadline,
            query=query,
            impersonate=self._impersonate,
        ):
            yield from page
            is_last = not meta.continue_
        self._complete = self._complete and is_last

    def pods(self, namespace: str | None, labelled: Parameters) -> Iterator[Pod]:
        return self.all(KINDS["pods"].resource, namespace, _pod, {**_ALIVE, **labelled})

    def measured(self, resource: Resource) -> list[Measured]:
        with _explained(self._cluster):
            return list(self.all(resource, self._query.namespace, _measured, self.labelled))

    def figures(
        self,
        rows: Iterable[Use],
        unmeasured: Iterable[Unmeasured],
        measured: Iterable[Measured],
        hidden: str = "",
    ) -> Figures:
        matches = self._query.names()
        everything = list(rows)
        newest = max(measured, key=_moment, default=None)
        return Figures(
            rows=tuple(sorted(filter(matches, everything), key=_order(self._query.sort_by))),
            total=len(everything),
            unmeasured=tuple(
                sorted(
                    filter(matches, unmeasured),
                    key=lambda one: (not one.running, one.namespace or "", one.name),
                )
            ),
            measured_at=_moment(newest) if newest else 0.0,
            window=_seconds(newest.window) if newest else 0.0,
            taken_at=self._taken_at,
            complete=self._complete,
            hidden=hidden,
        )


def _order(sort_by: str) -> Callable[[Use], Any]:
    def key(one: Use) -> Any:
        place = (one.namespace or "", one.name)
        if sort_by == NAME:
            return place
        first, second = (one.cpu, one.memory) if sort_by == CPU else (one.memory, one.cpu)
        return (-first.used, -second.used, *place)

    return key


def _moment(one: Measured) -> float:
    return one.timestamp.timestamp() if one.timestamp else 0.0


# https://pkg.go.dev/time#ParseDuration
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|us|µs|ns|h|m|s)")


def _seconds(duration: str) -> float:
    return sum(float(count) * _UNITS[unit] for count, unit in _DURATION.findall(duration))


@contextmanager
def _explained(cluster: Cluster) -> Iterator[None]:
    """What is to be done when nobody serves figures."""
    name, region = cluster.api.facts["cluster"], cluster.api.facts["region"]
    try:
        yield
    except NotFound as error:
        raise NoFigures(
            f"`{name}` has no metrics server",
            "What pods and nodes use is measured by it, and nothing serves `metrics.k8s.io` there.",
            "Whoever runs the cluster adds it: "
            f"`aws eks create-addon --addon-name metrics-server --cluster-name {name} --region {region}`",
        ) from error
    except ServerError as error:
        if getattr(error.__cause__, "status", None) != 503:
            raise
        raise NoFigures(
            f"The metrics server of `{name}` does not answer",
            error.why,
            "Whoever runs the cluster looks why: `kubectl get apiservice v1beta1.metrics.k8s.io` and "
            "`kubectl get pods -n kube-system -l app.kubernetes.io/name=metrics-server`",
        ) from error
