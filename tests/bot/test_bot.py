"""The bot without a transport: whose payload it is, what is sent back at once, and what follows afterwards."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from bot.app import Bot
from bot.settings import Settings
from bot.tokens import NoWorkspace
from playground.slack import LocalSlack
from tests.handlers.slack_server import Answer, Json, running


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
    "body",
    [
        {},
        {"type": "x"},
        {"command": "/eks"},
        {"type": "event_callback", "event": []},
        {
            "type": "event_callback",
            "event_id": "Ev",
            "event": {"type": "tokens_revoked", "tokens": {"bot": [5]}},
        },
    ],
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


def test_a_bot_with_a_token_that_slack_does_not_know_does_not_start(settings: Settings) -> None:
    with pytest.raises(NoWorkspace, match="invalid_auth"):
        Bot(replace(settings, bot_tokens=("xoxb-1-2-CANARY",)))


def test_a_slack_that_is_busy_is_waited_for(slack: LocalSlack, settings: Settings) -> None:
    slack.faults.rate_limit("auth.test", 1, retry_after=1)
    bot = Bot(settings)
    assert {one.workspace.team_id for one in bot.installations.installed()} == {
        team.id for team in slack.teams
    }
    bot.close(1)
