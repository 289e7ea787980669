"""Signed HTTP: what slack_sdk's SignatureVerifier and Bolt think of it, retries, and payloads nobody would send."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from playground.slack import Entry, LocalSlack
from tests.playground.slack_apps import Json, bolt_app, heard, over_http, until


class Request:
    """What came to an app, and what it answers with."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body


@contextmanager
def plain_app(slack: LocalSlack, status: int = 200, **headers: str) -> Iterator[list[Request]]:
    """An app without Bolt that answers everything alike."""
    requests: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append(Request(dict(self.headers), body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    slack.request_url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def events(slack: LocalSlack) -> list[Entry]:
    return [entry for entry in slack.log if entry.kind == "events_api"]


def test_a_request_is_signed_as_slacks_own_verifier_wants_it(slack: LocalSlack) -> None:
    with plain_app(slack) as requests:
        ada = slack.team("akme").person("ada")
        ada.types("ops", "/eks pods")
        ada.opens_home()
    verifier, other = SignatureVerifier(slack.signing_secret), SignatureVerifier("other")
    for request in requests:
        assert verifier.is_valid_request(request.body, request.headers)
        assert not verifier.is_valid_request(request.body + b" ", request.headers)
        assert not other.is_valid_request(request.body, request.headers)
        assert "Slackbot" in request.headers["User-Agent"]
    command, event = requests
    assert command.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(command.body.decode())["text"] == ["pods"]
    assert event.headers["Content-Type"] == "application/json"
    assert json.loads(event.body)["event"]["type"] == "app_home_opened"


def test_interactions_are_a_form_with_one_field(slack: LocalSlack) -> None:
    with plain_app(slack) as requests:
        slack.deliver("interactive", {"type": "block_actions"})
    (value,) = parse_qs(requests[0].body.decode())["payload"]
    assert json.loads(value) == {"type": "block_actions"}


def test_bolt_gives_the_challenge_back(slack: LocalSlack) -> None:
    with over_http(slack, bolt_app(slack)):
        assert slack.verifies_request_url() is True
    with plain_app(slack):
        assert slack.verifies_request_url() is False


@pytest.mark.parametrize(
    ("signed", "headers", "status"),
    [
        (True, {}, 404),  # signed well, but nobody listens to it
        (False, {}, 401),
        (True, {"X-Slack-Signature": "v0=0"}, 401),
        (True, {"X-Slack-Request-Timestamp": str(int(time.time()) - 301)}, 401),
        (False, {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0=0"}, 401),
    ],
    ids=["good", "unsigned", "wrong", "old", "no number"],
)
def test_a_request_can_be_signed_badly(
    slack: LocalSlack, signed: bool, headers: dict[str, str], status: int
) -> None:
    if headers.get("X-Slack-Request-Timestamp") == "now":
        status = 500  # slack_sdk raises on it, which is the app's to catch before
    with over_http(slack, bolt_app(slack)):
        ack = slack.deliver(
            "slash_commands", {"command": "/eks", "team_id": slack.teams[0].id}, signed, headers=headers
        )
        assert ack.http_status == status


@pytest.mark.parametrize("payload", [b"\xff\xfe", "{", "payload=%7B", "", {}, [], None, "a=b&a=c"])
@pytest.mark.parametrize("kind", ["slash_commands", "interactive", "events_api"])
def test_any_body_can_be_delivered(slack: LocalSlack, kind: str, payload: Any) -> None:
    with plain_app(slack) as requests:
        ack = slack.deliver(kind, payload)
    assert (ack.status, ack.http_status) == ("acked", 200)
    (request,) = requests
    if isinstance(payload, str | bytes):
        assert request.body == (payload.encode() if isinstance(payload, str) else payload)
    if payload != b"\xff\xfe":  # which slack_sdk cannot look at without raising
        assert SignatureVerifier(slack.signing_secret).is_valid_request(request.body, request.headers)


def test_bolt_breaks_at_an_event_of_the_wrong_shape(slack: LocalSlack) -> None:
    """So what an app lets through to Bolt has to be looked at before."""
    payload = {"type": "event_callback", "team_id": slack.teams[0].id, "event_id": "Ev0", "event": []}
    with over_http(slack, bolt_app(slack)):
        assert slack.deliver("events_api", payload).http_status == 500


def test_an_event_that_fails_comes_again_with_its_number(slack: LocalSlack) -> None:
    with plain_app(slack, 500) as requests:
        ack = slack.team("akme").person("ada").opens_home()
        assert ack
        assert (ack.status, ack.http_status) == ("error", 500)
        for wait, number in ((0, 2), (63, 3), (303, 4)):
            slack.later(wait)
            until(lambda number=number: len(requests) == number)  # type: ignore[misc]
        slack.later(3600)
    assert [request.headers.get("X-Slack-Retry-Num") for request in requests] == [None, "1", "2", "3"]
    assert requests[1].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({json.loads(request.body)["event_id"] for request in requests}) == 1


def test_an_app_may_refuse_retries(slack: LocalSlack) -> None:
    with plain_app(slack, 500, X_Slack_No_Retry="1") as requests:
        slack.team("akme").person("ada").opens_home()
        slack.later(3600)
        # An interaction goes out after whatever was due.
        slack.deliver("interactive", {})
    assert len(requests) == 2


def test_interactions_are_not_sent_again(slack: LocalSlack) -> None:
    with plain_app(slack, 500) as requests:
        assert slack.team("akme").person("ada").types("ops", "/eks").status == "error"
        slack.later(3600)
        slack.deliver("events_api", {})
    assert len(requests) == 2


def test_events_are_only_those_of_the_manifest() -> None:
    subscribed = {"settings": {"event_subscriptions": {"bot_events": ["app_uninstalled"]}}}
    with LocalSlack.start(manifest=subscribed) as slack:
        app = bolt_app(slack)
        bodies = heard(app.event("app_uninstalled"))
        with over_http(slack, app):
            assert slack.team("akme").person("ada").opens_home() is None
            slack.uninstall(slack.team("akme"))
            until(lambda: len(bodies) == 1)
        assert [entry.payload["event"]["type"] for entry in events(slack)] == ["app_uninstalled"]


def test_an_acks_json_object_comes_as_one_and_anything_else_as_text(slack: LocalSlack) -> None:

    def answer(body: Json | str) -> Any:
        app = bolt_app(slack)
        app.command("/eks")(lambda ack: ack(**body) if isinstance(body, dict) else ack(body))
        with over_http(slack, app):
            return slack.team("akme").person("ada").types("ops", "/eks").body

    assert answer({"text": "x", "response_type": "in_channel"}) == {
        "text": "x",
        "response_type": "in_channel",
    }
    assert answer({"text": "x"}) == "x"  # as Bolt sends a text alone
    assert answer("0") == "0"
    assert answer("") is None
