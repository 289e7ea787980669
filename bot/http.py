"""The HTTP side: Slack's signed requests, the pages of OAuth, and those for whoever watches the process."""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cheroot.server import HTTPConnection
from cheroot.wsgi import Server
from flask import Flask, Response, request
from slack_sdk.signature import SignatureVerifier

from bot.app import Bot
from bot.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from bot.metrics import CONTENT_TYPE
from bot.settings import Settings

log = logging.getLogger(__name__)

# Slack's largest: a view of 250 kB, escaped and form-encoded.
_LARGEST_BODY = 4 * 1024 * 1024
_THREADS = 48
# None of ours takes longer than a select's suggestions, which have 2.2 seconds; the rest is for a slow line.
_REQUEST_SECONDS = 8.0


class PortTaken(Exception):  # noqa: N818 - a condition, as all our errors are named
    """Somebody else listens there, or it may not be listened on; the text says where."""


class _Connection(HTTPConnection):
    def communicate(self) -> bool:
        with self.server.patience(self.socket):
            return bool(super().communicate())  # type: ignore[no-untyped-call]


class _Server(Server):
    """cheroot, which waits for each byte anew: here a whole request has a time, so that nobody holds a thread."""

    ConnectionClass = _Connection

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._started: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def patience(self, connection: socket.socket) -> Iterator[None]:
        """While inside, the connection is shut once its request has taken too long."""
        with self._lock:
            self._started[connection] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._started.pop(connection, None)

    def shut_late(self) -> None:
        """Shuts the connections whose request has taken too long."""
        late = time.monotonic() - _REQUEST_SECONDS
        with self._lock:
            overdue = [connection for connection, started in self._started.items() if started < late]
        for connection in overdue:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        # cheroot's own lines may quote a request: only the first of them is kept.
        log.log(level, "http server: %s", msg.splitlines()[0][:200] if msg else "", exc_info=traceback)


class Http:
    """A WSGI server on its own threads. With `events` it is the transport; without, only the pages."""

    def __init__(self, bot: Bot, settings: Settings, ready: Callable[[], bool], *, events: bool) -> None:
        self._server = _Server(
            (settings.host, settings.port),
            flask(bot, settings, ready, events=events),
            # A page of OAuth may wait for Slack; the others must not wait behind it.
            numthreads=_THREADS if events or settings.oauth else 4,
            # The default of 5 lets a burst wait a second for its connection to be tried again.
            request_queue_size=512,
            shutdown_timeout=2,
            timeout=15,
        )
        self._server.max_request_body_size = _LARGEST_BODY
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._server.serve, name="http", daemon=True)

    def start(self) -> str:
        """Listens, and gives the address as in `http://127.0.0.1:3000`. Raises PortTaken."""
        host, port = self._server.bind_addr
        try:
            self._server.prepare()
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose others: export HOST=… PORT=…"
            ) from error
        self._thread.start()
        threading.Thread(target=self._watch, name="http patience", daemon=True).start()
        host, port = self._server.bind_addr
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def _watch(self) -> None:
        while not self._stopped.wait(1):
            self._server.shut_late()

    def stop(self) -> None:
        """Ends what is being answered and closes the port."""
        self._stopped.set()
        self._server.stop()
        self._thread.join(timeout=3)


def flask(bot: Bot, settings: Settings, ready: Callable[[], bool], *, events: bool) -> Flask:
    """The pages as a WSGI app."""
    app = Flask("eks-chatops")
    if events:
        verifier = SignatureVerifier(settings.signing_secret)
        app.add_url_rule(
            EVENTS_PATH, view_func=lambda: _event(bot, verifier), methods=["POST"], endpoint="events"
        )
    if oauth := bot.oauth:
        app.add_url_rule(INSTALL_PATH, view_func=lambda: oauth.install(request), endpoint="install")
        app.add_url_rule(REDIRECT_PATH, view_func=lambda: oauth.redirect(request), endpoint="redirect")
    app.add_url_rule("/healthz", view_func=lambda: _text("ok\n"), endpoint="healthz")
    app.add_url_rule("/readyz", view_func=lambda: _ready(bot, ready), endpoint="readyz")
    app.add_url_rule(
        "/metrics",
        view_func=lambda: Response(bot.metrics.exposition(), content_type=CONTENT_TYPE),
        endpoint="metrics",
    )
    return app


def _ready(bot: Bot, ready: Callable[[], bool]) -> Response:
    if not ready():
        return _text("not connected to Slack\n", 503)
    if not bot.database.reachable():
        return _text("the database is out of reach\n", 503)
    return _text("ok\n")


def _event(bot: Bot, verifier: SignatureVerifier) -> Response:
    raw = request.get_data(cache=True)
    if not _signed(verifier, raw):
        bot.metrics.arrived("unsigned")
        return _text("not signed by Slack\n", 401)
    body = _body(raw)
    if body is None:
        bot.metrics.arrived("malformed")
        return _text("malformed payload\n", 400)
    if body.get("ssl_check"):
        return _text("")
    answer, after = bot.answer(body, {name.lower(): value for name, value in request.headers.items()})
    response = Response(
        answer.body, answer.status, content_type=answer.first_headers_without_set_cookie().get("content-type")
    )
    response.call_on_close(after)
    return response


def _signed(verifier: SignatureVerifier, raw: bytes) -> bool:
    """Whether Slack signed these bytes within the last five minutes.

    slack_sdk raises on a timestamp that is no number, so that is looked at first.
    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (
        timestamp.isascii()
        and timestamp.isdigit()
        and len(timestamp) <= 12
        and signature.isascii()
        and signature
    ):
        return False
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return False
    return verifier.is_valid(body=text, timestamp=timestamp, signature=signature)


def _body(raw: bytes) -> dict[str, Any] | None:
    """The payload as a dict, whichever of Slack's three forms it came in; None when it is none of them."""
    try:
        if request.mimetype == "application/json":
            found = json.loads(raw)
        else:
            form = request.form.to_dict()
            found = json.loads(form["payload"]) if "payload" in form else form
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")
