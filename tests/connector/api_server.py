"""A small Kubernetes API server over real TLS, for tests: lists in pages, checks EKS tokens, fails on demand."""

import base64
import gzip
import json
import queue
import select
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

RECORDED = Path(__file__).parent.parent / "data" / "recorded"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / name).read_text())


@dataclass
class Answer:
    """What to answer instead of what is there."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    """Take the request and say nothing."""
    trickle: float = 0.0
    """Seconds between the bytes of the body."""
    trickle_head: bool = False
    """And between the lines of the head."""
    cut: bool = False
    """Close the connection without an answer."""
    pieces: "queue.SimpleQueue[bytes | None] | None" = None
    """Send each piece of the body when it is put here; None breaks the connection, b"" is the end of the body."""

    @classmethod
    def of(cls, name: str, **headers: str) -> "Answer":
        """One of the recorded ones."""
        answer = recorded(f"server-{name}.json")
        body = answer["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        return cls(
            answer["status"], text.encode(), {"Content-Type": answer["headers"]["Content-Type"], **headers}
        )


@dataclass(frozen=True)
class Request:
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    groups: tuple[str, ...] = ()
    """Of each Impersonate-Group header, in order."""

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


def presigned(token: str) -> str:
    """The URL inside an EKS token."""
    body = token.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


class ApiServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, ca: trustme.CA, host: str = "127.0.0.1") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[str, deque[Answer | None]] = {}
        self.watches: dict[str, deque[Answer]] = {}
        self.requests: list[Request] = []
        self.bytes_sent = 0
        self.refuse_tokens: Callable[[str], bool] = lambda _token: False
        self.gzip_above = 128 * 1024
        self.released = threading.Event()
        self.open_sockets = 0
        self._count = threading.Condition()
        self.ca = base64.b64encode(ca.cert_pem.bytes()).decode()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(host).configure_cert(self._tls)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> Any:
        socket, address = super().get_request()
        return self._tls.wrap_socket(socket, server_side=True, do_handshake_on_connect=False), address

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._count:
            self.open_sockets += 1
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._count:
                self.open_sockets -= 1
                self._count.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error here."""

    def no_sockets(self, timeout: float = 5.0) -> bool:
        with self._count:
            return self._count.wait_for(lambda: self.open_sockets == 0, timeout)

    def will_answer(self, path: str, *answers: Answer | None) -> None:
        """Answer the next requests for `path` with these, one each, then with what is there, as for None."""
        self.answers.setdefault(path, deque()).extend(answers)

    def will_tell(self, path: str, *answers: Answer) -> None:
        """Answer the next watches of `path` with these, one each, then with nothing for as long as they last."""
        self.watches.setdefault(path, deque()).extend(answers)

    def put(self, path: str, items: list[dict[str, Any]]) -> None:
        self.items[path] = items

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ApiServer

    def do_GET(self) -> None:
        # What is posted is not looked at: such a server has nothing to review.
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        groups = tuple(self.headers.get_all("Impersonate-Group") or ())
        request = Request(url.path, query, headers, groups)
        self.server.requests.append(request)
        if "watch" in query:
            told = self.server.watches.get(url.path)
            self._send(told.popleft() if told else Answer(pieces=queue.SimpleQueue()))
            return
        waiting = self.server.answers.get(url.path)
        self._send((waiting.popleft() if waiting else None) or self._answer(request))

    do_POST = do_GET  # noqa: N815

    def _answer(self, request: Request) -> Answer:
        if not request.token.startswith("k8s-aws-v1.") or self.server.refuse_tokens(request.token):
            return Answer.of("401")
        if request.path == "/version/":
            return Answer.of("version")
        if request.path not in self.server.items:
            return Answer.of("404-resource")
        items = self.server.items[request.path]
        start = int(request.query.get("continue", "0"))
        limit = int(request.query.get("limit", len(items) or 1))
        metadata: dict[str, Any] = {"resourceVersion": "10997"}
        if start + limit < len(items):
            metadata["continue"] = str(start + limit)
            if "labelSelector" not in request.query:
                metadata["remainingItemCount"] = len(items) - start - limit
        body = {
            "kind": "List",
            "apiVersion": "v1",
            "metadata": metadata,
            "items": items[start : start + limit],
        }
        return Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})

    def _send(self, answer: Answer) -> None:
        if answer.hang:
            self.server.released.wait(60)
        if answer.hang or answer.cut:
            self.close_connection = True
            return
        if answer.pieces:
            self._tell(answer.pieces)
            return
        body = answer.body
        headers = dict(answer.headers)
        if len(body) > self.server.gzip_above and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
            if answer.trickle_head:
                self.flush_headers()
                self.server.released.wait(answer.trickle)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for piece in _pieces(body, answer.trickle):
            self.wfile.write(piece)
            self.server.bytes_sent += len(piece)
            if answer.trickle and self.server.released.wait(answer.trickle):
                return

    def _tell(self, pieces: "queue.SimpleQueue[bytes | None]") -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not self.server.released.is_set():
            # A client that has gone away is something to read.
            if select.select([self.connection], [], [], 0)[0]:
                return
            try:
                piece = pieces.get(timeout=0.01)
            except queue.Empty:
                continue
            if piece is None:
                return
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if not piece:
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Tests read `requests` instead."""


def _pieces(body: bytes, trickle: float) -> Iterator[bytes]:
    if not trickle:
        yield body
    else:
        yield from (body[at : at + 1] for at in range(len(body)))


def wait_until(condition: Callable[[], bool], timeout: float = 5.0) -> None:
    """Come back as soon as `condition` holds; AssertionError when it does not in time."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.005)
