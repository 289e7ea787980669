"""Where no work can begin the one who asked hears why, in whichever way they can, and keeps what they typed."""

import json

import pytest

from bot.refusal import in_words, refusal
from connector.errors import Failure
from tests.handlers import slack_server
from tests.handlers.payloads import CLICK, COMMAND, LOOKED, SHORTCUT, SUBMIT, TYPED, Json
from tests.handlers.slack_server import Answer

SAID = "Not now."
FORM = {
    "type": "modal",
    "blocks": [{"type": "section"}, {"type": "input", "block_id": "region"}, {"type": "input"}],
}


def test_a_command_is_answered_by_its_acknowledgement() -> None:
    response, after = refusal(COMMAND, SAID)
    assert (response.status, response.body) == (200, SAID)
    after()


def test_a_form_stays_open_with_the_sentence_beside_its_first_input() -> None:
    response, after = refusal({**SUBMIT, "view": FORM}, SAID)
    assert response.status == 200
    assert response.first_headers()["content-type"] == "application/json"
    assert json.loads(response.body) == {"response_action": "errors", "errors": {"region": SAID}}
    after()


def test_a_select_has_no_options() -> None:
    response, _ = refusal(TYPED, SAID)
    assert json.loads(response.body) == {"options": []}


@pytest.mark.parametrize("body", [CLICK, LOOKED], ids=lambda body: body["type"])
@pytest.mark.parametrize("answer", [Answer("ok"), Answer(status=404), Answer(cut=True)], ids=str)
def test_a_click_is_answered_once_it_is_acknowledged_and_the_message_stays(
    answer: Answer, body: Json
) -> None:
    with slack_server.running() as server:
        server.plan("respond", answer)
        response, after = refusal({**body, "response_url": server.response_url}, SAID)
        assert (response.status, response.body, server.methods()) == (200, "", [])
        after()
        said = server.asked("respond")[0]
    assert said == {"text": SAID, "response_type": "ephemeral", "replace_original": False}


@pytest.mark.parametrize(
    "body",
    [
        {**CLICK, "response_url": ""},
        SHORTCUT,
        {**SUBMIT, "view": {"type": "modal", "blocks": []}},
        {**SUBMIT, "view": {"type": "modal"}},
        {**SUBMIT, "view": {"blocks": [5, [], {"type": []}, {"type": "input", "block_id": None}]}},
        {**SUBMIT, "view": {"blocks": 5}},
        {**SUBMIT, "view": []},
        {"type": "event_callback"},
        {"type": "view_closed"},
    ],
)
def test_who_cannot_be_told_is_acknowledged(body: Json) -> None:
    response, after = refusal(body, SAID)
    assert (response.status, response.body) == (200, "")
    after()


def test_a_failure_is_told_in_sentences() -> None:
    assert (
        in_words(Failure("It is away", "Nobody answers.", "Try again"))
        == "It is away. Nobody answers. Try again."
    )
    assert in_words(Failure("It is away.")) == "It is away."
