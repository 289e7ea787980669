"""People install the app themselves: once, in their own browser, within ten minutes; all else is a plain page."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from sqlalchemy import text, update

from bot.app import Bot
from bot.grants import STATES
from bot.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from connector.workspaces import WorkspaceKey
from playground.slack import LocalSlack
from tests.bot.oauth.parts import PUBLIC, back, begun, installs, replica, settings_of
from tests.bot.site import Site
from tests.databases import Postgres, sqlite_url
from tests.handlers import slack_server
from tests.handlers.slack_server import Answer as Said

UNKNOWN = "0b3d2f6e-0000-4000-8000-000000000000"


def installed(bot: Bot) -> set[WorkspaceKey]:
    return {one.workspace for one in bot.installations.installed()}


def rows(bot: Bot, table: str) -> int:
    with bot.database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_person_installs_the_app_and_it_answers_there(slack: LocalSlack, database_url: str) -> None:
    akme = slack.team("akme")
    ada = akme.person("ada")
    with replica(slack, settings_of(slack, database_url)) as site:
        assert "not set up for this workspace" in site.sends(urlencode(site.command()).encode()).body
        page = installs(site, ada)
        assert (page.status, "<h1>EKS is installed</h1>" in page.body) == (200, True)
        assert "In Akme, type <code>/eks</code>" in page.body
        assert installed(site.bot) == {WorkspaceKey(None, akme.id)}
        ada.types("ops", "/eks help pods")
        ada.wait_for("ops", lambda message: message.text.startswith("/eks pods:"))


def test_the_other_replicas_know_of_an_installation_with_its_first_command(
    slack: LocalSlack, database_url: str
) -> None:
    settings = settings_of(slack, database_url)
    with replica(slack, settings) as first, replica(slack, settings) as second:
        hana = slack.team("globex").person("hana")
        installs(first, hana)
        assert installed(second.bot) == set()
        hana.types("platform", "/eks help pods")
        hana.wait_for("platform", lambda message: message.text.startswith("/eks pods:"))
        assert second.total("eks_chatops_ack_seconds_count") == 1


def test_an_organisation_installs_it_for_all_its_workspaces(slack: LocalSlack, database_url: str) -> None:
    retail, labs = slack.team("umbra-retail"), slack.team("umbra-labs")
    assert retail.enterprise is not None
    with replica(slack, settings_of(slack, database_url)) as site:
        page = installs(site, retail.person("ira"), org=True)
        assert page.status == 200
        assert "Add it to workspaces of Umbra" in page.body
        assert installed(site.bot) == {WorkspaceKey(retail.enterprise.id, None)}
        for person, channel in ((retail.person("ira"), "shops"), (labs.person("uma"), "bench")):
            person.types(channel, "/eks help pods")
            person.wait_for(channel, lambda message: message.text.startswith("/eks pods:"))


def test_a_workspace_of_an_organisation_installs_it_for_itself(slack: LocalSlack, site: Site) -> None:
    retail, labs = slack.team("umbra-retail"), slack.team("umbra-labs")
    assert retail.enterprise is not None
    installs(site, retail.person("ira"))
    assert installed(site.bot) == {WorkspaceKey(retail.enterprise.id, retail.id)}
    assert site.bot.installations.of(retail.enterprise.id, labs.id) is None


def test_installing_again_leaves_one_installation_with_the_newest_token(
    slack: LocalSlack, site: Site
) -> None:
    ada = slack.team("akme").person("ada")
    tokens = []
    for _ in range(3):
        assert installs(site, ada).status == 200
        tokens.append(site.bot.installations.installed()[0].bot_token)
    assert len(set(tokens)) == 3
    assert (rows(site.bot, "slack_bots"), rows(site.bot, "slack_installations")) == (1, 1)


def test_slack_is_asked_for_the_scopes_of_the_manifest(site: Site) -> None:
    to, cookie = begun(site)
    asked = parse_qs(urlsplit(to).query)
    assert asked["scope"] == [",".join(SCOPES)]
    assert "user_scope" not in asked
    assert cookie == f"slack-app-oauth-state={asked['state'][0]}"


def test_the_cookie_is_for_this_site_over_https_and_no_script(site: Site) -> None:
    cookie = site.ask("GET", INSTALL_PATH).headers["set-cookie"]
    assert {"Secure", "HttpOnly", "Path=/", "Max-Age=600"} <= {part.strip() for part in cookie.split(";")}


def test_who_cancels_hears_that_nothing_happened(slack: LocalSlack, site: Site) -> None:
    page = installs(site, slack.team("akme").person("ada"), allow=False)
    assert (page.status, "It was cancelled" in page.body) == (200, True)
    assert installed(site.bot) == set()


def test_a_state_is_good_once(slack: LocalSlack, site: Site) -> None:
    to, cookie = begun(site)
    there = slack.team("akme").person("ada").decides(to)
    assert back(site, there, cookie).status == 200
    again = back(site, there, cookie)
    assert (again.status, "was done already" in again.body) == (401, True)


@pytest.mark.parametrize("cookie", ["", "slack-app-oauth-state=x", f"slack-app-oauth-state={UNKNOWN}"])
def test_another_browser_cannot_end_what_this_one_began(slack: LocalSlack, site: Site, cookie: str) -> None:
    to, mine = begun(site)
    there = slack.team("akme").person("ada").decides(to)
    stolen = back(site, there, cookie)
    assert (stolen.status, "another browser" in stolen.body) == (400, True)
    assert installed(site.bot) == set()
    assert back(site, there, mine).status == 200


def test_a_state_that_nobody_issued_is_refused(site: Site) -> None:
    for state in (UNKNOWN, "x", "\0", "x" * 5000, "%00"):
        quoted = quote(state)
        page = back(
            site,
            f"{PUBLIC}{REDIRECT_PATH}?code=1&state={quoted}",
            f"slack-app-oauth-state={state}".replace("\0", ""),
        )
        assert page.status in (400, 401)


def test_after_ten_minutes_a_state_is_over_and_goes(slack: LocalSlack, site: Site) -> None:
    to, cookie = begun(site)
    there = slack.team("akme").person("ada").decides(to)
    with site.bot.database.engine.begin() as connection:
        connection.execute(update(STATES).values(expire_at=text("'2020-01-01 00:00:00'")))
    assert back(site, there, cookie).status == 401
    assert rows(site.bot, "oauth_states") == 1
    begun(site)
    assert rows(site.bot, "oauth_states") == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=1",
        "state=",
        "error=",
        "error=<script>alert(1)</script>",
        "error=%00",
        "error=Your+account+is+locked:+call+us",
        "code=%00&state=%00",
        "state=a&state=b&code=c",
        "%ff=%ff",
    ],
)
def test_a_made_up_answer_is_a_plain_page_that_repeats_nothing(site: Site, query: str) -> None:
    page = site.ask("GET", f"{REDIRECT_PATH}?{query}")
    assert page.status in (200, 400, 401)
    assert "<h1>EKS is not installed</h1>" in page.body
    # As the page's own address has it, whatever stands before the path there.
    assert '<a href="install">Begin again</a>' in page.body
    assert "script>" not in page.body
    assert "locked" not in page.body
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("query", "team"),
    [
        ("team=T123", ["T123"]),
        ("team=T1%0d%0aSet-Cookie:x", None),
        ("team=T1%26scope%3Dadmin", None),
        ("team=", None),
    ],
)
def test_only_a_teams_id_goes_along_to_slack(site: Site, query: str, team: list[str] | None) -> None:
    answer = site.ask("GET", f"{INSTALL_PATH}?{query}")
    assert answer.status == 302
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked.get("team") == team
    assert asked["scope"] == [",".join(SCOPES)]


@pytest.mark.parametrize("path", [INSTALL_PATH, REDIRECT_PATH])
def test_the_pages_take_nothing_but_a_look(site: Site, path: str) -> None:
    assert site.ask("POST", path).status == 405


def test_while_the_database_is_away_the_pages_say_so_and_the_answer_of_slack_is_not_used_up(
    slack: LocalSlack, postgres: Postgres
) -> None:
    url = postgres.new()
    ada = slack.team("akme").person("ada")
    with replica(slack, settings_of(slack, url)) as site:
        to, cookie = begun(site)
        there = ada.decides(to)
        postgres.take_away(url)
        try:
            away = [site.ask("GET", INSTALL_PATH), back(site, there, cookie)]
        finally:
            postgres.give_back(url)
        assert [(page.status, "memory is out of reach" in page.body) for page in away] == [(503, True)] * 2
        assert back(site, there, cookie).status == 200
        assert len(installed(site.bot)) == 1


def test_a_slack_that_does_not_answer_is_said_to_be_so(slack: LocalSlack, tmp_path: Path) -> None:
    with slack_server.running() as silent:
        silent.always["oauth.v2.access"] = Said(cut=True)
        settings = settings_of(slack, sqlite_url(tmp_path))
        with replica(slack, replace(settings, api_url=f"{silent.url}/api/")) as site:
            _, cookie = begun(site)
            state = cookie.split("=")[1]
            page = site.ask("GET", f"{REDIRECT_PATH}?code=1&state={state}", headers={"Cookie": cookie})
    assert (page.status, "Slack did not answer" in page.body) == (502, True)


def test_a_stolen_database_gives_no_token(slack: LocalSlack, site: Site, tmp_path: Path) -> None:
    installs(site, slack.team("akme").person("ada"))
    installs(site, slack.team("umbra-retail").person("ira"), org=True)
    tokens = [*slack.world.tokens, *slack.world.refresh_tokens]
    assert len(tokens) >= 4
    files = list(tmp_path.iterdir())
    assert len(files) >= 1
    stolen = b"".join(file.read_bytes() for file in files)
    assert slack.team("akme").id.encode() in stolen
    assert not any(token.encode() in stolen for token in tokens)
    assert b"xox" not in stolen
    with sqlite3.connect(tmp_path / "state.db") as connection:
        for table in ("slack_bots", "slack_installations"):
            for (kept,) in connection.execute(f"SELECT bot_token FROM {table}"):
                assert kept.startswith("gAAAA")


def test_in_a_shared_channel_the_workspace_of_the_one_who_asks_decides(slack: LocalSlack, site: Site) -> None:
    akme, globex = slack.team("akme"), slack.team("globex")
    for person in (akme.person("ada"), globex.person("hana")):
        installs(site, person)
    for person in (akme.person("ada"), globex.person("hana")):
        since = len(slack.log)
        person.types("ops-shared", "/eks help pods")
        person.wait_for("ops-shared", lambda message: message.text.startswith("/eks pods:"))
        calls = [entry for entry in slack.log[since:] if entry.kind == "users.info"]
        assert {entry.team for entry in calls} == {person.team.id}
        assert calls
