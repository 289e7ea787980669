"""An answer that stands: where the bot may change it, what it takes over, and what becomes of changes that fail."""

import pytest

from handlers.blocks.message import Message
from handlers.blocks.parts import section
from handlers.reply import Place, Refused, Rungs
from handlers.standing import Standing, StandingReply
from tests.handlers.desk_parts import KEY
from tests.handlers.slack_server import Answer, SlackServer

FIRST, SECOND = (Message(text, [section(text)]) for text in ("first", "second"))


def reply(
    server: SlackServer, *, private: bool = False, channel: str = "C1", thread: str = "", note: str = ""
) -> StandingReply:
    place = Place(KEY, channel, "U1", server.response_url, thread=thread)
    return StandingReply(server.client, place, Rungs(), private=private, note=note)


def stood(reply: StandingReply) -> Standing:
    standing = reply.stand(FIRST)
    assert standing
    return standing


def test_it_is_posted_by_the_bot_and_changed_in_its_place(server: SlackServer) -> None:
    standing = stood(reply(server))
    assert server.methods() == ["chat.postMessage"]
    assert standing.channel == "C1"
    assert standing.change(SECOND)
    (changed,) = server.asked("chat.update")
    assert (changed["channel"], changed["ts"], changed["text"]) == ("C1", "1.1", "second")
    # No use of the response_url's five.
    assert server.asked("respond") == []


def test_the_progress_becomes_the_answer(server: SlackServer) -> None:
    made = reply(server)
    made.progress("Reading…")
    made.tick()
    assert server.methods() == ["chat.postMessage"]
    stood(made)
    assert server.methods() == ["chat.postMessage", "chat.update"]
    made.tick()
    assert len(server.calls) == 2


def test_it_stands_in_the_thread_it_was_asked_from(server: SlackServer) -> None:
    stood(reply(server, thread="12.3"))
    assert server.asked("chat.postMessage")[0]["thread_ts"] == "12.3"


def test_a_note_is_said_whatever_is_shown(server: SlackServer) -> None:
    stood(reply(server, note="by default")).change(SECOND)
    assert [
        "by default" in str(call["blocks"]) for call in server.asked("chat.postMessage", "chat.update")
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found", "is_archived", "missing_scope"])
def test_where_it_cannot_stand_it_goes_to_the_persons_own_messages(server: SlackServer, code: str) -> None:
    server.plan("chat.postMessage", Answer({"ok": False, "error": code}), _in_dm())
    assert stood(reply(server)).channel == "D1"
    assert [call["channel"] for call in server.asked("chat.postMessage")] == ["C1", "U1"]


def test_what_is_for_one_person_goes_there_at_once(server: SlackServer) -> None:
    server.plan("chat.postMessage", _in_dm())
    assert stood(reply(server, private=True)).channel == "D1"
    assert [call["channel"] for call in server.asked("chat.postMessage")] == ["U1"]


def test_where_it_can_stand_nowhere_nothing_is_shown(server: SlackServer) -> None:
    server.refuse("chat.postMessage", "channel_not_found")
    made = reply(server)
    assert made.stand(FIRST) is None
    made.show(SECOND)
    assert [body["text"] for body in server.asked("respond")] == ["second"]


@pytest.mark.parametrize(
    ("answer", "goes_on"),
    [
        (Answer({"ok": False, "error": "message_not_found"}), False),
        (Answer({"ok": False, "error": "cant_update_message"}), False),
        (Answer({"ok": False, "error": "is_archived"}), False),
        (Answer({"ok": False, "error": "token_revoked"}), False),
        (Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"}), True),
        (Answer({"ok": False, "error": "internal_error"}), True),
        (Answer("<html>", 503), True),
        (Answer(cut=True), True),
    ],
)
def test_what_a_failed_change_means(server: SlackServer, answer: Answer, goes_on: bool) -> None:
    standing = stood(reply(server))
    server.plan("chat.update", answer)
    assert standing.change(SECOND) is goes_on
    # The next one is a try of its own.
    assert standing.change(SECOND)


def test_what_breaks_slacks_limits_is_not_sent(server: SlackServer) -> None:
    broken = Message("x", [section("x")] * 51)
    with pytest.raises(Refused):
        reply(server).stand(broken)
    standing = stood(reply(server))
    assert standing.change(broken)
    assert server.asked("chat.update") == []


def _in_dm() -> Answer:
    return Answer({"ok": True, "ts": "2.2", "channel": "D1"})


def test_it_goes_to_the_persons_messages_only_where_that_is_wanted(server: SlackServer) -> None:
    server.plan("chat.postMessage", Answer({"ok": False, "error": "not_in_channel"}))
    assert reply(server).stand(FIRST, anywhere=False) is None
    assert reply(server, private=True).stand(FIRST, anywhere=False) is None
    assert [call["channel"] for call in server.asked("chat.postMessage")] == ["C1"]
