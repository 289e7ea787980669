"""A list that is asked what changed: who may, what it is compared with, and what is said when that cannot be."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from connector.connector import Connection, EKSConnector
from connector.resources import Health, Listing, Query
from handlers.command import Command, decoded
from handlers.desk import Turn
from handlers.listeners import ROUTES
from handlers.snapshots import Snapshots
from tests.handlers import samples
from tests.handlers.desk_parts import WAIT, Office
from tests.handlers.samples import CONNECTION, Plain, buttons, shown_rows
from tests.handlers.slack_server import SlackServer

LIST = Command("get", "pods", connection=CONNECTION.id)


class Holding(EKSConnector):
    """A connector to one cluster, whose pods are what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Plain, ...] = (Plain(("cart",)), Plain(("web",)))
        self.complete = True

    def list_connected_clusters(self) -> tuple[Connection, ...]:
        return (CONNECTION,)

    def connection(self, connection_id: str, **sees: Any) -> Connection:
        return CONNECTION

    def get_resources(self, connection_id: str, query: Query, **limits: Any) -> Listing:
        return samples.listing(samples.plain_kind(1), self.rows, complete=self.complete)


@pytest.fixture
def held() -> Holding:
    return Holding()


@pytest.fixture
def office(server: SlackServer, memory: Engine, held: Holding) -> Iterator[Office]:
    made = Office(server, memory, build=lambda: held)
    yield made
    made.close()


def answer(office: Office, command: Command, user: str = "U1") -> dict[str, Any]:
    """What that person is shown; how the turn ended stands in the office's outcomes."""
    ended, before = len(office.outcomes.ended), len(office.server.asked("respond"))
    turn: Turn = office.turn(user)
    office.desk.take(turn, lambda: command, ROUTES[command.verb])
    office.outcomes.wait_for(ended + 1)
    office.at_rest()
    return office.server.asked("respond")[before:][-1]


def what_changed(shown: dict[str, Any]) -> Command:
    return decoded(buttons(shown["blocks"])["what.changed"])


def test_what_changed_is_told_since_the_list_that_was_shown(office: Office, held: Holding) -> None:
    asked = what_changed(answer(office, LIST))
    assert answer(office, asked)["text"].startswith("Nothing changed since")
    held.rows = (Plain(("cart",), Health.BROKEN), Plain(("db",)))
    rows = shown_rows(answer(office, asked)["blocks"])
    # Of a row that shows nothing but its name there is nothing more to tell.
    assert rows is not None
    assert [(how, name) for how, _, name, _ in rows] == [("🟢 new", "db"), ("⚪ gone", "web")]


def test_a_list_that_is_not_whole_is_not_compared(office: Office, held: Holding) -> None:
    asked = what_changed(answer(office, LIST))
    held.complete = False
    refused = answer(office, asked)
    assert "The list of now is not whole" in refused["text"]
    assert decoded(buttons(refused["blocks"])["take.list"]) == LIST
    assert "what.changed" not in buttons(answer(office, LIST)["blocks"])


def test_another_persons_list_is_refused_and_their_own_is_offered(office: Office) -> None:
    asked = what_changed(answer(office, LIST))
    refused = answer(office, asked, "U2")
    assert refused["response_type"] == "ephemeral"
    assert "somebody else's" in refused["text"]
    own = decoded(buttons(refused["blocks"])["take.list"])
    assert own == LIST
    theirs = what_changed(answer(office, own, "U2"))
    assert answer(office, theirs, "U2")["text"].startswith("Nothing changed since")


@pytest.mark.parametrize(
    "changes", [{"namespace": "pay"}, {"kind": "services"}, {"selector": "a=b"}, {"words": ("x",)}]
)
def test_a_list_of_something_else_is_not_what_was_asked(office: Office, changes: dict[str, Any]) -> None:
    asked = what_changed(answer(office, LIST)).replaced(**changes)
    assert "may not see the same" in answer(office, asked)["text"]
    assert office.outcomes.ended[-1].outcome == "NotComparable"


def test_while_lists_cannot_be_kept_they_come_without_the_button(office: Office) -> None:
    nowhere = create_engine("postgresql+psycopg://x@127.0.0.1:1/x?connect_timeout=2")
    office.desk.snapshots = Snapshots(nowhere)
    assert "what.changed" in buttons(answer(office, LIST)["blocks"])
    assert office.desk.snapshots.lanes.drain(WAIT)
    shown = answer(office, LIST)
    assert shown_rows(shown["blocks"]) == [["cart"], ["web"]]
    assert "what.changed" not in buttons(shown["blocks"])


def test_a_list_of_many_is_shown_before_it_is_kept(office: Office, held: Holding) -> None:
    held.rows = tuple(replace(Plain((f"pod-{at}",))) for at in range(5_000))
    asked = what_changed(answer(office, LIST))
    assert "5,000 pods are as they were" in answer(office, asked)["text"]
