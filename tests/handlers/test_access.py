"""Full members of the workspace may; guests, strangers and whoever Slack does not vouch for may not."""

from typing import Any

import pytest
from slack_sdk import WebClient

from connector.workspaces import WorkspaceKey
from handlers.access import Access, Caller, NotAllowed, Request
from handlers.command import Command
from playground.slack import LocalSlack
from tests.handlers.slack_server import Answer, SlackServer

PODS = Command("get", "pods")
HERE = WorkspaceKey(None, "T1")
GRID = WorkspaceKey("E1", "T1")
ORG = WorkspaceKey("E1", None)


def caller(workspace: WorkspaceKey = HERE, home: str = "T1", user: str = "U1") -> Caller:
    return Caller(workspace, user, home, "C1")


def person(team: str | None = "T1", **more: Any) -> Answer:
    user = {
        "id": "U1",
        "team_id": team,
        "name": "ada",
        "real_name": "Ada Marsh",
        "deleted": False,
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "profile": {"display_name": "", "real_name": "Ada Marsh"},
    }
    return Answer({"ok": True, "user": {**user, **more}})


def decided(server: SlackServer, who: Caller, *answers: Answer) -> Request:
    server.plan("users.info", *answers)
    return Access().authorise(PODS, who, server.client)


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        (caller(), person()),
        (caller(home=""), person()),
        (caller(GRID), person(enterprise_user={"enterprise_id": "E1", "teams": ["T1", "T2"]})),
        (caller(GRID, home="E1"), person("E1", enterprise_user={"enterprise_id": "E1", "teams": ["T1"]})),
        (caller(GRID), person("T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2", "T1"]})),
        (caller(ORG, home="T2"), person("T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2"]})),
        (caller(), person(is_admin=True)),
    ],
)
def test_members_of_the_workspace_may(server: SlackServer, who: Caller, answer: Answer) -> None:
    request = decided(server, who, answer)
    assert (request.command, request.caller) == (PODS, who)
    assert request.workspace == who.workspace
    assert server.asked("users.info") == [{"user": "U1"}]


@pytest.mark.parametrize(
    ("who", "answer", "said"),
    [
        (caller(), person(is_restricted=True), "Guests"),
        (caller(), person(is_restricted=True, is_ultra_restricted=True), "Guests"),
        (caller(), person(is_ultra_restricted=True), "Guests"),
        (caller(), person(is_stranger=True), "only to members of the workspace"),
        (caller(), person(deleted=True), "deactivated"),
        (caller(home=""), person("T2"), "only to members of the workspace"),
        (caller(home="E1"), person("T2", enterprise_user={"enterprise_id": "E1"}), "only to members"),
        (caller(GRID), person("T9", enterprise_user={"enterprise_id": "E9"}), "only to members"),
        (caller(ORG), person("T9", enterprise_user={"enterprise_id": "E9"}), "only to members"),
        (caller(ORG), person("T1"), "only to members"),
        (caller(WorkspaceKey(None, None)), person(""), "only to members"),
        (caller(WorkspaceKey("", ""), home=""), person(""), "only to members"),
        (caller(WorkspaceKey("", None), home=""), person(None), "only to members"),
        (caller(), Answer({"ok": True}), "only to members"),
        (caller(), Answer({"ok": True, "user": None}), "only to members"),
    ],
)
def test_others_may_not(server: SlackServer, who: Caller, answer: Answer, said: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        decided(server, who, answer)
    assert said in caught.value.what
    assert caught.value.hint


def test_a_colleague_of_another_workspace_of_the_organisation_is_from_another_workspace(
    server: SlackServer,
) -> None:
    # They meet this workspace in a channel that several workspaces share.
    with pytest.raises(NotAllowed):
        decided(
            server,
            caller(GRID, home="T2"),
            person("T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2"]}),
        )


def test_somebody_whose_home_is_elsewhere_is_not_even_asked_about(server: SlackServer) -> None:
    with pytest.raises(NotAllowed):
        Access().authorise(PODS, caller(home="T2"), server.client)
    assert server.calls == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            Answer({"ok": False, "error": "missing_scope", "needed": "users:read"}),
            "add the scope `users:read`",
        ),
        (Answer({"ok": False, "error": "internal_error"}), "Try again"),
        (Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}), "Try again"),
        (Answer({"ok": False, "error": "token_revoked"}), ""),
        (Answer("<html>bad gateway</html>", 502), ""),
        (Answer("", 200), ""),
        (Answer(cut=True), "Try again"),
    ],
)
def test_when_slack_does_not_say_nothing_is_allowed(server: SlackServer, answer: Answer, said: str) -> None:
    with pytest.raises(NotAllowed, match="Slack did not say who you are") as caught:
        decided(server, caller(), answer)
    assert said in caught.value.hint
    for text in (caught.value.what, caught.value.why, caught.value.hint):
        assert "CANARY" not in text


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible"])
def test_whom_slack_does_not_know_here_is_a_stranger(server: SlackServer, error: str) -> None:
    with pytest.raises(NotAllowed, match="only to members"):
        decided(server, caller(), Answer({"ok": False, "error": error}))


def test_nobody_there_means_nothing_is_allowed() -> None:
    with pytest.raises(NotAllowed, match="Slack did not say"):
        # Port 1 of this machine has nobody listening.
        Access().authorise(
            PODS, caller(), WebClient("xoxb-1", base_url="http://127.0.0.1:1/api/", retry_handlers=[])
        )


def test_what_slack_said_is_good_for_a_minute(server: SlackServer) -> None:
    access = Access()
    server.plan("users.info", person(), person("T2"))
    for _ in range(5):
        access.authorise(PODS, caller(), server.client)
    assert len(server.asked("users.info")) == 1
    assert access.name("U1", HERE, server.client) == "Ada Marsh"
    assert len(server.asked("users.info")) == 1


def test_after_a_minute_slack_is_asked_again(server: SlackServer) -> None:
    now = [1000.0]
    access = Access(clock=lambda: now[0])
    server.plan("users.info", person(), person(is_restricted=True))
    access.authorise(PODS, caller(), server.client)
    now[0] += 59
    access.authorise(PODS, caller(), server.client)
    now[0] += 2
    with pytest.raises(NotAllowed, match="Guests"):
        access.authorise(PODS, caller(), server.client)


def test_people_are_remembered_apart_and_workspaces_too(server: SlackServer) -> None:
    access = Access()
    server.plan("users.info", person(), person(is_restricted=True), person("T2"))
    access.authorise(PODS, caller(), server.client)
    with pytest.raises(NotAllowed, match="Guests"):
        access.authorise(PODS, caller(user="U2"), server.client)
    access.authorise(PODS, caller(WorkspaceKey(None, "T2"), home="T2"), server.client)
    assert [asked["user"] for asked in server.asked("users.info")] == ["U1", "U2", "U1"]


def test_a_guest_stays_one_for_the_minute_too(server: SlackServer) -> None:
    access = Access()
    server.plan("users.info", person(is_restricted=True), person())
    for _ in range(2):
        with pytest.raises(NotAllowed, match="Guests"):
            access.authorise(PODS, caller(), server.client)
    assert len(server.asked("users.info")) == 1


def test_no_answer_is_not_remembered(server: SlackServer) -> None:
    access = Access()
    server.plan("users.info", Answer({"ok": False, "error": "internal_error"}), person())
    with pytest.raises(NotAllowed):
        access.authorise(PODS, caller(), server.client)
    assert access.authorise(PODS, caller(), server.client).command == PODS


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (person(profile={"display_name": "ada.m"}), "ada.m"),
        (person(profile={}), "Ada Marsh"),
        (person(profile=None, real_name=""), "ada"),
        (person(profile=None, real_name=None, name=None), "U1"),
        (Answer({"ok": False, "error": "user_not_found"}), "U1"),
        (Answer(cut=True), "U1"),
    ],
)
def test_a_person_is_called_by_the_best_name_there_is(server: SlackServer, answer: Answer, name: str) -> None:
    server.plan("users.info", answer)
    assert Access().name("U1", HERE, server.client) == name


@pytest.fixture
def clients(slack: LocalSlack) -> dict[str, WebClient]:
    return {team.id: WebClient(team.bot_token, base_url=slack.api_url) for team in slack.teams}


@pytest.mark.parametrize(
    ("name", "allowed"), [("ada", True), ("dev", True), ("gus", False), ("hana", False), ("leo", False)]
)
def test_in_a_shared_channel_only_the_workspaces_own_members_may(
    slack: LocalSlack, clients: dict[str, WebClient], name: str, allowed: bool
) -> None:
    akme = slack.team("akme")
    who = next(each for team in slack.teams for each in team.people if each.name == name)
    key = WorkspaceKey(None, akme.id)
    # A slash command does not say where the person is at home.
    for home in ("", who.team.id):
        asked = Caller(key, who.id, home, akme.channel("ops-shared").id)
        if allowed:
            assert Access().authorise(PODS, asked, clients[akme.id]).workspace == key
        else:
            with pytest.raises(NotAllowed):
                Access().authorise(PODS, asked, clients[akme.id])
