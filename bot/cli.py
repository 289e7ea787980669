"""The command line: eks-chatops run, check, demo."""

import os
import sys

import click

from bot.logs import configure
from bot.settings import BadSettings, Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eks-chatops")
def main() -> None:
    """A Slack app through which teams reach their Amazon EKS clusters."""


@main.command()
def run() -> None:
    """Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP on HOST:PORT."""
    from bot.app import NoWorkspace
    from bot.http import PortTaken
    from bot.run import run as run_bot

    settings = _settings()
    try:
        run_bot(settings)
    except (NoWorkspace, PortTaken) as error:
        click.echo(f"eks-chatops: {error}\nTry: eks-chatops check", err=True)
        sys.exit(2)


@main.command()
def check() -> None:
    """Look at tokens, scopes and AWS, and say what is missing."""
    from bot.check import findings

    missing = False
    for finding in findings(_settings()):
        click.echo(str(finding))
        missing = missing or finding.mark == "MISSING"
    sys.exit(1 if missing else 0)


@main.command()
@click.option(
    "--tour", is_flag=True, help="Type and click through every command, print it, and end: the default."
)
@click.option("--page", is_flag=True, help="Open a small Slack in the browser, until Ctrl-C.")
def demo(tour: bool, page: bool) -> None:
    """Try the bot on a local Slack, AWS and Kubernetes: no account, no token, nothing leaves this machine."""
    if tour and page:
        raise click.UsageError("--tour and --page are two ways to see it: choose one.")
    try:
        from playground import demo as demonstration

        sys.exit(demonstration.page() if page else demonstration.tour())
    except ModuleNotFoundError as error:
        click.echo(
            f"eks-chatops: no module {error.name}; the demo needs more: pip install '.[playground]'", err=True
        )
        sys.exit(2)


def _settings() -> Settings:
    try:
        settings = Settings.from_environment(os.environ)
    except BadSettings as error:
        for line in error.lines:
            click.echo(f"eks-chatops: {line}", err=True)
        sys.exit(2)
    configure(settings.log_level, (*settings.bot_tokens, settings.app_token, settings.signing_secret))
    return settings


if __name__ == "__main__":
    main()
