"""The bot without a transport: whose payload it is, what is sent back at once, and what follows afterwards."""

import json
import threading
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.app import Bot, Installations, NoWorkspace
from bot.settings import Settings
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


def installations(*answers: Answer) -> Installations:
    with running() as server:
        server.plan("auth.test", *answers)
        client = WebClient(base_url=f"{server.url}/api/", retry_handlers=[])
        return Installations.from_tokens(client, TOKENS[: len(answers)])


def command(slack: LocalSlack, text: str = "help", **more: Any) -> Json:
    team, world = slack.team("akme"), slack.world
    ada, ops = team.person("ada"), team.channel("ops")
    body = {
        "command": "/eks",
        "text": text,
        "team_id": team.id,
        "user_id": ada.id,
        "channel_id": ops.id,
        "trigger_id": world.new_trigger(team.id, ada.id),
        "response_url": slack.url + world.new_response_url("commands", team.id, ops.id, ada.id),
    }
    return {**body, **more}


def test_each_token_belongs_to_the_workspace_that_slack_says() -> None:
    found = installations(workspace("T1"), workspace("T2", "E2"))
    assert set(found.by_team) == {"T1", "T2"}
    one, two = found.of(None, "T1"), found.of("E2", "T2")
    assert one is not None
    assert two is not None
    assert (one.bot_token, two.bot_token) == TOKENS[:2]
    assert two.enterprise_id == "E2"


@pytest.mark.parametrize(
    ("enterprise", "team", "token"),
    [
        (None, "T1", TOKENS[0]),
        # A token of one workspace speaks for that one, not for its organisation.
        ("E2", None, None),
        ("E2", "T2", TOKENS[1]),
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
    found = installations(workspace("T1"), workspace("T2", "E2")).of(enterprise, team)
    assert (found.bot_token if found else None) == token


@pytest.mark.parametrize("team", [None, "T2", "T9"])
def test_the_token_of_an_org_wide_install_speaks_for_every_workspace_of_it(team: str | None) -> None:
    org = workspace("E2", "E2")
    found = installations(workspace("T1"), Answer({**org.body, "is_enterprise_install": True}))  # type: ignore[dict-item]
    (bot_token, other) = (found.of("E2", team), found.of("E3", team))
    assert bot_token is not None
    assert bot_token.bot_token == TOKENS[1]
    assert other is None


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
        installations(*answers)
    assert str(caught.value) == said


def test_no_token_is_in_a_repr() -> None:
    assert "CANARY" not in repr(installations(workspace("T1"), workspace("T2")))


def test_a_command_is_acknowledged_before_any_work_begins(slack: LocalSlack, bot: Bot) -> None:
    since = len(slack.log)
    response, after = bot.answer(command(slack))
    assert (response.status, response.body) == (200, "")
    assert bot.desk.load() == {"running": 0, "waiting": 0}
    after()
    slack.team("akme").person("ada").wait_for("ops", lambda message: message.ephemeral)
    asked = [entry.kind for entry in slack.log[since:] if entry.direction == "in"]
    assert asked == ["users.info", "response_url"]


def test_a_payload_that_comes_again_asks_for_nothing_more(slack: LocalSlack, bot: Bot) -> None:
    body = command(slack)
    bot.answer(body)
    since = len(slack.log)
    response, after = bot.answer(body)
    assert (response.status, response.body) == (200, "")
    after()
    assert bot.desk.drain(10)
    assert [entry.kind for entry in slack.log[since:]] == []


@pytest.mark.parametrize(
    "body", [{}, {"type": "x"}, {"command": "/eks"}, {"type": "event_callback", "event": []}]
)
def test_a_malformed_payload_is_refused_and_asks_for_nothing_more(bot: Bot, body: Json) -> None:
    response, after = bot.answer(body)
    assert response.status == 400
    after()
    assert bot.desk.load() == {"running": 0, "waiting": 0}


def test_what_no_listener_takes_is_not_found_and_not_in_the_log(
    slack: LocalSlack, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    for body in (
        command(slack, "CANARY", command="/other"),
        {
            "type": "event_callback",
            "team_id": slack.team("akme").id,
            "event": {"type": "CANARY"},
            "event_id": "Ev1",
        },
    ):
        response, after = bot.answer(body)
        assert response.status == 404
        after()
    assert "CANARY" not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("bot")
    )


def test_a_question_that_is_declined_goes_and_nothing_else_happens(slack: LocalSlack, bot: Bot) -> None:
    team, world = slack.team("akme"), slack.world
    ada, ops = team.person("ada"), team.channel("ops")
    _, after = bot.answer(command(slack))
    after()
    question = ada.wait_for("ops", lambda message: message.ephemeral)
    path = world.new_response_url("actions", team.id, ops.id, ada.id, question.ts)
    click = {
        "type": "block_actions",
        "team": {"id": team.id},
        "user": {"id": ada.id, "team_id": team.id},
        "channel": {"id": ops.id},
        "trigger_id": world.new_trigger(team.id, ada.id),
        "response_url": slack.url + path,
        "actions": [{"type": "button", "action_id": "dismiss.question", "block_id": "b", "value": "keep"}],
    }
    response, after = bot.answer(click)
    assert response.status == 200
    after()
    assert bot.desk.drain(10)
    assert ada.sees("ops") == []
    assert b'outcome="ok"' in bot.metrics.exposition()


@pytest.mark.parametrize("team", ["akme", "T0000NOWHERE"])
def test_an_acknowledgement_waits_for_no_answer_of_slacks(slack: LocalSlack, bot: Bot, team: str) -> None:
    release = threading.Event()
    with running() as silent:
        silent.always["respond"] = lambda _arguments: (release.wait(10), Answer("ok"))[1]
        body = command(slack, response_url=silent.response_url)
        if team != "akme":
            body["team_id"] = team
        acking = threading.Thread(target=bot.answer, args=(body,))
        acking.start()
        acking.join(2.0)
        late = acking.is_alive()
        release.set()
        acking.join()
    assert not late


def test_a_foreign_select_gets_its_options_in_the_acknowledgement(slack: LocalSlack, bot: Bot) -> None:
    team = slack.team("akme")
    body = {
        "type": "block_suggestion",
        "team": {"id": team.id},
        "user": {"id": team.person("ada").id, "team_id": team.id},
        "action_id": "choose.cluster",
        "block_id": "cluster",
        "value": "pro",
    }
    response, _ = bot.answer(body)
    assert response.status == 200
    assert [option["value"] for option in json.loads(response.body)["options"]] == ["pro"]


def test_each_bot_counts_for_itself(slack: LocalSlack, settings: Settings, bot: Bot) -> None:
    other = Bot(settings)
    try:
        bot.answer(command(slack))
        assert b'verdict="new"} 1.0' in bot.metrics.exposition()
        assert b'verdict="new"' not in other.metrics.exposition()
    finally:
        other.close(5)


def test_closing_ends_what_is_under_way_and_refuses_what_comes(slack: LocalSlack, settings: Settings) -> None:
    bot = Bot(settings)
    _, after = bot.answer(command(slack))
    after()
    assert bot.close(10)
    ada = slack.team("akme").person("ada")
    assert [message.ephemeral for message in ada.sees("ops")] == [True]
    response, after = bot.answer(command(slack))
    assert response.status == 200
    after()
    assert bot.desk.load() == {"running": 0, "waiting": 0}


def test_a_bot_with_a_token_that_slack_does_not_know_does_not_start(slack: LocalSlack) -> None:
    with pytest.raises(NoWorkspace, match="invalid_auth"):
        Bot(Settings(bot_tokens=("xoxb-1-2-CANARY",), signing_secret="0" * 32, api_url=slack.api_url))


def test_a_slack_that_is_busy_is_waited_for(slack: LocalSlack, settings: Settings) -> None:
    slack.faults.rate_limit("auth.test", 1, retry_after=1)
    bot = Bot(settings)
    assert set(bot.installations.by_team) == {team.id for team in slack.teams}
    bot.close(1)
