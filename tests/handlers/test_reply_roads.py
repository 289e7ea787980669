"""The ways Slack can say no, and what becomes of the answer then; no road's address ever shows in a log."""

import logging
import time

import pytest
from slack_sdk.errors import SlackApiError, SlackClientError

from connector.errors import Unreachable
from connector.workspaces import WorkspaceKey
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import section
from handlers.reply import Lost, MessageReply, Place, Refused, Rungs
from tests.handlers.slack_server import Answer, Json, SlackServer

KEY = WorkspaceKey(None, "T1")
FAILURE = Unreachable("`prod` does not answer")
NO = {"ok": False}


def reply(
    server: SlackServer, *, private: bool = False, original: tuple[Block, ...] | None = None
) -> MessageReply:
    """One that changes the message clicked when there is an `original`."""
    place = Place(KEY, "C1", "U1", server.response_url, original)
    return MessageReply(server.client, place, Rungs(), private=private, replace=original is not None)


def drawn(rung: Rung) -> Message:
    # There is no chart to it.
    return Message("2 pods", [section(max(rung, Rung.DATA_TABLE).name)])


def rung_of(body: Json) -> str:
    return str(body["blocks"][0]["text"]["text"]) if body["blocks"] else ""


def test_an_answer_says_who_may_see_it_and_what_it_replaces(server: SlackServer) -> None:
    reply(server).show(drawn)
    reply(server, private=True).show(drawn)
    reply(server, original=(section("old"),)).show(drawn)
    assert [(body["response_type"], body["replace_original"]) for body in server.asked("respond")] == [
        ("in_channel", False),
        ("ephemeral", False),
        ("in_channel", True),
    ]
    assert all(body["text"] == "2 pods" for body in server.asked("respond"))


@pytest.mark.parametrize(
    "answer",
    [
        Answer("invalid_blocks", 400),
        Answer("invalid_blocks_format", 400),
        Answer({**NO, "error": "invalid_blocks"}, 400),
        Answer({**NO, "error": "invalid_blocks"}),
        Answer({**NO, "error": "msg_blocks_too_long"}),
        Answer({**NO, "error": "only_one_table_allowed"}),
        Answer({**NO, "error": "unsupported_type"}, 400),
    ],
)
def test_each_word_for_a_refused_block_leads_one_rung_down(server: SlackServer, answer: Answer) -> None:
    server.plan("respond", answer)
    reply(server).show(drawn)
    assert [rung_of(body) for body in server.asked("respond")] == ["DATA_TABLE", "TABLE"]
    assert server.methods() == ["respond", "respond"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer({**NO, "error": "used_url"}, 404),
        Answer({**NO, "error": "expired_url"}, 404),
        Answer("Expired url", 404),
        Answer("", 404),
        Answer("internal_error", 500),
        Answer({**NO, "error": "channel_not_found"}),
        Answer("{not json"),
        Answer("<html>bad gateway</html>", 502),
    ],
)
def test_each_word_for_a_closed_road_leads_to_the_next_road(server: SlackServer, answer: Answer) -> None:
    server.plan("respond", answer)
    reply(server).show(drawn)
    assert server.methods() == ["respond", "chat.postMessage"]
    (body,) = server.asked("chat.postMessage")
    assert (body["channel"], rung_of(body)) == ("C1", "DATA_TABLE")


@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"])
def test_the_last_road_is_the_persons_own_messages(server: SlackServer, error: str) -> None:
    server.always["respond"] = Answer({**NO, "error": "used_url"}, 404)

    def only_to_people(arguments: Json) -> Answer:
        return (
            Answer({"ok": True, "ts": "1.1"})
            if arguments["channel"] == "U1"
            else Answer({**NO, "error": error})
        )

    server.always["chat.postMessage"] = server.always["chat.postEphemeral"] = only_to_people
    reply(server).show(drawn)
    reply(server, private=True).fail(FAILURE, "7f3a91c2")
    assert server.methods() == [
        "respond", "chat.postMessage", "chat.postMessage", "respond", "chat.postEphemeral", "chat.postMessage",
    ]  # fmt: skip
    assert [body["channel"] for body in server.asked("chat.postMessage")] == ["C1", "U1", "U1"]
    (tried,) = server.asked("chat.postEphemeral")
    assert (tried["channel"], tried["user"]) == ("C1", "U1")


def test_when_every_road_is_closed_that_is_an_error_and_not_silence(server: SlackServer) -> None:
    server.always["respond"] = Answer({**NO, "error": "used_url"}, 404)
    server.refuse("chat.postMessage", "channel_not_found")
    with pytest.raises(Lost):
        reply(server).show(drawn)


def test_another_error_of_slacks_is_told_as_it_is(server: SlackServer) -> None:
    server.always["respond"] = Answer({**NO, "error": "used_url"}, 404)
    server.refuse("chat.postMessage", "token_revoked")
    with pytest.raises(SlackApiError, match="token_revoked"):
        reply(server).show(drawn)


def test_a_rate_limited_response_url_is_waited_for(server: SlackServer) -> None:
    server.plan("respond", Answer("", 429, {"Retry-After": "1"}))
    reply(server).show(drawn)
    assert server.methods() == ["respond"] * 2
    assert {rung_of(body) for body in server.asked("respond")} == {"DATA_TABLE"}


@pytest.mark.parametrize("wait", ["31", "3600", "soon", "-1"])
def test_a_response_url_that_is_limited_for_long_is_not_waited_for(server: SlackServer, wait: str) -> None:
    server.plan("respond", Answer("", 429, {"Retry-After": wait}))
    reply(server).show(drawn)
    assert server.methods() == ["respond", "chat.postMessage"]


@pytest.mark.parametrize("wait", ["4", "30"])
def test_progress_waits_for_no_limit(server: SlackServer, wait: str) -> None:
    server.plan("respond", Answer("", 429, {"Retry-After": wait}))
    waiting = reply(server, original=(section("old"),))
    waiting.progress("Listing pods…")
    began = time.monotonic()
    waiting.tick()
    assert time.monotonic() - began < 3
    assert server.methods() == ["respond"]


def test_an_answer_that_may_not_be_changed_in_now_is_said_anew(server: SlackServer) -> None:
    waiting = reply(server)
    waiting.progress("Listing pods…")
    waiting.tick()
    server.always["chat.update"] = Answer({**NO, "error": "ratelimited"}, 429, {"Retry-After": "60"})
    waiting.show(drawn)
    # The progress is still there, so it goes.
    assert server.methods() == ["chat.postMessage", "chat.update", "chat.delete", "respond"]


def test_a_connection_that_breaks_is_tried_again(server: SlackServer) -> None:
    server.plan("respond", Answer(cut=True))
    reply(server).show(drawn)
    assert server.methods() == ["respond", "respond"]


def test_a_slack_that_is_out_of_reach_is_an_error_of_its_own(server: SlackServer) -> None:
    server.always["respond"] = Answer(cut=True)
    with pytest.raises((OSError, SlackClientError)):
        reply(server).show(drawn)


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "channel_not_found", "is_archived"]
)
def test_an_answer_whose_progress_is_gone_is_said_anew(server: SlackServer, error: str) -> None:
    waiting = reply(server)
    waiting.progress("Listing pods…")
    waiting.tick()
    # Somebody deleted it meanwhile, or took the bot out of the channel.
    server.refuse("chat.update", error)
    waiting.show(drawn)
    assert server.methods() == ["chat.postMessage", "chat.update", "respond"]
    (body,) = server.asked("respond")
    assert (rung_of(body), body["response_type"]) == ("DATA_TABLE", "in_channel")


def test_a_failure_is_told_though_its_progress_cannot_be_deleted(server: SlackServer) -> None:
    waiting = reply(server)
    waiting.progress("Listing pods…")
    waiting.tick()
    server.refuse("chat.delete", "cant_delete_message")
    waiting.fail(FAILURE, "7f3a91c2")
    (body,) = server.asked("respond")
    assert (body["text"], body["response_type"]) == (FAILURE.what, "ephemeral")


@pytest.mark.parametrize(
    "answer",
    [
        Answer({**NO, "error": "internal_error"}),
        Answer(cut=True),
        Answer("<html>", 502),
    ],
)
def test_progress_that_cannot_be_shown_keeps_no_answer_back(
    server: SlackServer, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    server.plan("chat.postMessage", answer)
    waiting = reply(server)
    waiting.progress("Listing pods…")
    waiting.tick()
    assert "progress not shown" in caplog.text
    waiting.show(drawn)
    assert [rung_of(body) for body in server.asked("respond")] == ["DATA_TABLE"]


@pytest.mark.parametrize(
    "closed",
    [
        Answer({**NO, "error": "not_in_channel"}),
        Answer({**NO, "error": "ratelimited"}, 429, {"Retry-After": "60"}),
    ],
)
def test_where_the_bot_may_not_post_progress_takes_the_response_url(
    server: SlackServer, closed: Answer
) -> None:
    server.always["chat.postMessage"] = closed
    waiting = reply(server)
    for words in ("Listing pods… 500 so far", "Listing pods… 900 so far", "Listing pods… 1,300 so far"):
        waiting.progress(words)
        waiting.tick()
    waiting.show(drawn)
    assert server.methods() == ["chat.postMessage", "respond", "respond"]
    note, answer = server.asked("respond")
    assert (note["text"], note["response_type"]) == ("Listing pods…", "ephemeral")
    assert "500" not in str(note)
    assert answer["response_type"] == "in_channel"


def test_a_list_is_restored_before_its_failure_is_told(server: SlackServer) -> None:
    original = (section("old"), section("rows"))
    waiting = reply(server, original=original)
    waiting.progress("Listing pods…")
    waiting.tick()
    waiting.fail(FAILURE, "7f3a91c2")
    progress, restored, failure = server.asked("respond")
    assert progress["blocks"][:2] == list(original)
    assert progress["replace_original"] is True
    assert (restored["blocks"], restored["replace_original"]) == (list(original), True)
    assert (failure["replace_original"], failure["response_type"]) == (False, "ephemeral")


def test_a_list_that_cannot_be_restored_keeps_no_failure_back(server: SlackServer) -> None:
    waiting = reply(server, original=(section("old"),))
    waiting.progress("Listing pods…")
    waiting.tick()
    server.plan("respond", Answer("internal_error", 500))
    waiting.fail(FAILURE, "7f3a91c2")
    assert server.asked("respond")[-1]["text"] == FAILURE.what


def test_progress_under_the_longest_message_fits(server: SlackServer) -> None:
    waiting = reply(server, original=tuple(section(str(at)) for at in range(50)))
    waiting.progress("Listing pods…")
    waiting.tick()
    (body,) = server.asked("respond")
    assert len(body["blocks"]) == 50
    assert "Listing pods…" in str(body["blocks"][-1])


def test_a_question_that_cannot_be_taken_away_is_no_error(server: SlackServer) -> None:
    server.always["respond"] = Answer("", 404)
    reply(server).remove_original()
    assert server.asked("respond") == [{"delete_original": True}]


def test_what_slack_refuses_for_a_limit_is_named_in_the_log(
    server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.always["respond"] = Answer({**NO, "error": "invalid_blocks"}, 400)
    with pytest.raises(Refused):
        reply(server).show(Message("x", [section("")]))
    assert "a message of ours breaks Slack's limits" in caplog.text
    assert "/blocks/0/text" in caplog.text


def test_no_address_and_no_token_is_in_a_log_or_an_error(
    server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="handlers")
    server.always["respond"] = Answer({**NO, "error": "used_url"}, 404)
    server.refuse("chat.postMessage", "not_in_channel")
    waiting = reply(server, original=(section("old"),))
    waiting.progress("Listing pods…")
    waiting.tick()
    waiting.remove_original()
    with pytest.raises(Lost) as caught:
        waiting.show(drawn)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("handlers"))
    assert said
    for text in (
        said,
        str(caught.value),
        repr(caught.value),
        repr(Place(KEY, "C1", "U1", server.response_url)),
    ):
        assert "CANARY" not in text
