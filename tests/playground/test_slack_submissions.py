"""Submitting a modal: what the client checks first, what the app gets, and what its answers do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from slack_bolt import App

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import (
    Json,
    bolt_app,
    heard,
    modal,
    opened,
    option,
    over_http,
    plain,
    section,
    text_input,
)


def submitted(app: App, answer: Json | None = None) -> list[Json]:
    """The bodies of submissions; all are answered alike."""
    bodies: list[Json] = []

    @app.view("m")
    def listen(ack: Callable[..., None], body: Json) -> None:
        bodies.append(body)
        ack(**(answer or {}))

    return bodies


# What the client checks before anything is sent


@pytest.mark.parametrize(
    ("element", "typed", "sentence"),
    [
        ({}, None, "Please complete this required field."),
        ({}, "", "Please complete this required field."),
        ({"min_length": 3}, "xy", "Please enter at least 3 characters."),
        ({"max_length": 3}, "wxyz", "Please enter no more than 3 characters."),
        ({"type": "email_text_input"}, "me", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "me", "Please enter a valid URL."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a valid number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            "1.5",
            "Please enter a number no less than 2.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "1"},
            "1.5",
            "Please enter a number no more than 1.",
        ),
        (
            {"type": "multi_static_select", "options": [option("a"), option("b")], "max_selected_items": 1},
            ["a", "b"],
            "Please select no more than 1 items.",
        ),
    ],
)
def test_the_client_checks_inputs_before_anything_is_sent(
    slack: LocalSlack, app: App, ada: Person, element: Json, typed: Any, sentence: str
) -> None:
    bodies = submitted(app)
    block = text_input("a", "A") | {"element": {"type": "plain_text_input", "action_id": "a"} | element}
    view = opened(slack, modal(block, callback_id="m"))
    ada.fills(view, {"a": typed})
    ack = ada.submits(view)
    assert ack.status == "local"
    assert ack.body == {"response_action": "errors", "errors": {"A": sentence}}
    assert ada.view
    assert ada.view.errors == {"A": sentence}
    assert sentence in ada.reads(ada.view)
    assert bodies == []


def test_an_optional_input_may_stay_empty(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies = submitted(app)
    view = opened(slack, modal(text_input("a", "A", optional=True), callback_id="m"))
    assert ada.submits(view).status == "acked"
    assert bodies[0]["view"]["state"]["values"] == {"A": {"a": {"type": "plain_text_input", "value": None}}}


def test_a_modal_without_submit_cannot_be_submitted(slack: LocalSlack, ada: Person) -> None:
    view = modal(section("x"))
    del view["submit"]
    shown = opened(slack, view)
    with pytest.raises(AssertionError, match="has no submit button"):
        ada.submits(shown)


# What the app gets and answers


def test_a_submission_holds_the_view_and_what_was_typed(slack: LocalSlack, app: App, ada: Person) -> None:
    akme = slack.team("akme")
    bodies = submitted(app)
    select = {"type": "static_select", "action_id": "r", "options": [option("eu"), option("us")]}
    region = {"type": "input", "block_id": "R", "label": plain("R"), "element": select}
    initial = text_input("a", "A", element={"initial_value": "first"})
    view = opened(slack, modal(region, initial, callback_id="m", private_metadata="p"))
    ada.fills(view, {"r": "us"})
    assert ada.submits(view).status == "acked"
    (body,) = bodies
    assert body["type"] == "view_submission"
    assert body["user"]["id"] == ada.id
    assert body["team"]["id"] == akme.id
    assert body["response_urls"] == []
    assert body["trigger_id"]
    shown = body["view"]
    assert (shown["id"], shown["callback_id"], shown["private_metadata"]) == (view.id, "m", "p")
    assert (shown["hash"], shown["root_view_id"], shown["previous_view_id"]) == (view.hash, view.id, None)
    assert (shown["app_id"], shown["bot_id"], shown["app_installed_team_id"]) == (
        slack.world.app_id,
        akme.bot_id,
        akme.id,
    )
    assert shown["state"]["values"] == {
        "R": {"r": {"type": "static_select", "selected_option": option("us")}},
        "A": {"a": {"type": "plain_text_input", "value": "first"}},
    }
    assert ada.view is None


def test_errors_show_at_their_inputs_and_the_modal_stays(slack: LocalSlack, app: App, ada: Person) -> None:
    submitted(app, {"response_action": "errors", "errors": {"A": "no such cluster"}})
    view = opened(slack, modal(text_input("a", "A"), callback_id="m"))
    ada.fills(view, {"a": "x"})
    assert ada.submits(view).body == {"response_action": "errors", "errors": {"A": "no such cluster"}}
    assert ada.view
    assert ada.view.errors == {"A": "no such cluster"}
    assert ada.view.state["A"]["a"]["value"] == "x"


def test_update_push_and_clear(slack: LocalSlack, app: App, ada: Person) -> None:
    answers: Iterator[Json] = iter(
        [
            {"response_action": "update", "view": modal(text_input("a", "A"), title="2", callback_id="m")},
            {"response_action": "push", "view": modal(section("x"), title="3", callback_id="m")},
            {"response_action": "clear"},
        ]
    )
    app.view("m")(lambda ack: ack(**next(answers)))
    view = opened(slack, modal(text_input("a", "A"), title="1", callback_id="m"))
    ada.fills(view, {"a": "kept"})
    ada.submits(view)
    updated = ada.view
    assert updated
    assert (updated.id, updated.title, updated.state["A"]["a"]["value"]) == (view.id, "2", "kept")
    ada.submits(updated)
    pushed = ada.view
    assert pushed
    assert (pushed.id != view.id, pushed.title) == (True, "3")
    ada.submits(pushed)
    assert ada.view is None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
def test_an_answer_slack_does_not_understand_is_trouble(
    slack: LocalSlack, app: App, ada: Person, answer: Json
) -> None:
    submitted(app)
    view = opened(slack, modal(text_input("a", "A"), callback_id="raw"))
    ada.fills(view, {"a": "x"})

    @app.view("raw")
    def listen() -> (
        None
    ):  # acknowledged by the middleware below, as Bolt itself would not build such an answer
        raise AssertionError

    @app.middleware
    def answers(body: Json, resp: Any, next: Callable[[], None]) -> Any:  # noqa: A002 - Bolt's name
        from slack_bolt import BoltResponse

        return BoltResponse(status=200, body=answer)

    assert ada.submits(view).status == "acked"
    assert ada.view
    assert ada.view.notice == "We had some trouble connecting. Try again?"
    assert slack.log[-1].kind == "response_action"
    assert slack.log[-1].faults


def test_an_app_that_fails_a_submission_is_trouble(slack: LocalSlack, app: App, ada: Person) -> None:
    view = opened(slack, modal(section("x"), callback_id="nobody"))
    assert ada.submits(view).status == "error"
    assert ada.view
    assert ada.view.notice == "We had some trouble connecting. Try again?"


def test_view_closed_comes_only_when_asked_for(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies = heard(app.view_closed("m"))
    assert ada.closes(opened(slack, modal(section("x"), callback_id="m"))).status == "local"
    ada.closes(opened(slack, modal(section("x"), callback_id="m", notify_on_close=True)))
    view = opened(slack, modal(section("x"), callback_id="m", notify_on_close=True, clear_on_close=True))
    ada.closes(view)
    assert [(body["type"], body["is_cleared"]) for body in bodies] == [
        ("view_closed", False),
        ("view_closed", True),
    ]
    assert bodies[1]["view"]["id"] == view.id


def file_input(**more: Any) -> Json:
    element = {"type": "file_input", "action_id": "f", **more}
    return {"type": "input", "block_id": "F", "label": plain("F"), "element": element}


def test_a_file_put_into_a_modal_comes_with_the_submission_and_can_be_fetched() -> None:
    with LocalSlack.start(manifest={"oauth_config": {"scopes": {"bot": ["files:read"]}}}) as slack:
        app = bolt_app(slack)
        bodies = submitted(app)
        ada = slack.team("akme").person("ada")
        with over_http(slack, app):
            view = opened(slack, modal(file_input(filetypes=["yaml"], max_files=2), callback_id="m"))
            assert ada.submits(view).body["errors"] == {"F": "Please complete this required field."}
            (held,) = ada.attaches(view, "f", [("pod.yaml", b"kind: Pod")])
            ada.attaches(view, "f", [("node.yaml", b"kind: Node")], keep=[held["id"]])
            with pytest.raises(AssertionError, match="f takes no more than 2 files"):
                ada.attaches(view, "f", [("a.yaml", b"x")] * 2, keep=[held["id"]])
            with pytest.raises(AssertionError, match=r"f takes only yaml, not run\.sh"):
                ada.attaches(view, "f", [("run.sh", b"x")])
            ada.submits(view)
        files = bodies[0]["view"]["state"]["values"]["F"]["f"]["files"]
        assert [(file["name"], file["filetype"], file["user"]) for file in files] == [
            ("pod.yaml", "yaml", ada.id),
            ("node.yaml", "yaml", ada.id),
        ]
        bearer = {"Authorization": f"Bearer {ada.team.bot_token}"}
        assert requests.get(files[0]["url_private"], headers=bearer, timeout=30).content == b"kind: Pod"


def test_rich_text_is_submitted_as_blocks(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies = submitted(app)
    block = text_input("a", "A") | {"element": {"type": "rich_text_input", "action_id": "a"}}
    view = opened(slack, modal(block, callback_id="m"))
    ada.fills(view, {"a": "it broke"})
    ada.submits(view)
    state = bodies[0]["view"]["state"]["values"]["A"]["a"]
    assert state["type"] == "rich_text_input"
    assert state["rich_text_value"]["elements"][0]["elements"] == [{"type": "text", "text": "it broke"}]
