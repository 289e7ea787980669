"""What may come in: a payload that Slack could have sent, and only once. Both transports pass everything through here.

Bolt answers 500 to payloads of a wrong shape, logs whole bodies, and acts twice on a delivery that Slack repeats; so
it sees only what passed this door.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum

from handlers.payload import Malformed, identity, read

# Slack repeats an event after about an hour at the latest (Events API, "Retries"); interactions within minutes.
_REMEMBERED_SECONDS = 2 * 3600.0
_MOST_REMEMBERED = 200_000


class Verdict(Enum):
    """What to do with a payload."""

    NEW = "new"
    # Acknowledge it, and do nothing.
    AGAIN = "again"
    MALFORMED = "malformed"


class Door:
    """Remembers what came in for two hours. Safe under threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def verdict(self, body: object) -> Verdict:
        """Whether `body`, as decoded, may go to Bolt. Asking is passing: the same body is AGAIN the next time."""
        try:
            key = identity(read(body))
        except Malformed:
            return Verdict.MALFORMED
        if key is None:
            return Verdict.NEW
        now = self._clock()
        with self._lock:
            self._forget(now)
            if key in self._seen:
                return Verdict.AGAIN
            self._seen[key] = now
        return Verdict.NEW

    def _forget(self, now: float) -> None:
        while self._seen:
            oldest, seen_at = next(iter(self._seen.items()))
            if now - seen_at < _REMEMBERED_SECONDS and len(self._seen) < _MOST_REMEMBERED:
                return
            del self._seen[oldest]
