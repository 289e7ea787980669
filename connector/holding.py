"""What this process holds open of a workspace's connections: sessions and sockets, in memory only.

The records say which connections there are; what is held here is only the quick way to them, and is dropped when its
record is gone, replaced or over.
"""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from connector.errors import Busy
from connector.lanes import Deadline
from connector.opening import Opened
from connector.records import Record


@dataclass(frozen=True)
class _Held:
    record: Record
    opened: Opened
    number: int
    timer: threading.Timer | None

    def close(self) -> None:
        if self.timer:
            self.timer.cancel()
        self.opened.close()


class Holding:
    """Opened clusters by their record; safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._count = 0
        self._closed = False

    def get(self, record: Record) -> Opened | None:
        """What is held of this making of the connection."""
        with self._lock:
            held = self._held.get(record.id)
            return held.opened if held and held.record.made == record.made else None

    def add(self, record: Record, opened: Opened) -> None:
        """Hold it until its record ends, in place of what was held under its id. Raises Busy after `close`."""
        timer = None
        with self._lock:
            if self._closed:
                raise Busy("The bot is stopping", "", "Try again in a minute")
            if record.expires_at is not None:
                timer = threading.Timer(max(0.0, record.expires_at - time.time()), self.drop, (record,))
                timer.name = f"end of {record.id}"
                timer.daemon = True
                timer.start()
            replaced = self._held.pop(record.id, None)
            self._count += 1
            self._held[record.id] = _Held(record, opened, self._count, timer)
        if replaced:
            replaced.close()

    def drop(self, record: Record) -> None:
        """Close what is held of this making of the connection, if anything is."""
        with self._lock:
            held = self._held.get(record.id)
            if held is None or held.record.made != record.made:
                return
            del self._held[record.id]
        held.close()

    def mark(self) -> int:
        """A moment, to be taken before records are read: `keep` spares what is held since."""
        with self._lock:
            return self._count

    def keep(self, records: Collection[Record], mark: int) -> None:
        """Close whatever was held at `mark` and is none of these."""
        makings = {record.made for record in records}
        with self._lock:
            gone = [
                held
                for held in self._held.values()
                if held.number <= mark and held.record.made not in makings
            ]
            for held in gone:
                del self._held[held.record.id]
            self._turns = {made: turn for made, turn in self._turns.items() if made in makings}
        for held in gone:
            held.close()

    @contextmanager
    def turn(self, record: Record, deadline: Deadline) -> Iterator[None]:
        """One at a time for this making of the connection. Raises Busy when the deadline comes first."""
        with self._lock:
            turn = self._turns.setdefault(record.made, threading.Lock())
        if not turn.acquire(timeout=deadline.left()):
            raise Busy(
                f"`{record.id}` is still being opened",
                f"The bot waited {deadline.seconds:g} s.",
                "Try again in a moment",
            )
        try:
            yield
        finally:
            turn.release()

    def __len__(self) -> int:
        with self._lock:
            return len(self._held)

    def close(self) -> None:
        """Close everything, and refuse to hold more."""
        with self._lock:
            self._closed = True
            held = list(self._held.values())
            self._held.clear()
        for one in held:
            one.close()
