"""What an API server needs to know of the objects it serves, whoever keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


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


class Store(Protocol):
    """The objects of one cluster."""

    def records(self, resource: str) -> Sequence[Record]:
        """All objects of a resource (plural name), ordered by namespace and name as etcd orders its keys."""

    def crash(self, namespace: str, pod: str) -> None:
        """From now on the pod crashes; raises KeyError when there is no such pod."""

    def heal(self) -> None:
        """Undoes every crash."""
