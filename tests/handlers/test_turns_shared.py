"""Several processes, one database: a delivery is worked on once; the trail says of every turn what it was about."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select

from connector.connector import Connection
from connector.errors import ConnectionNotFound, Failure, Forbidden, StateAway, Unreachable
from connector.resources import Listing, Query
from handlers import browse, connect, connections
from handlers.access import NotAllowed, Request
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import section
from handlers.claims import CLAIMS, LOST_SECONDS
from handlers.command import Command
from handlers.desk import Turn
from handlers.parsing import parsed
from handlers.reply import MessageReply
from handlers.trail import Asked, Entry
from tests.databases import Postgres, opened
from tests.handlers import payloads
from tests.handlers.desk_parts import KEY, PODS, WAIT, Office, nothing
from tests.handlers.samples import CONNECTION
from tests.handlers.slack_server import Answer, SlackServer
from tests.handlers.test_conversations import Known, application, submission

Hire = Callable[..., Office]


@pytest.fixture
def hire(server: SlackServer, engine: Engine) -> Iterator[Hire]:
    """Makes one more process on the same database."""
    made: list[Office] = []

    def more(**how: object) -> Office:
        made.append(Office(server, engine, replica=f"replica-{len(made)}", **how))  # type: ignore[arg-type]
        return made[-1]

    yield more
    for office in made:
        office.close()


def done(*offices: Office) -> None:
    for office in offices:
        assert office.desk.drain(WAIT)


def trailed(*offices: Office) -> list[Entry]:
    """What is in the trail, the oldest first, once all that these processes did is written."""
    for office in offices:
        assert office.trail.close(WAIT)
    return list(reversed(offices[0].trail.find(KEY, Asked()).entries))


# --- once


def test_a_delivery_that_two_processes_get_is_worked_on_by_one(hire: Hire) -> None:
    one, other = hire(), hire()
    worked: list[str] = []
    barrier = threading.Barrier(2)

    def read() -> Command:
        barrier.wait(WAIT)
        return PODS

    for office in (one, other):
        office.desk.take(office.turn(trigger_id="1"), read, lambda _request, turn: worked.append(turn.ref))
    done(one, other)
    assert len(worked) == 1
    assert [each.outcome for office in (one, other) for each in office.outcomes.ended] == ["ok"]
    assert [entry.ref for entry in trailed(one, other)] == worked


def test_a_mistake_that_two_processes_read_is_told_once(hire: Hire) -> None:
    one, other = hire(), hire()
    for office in (one, other):
        office.desk.take(office.turn(trigger_id="1"), lambda: parsed("pds"), nothing)
    done(one, other)
    assert len(one.told()) == 1
    (entry,) = trailed(one, other)
    assert (entry.verb, entry.outcome) == ("unread", "Usage")


def test_a_delivery_that_comes_again_when_all_is_done_is_dropped(hire: Hire) -> None:
    one, other = hire(), hire()
    one.desk.take(one.turn(trigger_id="1"), lambda: PODS, nothing)
    one.outcomes.wait_for(1)
    done(one)
    began = list[Request]()
    other.desk.take(other.turn(trigger_id="1"), lambda: PODS, lambda request, _turn: began.append(request))
    done(other)
    assert began == []
    assert other.told() == []
    assert other.outcomes.ended == []


def test_a_modal_that_two_processes_work_on_is_worked_on_by_one_and_free_afterwards(hire: Hire) -> None:
    one, other = hire(), hire()
    begun, release = threading.Event(), threading.Event()

    def works(_request: Request, turn: Turn) -> None:
        def slow() -> None:
            begun.set()
            assert release.wait(WAIT)
            raise Forbidden("no")

        turn.hand_on("prod", slow)

    def press(office: Office, trigger: str, converse: Callable[[Request, Turn], None]) -> None:
        turn = office.turn(trigger_id=trigger)
        turn.view_id = "V1"
        office.desk.take(turn, lambda: PODS, converse)

    press(one, "1", works)
    assert begun.wait(WAIT)
    worked = list[str]()
    press(other, "2", lambda _request, turn: worked.append(turn.trigger_id))
    assert other.desk.drain(WAIT)
    assert worked == []
    release.set()
    done(one)
    # The mistake has been told, the form can be sent again, from any process.
    third = hire()
    press(third, "3", lambda _request, turn: worked.append(turn.trigger_id))
    done(third)
    assert worked == ["3"]
    assert third.outcomes.wait_for(1) == ["ok"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_form_can_be_sent_again_as_soon_as_its_mistake_is_shown(hire: Hire, elsewhere: bool) -> None:
    one = hire()
    other = hire() if elsewhere else one
    sent_again = list[str]()

    class Shown(MessageReply):
        """A form whose mistake somebody mends in the moment they see it."""

        def __init__(self, turn: Turn) -> None:
            super().__init__(turn.slack, turn.place, turn.desk.rungs)

        def fail(self, failure: Failure, ref: str, ways: Sequence[Block] = ()) -> None:
            send(other, "2", lambda _request, turn: sent_again.append(turn.trigger_id))
            other.outcomes.wait_for(1 if elsewhere else 2)

    def send(office: Office, trigger: str, converse: Callable[[Request, Turn], None]) -> None:
        turn = office.turn(trigger_id=trigger)
        turn.view_id, turn.reply = "V1", Shown(turn)
        office.desk.take(turn, lambda: PODS, converse)

    def mistaken(_request: Request, _turn: Turn) -> None:
        raise Forbidden("no")

    send(one, "1", mistaken)
    other.outcomes.wait_for(1 if elsewhere else 2)
    done(one)
    assert sent_again == ["2"]


def test_a_claim_ends_with_the_answer_or_the_error(hire: Hire, engine: Engine) -> None:
    office = hire()

    def fails(_request: Request, turn: Turn) -> None:
        def job() -> None:
            raise Unreachable("`prod` does not answer")

        turn.hand_on("prod", job)

    office.desk.take(office.turn(trigger_id="1"), lambda: PODS, nothing)
    office.desk.take(office.turn(trigger_id="2"), lambda: PODS, fails)
    office.desk.take(office.turn(trigger_id="3"), lambda: parsed("pds"), nothing)
    done(office)
    with engine.connect() as database:
        ended = list(database.execute(select(CLAIMS.c.verb, CLAIMS.c.ended_at)))
    assert sorted(row.verb for row in ended) == ["pods", "pods", "unread"]
    assert all(row.ended_at for row in ended)


def test_a_claim_lasts_until_the_person_was_told(hire: Hire) -> None:
    now = [0.0]
    office, other = hire(), hire(clock=lambda: now[0])
    telling, release = threading.Event(), threading.Event()

    def slow(_arguments: object) -> Answer:
        telling.set()
        assert release.wait(WAIT)
        return Answer("ok")

    office.server.always["respond"] = slow

    def fails(_request: Request, _turn: Turn) -> None:
        raise Forbidden("no")

    office.desk.take(office.turn(), lambda: PODS, fails)
    assert telling.wait(WAIT)
    # Should this process die now, another one would tell.
    assert list(other.claims.lost()) == []
    now[0] += LOST_SECONDS
    (lost,) = other.claims.lost()
    assert lost.road
    assert (lost.road.user, lost.road.channel) == ("U1", "C1")
    assert lost.road.response_url == office.server.response_url
    assert lost.road.command == PODS.encoded()
    release.set()
    done(office)


def test_the_progress_that_would_be_left_standing_is_noted(hire: Hire) -> None:
    now = [0.0]
    office, other = hire(), hire(clock=lambda: now[0])
    office.server.always["chat.postMessage"] = Answer({"ok": True, "ts": "17.5"})
    release = threading.Event()

    def slow(_request: Request, turn: Turn) -> None:
        reply = turn.answer_as(PODS)
        reply.progress("Listing pods…")
        assert release.wait(WAIT)
        reply.show(Message("the answer", [section("the answer")]))

    turn = office.turn()
    office.desk.take(turn, lambda: PODS, slow)
    pause = threading.Event()
    while not (turn.claim and turn.claim.road.progress):
        assert turn.left > 0
        pause.wait(0.02)
    assert list(other.claims.lost()) == []
    now[0] += LOST_SECONDS
    (lost,) = other.claims.lost()
    assert lost.road
    assert lost.road.progress == "17.5"
    release.set()
    done(office)


def test_without_its_memory_the_bot_says_so_and_begins_nothing(
    server: SlackServer, postgres: Postgres, postgres_url: str
) -> None:
    with opened(postgres_url) as database:
        office = Office(server, database.engine)
        postgres.take_away(postgres_url)
        began = list[Request]()
        turn = office.turn()
        office.desk.take(turn, lambda: PODS, lambda request, _turn: began.append(request))
        assert office.outcomes.wait_for(1) == [StateAway.__name__]
        assert office.desk.drain(WAIT)
        assert began == []
        (body,) = server.asked("respond")
        assert "The bot's memory is out of reach" in body["text"]
        assert f"ref {turn.ref}" in str(body["blocks"])
        postgres.give_back(postgres_url)
        # It heals by itself, and nothing of what was done meanwhile is lost.
        again = Office(server, database.engine)
        again.desk.take(again.turn(trigger_id="2"), lambda: PODS, nothing)
        done(again)
        assert again.outcomes.wait_for(1) == ["ok"]
        assert [entry.outcome for entry in trailed(office, again)] == ["StateAway", "ok"]


# --- what a turn was about


def clicked(action_id: str, value: str) -> dict[str, Any]:
    return {**payloads.CLICK, "actions": [{**payloads.BUTTON, "action_id": action_id, "value": value}]}


class Listed(Known):
    def connection(self, connection_id: str, **_sees: object) -> Connection:
        if connection_id == CONNECTION.id:
            return CONNECTION
        raise ConnectionNotFound(f"There is no connection `{connection_id}`")

    def get_resources(self, connection_id: str, query: Query, **limits: object) -> Listing:
        if query.namespace == "forbidden":
            raise Forbidden("no")
        return super().get_resources(connection_id, query, **limits)


@pytest.mark.parametrize(
    ("command", "converse", "expected"),
    [
        (PODS, browse.converse, ("pods", "eu-west-1_prod-payments", "", "ok")),
        (
            PODS.replaced(namespace="shop", words=("CANARYWORD",), selector="app=CANARYWORD"),
            browse.converse,
            ("pods", "eu-west-1_prod-payments", "shop", "ok"),
        ),
        (
            PODS.replaced(namespace="forbidden", connection=CONNECTION.id),
            browse.converse,
            ("pods", "eu-west-1_prod-payments", "forbidden", "Forbidden"),
        ),
        (
            PODS.replaced(connection="eu-west-1_none"),
            browse.converse,
            ("pods", "eu-west-1_none", "", "ConnectionNotFound"),
        ),
        (
            Command("disconnect", connection=CONNECTION.id),
            connections.disconnect,
            ("disconnect", "eu-west-1_prod-payments", "", "ok"),
        ),
        (
            Command("connect", words=("wrong",), region="eu-west-1", profile="ops"),
            connect.converse,
            ("connect", "eu-west-1_wrong", "", "Forbidden"),
        ),
    ],
)
def test_the_trail_says_what_a_turn_was_about(
    hire: Hire, command: Command, converse: Callable[[Request, Turn], None], expected: tuple[str, ...]
) -> None:
    office = hire(build=Listed)
    office.desk.take(office.turn(), lambda: command, converse)
    done(office)
    (entry,) = trailed(office)
    assert (entry.verb, entry.cluster, entry.namespace, entry.outcome) == expected
    assert (entry.user, entry.channel, entry.replica) == ("U1", "C1", "replica-0")
    assert entry.ref == office.outcomes.ended[0].ref
    known = expected[1] == "eu-west-1_prod-payments"
    assert entry.principal == (CONNECTION.principal if known else "")
    assert "CANARY" not in str(entry)


@pytest.mark.parametrize(
    ("payload", "verb"),
    [
        ({**payloads.COMMAND, "team_id": "T1", "text": "connections"}, "connections"),
        ({**payloads.COMMAND, "team_id": "T1", "text": "zzzzzz"}, "unread"),
        (clicked("show.connections", '{"v":"connections"}'), "connections"),
        (clicked("dismiss.question", "keep"), "dismiss"),
        ({**clicked("toggle.role", "open"), "view": payloads.VIEW}, "form"),
        (submission("prod"), "connect"),
    ],
    ids=["typed", "mistyped", "clicked", "dismissed", "reshaped", "submitted"],
)
def test_every_command_click_and_submit_is_in_the_trail(
    hire: Hire, payload: dict[str, Any], verb: str
) -> None:
    office = hire(build=Listed)
    application(office)(payload)
    office.outcomes.wait_for(1)
    done(office)
    (entry,) = trailed(office)
    assert (entry.verb, entry.user, entry.channel) == (verb, "U1", "C1")


def test_who_was_refused_is_in_the_trail_with_what_they_tried(hire: Hire) -> None:
    office = hire()
    guest = {"id": "U1", "team_id": "T1", "is_restricted": True}
    office.server.always["users.info"] = Answer({"ok": True, "user": guest})
    office.desk.take(office.turn(), lambda: Command("clusters", region="eu-west-1"), nothing)
    done(office)
    (entry,) = trailed(office)
    assert (entry.verb, entry.cluster, entry.outcome) == ("clusters", "eu-west-1_*", NotAllowed.__name__)


def test_the_reference_under_an_error_finds_its_line(hire: Hire) -> None:
    office = hire()
    turn = office.turn()

    def fails(_request: Request, _turn: Turn) -> None:
        raise Unreachable("`prod` does not answer")

    office.desk.take(turn, lambda: PODS, fails)
    done(office)
    trailed(office)
    (body,) = office.server.asked("respond")
    assert f"ref {turn.ref}" in str(body["blocks"])
    (entry,) = office.trail.find(KEY, Asked(ref=turn.ref)).entries
    assert entry.outcome == "Unreachable"
