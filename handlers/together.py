"""What many turns write at the same time, written in one transaction instead of one each.

A transaction costs more than a row in it, and SQLite has its writers wait for each other. So one writes at a time: who
comes when nobody does, does so at once; what comes while a transaction runs goes into the next one, on another thread.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from connector.errors import Busy, StateAway, translated
from connector.lanes import Lanes

T = TypeVar("T")
_Job = tuple[Callable[[Connection], Any], Future[Any]]

# A transaction holds what it wrote until it ends.
_MOST_AT_ONCE = 50
# PostgreSQL's words for transactions that waited for each other's rows, of which it has ended this one, and for a
# statement that took too long: the fault of one job, and not of the database.
_ONES_OWN = frozenset({"40P01", "57014"})


class Together:
    """A database's transactions, shared by those who write at the same time. Safe under threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: list[_Job] = []
        self._writing = False
        self._lanes = Lanes(width=1, line=1)

    def run(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, once its transaction is committed; it may be called twice, and only the last time counts.

        Raises StateAway, and what else the job raises.
        """
        done: Future[T] = Future()
        with self._lock:
            self._waiting.append((job, done))
            begins = not self._writing
            self._writing = True
        if begins:
            self._write_some(self._next())
            with self._lock:
                self._writing = bool(self._waiting)
                others = self._writing
            if others:
                # Who has its own answer does not work for the others, unless nobody else is there to do so.
                try:
                    self._lanes.submit("write", self._write)
                except Busy:
                    self._write()
        return done.result()

    def _write(self) -> None:
        while jobs := self._next():
            self._write_some(jobs)

    def _write_some(self, jobs: Sequence[_Job]) -> None:
        try:
            self._transact(jobs)
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is awaited
            if len(jobs) == 1 or _is_away(error):
                _fail(jobs, error)
                return
            # One of them is at fault, or had to wait for another replica, which waited for one of the others.
            for job in jobs:
                try:
                    self._transact([job])
                except BaseException as its_own:  # noqa: BLE001 - likewise
                    _fail([job], its_own)

    def _transact(self, jobs: Sequence[_Job]) -> None:
        with translated(), self._engine.begin() as database:
            found = [job(database) for job, _ in jobs]
        for (_, done), what in zip(jobs, found, strict=True):
            done.set_result(what)

    def _next(self) -> list[_Job]:
        """Those of the next transaction; none when nobody waits, and the writing is over."""
        with self._lock:
            some, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            self._writing = bool(some)
            return some


def _is_away(error: BaseException) -> bool:
    return isinstance(error, StateAway) and (
        getattr(getattr(error.__cause__, "orig", None), "sqlstate", "") not in _ONES_OWN
    )


def _fail(jobs: Sequence[_Job], error: BaseException) -> None:
    for _, done in jobs:
        done.set_exception(error)
