"""An answer inside a modal: progress and mistakes in the same form, the outcome in its place, or a message instead."""

from typing import Any

import pytest

from connector.errors import Failure, InvalidRegion
from connector.workspaces import WorkspaceKey
from handlers.blocks import forms
from handlers.form import Carried, Filled
from handlers.reply import MessageReply, Place, Rungs
from handlers.views import ViewReply
from tests.handlers.samples import OFFERED
from tests.handlers.slack_server import Answer, SlackServer

FORM = Filled("eu-west-1", profile="ops", cluster="prod").form(forms.CONNECT, Carried("C1"), OFFERED)
FAILURE = InvalidRegion("There is no such region")


def replies(server: SlackServer) -> ViewReply:
    place = Place(WorkspaceKey(None, "T1"), "C1", "U1", server.response_url)
    otherwise = MessageReply(server.client, place, Rungs(), private=True)
    return ViewReply(server.client, "V1", FORM.view, otherwise)


def views(server: SlackServer) -> list[dict[str, Any]]:
    return [body["view"] for body in server.asked("views.update")]


def test_progress_shows_in_the_form_as_it_was_filled_in(server: SlackServer) -> None:
    reply = replies(server)
    reply.tick()
    assert views(server) == []
    for words in ("Connecting to prod…", "Connecting to prod…", "signed in …"):
        reply.progress(words)
        reply.tick()
    assert views(server) == [FORM.view("Connecting to prod…"), FORM.view("signed in …")]
    assert {body["view_id"] for body in server.asked("views.update")} == {"V1"}


def test_the_outcome_takes_the_forms_place(server: SlackServer) -> None:
    reply = replies(server)
    outcome = forms.outcome("Connected", Carried("C1").encoded(), "🟢 Connected")
    reply.show(outcome)
    reply.progress("too late")
    reply.tick()
    assert views(server) == [outcome]


def test_a_mistake_stays_in_the_form(server: SlackServer) -> None:
    reply = replies(server)
    reply.fail(FAILURE, "7f3a91c2")
    reply.progress("too late")
    reply.tick()
    assert views(server) == [FORM.view("", FAILURE, "7f3a91c2")]
    assert server.methods() == ["views.update"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"ok": False, "error": "not_found"}),
        Answer({"ok": False, "error": "internal_error"}),
        Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}),
        Answer({"ok": False, "error": "invalid_arguments"}),
        Answer("<html>bad gateway</html>", 502),
        Answer(cut=True),
    ],
)
def test_a_mistake_that_the_form_cannot_show_comes_as_a_message(server: SlackServer, answer: Answer) -> None:
    server.always["views.update"] = answer
    replies(server).fail(FAILURE, "7f3a91c2")
    (body,) = server.asked("respond")
    assert (body["text"], body["response_type"]) == (FAILURE.what, "ephemeral")
    assert "ref 7f3a91c2" in str(body["blocks"])


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"ok": False, "error": "not_found"}),
        Answer({"ok": False, "error": "internal_error"}),
        Answer(cut=True),
    ],
)
def test_progress_or_an_outcome_that_cannot_be_shown_is_no_error(server: SlackServer, answer: Answer) -> None:
    server.always["views.update"] = answer
    reply = replies(server)
    reply.progress("Connecting to prod…")
    reply.tick()
    reply.show(forms.outcome("Connected", "", "🟢 Connected"))
    assert server.asked("respond") == []


def test_the_buttons_that_help_come_along_into_the_message(server: SlackServer) -> None:
    server.refuse("views.update", "not_found")
    ways = [
        {
            "type": "button",
            "action_id": "try.again",
            "text": {"type": "plain_text", "text": "Try again"},
            "value": "x",
        }
    ]
    replies(server).fail(Failure("It failed"), "7f3a91c2", ways)
    (body,) = server.asked("respond")
    assert body["blocks"][1]["elements"] == ways
