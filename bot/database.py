"""The bot's memory: a SQLite file for one machine, or a PostgreSQL that several replicas share.

Gives an engine and nothing else: each table is declared where it is used, and `bot.migrations` makes them all.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import platformdirs
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from bot import migrations
from connector.errors import Failure, translated
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.words import clean

log = logging.getLogger(__name__)

FILE = "state.db"

STATEMENT_SECONDS = 5
REACHABLE_SECONDS = 2.0
# How long a replica waits at the start while another one sets up the tables.
MIGRATION_SECONDS = 60

# Alembic's own.
_VERSIONS = Table("alembic_version", MetaData(), Column("version_num", Text))

# Any number, as long as it is always this one: the lock under which one replica at a time sets up the tables.
_LOCK = 0x656B73


class BadDatabase(Failure):
    """DATABASE_URL, or what it names, cannot be used as it is."""


class Database:
    """Engine and upkeep of the bot's database. `open` makes no connection yet."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # One probe at a time: while one hangs, the answer is known without another.
        self._probes = Bulkhead(Lanes(width=1, line=1), "probe", "The database")

    @classmethod
    def open(cls, url: str | None = None) -> "Database":
        """The database of `url`: sqlite:///… or postgresql://…; None: a SQLite file in the user's data directory.

        Makes the file (0600) and its folder (0700) where they are missing. Raises BadDatabase.
        """
        if not url:
            folder = platformdirs.user_data_path("eks-chatops")
            made = URL.create("sqlite", database=str(folder / FILE))
            _own(folder)
            return cls(_sqlite(made))
        try:
            made = make_url(url)
        except (ArgumentError, ValueError):
            # From nothing: the error's text is the URL, password and all.
            raise BadDatabase(
                "DATABASE_URL is not an address of a database",
                "",
                "It looks like this: `postgresql://USER:PASSWORD@HOST/NAME`",
            ) from None
        if made.drivername == "sqlite":
            return cls(_sqlite(made))
        if made.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
            from bot.postgresql import postgresql  # noqa: PLC0415

            return cls(postgresql(made))
        raise BadDatabase(
            "DATABASE_URL names a database that the bot cannot use",
            "",
            "Use PostgreSQL (`postgresql://…`), or SQLite (`sqlite:////var/lib/eks-chatops/state.db`)",
        )

    def migrate(self) -> None:
        """Bring the tables to what this version uses. One replica at a time does so; the others wait for it.

        A database that a newer version has migrated is used as it is: migrations only add.
        Raises StateAway, and BadDatabase when the database is no database of ours, or lets nothing be made in it.
        """
        try:
            with translated(), self._alone() as connection:
                if _revision(connection) != migrations.HEAD:
                    migrations.upgrade(connection)
        except DBAPIError as error:
            raise BadDatabase(
                "The bot's tables cannot be made in this database",
                clean(error.orig),
                "Give it an empty database in which its user may create tables",
            ) from error

    def reachable(self) -> bool:
        """Whether the database answers now; in at most two seconds."""
        return not self.trouble()

    def trouble(self) -> str:
        """Why the database does not answer, in its own words and without a secret; empty when it does."""

        def ask() -> None:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")

        try:
            self._probes.call(ask, Deadline(REACHABLE_SECONDS))
        except DBAPIError as error:
            return clean(error.orig) or type(error.orig).__name__
        except SQLAlchemyError as error:
            return type(error).__name__
        except Failure as failure:
            return failure.what
        return ""

    def close(self) -> None:
        """Close the connections that are not in use; those that are close when they are given back."""
        self.engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction that no other replica's can overlap."""
        if self.engine.dialect.name == "sqlite":
            # Python's driver begins no transaction before DDL, so that is done by hand.
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {MIGRATION_SECONDS * 1000}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.exec_driver_sql("COMMIT")
                except BaseException:
                    with suppress(SQLAlchemyError):
                        connection.exec_driver_sql("ROLLBACK")
                    raise
                finally:
                    # Its settings are not those of the pool's other connections.
                    connection.detach()
            return
        with self.engine.begin() as connection:
            # Its patience is not that of the pool's other connections.
            connection.detach()
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{MIGRATION_SECONDS}s'")
            cast(Any, connection.connection.dbapi_connection).seconds += MIGRATION_SECONDS
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection


def _revision(connection: Connection) -> str | None:
    """The last step that was carried out; None when there was none."""
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.execute(select(_VERSIONS.c.version_num)).scalar()


def _own(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise _no_place(folder, error) from error


def _no_place(path: Path, error: OSError) -> BadDatabase:
    return BadDatabase(
        f"The bot cannot keep its database in `{path}`",
        error.strerror or type(error).__name__,
        "Set DATABASE_URL to a place where it may write",
    )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
        raise BadDatabase(
            "DATABASE_URL names no file for SQLite",
            "",
            "Write it with the file's path and nothing after it: `sqlite:////var/lib/eks-chatops/state.db`",
        )
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            path.chmod(0o600)
    except OSError as error:
        raise _no_place(path, error) from error
    engine = create_engine(url, hide_parameters=True, pool_timeout=STATEMENT_SECONDS)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout = {STATEMENT_SECONDS * 1000}")
        connection.execute("PRAGMA foreign_keys = ON")
        # SQLite does not wait for its turn to change this, so processes that start at once take turns here. It
        # gives the files beside the database (-wal, -shm) the database's own mode.
        turn = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            os.close(turn)

    return engine
