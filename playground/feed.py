"""A record of what went over a wire, that others may follow while it grows."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Feed(Generic[Entry]):
    """The latest entries in the order they happened; safe to read, follow and append from any thread.

    Keeps the newest `keep` entries, so that a playground left running does not grow.
    """

    def __init__(self, keep: int = 5000) -> None:
        self._changed = threading.Condition()
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._listeners: list[Callable[[Entry], None]] = []

    def append(self, entry: Entry) -> None:
        """Adds `entry` and tells every listener, on the caller's thread."""
        with self._changed:
            self._entries.append(entry)
            listeners = tuple(self._listeners)
            self._changed.notify_all()
        for listener in listeners:
            listener(entry)

    def subscribe(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Calls `listener` with each later entry until the returned function is called.

        The listener runs on the server's own thread: it must return at once and never raise.
        """
        with self._changed:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def wait_for(self, predicate: Callable[[Entry], bool], timeout: float = 30.0) -> Entry:
        """The first kept entry that satisfies `predicate`; raises AssertionError after `timeout` seconds."""

        def found() -> list[Entry]:
            return [entry for entry in self._entries if predicate(entry)]

        with self._changed:
            if not self._changed.wait_for(lambda: bool(found()), timeout):
                raise AssertionError(f"nothing like it within {timeout} s; seen: {list(self._entries)}")
            return found()[0]

    def __iter__(self) -> Iterator[Entry]:
        with self._changed:
            return iter(tuple(self._entries))

    def __len__(self) -> int:
        with self._changed:
            return len(self._entries)
