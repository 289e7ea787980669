"""User groups: what an app reads of them, how they are typed, and that a test may change them."""

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import bolt_app, client_of, error_of, heard, over_http, refusal

MANIFEST = {"oauth_config": {"scopes": {"bot": ["usergroups:read", "chat:write"]}}}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest=MANIFEST) as slack:
        yield slack


def members(slack: LocalSlack, client: WebClient, workspace: str, handle: str) -> set[str]:
    group = slack.team(workspace).usergroup(handle).id
    return set(client.usergroups_users_list(usergroup=group)["users"])


def test_each_workspace_has_its_groups(slack: LocalSlack) -> None:
    for workspace, sre, developer in (("akme", "ada", "dev"), ("globex", "hana", "leo")):
        team = slack.team(workspace)
        client = client_of(slack, team)
        groups = client.usergroups_list(include_users=True, include_count=True)["usergroups"]
        assert [(group["handle"], group["team_id"], group["is_usergroup"]) for group in groups] == [
            ("sre", team.id, True),
            ("developers", team.id, True),
        ]
        assert [(group["users"], group["user_count"]) for group in groups] == [
            ([team.person(sre).id], 1),
            ([team.person(developer).id], 1),
        ]
        assert "users" not in client.usergroups_list()["usergroups"][0]
        assert members(slack, client, workspace, "@sre") == {team.person(sre).id}


def test_a_group_of_another_workspace_is_none(slack: LocalSlack, client: WebClient) -> None:
    theirs = slack.team("globex").usergroup("sre").id
    assert error_of(client.usergroups_users_list, usergroup=theirs) == "no_such_subteam"
    assert error_of(client.usergroups_users_list, usergroup="S0") == "no_such_subteam"


def test_a_group_changes_while_all_runs(slack: LocalSlack, client: WebClient) -> None:
    akme = slack.team("akme")
    group = akme.usergroup("sre")
    group.users.add(akme.person("gus").id)
    assert members(slack, client, "akme", "sre") == {akme.person("ada").id, akme.person("gus").id}
    group.disabled = 1_700_000_000
    assert [each["handle"] for each in client.usergroups_list()["usergroups"]] == ["developers"]
    assert error_of(client.usergroups_users_list, usergroup=group.id) == "no_such_subteam"
    everything = client.usergroups_list(include_disabled=True)["usergroups"]
    assert [each["date_delete"] for each in everything] == [1_700_000_000, 0]
    assert len(client.usergroups_users_list(usergroup=group.id, include_disabled=True)["users"]) == 2
    with pytest.raises(KeyError, match="no user group nobody in Akme"):
        akme.usergroup("nobody")


def test_groups_need_their_scope() -> None:
    with LocalSlack.start() as slack:
        client = client_of(slack, slack.team("akme"))
        assert refusal(client.usergroups_list)["needed"] == "usergroups:read"


def test_a_group_is_typed_and_read_by_its_handle() -> None:
    with LocalSlack.start() as slack:
        app: App = bolt_app(slack)
        akme: Person = slack.team("akme").person("ada")
        group = slack.team("akme").usergroup("sre").id
        bodies = heard(app.command("/eks"))
        with over_http(slack, app):
            akme.types("ops", "/eks ask @sre @sres")
        assert bodies[0]["text"] == f"ask <!subteam^{group}|@sre> @sres"
        client_of(slack, slack.team("akme")).chat_postMessage(channel="#ops", text=f"ask <!subteam^{group}>")
        assert akme.reads(akme.sees("ops")[-1]) == "ask @sre"
