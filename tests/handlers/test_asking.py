"""The shortcut "EKS": its modal becomes a command, its selects offer what may be seen, and it answers where chosen."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import asking
from handlers.blocks import asking as form
from handlers.blocks.limits import suggestion_faults, view_faults
from handlers.command import LONGEST_VALUE, Command, decoded
from handlers.payload import View, read_as
from tests.handlers import payloads, samples
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import MINE, NAMESPACED, ONE_CLUSTER, OTHERS, Seat
from tests.handlers.slack_server import Answer
from tests.handlers.test_conversations import application
from tests.handlers.told_clusters import Tellers, Told

OPEN = """
workspaces:
  T1:
    rules:
    - {name: all, who: {users: [U1]}, may: [discover, connect, read, logs]}
    - {name: there, who: {channels: [C7]}, may: [read]}
"""
PAY = Told({
    "pods": {"shop": ("cart-1", "cart-2"), "pay-eu": ("cart-9",), "hidden": ("cart-x",)},
    "namespaces": {"": ("shop", "pay-eu", "hidden")},
})  # fmt: skip


def view(**filled: str) -> dict[str, Any]:
    """The modal as Slack sends it, with these blocks filled in."""
    values = {
        block: {f"ask.{block}": {"type": "external_select", "selected_option": {"value": value}}}
        for block, value in filled.items()
    }
    return {
        **payloads.VIEW,
        "callback_id": form.VIEW,
        "private_metadata": '{"channel":""}',
        "state": {"values": values},
    }


def sent(office: Office, filled: dict[str, str], *roads: tuple[str, str]) -> dict[str, Any]:
    """The acknowledgement of a submission."""
    said = {"display_name": "ada"}
    office.server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": "U1", "team_id": "T1", "name": "ada", "profile": said}}
    )
    payload = {
        **payloads.PERSON,
        "user": {"id": "U1", "team_id": "T1"},
        "type": "view_submission",
        "trigger_id": f"trigger.{len(office.outcomes.ended)}",
        "view": view(**filled),
        "response_urls": [
            {"block_id": "where", "action_id": "ask.where", "channel_id": channel, "response_url": url}
            for channel, url in roads
        ],
    }
    body: dict[str, Any] = json.loads(application(office)(payload) or "{}")
    return body


@pytest.fixture
def office(seat: Seat) -> Office:
    return seat(Tellers({MINE: PAY, OTHERS: Told()}), OPEN)


# --- what it becomes

BASE = Command("get", "pods", connection=MINE, private=True)


@pytest.mark.parametrize(
    ("filled", "command"),
    [
        ({}, BASE),
        ({"name": "cart"}, BASE.replaced(words=("cart",))),
        ({"namespace": "shop", "audience": form.EVERYBODY}, BASE.replaced(namespace="shop", private=False)),
        ({"kind": "deploy"}, BASE.replaced(kind="deployments")),
        ({"kind": "Dispatches.shipyard.example.com"}, BASE.replaced(kind="dispatches.shipyard.example.com")),
        # Left over from another kind.
        ({"kind": "nodes", "namespace": "shop"}, BASE.replaced(kind="nodes")),
        ({"action": form.DESCRIBE, "name": "cart-1"}, BASE.replaced(verb="describe", words=("cart-1",))),
        (
            {"action": form.LOGS, "kind": "deployments", "name": "cart", "namespace": "shop"},
            BASE.replaced(verb="logs", kind="deployments", words=("cart",), namespace="shop"),
        ),
        ({"action": form.EVENTS}, BASE.replaced(kind="events")),
        (
            {"action": form.EVENTS, "name": "cart-1", "namespace": "shop"},
            BASE.replaced(kind="events", about="pod/cart-1", namespace="shop"),
        ),
        ({"action": form.EVENTS, "kind": "dsp", "name": "x"}, BASE.replaced(kind="events", about="dsp/x")),
    ],
)  # fmt: skip
def test_it_becomes_the_command_that_one_would_type(filled: dict[str, str], command: Command) -> None:
    made = asking.Filled.of(samples_view(connection=MINE, **filled))
    assert made.mistakes() == {}
    assert made.command() == command


def samples_view(**filled: str) -> Any:
    return read_as(view(**filled), View)


@pytest.mark.parametrize(
    ("filled", "places"),
    [
        ({"connection": ""}, ["connection"]),
        ({"action": form.DESCRIBE}, ["name"]),
        ({"action": form.LOGS, "namespace": "Not One"}, ["namespace", "name"]),
        ({"kind": "../secrets"}, ["kind"]),
        ({"action": form.DESCRIBE, "name": "a/../b"}, ["name"]),
        ({"name": "x" * 300}, ["name"]),
        ({"action": form.EVENTS, "name": "a b"}, ["name"]),
    ],
)
def test_what_makes_no_command_is_told_at_its_input(
    office: Office, filled: dict[str, str], places: list[str]
) -> None:
    answer = sent(office, {"connection": MINE} | filled)
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == places
    assert office.outcomes.ended == []


_texts = st.text(max_size=300)


@given(st.builds(asking.Filled, _texts, _texts, _texts, _texts, _texts, st.booleans()))
def test_whatever_is_filled_in_is_a_mistake_or_a_command(filled: asking.Filled) -> None:
    if mistakes := filled.mistakes():
        assert set(mistakes) <= {"connection", "kind", "namespace", "name"}
        assert all(0 < len(text) < 200 for text in mistakes.values())
    elif len(filled.connection) < 200:
        command = filled.command()
        assert decoded(command.value()) == command
        assert len(command.value()) <= LONGEST_VALUE


# --- where it answers


def test_it_answers_in_the_conversation_that_was_chosen_to_the_asker_alone(office: Office) -> None:
    assert sent(office, {"connection": MINE}, ("C5", office.server.response_url)) == {}
    office.outcomes.wait_for(1)
    office.at_rest()
    (body,) = office.server.asked("respond")
    assert body["response_type"] == "ephemeral"
    assert [(ended.verb, ended.caller.channel) for ended in office.outcomes.ended] == [("pods", "C5")]


def test_everybody_there_reads_it_when_that_is_asked(office: Office) -> None:
    sent(office, {"connection": MINE, "audience": form.EVERYBODY}, ("C5", office.server.response_url))
    office.outcomes.wait_for(1)
    office.at_rest()
    assert office.server.asked("respond")[-1]["response_type"] == "in_channel"


def test_without_a_conversation_it_answers_in_the_persons_own_messages(office: Office) -> None:
    sent(office, {"connection": MINE, "audience": form.EVERYBODY})
    office.outcomes.wait_for(1)
    office.at_rest()
    assert [body["channel"] for body in office.server.asked("chat.postMessage")] == ["U1"]


def test_only_slacks_word_says_which_channel_it_is(seat: Seat) -> None:
    office = seat(Tellers({MINE: PAY}), OPEN.replace("users: [U1]", "users: [U9]"))
    # Rights come from being asked in C7; a form that claims to be there is not there.
    sent(office, {"connection": MINE, "where": "C7"})
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    office.at_rest()
    sent(office, {"connection": MINE}, ("C7", office.server.response_url))
    assert office.outcomes.wait_for(2) == ["NotAllowed", "ok"]


# --- its modal


def opened(office: Office) -> dict[str, Any]:
    office.server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": "U1", "team_id": "T1", "name": "ada"}}
    )
    application(office)(
        {
            **payloads.PERSON,
            "user": {"id": "U1", "team_id": "T1"},
            "type": "shortcut",
            "callback_id": asking.SHORTCUT,
            "trigger_id": "trigger.open",
        }
    )
    office.outcomes.wait_for(1)
    office.at_rest()
    (body,) = office.server.asked("views.open")
    shown: dict[str, Any] = body["view"]
    assert view_faults(shown) == []
    return shown


def test_it_opens_with_what_there_is_only_one_of(seat: Seat) -> None:
    shown = opened(seat(Tellers({MINE: PAY}), OPEN))
    elements = {block["block_id"]: block["element"] for block in shown["blocks"] if block["type"] == "input"}
    assert elements["connection"]["initial_option"]["value"] == MINE
    assert elements["where"]["default_to_current_conversation"] is True
    assert elements["where"]["response_url_enabled"] is True
    assert elements["audience"]["initial_option"]["value"] == form.ALONE
    assert elements["action"]["initial_option"]["value"] == form.LIST


def test_of_several_none_is_chosen(office: Office) -> None:
    connection = opened(office)["blocks"][0]["element"]
    assert "initial_option" not in connection


def test_without_a_connection_it_offers_to_connect(seat: Seat) -> None:
    shown = opened(seat(Tellers({}), OPEN))
    assert "submit" not in shown
    assert {"ask.connect", "ask.clusters"} <= set(samples.buttons(shown["blocks"]))


# --- what its selects offer


def offered(office: Office, action_id: str, typed: str = "", **filled: str) -> list[str]:
    office.server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": "U1", "team_id": "T1", "name": "ada"}}
    )
    payload = {
        **payloads.PERSON,
        "user": {"id": "U1", "team_id": "T1"},
        "type": "block_suggestion",
        "action_id": action_id,
        "block_id": action_id.partition(".")[2],
        "value": typed,
        "view": view(**filled),
    }
    body = json.loads(application(office)(payload))
    assert suggestion_faults(body) == []
    return [option["value"] for option in body["options"]]


def test_connections_are_those_that_one_may_see(office: Office, seat: Seat) -> None:
    assert offered(office, form.CONNECTION) == [MINE, OTHERS]
    assert offered(office, form.CONNECTION, "pay") == [MINE]
    # What is none is not to be meant.
    assert offered(office, form.CONNECTION, "nosuch") == []
    limited = seat(Tellers({MINE: PAY, OTHERS: Told()}), ONE_CLUSTER)
    assert offered(limited, form.CONNECTION) == [MINE]


def test_names_are_those_of_the_kind_and_the_namespace(office: Office) -> None:
    chosen = {"connection": MINE, "kind": "pods"}
    assert offered(office, form.NAME, "cart", **chosen) == ["cart-1", "cart-2", "cart-9", "cart-x", "cart"]
    assert offered(office, form.NAME, "cart", namespace="shop", **chosen) == ["cart-1", "cart-2", "cart"]
    assert offered(office, form.NAME, "cart-2", **chosen) == ["cart-2"]
    assert offered(office, form.NAME, "zzz", **chosen) == ["zzz"]
    assert offered(office, form.NAME, "cart") == ["cart"]


def test_of_many_names_those_that_match_are_offered_wherever_they_stand(seat: Seat) -> None:
    names = tuple(f"web-{at:05}" for at in range(9_000))
    office = seat(Tellers({MINE: Told({"pods": {"shop": (*names, "cart-1")}})}), OPEN)
    assert offered(office, form.NAME, "cart", connection=MINE) == ["cart-1", "cart"]
    assert len(offered(office, form.NAME, "web", connection=MINE)) == 100


def test_names_and_namespaces_are_those_that_one_may_see_asked_as_the_person(seat: Seat) -> None:
    told = Told(PAY.objects)
    office = seat(Tellers({MINE: told}), NAMESPACED)
    assert offered(office, form.NAME, "cart", connection=MINE) == ["cart-1", "cart-2", "cart-9", "cart"]
    assert {who.user for _, _, who in told.asked} == {"slack:U1"}


def test_of_another_connection_nothing_is_told(seat: Seat) -> None:
    others = Told(PAY.objects)
    office = seat(Tellers({MINE: PAY, OTHERS: others}), ONE_CLUSTER)
    for action_id in (form.NAME, form.NAMESPACE, form.KIND):
        assert offered(office, action_id, "x", connection=OTHERS) == ["x"]
    assert others.asked == []


def test_kinds_are_offered_before_a_connection_is_chosen(office: Office) -> None:
    assert offered(office, form.KIND, "depl") == ["deployments", "depl"]


@pytest.mark.parametrize("action_id", form.SELECTS)
@pytest.mark.parametrize("typed", ["x" * 200, "a b", "<!channel>", "名"])
def test_whatever_is_typed_the_options_are_such_as_slack_takes(
    office: Office, action_id: str, typed: str
) -> None:
    assert set(offered(office, action_id, typed, connection=MINE)) <= {typed}
