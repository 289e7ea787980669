"""`eks-chatops demo`: the playground, the bot beside it as a process of its own, and the tour or the page."""

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import yaml

from playground import Playground, policy
from playground.page import Page
from playground.process import Process
from playground.tour import Tour

# How soon a bot that has ended is noticed.
_GLANCE_SECONDS = 0.5
# What the bot's process must not inherit: somebody's real Slack, AWS, database and rules.
_FOREIGN = ("SLACK_", "AWS_", "DATABASE_", "CREDENTIALS_", "EKS_CHATOPS_", "AUDIT_")
# The bot's own files lie in the playground's private folder, beside the shared AWS files.
_DATABASE = "state.db"


def environment(playground: Playground, *, socket_mode: bool = True) -> dict[str, str]:
    """The environment of a bot that knows this playground only, with a transport chosen."""
    slack = playground.slack
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    transport = {"SLACK_APP_TOKEN": slack.app_token}
    if not socket_mode:
        transport = {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": "0"}
    tokens = ",".join(team.bot_token for team in slack.teams)
    aws = playground.env()
    folder = Path(aws["AWS_CONFIG_FILE"]).parent
    given = {
        "SLACK_BOT_TOKEN": tokens,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{folder / _DATABASE}",
        "EKS_CHATOPS_POLICY": str(policy.written(slack, folder)),
    }
    return {**own, **aws, **transport, **given}


def manifest() -> Mapping[str, Any] | None:
    """The app's manifest where the source is at hand: Slack then knows its commands and grants its scopes only."""
    path = Path(__file__).parent.parent / "manifest.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


@contextmanager
def running() -> Iterator[tuple[Playground, Process]]:
    """A playground with the bot beside it, connected."""
    started = time.monotonic()
    click.echo("Starting a Slack, an AWS and its Kubernetes clusters on this machine…")
    with Playground.start(manifest=manifest()) as playground:
        command = [sys.executable, "-m", "bot", "run"]
        with Process(command, environment(playground)) as bot:
            playground.slack.app_connected(30)
            click.echo(f"The bot is connected over Socket Mode after {time.monotonic() - started:.1f} s.")
            yield playground, bot


def tour() -> int:
    """Runs the tour and prints it; 0 when every step went as it should, else 1."""
    started = time.monotonic()
    with running() as (playground, bot):
        try:
            Tour(playground, click.echo).run()
        except AssertionError as error:
            click.echo(f"\nThe tour ends here: {error}\n\nThe bot's log:\n{bot.output}", err=True)
            return 1
    click.echo(f"\nThe tour is done: every step went as it should, in {time.monotonic() - started:.0f} s.")
    return 0


def page(port: int) -> int:
    """Opens the page and keeps it until Ctrl-C; 1 when the bot ends before that."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running() as (playground, bot), _opened(playground, port) as shown:
        click.echo(f"\n  {shown.url}\n\nis a small Slack to type and click in; try /eks. Ctrl-C ends it.")
        while not stop.wait(_GLANCE_SECONDS):
            if bot.ended is not None:
                click.echo(f"The bot ended with {bot.wait()}. Its log:\n{bot.output}", err=True)
                return 1
    return 0


def _opened(playground: Playground, port: int) -> Page:
    try:
        return Page.start(playground, port)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        page = Page.start(playground)
        click.echo(
            f"Port {port} is {'taken' if error.errno == errno.EADDRINUSE else 'not allowed'}: took another."
        )
        return page
