"""Whatever comes in, the bot answers it: it never raises, and never with a 500."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import Bot
from playground.slack import LocalSlack
from tests.bot.conftest import settings_for
from tests.handlers.payloads import (
    ALL,
    BUTTON,
    CLICK,
    CLOSED,
    COMMAND,
    EVENT,
    SELECT,
    SUBMIT,
    TYPED,
    VALUES,
    VIEW,
    places,
)


@pytest.fixture(scope="module")
def listening(running_slack: LocalSlack, folder: Path) -> Iterator[Bot]:
    bot = Bot(settings_for(running_slack, folder))
    yield bot
    bot.close(5)


def at_home(body: dict[str, Any], slack: LocalSlack, trigger: int) -> dict[str, Any]:
    """The payload as of a member of a workspace that the bot is in, not seen before, and answered on this machine."""
    mine, team = copy.deepcopy(body), slack.team("akme")
    here = {
        "team_id": team.id,
        "trigger_id": f"hostile.{trigger}",
        "event_id": f"Ev{trigger}",
        "response_url": f"{slack.url}/commands/T1/1/x",
    }
    mine.update({name: value for name, value in here.items() if name in mine})
    mine.pop("enterprise_id", None)
    if "team" in mine:
        mine["team"]["id"] = team.id
    return mine


numbers = iter(range(10**9))


def answered(bot: Bot, body: dict[str, Any]) -> int:
    response, _ = bot.answer(body)
    return int(response.status)


@pytest.mark.parametrize("body", ALL, ids=lambda body: str(body.get("type", "command")))
def test_what_slack_documents_is_taken(
    listening: Bot, running_slack: LocalSlack, body: dict[str, Any]
) -> None:
    # A form that is closed asks for nothing; Slack's challenge never gets as far as a listener.
    expected = (404,) if body is CLOSED else (200,)
    assert answered(listening, at_home(body, running_slack, next(numbers))) in expected


@pytest.mark.parametrize(
    "body",
    [
        {**SUBMIT, "view": {key: value for key, value in VIEW.items() if key != "type"}},
        {**CLOSED, "view": {key: value for key, value in VIEW.items() if key != "type"}},
        {**SUBMIT, "view": {**VIEW, "type": None}},
        {**SUBMIT, "view": {**VIEW, "callback_id": "show.outcome"}},
        {**SUBMIT, "view": {**VIEW, "callback_id": ""}},
        {**CLICK, "actions": [{**BUTTON, "action_id": "choose.connection"}]},
        {**CLICK, "actions": [{**SELECT, "block_id": None}]},
        {**CLICK, "actions": [{**BUTTON, "block_id": ""}]},
        {**CLICK, "actions": [{key: value for key, value in BUTTON.items() if key != "block_id"}]},
        {**CLICK, "actions": [BUTTON, {"x": 1}]},
        {**CLICK, "actions": [{**BUTTON, "action_id": "choose.sign_in"}]},
        {**CLICK, "type": "block_actions", "command": "/eks"},
        {**TYPED, "view": None},
        {**TYPED, "block_id": "x", "action_id": "choose.namespace"},
        {**TYPED, "type": "dialog_suggestion"},
        {**CLICK, "type": "interactive_message", "callback_id": "x"},
        {**COMMAND, "type": "view_submission"},
        {**COMMAND, "command": ""},
        {**COMMAND, "is_enterprise_install": "true", "team_id": ""},
        {**COMMAND, "is_enterprise_install": {"a": 1}},
        {**EVENT, "event": {"type": "message", "channel": 5}},
        {**EVENT, "event": {"type": "message", "subtype": []}},
        {**EVENT, "authorizations": [None]},
        {**EVENT, "authorizations": "x"},
    ],
    ids=lambda body: str(len(str(body))),
)
def test_a_payload_with_a_hole_is_no_fault(
    listening: Bot, running_slack: LocalSlack, body: dict[str, Any]
) -> None:
    assert answered(listening, at_home(body, running_slack, next(numbers))) < 500


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_payload_with_anything_anywhere_is_no_fault(
    listening: Bot, running_slack: LocalSlack, data: st.DataObject
) -> None:
    body = at_home(data.draw(st.sampled_from(ALL)), running_slack, next(numbers))
    *way, last = data.draw(st.sampled_from(list(places(body))))
    inner: Any = body
    for name in way:
        inner = inner[name]
    if data.draw(st.booleans()):
        del inner[last]
    else:
        inner[last] = data.draw(VALUES)
    assert answered(listening, body) < 500


@given(st.dictionaries(st.sampled_from(sorted({key for body in ALL for key in body})), VALUES))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_no_fault(listening: Bot, body: dict[str, Any]) -> None:
    assert answered(listening, body) < 500
