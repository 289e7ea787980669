"""Payloads as Slack documents them, and everything that could stand in their places."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

COMMAND: Json = {
    "token": "verification",
    "team_id": "T1",
    "team_domain": "akme",
    "enterprise_id": "E1",
    "is_enterprise_install": "false",
    "channel_id": "C1",
    "channel_name": "ops",
    "user_id": "U1",
    "user_name": "ada",
    "command": "/eks",
    "text": "pods -n checkout",
    "api_app_id": "A1",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
    "trigger_id": "13345224609.738474920.8088930838d88f008e0",
}
VIEW: Json = {
    "id": "V1",
    "team_id": "T1",
    "type": "modal",
    "callback_id": "connect.cluster",
    "private_metadata": '{"channel":"C1"}',
    "hash": "1.abc",
    "blocks": [{"type": "input", "block_id": "region"}],
    "state": {
        "values": {
            "region": {
                "choose.region": {
                    "type": "static_select",
                    "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": "eu-west-1"},
                }
            },
            "cluster": {"choose.cluster": {"type": "external_select", "selected_option": None}},
            "role_arn": {"type.role_arn": {"type": "plain_text_input", "value": None}},
            "external_id": {"type.external_id": {"type": "plain_text_input", "value": "7"}},
        }
    },
}
PERSON: Json = {
    "user": {"id": "U1", "username": "ada", "team_id": "T1"},
    "team": {"id": "T1", "domain": "akme"},
}
BUTTON: Json = {
    "type": "button",
    "action_id": "refresh.list",
    "block_id": "b1",
    "value": '{"v":"help"}',
    "action_ts": "1.2",
}
SELECT: Json = {
    "type": "static_select",
    "action_id": "choose.connection",
    "block_id": "b2",
    "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": "eu-west-1_prod"},
}
CLICK: Json = {
    "type": "block_actions",
    **PERSON,
    "trigger_id": "1.2.abc",
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": False},
    "channel": {"id": "C1", "name": "ops"},
    "message": {"ts": "1.2", "text": "pods", "blocks": [{"type": "divider"}]},
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
    "actions": [BUTTON],
}
SUBMIT: Json = {
    "type": "view_submission",
    **PERSON,
    "trigger_id": "1.2.abc",
    "view": VIEW,
    "response_urls": [],
}
CLOSED: Json = {"type": "view_closed", **PERSON, "view": VIEW, "is_cleared": False}
TYPED: Json = {
    "type": "block_suggestion",
    **PERSON,
    "action_id": "choose.cluster",
    "block_id": "cluster",
    "value": "pro",
    "view": VIEW,
    "container": {"type": "view", "view_id": "V1"},
}
EVENT: Json = {
    "type": "event_callback",
    "team_id": "T1",
    "api_app_id": "A1",
    "event": {"type": "app_uninstalled"},
    "event_id": "Ev1",
    "event_time": 1,
}
SHORTCUT: Json = {
    "type": "shortcut",
    **PERSON,
    "callback_id": "eks.ask",
    "trigger_id": "1.3.abc",
    "action_ts": "1.3",
}
LOOKED: Json = {
    "type": "message_action",
    **PERSON,
    "callback_id": "eks.lookup",
    "trigger_id": "1.4.abc",
    "channel": {"id": "C1", "name": "ops"},
    "message_ts": "1.2",
    "message": {"type": "message", "user": "U2", "ts": "1.2", "text": "pod/cart", "thread_ts": "1.1"},
    "response_url": "https://hooks.slack.com/app/T1/1/x",
}
CHALLENGE: Json = {
    "type": "url_verification",
    "token": "verification",
    "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
}
ALL = (COMMAND, CLICK, SUBMIT, CLOSED, TYPED, SHORTCUT, LOOKED, EVENT, CHALLENGE)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*way, name)
        yield from places(each, (*way, name))


# All characters, halves of characters too: that is what json.loads can give.
TEXTS = st.text(st.sampled_from("a\ud800\udfff\0é😀") | st.characters(), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
