"""The parts of Kubernetes' list JSON that all kinds share; fields that nobody shows are skipped unread."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

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


def reader(item: type[T], row: Callable[[T], R]) -> Callable[[bytes], tuple[ListMeta, Iterable[R]]]:
    """How a page of `item`s becomes its metadata and rows."""
    decoder = msgspec.json.Decoder(Page[item])  # type: ignore[valid-type]

    def read(body: bytes) -> tuple[ListMeta, Iterable[R]]:
        page = None
        with suppress(UnicodeDecodeError):
            page = decoder.decode(body)
        if page is None:
            # Python's own error holds what could not be decoded, which may be anything; nothing may refer to it.
            raise msgspec.DecodeError("The text is not UTF-8")
        return page.metadata, [row(one) for one in page.items or ()]

    return read


def moment(epoch: float) -> str:
    """An instant as text, for those who cannot be shown it in their own zone."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M UTC")
