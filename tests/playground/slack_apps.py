"""Bots of slack-bolt itself, unmodified, for the tests of the local Slack: over HTTP and over Socket Mode."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cheroot.wsgi import Server
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack import LocalSlack, Person, Team, View

Json = dict[str, Any]


def client_of(slack: LocalSlack, team: Team) -> WebClient:
    return WebClient(team.bot_token, base_url=slack.api_url)


def bolt_app(slack: LocalSlack) -> App:
    """An app that is installed in every workspace of the local Slack."""

    def authorize(team_id: str) -> AuthorizeResult:
        team = slack.team(team_id)
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team.id,
            bot_token=team.bot_token,
            bot_id=team.bot_id,
            bot_user_id=team.bot_user_id,
        )

    return App(
        signing_secret=slack.signing_secret, authorize=authorize, client=WebClient(base_url=slack.api_url)
    )


@contextmanager
def over_http(slack: LocalSlack, app: App) -> Iterator[None]:
    """The app behind a real HTTP server, which the local Slack is told of."""
    server = Server(
        ("127.0.0.1", 0),
        SlackRequestHandler(app, path="/slack/events"),
        numthreads=10,
        request_queue_size=100,
    )
    server.shutdown_timeout = 0
    server.expiration_interval = 0.02  # how often it looks whether it shall stop
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    slack.request_url = f"http://127.0.0.1:{server.bind_addr[1]}/slack/events"
    try:
        yield
    finally:
        slack.request_url = None
        server.stop()
        thread.join()


@contextmanager
def over_socket_mode(slack: LocalSlack, app: App) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    slack.app_connected()
    try:
        yield handler
    finally:
        handler.close()  # type: ignore[no-untyped-call]


def heard(listens: Callable[..., Any]) -> list[Json]:
    """The bodies that come, from now on, to a listener that only acknowledges: `heard(app.action("press"))`."""
    bodies: list[Json] = []

    @listens
    def listen(ack: Callable[[], None], body: Json) -> None:
        ack()
        bodies.append(body)

    return bodies


def trigger_of(slack: LocalSlack, person: Person) -> str:
    """A fresh trigger, as a command would hold one."""
    return slack.world.new_trigger(person.team.id, person.id)


def opened(slack: LocalSlack, view: Json) -> View:
    """A modal that is open for ada."""
    akme = slack.team("akme")
    ada = akme.person("ada")
    client_of(slack, akme).views_open(trigger_id=trigger_of(slack, ada), view=view)
    assert ada.view
    return ada.view


def refusal(call: Callable[..., Any], **arguments: Any) -> Json:
    """Slack's whole answer to a call that it refuses."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


def error_of(call: Callable[..., Any], **arguments: Any) -> str:
    """The word that a call is refused with."""
    return str(refusal(call, **arguments)["error"])


def until(holds: Callable[[], bool], timeout: float = 30.0) -> None:
    """Wait for a condition that nobody announces."""
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.005)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str, text: str = "Press", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str, text: str | None = None) -> Json:
    return {"text": plain(text or value), "value": value}


def text_input(action_id: str, block_id: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": action_id, **more.pop("element", {})}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: Json, title: str = "Connect", **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Go"), "blocks": list(blocks), **more}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def data_table(*rows: list[str], **more: Any) -> Json:
    cells = [[raw(text) for text in row] for row in rows]
    return {"type": "data_table", "caption": "rows", "rows": cells, **more}
