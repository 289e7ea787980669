"""The bot's memory: a SQLite file for one machine, or a PostgreSQL that several replicas share.

Gives an engine and nothing else: each table is declared where it is used, and `bot.migrations` makes them all.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import platformdirs
import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from connector.errors import Failure, translated
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.words import clean

T = TypeVar("T")
log = logging.getLogger(__name__)

FILE = "state.db"

# Seconds. libpq takes no less than 2 for connecting.
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 5
# How long a server may say nothing to a statement that it took: longer than it lets one run itself.
ANSWER_SECONDS = STATEMENT_SECONDS + 2
REACHABLE_SECONDS = 2.0
# How long a replica waits at the start while another one sets up the tables.
MIGRATION_SECONDS = 60

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
            return cls(_postgresql(made))
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
        config = Config()
        config.set_main_option("script_location", "bot:migrations")
        script = ScriptDirectory.from_config(config)
        try:
            with translated(), self._alone() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and current not in {one.revision for one in script.walk_revisions()}:
                    log.warning(
                        "the database is of a newer version (%s); it is used as it is", clean(current, 40)
                    )
                    return
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
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
            cast(_Answering, connection.connection.dbapi_connection).seconds += MIGRATION_SECONDS
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection


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


class _Answering(psycopg.Connection[Any]):
    """A connection that is given up when the server takes a statement and says nothing: TCP finds no fault in that."""

    seconds: float = ANSWER_SECONDS

    def wait(self, gen: PQGen[T], *how: Any, **more: Any) -> T:
        return super().wait(self._bounded(gen), *how, **more)

    def _bounded(self, gen: PQGen[T]) -> PQGen[T]:
        end = time.monotonic() + self.seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                # psycopg comes by several times a second with nothing to read.
                if not ready and time.monotonic() > end:
                    self.close()
                    raise psycopg.OperationalError(f"the server did not answer in {self.seconds:g} s")
                wanted = gen.send(ready)
        except StopIteration as done:
            answer: T = done.value
            return answer


def _postgresql(url: URL) -> Engine:
    url = url.set(drivername="postgresql+psycopg")
    try:
        make_conninfo(**{**url.translate_connect_args(username="user", database="dbname"), **url.query})
    except (psycopg.Error, TypeError, ValueError):
        raise BadDatabase(
            "DATABASE_URL has an option that PostgreSQL does not know",
            "",
            "Options are those of libpq, like `?sslmode=verify-full`",
        ) from None
    given = {
        "connect_timeout": CONNECT_SECONDS,
        # Milliseconds, and seconds: a server that is gone without a word is noticed in time.
        "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        "keepalives_idle": STATEMENT_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "application_name": "eks-chatops",
    }
    # Poolers between the bot and the database (PgBouncer, RDS Proxy) lose prepared statements.
    arguments = {name: value for name, value in given.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**arguments, "prepare_threshold": None},
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=STATEMENT_SECONDS,
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, place: Any, options: Any) -> _Answering:
        return _Answering.connect(*place, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # Said here, not among the options of the connection: poolers refuse those.
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{STATEMENT_SECONDS * 2}s'")
        connection.commit()

    return engine
