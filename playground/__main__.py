"""`python -m playground`: a Slack, an AWS and its clusters to point a bot at, until Ctrl-C."""

import signal
import threading

import click

from playground import Playground


def main() -> None:
    """Starts everything, prints where it is and what a bot needs in its environment, and waits."""
    # SIGTERM too has to leave by way of `stop`, which removes the AWS files.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Playground.start() as playground:
            click.echo(_welcome(playground))
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("The playground is closed.")


def _welcome(playground: Playground) -> str:
    slack, aws = playground.slack, playground.aws
    clusters = "\n".join(
        f"  {cluster.region:<15} {cluster.account}  {cluster.name:<17} {cluster.endpoint or cluster.status}"
        for cluster in playground.fleet.clusters
    )
    variables = playground.env() | {
        "SLACK_API_URL": slack.api_url,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_BOT_TOKEN": ",".join(team.bot_token for team in slack.teams),
    }
    exports = "\n".join(f"export {name}={value}" for name, value in variables.items())
    return (
        f"Slack       {slack.api_url}\n"
        f"AWS         {aws.endpoint}\n"
        f"Clusters\n{clusters}\n\n"
        f"For a bot, in another terminal (nothing of this is worth anything outside):\n\n{exports}\n\n"
        "Ctrl-C ends it."
    )


if __name__ == "__main__":
    main()
