"""Calls back later, all on one thread: a command that is still waiting after a second says so."""

import heapq
import itertools
import logging
import math
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


# Calls are made this much late at most, so that those of many turns need one waking of the thread.
_GRAIN = 0.05


class Alarm:
    """One daemon thread, started at the first use. What it calls must be quick: it hands work to others."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._thread: threading.Thread | None = None

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Calls `call` once, `seconds` from now. A call that has become needless does nothing by itself."""
        due = math.ceil((time.monotonic() + seconds) / _GRAIN) * _GRAIN
        with self._wake:
            one = (due, next(self._order), call)
            heapq.heappush(self._due, one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)
                self._thread.start()
            if self._due[0] is one:
                self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._due or (wait := self._due[0][0] - time.monotonic()) > 0:
                    self._wake.wait(wait if self._due else None)
                _, _, call = heapq.heappop(self._due)
            try:
                call()
            except Exception:
                # One that fails must not silence the others.
                log.exception("an alarm's call failed")
