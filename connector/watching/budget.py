"""How much all watches of a process may hold: the one that was looked at least lately goes first."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

ROWS = 200_000
"""Of the size of a pod's, somewhat over a kilobyte each."""

UNSEEN_SECONDS = 600.0
"""A watch that nobody looked at for so long is ended."""

# A thread, a connection and its buffers weigh as much as so many rows.
_LEAST_ROWS = 200


class Holder(Protocol):
    """What holds rows, and can be told to let go of them."""

    looked: float
    """When somebody last looked, on time.monotonic's clock."""

    def __len__(self) -> int: ...
    def end(self) -> None: ...


class Budget:
    """Shared by all clusters of a process; safe under threads."""

    def __init__(self, rows: int = ROWS, clock: Callable[[], float] = time.monotonic) -> None:
        """`rows` is what may be held altogether, each watch counted as some hundreds at least; 0 turns watching off."""
        self.most = rows
        self._clock = clock
        self._lock = threading.Lock()
        self._holders: list[Holder] = []

    def add(self, holder: Holder) -> None:
        """Count this one too, and make room for it."""
        with self._lock:
            self._holders.append(holder)
        self.tidy()

    def remove(self, holder: Holder) -> None:
        with self._lock:
            if holder in self._holders:
                self._holders.remove(holder)

    def tidy(self) -> None:
        """End what nobody looks at, then what was looked at least lately, until the rest is within bounds."""
        with self._lock:
            by_look = sorted(self._holders, key=lambda one: one.looked)
            weights = [max(_LEAST_ROWS, len(one)) for one in by_look]
            held = sum(weights)
            unseen = self._clock() - UNSEEN_SECONDS
            gone = []
            for one, weight in zip(by_look, weights, strict=True):
                if held > self.most or one.looked < unseen:
                    gone.append(one)
                    held -= weight
            self._holders = [one for one in self._holders if one not in gone]
        for one in gone:
            one.end()

    def load(self) -> dict[str, int]:
        """How many `watches` there are, and how many `rows` they hold."""
        with self._lock:
            return {"watches": len(self._holders), "rows": sum(map(len, self._holders))}
