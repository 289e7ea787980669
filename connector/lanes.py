"""Bulkheads: each key (a cluster, a region) has its own few threads and its own short line before them.

So a cluster that hangs keeps at most its own threads busy, and says so to whoever comes next, while the
others go on. Threads are daemons: one that hangs for ever does not keep the process from ending.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from connector.errors import Busy, Failure, Unreachable

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class Deadline:
    """A moment by which something has to have ended, on a clock that nobody sets."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        return self.left() == 0.0


class _Lane:
    __slots__ = ("running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.waiting: deque[Callable[[], None]] = deque()


_Given = tuple[Hashable, _Lane, Callable[[], None]]

# How long a thread without a job stays for the next one: a command passes several lanes, and starting a thread for each
# of them would take a tenth of its time.
_STAY_SECONDS = 1.0


class Lanes:
    """At most `width` jobs of a key run at once and `line` more wait; threads end soon after there is no job."""

    def __init__(self, width: int = 4, line: int = 32) -> None:
        self._width = width
        self._line = line
        self._lanes: dict[Hashable, _Lane] = {}
        # Where each thread that has nothing to do waits for a job, of whichever key.
        self._idle: list[SimpleQueue[_Given]] = []
        self._refusing = False
        self._changed = threading.Condition()

    def submit(self, key: Hashable, job: Callable[[], None]) -> None:
        """Run `job` soon, on a thread of `key`. A job must not raise: wrap it.

        Raises Busy when `line` jobs wait already, and after `drain`.
        """
        with self._changed:
            if self._refusing:
                raise Busy("The bot is stopping", "", "Try again in a minute")
            lane = self._lanes.setdefault(key, _Lane())
            if lane.running < self._width:
                lane.running += 1
                if self._idle:
                    self._idle.pop().put((key, lane, job))
                    return
            elif len(lane.waiting) < self._line:
                lane.waiting.append(job)
                return
            else:
                raise Busy(
                    "Too much is being asked of this at once",
                    f"{lane.running} requests run and {self._line} wait.",
                    "Try again in a minute",
                )
        try:
            given: SimpleQueue[_Given] = SimpleQueue()
            given.put((key, lane, job))
            threading.Thread(target=self._work, args=(given,), name="lane", daemon=True).start()
        except RuntimeError as error:
            # The machine has no thread to give: the place is given back. Who waits is taken along by the next to come.
            with self._changed:
                lane.running -= 1
                if not lane.running and not lane.waiting:
                    del self._lanes[key]
            raise Busy("The bot has no room for more work now", "", "Try again in a minute") from error

    def drain(self, timeout: float) -> bool:
        """Refuse new jobs and wait for those here; True when all have ended in `timeout` seconds."""
        with self._changed:
            self._refusing = True
            return self._changed.wait_for(lambda: not self._lanes, timeout)

    def load(self) -> dict[str, int]:
        """How many jobs are `running` and `waiting`, over all keys."""
        with self._changed:
            return {
                "running": sum(lane.running for lane in self._lanes.values()),
                "waiting": sum(len(lane.waiting) for lane in self._lanes.values()),
            }

    def full(self) -> int:
        """How many keys have all their threads at work, so that the next job of theirs waits."""
        with self._changed:
            return sum(lane.running >= self._width for lane in self._lanes.values())

    def _work(self, given: SimpleQueue[_Given]) -> None:
        """A thread's life: what it is given, until nothing comes for a while. It holds no job that is done."""
        while True:
            self._along(given)
            with self._changed:
                self._idle.append(given)
            if not self._waited(given):
                return

    def _waited(self, given: SimpleQueue[_Given]) -> bool:
        """Whether there is a job before the thread's time is over; if not, none will come."""
        try:
            given.put(given.get(timeout=_STAY_SECONDS))
        except Empty:
            with self._changed:
                if given in self._idle:
                    self._idle.remove(given)
                    return False
        # One came, perhaps in this very moment.
        return True

    def _along(self, given: SimpleQueue[_Given]) -> None:
        """One job after the other, until nobody waits in this lane."""
        key, lane, first = given.get()
        job: Callable[[], None] | None = first
        del first
        while job is not None:
            try:
                job()
            except BaseException:  # noqa: BLE001 - the next in line must not pay for this one
                _LOG.exception("A job raised in lane %s", key)
            job = self._following(key, lane)

    def _following(self, key: Hashable, lane: _Lane) -> Callable[[], None] | None:
        with self._changed:
            if lane.waiting:
                return lane.waiting.popleft()
            lane.running -= 1
            if lane.running == 0:
                del self._lanes[key]
                self._changed.notify_all()
            return None


def begun(lanes: Lanes, key: Hashable, job: Callable[[], T]) -> Future[T]:
    """What `job` returns or raises, once it has. Raises Busy as `submit` does."""
    answer: Future[T] = Future()

    def run() -> None:
        if answer.set_running_or_notify_cancel():
            try:
                answer.set_result(job())
            except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
                answer.set_exception(error)

    lanes.submit(key, run)
    return answer


class Bulkhead:
    """One key's lane, for callers who wait for an answer, but no longer than their deadline."""

    def __init__(self, lanes: Lanes, key: Hashable, name: str) -> None:
        """`name` is what a person calls the other side, as the start of a sentence."""
        self._lanes = lanes
        self._key = key
        self._name = name

    def call(self, job: Callable[[], T], deadline: Deadline) -> T:
        """What `job` returns or raises. At the deadline its thread is left to itself, its outcome dropped.

        Raises Unreachable when `job` has not ended in time, Busy when it could not even start.
        """
        answer = begun(self._lanes, self._key, job)
        try:
            return answer.result(deadline.left())
        except TimeoutError:
            if answer.done():
                return answer.result()
            raise self._late(answer.cancel(), deadline) from None

    def _late(self, never_started: bool, deadline: Deadline) -> Failure:
        waited = f"The bot waited {deadline.seconds:g} s."
        if never_started:
            return Busy(f"{self._name} is still busy with earlier requests", waited, "Try again in a minute")
        return Unreachable(
            f"{self._name} does not answer", waited, "Try again; if it stays so, check that it is up"
        )
