"""One kind of one cluster as it was listed, and as a watch has changed it since.

An answer comes from here once the server has counted its objects in the last second, while a watch is open: so the
server is there, whoever asks may still see them, and they are as many as are known here.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.api import Api, Stream
from connector.errors import (
    ConnectionNotFound,
    Failure,
    Forbidden,
    InvalidRequest,
    ListExpired,
    NotFound,
    Unauthorized,
    translated,
)
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import Kind, Row
from connector.resources.wire import Key, Reader
from connector.watching.store import Over, Store

log = logging.getLogger(__name__)

# An answer is never older than this while the server answers.
FRESH_SECONDS = 1.0
# How long the server may take to say that it is there, before what is known is given as what it is: old.
_COUNT_SECONDS = 1.5
# How long the watch may take to be there, and to tell what the count has told already.
_CATCH_UP_SECONDS = 1.0
# How long a watch may take to tell what changed while there was none.
_BACKLOG_SECONDS = 0.5
_LOOK_SECONDS = 0.05
# What is older is of no use to anybody: the error is.
_OLDEST_SECONDS = 600.0
# Servers send a bookmark about once a minute: one that is silent for longer has gone.
_IDLE_SECONDS = 90.0
# Below the 350 s after which AWS's load balancers forget a silent connection.
_WATCH_SECONDS = 280
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
# An object has at most 1.5 MB in etcd; what is longer than this is no line.
_LINE_BYTES = 16 * 1024 * 1024

# The permission has gone, or what it was for.
_GONE = (Forbidden, Unauthorized, NotFound, ConnectionNotFound, InvalidRequest)
_REFUSED = (Forbidden, NotFound, InvalidRequest)


@dataclass(frozen=True)
class Taken:
    """Rows in the order of a list, and how old they are because the server does not answer; 0 while it does."""

    rows: tuple[Row, ...]
    silent: float


class Watched:
    """One kind, in one namespace or in all, as one identity, until it ends. Safe under threads."""

    def __init__(
        self,
        api: Api,
        kind: Kind,
        reader: Reader[Any, Any],
        namespace: str | None,
        impersonate: Impersonate | None,
        rows: Mapping[Key, Row],
        version: str,
        began: float,
        on_end: Callable[["Watched"], None],
    ) -> None:
        """From a whole list of that version, begun at that moment of time.monotonic's clock.

        `on_end` is called once, when it is of no more use: on a thread of its own, or of who ended it.
        """
        self.looked = time.monotonic()
        self.refused = False
        """Whether the server lets this be listed, but is of no use to watch."""
        self._api = api
        self._kind = kind
        self._path = kind.resource.path(namespace)
        self._impersonate = impersonate
        self._on_end = on_end
        self._store = Store(kind, reader, rows, version)
        self._counted = began
        # Since when nobody has told what changes; None while somebody does.
        self._lost: float | None = began
        # When all that changed before the watch was there has been told.
        self._settled = 0.0
        self._awaited = False
        self._agreed = False
        self._counting = threading.Lock()
        self._failed = float("-inf")
        self._changed = threading.Condition()
        self._ended = False
        self._stream: Stream | None = None

    def start(self) -> None:
        """Take in what changes from now on, unless it has ended already."""
        if not self._ended:
            threading.Thread(target=self._follow, name=f"watch {self._kind.plural}", daemon=True).start()

    def __len__(self) -> int:
        return len(self._store)

    def taken(self, deadline: Deadline) -> Taken | None:
        """What is known now; None once it has ended: by itself, or because it turns out now to be wrong."""
        self.looked = time.monotonic()
        answering = self._is_fresh() or self._counts(deadline)
        silent = 0.0 if answering else time.monotonic() - self._counted
        if silent > _OLDEST_SECONDS:
            self.end()
        rows = self._store.rows()
        return None if self._ended else Taken(rows, silent)

    def end(self) -> None:
        """Stop watching, and forget."""
        with self._changed:
            if self._ended:
                return
            self._ended = True
            stream = self._stream
            self._changed.notify_all()
        if stream:
            stream.shutdown()
        self._store.clear()
        self._on_end(self)

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._counted <= FRESH_SECONDS

    def _counts(self, deadline: Deadline) -> bool:
        """Whether the server answers; ends this when it counts other objects than are known here."""
        asked = time.monotonic()
        with self._counting:
            # Who waited for another's count has it now.
            if self._is_fresh() or self._ended:
                return True
            if self._failed >= asked:
                return False
            began = time.monotonic()
            try:
                count, version = self._count(Deadline(min(_COUNT_SECONDS, deadline.left())))
            except _GONE:
                # The list that follows says it in its own words.
                self.end()
                return True
            except Failure:
                self._failed = time.monotonic()
                return False
            if not self._catches_up(count, version):
                log.debug("a watch of %s has missed something, and ends", self._kind.plural)
                self.end()
            self._counted = began
            return True

    def _catches_up(self, count: int | None, version: str) -> bool:
        """Whether it is known here what was counted there, and what will change."""
        until = time.monotonic() + _CATCH_UP_SECONDS
        with self._changed:
            while not self._ended:
                now = time.monotonic()
                followed = self._lost is None and now >= self._settled
                if followed and (count is None or self._store.agrees(count, version)):
                    self._agreed = True
                    return True
                if now >= until:
                    # Where it was never watched, or counts otherwise than it lists, that is not tried again and again.
                    self.refused = not self._agreed
                    return False
                self._awaited = True
                self._changed.notify_all()
                self._changed.wait(_LOOK_SECONDS)
        return True

    def _count(self, deadline: Deadline) -> tuple[int | None, str]:
        """How many there are, or None if the server does not say, and at which version."""
        action = f"list {self._kind.plural}"
        body = self._api.get(
            action,
            self._path,
            deadline,
            query={"limit": 1},
            impersonate=self._impersonate,
        )
        with translated(action=action, **self._api.facts):
            meta, page = self._kind.read(body)
        if meta.continue_ and meta.remaining is None:
            return None, meta.resource_version
        return len(list(page)) + (meta.remaining or 0), meta.resource_version

    def _follow(self) -> None:
        pause = 0.0
        try:
            while not self._ended:
                began = time.monotonic()
                try:
                    self._watch()
                except (Over, ListExpired) as over:
                    log.debug("a watch of %s is over: %s", self._kind.plural, type(over).__name__)
                    return
                except _GONE as gone:
                    log.debug("a watch of %s is refused: %s", self._kind.plural, gone.what)
                    self.refused = isinstance(gone, _REFUSED)
                    return
                except Failure as failure:
                    log.debug("a watch of %s broke off: %s", self._kind.plural, failure.what)
                # One that lasted was no attempt that failed.
                lasted = time.monotonic() - began > _LONGEST_PAUSE
                pause = 0.0 if lasted else min(_LONGEST_PAUSE, max(_FIRST_PAUSE, pause * 2))
                with self._changed:
                    # Who looks and finds the server answering does not wait for its turn.
                    self._changed.wait_for(lambda: self._ended or self._awaited, pause)
                    self._awaited = False
        finally:
            # What nobody keeps up to date must not be taken for what is there.
            self.end()

    def _watch(self) -> None:
        """Takes in what changes, until the server ends it, as it does every few minutes."""
        query: dict[str, str | int] = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._store.version,
            "timeoutSeconds": _WATCH_SECONDS,
        }
        with self._api.stream(
            f"watch {self._kind.plural}",
            self._path,
            query=query,
            impersonate=self._impersonate,
            idle=_IDLE_SECONDS,
        ) as stream:
            with self._changed:
                self._stream = stream
                if self._ended:
                    return
                now = time.monotonic()
                gap = 0.0 if self._lost is None else now - self._lost
                self._settled = now + (_BACKLOG_SECONDS if gap > _BACKLOG_SECONDS else 0.0)
                self._lost = None
                self._changed.notify_all()
            try:
                for line in _lines(stream):
                    self._store.apply(line)
                    with self._changed:
                        self._changed.notify_all()
            finally:
                with self._changed:
                    self._stream, self._lost = None, time.monotonic()


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The whole lines of a stream. Raises Over for one without an end."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        *whole, last = piece.split(b"\n")
        for line in whole:
            said = b"".join([*parts, line])
            parts, size = [], 0
            if said:
                yield said
        parts.append(last)
        size += len(last)
        if size > _LINE_BYTES:
            raise Over
