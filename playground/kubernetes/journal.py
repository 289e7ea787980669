"""What changed in a cluster lately, each change with its resource version: what watches are told from."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playground.kubernetes.pages import Clock
from playground.kubernetes.store import Change

_KEPT = 2_000


@dataclass(frozen=True)
class Entry:
    """A change; `json` is the object as it was then."""

    version: int
    change: Change
    json: bytes


class Journal:
    """The newest changes, oldest first; safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=_KEPT)

    def write(self, changes: Iterable[Change]) -> None:
        """Gives each change the next version."""
        with self._lock:
            for change in changes:
                self._clock.change()
                self._entries.append(Entry(self._clock.now, change, change.record.json()))

    def since(self, version: int) -> Sequence[Entry]:
        """The changes after `version`."""
        with self._lock:
            return tuple(entry for entry in self._entries if entry.version > version)
