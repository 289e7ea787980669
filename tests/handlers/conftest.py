"""Slack at the other end: one that says what it is told to, and the playground's, which keeps Slack's rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from playground.slack import LocalSlack
from tests.databases import Postgres, opened, postgres_server, sqlite_url
from tests.handlers.slack_server import SlackServer, running


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with running() as slack:
        yield slack


@pytest.fixture(scope="session")
def running_slack() -> Iterator[LocalSlack]:
    with LocalSlack.start() as slack:
        yield slack


@pytest.fixture
def slack(running_slack: LocalSlack) -> Iterator[LocalSlack]:
    """The playground's Slack, on a good day, with nothing said in it yet."""
    with running_slack.world.changing():
        running_slack.world.messages.clear()
    yield running_slack
    running_slack.faults.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """A new database of its own, which `postgres` can take away and give back."""
    return postgres.new()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database, of each kind in turn."""
    return sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """What several processes would share, with all tables."""
    with opened(database_url) as database:
        yield database.engine
