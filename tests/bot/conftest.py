"""A bot of this process on the playground's Slack."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import Bot
from bot.settings import Settings
from playground import policy
from playground.slack import LocalSlack


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
def settings(slack: LocalSlack, tmp_path: Path) -> Settings:
    return settings_for(slack, tmp_path)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A place for what several tests share."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def settings_for(slack: LocalSlack, folder: Path) -> Settings:
    """What a bot in both workspaces is run with, over HTTP on a free port, with its database in `folder`."""
    return Settings(
        bot_tokens=tuple(team.bot_token for team in slack.teams),
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        port=0,
        port_given=True,
        database_url=f"sqlite:///{folder}/state.db",
        policy_file=policy.written(slack, folder),
    )


@pytest.fixture
def bot(settings: Settings) -> Iterator[Bot]:
    made = Bot(settings)
    yield made
    made.close(5)
