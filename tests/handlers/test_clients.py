"""Calls to Slack share connections, and fail as slack_sdk's own do."""

import json
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError

from handlers.clients import Client, Hook
from handlers.retries import SHORT, retries
from tests.connector.api_server import wait_until


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Slack)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.proxied.append(self.headers.get("Proxy-Authorization", ""))
        server.asked.append((self.path, self.headers.get("Authorization", ""), body))
        if server.cuts:
            server.cuts -= 1
            self.close_connection = True
            return
        if server.hangs:
            server.let_go.wait(20)
        answer = json.dumps(server.answer).encode()
        self.send_response(server.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        if server.status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: Any) -> None:
        pass


class Slack(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.connections: list[socket.socket] = []
        self.asked: list[tuple[str, str, bytes]] = []
        self.proxied: list[str] = []
        self.answer: dict[str, Any] = {"ok": True, "said": "käse"}
        self.status = 200
        self.cuts = 0
        self.hangs = False
        self.let_go = threading.Event()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.append(request)
        super().process_request(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def client(self, timeout: int = 10) -> Client:
        return Client("xoxb-1", base_url=f"{self.url}/api/", timeout=timeout, retry_handlers=retries(SHORT))

    def hook(self, timeout: int = 10) -> Hook:
        return Hook(f"{self.url}/commands/T1/1/CANARY", timeout=timeout, retry_handlers=retries(SHORT))


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.let_go.set()
            server.shutdown()
            thread.join(10)


def test_calls_go_over_one_connection_whichever_client_makes_them(slack: Slack) -> None:
    for _ in range(3):
        assert slack.client().auth_test()["said"] == "käse"
        answer = slack.hook().send(text="ä")
        assert (answer.status_code, json.loads(answer.body)["ok"]) == (200, True)
    assert len(slack.connections) == 1
    assert {path for path, *_ in slack.asked} == {"/api/auth.test", "/commands/T1/1/CANARY"}
    # The token is for the Web API alone.
    assert {token for path, token, _ in slack.asked if path.startswith("/api")} == {"Bearer xoxb-1"}
    assert {token for path, token, _ in slack.asked if path.startswith("/commands")} == {""}


@pytest.mark.parametrize("text", ["ä", "half a pair: \ud83d"])
def test_a_body_arrives_as_it_is(slack: Slack, text: str) -> None:
    body = {"text": text, "blocks": [{"type": "section", "n": 1.5, "yes": True}]}
    assert Hook.to(f"{slack.url}/commands/T1/1/X", 10, retries(SHORT)).post(body).status_code == 200
    assert json.loads(slack.asked[0][2]) == body


def test_each_hook_speaks_for_itself(slack: Slack) -> None:
    first, second = (Hook.to(f"{slack.url}/{name}", 10, []) for name in ("first", "second"))
    second.post({"text": "2"})
    first.post({"text": "1"})
    assert [(path, json.loads(body)["text"]) for path, _, body in slack.asked] == [
        ("/second", "2"),
        ("/first", "1"),
    ]


def test_a_connection_that_was_closed_meanwhile_is_not_used_again(slack: Slack) -> None:
    slack.client().auth_test()
    slack.connections[0].shutdown(socket.SHUT_RDWR)
    slack.client().auth_test()
    assert len(slack.asked) == 2


def test_of_many_that_have_gone_unnoticed_only_one_is_tried(slack: Slack) -> None:
    slack.hangs = True
    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(slack.client().auth_test) for _ in range(3)]
        wait_until(lambda: len(slack.asked) == 3)
        slack.let_go.set()
        assert all(each.result(20)["ok"] for each in sent)
    # One is cut, and the next try does not take another of the three.
    slack.cuts, slack.hangs = 1, False
    slack.client().auth_test()
    assert len(slack.asked) == 5
    assert len(slack.connections) == 4


@pytest.mark.parametrize("proxy", ["http://bot:p%40ss@{}", "bot:p%40ss@{}"])
def test_a_proxy_is_used_with_its_password_and_not_where_it_is_not_meant(
    slack: Slack, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = proxy.format(f"127.0.0.1:{slack.server_port}")
    hook = Hook("http://hooks.slack.example/commands/T1/1/X", timeout=10, proxy=given)
    assert hook.send(text="x").status_code == 200
    ((path, _, _),) = slack.asked
    assert path == "http://hooks.slack.example/commands/T1/1/X"
    assert b64decode(slack.proxied[0].removeprefix("Basic ")) == b"bot:p@ss"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    direct = Hook(f"{slack.url}/commands/T1/1/Y", timeout=10, proxy="http://127.0.0.1:1")
    assert direct.send(text="x").status_code == 200
    assert slack.asked[-1][0] == "/commands/T1/1/Y"


def test_what_breaks_off_is_tried_once_more(slack: Slack) -> None:
    slack.cuts = 1
    slack.client().auth_test()
    assert len(slack.asked) == 2
    slack.cuts = 2
    with pytest.raises(RemoteDisconnected):
        slack.hook().send(text="x")
    assert len(slack.asked) == 4


def test_a_refusal_is_told_with_what_slack_said(slack: Slack) -> None:
    slack.answer = {"ok": False, "error": "used_url"}
    with pytest.raises(SlackApiError, match="used_url"):
        slack.client().auth_test()
    slack.status = 404
    answer = slack.hook().send(text="x")
    assert (answer.status_code, json.loads(answer.body)["error"]) == (404, "used_url")


def test_one_that_is_limited_for_a_moment_is_tried_once_more(slack: Slack) -> None:
    slack.status = 429
    assert slack.hook().send(text="x").status_code == 429
    with pytest.raises(SlackApiError):
        slack.client().auth_test()
    assert len(slack.asked) == 4


def test_one_that_says_nothing_is_waited_for_so_long(slack: Slack) -> None:
    slack.hangs = True
    with pytest.raises(TimeoutError):
        slack.hook(timeout=1).send(text="x")
    # Whoever answers late may have taken it: it is not said twice.
    assert len(slack.asked) == 1


def test_nobody_there_is_an_error_of_the_kind_that_is_caught(slack: Slack) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/commands/T1/1/CANARY"
        with pytest.raises(URLError) as caught:
            Hook(url, timeout=5, retry_handlers=retries(SHORT)).send(text="x")
    assert "CANARY" not in str(caught.value)
