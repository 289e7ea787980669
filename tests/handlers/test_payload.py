"""What Slack sends is read as its type, or refused with the field's name; nothing else can happen."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.payload import (
    BlockActions,
    BlockSuggestion,
    EventCallback,
    GlobalShortcut,
    Malformed,
    MessageShortcut,
    SlashCommand,
    UrlVerification,
    ViewClosed,
    ViewSubmission,
    identity,
    read,
)
from tests.handlers.payloads import (
    ALL,
    BUTTON,
    CHALLENGE,
    CLICK,
    CLOSED,
    COMMAND,
    EVENT,
    LOOKED,
    SELECT,
    SHORTCUT,
    SUBMIT,
    TYPED,
    VALUES,
    VIEW,
    Json,
    places,
)

KINDS = (
    SlashCommand,
    BlockActions,
    ViewSubmission,
    ViewClosed,
    BlockSuggestion,
    GlobalShortcut,
    MessageShortcut,
    EventCallback,
    UrlVerification,
)


def test_a_slash_command_is_read() -> None:
    assert read(COMMAND) == SlashCommand(
        command="/eks",
        user_id="U1",
        channel_id="C1",
        trigger_id=COMMAND["trigger_id"],
        response_url=COMMAND["response_url"],
        text="pods -n checkout",
        team_id="T1",
        enterprise_id="E1",
    )


def test_a_click_is_read_with_what_was_clicked_and_where() -> None:
    payload = read(CLICK)
    assert isinstance(payload, BlockActions)
    assert payload.actions[0].chosen == '{"v":"help"}'
    assert payload.channel is not None
    assert payload.channel.id == payload.container.channel_id == "C1"
    assert payload.message is not None
    assert payload.message.blocks == [{"type": "divider"}]


def test_what_was_chosen_in_a_select_is_read_and_a_cleared_one_is_empty() -> None:
    for selected, chosen in ((SELECT["selected_option"], "eu-west-1_prod"), (None, "")):
        payload = read({**CLICK, "actions": [{**SELECT, "selected_option": selected}]})
        assert isinstance(payload, BlockActions)
        assert payload.actions[0].chosen == chosen


def test_a_modals_inputs_are_read_and_empty_where_nothing_is_filled_in() -> None:
    payload = read(SUBMIT)
    assert isinstance(payload, ViewSubmission)
    names = ("region", "cluster", "role_arn", "external_id", "nowhere")
    assert [payload.view.content(name) for name in names] == ["eu-west-1", "", "", "7", ""]


def test_a_message_shortcut_is_read_with_its_thread_and_whatever_else_the_message_holds() -> None:
    for thread, whole in (("1.1", {}), (None, {"thread_ts": None, "attachments": None, "blocks": None})):
        payload = read({**LOOKED, "message": {**LOOKED["message"], "files": [1], **whole}})
        assert isinstance(payload, MessageShortcut)
        assert (payload.message.text, payload.message.thread_ts) == ("pod/cart", thread)
        assert payload.channel.id == "C1"


def test_a_submission_is_read_with_where_it_may_be_answered() -> None:
    road = {
        "block_id": "b",
        "action_id": "a",
        "channel_id": "C5",
        "response_url": "https://hooks.slack.com/app/x",
    }
    payload = read({**SUBMIT, "response_urls": [road]})
    assert isinstance(payload, ViewSubmission)
    assert [one.channel_id for one in payload.response_urls] == ["C5"]


def test_the_other_kinds_are_read() -> None:
    assert tuple(type(read(body)) for body in ALL) == KINDS


def test_in_an_enterprise_install_the_team_may_be_null() -> None:
    payload = read({**CLICK, "team": None, "enterprise": {"id": "E1", "name": "Akme"}})
    assert isinstance(payload, BlockActions)
    assert payload.team is None
    assert payload.enterprise is not None
    assert payload.enterprise.id == "E1"


def test_what_was_typed_into_a_field_is_in_no_repr() -> None:
    body = copy.deepcopy(SUBMIT)
    body["view"]["state"]["values"]["external_id"]["type.external_id"]["value"] = "CANARYSECRET"
    assert "CANARYSECRET" not in repr(read(body))


@pytest.mark.parametrize(
    ("body", "same"),
    [
        (COMMAND, (COMMAND["enterprise_id"], COMMAND["team_id"], COMMAND["trigger_id"])),
        (CLICK, ("", "T1", "1.2.abc")),
        (SUBMIT, ("", "T1", "1.2.abc")),
        (SHORTCUT, ("", "T1", "1.3.abc")),
        (LOOKED, ("", "T1", "1.4.abc")),
        (EVENT, ("", "T1", "Ev1")),
        ({**EVENT, "team_id": None, "enterprise_id": "E1"}, ("E1", "", "Ev1")),
        ({**SUBMIT, "trigger_id": ""}, None),
        (CLOSED, None),
        (TYPED, None),
        (CHALLENGE, None),
    ],
)
def test_what_comes_again_can_be_told(body: Json, same: tuple[str, ...] | None) -> None:
    assert identity(read(body)) == same


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "not an object"),
        (None, "not an object"),
        ("command", "not an object"),
        ({}, "type"),
        ({"command": "/eks"}, "user_id"),
        ({**COMMAND, "user_id": ""}, "user_id"),
        ({**COMMAND, "trigger_id": "x" * 256}, "trigger_id"),
        ({**COMMAND, "text": 5}, "text"),
        ({**CLICK, "actions": []}, "actions"),
        ({**CLICK, "actions": [{}]}, "actions[0]"),
        ({**CLICK, "user": None}, "user"),
        ({**SUBMIT, "view": {**VIEW, "state": {"values": []}}}, "view.state.values"),
        ({**EVENT, "event": []}, "event"),
        ({**EVENT, "event_id": None}, "event_id"),
        ({"type": "interactive_message"}, "type"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(body: object, said: str) -> None:
    with pytest.raises(Malformed, match=r"\S") as caught:
        read(body)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "CANARYSECRET"},
        {**COMMAND, "text": ["CANARYSECRET"]},
        {**EVENT, "event": "CANARYSECRET"},
        {**CLICK, "response_url": {"CANARYSECRET": 1}},
        {**SUBMIT, "view": {**VIEW, "id": "CANARYSECRET" * 50}},
    ],
)
def test_a_refusal_never_holds_the_value(body: Json) -> None:
    with pytest.raises(Malformed) as caught:
        read(body)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "\ud800"},
        {**COMMAND, "\ud800": 1},
        {**COMMAND, "text": "\ud800"},
        {**CLICK, "actions": [{**BUTTON, "value": "\ud800"}]},
    ],
)
def test_text_that_is_no_text_is_refused_not_stumbled_over(body: Json) -> None:
    # JSON can hold half a character: "\ud800". It can be neither sent on nor put into a button.
    with pytest.raises(Malformed):
        read(body)


@given(VALUES | st.dictionaries(st.sampled_from(sorted({key for body in ALL for key in body})), VALUES))
def test_any_json_is_a_payload_or_malformed(body: object) -> None:
    try:
        payload = read(body)
    except Malformed as refused:
        assert str(refused)
    else:
        assert identity(payload) is None or isinstance(identity(payload), str)


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_a_payload_with_anything_anywhere_is_a_payload_or_malformed(data: st.DataObject) -> None:
    body = copy.deepcopy(data.draw(st.sampled_from(ALL)))
    *way, last = data.draw(st.sampled_from(list(places(body))))
    inner: Any = body
    for name in way:
        inner = inner[name]
    inner[last] = data.draw(VALUES)
    try:
        payload = read(body)
    except Malformed as refused:
        assert str(refused)
    else:
        assert isinstance(payload, KINDS)


def test_a_payload_nested_without_end_is_a_payload_or_malformed() -> None:
    deep: Any = []
    for _ in range(20_000):
        deep = [deep]
    for body in ({**EVENT, "event": {"type": "x", "user": deep}}, {**EVENT, "event": deep}, {"type": deep}):
        try:
            assert isinstance(read(body), EventCallback)
        except Malformed as refused:
            assert str(refused)
