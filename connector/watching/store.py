"""The rows of one kind as one watch knows them: a list to begin with, then each change as it is told."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec

from connector.decoding import decoded
from connector.resources import Kind, Row
from connector.resources.wire import Key, Reader


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    name: str = ""
    namespace: str | None = None
    resource_version: str = ""


class _Object(msgspec.Struct, gc=False):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Event(msgspec.Struct, gc=False):
    """https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes"""

    type: str
    object: msgspec.Raw


class Over(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The watch cannot go on from here: the server no longer knows what changed (410), or tells what nobody reads."""


_events = msgspec.json.Decoder(_Event)
_objects = msgspec.json.Decoder(_Object)

# How many changes of the number of objects are remembered, to tell how many there were a moment ago.
_REMEMBERED = 1_000


class Store:
    """The rows, sorted when somebody asks; safe under threads."""

    def __init__(self, kind: Kind, reader: Reader[Any, Any], rows: Mapping[Key, Row], version: str) -> None:
        """What a whole list of that version held."""
        self._kind = kind
        self._reader = reader
        self._lock = threading.Lock()
        self._rows = dict(rows)
        self._sorted: tuple[Row, ...] | None = None
        self._counts: deque[tuple[int, int]] = deque([(_number(version), len(rows))], _REMEMBERED)
        self.version = version
        """Resource version up to which all is known."""

    def apply(self, line: bytes) -> None:
        """Take in one line of a watch. Raises Over."""
        try:
            event = decoded(_events, line)
            metadata = decoded(_objects, event.object).metadata
            changed = event.type in {"ADDED", "MODIFIED"}
            row = self._reader.one(event.object) if changed else None
        except msgspec.DecodeError as error:
            raise Over from error
        if event.type == "ERROR":
            raise Over
        key = (metadata.namespace, metadata.name)
        with self._lock:
            if row is not None:
                self._rows[key] = row
                self._sorted = None
            elif event.type == "DELETED" and self._rows.pop(key, None) is not None:
                self._sorted = None
            # A bookmark is nothing but a version.
            self.version = metadata.resource_version or self.version
            if len(self._rows) != self._counts[-1][1]:
                self._counts.append((_number(self.version), len(self._rows)))

    def agrees(self, count: int, version: str) -> bool:
        """Whether there were so many at that version, as far as is known here now."""
        at = _number(version)
        with self._lock:
            if at < self._counts[0][0]:
                # From before all that is remembered: nothing speaks against it.
                return True
            return next(known for since, known in reversed(self._counts) if since <= at) == count

    def rows(self) -> tuple[Row, ...]:
        """All of them, in the order of a list: sickest first, then as the kind wants."""
        with self._lock:
            if self._sorted is None:
                self._sorted = tuple(sorted(self._rows.values(), key=self._kind.key))
            return self._sorted

    def clear(self) -> None:
        """Forget all rows."""
        with self._lock:
            self._rows, self._sorted = {}, ()

    def __len__(self) -> int:
        return len(self._rows)


def _number(version: str) -> int:
    """Versions of one server's objects compare as numbers.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
    """
    return int(version) if version.isascii() and version.isdigit() and len(version) < 40 else 0
