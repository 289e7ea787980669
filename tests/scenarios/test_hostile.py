"""Payloads that Slack would not send: the bot answers none with a 500, and goes on answering the good ones."""

import copy
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.slack import Ack
from tests.scenarios.conftest import WAIT, World

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_kinds = st.sampled_from(["slash_commands", "interactive", "events_api"])
_given = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def fine(world: World, ack: Ack) -> bool:
    """Whether it was acknowledged, or over HTTP refused as malformed or unhandled."""
    if world.transport == "socket":
        return ack.status == "acked"
    return ack.http_status in (200, 400, 404)


def alive(world: World) -> None:
    # Answers to what went before may still be coming in.
    world.ask(world.ada, "/eks help nodes", lambda message: "--selector" in str(message.blocks))


@_given
@given(kind=_kinds, payload=_json)
def test_any_json_is_refused_quietly(world: World, kind: str, payload: Any) -> None:
    # slack_sdk itself takes nothing but objects over Socket Mode, and no form is anything else.
    if (world.transport == "socket" or kind == "slash_commands") and not isinstance(payload, dict):
        payload = {"text": payload}
    assert fine(world, world.playground.slack.deliver(kind, payload))


def mutated(payload: Any, choose: random.Random) -> Any:
    """`payload` with one place in it made something else, or left out."""
    node = payload = copy.deepcopy(payload)
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return payload
        key = choose.choice(keys)
        if isinstance(node[key], dict | list) and node[key] and choose.random() < 0.8:
            node = node[key]
            continue
        junk: list[Any] = [
            None,
            [],
            {},
            0,
            -1,
            "",
            "\u0000",
            "x" * 5000,
            [[]],
            {"id": []},
            True,
            1e308,
            "<!channel>",
        ]
        if choose.random() < 0.2:
            del node[key]
        else:
            node[key] = choose.choice(junk)
        return payload


def test_good_payloads_with_one_thing_wrong_never_break_the_bot(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    shown = world.ask(world.ada, "/eks nodes")
    world.ada.clicks(shown, "refresh.list")
    world.ada.suggestions(world.ask(world.ada, "/eks pods -n kube-system"), "choose.namespace", "")
    view = world.form(world.ada, "/eks connect x --region us-east-1")
    world.ada.fills(view, {"choose.profile": "profile:web-prod"})
    world.ada.submits(view)
    view = world.ada.wait_view(lambda view: "🔴" in str(view.blocks), WAIT)
    world.ada.clicks(view, "toggle.role")
    world.ada.closes(world.ada.wait_view(lambda view: "role_arn" in str(view.blocks), WAIT))
    good = [
        entry
        for entry in world.playground.slack.log
        if entry.direction == "out" and entry.kind in ("slash_commands", "interactive") and entry.ack_seconds
    ][-12:]
    choose = random.Random(7)
    for at in range(250):
        entry = good[at % len(good)]
        payload = mutated(entry.payload, choose)
        if isinstance(payload, dict) and "trigger_id" in payload:
            payload["trigger_id"] = f"{at}.{payload['trigger_id']}"
        ack = world.playground.slack.deliver(entry.kind, payload)
        assert fine(world, ack), (ack, payload)
    alive(world)
    assert "a listener failed" not in world.bot.output
