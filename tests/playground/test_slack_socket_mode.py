"""Socket Mode, with the SDK's own client and with a bare WebSocket where the SDK hides what happens."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import aiohttp
import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from playground.slack import Ack, LocalSlack
from tests.playground.slack_apps import Json, bolt_app, heard, over_socket_mode, until


class Wire:
    """Bare WebSockets of an app that acknowledges nothing by itself."""

    def __init__(self, slack: LocalSlack) -> None:
        self.slack = slack
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []  # one that nobody holds is closed
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._session = self.run(self._open())

    async def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def url(self) -> str:
        client = WebClient(base_url=self.slack.api_url)
        return str(client.apps_connections_open(app_token=self.slack.app_token)["url"])

    def connect(self, url: str | None = None) -> aiohttp.ClientWebSocketResponse:
        self._sockets.append(self.run(self._session.ws_connect(url or self.url())))
        return self._sockets[-1]

    def read(self, socket: aiohttp.ClientWebSocketResponse) -> Json:
        got: Json = self.run(socket.receive_json())
        return got

    def acknowledge(self, socket: aiohttp.ClientWebSocketResponse, envelope: Json, **more: Any) -> None:
        self.run(socket.send_json({"envelope_id": envelope["envelope_id"], **more}))

    def close(self) -> None:
        self.run(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def wire(slack: LocalSlack) -> Iterator[Wire]:
    wire = Wire(slack)
    yield wire
    wire.close()


class Doing:
    """Something that waits for an ack, on a thread of its own."""

    def __init__(self, work: Callable[[], Ack | None]) -> None:
        self._result: list[Ack | None] = []
        self._thread = threading.Thread(target=lambda: self._result.append(work()), daemon=True)
        self._thread.start()

    def ack(self) -> Ack:
        self._thread.join(30)
        (ack,) = self._result
        assert ack
        return ack


def test_bolt_over_socket_mode_does_it_all(slack: LocalSlack) -> None:
    """Command, modal and event through the SDK's client, before and after Slack refreshes the connection."""
    app: App = bolt_app(slack)

    @app.command("/eks")
    def command(ack: Callable[..., None], command: Json, client: WebClient) -> None:
        if command["text"] != "form":
            ack(f"echo {command['text']}")
            return
        ack()
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]
        view = {
            "type": "modal",
            "callback_id": "m",
            "title": {"type": "plain_text", "text": "T"},
            "blocks": blocks,
        }
        client.views_open(trigger_id=command["trigger_id"], view=view | {"submit": view["title"]})

    app.view("m")(lambda ack: ack(response_action="clear"))
    opened_homes = heard(app.event("app_home_opened"))
    ada = slack.team("akme").person("ada")
    leo = slack.team("globex").person("leo")
    with over_socket_mode(slack, app):
        ack = ada.types("ops", "/eks hello")
        assert (ack.status, ack.body) == ("acked", {"text": "echo hello"})
        assert ack.seconds < 1
        leo.types("platform", "/eks there")
        assert leo.sees("platform")[0].text == "echo there"
        ada.types("ops", "/eks form")
        view = ada.wait_view(lambda view: view.title == "T")
        assert ada.submits(view).body == {"response_action": "clear"}
        assert ada.view is None
        opened = ada.opens_home()
        assert opened
        assert opened.status == "acked"
        slack.refresh_sockets()
        slack.app_connected()
        assert slack.connections == 1
        assert ada.types("ops", "/eks after").status == "acked"
    assert [body["event"]["user"] for body in opened_homes] == [ada.id]
    assert ada.types("ops", "/eks gone").status == "error"


def test_slack_sdks_own_client(slack: LocalSlack) -> None:
    """SocketModeClient without Bolt: hello, envelopes, pings, and a new connection before the old one is closed."""
    client = SocketModeClient(
        app_token=slack.app_token, web_client=WebClient(base_url=slack.api_url), ping_interval=0.05
    )
    hellos, texts = [], []

    def listen(client: Any, request: SocketModeRequest) -> None:
        texts.append(request.payload["text"])
        client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload={"text": f"got {texts[-1]}"})
        )

    client.message_listeners.append(
        lambda _client, message, _raw: hellos.append(message) if message["type"] == "hello" else None
    )
    client.socket_mode_request_listeners.append(listen)
    client.connect()
    try:
        slack.app_connected()
        until(lambda: len(hellos) == 1)
        assert hellos[0]["connection_info"]["app_id"] == slack.world.app_id
        ada = slack.team("akme").person("ada")
        assert ada.types("ops", "/eks one").body == {"text": "got one"}
        session = client.current_session
        assert session
        until(lambda: session.last_ping_pong_time is not None)  # Slack answers its pings
        slack.refresh_sockets()
        until(lambda: len(hellos) == 2)
        slack.app_connected()
        assert client.current_session is not session
        assert (slack.connections, client.is_connected()) == (1, True)
        assert ada.types("ops", "/eks two").body == {"text": "got two"}
        slack.drop_sockets()
        until(lambda: len(hellos) == 3)
        slack.app_connected()
        assert ada.types("ops", "/eks three").body == {"text": "got three"}
        assert [message.text for message in ada.sees("ops")] == ["got one", "got two", "got three"]
    finally:
        client.close()


def test_a_listener_that_breaks_before_its_ack_leaves_the_envelope_hanging(slack: LocalSlack) -> None:
    """Bolt acknowledges an envelope for a 200 alone, so Slack waits its three seconds for nothing."""
    app: App = bolt_app(slack)
    broken = threading.Event()

    @app.command("/eks")
    def listen() -> None:
        broken.set()
        raise RuntimeError

    ada = slack.team("akme").person("ada")
    with over_socket_mode(slack, app):
        typing = Doing(lambda: ada.types("ops", "/eks"))
        assert broken.wait(30)
        slack.later(3)
        assert typing.ack().status == "timeout"
    assert "operation_timeout" in ada.sees("ops")[0].text


def test_hello_and_one_use_of_a_ticket(slack: LocalSlack, wire: Wire) -> None:
    url = wire.url()
    hello = wire.read(wire.connect(url))
    assert hello["type"] == "hello"
    assert hello["connection_info"] == {"app_id": slack.world.app_id}
    assert hello["num_connections"] == 1
    with pytest.raises(aiohttp.WSServerHandshakeError):
        wire.connect(url)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        wire.connect(url.replace("ticket=", "ticket=x"))


def test_envelopes_of_each_kind(slack: LocalSlack, wire: Wire) -> None:
    socket = wire.connect()
    wire.read(socket)
    slack.app_connected()
    ada = slack.team("akme").person("ada")
    typing = Doing(lambda: ada.types("ops", "/eks pods"))
    command = wire.read(socket)
    assert (command["type"], command["accepts_response_payload"]) == ("slash_commands", True)
    assert command["payload"]["text"] == "pods"
    assert "retry_attempt" not in command
    # An ack for something else, or no JSON at all, changes nothing.
    wire.run(socket.send_str("nonsense"))
    wire.run(socket.send_json({"envelope_id": "another"}))
    wire.acknowledge(socket, command, payload={"text": "hi"})
    assert typing.ack().body == {"text": "hi"}
    # Acknowledged once; a second ack is nothing.
    wire.acknowledge(socket, command, payload={"text": "again"})
    assert [message.text for message in ada.sees("ops")] == ["hi"]
    opening = Doing(ada.opens_home)
    event = wire.read(socket)
    assert (event["type"], event["accepts_response_payload"]) == ("events_api", False)
    assert (event["retry_attempt"], event["retry_reason"]) == (0, "")
    assert event["payload"]["type"] == "event_callback"
    assert event["payload"]["authorizations"][0]["team_id"] == slack.team("akme").id
    wire.acknowledge(socket, event)
    assert opening.ack().status == "acked"


def test_slack_answers_pings(slack: LocalSlack, wire: Wire) -> None:
    async def ping() -> None:
        session = aiohttp.ClientSession()
        async with session, session.ws_connect(wire.url(), autoping=False) as socket:
            await socket.receive()
            await socket.ping(b"are you there")
            answer = await socket.receive()
            assert (answer.type, answer.data) == (aiohttp.WSMsgType.PONG, b"are you there")

    wire.run(ping())


def test_each_payload_goes_to_one_of_the_connections(slack: LocalSlack, wire: Wire) -> None:
    sockets = [wire.connect() for _ in range(2)]
    for socket in sockets:
        wire.read(socket)
    slack.app_connected(connections=2)
    ada = slack.team("akme").person("ada")
    texts: list[list[str]] = [[], []]
    for number in range(4):
        typing = Doing(partial(ada.types, "ops", f"/eks {number}"))
        turn = 0 if number % 2 else 1
        envelope = wire.read(sockets[turn])
        texts[turn].append(envelope["payload"]["text"])
        wire.acknowledge(sockets[turn], envelope)
        assert typing.ack().status == "acked"
    assert texts == [["1", "3"], ["0", "2"]]


def test_an_ack_counts_on_whichever_connection_it_comes(slack: LocalSlack, wire: Wire) -> None:
    first, second = wire.connect(), wire.connect()
    wire.read(first)
    wire.read(second)
    slack.app_connected(connections=2)
    typing = Doing(lambda: slack.team("akme").person("ada").types("ops", "/eks"))
    envelope = wire.read(second)
    wire.acknowledge(first, envelope)
    assert typing.ack().status == "acked"


def test_ten_connections_and_no_more(slack: LocalSlack, wire: Wire) -> None:
    for number in range(10):
        assert wire.read(wire.connect())["num_connections"] == number + 1
    slack.app_connected(connections=10)
    refused = wire.connect()
    assert wire.read(refused)["reason"] == "too_many_websockets"
    assert wire.run(refused.receive()).type == aiohttp.WSMsgType.CLOSE


def test_a_command_without_ack_times_out(slack: LocalSlack, wire: Wire) -> None:
    socket = wire.connect()
    wire.read(socket)
    slack.app_connected()
    ada = slack.team("akme").person("ada")
    typing = Doing(lambda: ada.types("ops", "/eks"))
    envelope = wire.read(socket)
    slack.later(3)
    assert typing.ack().status == "timeout"
    assert "operation_timeout" in ada.sees("ops")[0].text
    wire.acknowledge(socket, envelope, payload={"text": "too late"})
    assert len(ada.sees("ops")) == 1


def test_an_event_without_ack_comes_again_three_times(slack: LocalSlack, wire: Wire) -> None:
    socket = wire.connect()
    wire.read(socket)
    slack.app_connected()
    opening = Doing(slack.team("akme").person("ada").opens_home)
    first = wire.read(socket)
    slack.later(3)
    assert opening.ack().status == "timeout"
    attempts = []
    for wait in (0, 60, 300):
        slack.later(wait)
        again = wire.read(socket)
        attempts.append((again["retry_attempt"], again["retry_reason"]))
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        assert again["envelope_id"] != first["envelope_id"]
        slack.later(3)
    assert attempts == [(1, "timeout"), (2, "timeout"), (3, "timeout")]


def test_an_event_comes_again_on_a_new_connection(slack: LocalSlack, wire: Wire) -> None:
    socket = wire.connect()
    wire.read(socket)
    slack.app_connected()
    opening = Doing(slack.team("akme").person("ada").opens_home)
    first = wire.read(socket)
    slack.drop_sockets()
    wire.run(socket.receive())
    newer = wire.connect()
    wire.read(newer)
    slack.app_connected()
    slack.later(3)
    opening.ack()
    again = wire.read(newer)
    assert again["payload"]["event_id"] == first["payload"]["event_id"]
    wire.acknowledge(newer, again)


def test_a_refresh_warns_and_closes_what_does_not_leave(slack: LocalSlack, wire: Wire) -> None:
    old = wire.connect()
    wire.read(old)
    slack.app_connected()
    refreshing = threading.Thread(target=slack.refresh_sockets, daemon=True)
    refreshing.start()
    assert wire.read(old) == {
        "type": "disconnect",
        "reason": "warning",
        "debug_info": {"host": "applink-local"},
    }
    newer = wire.connect()
    wire.read(newer)
    # In the overlap payloads go to either, and either may acknowledge.
    ada = slack.team("akme").person("ada")
    for socket in (newer, old):
        typing = Doing(lambda: ada.types("ops", "/eks"))
        wire.acknowledge(old, wire.read(socket))
        assert typing.ack().status == "acked"
    slack.later(10)
    assert wire.read(old)["reason"] == "refresh_requested"
    assert wire.run(old.receive()).type == aiohttp.WSMsgType.CLOSE
    refreshing.join(30)
    assert slack.connections == 1


@pytest.mark.parametrize("payload", [{}, [], None, "text", 5, {"type": []}, {"event": []}])
def test_any_payload_can_be_delivered(slack: LocalSlack, wire: Wire, payload: Any) -> None:
    socket = wire.connect()
    wire.read(socket)
    slack.app_connected()
    sending = Doing(lambda: slack.deliver("interactive", payload))
    envelope = wire.read(socket)
    assert json.dumps(envelope["payload"]) == json.dumps(payload)
    wire.acknowledge(socket, envelope)
    assert sending.ack().status == "acked"
