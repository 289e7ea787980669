"""The database away, over HTTP: what is known goes on, the rest says so, and it heals by itself."""

import time
from urllib.parse import urlencode

from playground.slack import LocalSlack
from tests.bot.oauth.parts import installs, only, replica, settings_of, until
from tests.databases import Postgres


def test_while_the_database_is_away_commands_say_so_and_it_heals_by_itself(
    slack: LocalSlack, postgres: Postgres
) -> None:
    url = postgres.new()
    with replica(slack, settings_of(slack, url)) as site:
        ada = slack.team("akme").person("ada")
        installs(site, ada)
        assert site.ask("GET", "/readyz").status == 200
        postgres.take_away(url)
        try:
            unknown = urlencode({**site.command(), "team_id": "T0UNKNOWN"}).encode()
            began = time.monotonic()
            answer = site.sends(unknown)
            assert time.monotonic() - began < 3
            assert (answer.status, answer.body.split(".")[0]) == (200, "The bot's memory is out of reach")
            ready = site.ask("GET", "/readyz")
            assert (ready.status, ready.body) == (503, "the database is out of reach\n")
            site.bot.installations.look()
            assert only(site).workspace.team_id == slack.team("akme").id
        finally:
            postgres.give_back(url)
        until(lambda: site.ask("GET", "/readyz").status == 200)
        ada.types("ops", "/eks help pods")
        ada.wait_for("ops", lambda message: message.text.startswith("/eks pods:"))
