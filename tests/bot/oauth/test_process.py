"""The bot as a process that people install: over HTTP, and over Socket Mode with its pages beside it."""

import os
import sys
from pathlib import Path

import pytest

from bot.manifest import manifest
from playground.process import Process
from playground.slack import LocalSlack
from tests.bot.oauth.parts import PUBLIC, installs
from tests.bot.site import Site
from tests.bot.test_cli import OURS
from tests.databases import sqlite_url


@pytest.mark.parametrize("transport", ["http", "socket"])
def test_people_install_it_and_after_a_restart_it_is_still_there(transport: str, tmp_path: Path) -> None:
    with LocalSlack.start(manifest=manifest(PUBLIC)) as slack:
        for team in slack.teams:
            slack.uninstall(team)
        ada, hana = slack.team("akme").person("ada"), slack.team("globex").person("hana")
        given = {
            **{name: value for name, value in os.environ.items() if not OURS.match(name)},
            "SLACK_CLIENT_ID": slack.client.id,
            "SLACK_CLIENT_SECRET": slack.client.secret,
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": sqlite_url(tmp_path),
            "LOG_LEVEL": "DEBUG",
            "PORT": "0",
            "HOME": str(tmp_path),
            **(
                {"SLACK_SIGNING_SECRET": slack.signing_secret}
                if transport == "http"
                else {"SLACK_APP_TOKEN": slack.app_token}
            ),
        }
        for person, channel, expected in ((ada, "ops", "at /slack/install"), (hana, "platform", "Akme")):
            with Process([sys.executable, "-m", "bot", "run"], given) as bot:
                address = bot.wait_for("listening on http").split()[-1]
                assert expected in bot.wait_for("ready for")
                if transport == "http":
                    slack.request_url = f"{address}/slack/events"
                site = Site(slack, None, address)  # type: ignore[arg-type]
                assert "EKS is installed" in installs(site, person).body
                for one, place in {(ada, "ops"), (person, channel)}:
                    before = max((message.ts for message in one.sees(place)), default="")
                    one.types(place, "/eks help pods")
                    one.wait_for(
                        place, lambda message: message.text.startswith("/eks pods:"), 30, after=before
                    )
                assert bot.stop() == 0, bot.output
                for secret in (slack.client.secret, *slack.world.tokens, *slack.world.refresh_tokens):
                    assert secret not in bot.output
                assert "Traceback" not in bot.output
