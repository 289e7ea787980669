"""One answer for each command, through the road that Slack leaves open, and no trace of the waiting."""

from dataclasses import replace

import pytest

from connector.workspaces import WorkspaceKey
from handlers.blocks import charts
from handlers.blocks.message import Message as Drawn
from handlers.blocks.message import Rung
from handlers.blocks.parts import context, section
from handlers.reply import MessageReply
from tests.handlers.reply_parts import FAILURE, Corner, kinds, pods


def test_an_answer_is_one_message_that_the_channel_sees(ops: Corner, payments: Corner) -> None:
    for corner in (ops, payments):
        corner.reply().show(pods)
        (message,) = corner.seen()
        assert (message.text, message.ephemeral, kinds(message)) == (
            "2 pods",
            False,
            ["section", "data_table"],
        )


def test_a_private_answer_is_for_the_asker_alone(ops: Corner, payments: Corner) -> None:
    for corner in (ops, payments):
        corner.reply(private=True).show(pods)
        corner.reply().show(Drawn("a question", [section("a question")]), private=True)
        assert [message.ephemeral for message in corner.seen()] == [True, True]
        assert corner.person.team.person("dev").sees(corner.channel) == []


@pytest.mark.parametrize(
    ("refused", "drawn", "learnt"),
    [
        ([], "data_table", Rung.CHART),
        (["data_table"], "table", Rung.TABLE),
        (["data_table", "table"], "section", Rung.SECTIONS),
    ],
)
def test_a_refused_block_leads_down_and_is_remembered_for_that_workspace(
    ops: Corner, refused: list[str], drawn: str, learnt: Rung
) -> None:
    akme, globex = ops.slack.teams
    for kind in refused:
        ops.slack.faults.refuse_block(kind, akme)
    ops.reply().show(pods)
    assert kinds(ops.seen()[-1]) == ["section", drawn]
    assert ops.sent() == ["response_url"] * (len(refused) + 1)
    assert ops.rungs.of(WorkspaceKey(None, akme.id)) is learnt
    assert ops.rungs.of(WorkspaceKey(None, globex.id)) is Rung.CHART
    # From now on the first attempt is the right one.
    before = len(ops.sent())
    ops.reply().show(pods)
    assert len(ops.sent()) == before + 1
    assert kinds(ops.seen()[-1]) == ["section", drawn]


def test_a_refused_chart_costs_the_tables_nothing(ops: Corner) -> None:
    akme = ops.slack.teams[0]
    ops.slack.faults.refuse_block("data_visualization", akme)

    def charted(rung: Rung) -> Drawn:
        chart = [charts.bars("Memory", "MiB", [("cart", 3.0)])] if rung is Rung.CHART else []
        return Drawn("2 pods", [*chart, *pods(rung).blocks])

    ops.reply().show(charted)
    assert kinds(ops.seen()[-1]) == ["section", "data_table"]
    assert ops.rungs.of(WorkspaceKey(None, akme.id)) is Rung.DATA_TABLE
    ops.reply().show(pods)
    assert kinds(ops.seen()[-1]) == ["section", "data_table"]
    assert ops.sent() == ["response_url"] * 3


def test_where_no_block_is_taken_the_text_is(ops: Corner) -> None:
    for kind in ("data_table", "table", "section"):
        ops.slack.faults.refuse_block(kind)
    ops.reply().show(pods)
    (message,) = ops.seen()
    assert (message.text, message.blocks) == ("2 pods", [])
    # Nothing is learnt from a message that could not be drawn at all.
    assert ops.rungs.of(WorkspaceKey(None, ops.person.team.id)) is Rung.CHART


def test_a_drawing_that_breaks_the_limits_is_not_sent(ops: Corner, caplog: pytest.LogCaptureFixture) -> None:
    ops.reply().show(lambda rung: Drawn("too much", [context("x")] * 51 if rung < Rung.SECTIONS else []))
    (message,) = ops.seen()
    assert message.text == "too much"
    assert "breaks Slack's limits" in caplog.text


def test_nothing_is_said_while_nothing_is_known_of_the_work(ops: Corner) -> None:
    reply = ops.reply()
    reply.tick()
    assert ops.seen() == []
    reply.progress("Listing pods…")
    assert ops.seen() == []


def test_progress_in_the_channel_becomes_the_answer_in_place(ops: Corner) -> None:
    reply = ops.reply()
    for words in ("Listing pods…", "Listing pods… 500 so far", "Listing pods… 500 so far"):
        reply.progress(words)
        reply.tick()
    (message,) = ops.seen()
    assert (message.text, kinds(message)) == ("Listing pods… 500 so far", ["context"])
    reply.show(pods)
    (answer,) = ops.seen()
    assert answer.ts == message.ts
    assert kinds(answer) == ["section", "data_table"]
    # An answer is the end of progress.
    reply.progress("Listing pods… 900 so far")
    reply.tick()
    assert ops.seen() == [answer]
    assert ops.sent() == ["chat.postMessage", "chat.update", "chat.update"]


PLAN = {
    "type": "plan",
    "title": "the way",
    "tasks": [{"task_id": "dns", "title": "DNS", "status": "in_progress"}],
}


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_known_already_stands_above_what_is_being_done(ops: Corner, refused: bool) -> None:
    if refused:
        ops.slack.faults.refuse_block("plan")
    reply = ops.reply()
    reply.progress("Looking…", lambda rung: [PLAN if rung is Rung.CHART else section("DNS: being looked at")])
    reply.tick()
    (message,) = ops.seen()
    assert kinds(message) == ["section" if refused else "plan", "context"]
    # Which rung the workspace takes is learnt from answers.
    assert ops.rungs.of(WorkspaceKey(None, ops.person.team.id)) is Rung.CHART


def test_what_is_known_already_fits_under_a_long_list_that_was_clicked(payments: Corner) -> None:
    payments.reply().show(Drawn("long", [section(str(at)) for at in range(50)]))
    (clicked,) = payments.seen()
    reply = payments.reply(clicked=clicked)
    reply.progress("Looking…", lambda _rung: [section("one"), section("two")])
    reply.tick()
    (waiting,) = payments.seen()
    assert len(waiting.blocks) == 50
    assert kinds(waiting)[-3:] == ["section", "section", "context"]


def test_an_answer_in_place_of_progress_comes_down_the_ladder_too(ops: Corner) -> None:
    ops.slack.faults.refuse_block("data_table")
    reply = ops.reply()
    reply.progress("Listing pods…")
    reply.tick()
    reply.show(pods)
    (answer,) = ops.seen()
    assert kinds(answer) == ["section", "table"]


@pytest.mark.parametrize("private", [False, True])
def test_where_a_post_cannot_be_changed_progress_is_said_once_to_the_asker(
    payments: Corner, private: bool
) -> None:
    reply = payments.reply(private=private)
    # A count would stand there for good.
    for words in ("Listing pods… 500 so far", "Listing pods… 900 of about 2,000 so far"):
        reply.progress(words)
        reply.tick()
    (note,) = payments.seen()
    assert (note.text, note.ephemeral) == ("Listing pods…", True)
    reply.show(pods)
    assert [message.ephemeral for message in payments.seen()] == [True, private]
    assert kinds(payments.seen()[-1]) == ["section", "data_table"]


def test_a_private_answer_takes_a_public_progress_away(ops: Corner) -> None:
    reply = ops.reply()
    reply.progress("Listing pods…")
    reply.tick()
    reply.show(pods, private=True)
    (answer,) = ops.seen()
    assert answer.ephemeral


def test_a_failure_takes_the_progress_away_and_is_for_the_asker(ops: Corner) -> None:
    reply = ops.reply()
    reply.progress("Listing pods…")
    reply.tick()
    reply.fail(FAILURE, "7f3a91c2")
    (message,) = ops.seen()
    assert message.ephemeral
    assert message.text == FAILURE.what
    assert "ref 7f3a91c2" in str(message.blocks)
    reply.progress("Listing pods… 900 so far")
    reply.tick()
    assert ops.seen() == [message]


def used_up(corner: Corner) -> MessageReply:
    place = corner.place()
    corner.slack.world.response_urls[place.response_url.removeprefix(corner.slack.url)].uses = 5
    return MessageReply(corner.client, place, corner.rungs)


def test_behind_a_used_response_url_the_answer_goes_to_the_channel(ops: Corner) -> None:
    used_up(ops).show(pods)
    (answer,) = ops.seen()
    assert (kinds(answer), answer.ephemeral) == (["section", "data_table"], False)
    used_up(ops).fail(FAILURE, "7f3a91c2")
    assert ops.seen()[-1].ephemeral


def test_and_where_the_bot_is_no_member_to_the_persons_own_messages(payments: Corner) -> None:
    used_up(payments).show(pods)
    used_up(payments).fail(FAILURE, "7f3a91c2")
    assert payments.seen() == []
    answer, failure = payments.seen(payments.person.dm.id)
    assert kinds(answer) == ["section", "data_table"]
    assert failure.text == FAILURE.what


def test_an_answer_after_half_an_hour_finds_its_way_too(ops: Corner) -> None:
    reply = ops.reply()
    ops.slack.later(1801)
    reply.show(pods)
    (answer,) = ops.seen()
    assert kinds(answer) == ["section", "data_table"]


def test_an_answer_from_nowhere_goes_to_the_person_alone(ops: Corner) -> None:
    # A modal whose metadata was not ours, or whose response_url could not be opened, carries no place.
    nowhere = replace(ops.place(), channel="", response_url="")
    MessageReply(ops.client, nowhere, ops.rungs).show(pods)
    MessageReply(ops.client, nowhere, ops.rungs).fail(FAILURE, "7f3a91c2")
    assert ops.seen() == []
    answer, failure = ops.seen(ops.person.dm.id)
    assert kinds(answer) == ["section", "data_table"]
    assert failure.text == FAILURE.what
