"""What an external select, feedback, a rich text input and a file input of the page do, over its WebSocket."""

import threading
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.playground.page_browser import Browser
from tests.playground.slack_apps import Json, actions, heard, modal, opened, option, plain

NAMED = {"type": "external_select", "action_id": "pick", "min_query_length": 0}


@pytest.fixture
def place(client: WebClient, slack: LocalSlack, browser: Browser) -> Json:
    """Where the select stands, in a message that Ada sees."""
    ops = slack.team("akme").channel("ops").id
    ts = client.chat_postMessage(channel=ops, text="x", blocks=[actions(NAMED, block_id="b")])["ts"]
    browser.until(lambda: bool(browser.seen("ops")))
    return {"channel": ops, "ts": ts, "block": "b", "action": "pick"}


def group(label: str, *values: str) -> Json:
    return {"label": plain(label), "options": [option(value) for value in values]}


def test_groups_of_suggestions_stay_groups_and_can_be_picked(app: App, place: Json, browser: Browser) -> None:
    groups = [group("Ready", "prod", "dev"), group("Not ready", "newborn")]

    @app.options("pick")
    def suggest(ack: Callable[..., None]) -> None:
        ack(option_groups=groups)

    told = heard(app.action("pick"))
    assert browser.does("suggestions", **place, typed="") == {"status": "acked", "groups": groups}
    browser.does("picks", **place, value="newborn")
    assert told[0]["actions"][0]["selected_option"] == option("newborn")


def test_that_nothing_matches_is_no_failure(app: App, place: Json, browser: Browser) -> None:
    @app.options("pick")
    def suggest(ack: Callable[..., None]) -> None:
        ack(options=[])

    assert browser.does("suggestions", **place, typed="") == {"status": "acked", "groups": [{"options": []}]}


@pytest.mark.parametrize("answer", [{"options": [{"text": "bare"}]}, {"options": "none"}, {}])
def test_options_that_slack_does_not_take_are_a_failure(
    app: App, place: Json, browser: Browser, answer: dict[str, Any]
) -> None:
    @app.options("pick")
    def suggest(ack: Callable[..., None]) -> None:
        ack(answer)

    assert browser.does("suggestions", **place, typed="")["status"] == "error"


def test_an_app_that_does_not_answer_in_time_is_told_from_one_that_fails(
    slack: LocalSlack, app: App, place: Json, browser: Browser
) -> None:
    released = threading.Event()

    @app.options("pick")
    def suggest(ack: Callable[..., None]) -> None:
        slack.later(3)
        released.wait(10)
        ack(options=[])

    assert browser.does("suggestions", **place, typed="")["status"] == "timeout"
    released.set()
    slack.request_url = "http://127.0.0.1:9/"
    assert browser.does("suggestions", **place, typed="")["status"] == "error"


def test_feedback_says_which_of_its_two_buttons_was_pressed(
    slack: LocalSlack, app: App, client: WebClient, browser: Browser
) -> None:
    told = heard(app.action("rate"))
    element = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "good"},
        "negative_button": {"text": plain("Bad"), "value": "bad"},
    }
    block = {"type": "context_actions", "block_id": "b", "elements": [element]}
    ops = slack.team("akme").channel("ops").id
    ts = client.chat_postMessage(channel=ops, text="x", blocks=[block])["ts"]
    where = {"channel": ops, "ts": ts, "block": "b", "action": "rate"}
    browser.until(lambda: bool(browser.seen("ops")))
    assert browser.does("clicks", **where, value="bad")["status"] == "acked"
    sent = told[0]["actions"][0]
    assert (sent["type"], sent["value"], sent["text"]) == ("feedback_buttons", "bad", plain("Bad"))
    assert "elements are rate" in browser.ask("clicks", **where, value="other")["error"]
    assert "has two buttons: ['good', 'bad']" in browser.ask("clicks", **where)["error"]


def inputs(element: Json, **more: Any) -> Json:
    block = {"type": "input", "block_id": "b", "label": plain("It"), "element": element | {"action_id": "it"}}
    return modal(block | more, callback_id="form")


def test_what_is_typed_into_rich_text_reaches_the_app_as_rich_text(
    slack: LocalSlack, app: App, browser: Browser
) -> None:
    submitted = heard(app.view("form"))
    view = opened(slack, inputs({"type": "rich_text_input"}))
    browser.does("submits", view=view.id)
    browser.until(lambda: bool(browser.views) and "b" in browser.views[0]["errors"])
    browser.does("submits", view=view.id, typed_in=[["b", "it", "so *bold*"]])
    value = submitted[0]["view"]["state"]["values"]["b"]["it"]["rich_text_value"]
    (line,) = value["elements"]
    assert line["elements"] == [
        {"type": "text", "text": "so "},
        {"type": "text", "text": "bold", "style": {"bold": True}},
    ]


@pytest.fixture
def form(slack: LocalSlack, browser: Browser) -> Json:
    """Where a file input stands that takes two text files."""
    view = opened(slack, inputs({"type": "file_input", "max_files": 2, "filetypes": ["txt"]}, optional=True))
    return {"view": view.id, "block": "b", "action": "it"}


def encoded(name: str, content: bytes = b"hello") -> list[str]:
    return [name, b64encode(content).decode()]


def test_files_of_a_form_are_kept_taken_away_and_submitted(app: App, form: Json, browser: Browser) -> None:
    submitted = heard(app.view("form"))
    first, second = browser.does("attaches", **form, files=[encoded("a.txt"), encoded("b.TXT", b"")])
    assert (first["name"], first["size"], second["name"], second["size"]) == ("a.txt", 5, "b.TXT", 0)
    assert browser.does("attaches", **form, keep=[second["id"]], files=[]) == [second]
    browser.does("submits", view=form["view"])
    assert submitted[0]["view"]["state"]["values"]["b"]["it"]["files"] == [second]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"files": [encoded("a.txt")] * 3}, "it takes no more than 2 files"),
        ({"files": [encoded("a.png")]}, "it takes only txt, not a.png"),
        ({"files": [encoded("txt.")]}, "it takes only txt, not txt."),
        ({"files": [encoded("a.txt", bytes(10_000_001))]}, "a.txt is larger than 10 MB"),
        ({"files": [["a.txt", "§"]]}, "string argument should contain only ASCII characters"),
        ({"files": [["", ""]]}, "files holds [name, content] each"),
        ({"files": [[1, ""]]}, "files holds [name, content] each"),
        ({"files": None}, "files holds [name, content] each"),
        ({"files": [], "keep": [1]}, "value must be text, several texts, or null"),
    ],
)
def test_files_that_an_input_does_not_take_are_refused(
    form: Json, browser: Browser, asked: Json, sentence: str
) -> None:
    assert browser.ask("attaches", **form, **asked)["error"] == sentence
    assert browser.does("attaches", **form, files=[]) == []


def test_files_go_into_file_inputs_only(place: Json, browser: Browser) -> None:
    asked = browser.ask("attaches", **place, files=[encoded("a.txt")])
    assert asked["error"] == "pick is a external_select, not a file input"
