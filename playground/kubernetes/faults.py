"""What goes wrong in an API server, on demand."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass
from typing import Literal

from playground.kubernetes.journal import Journal
from playground.kubernetes.pages import Clock
from playground.kubernetes.store import Store

Stall = Literal["", "hang", "trickle", "reset"]


@dataclass
class _Status:
    code: int
    times: int | None
    retry_after: int


class Faults:
    """Switches for one cluster, safe to turn from any thread; each stays on until `clear` unless it says otherwise."""

    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store, clock: Clock, journal: Journal) -> None:
        self._loop = loop
        self._store = store
        self._clock = clock
        self._journal = journal
        self._lock = threading.Lock()
        self._status: _Status | None = None
        self._released = asyncio.Event()
        self.stall: Stall = ""
        self.seconds_per_page = 0.0
        self.rejects_tokens = False

    def status(self, code: int, times: int | None = None, retry_after: int = 0) -> None:
        """Answers the next `times` requests (None: all) with `code`; `retry_after` seconds go into Retry-After."""
        with self._lock:
            self._status = _Status(code, times, retry_after)

    def hang(self) -> None:
        """Takes requests and never answers them."""
        self.stall = "hang"

    def trickle(self) -> None:
        """Sends answers one byte at a time, a few a second; what is left of them comes with `clear`."""
        self.stall = "trickle"

    def reset(self) -> None:
        """Breaks the connection (RST) instead of answering."""
        self.stall = "reset"

    def slow(self, seconds_per_page: float) -> None:
        """Takes that long for each page of a list."""
        self.seconds_per_page = seconds_per_page

    def reject_tokens(self) -> None:
        """401 for every token, as after the removal of an access entry."""
        self.rejects_tokens = True

    def expire_continue(self) -> None:
        """410 for every continue token handed out so far; once, `clear` does not bring them back."""
        self._clock.compact()

    def crash(self, namespace: str, pod: str) -> None:
        """The pod starts to crash: CrashLoopBackOff, not ready; raises KeyError when there is no such pod."""
        self._journal.write(self._store.crash(namespace, pod))

    def roll(self, namespace: str, deployment: str) -> None:
        """A rollout goes on by one pod; raises KeyError unless that deployment is being rolled out."""
        self._journal.write(self._store.roll(namespace, deployment))

    def clear(self) -> None:
        """All is as it was: crashed pods and rollouts too; what hangs gets its answer."""
        with self._lock:
            self._status = None
        self.stall = ""
        self.seconds_per_page = 0.0
        self.rejects_tokens = False
        self._journal.write(self._store.heal())
        self._loop.call_soon_threadsafe(self._release)

    def next_status(self) -> tuple[int, int] | None:
        """The (code, retry_after) this request has to get, if any; counts it."""
        with self._lock:
            fault = self._status
            if fault is None:
                return None
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._status = None
            return fault.code, fault.retry_after

    async def pause(self, seconds: float | None) -> None:
        """Waits that long (None: for ever), or until `clear`; only for the server's own loop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), seconds)

    def _release(self) -> None:
        self._released.set()
        self._released = asyncio.Event()
