"""One cluster, asked as one principal: what it is, what it serves, what it lists."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

import msgspec

from connector import formats
from connector.api import JSON, Api, Parameters
from connector.decoding import decoded
from connector.errors import Busy, ListExpired, Unreachable, translated
from connector.impersonation import Impersonate
from connector.lanes import Deadline, Lanes
from connector.paging import Head, Pages
from connector.resources import Health, Kind, Listing, Query, Row, allowing
from connector.resources.wire import ListMeta, Metadata, Reader
from connector.served import Resource, Served, served
from connector.watching import Beginning, Budget, Taken, Watches
from connector.words import alike, beginnings

T = TypeVar("T")
Progress = Callable[[int, int | None], None]

PAGE = 500

# Names that are kept to find near ones among.
_OTHERS = 10_000

# What a cluster serves changes when somebody installs something.
_SERVED_SECONDS = 600.0


class _Named(msgspec.Struct):
    metadata: Metadata


_names = Reader(_Named, lambda one: one.metadata.name)
_NAMESPACES = Resource("namespaces", "namespace", "Namespace", namespaced=False)


class _Version(msgspec.Struct, rename="camel"):
    git_version: str


_version = msgspec.json.Decoder(_Version)


class Cluster:
    """A cluster, by its API server. Safe under threads."""

    def __init__(self, api: Api, budget: Budget | None = None) -> None:
        """What is listed is watched from then on, within `budget`; nothing is without one."""
        self.api = api
        self._watches = Watches(api, budget or Budget(0))
        self._lock = threading.Lock()
        self._served: tuple[float, Served] | None = None
        self._ahead = Lanes()

    def version(self, deadline: Deadline) -> str:
        """The API server's version, like v1.34.4-eks-3abbec1."""
        body = self.api.get("get version", "/version/", deadline)
        with translated(action="get version", **self.api.facts):
            return decoded(_version, body).git_version

    def served(
        self, deadline: Deadline, impersonate: Impersonate | None = None, *, anew: bool = False
    ) -> Served:
        """All kinds that can be listed, as it told at most ten minutes ago; `anew`: as it tells now.

        Discovery is for everybody who is signed in, so it is asked once for all.
        """
        with self._lock:
            kept = self._served
        if kept and not anew and time.monotonic() - kept[0] < _SERVED_SECONDS:
            return kept[1]
        action = "get its kinds"

        def read(path: str, accept: str) -> bytes:
            return self.api.get(action, path, deadline, accept=accept, impersonate=impersonate)

        with translated(action=action, **self.api.facts):
            found = served(read)
        with self._lock:
            self._served = (time.monotonic(), found)
        return found

    def resource(self, word: str, deadline: Deadline, impersonate: Impersonate | None = None) -> Resource:
        """The kind that `word` names here; looks anew before it says that there is none. Raises KindNotServed."""
        known = self.served(deadline, impersonate).named(word)
        return known or self.served(deadline, impersonate, anew=True).need(word)

    def namespaces(
        self, deadline: Deadline, matching: tuple[str, ...] = (), impersonate: Impersonate | None = None
    ) -> tuple[str, ...]:
        """Names of the namespaces that match a pattern, or of all, in order; when cut short, those found so far."""
        names: list[str] = []
        allowed = allowing(matching)
        for _, found in self.pages(
            "list namespaces", _NAMESPACES.path(), _names, deadline, impersonate=impersonate
        ):
            names += filter(allowed, found)
        return tuple(sorted(names))

    def list(
        self,
        kind: Kind,
        query: Query,
        deadline: Deadline,
        on_progress: Progress | None = None,
        impersonate: Impersonate | None = None,
    ) -> Listing:
        """What matches `query`, sickest first; `on_progress(rows so far, expected or None)` after each page.

        What is watched is given as it is known, old and marked so when the server does not answer. Otherwise only
        the rows that match are kept, and those that a watch begins with. When the deadline or the server cuts it
        short: what was found so far. Starts over once when the list expires under it (410).
        Raises InvalidRequest, Forbidden, Unauthorized, Unreachable when nothing was found in time, and the rest.
        """
        path = kind.resource.path(query.namespace)
        said = parameters(query)
        if not said:
            taken = self._watches.taken(kind, query.namespace, impersonate, deadline)
            if taken:
                return _known(kind, query, taken)

        def once() -> Listing:
            begin = Beginning(self._watches, kind, query, impersonate)
            pages = self.pages(
                f"list {kind.plural}",
                path,
                begin.read,
                deadline,
                query=said,
                impersonate=impersonate,
            )
            listing = gathered(kind, query, pages, on_progress)
            begin.watch()
            return listing

        try:
            return once()
        except ListExpired:
            return once()

    def close(self) -> None:
        """Close the connections to the server; calls from now on raise ConnectionNotFound."""
        self._watches.close()
        self.api.close()

    def pages(
        self,
        action: str,
        path: str,
        read: Callable[[bytes], tuple[ListMeta, Iterable[T]]],
        deadline: Deadline,
        *,
        query: Parameters | None = None,
        accept: str = JSON,
        impersonate: Impersonate | None = None,
    ) -> Iterator[tuple[ListMeta, Iterable[T]]]:
        """Page after page, to the end or to the deadline; the last one's metadata tells which.

        `read` makes of a page's JSON its metadata and what is wanted of its items, and raises msgspec.DecodeError.
        """
        said: dict[str, str | int] = {"limit": PAGE, **(query or {})}

        def get(token: str, head: Head) -> bytes:
            there = {**said, "continue": token} if token else said
            return self.api.get(
                action, path, deadline, query=there, accept=accept, impersonate=impersonate, head=head
            )

        pages = Pages(self._ahead, get, deadline)
        token = ""
        while True:
            try:
                body = pages.page(token)
            except (Unreachable, Busy):
                if token:
                    return
                raise
            with translated(action=action, **self.api.facts):
                meta, rows = read(body)
            # Dropped while the next page comes, so that no more than two are held.
            del body
            yield meta, rows
            token = meta.continue_
            if not token or deadline.passed():
                return


def parameters(query: Query) -> dict[str, str | int]:
    """What a request has to say of `query`, but for its namespace. Raises InvalidRequest."""
    formats.selector(query.selector)
    formats.selector(query.fields)
    said = {"labelSelector": query.selector, "fieldSelector": query.fields}
    return {name: value for name, value in said.items() if value}


def gathered(
    kind: Kind,
    query: Query,
    pages: Iterable[tuple[ListMeta, Iterable[Row]]],
    on_progress: Progress | None,
    *,
    in_order: bool = False,
) -> Listing:
    """The listing that `pages` make, of which nothing is kept but the rows that match.

    `in_order` says that they come in the kind's order already.
    """
    allowed, matches = query.allows(kind.resource), query.names()
    rows: list[Row] = []
    # Names that do not match, for when none does.
    others: set[str] = set()
    namespaces: set[str | None] = set()
    total = 0
    expected = None
    complete = False
    taken_at = time.time()
    for meta, page in pages:
        for row in page:
            if not allowed(row):
                continue
            total += 1
            namespaces.add(row.namespace)
            # What is folded is looked at as a whole, below.
            if kind.folded or matches(row):
                rows.append(row)
            elif len(query.words) == 1 and len(others) < _OTHERS:
                others.add(row.name)
        complete = not meta.continue_
        unknown = complete or meta.remaining is None or query.namespaces or kind.folded
        expected = None if unknown else total + (meta.remaining or 0)
        if on_progress:
            on_progress(total, expected)
    if kind.folded:
        rows = list(kind.folded(rows))
        total = len(rows)
        others = {row.name for row in rows} if len(query.words) == 1 else set()
        rows = list(filter(matches, rows))
    if kind.folded or not in_order:
        rows.sort(key=kind.key)
    return Listing(
        kind=kind,
        rows=tuple(rows),
        total=total,
        namespaces=len(namespaces - {None}),
        sick=sum(row.health in {Health.BROKEN, Health.CHANGING} for row in rows),
        taken_at=taken_at,
        complete=complete,
        expected=expected,
        near=() if rows else _near(query.words, others),
    )


def _known(kind: Kind, query: Query, taken: Taken) -> Listing:
    """The listing that watched rows make."""
    taken_at = time.time() - taken.silent
    rows = taken.rows
    if query.words or query.namespaces or kind.folded:
        found = gathered(kind, query, [(ListMeta(), rows)], None, in_order=True)
        return replace(found, taken_at=taken_at, silent=taken.silent)
    health = Counter(map(attrgetter("health"), rows))
    return Listing(
        kind=kind,
        rows=rows,
        total=len(rows),
        namespaces=len({row.namespace for row in rows} - {None}),
        sick=health[Health.BROKEN] + health[Health.CHANGING],
        taken_at=taken_at,
        complete=True,
        silent=taken.silent,
    )


def _near(words: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """What looks like the word, the whole of a name or its beginning."""
    if len(words) != 1:
        return ()
    word = words[0].lower()
    return tuple(alike(word, sorted({*names, *beginnings(word, names)}), 3, 0.7))
