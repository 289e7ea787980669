"""Every limit at every door: the last value that passes, and the first that Slack refuses in its own words."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient, WebhookClient

from playground.slack import LocalSlack, Person
from tests.handlers.block_samples import data_table, grid, options
from tests.handlers.test_limits import LIMITS
from tests.playground.slack_apps import (
    Json,
    actions,
    client_of,
    error_of,
    heard,
    modal,
    opened,
    option,
    plain,
    refusal,
    section,
    trigger_of,
)


@pytest.fixture(scope="module")
def lasting() -> Iterator[LocalSlack]:
    """One Slack for the many values; nothing that stands in it matters to the next."""
    with LocalSlack.start() as slack:
        yield slack


def sent(slack: LocalSlack, surface: str) -> Callable[[list[Json]], dict[str, Any]]:
    """How blocks come to a surface: gives the call and its arguments for them."""
    ada = slack.team("akme").person("ada")
    client = client_of(slack, slack.team("akme"))
    match surface:
        case "message":
            return lambda blocks: {
                "call": client.chat_postMessage,
                "channel": "#ops",
                "text": "x",
                "blocks": blocks,
            }
        case "modal":
            return lambda blocks: {
                "call": client.views_open,
                "trigger_id": trigger_of(slack, ada),
                "view": modal(*blocks),
            }
    return lambda blocks: {
        "call": client.views_publish,
        "user_id": ada.id,
        "view": {"type": "home", "blocks": blocks},
    }


def passes(call: Callable[..., Any], **arguments: Any) -> bool:
    return bool(call(**arguments)["ok"])


# What a block may hold


@pytest.mark.parametrize(
    ("surface", "most", "block"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS]
)
def test_a_block_at_its_limit_passes_and_one_more_is_refused_with_its_place(
    lasting: LocalSlack, surface: str, most: int, block: Callable[[int], Json]
) -> None:
    arguments = sent(lasting, surface)
    assert passes(**arguments([block(most)]))
    answer = refusal(**arguments([block(most + 1)]))
    assert answer["error"] == ("invalid_blocks" if surface == "message" else "invalid_arguments")
    place = "/blocks" if surface == "message" else "/view/blocks"
    for sentence, bare in zip(answer["response_metadata"]["messages"], answer["errors"], strict=True):
        assert sentence == f"[ERROR] {bare}"
        assert f"[json-pointer:{place}" in sentence


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_how_many_blocks_each_surface_takes(lasting: LocalSlack, surface: str, most: int) -> None:
    arguments = sent(lasting, surface)
    assert passes(**arguments([{"type": "divider"}] * most))
    (sentence,) = refusal(**arguments([{"type": "divider"}] * (most + 1)))["errors"]
    assert sentence.startswith(f"no more than {most} items allowed")


@pytest.mark.parametrize("kind", ["table", "data_table"])
@pytest.mark.parametrize("surface", ["modal", "home"])
def test_no_table_but_in_a_message(lasting: LocalSlack, surface: str, kind: str) -> None:
    table = data_table(grid(2)) if kind == "data_table" else {"type": "table", "rows": grid(2)}
    assert refusal(**sent(lasting, surface)([table]))["errors"] == [
        f"unsupported type: {kind} [json-pointer:/view/blocks/0/type]"
    ]


def test_ids_are_unique(lasting: LocalSlack) -> None:
    arguments = sent(lasting, "message")
    same = [section("x", block_id="b"), section("x", block_id="b")]
    assert refusal(**arguments(same))["errors"] == ["must be unique [json-pointer:/blocks/1/block_id]"]
    press = {"type": "button", "action_id": "a", "text": plain("x")}
    assert refusal(**arguments([actions(press, press)]))["errors"] == [
        "must be unique [json-pointer:/blocks/0/elements/1/action_id]"
    ]
    assert passes(**arguments([actions(press), actions(press)]))


# A message and a view as a whole


@pytest.mark.parametrize(
    ("most", "error", "message"),
    [
        (40_000, "msg_too_long", lambda n: {"text": "x" * n}),
        (
            13_200,
            "msg_blocks_too_long",
            lambda n: {"text": "x", "blocks": [*[section("x" * 2640)] * 4, section("x" * (n - 4 * 2640))]},
        ),
        (
            100,
            "invalid_blocks",
            lambda n: {"text": "x", "attachments": [{"blocks": [{"type": "divider"}]}] * n},
        ),
    ],
    ids=["text", "text in blocks", "attachments"],
)
def test_a_message_at_its_limit(
    lasting: LocalSlack, most: int, error: str, message: Callable[[int], Json]
) -> None:
    client = client_of(lasting, lasting.team("akme"))
    assert passes(client.chat_postMessage, channel="#ops", **message(most))
    assert error_of(client.chat_postMessage, channel="#ops", **message(most + 1)) == error


def test_an_update_takes_a_shorter_text(lasting: LocalSlack) -> None:
    client = client_of(lasting, lasting.team("akme"))
    posted = client.chat_postMessage(channel="#ops", text="x")
    meant = {"channel": posted["channel"], "ts": posted["ts"]}
    assert passes(client.chat_update, text="x" * 4000, **meant)
    assert error_of(client.chat_update, text="x" * 4001, **meant) == "msg_too_long"


@pytest.mark.parametrize(
    ("most", "view"),
    [
        (24, lambda n: modal(title="x" * n)),
        (24, lambda n: modal(submit=plain("x" * n))),
        (24, lambda n: modal(close=plain("x" * n))),
        (3000, lambda n: modal(private_metadata="x" * n)),
        (255, lambda n: modal(callback_id="x" * n)),
        (255, lambda n: modal(external_id="x" * n)),
    ],
    ids=["title", "submit", "close", "private_metadata", "callback_id", "external_id"],
)
def test_a_view_at_its_limit(lasting: LocalSlack, most: int, view: Callable[[int], Json]) -> None:
    ada = lasting.team("akme").person("ada")
    client = client_of(lasting, lasting.team("akme"))
    assert passes(client.views_open, trigger_id=trigger_of(lasting, ada), view=view(most))
    assert ada.view
    ada.closes(ada.view)
    answer = refusal(client.views_open, trigger_id=trigger_of(lasting, ada), view=view(most + 1))
    assert answer["error"] == "invalid_arguments"
    assert "[json-pointer:/view/" in answer["response_metadata"]["messages"][0]


def test_a_view_of_250_kilobytes(lasting: LocalSlack) -> None:
    ada = lasting.team("akme").person("ada")
    client = client_of(lasting, lasting.team("akme"))

    def view(size: int) -> Json:
        blocks = [section("x" * 2450)] * 99
        rest = size - len(json.dumps(modal(*blocks, section(""))))
        return modal(*blocks, section("x" * rest))

    assert passes(client.views_open, trigger_id=trigger_of(lasting, ada), view=view(250_000))
    assert (
        error_of(client.views_open, trigger_id=trigger_of(lasting, ada), view=view(250_001))
        == "view_too_large"
    )


# The other doors


LONG = [section("x" * 3001)]
SENTENCE = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


def test_every_way_to_send_a_message_has_the_same_limits(
    slack: LocalSlack, app: App, ada: Person, client: WebClient
) -> None:
    bodies = heard(app.command("/eks"))
    ada.types("ops", "/eks")
    channel = bodies[0]["channel_id"]
    posted = client.chat_postMessage(channel=channel, text="x")
    for call, more in (
        (client.chat_postMessage, {}),
        (client.chat_postEphemeral, {"user": ada.id}),
        (client.chat_update, {"ts": posted["ts"]}),
    ):
        answer = refusal(call, channel=channel, text="x", blocks=LONG, **more)
        assert answer["response_metadata"]["messages"] == [SENTENCE]
    refused = WebhookClient(bodies[0]["response_url"]).send(text="x", blocks=LONG)
    assert (refused.status_code, json.loads(refused.body)["error"]) == (400, "invalid_blocks")
    assert slack.log[-1].faults == [SENTENCE]
    app.command("/long")(lambda ack: ack(text="x", blocks=LONG))
    ada.types("ops", "/long")
    assert "invalid_command_response" in ada.sees("ops")[-1].text
    assert [message.text for message in ada.sees("ops") if message.bot_id] == ["x"]


def test_every_way_to_show_a_view_has_the_same_limits(
    slack: LocalSlack, app: App, ada: Person, client: WebClient
) -> None:
    view = opened(slack, modal(section("first"), callback_id="m"))
    sentence = SENTENCE.replace("/blocks", "/view/blocks")
    trigger = slack.world.new_trigger(ada.team.id, ada.id, view.id)
    for call, more in (
        (client.views_open, {"trigger_id": trigger_of(slack, ada)}),
        (client.views_push, {"trigger_id": trigger}),
        (client.views_update, {"view_id": view.id}),
    ):
        answer = refusal(call, view=modal(*LONG), **more)
        assert answer["response_metadata"]["messages"] == [sentence]
    home = {"type": "home", "blocks": LONG}
    assert refusal(client.views_publish, user_id=ada.id, view=home)["response_metadata"]["messages"] == [
        sentence
    ]
    app.view("m")(lambda ack: ack(response_action="update", view=modal(*LONG)))
    ada.submits(view)
    assert slack.log[-1].faults == [sentence]
    assert ada.view
    assert ada.view.blocks[0]["text"]["text"] == "first"


@pytest.mark.parametrize(
    ("most", "answer"),
    [
        (100, lambda n: {"options": options(n)}),
        (100, lambda n: {"option_groups": [{"label": plain("l"), "options": options(1)}] * n}),
        (75, lambda n: {"options": [option("v", "x" * n)]}),
        (150, lambda n: {"options": [option("x" * n, "t")]}),
    ],
    ids=["options", "groups", "text", "value"],
)
def test_suggestions_at_their_limit(
    slack: LocalSlack, app: App, ada: Person, most: int, answer: Callable[[int], Json]
) -> None:
    given = iter([answer(most), answer(most + 1)])
    app.options("pick")(lambda ack: ack(**next(given)))
    select = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    view = opened(slack, modal(actions(select)))
    assert ada.suggestions(view, "pick")
    assert slack.log[-1].faults == []
    assert ada.suggestions(view, "pick") == []
    assert slack.log[-1].faults
