"""What a turn makes of the connector's answers: unknown namespaces, clusters of unknown state, a form sent twice."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import Engine

from connector.connector import Connection, EKSConnector
from connector.errors import Failure, Forbidden
from connector.resources import Listing, Query
from handlers import browse, connections
from handlers.blocks import forms
from handlers.command import Command
from handlers.grammar import COMMON
from handlers.listeners import AFTER_ACK, register
from tests.handlers import payloads, samples
from tests.handlers.desk_parts import WAIT, Office
from tests.handlers.samples import CONNECTION, buttons, command_of
from tests.handlers.slack_server import SlackServer


class Known(EKSConnector):
    """A connector that holds and lists what it is given."""

    def __init__(
        self, rows: int = 0, namespaces: tuple[str, ...] | Failure = (), held: tuple[Connection, ...] = ()
    ) -> None:
        super().__init__()
        self.rows, self.namespaces, self.held = rows, namespaces, held or (CONNECTION,)
        self.asked: list[str] = []
        self.release = threading.Event()
        self.release.set()

    def list_connected_clusters(self) -> tuple[Connection, ...]:
        return self.held

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> tuple[Connection, ...]:
        return tuple(replace(one, status="UNKNOWN") for one in self.held)

    def connection(self, connection_id: str, **sees: Any) -> Connection:
        return next(one for one in self.held if one.id == connection_id)

    def get_resources(self, connection_id: str, query: Query, **limits: Any) -> Listing:
        rows = tuple(samples.Plain((f"pod-{at:03}",)) for at in range(self.rows))
        return samples.listing(samples.plain_kind(1), rows)

    def list_namespaces(self, connection_id: str, **limits: Any) -> tuple[str, ...]:
        self.asked.append(connection_id)
        if isinstance(self.namespaces, Failure):
            raise self.namespaces
        return self.namespaces

    def connect_with_aws_profile(self, cluster: str, region: str, profile: Any, **more: Any) -> Connection:
        self.asked.append(cluster)
        assert self.release.wait(WAIT)
        if cluster == "wrong":
            raise Forbidden("no")
        return CONNECTION


Seat = Callable[[Known], Office]


@pytest.fixture
def seat(server: SlackServer, memory: Engine) -> Iterator[Seat]:
    """Makes the office of one connector."""
    made: list[Office] = []

    def make(connector: Known) -> Office:
        made.append(Office(server, memory, build=lambda: connector))
        return made[-1]

    yield make
    for office in made:
        office.close()


def listed(office: Office, command: Command) -> dict[str, Any]:
    office.desk.take(office.turn(), lambda: command, browse.converse)
    assert office.desk.drain(WAIT)
    (body,) = office.server.asked("respond")
    return body


# --- lists


def test_an_unknown_namespace_is_said_with_the_nearest(seat: Seat) -> None:
    office = seat(Known(0, ("checkout", "kube-system")))
    command = Command("get", "pods", namespace="chekout", words=("api",))
    body = listed(office, command)
    assert body["text"] == "There is no namespace `chekout` in `prod-payments`. Did you mean `checkout`?"
    assert command_of(body["blocks"], "widen.list") == command.replaced(
        namespace="checkout", connection=CONNECTION.id, owner="U1"
    )


def test_an_unknown_namespace_that_none_is_near_is_said_too(seat: Seat) -> None:
    body = listed(seat(Known(0, ("kube-system",))), Command("get", "pods", namespace="shop"))
    assert body["text"] == "There is no namespace `shop` in `prod-payments`."


@pytest.mark.parametrize("namespaces", [("shop",), Forbidden("no")])
def test_a_namespace_that_is_there_or_cannot_be_looked_for_is_empty(
    seat: Seat, namespaces: tuple[str, ...] | Failure
) -> None:
    body = listed(seat(Known(0, namespaces)), Command("get", "pods", namespace="shop"))
    assert body["text"] == "There are no pods in `shop` in `prod-payments`."
    assert body["response_type"] == "in_channel"


@pytest.mark.parametrize(
    ("rows", "command"),
    [
        (3, Command("get", "pods", namespace="shop")),
        (0, Command("get", "pods")),
        (0, Command("get", "nodes")),
    ],
)
def test_namespaces_are_asked_for_only_where_they_explain_something(
    seat: Seat, rows: int, command: Command
) -> None:
    connector = Known(rows, ("kube-system",))
    body = listed(seat(connector), command)
    assert connector.asked == []
    assert "no namespace" not in body["text"]


@pytest.mark.parametrize(
    ("others", "line"),
    [(0, "/eks pods WORD"), (1, "/eks pods WORD -c eu-west-1_prod-payments")],
)
def test_a_line_to_narrow_names_the_connection_where_there_are_several(
    seat: Seat, others: int, line: str
) -> None:
    office = seat(Known(250, held=(CONNECTION, *samples.connections(others, "dev"))))
    body = listed(office, Command("get", "pods", connection=CONNECTION.id))
    assert f"narrow it: `{line}`" in str(body["blocks"])


# --- connections


def test_connections_are_shown_as_aws_describes_them_now(seat: Seat) -> None:
    office = seat(Known())
    office.desk.take(office.turn(), lambda: Command("connections"), connections.converse)
    assert office.desk.drain(WAIT)
    (body,) = office.server.asked("respond")
    assert "⚪ UNKNOWN · v1.34" in str(body["blocks"])
    assert command_of(body["blocks"], "refresh.connections") == Command("connections", owner="U1")
    assert {f"list.{plural}" for plural in COMMON} <= set(buttons(body["blocks"]))


# --- a form


def application(office: Office) -> Callable[[dict[str, Any]], str]:
    """The bot's listeners; takes a payload as Slack sends it, acknowledges, and does what follows."""
    app = App(
        client=office.server.client,
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id="U0", bot_id="B0", bot_token="xoxb-1-2-CANARYTOKEN"
        ),
        signing_secret="secret",
        process_before_response=True,
        request_verification_enabled=False,
    )
    register(app, office.desk)

    def deliver(payload: dict[str, Any]) -> str:
        request = BoltRequest(body=payload, mode="socket_mode")
        response = app.dispatch(request)
        assert response.status == 200
        request.context.get(AFTER_ACK, lambda: None)()
        return str(response.body)

    return deliver


def submission(cluster: str, view_id: str = "V1", trigger_id: str = "1") -> dict[str, Any]:
    filled = {
        "region": "eu-west-1",
        "sign_in": forms.BY_PROFILE,
        "profile": "profile:ops",
        "cluster": cluster,
    }
    values = {
        name: {f"any.{name}": {"type": "static_select", "selected_option": {"value": value}}}
        for name, value in filled.items()
    }
    view = {**payloads.VIEW, "id": view_id, "callback_id": forms.CONNECT, "state": {"values": values}}
    return {**payloads.PERSON, "type": "view_submission", "view": view, "trigger_id": trigger_id}


def test_a_form_that_is_sent_twice_connects_once(seat: Seat) -> None:
    connector = Known()
    connector.release.clear()
    office = seat(connector)
    deliver = application(office)
    deliver(submission("prod"))
    deliver(submission("prod", trigger_id="2"))
    office.at_rest(running=1)
    # Another form is another matter.
    deliver(submission("dev", "V2", trigger_id="3"))
    connector.release.set()
    assert office.desk.drain(WAIT)
    assert sorted(connector.asked) == ["dev", "prod"]
    assert [outcome.outcome for outcome in office.outcomes.ended] == ["ok", "ok"]


def test_a_form_whose_mistake_was_told_can_be_sent_again(seat: Seat) -> None:
    connector = Known()
    office = seat(connector)
    deliver = application(office)
    deliver(submission("wrong"))
    assert office.outcomes.wait_for(1) == ["Forbidden"]
    office.at_rest()
    deliver(submission("prod", trigger_id="2"))
    assert office.outcomes.wait_for(2) == ["Forbidden", "ok"]
    assert connector.asked == ["wrong", "prod"]
