"""An organisation of two workspaces: installs for all of it and for one, what payloads and the Web API say there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_bolt import App
from slack_sdk import WebClient

from playground.slack import Enterprise, LocalSlack, Person, Team
from tests.playground.oauth_apps import Store, Visit, installable, installs
from tests.playground.slack_apps import (
    Json,
    actions,
    button,
    client_of,
    error_of,
    heard,
    modal,
    over_http,
    over_socket_mode,
    section,
    until,
)


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(grid=True) as slack:
        yield slack


@pytest.fixture
def umbra(slack: LocalSlack) -> Enterprise:
    return slack.enterprise


@pytest.fixture
def ira(slack: LocalSlack) -> Person:
    return slack.team("umbra-retail").person("ira")


@pytest.fixture
def sol(slack: LocalSlack) -> Person:
    return slack.team("umbra-labs").person("sol")


@pytest.fixture
def made(slack: LocalSlack, tmp_path: Path) -> Iterator[tuple[App, Store]]:
    app, store = installable(slack, tmp_path)
    with over_http(slack, app):
        yield app, store


@pytest.fixture
def org_client(slack: LocalSlack, umbra: Enterprise) -> WebClient:
    slack.install(umbra)
    return WebClient(umbra.bot_token, base_url=slack.api_url)


def found(store: Store, umbra: Enterprise, team: Team | None) -> Any:
    return store.find_installation(
        enterprise_id=umbra.id, team_id=team.id if team else None, is_enterprise_install=team is None
    )


# Installing


def test_the_app_is_in_no_workspace_of_the_organisation_at_first(
    slack: LocalSlack, umbra: Enterprise, ira: Person
) -> None:
    assert [team.name for team in slack.teams] == ["Akme", "Globex", "Umbra Retail", "Umbra Labs"]
    assert [team.enterprise for team in slack.teams] == [None, None, umbra, umbra]
    assert [team["installed"] for team in slack.snapshot()["teams"]] == [True, True, False, False]
    assert ira.types("shops", "/eks").status == "local"
    with LocalSlack.start() as plain, pytest.raises(KeyError, match="grid=True"):
        _ = plain.enterprise


def test_an_install_for_the_whole_organisation(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, ira: Person, sol: Person
) -> None:
    app, store = made
    bodies = heard(app.command("/eks"))
    assert installs(slack, ira, org=True).status_code == 200
    stored = found(store, umbra, None)
    assert (stored.enterprise_id, stored.enterprise_name, stored.team_id) == (umbra.id, "Umbra", None)
    assert (stored.is_enterprise_install, stored.user_id) == (True, ira.id)
    assert stored.enterprise_url == "https://umbra.enterprise.slack.com/"
    assert (stored.bot_token, stored.bot_user_id) == (umbra.bot_token, umbra.bot_user_id)
    # One install serves both workspaces, found by the organisation alone.
    for person, channel in ((ira, "shops"), (sol, "bench")):
        assert person.types(channel, "/eks").status == "acked"
    assert [
        (body["team_id"], body["enterprise_id"], body["enterprise_name"], body["is_enterprise_install"])
        for body in bodies
    ] == [(person.team.id, umbra.id, "Umbra", "true") for person in (ira, sol)]


def test_an_install_for_one_workspace_of_it(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, ira: Person, sol: Person
) -> None:
    app, store = made
    bodies = heard(app.command("/eks"))
    installs(slack, ira)
    stored = found(store, umbra, ira.team)
    assert (stored.enterprise_id, stored.team_id, stored.is_enterprise_install) == (
        umbra.id,
        ira.team.id,
        False,
    )
    ira.types("shops", "/eks")
    (body,) = bodies
    assert (body["team_id"], body["enterprise_id"], body["is_enterprise_install"]) == (
        ira.team.id,
        umbra.id,
        "false",
    )
    told = client_of(slack, ira.team).auth_test()
    assert (told["team_id"], told["enterprise_id"], told["is_enterprise_install"]) == (
        ira.team.id,
        umbra.id,
        False,
    )
    assert sol.types("bench", "/eks").status == "local"


def test_what_an_organisation_has_no_workspace_installs_for_itself(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, ira: Person, sol: Person
) -> None:
    installs(slack, ira)
    alone = ira.team.bot_token
    installs(slack, sol, org=True)
    assert ira.team.bot_token == sol.team.bot_token == umbra.bot_token != alone
    before = WebClient(alone, base_url=slack.api_url)
    assert error_of(before.auth_test) == "token_revoked"
    assert "invalid_code" in installs(slack, ira).text
    assert [entry.answer["error"] for entry in slack.log if entry.answer and "error" in entry.answer][-1] == (
        "cannot_install_an_org_installed_app"
    )


def test_only_an_org_ready_app_is_offered_to_an_organisation(tmp_path: Path) -> None:
    for ready in (True, False):
        manifest = {"settings": {"org_deploy_enabled": ready}}
        with LocalSlack.start(manifest=manifest, grid=True) as slack:
            app, _ = installable(slack, tmp_path)
            with over_http(slack, app):
                visit = Visit(slack)
                assert ("Allow for all of Umbra" in requests.get(visit.url, timeout=30).text) is ready
                ira = slack.team("umbra-retail").person("ira")
                if not ready:
                    with pytest.raises(AssertionError, match="cannot be installed for an organisation"):
                        ira.decides(visit.url, org=True)
            with pytest.raises(AssertionError, match="cannot be installed for an organisation"):
                slack.team("akme").person("ada").decides(visit.url, org=True)


# Payloads


def test_interactions_name_the_organisation_and_no_team(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, sol: Person
) -> None:
    app, _ = made
    bodies: list[Json] = []

    def keep(ack: Callable[[], None], body: Json) -> None:
        ack()
        bodies.append(body)

    for listens in (app.action("press"), app.view("m"), app.shortcut("open"), app.shortcut("look")):
        listens(keep)
    installs(slack, sol, org=True)
    client = client_of(slack, sol.team)
    channel = sol.team.channel("bench").id
    client.chat_postMessage(channel=channel, text="x", blocks=[actions(button("press"))])
    message = sol.sees("bench")[0]
    sol.clicks(message, "press")
    sol.shortcut("open")
    sol.message_shortcut(message, "look")
    client.views_open(trigger_id=bodies[0]["trigger_id"], view=modal(section("x"), callback_id="m"))
    assert sol.view
    sol.submits(sol.view)
    assert [body["type"] for body in bodies] == [
        "block_actions",
        "shortcut",
        "message_action",
        "view_submission",
    ]
    for body in bodies:
        assert body["team"] is None
        assert body["enterprise"] == {"id": umbra.id, "name": "Umbra"}
        assert body["is_enterprise_install"] is True
        assert (body["user"]["id"], body["user"]["team_id"]) == (sol.id, sol.team.id)
    assert (bodies[3]["view"]["team_id"], bodies[3]["view"]["app_installed_team_id"]) == (
        sol.team.id,
        umbra.id,
    )


def test_a_workspaces_own_install_is_named_with_its_organisation(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, sol: Person
) -> None:
    bodies = heard(made[0].global_shortcut("open"))
    installs(slack, sol)
    sol.shortcut("open")
    (body,) = bodies
    assert body["team"] == {
        "id": sol.team.id,
        "domain": "umbra-labs",
        "enterprise_id": umbra.id,
        "enterprise_name": "Umbra",
    }
    assert (body["enterprise"]["id"], body["is_enterprise_install"]) == (umbra.id, False)


def test_an_event_is_authorised_by_the_organisation(
    slack: LocalSlack, made: tuple[App, Store], umbra: Enterprise, sol: Person
) -> None:
    bodies = heard(made[0].event("app_home_opened"))
    installs(slack, sol, org=True)
    sol.opens_home()
    until(lambda: len(bodies) == 1)
    (body,) = bodies
    assert (body["team_id"], body["enterprise_id"], body["context_enterprise_id"]) == (
        sol.team.id,
        umbra.id,
        umbra.id,
    )
    assert body["authorizations"] == [
        {
            "enterprise_id": umbra.id,
            "team_id": None,
            "user_id": umbra.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": True,
        }
    ]


@pytest.mark.parametrize("transport", ["http", "socket mode"])
def test_the_end_of_an_organisations_install_has_no_team(
    slack: LocalSlack, tmp_path: Path, umbra: Enterprise, ira: Person, sol: Person, transport: str
) -> None:
    app, store = installable(slack, tmp_path)
    with over_http(slack, app):
        installs(slack, ira, org=True)
        installs(slack, slack.team("akme").person("ada"))
    token = umbra.bot_token
    with over_http(slack, app) if transport == "http" else over_socket_mode(slack, app):
        slack.uninstall(umbra)
        until(lambda: found(store, umbra, None) is None)
    told = [entry.payload for entry in slack.log if entry.kind == "events_api"]
    assert [payload["event"]["type"] for payload in told] == ["tokens_revoked", "app_uninstalled"]
    assert told[0]["event"]["tokens"] == {"oauth": [], "bot": [umbra.bot_user_id]}
    for payload in told:
        assert payload["enterprise_id"] == umbra.id
        assert "team_id" not in payload
        assert "authorizations" not in payload
    assert error_of(WebClient(token, base_url=slack.api_url).auth_test) == "account_inactive"
    assert (ira.team.org_wide, sol.types("bench", "/eks").status) == (False, "local")
    assert store.find_bot(enterprise_id=None, team_id=slack.team("akme").id)


# The Web API with an org-wide token


def test_auth_test_names_the_organisation_as_the_team(org_client: WebClient, umbra: Enterprise) -> None:
    told = org_client.auth_test()
    assert (told["team"], told["team_id"], told["enterprise_id"]) == ("Umbra", umbra.id, umbra.id)
    assert (told["url"], told["is_enterprise_install"]) == ("https://umbra.enterprise.slack.com/", True)
    assert (told["user_id"], told["bot_id"]) == (umbra.bot_user_id, umbra.bot_id)


def test_an_org_wide_token_reaches_both_workspaces_and_no_other(
    slack: LocalSlack, org_client: WebClient, ira: Person, sol: Person
) -> None:
    for person, channel in ((ira, "shops"), (sol, "bench")):
        answer = org_client.chat_postMessage(channel=person.team.channel(channel).id, text="hello")
        assert answer["message"]["team"] == person.team.id
        assert [message.text for message in person.sees(channel)] == ["hello"]
        told = org_client.users_info(user=person.id)["user"]
        assert (told["team_id"], told["enterprise_user"]["enterprise_id"]) == (
            person.team.id,
            slack.enterprise.id,
        )
        trigger = slack.world.new_trigger(person.team.id, person.id)
        org_client.views_open(trigger_id=trigger, view=modal(section("x")))
        assert person.view
        org_client.views_update(view_id=person.view.id, view=modal(section("y"), title="New"))
        assert person.view.title == "New"
    theirs = slack.team("akme").channel("ops").id
    assert error_of(org_client.chat_postMessage, channel=theirs, text="x") == "channel_not_found"
    ada = slack.team("akme").person("ada")
    assert error_of(org_client.users_info, user=ada.id) == "user_not_found"
    trigger = slack.world.new_trigger(ada.team.id, ada.id)
    assert error_of(org_client.views_open, trigger_id=trigger, view=modal(section("x"))) == (
        "invalid_trigger_id"
    )


def test_lists_want_the_workspace_of_an_org_wide_token(
    slack: LocalSlack, org_client: WebClient, ira: Person, sol: Person
) -> None:
    assert error_of(org_client.users_list) == "missing_argument"
    for team, names in ((ira.team, ["ira", "ned", "pia"]), (sol.team, ["sol", "uma", "wes"])):
        members = org_client.users_list(team_id=team.id)["members"]
        assert [member["name"] for member in members] == [*names, "eks-chatops"]
    akme = slack.team("akme").id
    assert error_of(org_client.users_list, team_id=akme) == "team_access_not_granted"


def test_an_org_wide_token_may_be_revoked_by_the_app(
    slack: LocalSlack, org_client: WebClient, ira: Person
) -> None:
    arguments = {"client_id": slack.client.id, "client_secret": slack.client.secret}
    assert error_of(org_client.apps_uninstall, **(arguments | {"client_secret": "x"})) == "bad_client_secret"
    assert error_of(org_client.apps_uninstall, **(arguments | {"client_id": "1.2"})) == "invalid_client_id"
    assert org_client.apps_uninstall(**arguments)["ok"] is True
    assert error_of(org_client.auth_test) == "account_inactive"
    assert slack.world.installed(ira.team) is False
