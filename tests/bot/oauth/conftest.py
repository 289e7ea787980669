"""A Slack whose app people install, and a database for the bot: once SQLite, once PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.slack import LocalSlack
from tests.bot.oauth.parts import replica, settings_of, slack_of_many
from tests.bot.site import Site
from tests.databases import Postgres, postgres_server, sqlite_url


@pytest.fixture(scope="package")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with slack_of_many() as slack:
        yield slack


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> str:
    return sqlite_url(tmp_path) if request.param == "sqlite" else postgres.new()


@pytest.fixture
def site(slack: LocalSlack, tmp_path: Path) -> Iterator[Site]:
    """One replica on SQLite."""
    with replica(slack, settings_of(slack, sqlite_url(tmp_path))) as site:
        yield site
