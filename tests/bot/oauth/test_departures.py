"""When the app leaves a workspace all that belonged to it goes, on every replica; and only then."""

from urllib.parse import urlencode

import pytest

from connector.workspaces import WorkspaceKey
from playground.slack import LocalSlack
from tests.bot.oauth.parts import (
    asked,
    defaults,
    installs,
    keep_a_default,
    replica,
    settings_of,
    teams_of,
    until,
)
from tests.bot.site import Site
from tests.handlers.slack_server import Json


def test_no_command_asks_slack_whose_token_it_is(slack: LocalSlack, site: Site) -> None:
    ada = slack.team("akme").person("ada")
    installs(site, ada)
    until(lambda: asked(slack, "auth.test") >= 2)
    before = asked(slack, "auth.test")
    for topic in ("pods", "nodes", "services"):
        ada.types("ops", f"/eks help {topic}")
        ada.wait_for("ops", lambda message, topic=topic: message.text.startswith(f"/eks {topic}:"))  # type: ignore[misc]
    assert asked(slack, "auth.test") == before


def test_when_the_app_leaves_what_belonged_to_the_workspace_goes_on_every_replica(
    slack: LocalSlack, database_url: str
) -> None:
    settings = settings_of(slack, database_url)
    akme, globex = slack.team("akme"), slack.team("globex")
    with replica(slack, settings) as first, replica(slack, settings) as second:
        installs(first, akme.person("ada"))
        installs(first, globex.person("hana"))
        second.bot.installations.look()
        keys = [WorkspaceKey(None, akme.id), WorkspaceKey(None, globex.id)]
        held = [[site.bot.workspaces.connector(key) for key in keys] for site in (first, second)]
        for key in keys:
            keep_a_default(first, key)
        slack.uninstall(akme)
        until(lambda: teams_of(second) == {globex.id})
        until(lambda: defaults(second) == 1)
        first.bot.installations.look()
        assert teams_of(first) == {globex.id}
        for site, (gone, kept) in zip((first, second), held, strict=True):
            until(lambda site=site, gone=gone: site.bot.workspaces.connector(keys[0]) is not gone)  # type: ignore[misc]
            assert site.bot.workspaces.connector(keys[1]) is kept
        answer = first.sends(urlencode(first.command()).encode())
        assert "not set up for this workspace" in answer.body


def test_when_an_organisation_removes_the_app_all_of_it_goes(slack: LocalSlack, site: Site) -> None:
    retail = slack.team("umbra-retail")
    assert retail.enterprise is not None
    installs(site, retail.person("ira"), org=True)
    keep_a_default(site, WorkspaceKey(retail.enterprise.id, None))
    slack.uninstall(retail.enterprise)
    until(lambda: not site.bot.installations.installed())
    assert defaults(site) == 0


def test_an_event_that_comes_late_does_not_remove_what_was_installed_again(
    slack: LocalSlack, site: Site
) -> None:
    akme = slack.team("akme")
    installs(site, akme.person("ada"))
    keep_a_default(site, WorkspaceKey(None, akme.id))
    until(lambda: asked(slack, "auth.test") >= 2)
    for event in (
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": [akme.bot_user_id]}},
    ):
        before = asked(slack, "auth.test")
        ack = slack.event(akme, event)
        assert ack is not None
        assert ack.status == "acked"
        until(lambda before=before: asked(slack, "auth.test") > before)  # type: ignore[misc]
    site.bot.installations.look()
    assert teams_of(site) == {akme.id}
    assert defaults(site) == 1


@pytest.mark.parametrize("tokens", [{"oauth": ["U1"], "bot": []}, {"oauth": ["U1"]}, {"bot": None}, {}])
def test_the_end_of_a_persons_token_is_no_departure(slack: LocalSlack, site: Site, tokens: Json) -> None:
    akme = slack.team("akme")
    installs(site, akme.person("ada"))
    until(lambda: asked(slack, "auth.test") >= 2)
    before = asked(slack, "auth.test")
    slack.event(akme, {"type": "tokens_revoked", "tokens": tokens})
    site.bot.installations.look()
    assert asked(slack, "auth.test") == before
    assert teams_of(site) == {akme.id}


def test_a_departure_that_nobody_heard_of_is_noticed_at_the_next_start(
    slack: LocalSlack, database_url: str
) -> None:
    settings = settings_of(slack, database_url)
    akme, globex = slack.team("akme"), slack.team("globex")
    with replica(slack, settings) as site:
        installs(site, akme.person("ada"))
        installs(site, globex.person("hana"))
        keep_a_default(site, WorkspaceKey(None, akme.id))
    slack.request_url = "http://127.0.0.1:9/slack/events"
    slack.uninstall(akme)
    with replica(slack, settings) as site:
        until(lambda: teams_of(site) == {globex.id})
        assert defaults(site) == 0
