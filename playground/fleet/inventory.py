"""What is in one cluster, kept for its API server: made at the first question, so that a fleet starts at once."""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from playground.fleet import controllers, custom, rollouts, routes, settings, storage
from playground.fleet.events import events
from playground.fleet.leases import leases
from playground.fleet.logs import lines
from playground.fleet.objects import Object
from playground.fleet.plan import ClusterPlan
from playground.fleet.pods import Pod
from playground.fleet.population import Content, populate
from playground.fleet.rollouts import Roll
from playground.fleet.states import Part, State, crashing
from playground.fleet.usage import node_metrics, pod_metrics
from playground.fleet.workloads import Workload
from playground.kubernetes.store import Change, NoKubelet, Record

_Maker = Callable[[Content], tuple[Object, ...]]

# Made once, when first asked for: which there are does not change, and each looks anew at what it tells.
_KEPT: Mapping[str, _Maker] = MappingProxyType(
    {
        "replicasets": controllers.replica_sets,
        "statefulsets": controllers.stateful_sets,
        "daemonsets": controllers.daemon_sets,
        "controllerrevisions": rollouts.controller_revisions,
        "jobs": controllers.jobs,
        "cronjobs": controllers.cron_jobs,
        "horizontalpodautoscalers": controllers.autoscalers,
        "poddisruptionbudgets": controllers.disruption_budgets,
        "configmaps": settings.config_maps,
        "secrets": settings.secrets,
        "serviceaccounts": settings.service_accounts,
        "resourcequotas": settings.quotas,
        "limitranges": settings.limit_ranges,
        "persistentvolumeclaims": storage.claims,
        "persistentvolumes": storage.volumes,
        "storageclasses": storage.storage_classes,
        "endpoints": routes.endpoints,
        "endpointslices": routes.endpoint_slices,
        "ingresses": routes.ingresses,
        "ingressclasses": routes.ingress_classes,
        "leases": leases,
        "customresourcedefinitions": custom.definitions,
        "dispatches": custom.dispatches,
    }
)

# Made anew for each question: which there are is part of the answer.
_FRESH: Mapping[str, _Maker] = MappingProxyType(
    {"events": events, "podmetrics": pod_metrics, "nodemetrics": node_metrics}
)


class Inventory:
    """The objects of a cluster; ages count from the moment the inventory was made."""

    def __init__(self, plan: ClusterPlan, seed: int) -> None:
        self._plan = plan
        self._seed = seed
        self._now = time.time()
        self._lock = threading.Lock()
        self._content: Content | None = None
        self._kept: dict[str, tuple[Object, ...]] = {}
        self._before_crash: dict[Pod, State] = {}
        self._rolls: dict[Workload, Roll] = {}

    @property
    def content(self) -> Content:
        with self._lock:
            if self._content is None:
                self._content = populate(self._plan, self._seed, self._now)
            return self._content

    @property
    def absent_groups(self) -> frozenset[str]:
        return self._plan.absent_groups

    def records(self, resource: str) -> Sequence[Record]:
        content = self.content
        if maker := _FRESH.get(resource):
            return maker(content)
        if maker := _KEPT.get(resource):
            with self._lock:
                if resource not in self._kept:
                    self._kept[resource] = maker(content)
                return self._kept[resource]
        records: Sequence[Record] = getattr(content, resource)
        return records

    def log(
        self, namespace: str, pod: str, container: str, *, previous: bool, since: float, until: float
    ) -> Iterator[tuple[float, str]]:
        found = self._pod(namespace, pod)
        if found.node[0] in self._dark_nodes:
            raise NoKubelet(f"dial tcp {found.node[1]}:10250: connect: connection refused")
        part = _part(found, container)
        return lines(found, container, part, previous=previous, since=since, until=until)

    @property
    def _dark_nodes(self) -> frozenset[str]:
        return frozenset(node.name for node in self.content.nodes if not node.ready)

    def _pod(self, namespace: str, name: str) -> Pod:
        pods = self.content.pods
        at = bisect.bisect_left(pods, (namespace, name), key=lambda p: (p.namespace, p.name))
        if at == len(pods) or (pods[at].namespace, pods[at].name) != (namespace, name):
            raise KeyError(f"no pod {namespace}/{name}")
        return pods[at]

    def crash(self, namespace: str, pod: str) -> Sequence[Change]:
        victim = self._pod(namespace, pod)
        before = self._events_of(victim)
        self._before_crash.setdefault(victim, victim.state)
        seconds_after_start = time.time() - self._now
        victim.state = crashing(3, 5.0 - seconds_after_start)
        return self._changes(victim, before)

    def heal(self) -> Sequence[Change]:
        changes: list[Change] = []
        while self._before_crash:
            pod, state = self._before_crash.popitem()
            before = self._events_of(pod)
            pod.state = state
            changes += self._changes(pod, before)
        while self._rolls:
            _, roll = self._rolls.popitem()
            changes += self._replaced(roll, *roll.undo())
        return changes

    def roll(self, namespace: str, deployment: str) -> Sequence[Change]:
        for workload in self.content.workloads:
            names = (workload.owner_kind, workload.namespace, workload.name, workload.rollout)
            if names == ("Deployment", namespace, deployment, "rolling"):
                roll = self._rolls.setdefault(workload, Roll(workload))
                return self._replaced(roll, *roll.step(self._now))
        raise KeyError(f"nothing is rolling at {namespace}/{deployment}")

    def _replaced(self, roll: Roll, gone: Sequence[Pod], come: Sequence[Pod]) -> list[Change]:
        """Takes some pods of a deployment away and puts others there; what that changes."""
        workload = roll.workload
        with self._lock:
            if self._content is not None:
                kept = [pod for pod in self._content.pods if pod not in gone]
                pods = sorted((*kept, *come), key=lambda pod: (pod.namespace, pod.name))
                self._content = replace(self._content, pods=tuple(pods))
        changes = [Change("DELETED", "pods", pod) for pod in gone]
        changes += [Change("ADDED", "pods", pod) for pod in come]
        for resource, names in (("replicasets", roll.replica_sets), ("deployments", (workload.name,))):
            changes += [
                Change("MODIFIED", resource, record)
                for record in self.records(resource)
                if record.namespace == workload.namespace and record.name in names
            ]
        return changes

    def _events_of(self, pod: Pod) -> dict[str, Object]:
        uid = pod.uid_text
        return {e.name: e for e in events(self.content) if e.field("involvedObject.uid") == uid}

    def _changes(self, pod: Pod, before: Mapping[str, Object]) -> list[Change]:
        """What the change of a pod's state changes: itself, what counts it, and its events."""
        owner = pod.workload.owner
        changes = [Change("MODIFIED", "pods", pod)]
        for resource, name in (
            (f"{owner['kind'].lower()}s", owner["name"]),
            ("deployments", pod.workload.name),
        ):
            changes += [
                Change("MODIFIED", resource, record)
                for record in self.records(resource)
                if (record.namespace, record.name) == (pod.namespace, name)
            ]
        after = self._events_of(pod)
        changes += [Change("DELETED", "events", before[name]) for name in before.keys() - after.keys()]
        changes += [Change("ADDED", "events", after[name]) for name in after.keys() - before.keys()]
        return changes


def _part(pod: Pod, container: str) -> Part:
    """What that container of the pod does; those a state says nothing of run."""
    names = [name for name, _ in pod.workload.containers]
    if container in names:
        at = names.index(container)
        return pod.state.parts[at] if at < len(pod.state.parts) else Part(ready=True)
    inits = ["mesh" if part.sidecar else f"init-{at + 1}" for at, part in enumerate(pod.state.inits)]
    return pod.state.inits[inits.index(container)]
