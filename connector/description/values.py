"""What a description is made of: plain values in kubectl's words, for a drawing to lay out.

Instants are epoch seconds, 0 where the server does not say. Texts are as the cluster has them, on as many lines.
"""

from dataclasses import dataclass, field

from connector.resources import Cell, Health
from connector.resources.events import EventRow

Pairs = tuple[tuple[str, str], ...]
"""Names and values, in the order in which they are to be shown."""


@dataclass(frozen=True)
class Fact:
    """A label and what is said under it, mostly one cell."""

    label: str
    values: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return ", ".join(value.text for value in self.values)


@dataclass(frozen=True)
class Link:
    """Another object, that one may want to open."""

    kind: str
    """As manifests write it: `ReplicaSet`."""
    name: str
    namespace: str | None = None
    """None for a kind without namespaces."""
    group: str = ""
    role: str = ""
    """What it is to the one described: "owner", "node", "claim" …"""

    @property
    def word(self) -> str:
        """The kind as kubectl takes it: `replicaset.apps`, `pod`."""
        return f"{self.kind}.{self.group}".lower() if self.group else self.kind.lower()


@dataclass(frozen=True)
class Condition:
    type: str
    status: str
    """True, False or Unknown."""
    reason: str = ""
    message: str = ""
    since: float = 0.0
    """When it last changed."""
    heard: float = 0.0
    """When somebody last said so, where that is told."""
    is_bad: bool = False


@dataclass(frozen=True)
class State:
    """What a container does, or did before."""

    name: str = ""
    """Waiting, Running, Terminated; "" when nobody says."""
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    signal: int = 0
    started: float = 0.0
    finished: float = 0.0

    @property
    def text(self) -> str:
        """On one line, without its message and times: `Terminated: OOMKilled (exit code 137)`."""
        ended = [f"exit code {self.exit_code}"] if self.exit_code is not None else []
        ended += [f"signal {self.signal}"] if self.signal else []
        told = f"{self.name}: {self.reason}" if self.reason else self.name
        return f"{told} ({', '.join(ended)})" if ended else told

    @property
    def since(self) -> float:
        """When it came to be so."""
        return self.finished or self.started


@dataclass(frozen=True)
class Container:
    """A container of a pod, or of the template that a workload makes pods from (those have no state)."""

    name: str
    role: str = "container"
    """container, init, sidecar (an init container that keeps running) or ephemeral."""
    image: str = ""
    image_id: str = ""
    container_id: str = ""
    state: State = field(default_factory=State)
    last_state: State = field(default_factory=State)
    ready: bool | None = None
    """None when nobody says."""
    started: bool | None = None
    """Whether it has started up, as its startup probe has it; None when nobody says."""
    restarts: int | None = None
    """None when nobody says."""
    ports: tuple[str, ...] = ()
    """As kubectl writes them: `8080/TCP (http)`."""
    host_ports: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    requests: Pairs = ()
    limits: Pairs = ()
    env: Pairs = ()
    """Names, and where each comes from; "" for a value that is written down: the values themselves are not kept."""
    env_from: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    """As kubectl writes them: `/etc/app from config (ro)`."""
    probes: Pairs = ()
    """Liveness, Readiness, Startup, and how each is done, as kubectl writes it."""


@dataclass(frozen=True)
class Volume:
    name: str
    type: str
    """As kubectl names it: ConfigMap, PersistentVolumeClaim, EmptyDir …"""
    source: str = ""
    """What it is filled from, on one line."""
    links: tuple[Link, ...] = ()
    """The config maps, secrets and claims in it."""


@dataclass(frozen=True)
class Section:
    """A small table: rows of as many cells as there are headers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    """How many rows there are; more than `rows` holds when those were too many."""


@dataclass(frozen=True)
class Description:
    """What `kubectl describe` tells of one object."""

    kind: str
    name: str
    namespace: str | None
    group: str = ""
    uid: str = ""
    created: float = 0.0
    deleted: float = 0.0
    """By when it was to be gone; 0 for an object that nobody deletes."""
    health: Health = Health.UNKNOWN
    status: str = ""
    """What `kubectl get` shows as its STATUS; "" for a kind that has none."""
    facts: tuple[Fact, ...] = ()
    conditions: tuple[Condition, ...] = ()
    containers: tuple[Container, ...] = ()
    """In the order in which they start."""
    volumes: tuple[Volume, ...] = ()
    owners: tuple[Link, ...] = ()
    """Who made it, who made that one, and so on."""
    related: tuple[Link, ...] = ()
    selector: str = ""
    """Labels of the pods that belong to it, as `kubectl -l` takes them; "" when none do by their labels."""
    field_selector: str = ""
    """The same by their fields, as a node has its pods."""
    labels: Pairs = ()
    annotations: Pairs = ()
    sections: tuple[Section, ...] = ()
    events: tuple[EventRow, ...] = ()
    """Newest first, the same told once."""
    notes: tuple[str, ...] = ()
    """What was left out, and what else a reader has to know."""
    missing: tuple[str, ...] = ()
    """What could not be read, and why: `events: forbidden`."""

    def fact(self, label: str) -> str:
        """What is said under `label`; "" when nothing is."""
        return next((one.text for one in self.facts if one.label == label), "")

    def condition(self, kind: str) -> Condition | None:
        return next((one for one in self.conditions if one.type == kind), None)
