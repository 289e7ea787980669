"""A turn: what it opens, whose eyes its answer is for, and that a modal's button counts once."""

import threading
from collections.abc import Iterator

import pytest

from connector.errors import Forbidden, Unreachable
from connector.workspaces import WorkspaceKey
from handlers.access import Request
from handlers.blocks.message import Message
from handlers.blocks.parts import section
from handlers.command import Command
from handlers.desk import Turn
from tests.handlers.desk_parts import KEY, PODS, WAIT, Office, nothing
from tests.handlers.samples import buttons
from tests.handlers.slack_server import SlackServer


@pytest.fixture
def office(server: SlackServer) -> Iterator[Office]:
    made = Office(server)
    yield made
    made.desk.drain(5)
    made.workspaces.close()


def done(office: Office) -> None:
    """Waits until everything has ended, so that what comes after an outcome can be looked at."""
    assert office.desk.drain(WAIT)


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"])
def test_a_form_that_came_too_late_is_told_with_the_other_way(office: Office, error: str) -> None:
    office.server.refuse("views.open", error)
    office.desk.take(office.turn(), lambda: PODS, lambda _request, turn: turn.open_view({"type": "modal"}))
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


def test_a_modal_is_claimed_once(office: Office) -> None:
    assert office.desk.claims(KEY, "V1")
    assert not office.desk.claims(KEY, "V1")
    assert office.desk.claims(KEY, "V2")
    assert not office.desk.claims(KEY, "V2")
    # Another workspace cannot keep it from working by naming it first.
    assert office.desk.claims(WorkspaceKey(None, "T2"), "V1")


def test_of_many_presses_at_once_one_claims_the_modal(office: Office) -> None:
    barrier, won = threading.Barrier(8), []

    def press() -> None:
        barrier.wait(WAIT)
        won.append(office.desk.claims(KEY, "V1"))

    presses = [threading.Thread(target=press) for _ in range(8)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_modal_is_free_when_its_turn_ends_and_not_before(office: Office) -> None:
    release, begun = threading.Event(), threading.Event()

    def works() -> None:
        begun.set()
        release.wait(WAIT)

    turn = office.turn()
    turn.view_id = "V1"
    assert office.desk.claims(KEY, "V1")
    assert office.desk.claims(KEY, "V2")
    office.desk.take(turn, lambda: PODS, lambda _request, turn: turn.hand_on("prod", works))
    # Another turn's end is none of this one's.
    office.desk.take(office.turn(), lambda: PODS, nothing)
    assert begun.wait(WAIT)
    assert office.outcomes.wait_for(1) == ["ok"]
    assert not office.desk.claims(KEY, "V1")
    release.set()
    done(office)
    assert office.desk.claims(KEY, "V1")
    assert not office.desk.claims(KEY, "V2")


@pytest.mark.parametrize("error", [Forbidden("no"), ValueError("no")])
@pytest.mark.parametrize("handed_on", [False, True])
def test_a_modal_whose_turn_fails_can_be_pressed_again(
    office: Office, error: Exception, handed_on: bool
) -> None:
    def fails() -> None:
        raise error

    turn = office.turn()
    turn.view_id = "V1"
    assert office.desk.claims(KEY, "V1")
    office.desk.take(
        turn, lambda: PODS, lambda _request, turn: turn.hand_on("prod", fails) if handed_on else fails()
    )
    done(office)
    assert office.desk.claims(KEY, "V1")


def test_a_modal_whose_turn_finds_no_place_can_be_pressed_again(office: Office) -> None:
    assert office.desk.front.drain(WAIT)
    turn = office.turn()
    turn.view_id = "V1"
    assert office.desk.claims(KEY, "V1")
    office.desk.take(turn, lambda: PODS, nothing)
    done(office)
    assert office.desk.claims(KEY, "V1")


def test_no_token_and_no_address_is_in_a_turns_repr(office: Office) -> None:
    shown = repr(office.turn())
    assert "CANARY" not in shown
    assert "1.2.abc" not in shown
