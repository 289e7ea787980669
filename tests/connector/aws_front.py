"""AWS's front door for tests: hands requests on to moto, and answers in its place where it is told to."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Refusal:
    """AWS's error `code`, as STS and EKS word it on the wire."""

    code: str
    message: str = ""
    status: int = 403
    name: str = ""
    """Only for the cluster of this name."""
    body: bytes = b""
    """Only for a request that holds this."""

    def xml(self) -> bytes:
        error = f"<Error><Type>Sender</Type><Code>{self.code}</Code><Message>{self.message}</Message></Error>"
        return f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>".encode()

    def json(self) -> bytes:
        return json.dumps({"message": self.message}).encode()


class Hang:
    """Take the request and say nothing."""

    name = ""
    body = b""


class AwsFront(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, moto_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.moto = urlsplit(moto_url).netloc
        self.faults: dict[str, Refusal | Hang] = {}
        self.calls: Counter[str] = Counter()
        self.bodies: list[bytes] = []
        self.released = threading.Event()
        self.before: Callable[[str], None] = lambda _action: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


def _action(path: str, body: bytes) -> str:
    if path.startswith("/clusters"):
        return "DescribeCluster" if path.removeprefix("/clusters").strip("/") else "ListClusters"
    return parse_qs(body.decode()).get("Action", [""])[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: AwsFront

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        action = _action(path, body)
        self.server.calls[action] += 1
        self.server.bodies.append(body)
        self.server.before(action)
        fault = self.server.faults.get(action)
        if fault is None or not path.endswith(fault.name and f"/{fault.name}") or fault.body not in body:
            self._forward(body)
        elif isinstance(fault, Hang):
            self.server.released.wait(60)
            self.close_connection = True
        elif path == "/":
            self._answer(fault.status, fault.xml(), {"Content-Type": "text/xml"})
        else:
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": fault.code}
            self._answer(fault.status, fault.json(), headers)

    do_GET = do_POST = _handle  # noqa: N815

    def _forward(self, body: bytes) -> None:
        with closing(http.client.HTTPConnection(self.server.moto)) as moto:
            moto.request(self.command, self.path, body, dict(self.headers.items()))
            answer = moto.getresponse()
            text = answer.read()
        kept = ("Content-Type", "x-amzn-ErrorType")
        self._answer(
            answer.status, text, {name: answer.headers[name] for name in kept if answer.headers[name]}
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests read `calls` instead."""
