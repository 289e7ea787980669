"""A new database for each test, of each kind in turn; and the server that PostgreSQL's are on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import Database
from tests.databases import Postgres, opened, postgres_server, sqlite_url


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty one."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return str(request.getfixturevalue("postgres").new())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """One with all its tables."""
    with opened(url) as made:
        yield made
