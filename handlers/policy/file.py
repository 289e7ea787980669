"""The policy file of a running bot: read again when it changes, and kept as it was while the new one is broken."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from handlers.policy.policy import Policy
from handlers.policy.reading import BadPolicy

log = logging.getLogger(__name__)

# How often the file is looked at, while somebody asks.
LOOK_SECONDS = 1.0


class PolicyFile:
    """What holds by a file, now. Safe under threads: one of them reads, the others go on with what they have."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises BadPolicy: a bot does not start with a policy that says nothing."""
        self._path = path
        self._clock = clock
        self._reading = threading.Lock()
        self._seen = _stamp(path)
        self._policy = Policy.from_file(path)
        self._next = clock() + LOOK_SECONDS

    def current(self) -> Policy:
        """The policy of the newest file that can be read; `broken` in it tells of one that cannot. Never raises."""
        if self._clock() >= self._next and self._reading.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._reading.release()
        return self._policy

    def _look(self) -> None:
        self._next = self._clock() + LOOK_SECONDS
        # Taken before the file is read: what is written meanwhile is seen at the next look.
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._policy = Policy.from_file(self._path)
        except BadPolicy as error:
            self._policy = replace(self._policy, broken=str(error))
            log.error("the policy file is broken and the one before it still holds: %s", error)  # noqa: TRY400
        else:
            log.info("the policy file was read again: %s", self._path)


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when the file does. A mounted ConfigMap changes by a link to another file, hence the inode."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size, found.st_ino)
