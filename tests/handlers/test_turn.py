"""A turn: what it opens, whose eyes its answer is for, and that a modal's button counts once."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from connector.errors import Forbidden, Unreachable
from handlers.access import Request
from handlers.blocks.message import Message
from handlers.blocks.parts import section
from handlers.command import Command
from handlers.desk import Converse, Turn
from tests.connector.api_server import wait_until
from tests.handlers.desk_parts import PODS, WAIT, Office, nothing
from tests.handlers.samples import buttons
from tests.handlers.slack_server import SlackServer


@pytest.fixture
def office(server: SlackServer, memory: Engine) -> Iterator[Office]:
    made = Office(server, memory)
    yield made
    made.close()


def done(office: Office) -> None:
    """Waits until everything has ended, so that what comes after an outcome can be looked at."""
    assert office.desk.drain(WAIT)


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"])
def test_a_form_that_came_too_late_is_told_with_the_other_way(office: Office, error: str) -> None:
    office.server.refuse("views.open", error)

    def opening(_request: Request, turn: Turn) -> None:
        turn.open_view({"type": "modal"})

    office.desk.take(office.turn(), lambda: PODS, opening)
    done(office)
    assert office.told() == ["Slack closed the door before the form was ready."]


@pytest.mark.parametrize(
    ("command", "replaces", "private"),
    [
        (PODS, False, False),
        (PODS.replaced(private=True), False, True),
        (PODS.replaced(owner="U1"), True, False),
        (PODS.replaced(owner="U1", private=True), True, True),
        (PODS.replaced(owner="U2"), False, True),
    ],
)
def test_ones_own_list_changes_in_place_and_anothers_is_copied_for_oneself(
    office: Office, command: Command, replaces: bool, private: bool
) -> None:
    turn = office.turn()
    turn.answer_as(command).show(Message("pods", [section("pods")]))
    (body,) = office.server.asked("respond")
    assert (body["replace_original"], body["response_type"] == "ephemeral") == (replaces, private)
    owned = turn.owned(command)
    assert (owned.owner, owned.private) == ("U1", private)


@pytest.mark.parametrize(
    ("command", "again"),
    [
        (PODS, PODS),
        (PODS.replaced(private=True), PODS.replaced(private=True)),
        (PODS.replaced(owner="U1"), PODS),
        (PODS.replaced(owner="U1", private=True), PODS.replaced(private=True)),
        # What was to be a copy for oneself does not go to the channel at the second try.
        (PODS.replaced(owner="U2"), PODS.replaced(private=True)),
    ],
)
def test_a_failed_turn_is_tried_again_for_the_same_eyes(
    office: Office, command: Command, again: Command
) -> None:
    turn = office.turn()

    def fails(request: Request, turn: Turn) -> None:
        turn.answer_as(request.command)
        raise Unreachable("`prod` does not answer")

    office.desk.take(turn, lambda: command, fails)
    done(office)
    assert turn.again == again
    (body,) = office.server.asked("respond")
    assert buttons(body["blocks"]) == {"try.again": again.value()}


def test_a_turn_that_read_nothing_has_nothing_to_try_again(office: Office) -> None:
    assert office.turn().again is None


# --- a modal's button


def press(office: Office, converse: Converse, view_id: str = "V1") -> None:
    turn = office.turn()
    turn.view_id = view_id
    office.desk.take(turn, lambda: PODS, converse)


def test_of_many_presses_at_once_one_works_on_the_modal(office: Office) -> None:
    barrier, release, worked = threading.Barrier(8), threading.Event(), list[str]()

    def works(_request: Request, turn: Turn) -> None:
        worked.append(turn.ref)
        assert release.wait(WAIT)

    def pressed() -> None:
        barrier.wait(WAIT)
        press(office, works)

    presses = [threading.Thread(target=pressed) for _ in range(8)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    office.at_rest(running=1)
    # The one that is left may be on its way to the work.
    wait_until(lambda: bool(worked), WAIT)
    assert len(worked) == 1
    release.set()
    done(office)
    assert [outcome.ref for outcome in office.outcomes.ended] == worked
    assert office.told() == []


def test_a_modal_is_free_when_its_turn_ends_and_not_before(office: Office) -> None:
    begun, release, worked = threading.Event(), threading.Event(), list[str]()

    def works() -> None:
        begun.set()
        assert release.wait(WAIT)

    def notes(_request: Request, turn: Turn) -> None:
        worked.append(turn.view_id)

    press(office, lambda _request, turn: turn.hand_on("prod", works))
    assert begun.wait(WAIT)
    press(office, notes)
    # Another modal's turn, and its end, are none of this one's.
    press(office, notes, "V2")
    press(office, notes)
    office.at_rest(running=1)
    assert worked == ["V2"]
    release.set()
    office.at_rest()
    press(office, notes)
    done(office)
    assert worked == ["V2", "V1"]


@pytest.mark.parametrize("error", [Forbidden("no"), ValueError("no")])
@pytest.mark.parametrize("handed_on", [False, True])
def test_a_modal_whose_turn_fails_can_be_pressed_again(
    office: Office, error: Exception, handed_on: bool
) -> None:
    def fails() -> None:
        raise error

    press(office, lambda _request, turn: turn.hand_on("prod", fails) if handed_on else fails())
    office.outcomes.wait_for(1)
    office.at_rest()
    press(office, nothing)
    assert office.outcomes.wait_for(2)[1] == "ok"


def test_a_modal_whose_turn_finds_no_place_can_be_pressed_again(
    office: Office, server: SlackServer, memory: Engine
) -> None:
    assert office.desk.front.drain(WAIT)
    press(office, nothing)
    done(office)
    assert [outcome.outcome for outcome in office.outcomes.ended] == ["Busy"]
    # The other process has one.
    other = Office(server, memory, replica="replica-2")
    press(other, nothing)
    assert other.outcomes.wait_for(1) == ["ok"]
    other.close()


def test_no_token_and_no_address_is_in_a_turns_repr(office: Office) -> None:
    turn = office.turn()
    shown = repr(turn)
    assert "CANARY" not in shown
    assert turn.trigger_id not in shown
