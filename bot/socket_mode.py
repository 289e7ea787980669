"""The Socket Mode transport: Slack's envelopes in, acknowledgements out, over a WebSocket that slack_sdk keeps open."""

import json
import logging
import socket
import threading
from contextlib import suppress
from typing import Any

from slack_bolt import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.app import SLACK_SECONDS, Bot
from bot.settings import Settings
from bot.tokens import NoWorkspace
from handlers.clients import Client
from handlers.retries import SHORT, UNREACHABLE, retries

log = logging.getLogger(__name__)

# A select's suggestions may each hold a thread for two seconds; acknowledgements must not wait behind them.
_THREADS = 48


class _Connection(Connection):
    """slack_sdk's connection, that ends at once when it is told to.

    Closing waits for a lock that the reading thread holds for up to 3 seconds; shutting the socket wakes it.
    """

    def connect(self) -> None:
        super().connect()
        if self.sock is not None:
            # An acknowledgement must not wait until Slack has confirmed the one before it.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def disconnect(self) -> None:
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
        super().disconnect()


class _Client(SocketModeClient):
    """slack_sdk's client, that reads from a new connection as soon as there is one, and from the old one until then.

    Slack replaces a connection about every hour. As slack_sdk does it, the thread that reads stays with the old one
    for up to 3 seconds, and every command that comes in meanwhile fails with operation_timeout.
    """

    def __init__(self, **arguments: Any) -> None:
        self._reconnecting = threading.Lock()
        super().__init__(**arguments)

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        # slack_sdk calls this on the one thread that takes envelopes from the queue, and Slack may take its time:
        # the old connection goes on being read and acknowledged meanwhile.
        if self._reconnecting.acquire(blocking=False):
            threading.Thread(target=self._reconnect, args=(force,), name="reconnect", daemon=True).start()

    def _reconnect(self, force: bool) -> None:
        try:
            super().connect_to_new_endpoint(force)
        except (SlackApiError, *UNREACHABLE) as error:
            # slack_sdk's monitor tries again at its next look.
            log.warning("no new connection to Slack yet: %s", type(error).__name__)
        finally:
            self._reconnecting.release()

    def connect(self) -> None:
        old, old_state = self.current_session, self.current_session_state
        if self.wss_uri is None:
            self.wss_uri = self.issue_new_wss_url()
        new = _Connection(
            url=self.wss_uri,
            logger=self.logger,
            ping_interval=self.ping_interval,
            receive_buffer_size=self.receive_buffer_size,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            on_message_listener=self._on_message,
            on_error_listener=self._on_error,
            on_close_listener=self._on_close,
            ssl_context=self.web_client.ssl,
        )
        new.connect()
        self.current_session, self.current_session_state = new, ConnectionState()  # type: ignore[no-untyped-call]
        old_state.terminated = True
        if old is not None:
            old.close()
        if not self.current_app_monitor_started:
            self.current_app_monitor_started = True
            self.current_app_monitor.start()


class SocketMode:
    """One connection to Slack, replaced by slack_sdk when Slack asks for it or it breaks."""

    def __init__(self, bot: Bot, settings: Settings) -> None:
        self._bot = bot
        self._client = _Client(
            app_token=settings.app_token,
            web_client=Client(
                base_url=settings.api_url,
                timeout=SLACK_SECONDS,
                retry_handlers=retries(SHORT),
            ),
            concurrency=_THREADS,
            # Larger than an envelope, so that one read takes it whole.
            receive_buffer_size=65536,
        )
        self._client.socket_mode_request_listeners.append(self._received)
        self._client.on_close_listeners.append(
            lambda code, _reason: log.info("Slack closed the socket: %s", code)
        )

    def start(self) -> None:
        """Connects. Raises NoWorkspace when Slack does not take the app-level token."""
        try:
            self._client.connect()
        except SlackApiError as error:
            raise NoWorkspace(
                f"Slack does not accept the app-level token: {error.response.get('error')}."
            ) from error
        except UNREACHABLE as error:
            raise NoWorkspace(f"Socket Mode could not connect: {type(error).__name__}.") from error
        log.info("connected to Slack over Socket Mode")

    @property
    def ready(self) -> bool:
        return self._client.is_connected()

    def stop(self) -> None:
        """Takes no further envelopes; those that came in are acknowledged already."""
        self._client.close()

    def _received(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        headers = (
            {"x-slack-retry-num": str(request.retry_attempt)} if request.retry_attempt is not None else None
        )
        response, after = self._bot.answer(request.payload, headers)
        # An envelope without an acknowledgement comes again: what we refuse once we would refuse for ever.
        try:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id, _payload(response)))
        finally:
            # Even without an acknowledgement: a repeated delivery would not be acted on.
            after()


def _payload(response: BoltResponse) -> dict[str, Any] | None:
    if response.status != 200 or not response.body:
        return None
    if response.headers.get("content-type", [""])[0].startswith("application/json"):
        return json.loads(response.body)  # type: ignore[no-any-return]
    return {"text": response.body}
