"""The command line: eks-chatops run, check, manifest, commands, policy, demo."""

import gc
import os
import sys

import click

from bot.logs import configure
from bot.policy_command import policy
from bot.settings import BadSettings, Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="eks-chatops")
def main() -> None:
    """A Slack app through which teams reach their Amazon EKS clusters."""


main.add_command(policy)


@main.command()
def run() -> None:
    """Run the bot: Socket Mode when SLACK_APP_TOKEN is set, else HTTP on HOST:PORT."""
    # Nothing of what is imported is garbage; bot.run turns it on again.
    gc.disable()
    from bot.http import PortTaken
    from bot.refusal import in_words
    from bot.run import run as run_bot
    from bot.tokens import NoWorkspace
    from connector.errors import Failure
    from handlers.policy import BadPolicy

    settings = _settings()
    try:
        run_bot(settings)
    except (NoWorkspace, PortTaken, BadPolicy, Failure) as error:
        said = in_words(error) if isinstance(error, Failure) else error
        click.echo(f"eks-chatops: {said}\nTry: eks-chatops check", err=True)
        sys.exit(2)


@main.command()
def check() -> None:
    """Look at tokens, scopes, the database and AWS, and say what is missing."""
    from bot.check import findings

    missing = False
    for finding in findings(_settings()):
        click.echo(str(finding))
        missing = missing or finding.mark == "MISSING"
    sys.exit(1 if missing else 0)


@main.command()
@click.option("--url", metavar="https://…", help="The bot's public address: for HTTP and OAuth.")
def manifest(url: str | None) -> None:
    """Print the Slack app's manifest, for one workspace over Socket Mode or for many by OAuth."""
    from bot.manifest import is_public, printed

    if url is not None and not is_public(url):
        raise click.BadParameter(
            "write the bot's address as Slack reaches it: https://HOST", param_hint="--url"
        )
    click.echo(printed(url), nl=False)


@main.command()
def commands() -> None:
    """Print all about every /eks command, as docs/commands.md has it."""
    from bot.reference import reference

    click.echo(reference(), nl=False)


@main.command()
@click.option("--tour", is_flag=True, help="Type and click through every command, print it, and end.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7117,
    show_default=True,
    help="Where the page is; another one when it is taken.",
)
def demo(tour: bool, port: int) -> None:
    """Try the bot in a small Slack in the browser, until Ctrl-C, on a local AWS and Kubernetes.

    No account, no token, and nothing leaves this machine.
    """
    try:
        from playground import demo as demonstration

        sys.exit(demonstration.tour() if tour else demonstration.page(port))
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
    configure(settings.log_level, settings.secrets)
    return settings


if __name__ == "__main__":
    main()
