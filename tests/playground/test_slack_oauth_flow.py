"""Bolt's own OAuthFlow: install and redirect pages, state, denial, who a token is, uninstalling."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt import App

from playground.slack import LocalSlack, Person
from tests.playground.oauth_apps import Store, Visit, installable, installs
from tests.playground.slack_apps import heard, over_http, over_socket_mode, until


@pytest.fixture
def made(slack: LocalSlack, tmp_path: Path) -> Iterator[tuple[App, Store]]:
    app, store = installable(slack, tmp_path)
    with over_http(slack, app):
        yield app, store


@pytest.fixture
def store(made: tuple[App, Store]) -> Store:
    return made[1]


def team_token(store: Store, person: Person) -> str | None:
    found = store.find_bot(enterprise_id=None, team_id=person.team.id)
    return found.bot_token if found else None


def test_an_install_from_page_to_page(
    slack: LocalSlack, made: tuple[App, Store], store: Store, ada: Person
) -> None:
    answer = installs(slack, ada)
    assert answer.status_code == 200
    assert f"slack://app?team={ada.team.id}" in answer.text
    found = store.find_installation(enterprise_id=None, team_id=ada.team.id)
    assert found
    assert (found.app_id, found.team_name, found.user_id) == (slack.world.app_id, "Akme", ada.id)
    assert (found.bot_token, found.bot_id, found.bot_user_id) == (
        ada.team.bot_token,
        ada.team.bot_id,
        ada.team.bot_user_id,
    )
    assert (found.is_enterprise_install, found.bot_refresh_token) == (False, None)
    bodies = heard(made[0].command("/eks"))
    assert ada.types("ops", "/eks").status == "acked"
    # Who has not installed it is not served.
    slack.team("globex").person("leo").types("platform", "/eks")
    assert [body["team_id"] for body in bodies] == [ada.team.id]


def test_a_denial(slack: LocalSlack, store: Store, ada: Person) -> None:
    answer = installs(slack, ada, allow=False)
    assert "access_denied" in answer.text
    assert team_token(store, ada) is None


def test_a_state_is_of_one_browser_and_good_once(slack: LocalSlack, store: Store, ada: Person) -> None:
    visit, other = Visit(slack), Visit(slack)
    address = ada.decides(visit.url)
    for cookie in ("", other.cookie):
        refused = visit.returns(address, cookie)
        assert (refused.status_code, "invalid_browser" in refused.text) == (400, True)
    forged = address.replace(visit.state, "forged")
    cookie = visit.cookie.replace(visit.state, "forged")
    refused = visit.returns(forged, cookie)
    assert (refused.status_code, "invalid_state" in refused.text) == (401, True)
    assert team_token(store, ada) is None
    assert visit.returns(address).status_code == 200
    again = visit.returns(address)
    assert (again.status_code, "invalid_state" in again.text) == (401, True)


def test_a_code_that_is_too_old(slack: LocalSlack, store: Store, ada: Person) -> None:
    visit = Visit(slack)
    address = ada.decides(visit.url)
    slack.later(601)
    answer = visit.returns(address)
    assert (answer.status_code, "invalid_code" in answer.text) == (401, True)
    assert team_token(store, ada) is None


@pytest.mark.parametrize("transport", ["http", "socket mode"])
def test_an_uninstall_is_told_on_both_ways_and_empties_the_store(
    slack: LocalSlack, tmp_path: Path, ada: Person, transport: str
) -> None:
    app, store = installable(slack, tmp_path)
    leo = slack.team("globex").person("leo")
    with over_http(slack, app):
        installs(slack, ada)
        installs(slack, leo)
    with over_http(slack, app) if transport == "http" else over_socket_mode(slack, app):
        slack.uninstall(ada.team)
        until(lambda: store.find_installation(enterprise_id=None, team_id=ada.team.id) is None)
    assert team_token(store, ada) is None
    told = [entry for entry in slack.log if entry.kind == "events_api"]
    assert [entry.payload["event"]["type"] for entry in told] == ["tokens_revoked", "app_uninstalled"]
    for entry in told:
        assert entry.payload["team_id"] == ada.team.id
        assert "authorizations" not in entry.payload
    assert team_token(store, leo) == leo.team.bot_token


@pytest.mark.parametrize(("cached", "asked"), [(False, 4), (True, 1)])
def test_who_a_token_is_is_asked_for_each_request_or_once(
    slack: LocalSlack, tmp_path: Path, ada: Person, cached: bool, asked: int
) -> None:
    app, _ = installable(slack, tmp_path, cached=cached)
    heard(app.command("/eks"))
    with over_http(slack, app):
        installs(slack, ada)
        before = len(slack.log)
        for _ in range(4):
            ada.types("ops", "/eks")
    assert [entry.kind for entry in slack.log[before:]].count("auth.test") == asked
