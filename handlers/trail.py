"""The trail: who did what, to which cluster, as whom, and how it ended. One line of JSON on stdout and one row each.

It holds no content: neither what a command listed nor the words it filtered by. A row is never changed, and removed
only when the days it is kept for are over; the migrations have the database itself refuse anything else.
"""

import itertools
import json
import logging
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    Engine,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.exc import SQLAlchemyError

from connector.aws import regions
from connector.errors import Failure, translated
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.together import Together

log = logging.getLogger(__name__)

AUDIT = Table(
    "audit",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("enterprise_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("cluster", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("principal", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("ref", Text, nullable=False),
    Column("replica", Text, nullable=False),
    Index("audit_team_at", "team_id", "at"),
    Index("audit_ref", "ref"),
)

# What is asked for at once: a message shows no more.
PAGE = 100
_BATCH = 500
# How long a row waits for others: a transaction for each would cost more than all else about it.
_GATHER_SECONDS = 0.1
# Rows removed by one statement, which the database ends after 5 seconds, and how long one clearing may go on.
_FORGOTTEN, _FORGET_SECONDS = 5_000, 2.0
_DAY = 24 * 3600.0
# The database refuses to remove what is younger than a day by its own clock, which may be behind ours.
_GRACE = 3600.0
_LONGEST = 255
_WRITE = insert(AUDIT)


@dataclass(frozen=True)
class Outcome:
    """How a turn ended: for the metrics and the trail.

    `outcome` is "ok" or the name of a Failure's class, `cluster` is written like a connection's id (region_name) with
    "*" for all of a region, `principal` is the ARN with which the bot asked. Empty where there was none, or the turn
    ended before it was known.
    """

    caller: Caller
    verb: str
    outcome: str
    seconds: float
    ref: str
    cluster: str = ""
    namespace: str = ""
    principal: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the trail.

    id: the row's number, unique, with gaps.
    at: when the turn ended, in epoch seconds.
    channel: where the command was typed or the button stood; empty for a form that was opened nowhere in particular.
    user: who, as Slack's id; of another workspace too, when they tried in a shared channel.
    verb: what, as the first word after /eks, or the kind of a list; "unread" for what made no command,
        "form" and "dismiss" for a form that changed its inputs and a question that was put away, "ask" and "lookup"
        for the modals of the shortcuts, "home" for the Home tab.
    cluster: region_name; region_* for a look at all clusters of a region; as it was typed when it led nowhere.
    namespace: the one asked for; empty for all.
    principal: the ARN of the AWS identity the bot used.
    outcome: "ok", or the error's name: "NotAllowed", "Forbidden", "StateAway", "Interrupted"…
    seconds: from the payload's arrival to the end of its answer; 0 for an interrupted one.
    ref: the reference that the person saw under an error.
    replica: the process that answered.
    """

    id: int
    at: float
    channel: str
    user: str
    verb: str
    cluster: str
    namespace: str
    principal: str
    outcome: str
    seconds: float
    ref: str
    replica: str


@dataclass(frozen=True)
class Asked:
    """Which lines are wanted. Empty means any; `cluster` is a name or a region_name; `since` is epoch seconds."""

    user: str = ""
    cluster: str = ""
    ref: str = ""
    since: float = 0.0


@dataclass(frozen=True)
class Found:
    """Lines, the newest first; `newer` more stand before the first of them, and `total` match altogether."""

    entries: tuple[Entry, ...]
    newer: int
    total: int


class Trail:
    """Written by one thread, in order; read by whoever asks. Safe under threads and replicas."""

    def __init__(
        self,
        engine: Engine,
        replica: str,
        *,
        days: int = 90,
        scrub: Callable[[str], str] = lambda text: text,
        say: Callable[[str], None] | None = None,
        room: int = 10_000,
        again: float = 2.0,
        together: Together | None = None,
    ) -> None:
        """`scrub` takes out of a text what looks like a credential; `say` takes each line of JSON, stdout when None.

        While the database is away, `room` rows wait for it (about 500 bytes each), and it is tried again every `again`
        seconds.
        """
        self._engine = engine
        self._together = together or Together(engine)
        self._replica = replica
        self.days = days
        self._scrub = scrub
        self._say = say or _to_stdout
        self._room = room
        self._again = again
        self._changed = threading.Condition()
        self._waiting: deque[dict[str, Any]] = deque()
        self._refused = 0
        self._closing = False
        self._writer: threading.Thread | None = None

    def record(self, outcome: Outcome) -> None:
        """Says the line at once and writes its row soon; while the database is away, when it is back. Never raises."""
        caller = outcome.caller
        row = {
            "at": time.time(),
            "enterprise_id": caller.workspace.enterprise_id or "",
            "team_id": caller.workspace.team_id or "",
            "channel": self._fit(caller.channel),
            "user": self._fit(caller.user),
            "verb": self._fit(outcome.verb),
            "cluster": self._fit(outcome.cluster),
            "namespace": self._fit(outcome.namespace),
            "principal": self._fit(outcome.principal),
            "outcome": self._fit(outcome.outcome),
            "seconds": round(outcome.seconds, 3),
            "ref": outcome.ref,
            "replica": self._replica,
        }
        with self._changed:
            self._speak(row)
            if len(self._waiting) >= self._room:
                self._refused += 1
                if self._refused == 1:
                    log.error(
                        "the trail has no room for more rows while the database is away: they are on stdout"
                    )
                return
            self._waiting.append(row)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="trail", daemon=True)
                self._writer.start()
            elif len(self._waiting) == 1:
                self._changed.notify_all()

    def waiting(self) -> int:
        """How many rows are not in the database yet."""
        with self._changed:
            return len(self._waiting)

    def close(self, timeout: float) -> bool:
        """Writes what waits, within `timeout` seconds; False when some of it is on stdout only."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            writer = self._writer
        if writer:
            writer.join(timeout)
        left = self.waiting()
        if left:
            log.error("%s rows of the trail are not in the database: they are on stdout", left)
        return not left

    def find(self, workspace: WorkspaceKey, asked: Asked, *, at: int = 0, newer: bool = False) -> Found:
        """Up to 100 lines of a workspace that match: from the newest on, or those older than the line with id `at`.

        With `newer`, those that come just before that line instead. Raises StateAway.
        """
        matching = select(AUDIT).where(*_matching(workspace, asked))
        moment, newest = tuple_(AUDIT.c.at, AUDIT.c.id), (AUDIT.c.at.desc(), AUDIT.c.id.desc())
        with translated(), self._engine.connect() as database:
            anchor = database.execute(matching.where(AUDIT.c.id == at)).first() if at else None
            if anchor is None:
                wanted = matching.order_by(*newest)
            elif newer:
                wanted = matching.where(moment > (anchor.at, anchor.id)).order_by(AUDIT.c.at, AUDIT.c.id)
            else:
                wanted = matching.where(moment < (anchor.at, anchor.id)).order_by(*newest)
            rows = list(database.execute(wanted.limit(PAGE)))
            if anchor is not None and newer:
                rows.reverse()
            total = _count(database, matching)
            before = _count(database, matching.where(moment > (rows[0].at, rows[0].id))) if rows else 0
        return Found(tuple(_entry(row) for row in rows), before, total)

    def forget_old(self) -> None:
        """Removes what has been kept for its days, within a few seconds; what is left then, the next time.

        Raises StateAway.
        """
        until = time.monotonic() + _FORGET_SECONDS
        old = select(AUDIT.c.id).where(AUDIT.c.at < time.time() - self.days * _DAY - _GRACE).limit(_FORGOTTEN)
        gone = _FORGOTTEN
        while gone == _FORGOTTEN and time.monotonic() < until:
            with translated(), self._engine.begin() as database:
                gone = database.execute(delete(AUDIT).where(AUDIT.c.id.in_(old))).rowcount

    def _fit(self, text: str) -> str:
        """`text` as it may be kept: no credential, on one line, no longer than a name is."""
        text = self._scrub(text)
        return "".join(char if char.isprintable() else "�" for char in text[:_LONGEST])

    def _speak(self, row: dict[str, Any]) -> None:
        at = datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="milliseconds")
        try:
            self._say(json.dumps(row | {"at": at}, ensure_ascii=False))
        except (OSError, ValueError) as error:
            # Nobody reads it any more; the row is written all the same.
            log.error("ref=%s the trail's line could not be said: %s", row["ref"], type(error).__name__)  # noqa: TRY400

    def _write(self) -> None:
        """The writer's life: waits for rows, writes them, and tries again for as long as the database is away."""
        away = False
        while rows := self._next():
            # Once it is to end, all is tried once more: what fails now may have begun before the database was back.
            last = self._closing
            try:
                self._together.run(partial(_write, rows))
            except (Failure, SQLAlchemyError) as error:
                if not away:
                    away = True
                    log.warning("the trail waits for the database: %s", type(error).__name__)
                if last:
                    return
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, self._again)
                continue
            with self._changed:
                for _ in rows:
                    self._waiting.popleft()
                if away or self._refused:
                    log.info("the trail is written again; %s rows are on stdout only", self._refused)
                away, self._refused = False, 0

    def _next(self) -> list[dict[str, Any]]:
        """The rows to write next, once there are any; none when the trail is closed and all are written."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            self._changed.wait_for(lambda: self._closing, _GATHER_SECONDS)
            return list(itertools.islice(self._waiting, _BATCH))


def _write(rows: Sequence[dict[str, Any]], database: Connection) -> None:
    database.execute(_WRITE, rows)


def _matching(workspace: WorkspaceKey, asked: Asked) -> list[ColumnElement[bool]]:
    table = AUDIT.c
    found = [
        table.enterprise_id == (workspace.enterprise_id or ""),
        table.team_id == (workspace.team_id or ""),
    ]
    if asked.user:
        found.append(table.user == asked.user)
    if asked.cluster:
        # The id of a connection has its account behind it where two are named alike.
        names = {asked.cluster, re.sub(r"_\d{12}$", "", asked.cluster)}
        ids = {f"{region.name}_{name}" for region in regions() for name in names}
        found.append(table.cluster.in_(sorted(names | ids)))
    if asked.ref:
        found.append(table.ref == asked.ref)
    if asked.since:
        found.append(table.at >= asked.since)
    return found


def _count(database: Connection, matching: Select[Any]) -> int:
    return database.execute(select(func.count()).select_from(matching.subquery())).scalar_one()


def _entry(row: Row[Any]) -> Entry:
    return Entry(*(getattr(row, each.name) for each in fields(Entry)))


def _to_stdout(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
