"""Every turn ends once: with its answer, or with what failed, why, what to do, and the reference of a log line."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError, SlackClientNotConnectedError
from sqlalchemy import Engine

from connector.errors import Busy, Failure, Forbidden, Unreachable
from handlers.access import NotAllowed, Request
from handlers.blocks.message import Message
from handlers.blocks.parts import section
from handlers.command import Command
from handlers.desk import Turn
from handlers.parsing import parsed
from handlers.reply import Lost, Refused
from tests.connector.api_server import wait_until
from tests.handlers.desk_parts import KEY, PODS, WAIT, Office, nothing
from tests.handlers.slack_server import Answer, SlackServer


@pytest.fixture
def office(server: SlackServer, memory: Engine) -> Iterator[Office]:
    made = Office(server, memory)
    yield made
    made.close()


def done(office: Office) -> None:
    """Waits until everything has ended, so that what comes after an outcome can be looked at."""
    assert office.desk.drain(WAIT)


def logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "handlers.desk"]


def test_a_conversation_gets_the_request_of_what_was_read(office: Office) -> None:
    got: list[Request] = []
    turn = office.turn()
    office.desk.take(turn, lambda: PODS, lambda request, _turn: got.append(request))
    assert office.outcomes.wait_for(1) == ["ok"]
    assert [(request.command, request.caller) for request in got] == [(PODS, turn.caller)]
    (outcome,) = office.outcomes.ended
    assert (outcome.verb, outcome.ref, outcome.caller) == ("pods", turn.ref, turn.caller)
    assert 0 <= outcome.seconds < WAIT


def test_a_verb_without_a_kind_is_named_by_itself(office: Office) -> None:
    office.desk.take(office.turn(), lambda: Command("connections"), nothing)
    office.outcomes.wait_for(1)
    assert office.outcomes.ended[0].verb == "connections"


@pytest.mark.parametrize(
    "failure",
    [Unreachable("`prod` does not answer", "at 10.0.0.1", "Try again"), Forbidden("no"), Failure("so it is")],
)
def test_a_failure_is_told_once_with_the_reference_of_its_log_line(
    office: Office, caplog: pytest.LogCaptureFixture, failure: Failure
) -> None:
    caplog.set_level(logging.INFO, logger="handlers")
    turn = office.turn()

    def fails(_request: Request, _turn: Turn) -> None:
        raise failure

    office.desk.take(turn, lambda: PODS, fails)
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == [type(failure).__name__]
    (body,) = office.server.asked("respond")
    assert body["response_type"] == "ephemeral"
    for text in (failure.what, failure.why, failure.hint, f"ref {turn.ref}"):
        assert text in str(body["blocks"])
    (record,) = logged(caplog)
    assert record.levelno == logging.INFO
    assert record.getMessage() == (
        f"ref={turn.ref} team=T1 user=U1 verb=pods failed: {type(failure).__name__}: {failure.what}"
    )


def test_what_cannot_be_read_is_a_turn_that_failed(office: Office) -> None:
    office.desk.take(office.turn(), lambda: parsed("pds"), nothing)
    done(office)
    (outcome,) = office.outcomes.ended
    assert (outcome.outcome, outcome.verb) == ("Usage", "unread")
    (body,) = office.server.asked("respond")
    assert "/eks pods" in str(body["blocks"])


def test_who_may_not_reaches_no_conversation(office: Office) -> None:
    guest = {"id": "U1", "team_id": "T1", "is_restricted": True}
    office.server.always["users.info"] = Answer({"ok": True, "user": guest})
    reached: list[Request] = []
    office.desk.take(office.turn(), lambda: PODS, lambda request, _turn: reached.append(request))
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == [NotAllowed.__name__]
    assert reached == []
    assert office.told() == ["Guests of this workspace may not use /eks."]


def refusal(error: str, **more: str) -> SlackApiError:
    return SlackApiError("CANARYTEXT", {"ok": False, "error": error, **more})  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("CANARYTEXT"), "This is a fault in eks-chatops itself."),
        (KeyError("CANARYTEXT"), "This is a fault in eks-chatops itself."),
        (RecursionError("CANARYTEXT"), "This is a fault in eks-chatops itself."),
        (refusal("missing_scope", needed="users:read"), "Slack refused what the bot sent."),
        (refusal("fatal_error"), "Slack refused what the bot sent."),
        (SlackClientNotConnectedError("CANARYTEXT"), "Slack could not be reached for the answer."),
        (TimeoutError("CANARYTEXT"), "Slack could not be reached for the answer."),
        (Lost("used_url"), "Slack did not take the answer."),
        (Refused("invalid_blocks"), "Slack did not take the answer."),
    ],
)
def test_what_nobody_foresaw_is_told_without_its_text(
    office: Office, caplog: pytest.LogCaptureFixture, error: Exception, said: str
) -> None:
    turn = office.turn()

    def breaks(_request: Request, _turn: Turn) -> None:
        raise error

    office.desk.take(turn, lambda: PODS, breaks)
    done(office)
    assert len(office.outcomes.ended) == 1
    assert office.outcomes.ended[0].outcome != "ok"
    assert office.told() == [said]
    (body,) = office.server.asked("respond")
    assert f"ref {turn.ref}" in str(body)
    assert "CANARY" not in str(body)
    assert "Traceback" not in str(body)
    (record,) = logged(caplog)
    assert record.levelno >= logging.WARNING
    assert f"ref={turn.ref} team=T1 user=U1 verb=pods failed" in record.getMessage()


def test_a_fault_of_our_own_is_logged_with_its_place(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_request: Request, _turn: Turn) -> None:
        raise ValueError("what a developer needs")

    office.desk.take(office.turn(), lambda: PODS, breaks)
    done(office)
    (record,) = logged(caplog)
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ValueError)


def test_a_missing_scope_is_named_to_whoever_runs_the_bot(office: Office) -> None:
    def breaks(_request: Request, _turn: Turn) -> None:
        raise refusal("missing_scope", needed="chat:write")

    office.desk.take(office.turn(), lambda: PODS, breaks)
    done(office)
    assert "add the scope `chat:write`" in str(office.server.asked("respond"))


def test_a_person_who_cannot_be_told_is_in_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.server.always["respond"] = Answer({"ok": False, "error": "used_url"}, 404)
    for method in ("chat.postMessage", "chat.postEphemeral"):
        office.server.refuse(method, "channel_not_found")
    turn = office.turn()

    def fails(_request: Request, _turn: Turn) -> None:
        raise Unreachable("`prod` does not answer")

    office.desk.take(turn, lambda: PODS, fails)
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == ["Unreachable"]
    assert f"ref={turn.ref} the person was not told: Lost" in caplog.text


def test_work_that_is_handed_on_ends_once_where_it_ends(office: Office) -> None:
    steps: list[str] = []

    def converse(_request: Request, turn: Turn) -> None:
        def first() -> None:
            steps.append("first")
            turn.hand_on("other", lambda: steps.append("second"))

        turn.hand_on("prod", first)
        steps.append("handed")

    office.desk.take(office.turn(), lambda: PODS, converse)
    done(office)
    assert sorted(steps) == ["first", "handed", "second"]
    assert [outcome.outcome for outcome in office.outcomes.ended] == ["ok"]


def test_work_that_is_handed_on_and_fails_ends_once_too(office: Office) -> None:
    def converse(_request: Request, turn: Turn) -> None:
        def fails() -> None:
            raise Forbidden("no")

        turn.hand_on("prod", fails)

    office.desk.take(office.turn(), lambda: PODS, converse)
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == ["Forbidden"]
    assert office.told() == ["no"]


def test_a_conversation_that_hands_on_and_then_fails_ends_once(office: Office) -> None:
    handed = threading.Event()

    def converse(_request: Request, turn: Turn) -> None:
        turn.hand_on("prod", handed.set)
        assert handed.wait(WAIT)
        raise Forbidden("no")

    office.desk.take(office.turn(), lambda: PODS, converse)
    done(office)
    assert len(office.outcomes.ended) == 1


def test_a_command_that_waited_too_long_is_not_begun(office: Office) -> None:
    turn = office.turn(started=time.monotonic() - 26)
    begun: list[Request] = []
    office.desk.take(turn, lambda: PODS, lambda request, _turn: begun.append(request))
    done(office)
    assert begun == []
    assert [outcome.outcome for outcome in office.outcomes.ended] == [Busy.__name__]
    assert office.told() == ["The answer did not come in time."]


def test_a_full_lane_is_told_and_ends_the_turn_once(office: Office) -> None:
    release, running = threading.Event(), threading.Semaphore(0)

    def block() -> None:
        running.release()
        release.wait(WAIT)

    try:
        # A cluster has 4 threads and a line of 32.
        for _ in range(4 + 32):
            office.desk.lanes.submit((KEY, "prod"), block)
        for _ in range(4):
            assert running.acquire(timeout=WAIT)

        def converse(_request: Request, turn: Turn) -> None:
            turn.hand_on("prod", lambda: None)

        office.desk.take(office.turn(), lambda: PODS, converse)
        assert office.outcomes.wait_for(1) == [Busy.__name__]
        # Another cluster's lane is free.
        office.desk.take(
            office.turn(), lambda: PODS, lambda _request, turn: turn.hand_on("dev", lambda: None)
        )
        assert office.outcomes.wait_for(2) == [Busy.__name__, "ok"]
        assert office.desk.load()["waiting"] == 32
    finally:
        release.set()
    done(office)
    assert office.told() == ["Too much is being asked of this at once"]
    assert len(office.outcomes.ended) == 2


def test_a_turn_for_which_even_the_apology_finds_no_place_is_counted(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()

    def block() -> None:
        release.wait(WAIT)

    office.server.always["respond"] = lambda _arguments: (release.wait(WAIT), Answer("ok"))[1]
    try:
        for _ in range(16 + 500):
            office.desk.front.submit(KEY, block)
        # 4 apologies are under way, the others wait, the next has no place.
        for _ in range(4 + office.apologies + 1):
            office.desk.take(office.turn(), lambda: PODS, nothing)
        wait_until(lambda: "dropped: every line is full" in caplog.text, WAIT)
    finally:
        release.set()
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == [Busy.__name__] * (
        4 + office.apologies + 1
    )


def test_after_draining_nothing_new_is_taken_and_the_person_hears_why(office: Office) -> None:
    assert office.desk.front.drain(WAIT)
    office.desk.take(office.turn(), lambda: PODS, nothing)
    assert office.outcomes.wait_for(1) == [Busy.__name__]
    done(office)
    assert office.told() == ["The bot is stopping"]


def test_draining_waits_for_what_is_under_way_and_handed_on(office: Office) -> None:
    begun, release = threading.Event(), threading.Event()

    def converse(_request: Request, turn: Turn) -> None:
        begun.set()
        release.wait(WAIT)
        turn.ask(Message("the answer", [section("the answer")]))

    office.desk.take(office.turn(), lambda: PODS, converse)
    assert begun.wait(WAIT)
    assert not office.desk.drain(0.05)
    assert office.desk.load() == {"running": 1, "waiting": 0}
    release.set()
    done(office)
    assert office.told() == ["the answer"]
    assert office.desk.load() == {"running": 0, "waiting": 0}


def test_waiting_is_said_after_a_second_and_becomes_the_answer(office: Office) -> None:
    shown, began = threading.Event(), time.monotonic()

    def post(_arguments: object) -> Answer:
        shown.set()
        return Answer({"ok": True, "ts": "1.1"})

    office.server.always["chat.postMessage"] = post

    def converse(_request: Request, turn: Turn) -> None:
        reply = turn.answer_as(PODS)
        reply.progress("Listing pods…")
        assert shown.wait(WAIT)
        assert time.monotonic() - began >= 1.0
        reply.show(Message("the answer", [section("the answer")]))

    office.desk.take(office.turn(), lambda: PODS, converse)
    assert office.outcomes.wait_for(1) == ["ok"]
    assert office.told() == ["Listing pods…"]
    assert [body["text"] for body in office.server.asked("chat.update")] == ["the answer"]


def test_a_quick_answer_is_the_only_message(office: Office) -> None:
    office.desk.take(
        office.turn(), lambda: PODS, lambda _request, turn: turn.ask(Message("hello", [section("hello")]))
    )
    done(office)
    assert office.told() == ["hello"]
