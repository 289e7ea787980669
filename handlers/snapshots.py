"""Lists as they were shown, kept for a day, so that one can ask what changed since.

A row holds what the list showed of its objects: names, states, counts. Ages are left out, as they change by themselves.
No list shows a value of a secret or a config map, so none is in here.
"""

import hashlib
import logging
import re
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Engine,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    select,
)

from connector.errors import Busy, Failure, StateAway, translated
from connector.lanes import Lanes
from connector.resources import Listing, Row
from connector.workspaces import WorkspaceKey
from handlers.command import Command
from handlers.policy import Scope

log = logging.getLogger(__name__)

LIST_SNAPSHOTS = Table(
    "list_snapshots",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("enterprise_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("made_at", Double, nullable=False),
    # A Snapshot as compressed MessagePack.
    Column("body", LargeBinary, nullable=False),
    Index("list_snapshots_made_at", "made_at"),
    Index("list_snapshots_user", "team_id", "user", "made_at"),
)

KEPT_SECONDS = 24 * 3600.0
KEPT_EACH = 20
"""Lists that are kept of one person in one workspace; older ones make room."""

# What one list may take, as rows and as compressed bytes: 10,000 pods are about 200 kB.
_ROWS, _BYTES = 20_000, 1_000_000
# How long no list promises to be kept after one could not be.
_AWAY_SECONDS = 60.0
# How long a list waits for others, to be written together.
_GATHER_SECONDS = 0.1
# Each holds its whole list until then.
_MOST_AT_ONCE = 50
# How long a question waits for the list it is about, which may be on its way into the database.
_PATIENCE = 3.0

# What an event is, beside the object that it is about.
_TELLING = frozenset({"TYPE", "REASON", "SUBOBJECT", "MESSAGE"})
_AGO = re.compile(r" \((\d+[smhdy]){1,2} ago\)$")

# Made once: every list is kept, and making these takes longer than having them carried out.
_KEEP = insert(LIST_SNAPSHOTS)
_PERSON = ("enterprise_id", "team_id", "user")
_THEIRS = and_(*(LIST_SNAPSHOTS.c[name] == bindparam(name) for name in _PERSON))
_NEWEST = (
    select(LIST_SNAPSHOTS.c.id)
    .where(_THEIRS)
    .order_by(LIST_SNAPSHOTS.c.made_at.desc())
    .limit(KEPT_EACH)
    .scalar_subquery()
)
_MAKE_ROOM = delete(LIST_SNAPSHOTS).where(_THEIRS, LIST_SNAPSHOTS.c.id.not_in(_NEWEST))


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row. `created` is in epoch seconds, 0 where that is not the object's own; `health` is a Health.

    `more` tells it from others of that name, where rows are about other objects than themselves, as events are.
    """

    namespace: str
    name: str
    more: str
    health: int
    created: float
    cells: tuple[str, ...]


class Snapshot(msgspec.Struct, frozen=True, array_like=True):
    """One list. `asked` tells whether another one answers the same question, asked by somebody who sees the same."""

    asked: str
    taken_at: float
    headers: tuple[str, ...]
    rows: tuple[Kept, ...]


class NotComparable(Failure):
    """What changed since that list cannot be told; a list that is taken now can be compared later."""


def snapshot(found: Listing, command: Command, scope: Scope) -> Snapshot:
    """What is kept of a list that `command` asked for, in a form that does not change by itself."""
    about_others = found.kind.about_others
    # Of events that tell the same the newest gives its name to the row.
    columns = [one for one in found.kind.columns if not (about_others and one.header == "NAME")]
    headers = tuple(column.header for column in columns)
    telling = [at for at, header in enumerate(headers) if about_others and header in _TELLING]

    def kept(row: Row) -> Kept:
        cells = tuple(
            "" if column.by_time else _AGO.sub("", column.cell(row, found.taken_at).text)
            for column in columns
        )
        more = "\n".join(cells[at] for at in telling)
        created = 0.0 if about_others else row.created
        return Kept(row.namespace or "", row.name, more, int(row.health), created, cells)

    return Snapshot(question(command, scope), found.taken_at, headers, tuple(map(kept, found.rows)))


def question(command: Command, scope: Scope) -> str:
    """What two lists must have in common to be compared: what is asked, of which cluster, and who sees how much."""
    asked = command.replaced(
        seen="", offset=0, backwards=False, owner="", private=False, all_namespaces=False
    )
    said = f"{asked.encoded()} {scope.namespaces} {scope.impersonate}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class _Promise:
    """A list that is to be kept."""

    name: str
    workspace: WorkspaceKey
    user: str
    make: Callable[[], Snapshot]


class Snapshots:
    """The kept lists of all workspaces. Safe under threads and replicas."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        # Kept after the answer was shown, those of a moment together: nobody waits for it.
        self.lanes = Lanes(width=1, line=1)
        self._lock = threading.Lock()
        self._waiting: list[_Promise] = []
        self._on_the_way: dict[str, threading.Event] = {}
        self._away_until = float("-inf")

    def promised(self, found: Listing) -> str:
        """The id under which this list can be kept; "" for one that is too long or not whole, or when none can be.

        Whoever was promised one has to call `keep`. Who asks for the list before that waits for it.
        """
        if not found.complete or len(found.rows) > _ROWS or self._clock() < self._away_until:
            return ""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._on_the_way[name] = threading.Event()
        return name

    def keep(self, name: str, workspace: WorkspaceKey, user: str, make: Callable[[], Snapshot]) -> None:
        """Has the list written under the promised `name`, later and elsewhere; what goes wrong is not raised here."""
        promise = _Promise(name, workspace, user, make)
        with self._lock:
            full = len(self._waiting) >= _MOST_AT_ONCE
            if not full:
                self._waiting.append(promise)
            begins = len(self._waiting) == 1
        if full:
            log.warning("a list is not kept: too many are on their way")
            self._over([promise])
        if not begins:
            # They are about to be written together.
            return
        try:
            self.lanes.submit("keep", self._write_all)
        except Busy:
            log.warning("lists are not kept: the bot is stopping")
            self._over(self._taken())

    def _write_all(self) -> None:
        time.sleep(_GATHER_SECONDS)
        promises = self._taken()
        try:
            self._write([(one, body) for one in promises if (body := _packed(one.make))])
        except StateAway as away:
            self._away_until = self._clock() + _AWAY_SECONDS
            log.warning("lists are not kept: %s", away.what)
        except Exception:
            log.exception("lists are not kept")
        finally:
            self._over(promises)

    def _taken(self) -> list[_Promise]:
        with self._lock:
            promises, self._waiting = self._waiting, []
            return promises

    def _over(self, promises: Sequence[_Promise]) -> None:
        with self._lock:
            for one in promises:
                self._on_the_way.pop(one.name).set()

    def find(self, name: str, workspace: WorkspaceKey, user: str) -> Snapshot:
        """The list of that id. Raises NotComparable when there is none, or it is another person's, and StateAway."""
        with self._lock:
            coming = self._on_the_way.get(name)
        if coming:
            coming.wait(_PATIENCE)
        table = LIST_SNAPSHOTS.c
        wanted = select(table.user, table.body).where(
            table.id == name, table.made_at > time.time() - KEPT_SECONDS, *_of(workspace)
        )
        with translated(), self._engine.connect() as database:
            row = database.execute(wanted).first()
        if row is None:
            raise NotComparable(
                "That list is not kept any more",
                f"The {KEPT_EACH} newest of each person are, for {KEPT_SECONDS / 3600:.0f} hours, if not very long.",
                "Take it now, and ask what changed later",
            )
        if row.user != user:
            raise NotComparable(
                "That list is somebody else's", "", "Take your own now, and ask what changed later"
            )
        return msgspec.msgpack.decode(zlib.decompress(row.body), type=Snapshot)

    def forget(self, workspace: WorkspaceKey) -> None:
        """Removes those of a workspace that has removed the app. Raises StateAway."""
        with translated(), self._engine.begin() as database:
            database.execute(delete(LIST_SNAPSHOTS).where(*_of(workspace)))

    def forget_old(self) -> None:
        """Removes what was kept for its day. Raises StateAway."""
        old = LIST_SNAPSHOTS.c.made_at < time.time() - KEPT_SECONDS
        with translated(), self._engine.begin() as database:
            database.execute(delete(LIST_SNAPSHOTS).where(old))

    def _write(self, packed: Sequence[tuple[_Promise, bytes]]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "id": one.name,
                "enterprise_id": one.workspace.enterprise_id or "",
                "team_id": one.workspace.team_id or "",
                "user": one.user,
                "made_at": time.time(),
                "body": body,
            }
            for one, body in packed
        ]
        if not rows:
            return
        people = {tuple(row[name] for name in _PERSON) for row in rows}
        with translated(), self._engine.begin() as database:
            database.execute(_KEEP, rows)
            database.execute(_MAKE_ROOM, [dict(zip(_PERSON, one, strict=True)) for one in sorted(people)])


def _packed(make: Callable[[], Snapshot]) -> bytes:
    """A list as it is kept; b"" for one that is not."""
    try:
        body = zlib.compress(msgspec.msgpack.encode(make()), 1)
    except Exception:
        # One that cannot be made must not take the others along.
        log.exception("a list is not kept")
        return b""
    if len(body) > _BYTES:
        log.warning("a list is not kept: it takes %s bytes", len(body))
        return b""
    return body


def _of(workspace: WorkspaceKey) -> tuple[ColumnElement[bool], ...]:
    table = LIST_SNAPSHOTS.c
    return (
        table.enterprise_id == (workspace.enterprise_id or ""),
        table.team_id == (workspace.team_id or ""),
    )
