"""Slack at the other end: one that says what it is told to, and the playground's, which keeps Slack's rules."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.database import Database
from connector.connector import EKSConnector
from handlers.policy import Policy
from handlers.reply import Rungs
from handlers.trail import Trail
from playground.slack import LocalSlack
from tests.databases import Postgres, opened, postgres_server, sqlite_url
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import Seat
from tests.handlers.reply_parts import Corner
from tests.handlers.slack_server import SlackServer, running
from tests.handlers.trail_parts import WAIT, begin


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


@pytest.fixture
def ops(slack: LocalSlack) -> Corner:
    """Ada in a channel that the bot was invited to."""
    return Corner(slack, slack.team("akme").person("ada"), "ops", Rungs())


@pytest.fixture
def payments(slack: LocalSlack) -> Corner:
    """Ada in a channel that the bot is not in."""
    return Corner(slack, slack.team("akme").person("ada"), "payments", Rungs())


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


@pytest.fixture
def trail(engine: Engine) -> Iterator[Trail]:
    made = begin(engine)
    yield made
    made.close(WAIT)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with opened(sqlite_url(folder)) as database:
        return Path(database.engine.url.database or "")


@pytest.fixture
def memory(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """What one process keeps, for tests of something else: a new SQLite database."""
    folder = tmp_path_factory.mktemp("memory")
    shutil.copy(migrated, folder)
    database = Database.open(sqlite_url(folder))
    yield database.engine
    database.close()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's AWS configuration: three profiles, of which policy_parts.LIMITED allows two."""
    config = tmp_path / "config"
    config.write_text(
        "".join(f"[profile {name}]\nregion=eu-west-1\n" for name in ("ops-1", "ops-secret", "dev"))
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def seat(server: SlackServer, memory: Engine) -> Iterator[Seat]:
    """Makes the office of one connector under one policy."""
    made: list[Office] = []

    def make(connector: EKSConnector, policy: str) -> Office:
        held = Policy.from_text(policy, "policy.yaml")
        replica = f"replica-{len(made)}"
        made.append(Office(server, memory, build=lambda: connector, replica=replica, policy=lambda: held))
        return made[-1]

    yield make
    for office in made:
        office.close()
