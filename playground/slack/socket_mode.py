"""Slack's end of Socket Mode: tickets, connections, envelopes and their acks, refresh with overlap.

As docs.slack.dev/apis/events-api/using-socket-mode tells it. All of it runs on the event loop's thread.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from playground.slack.records import Json
from playground.slack.state import Clock

CONNECTIONS = 10
TICKET_SECONDS = 30.0
HEARTBEAT = 30.0


class SocketMode:
    """The app's connections. An ack counts whichever connection it comes on, as clients reconnect in between."""

    def __init__(self, app_id: str, clock: Clock, on_change: Callable[[], None]) -> None:
        self._app_id = app_id
        self._clock = clock
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._connections: list[web.WebSocketResponse] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def connected(self) -> int:
        """How many connections have had their hello and are open."""
        return len(self._connections)

    def new_ticket(self) -> str:
        ticket = uuid4().hex
        self._tickets[ticket] = self._clock.now()
        return ticket

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of one ticket, until either side ends it."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or self._clock.now() - issued > TICKET_SECONDS:
            return web.Response(status=403, text="invalid ticket")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT)
        await socket.prepare(request)
        if self.connected >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", **_DEBUG})
            await socket.close()
            return socket
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": self.connected + 1,
                "connection_info": {"app_id": self._app_id},
                "debug_info": {**_DEBUG["debug_info"], "approximate_connection_time": 18060},
            }
        )
        self._connections.append(socket)
        self._on_change()
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._acknowledge(frame.data)
        finally:
            self._connections.remove(socket)
            self._on_change()
        return socket

    def _acknowledge(self, frame: str) -> None:
        with suppress(ValueError):  # Slack closes no connection over a frame it cannot read
            answer = json.loads(frame)
            if isinstance(answer, dict) and isinstance(answer.get("envelope_id"), str):
                waiting = self._waiting.pop(answer["envelope_id"], None)
                if waiting and not waiting.done():
                    waiting.set_result(answer.get("payload"))

    async def send(self, kind: str, payload: Any, retry: tuple[int, str] | None, seconds: float) -> Any:
        """What the app put into its ack.

        Raises ConnectionError when nobody is connected, TimeoutError when no ack comes in `seconds` of Slack's clock.
        """
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        answer = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        late = asyncio.ensure_future(self._clock.sleep_until(self._clock.now() + seconds))
        try:
            await self._next_socket().send_json(envelope)
            await asyncio.wait({answer, late}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise TimeoutError
            return answer.result()
        finally:
            late.cancel()
            self._waiting.pop(envelope["envelope_id"], None)

    def _next_socket(self) -> web.WebSocketResponse:
        if not self._connections:
            raise ConnectionError("no Socket Mode connection")
        self._turn += 1
        return self._connections[self._turn % len(self._connections)]

    async def refresh(self, seconds: float) -> None:
        """Warn every connection, let the app replace and leave them for so long, then close those that are left.

        Payloads go to any open connection meanwhile, as Slack documents it: to the old ones too.
        """
        old = list(self._connections)
        for socket in old:
            await _tell(socket, "warning")
        due = self._clock.now() + seconds
        while (left := [each for each in old if each in self._connections]) and self._clock.now() < due:
            await asyncio.sleep(0.01)
        for socket in left:
            await _tell(socket, "refresh_requested")
            await socket.close()

    async def close(self) -> None:
        """End every connection, as when Slack goes away."""
        for socket in list(self._connections):
            await socket.close()


_DEBUG = {"debug_info": {"host": "applink-local"}}


async def _tell(socket: web.WebSocketResponse, reason: str) -> None:
    with suppress(ConnectionError):  # the app may have closed it first
        await socket.send_json({"type": "disconnect", "reason": reason, **_DEBUG})
