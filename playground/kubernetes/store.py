"""What an API server needs to know of the objects it serves, whoever keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class Record(Protocol):
    """One object of the cluster. `namespace` is empty for an object of the whole cluster."""

    @property
    def namespace(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, str]: ...

    def field(self, name: str) -> str:
        """The value a field selector compares, such as `status.phase`; empty when the object has none."""

    def json(self) -> bytes:
        """The object as the server sends it inside a list, without kind and apiVersion."""


@dataclass(frozen=True)
class Change:
    """Something that happened to one object; `resource` as in Store.records."""

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    resource: str
    record: Record


class NoKubelet(Exception):  # noqa: N818 - what an API server finds out
    """Nobody answers on the pod's node; the text is what the API server's dial said."""


class Store(Protocol):
    """The objects of one cluster."""

    @property
    def absent_groups(self) -> frozenset[str]:
        """The API groups that this cluster lacks, such as `metrics.k8s.io` without a metrics server."""

    def records(self, resource: str) -> Sequence[Record]:
        """All objects of a resource (Resource.stored_as), ordered by namespace and name as etcd orders its keys."""

    def log(
        self, namespace: str, pod: str, container: str, *, previous: bool, since: float, until: float
    ) -> Iterator[tuple[float, str]]:
        """What a container wrote between two moments (epoch seconds), oldest first, as (moment, line).

        Raises NoKubelet when its node does not answer.
        """

    def crash(self, namespace: str, pod: str) -> Sequence[Change]:
        """From now on the pod crashes; raises KeyError when there is no such pod."""

    def roll(self, namespace: str, deployment: str) -> Sequence[Change]:
        """One pod of before makes way for a new one; raises KeyError unless that deployment is being rolled out."""

    def heal(self) -> Sequence[Change]:
        """Undoes every crash, and every step of a rollout."""
