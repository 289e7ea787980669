"""From start to ready, against what it takes to import the three libraries that the bot cannot do without."""

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.measure import Measured, measured, medians
from bench.row import Row, seconds, times
from playground.process import Process
from playground.slack import LocalSlack

_IMPORTS = "import boto3, kubernetes, slack_bolt"


def rows(rounds: int) -> list[Row]:
    with LocalSlack.start() as slack, tempfile.TemporaryDirectory() as folder:
        env = slack_environment(slack, Path(folder))
        runs = {
            "ready": partial(_ready, env),
            "imports": partial(measured, [sys.executable, "-c", _IMPORTS]),
            "ours": partial(measured, [sys.executable, "-c", "import bot.run"]),
        }
        # The first one compiles what is not compiled yet, and sets up the database.
        _ready(env)
        found = medians(runs, 2 * rounds + 1)
    ready, imports, ours = found["ready"], found["imports"], found["ours"]
    peer = f"`{_IMPORTS}` {seconds(imports.seconds)}"
    return [
        Row(
            "start → ready, Socket Mode",
            seconds(ready.seconds),
            peer,
            times(ready.seconds / imports.seconds),
            "≤ 1.5 ×",
            ready.seconds <= 1.5 * imports.seconds,
        ),
        Row(
            "of that, importing the bot",
            seconds(ours.seconds),
            peer,
            times(ours.seconds / imports.seconds),
            "",
            None,
        ),
    ]


def slack_environment(slack: LocalSlack, folder: Path) -> dict[str, str]:
    """The environment of a bot that knows this Slack and no AWS."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "AWS_"))}
    tokens = ",".join(team.bot_token for team in slack.teams)
    return own | {
        "SLACK_BOT_TOKEN": tokens,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{folder / 'state.db'}",
    }


def _ready(env: dict[str, str]) -> Measured:
    began = time.perf_counter()
    with Process([sys.executable, "-m", "bot", "run"], env) as bot:
        bot.wait_for("ready for")
        return Measured(time.perf_counter() - began, 0, {})
