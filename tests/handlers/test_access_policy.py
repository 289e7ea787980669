"""What Slack says of a person meets the policy: user groups, guests, channels, and what is asked of Slack for it."""

from typing import Any

import pytest
from slack_sdk import WebClient

from connector.impersonation import Impersonate
from connector.workspaces import WorkspaceKey
from handlers.access import Access, Caller, NotAllowed, Request
from handlers.command import Command
from handlers.policy import Policy
from playground.demo import manifest
from playground.slack import LocalSlack
from tests.handlers.slack_server import Answer, SlackServer

HERE = WorkspaceKey(None, "T1")
PODS = Command("get", "pods")
GROUPED = """
workspaces:
  T1:
    ask: "<#C9> knows"
    rules:
    - {name: named, who: {users: [U7]}, may: [read]}
    - {name: sre, who: {groups: [S1, S2]}, may: [read]}
    - {name: ops, who: {channels: [C2]}, may: [read]}
"""


def person(**more: Any) -> Answer:
    return Answer({"ok": True, "user": {"team_id": "T1", "name": "ada", **more}})


def members(**groups: list[str]) -> Answer:
    listed = [{"id": group, "users": users} for group, users in groups.items()]
    return Answer({"ok": True, "usergroups": listed})


def refused(error: str) -> Answer:
    return Answer({"ok": False, "error": error})


@pytest.fixture(autouse=True)
def ada(server: SlackServer) -> None:
    server.always["users.info"] = person()


def access(text: str = GROUPED, **more: Any) -> Access:
    held = Policy.from_text(text, "policy.yaml")
    return Access(lambda: held, **more)


def asked(
    server: SlackServer, decides: Access, user: str = "U1", channel: str = "C1", command: Command = PODS
) -> Request:
    return decides.authorise(command, Caller(HERE, user, "T1", channel), server.client)


def test_who_is_in_a_user_group_may_what_it_may(server: SlackServer) -> None:
    server.plan("usergroups.list", members(S1=["U9"], S2=["U1", "U9"], S3=["U1"]))
    request = asked(server, access())
    assert request.rights.who.groups == {"S2"}
    assert [rule.name for rule in request.rights.rules] == ["sre"]
    # However many groups there are, Slack is asked once.
    (call,) = server.asked("usergroups.list")
    assert call["include_users"] == "1"


def test_who_is_in_none_is_refused_with_the_reason_and_whom_to_ask(server: SlackServer) -> None:
    server.always["usergroups.list"] = members(S1=["U9"], S2=[])
    with pytest.raises(NotAllowed) as caught:
        asked(server, access())
    assert caught.value.why == "No rule of the policy gives you `read`."
    assert caught.value.ask == "<#C9> knows"


def test_groups_are_remembered_for_a_minute(server: SlackServer) -> None:
    now = [0.0]
    decides = access(clock=lambda: now[0])
    server.plan("usergroups.list", members(S2=["U1"]), members(S2=[]))
    for now[0] in (0.0, 30.0, 59.0):
        asked(server, decides)
    # For everybody: who is in it is asked once.
    with pytest.raises(NotAllowed):
        asked(server, decides, "U2")
    assert len(server.asked("usergroups.list")) == 1
    now[0] = 61.0
    with pytest.raises(NotAllowed):
        asked(server, decides)
    assert len(server.asked("usergroups.list")) == 2


def test_groups_that_do_not_decide_are_not_asked_about(server: SlackServer) -> None:
    # A rule for the person themselves is as good as one for a group they may be in.
    both = "workspaces: {T1: {rules: [{name: a, who: {users: [U1], groups: [S1]}, may: [read]}]}}"
    asked(server, access(both))
    assert server.asked("usergroups.list") == []


@pytest.mark.parametrize(
    "answer", [members(), members(S9=["U1"]), Answer({"ok": True}), refused("plan_upgrade_required")]
)
def test_a_group_that_is_not_there_has_nobody_in_it(server: SlackServer, answer: Answer) -> None:
    server.always["usergroups.list"] = answer
    with pytest.raises(NotAllowed, match="You may not"):
        asked(server, access())
    assert asked(server, access(), channel="C2").rights.may("read")


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (refused("missing_scope"), "add the scope `usergroups:read`"),
        (refused("internal_error"), "Try again"),
        (Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}), "Try again"),
        (Answer("<html>", 502), "Try again"),
        (Answer(cut=True), "Try again"),
    ],
)
def test_when_slack_does_not_say_who_is_in_a_group_nothing_is_allowed(
    server: SlackServer, answer: Answer, hint: str
) -> None:
    # A rule further down might fit, but the group's comes first and may say: as somebody else.
    server.always["usergroups.list"] = answer
    decides = access()
    for _ in range(2):
        with pytest.raises(NotAllowed, match="Slack did not say who is in its user groups") as caught:
            asked(server, decides, channel="C2")
        assert hint in caught.value.hint
    assert len(server.asked("usergroups.list")) == 2


def test_one_groups_members_are_not_anothers_of_another_workspace(server: SlackServer) -> None:
    decides = access(GROUPED.replace("T1", '"*"'))
    server.plan("usergroups.list", members(S1=["U1"]), members(S1=[]))
    asked(server, decides)
    server.always["users.info"] = person(team_id="T2")
    with pytest.raises(NotAllowed):
        decides.authorise(PODS, Caller(WorkspaceKey(None, "T2"), "U1", "T2", "C1"), server.client)


def test_for_an_organisation_the_groups_of_the_persons_workspace_are_asked_for(server: SlackServer) -> None:
    server.always["users.info"] = person(enterprise_user={"enterprise_id": "E1", "teams": ["T1"]})
    server.always["usergroups.list"] = members(S1=["U1"])
    decides = access(GROUPED.replace("T1", "E1"))
    decides.authorise(PODS, Caller(WorkspaceKey("E1", None), "U1", "T1", "C1"), server.client)
    assert {call["team_id"] for call in server.asked("usergroups.list")} == {"T1"}


ORGANISATION = """
workspaces:
  T1: {rules: [{name: of T1, who: everyone, may: [read]}]}
  T3: {rules: [{name: of T3, who: {groups: [S1]}, may: [read], impersonate: {user: "{workspace_id}"}}]}
  E1: {rules: [{name: of E1, who: everyone, may: [read]}]}
"""


@pytest.mark.parametrize(
    ("home", "teams", "rule"),
    [
        ("T1", ["T1"], "of T1"),
        ("T2", ["T2"], "of E1"),
        ("T2", ["T1", "T2"], "of E1"),
        # Slack names the organisation, or nothing: one of their own workspaces, never the organisation in its place.
        ("E1", ["T1"], "of T1"),
        ("", ["T1", "T2"], "of T1"),
        # Nor one in which they are not.
        ("T1", ["T2"], "of E1"),
    ],
)
def test_for_an_organisation_the_workspace_that_somebody_asks_from_decides(
    server: SlackServer, home: str, teams: list[str], rule: str
) -> None:
    grid = {"enterprise_id": "E1", "teams": teams}
    server.always["users.info"] = person(team_id="E1", enterprise_user=grid)
    asks = Caller(WorkspaceKey("E1", None), "U1", home, "C1")
    request = access(ORGANISATION).authorise(PODS, asks, server.client)
    assert [each.name for each in request.rights.rules] == [rule]
    # Its connections are the organisation's all the same.
    assert request.workspace == WorkspaceKey("E1", None)


def test_a_group_that_one_workspace_does_not_have_is_asked_for_in_the_other(server: SlackServer) -> None:
    decides = access(ORGANISATION.replace("E1: ", "T2: ").replace("who: everyone", "who: {groups: [S1]}"))
    server.plan("usergroups.list", members(), members(S1=["U1"]))
    for home, may in (("T2", False), ("T3", True)):
        grid = {"enterprise_id": "E1", "teams": [home]}
        server.always["users.info"] = person(team_id=home, enterprise_user=grid)
        asks = Caller(WorkspaceKey("E1", None), "U1" if may else "U2", home, "C1")
        if may:
            rights = decides.authorise(PODS, asks, server.client).rights
            assert rights.acting(rights.rules[0]) == Impersonate("T3")
        else:
            with pytest.raises(NotAllowed, match="You may not"):
                decides.authorise(PODS, asks, server.client)


# --- guests


@pytest.mark.parametrize("kind", ["is_restricted", "is_ultra_restricted"])
@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("{users: [U1]}", True),
        ("{users: [U1], groups: [S1]}", True),
        ("{users: [U2]}", False),
        ("everyone", False),
        ("{groups: [S1]}", False),
        ("{channels: [C1]}", False),
    ],
)
def test_a_guest_may_only_what_a_rule_gives_to_them_by_name(
    server: SlackServer, kind: str, who: str, allowed: bool
) -> None:
    server.always["users.info"] = person(**{kind: True})
    server.always["usergroups.list"] = members(S1=["U1"])
    decides = access(f"workspaces: {{T1: {{rules: [{{name: a, who: {who}, may: [read]}}]}}}}")
    for command, refusal in ((PODS, "Guests"), (Command("help"), "Guests"), (Command("whoami"), "Guests")):
        if allowed:
            assert asked(server, decides, command=command).rights.may("read")
        else:
            with pytest.raises(NotAllowed, match=refusal):
                asked(server, decides, command=command)
    assert server.asked("usergroups.list") == []
    with pytest.raises(NotAllowed):
        asked(server, decides, command=Command("connect"))


@pytest.mark.parametrize("more", [{"team_id": "T2"}, {"is_stranger": True}, {"deleted": True}])
def test_a_stranger_may_nothing_even_by_name(server: SlackServer, more: dict[str, Any]) -> None:
    server.always["users.info"] = person(**more)
    decides = access("workspaces: {T1: {rules: [{name: a, who: {users: [U1]}, may: everything}]}}")
    for command in (PODS, Command("help"), Command("whoami")):
        with pytest.raises(NotAllowed):
            asked(server, decides, command=command)


# --- help, and the policy of now


def test_help_and_whoami_are_for_every_member(server: SlackServer) -> None:
    decides = access("workspaces: {T1: {rules: []}}")
    for command in (Command("help"), Command("whoami")):
        assert not asked(server, decides, command=command).rights.rules
    with pytest.raises(NotAllowed):
        asked(server, decides)


def test_each_command_is_decided_by_the_policy_of_its_moment(server: SlackServer) -> None:
    held = [Policy.open(), Policy.closed()]
    decides = Access(lambda: held[0])
    first = asked(server, decides)
    held.reverse()
    with pytest.raises(NotAllowed):
        asked(server, decides)
    # What was authorised stays so until it ends.
    assert first.rights.may("read")


def test_a_person_who_leaves_a_user_group_has_its_rights_for_a_minute_more() -> None:
    with LocalSlack.start(manifest=manifest()) as slack:
        _leaves_a_user_group(slack)


def _leaves_a_user_group(slack: LocalSlack) -> None:
    now = [0.0]
    akme = slack.team("akme")
    (group,) = [one for one in akme.usergroups if one.handle == "developers"]
    rules = f"[{{name: developers, who: {{groups: [{group.id}]}}, may: [read]}}]"
    decides = access(f"workspaces: {{{akme.id}: {{rules: {rules}}}}}", clock=lambda: now[0])
    key, client = WorkspaceKey(None, akme.id), WebClient(akme.bot_token, base_url=slack.api_url)

    def may(name: str) -> bool:
        try:
            decides.authorise(PODS, Caller(key, akme.person(name).id, akme.id, "C1"), client)
        except NotAllowed:
            return False
        return True

    assert [may(name) for name in ("dev", "ada", "gus")] == [True, False, False]
    group.users.clear()
    now[0] = 59.0
    assert may("dev")
    now[0] = 61.0
    assert not may("dev")
