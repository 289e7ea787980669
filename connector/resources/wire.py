"""The parts of Kubernetes' list JSON that all kinds share; fields that nobody shows are skipped unread."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec

from connector.decoding import decoded

T = TypeVar("T")
R = TypeVar("R")


class Metadata(msgspec.Struct, rename="camel", gc=False):
    name: str
    namespace: str | None = None
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    generation: int = 0

    @property
    def created(self) -> float:
        """Epoch seconds; 0 when the server does not say."""
        return self.creation_timestamp.timestamp() if self.creation_timestamp else 0.0


class ListMeta(msgspec.Struct, gc=False):
    continue_: str = msgspec.field(name="continue", default="")
    remaining: int | None = msgspec.field(name="remainingItemCount", default=None)
    resource_version: str = msgspec.field(name="resourceVersion", default="")


class Page(msgspec.Struct, Generic[T]):
    items: list[T] | None
    metadata: ListMeta


class Condition(msgspec.Struct, gc=False):
    type: str = ""
    status: str = ""
    reason: str = ""


def condition(conditions: list[Condition] | None, kind: str) -> str | None:
    """Status of the first condition of this type: "True", "False", "Unknown"; None when there is none."""
    return next((one.status for one in conditions or () if one.type == kind), None)


Key = tuple[str | None, str]
"""Namespace and name of an object; what its row calls its name may be another's, as with events."""


class Reader(Generic[T, R]):
    """How JSON of a kind becomes rows. All of it raises msgspec.DecodeError for what is none."""

    def __init__(self, item: type[T], row: Callable[[T], R]) -> None:
        self._row = row
        self._page: msgspec.json.Decoder[Page[Any]] = msgspec.json.Decoder(Page[item])  # type: ignore[valid-type]
        self._item = msgspec.json.Decoder(item)

    def __call__(self, body: bytes) -> tuple[ListMeta, Iterable[R]]:
        """A page's metadata and rows."""
        page = decoded(self._page, body)
        row = self._row
        return page.metadata, [row(one) for one in page.items or ()]

    def keyed(self, body: bytes) -> tuple[ListMeta, list[tuple[Key, R]]]:
        """The same, each row with the key of its object."""
        page = decoded(self._page, body)
        row = self._row
        items = page.items or ()
        return page.metadata, [((one.metadata.namespace, one.metadata.name), row(one)) for one in items]

    def one(self, body: bytes | msgspec.Raw) -> R:
        """The row of one object."""
        return self._row(decoded(self._item, body))


@lru_cache(maxsize=8192)
def moment(epoch: float) -> str:
    """An instant as text, for those who cannot be shown it in their own zone."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M UTC")
