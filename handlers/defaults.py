"""What commands mean when they name no connection or namespace: one row for each channel, or thread, that has said so.

A thread's default stands beside its channel's and wins over it in that thread, where the message shortcut asks from.
"""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Engine,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from connector.errors import translated
from connector.workspaces import WorkspaceKey

CHANNEL_DEFAULTS = Table(
    "channel_defaults",
    MetaData(),
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    # A channel's id; a thread's is its channel's, a slash, and the ts of the message that it began with.
    Column("channel", Text, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Double, nullable=False),
)

# An incident's thread is over by then, and nobody would clear it.
THREAD_DAYS = 30


@dataclass(frozen=True)
class Where:
    """A channel, or a thread of it by its ts; the channel is empty in a place that is none, as a Home tab."""

    workspace: WorkspaceKey
    channel: str
    thread: str = ""

    @property
    def key(self) -> str:
        return f"{self.channel}/{self.thread}" if self.thread else self.channel

    @property
    def name(self) -> str:
        """What it is called: as in "this channel's default"."""
        if self.thread:
            return "this thread"
        return "this conversation" if self.channel.startswith("D") else "this channel"

    @property
    def whole(self) -> "Where":
        """The channel around a thread."""
        return Where(self.workspace, self.channel)


@dataclass(frozen=True)
class Default:
    """What is meant there: a connection, by its id, and a namespace of it; empty for all. `set_at` is epoch seconds."""

    where: Where
    connection: str
    namespace: str
    set_by: str
    set_at: float


class Defaults:
    """The defaults of all workspaces. Safe under threads and replicas."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, where: Where) -> Default | None:
        """What is meant there: the thread's own default, else its channel's. Raises StateAway."""
        places = {place.key: place for place in (where, where.whole) if place.channel}
        if not places:
            return None
        asked = {**_placed(where.workspace), "channels": list(places)}
        with translated(), self._engine.connect() as database:
            rows = {row.channel: row for row in database.execute(_ASKED, asked)}
        row = rows.get(where.key) or rows.get(where.channel)
        if row is None:
            return None
        return Default(places[row.channel], row.connection, row.namespace, row.set_by, row.set_at)

    def put(self, default: Default) -> None:
        """Sets it, in place of the one before. Raises StateAway."""
        values = {
            "connection": default.connection,
            "namespace": default.namespace,
            "set_by": default.set_by,
            "set_at": default.set_at,
        }
        try:
            self._put(default.where, values)
        except IntegrityError:
            # Somebody else has set one in the same moment: it is there now, so this one replaces it.
            self._put(default.where, values)

    def remove(self, where: Where) -> None:
        """There is none in this place from now on; a thread has its channel's again. Raises StateAway."""
        with translated(), self._engine.begin() as database:
            database.execute(delete(CHANNEL_DEFAULTS).where(_this(where)))

    def forget(self, workspace: WorkspaceKey) -> None:
        """Removes those of a workspace that has removed the app. Raises StateAway."""
        with translated(), self._engine.begin() as database:
            database.execute(delete(CHANNEL_DEFAULTS).where(_workspaces(workspace)))

    def _put(self, where: Where, values: dict[str, Any]) -> None:
        table = CHANNEL_DEFAULTS.c
        over = time.time() - THREAD_DAYS * 24 * 3600.0
        with translated(), self._engine.begin() as database:
            database.execute(
                delete(CHANNEL_DEFAULTS).where(
                    _workspaces(where.workspace), table.channel.contains("/"), table.set_at < over
                )
            )
            changed = database.execute(update(CHANNEL_DEFAULTS).where(_this(where)).values(values))
            if not changed.rowcount:
                database.execute(
                    insert(CHANNEL_DEFAULTS).values(**_placed(where.workspace), channel=where.key, **values)
                )


# Made once: every command asks, and making it takes longer than asking.
_ASKED = select(CHANNEL_DEFAULTS).where(
    CHANNEL_DEFAULTS.c.enterprise_id == bindparam("enterprise_id"),
    CHANNEL_DEFAULTS.c.team_id == bindparam("team_id"),
    CHANNEL_DEFAULTS.c.channel.in_(bindparam("channels", expanding=True)),
)


def _placed(workspace: WorkspaceKey) -> dict[str, str]:
    return {"enterprise_id": workspace.enterprise_id or "", "team_id": workspace.team_id or ""}


def _workspaces(workspace: WorkspaceKey) -> ColumnElement[bool]:
    table = CHANNEL_DEFAULTS.c
    return and_(
        table.enterprise_id == (workspace.enterprise_id or ""), table.team_id == (workspace.team_id or "")
    )


def _this(where: Where) -> ColumnElement[bool]:
    return and_(_workspaces(where.workspace), CHANNEL_DEFAULTS.c.channel == where.key)
