"""Slack at the other end: one that says what it is told to, and the playground's, which keeps Slack's rules."""

from collections.abc import Iterator

import pytest

from playground.slack import LocalSlack
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
