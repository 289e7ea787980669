"""Which token is for whom, of those that the bot was given: whatever Slack says of each, and nothing else."""

import pytest
from slack_sdk import WebClient

from bot.installations import Installations
from bot.tokens import Given, NoWorkspace
from connector.workspaces import WorkspaceKey
from playground.slack import LocalSlack
from tests.handlers.slack_server import Answer, Json, running

TOKENS = ("xoxb-1-CANARY", "xoxb-2-CANARY", "xoxb-3-CANARY")


def workspace(team: str | None, enterprise: str | None = None) -> Answer:
    said: Json = {
        "ok": True,
        "team": f"Team {team}",
        "team_id": team,
        "user_id": "UBOT",
        "bot_id": "B1",
        "url": "x",
    }
    return Answer(said | ({"enterprise_id": enterprise} if enterprise else {}))


def of_tokens(*answers: Answer) -> Installations:
    with running() as server:
        server.plan("auth.test", *answers)
        client = WebClient(base_url=f"{server.url}/api/", retry_handlers=[])
        found = Installations(Given(client, TOKENS[: len(answers)]), client)
        found.read()
        return found


def test_each_token_belongs_to_the_workspace_that_slack_says() -> None:
    found = of_tokens(workspace("T1"), workspace("T2", "E2"))
    assert {one.workspace for one in found.installed()} == {
        WorkspaceKey(None, "T1"),
        WorkspaceKey("E2", "T2"),
    }
    one, two = found.of(None, "T1"), found.of("E2", "T2")
    assert one is not None
    assert two is not None
    assert (one.bot_token, two.bot_token) == TOKENS[:2]
    assert (one.name, one.bot_user_id, one.bot_id) == ("Team T1", "UBOT", "B1")


@pytest.mark.parametrize(
    ("enterprise", "team", "token"),
    [
        (None, "T1", TOKENS[0]),
        # A token of one workspace speaks for that one, not for its organisation.
        ("E2", None, None),
        ("E2", "T2", TOKENS[1]),
        # In a shared channel Slack may name the other one's organisation beside our team.
        ("E9", "T2", TOKENS[1]),
        (None, "T2", TOKENS[1]),
        (None, "T9", None),
        ("E2", "T9", None),
        ("E9", None, None),
        (None, None, None),
        ("", "", None),
    ],
)
def test_a_payload_is_answered_only_for_workspaces_that_the_bot_is_in(
    enterprise: str | None, team: str | None, token: str | None
) -> None:
    found = of_tokens(workspace("T1"), workspace("T2", "E2")).of(enterprise, team)
    assert (found.bot_token if found else None) == token


@pytest.mark.parametrize("team", [None, "T2", "T9", "E2"])
def test_the_token_of_an_org_wide_install_speaks_for_every_workspace_of_it(team: str | None) -> None:
    org = workspace("E2", "E2")
    found = of_tokens(workspace("T1"), Answer({**org.body, "is_enterprise_install": True}))  # type: ignore[dict-item]
    for org_wide in (False, True):
        (mine, other) = (found.of("E2", team, org_wide), found.of("E3", team, org_wide))
        assert mine is not None
        assert (mine.bot_token, mine.workspace) == (TOKENS[1], WorkspaceKey("E2", None))
        assert other is None


def test_what_an_org_wide_install_sends_is_not_a_single_workspaces(slack: LocalSlack) -> None:
    found = of_tokens(workspace("T2", "E2"))
    assert found.of("E2", "T2", org_wide=True) is None


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (
            (Answer({"ok": False, "error": "invalid_auth"}),),
            "Slack does not accept the bot token: invalid_auth.",
        ),
        (
            (workspace("T1"), Answer({"ok": False, "error": "token_revoked"})),
            "Slack does not accept bot token 2 of 2: token_revoked.",
        ),
        ((Answer(cut=True),), "Slack could not be asked about the bot token: RemoteDisconnected."),
    ],
)
def test_a_token_that_slack_does_not_accept_is_named_by_its_place(
    answers: tuple[Answer, ...], said: str
) -> None:
    with pytest.raises(NoWorkspace) as caught:
        of_tokens(*answers)
    assert str(caught.value) == said


def test_no_token_is_in_a_repr() -> None:
    found = of_tokens(workspace("T1"), workspace("T2"))
    assert "CANARY" not in repr(found) + repr(found.installed())
