"""The way from Slack to the app: one payload in, one Ack out, over Socket Mode or as signed HTTP."""

import asyncio
import hmac
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from playground.slack.log import Log
from playground.slack.records import Json
from playground.slack.socket_mode import SocketMode
from playground.slack.state import Clock

ACK_SECONDS = 3.0
# When Slack tries an event again: at once, after a minute, after five.
RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Ack:
    """How the app answered one payload.

    `acked`: with a 200 or an ack, whose body is `body`. `timeout`: not within three seconds. `error`: with another
    status, or nobody was there. `local`: nothing had to be sent, as for a pick that is only kept until submit.
    """

    seconds: float
    status: Literal["acked", "timeout", "error", "local"]
    body: Any = None
    http_status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


LOCAL = Ack(0.0, "local")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, sha256).hexdigest()


class Delivery:
    """Sends to `request_url` when there is one, else over Socket Mode. Runs on the event loop's thread.

    A `kind` is what Socket Mode calls it: slash_commands, interactive or events_api.
    """

    def __init__(self, secret: str, clock: Clock, log: Log, sockets: SocketMode) -> None:
        self.request_url: str | None = None
        self._secret = secret
        self._clock = clock
        self._log = log
        self._sockets = sockets
        self._session: aiohttp.ClientSession | None = None
        self._retrying: set[asyncio.Task[None]] = set()

    async def send(
        self,
        kind: str,
        payload: Any,
        team: str | None,
        *,
        retry: tuple[int, str] | None = None,
        seconds: float = ACK_SECONDS,
        signed: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Ack:
        """Deliver any payload, lifelike or not; `headers` replace Slack's own, and the timestamp there is signed."""
        entry = self._log.add("out", kind, team, payload)
        start = time.perf_counter()
        try:
            if self.request_url:
                ack = await self._post(kind, payload, retry, seconds, signed, headers or {}, start)
            else:
                body = await self._sockets.send(kind, payload, retry, seconds)
                ack = Ack(time.perf_counter() - start, "acked", body)
        except TimeoutError:
            ack = Ack(time.perf_counter() - start, "timeout")
        except (ConnectionError, aiohttp.ClientError) as error:
            ack = Ack(time.perf_counter() - start, "error", str(error))
        entry.answer = ack.body
        entry.ack_seconds = ack.seconds if ack.status == "acked" else None
        return ack

    async def _post(
        self,
        kind: str,
        payload: Any,
        retry: tuple[int, str] | None,
        seconds: float,
        signed: bool,
        headers: Mapping[str, str],
        start: float,
    ) -> Ack:
        body, content_type = _encoded(kind, payload)
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if signed:
            sent["X-Slack-Request-Timestamp"] = str(int(time.time()))
        if retry:
            sent |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        sent |= headers
        if signed and "X-Slack-Signature" not in sent:
            sent["X-Slack-Signature"] = sign(self._secret, sent["X-Slack-Request-Timestamp"], body)
        asked = asyncio.ensure_future(self._exchange(body, sent))
        late = asyncio.ensure_future(self._clock.sleep_until(self._clock.now() + seconds))
        await asyncio.wait({asked, late}, return_when=asyncio.FIRST_COMPLETED)
        late.cancel()
        if not asked.done():
            asked.cancel()
            raise TimeoutError
        status, text, answered = asked.result()
        return Ack(
            time.perf_counter() - start,
            "acked" if status == 200 else "error",
            _decoded(text),
            status,
            answered,
        )

    async def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, Mapping[str, str]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        assert self.request_url  # noqa: S101 - `send` comes here only with one
        async with self._session.post(
            self.request_url, data=body, headers=headers, allow_redirects=False
        ) as got:
            return got.status, (await got.read()).decode(errors="replace"), dict(got.headers)

    async def event(self, team: str, payload: Json) -> Ack:
        """Deliver an event and give the first attempt's ack; Slack tries up to three times more behind it."""
        started = self._clock.now()
        ack = await self.send("events_api", payload, team)
        if ack.status != "acked" and not _no_retry(ack):
            task = asyncio.ensure_future(self._again(team, payload, ack, started))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return ack

    async def _again(self, team: str, payload: Json, ack: Ack, started: float) -> None:
        for attempt, wait in enumerate(RETRIES, 1):
            started = min(self._clock.now(), started + ACK_SECONDS) + wait
            await self._clock.sleep_until(started)
            reason = (
                "http_error" if ack.status == "error" else "http_timeout" if self.request_url else "timeout"
            )
            ack = await self.send("events_api", payload, team, retry=(attempt, reason))
            if ack.status == "acked" or _no_retry(ack):
                return

    async def close(self) -> None:
        retrying = list(self._retrying)
        for task in retrying:
            task.cancel()
        await asyncio.gather(*retrying, return_exceptions=True)
        if self._session:
            await self._session.close()


def _no_retry(ack: Ack) -> bool:
    return any(name.lower() == "x-slack-no-retry" and value == "1" for name, value in ack.headers.items())


def _encoded(kind: str, payload: Any) -> tuple[bytes, str]:
    """The body of a request as Slack sends that kind; a string or bytes go out as they are."""
    content_type = "application/json" if kind == "events_api" else "application/x-www-form-urlencoded"
    if isinstance(payload, str | bytes):
        return payload.encode() if isinstance(payload, str) else payload, content_type
    if kind == "events_api":
        return json.dumps(payload).encode(), content_type
    if kind == "slash_commands" and isinstance(payload, dict):
        return urlencode(payload).encode(), content_type
    return urlencode({"payload": json.dumps(payload)}).encode(), content_type


def _decoded(text: str) -> Any:
    """An answer's JSON object, or else its text: a body of `0` is the text 0."""
    with suppress(ValueError, RecursionError):
        answer = json.loads(text)
        if isinstance(answer, dict):
            return answer
    return text or None
