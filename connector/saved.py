"""Records in the bot's database: they outlive the process, and every replica reads the same ones."""

import time
from dataclasses import asdict

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    Engine,
    MetaData,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from connector.errors import translated
from connector.records import ENDED_KEPT, Record
from connector.workspaces import WorkspaceKey

TABLE = Table(
    "connections",
    MetaData(),
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "region",
            "cluster",
            "account",
            "principal",
            "version",
            "status",
            "endpoint",
            "how",
            "profile",
            "key_hint",
            "role_arn",
            "external_id",
            "connected_by",
        )
    ),
    Column("connected_at", Double, nullable=False),
    Column("expires_at", Double, nullable=True),
    Column("made", Text, nullable=False),
)

_RECORD = [column for column in TABLE.c if column.name not in {"enterprise_id", "team_id"}]


class SavedRecords:
    """One workspace's Records in a database; what others' rows say is never read nor changed through it."""

    def __init__(self, engine: Engine, key: WorkspaceKey) -> None:
        self._engine = engine
        self._key = key
        self._place = {"enterprise_id": key.enterprise_id or "", "team_id": key.team_id or ""}
        self._ours = and_(*(TABLE.c[name] == value for name, value in self._place.items()))
        # Made once: every command asks, and making it takes longer than asking.
        self._all = select(*_RECORD).where(self._ours)

    def all(self) -> tuple[Record, ...]:
        with translated(), self._engine.connect() as connection:
            found = tuple(Record(**row) for row in connection.execute(self._all).mappings())
        # A database orders text by its own locale.
        return tuple(sorted(found, key=lambda one: one.id))

    def put(self, record: Record) -> bool:
        now = time.time()
        values = asdict(record)
        free = or_(TABLE.c.account == record.account, TABLE.c.expires_at <= now)
        try:
            with translated(), self._engine.begin() as connection:
                connection.execute(delete(TABLE).where(self._ours, TABLE.c.expires_at <= now - ENDED_KEPT))
                replaced = connection.execute(
                    update(TABLE).where(self._ours, TABLE.c.id == record.id, free).values(values)
                )
                if not replaced.rowcount:
                    connection.execute(insert(TABLE).values(self._place | values))
        except IntegrityError:
            return False
        return True

    def end(self, record: Record, at: float) -> None:
        with translated(), self._engine.begin() as connection:
            connection.execute(update(TABLE).where(self._this(record)).values(expires_at=at))

    def remove(self, record: Record) -> bool:
        with translated(), self._engine.begin() as connection:
            return connection.execute(delete(TABLE).where(self._this(record))).rowcount == 1

    def forget(self) -> None:
        """Forget all of the workspace; of every team, when the key names an organisation and no team."""
        whole = self._key.team_id is None and self._key.enterprise_id is not None
        where = TABLE.c.enterprise_id == self._key.enterprise_id if whole else self._ours
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(TABLE).where(where))

    def _this(self, record: Record) -> ColumnElement[bool]:
        return and_(self._ours, TABLE.c.id == record.id, TABLE.c.made == record.made)
