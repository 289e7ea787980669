"""Fills a cluster: from a plan and a seed to its nodes, workloads, pods and services, always the same ones."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from playground.fleet import services
from playground.fleet.nodes import Node
from playground.fleet.plan import ClusterPlan
from playground.fleet.pods import Pod
from playground.fleet.services import Namespace, Service
from playground.fleet.states import (
    BROKEN_FEW,
    CHANGING_FEW,
    PASSING,
    RUNNING,
    STATES,
    State,
    restarted,
    state_named,
)
from playground.fleet.words import (
    DAEMONS,
    HASH_ALPHABET,
    MACHINES,
    REGISTRY,
    ROLES,
    SUFFIX_ALPHABET,
    SYSTEM_NAMESPACES,
    TEAM_NAMESPACES,
)
from playground.fleet.workloads import REVISION, Deployment, Rollout, Workload

_DAY = 86_400.0
_ZONES = ("a", "b", "c")
_ODDITIES = "chaos"
_ADDONS = (
    ("coredns", 2),
    ("metrics-server", 2),
    ("ebs-csi-controller", 2),
    ("aws-load-balancer-controller", 2),
)


@dataclass(frozen=True)
class Content:
    """Everything in a cluster, each kind ordered by namespace and name."""

    namespaces: tuple[Namespace, ...]
    nodes: tuple[Node, ...]
    pods: tuple[Pod, ...]
    services: tuple[Service, ...]
    deployments: tuple[Deployment, ...]
    workloads: tuple[Workload, ...]
    born: float
    now: float


def populate(plan: ClusterPlan, seed: int, now: float) -> Content:
    """What is in the cluster of `plan`; ages count back from `now` (epoch seconds)."""
    return _Builder(plan, random.Random(f"{seed}/{plan.account}/{plan.region}/{plan.name}"), now).content()


class _Builder:
    def __init__(self, plan: ClusterPlan, rng: random.Random, now: float) -> None:
        self._plan = plan
        self._rng = rng
        self._named: set[tuple[str, str]] = set()
        self._now = now
        self._born = now - plan.age_days * _DAY
        self._registry = REGISTRY.format(region=plan.region)
        count = min(len(TEAM_NAMESPACES), max(2, plan.pods // 90))
        self._teams = [TEAM_NAMESPACES[at] for at in sorted(rng.sample(range(len(TEAM_NAMESPACES)), count))]
        self._workloads: list[Workload] = []
        self._pods: list[Pod] = []
        self._nodes = self._machines()
        self._fargate = self._fargate_nodes()
        self._homes = [(n.name, n.ip) for n in self._nodes if n.ready and not n.cordoned]

    def content(self) -> Content:
        if self._plan.nodes == 0:
            return Content((), (), (), (), (), (), self._born, self._now)
        self._system()
        if self._plan.cast == "every":
            self._every_state()
        self._stateful()
        self._jobs()
        self._onto_fargate()
        self._applications(self._plan.pods - len(self._pods))
        self._few()
        services = self._services()
        deployments = [
            Deployment(w, at) for at, w in enumerate(self._workloads) if w.owner_kind == "Deployment"
        ]
        return Content(
            namespaces=tuple(sorted(self._namespaces(), key=lambda n: n.name)),
            nodes=tuple(sorted((*self._nodes, *self._fargate), key=lambda n: n.name)),
            pods=tuple(sorted(self._pods, key=lambda p: (p.namespace, p.name))),
            services=tuple(sorted(services, key=lambda s: (s.namespace, s.name))),
            deployments=tuple(sorted(deployments, key=lambda d: (d.namespace, d.name))),
            workloads=tuple(self._workloads),
            born=self._born,
            now=self._now,
        )

    def _namespaces(self) -> Iterable[Namespace]:
        names = [*SYSTEM_NAMESPACES, *self._teams]
        if self._plan.cast == "every":
            names.append(_ODDITIES)
            yield Namespace("preview-1482", self._now - 2 * _DAY, terminating=True, index=99)
        for at, name in enumerate(names):
            labels = {"kubernetes.io/metadata.name": name, "team": name}
            yield Namespace(name, self._born + at * 3600, index=at, labels=labels)

    def _machines(self) -> list[Node]:
        spots = self._rng.sample(range(1, 64 * 250), self._plan.nodes)
        nodes = []
        for at, spot in enumerate(spots):
            ip = f"10.20.{spot // 250}.{spot % 250 + 4}"
            # The first machines of a big enough cluster are the odd ones.
            odd = at if self._plan.nodes >= 12 else -1
            nodes.append(
                Node(
                    name=self._node_name("ip", ip),
                    ip=ip,
                    zone=self._plan.region + _ZONES[at % 3],
                    minor=self._plan.minor,
                    created=self._now - self._rng.uniform(1, min(40, self._plan.age_days)) * _DAY,
                    uid=self._uuid(),
                    machine=MACHINES[self._rng.randrange(len(MACHINES))],
                    ready=odd != 0,
                    cordoned=odd in {1, 2},
                    short_of_memory=odd == 3 and self._plan.cast == "every",
                    index=at,
                )
            )
        return nodes

    def _fargate_nodes(self) -> list[Node]:
        count = 8 if self._plan.nodes >= 100 else 2 if self._plan.nodes >= 12 else 0
        nodes = []
        for at in range(count):
            ip = f"10.20.{100 + at}.{self._rng.randrange(4, 250)}"
            name = self._node_name("fargate-ip", ip)
            zone = self._plan.region + _ZONES[at % 3]
            created = self._now - 3 * _DAY
            nodes.append(
                Node(name, ip, zone, self._plan.minor, created, self._uuid(), machine=None, index=900 + at)
            )
        return nodes

    def _node_name(self, prefix: str, ip: str) -> str:
        domain = "ec2" if self._plan.region == "us-east-1" else f"{self._plan.region}.compute"
        return f"{prefix}-{ip.replace('.', '-')}.{domain}.internal"

    def _system(self) -> None:
        for name, containers, namespace in DAEMONS:
            daemon = self._workload("DaemonSet", namespace, name, containers=containers)
            for node in self._nodes:
                self._pod(daemon, node=(node.name, node.ip), created=node.created + 30)
        for name, replicas in _ADDONS:
            self._fill(self._workload("Deployment", "kube-system", name), replicas)

    def _every_state(self) -> None:
        for name, state in STATES.items():
            count = max(1, len(state.parts))
            kind: Literal["Job", "Deployment"] = "Deployment" if state.restart_policy == "Always" else "Job"
            rollout: Rollout = "stuck" if name == "image-backoff" else "done"
            containers = ("app", "proxy")[:count]
            workload = self._workload(kind, _ODDITIES, name, containers=containers, rollout=rollout)
            self._fill(workload, 1, state)
            if name in PASSING:
                workload.pods[0].created = self._now - self._rng.uniform(10, 100)
        rollouts: tuple[tuple[Rollout, int, int], ...] = (
            ("rolling", 2, 2),
            ("paused", 4, 0),
            ("unseen", 0, 0),
        )
        for rollout, old, new in rollouts:
            workload = self._workload("Deployment", _ODDITIES, rollout, rollout=rollout)
            if old:
                workload.older = workload.at_revision(REVISION - 1)
                self._fill(workload.older, old)
            self._fill(workload, new)
            workload.replicas = 4
        self._fill(self._workload("Deployment", _ODDITIES, "scaled-to-zero"), 0)

    def _stateful(self) -> None:
        for team in self._teams[::3]:
            redis = self._workload("StatefulSet", team, f"{team}-redis", containers=("redis", "exporter"))
            for ordinal in range(3):
                self._pod(redis, name=f"{redis.name}-{ordinal}")

    def _jobs(self) -> None:
        for team in self._teams[1::3]:
            for _ in range(2):
                job = self._workload("Job", team, f"{team}-nightly")
                job.hash = str(29_400_000 + self._rng.randrange(9_999))
                self._pod(job, state=STATES["completed"], created=self._now - self._rng.uniform(2, 20) * 3600)

    def _onto_fargate(self) -> None:
        if self._fargate:
            team = self._teams[-1]
            workload = self._workload("Deployment", team, f"{team}-edge")
            workload.replicas = len(self._fargate)
            for node in self._fargate:
                self._pod(workload, node=(node.name, node.ip), created=node.created)

    def _applications(self, pods: int) -> None:
        """Deployments of the teams, that share `pods` among them as unevenly as real ones do."""
        names = [(team, f"{team}-{role}") for team in self._teams for role in ROLES if role != team][
            : max(1, pods // 3)
        ]
        weights = [min(12.0, self._rng.paretovariate(1.3)) for _ in names]
        replicas = [max(1, int(pods * weight / sum(weights))) for weight in weights]
        largest = max(range(len(names)), key=replicas.__getitem__)
        replicas[largest] += pods - sum(replicas)
        for (team, name), count in zip(names, replicas, strict=True):
            containers = ("app", "envoy") if self._rng.random() < 0.3 else ("app",)
            self._fill(self._workload("Deployment", team, name, containers=containers), count)
        self._fill(self._workload("Deployment", self._teams[0], f"{self._teams[0]}-legacy"), 0)

    def _few(self) -> None:
        """Turns a few healthy pods into the sick, the changing, and those that were restarted once."""
        if self._plan.cast == "healthy":
            return
        healthy = [p for p in self._pods if p.state is RUNNING and p.workload.owner_kind == "Deployment"]
        healthy = [p for p in healthy if p.namespace in self._teams and not p.node[0].startswith("fargate")]
        chosen = iter(self._rng.sample(healthy, len(BROKEN_FEW) + len(CHANGING_FEW) + len(healthy) // 200))
        if self._plan.cast == "few":
            for name in (*BROKEN_FEW, *CHANGING_FEW):
                pod = next(chosen)
                pod.state = state_named(name)
                if name in PASSING:
                    pod.created = self._now - self._rng.uniform(10, 50)
        for pod in chosen:
            pod.state = restarted(self._rng.randint(1, 5), self._rng.uniform(600, 2 * _DAY))

    def _services(self) -> list[Service]:
        made: list[Service] = []

        def add(namespace: str, name: str, kind: str = "ClusterIP", **more: object) -> None:
            address = f"172.20.{self._rng.randrange(256)}.{self._rng.randrange(1, 255)}"
            values: dict[str, object] = {"kind": kind, "cluster_ip": address, "index": len(made), **more}
            made.append(Service(namespace, name, self._born + len(made) * 60, **values))  # type: ignore[arg-type]

        add("default", "kubernetes", ports=services.HTTPS)
        add("kube-system", "kube-dns", ports=services.DNS)
        for workload in self._workloads:
            if workload.owner_kind == "StatefulSet":
                add(workload.namespace, workload.name, cluster_ip=None, ports=services.POSTGRES)
            elif workload.name.endswith(("-api", "-web", "-gateway", "-cache")):
                add(workload.namespace, workload.name)
        first, second = self._teams[0], self._teams[1]
        balancer = f"k8s-{first}-public-{self._rng.getrandbits(40):010x}-{self._rng.getrandbits(64):016x}"
        public = services.with_node_ports(
            (*services.HTTPS, services.HTTP[0]), 31_000 + self._rng.randrange(700)
        )
        host = f"{balancer}.elb.{self._plan.region}.amazonaws.com"
        add(first, f"{first}-public", "LoadBalancer", ports=public, load_balancer=host)
        pending = services.with_node_ports(services.HTTPS, 31_800)
        add(second, f"{second}-public", "LoadBalancer", ports=pending)
        add(second, f"{second}-debug", "NodePort", ports=services.with_node_ports(services.HTTPS, 30_782))
        add(first, "warehouse", "ExternalName", ports=(), external_name="warehouse.example.com")
        add(second, "partner", external_ips=("203.0.113.7",))
        add(second, "quorum", cluster_ip=None, ports=())
        return made

    def _workload(
        self,
        kind: Literal["Deployment", "StatefulSet", "DaemonSet", "Job"],
        namespace: str,
        name: str,
        *,
        containers: Sequence[str] = ("app",),
        rollout: Rollout = "done",
    ) -> Workload:
        tag = f"{self._rng.randint(1, 9)}.{self._rng.randint(0, 40)}.{self._rng.randint(0, 9)}"
        workload = Workload(
            owner_kind=kind,
            namespace=namespace,
            name=name,
            created=self._now - self._rng.uniform(0.3, max(0.4, self._plan.age_days)) * _DAY,
            registry=self._registry,
            containers=tuple(
                (container, f"{self._registry}/{name if container == 'app' else container}:{tag}")
                for container in containers
            ),
            hash="".join(self._rng.choices(HASH_ALPHABET, k=9)),
            rollout=rollout,
        )
        self._workloads.append(workload)
        return workload

    def _fill(self, workload: Workload, replicas: int, state: State = RUNNING) -> None:
        workload.replicas = replicas
        for _ in range(replicas):
            self._pod(workload, state=state)

    def _pod(
        self,
        workload: Workload,
        *,
        name: str = "",
        node: tuple[str, str] | None = None,
        created: float | None = None,
        state: State = RUNNING,
    ) -> None:
        rng = self._rng
        if created is None:
            created = max(workload.created, self._now - rng.expovariate(1 / (6 * _DAY)) - 90)
        while not name or (workload.namespace, name) in self._named:
            name = workload.generate_name + "".join(rng.choices(SUFFIX_ALPHABET, k=5))
        self._named.add((workload.namespace, name))
        pod = Pod(
            workload,
            name,
            index=len(self._pods),
            uid=rng.getrandbits(128),
            node=node or self._homes[rng.randrange(len(self._homes))],
            created=created,
            taken_at=self._now,
            labels=workload.labels_of(name),
            state=state,
        )
        workload.pods.append(pod)
        self._pods.append(pod)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
