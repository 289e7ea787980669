"""A Slack that answers what a test tells it to: real sockets, any status, any body, and a log of what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk import WebClient

from handlers.blocks.limits import message_faults

Json = dict[str, Any]

_MESSAGES = {"respond", "chat.postMessage", "chat.postEphemeral", "chat.update"}


@dataclass(frozen=True)
class Answer:
    """How to answer once; a dict as body is sent as JSON."""

    body: Json | str = field(default_factory=lambda: {"ok": True})
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    # Close the connection without a word.
    cut: bool = False


@dataclass(frozen=True)
class Call:
    """`method` is the Web API's, or "respond" for the response_url."""

    method: str
    arguments: Json


class SlackServer(ThreadingHTTPServer):
    """Answers `{"ok": true}` to everything within Slack's limits, unless `planned` says otherwise.

    What stands first there comes first.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Call] = []
        self.planned: dict[str, list[Answer]] = {}
        # What to answer when nothing is planned any more.
        self.always: dict[str, Answer | Callable[[Json], Answer]] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def response_url(self) -> str:
        return f"{self.url}/commands/T1/1/CANARYRESPONSE"

    @property
    def client(self) -> WebClient:
        """A client as the bot has it, but without retries, so that each call is one call."""
        return WebClient("xoxb-1-2-CANARYTOKEN", base_url=f"{self.url}/api/", timeout=10, retry_handlers=[])

    def plan(self, method: str, *answers: Answer) -> None:
        self.planned.setdefault(method, []).extend(answers)

    def refuse(self, method: str, error: str) -> None:
        """From now on, every call of `method` is answered with this error."""
        self.always[method] = Answer({"ok": False, "error": error})

    def asked(self, *methods: str) -> list[Json]:
        """Arguments of the calls of these methods, in order."""
        with self._lock:
            return [call.arguments for call in self.calls if call.method in methods]

    def methods(self) -> list[str]:
        with self._lock:
            return [call.method for call in self.calls]

    def answer_to(self, method: str, arguments: Json) -> Answer:
        with self._lock:
            self.calls.append(Call(method, arguments))
            if self.planned.get(method):
                return self.planned[method].pop(0)
            answer = self.always.get(method)
        if callable(answer):
            return answer(arguments)
        if answer is not None:
            return answer
        told = method in _MESSAGES and (arguments.get("text") or arguments.get("blocks"))
        if told and (faults := message_faults(arguments)):
            return Answer({"ok": False, "error": "invalid_blocks", "errors": faults})
        return Answer("ok") if method == "respond" else Answer({"ok": True, "ts": "1.1", "channel": "C1"})


class _Handler(BaseHTTPRequestHandler):
    server: SlackServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        as_json = "json" in self.headers.get("Content-Type", "")
        arguments = json.loads(body or "{}") if as_json else dict(parse_qsl(body))
        method = self.path.removeprefix("/api/") if self.path.startswith("/api/") else "respond"
        answer = self.server.answer_to(method, arguments)
        if answer.cut:
            self.close_connection = True
            return
        sent = (answer.body if isinstance(answer.body, str) else json.dumps(answer.body)).encode()
        self.send_response(answer.status)
        kind = "text/plain" if isinstance(answer.body, str) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(sent)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """What is asked stands in `calls`."""


@contextmanager
def running() -> Iterator[SlackServer]:
    server = SlackServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
