"""What a click brings: the message changed in its place, or left as it was where that fails."""

import pytest

from handlers.blocks.message import Message as Drawn
from handlers.blocks.parts import button, section
from handlers.reply import MessageReply
from playground.slack import Message
from tests.handlers.reply_parts import FAILURE, Corner, kinds, pods


def clicked_and_waiting(corner: Corner) -> tuple[Message, MessageReply]:
    """A list that was clicked, with progress standing under it, and the reply to the click."""
    corner.reply().show(pods)
    (clicked,) = corner.seen()
    reply = corner.reply(clicked=clicked)
    reply.progress("Listing pods…")
    reply.tick()
    return clicked, reply


@pytest.mark.parametrize("private", [False, True])
def test_a_click_changes_the_message_that_was_clicked(ops: Corner, payments: Corner, private: bool) -> None:
    for corner in (ops, payments):
        corner.reply(private=private).show(Drawn("old", [section("old")]))
        (clicked,) = corner.seen()
        corner.reply(private=private, clicked=clicked).show(pods)
        (answer,) = corner.seen()
        assert answer.ts == clicked.ts
        assert answer.ephemeral is private
        assert kinds(answer) == ["section", "data_table"]


def test_progress_of_a_click_stands_under_the_list_until_the_answer(payments: Corner) -> None:
    clicked, reply = clicked_and_waiting(payments)
    (waiting,) = payments.seen()
    assert kinds(waiting) == ["section", "data_table", "context"]
    reply.show(Drawn("new", [section("new")]))
    (answer,) = payments.seen()
    assert (answer.ts, answer.text) == (clicked.ts, "new")


def test_a_click_that_fails_leaves_the_list_as_it_was(payments: Corner) -> None:
    clicked, reply = clicked_and_waiting(payments)
    reply.fail(FAILURE, "7f3a91c2")
    kept, failure = payments.seen()
    assert (kept.ts, kept.blocks) == (clicked.ts, clicked.blocks)
    assert failure.ephemeral
    assert failure.text == FAILURE.what


def test_a_private_list_that_progress_took_away_is_replaced_by_its_failure(payments: Corner) -> None:
    payments.reply(private=True).show(pods)
    (clicked,) = payments.seen()
    reply = payments.reply(private=True, clicked=clicked)
    reply.progress("Listing pods… 500 so far")
    reply.tick()
    again = button("Try again", "try.again", "x")
    reply.fail(FAILURE, "7f3a91c2", [again])
    (failure,) = payments.seen()
    assert (failure.ts, failure.ephemeral, failure.text) == (clicked.ts, True, FAILURE.what)
    assert [block["elements"] for block in failure.blocks if block["type"] == "actions"] == [[again]]


def test_a_private_list_that_nothing_has_changed_yet_stays_beside_its_failure(payments: Corner) -> None:
    payments.reply(private=True).show(pods)
    (clicked,) = payments.seen()
    reply = payments.reply(private=True, clicked=clicked)
    reply.progress("Listing pods…")
    reply.fail(FAILURE, "7f3a91c2")
    kept, failure = payments.seen()
    assert kept == clicked
    assert (failure.text, failure.ephemeral) == (FAILURE.what, True)


def test_a_click_that_fails_at_once_touches_nothing(payments: Corner) -> None:
    payments.reply().show(pods)
    (clicked,) = payments.seen()
    payments.reply(clicked=clicked).fail(FAILURE, "7f3a91c2")
    assert payments.seen()[0] == clicked


def test_a_clicks_response_url_is_never_used_up_by_its_own_answer(payments: Corner) -> None:
    for kind in ("data_table", "table"):
        payments.slack.faults.refuse_block(kind)
    payments.reply().show(Drawn("old", [section("old")]))
    (clicked,) = payments.seen()
    payments.since = len(payments.slack.log)
    reply = payments.reply(clicked=clicked)
    for count in range(6):
        reply.progress(f"Listing pods… {count * 500} so far")
        reply.tick()
    reply.show(pods)
    assert payments.sent() == ["response_url"] * 5
    (answer,) = payments.seen()
    assert (answer.ts, kinds(answer)) == (clicked.ts, ["section", "section"])


def test_a_question_that_is_answered_goes(ops: Corner) -> None:
    ops.reply(private=True).show(Drawn("which one?", [section("which one?")]))
    (question,) = ops.seen()
    ops.reply(clicked=question).remove_original()
    assert ops.seen() == []
