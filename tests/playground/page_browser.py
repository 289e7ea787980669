"""A tab of the page without a browser: its real WebSocket, and what it has been told, kept as the page keeps it."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

Json = dict[str, Any]
SECONDS = 30.0


class Browser:
    """Made by `tab`; every method waits for what it is about."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._loop = loop
        self._socket = socket
        self._count = 0
        self.hello: Json = {}
        self.frame: Json = {}
        self.messages: dict[str, dict[str, Json]] = {}
        self.views: list[Json] = []
        self.home: Json | None = None
        self.faults: Json = {}
        self.log: dict[int, Json] = {}
        self.raw: list[str] = []  # all that came, as it came

    def ask(self, do: Any, **more: Any) -> Json:
        """The reply to an ask: `ok` with `result`, or `error`."""
        self._count += 1
        return self.says(json.dumps({"ask": self._count, "do": do} | more), self._count)

    def says(self, text: str, ask: Any) -> Json:
        self._loop.run_until_complete(self._socket.send_str(text))
        while True:
            told = self._hear(SECONDS)
            if told["type"] == "reply" and told["ask"] == ask:
                return told

    def does(self, do: str, **more: Any) -> Any:
        """The result of an ask that must go well."""
        reply = self.ask(do, **more)
        assert reply["ok"], reply
        return reply["result"]

    def be(self, name: str) -> "Browser":
        people = {each["name"]: each["id"] for team in self.hello["teams"] for each in team["people"]}
        self.messages, self.views, self.home = {}, [], None
        self.does("be", person=people[name])
        return self.until(lambda: self.frame.get("person", {}).get("name") == name)

    def channel(self, name: str) -> str:
        return next(str(each["id"]) for each in self.frame["channels"] if each["name"] == name)

    def seen(self, channel: str) -> list[Json]:
        return [message for _, message in sorted(self.messages.get(self.channel(channel), {}).items())]

    def texts(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.seen(channel)]

    def until(self, holds: Callable[[], bool]) -> "Browser":
        """Listen until it holds. Raises TimeoutError."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            self._hear(deadline - time.monotonic())
        return self

    def _hear(self, seconds: float) -> Json:
        raw = self._loop.run_until_complete(asyncio.wait_for(self._socket.receive_str(), seconds))
        self.raw.append(raw)
        told: Json = json.loads(raw)
        match told["type"]:
            case "messages":
                held = self.messages.setdefault(told["channel"], {})
                held.update({message["ts"]: message for message in told["changed"]})
                for ts in told["gone"]:
                    del held[ts]
            case "views":
                self.views = told["views"]
            case "home":
                self.home = told["home"]
            case "log":
                self.log.update({record["n"]: record for record in told["records"]})
            case "hello" | "frame" | "faults" as kind:
                setattr(self, kind, told)
        return told


@contextmanager
def tab(url: str, person: str | None = None) -> Iterator[Browser]:
    """An open tab, as that person if there is one."""
    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(_session())
    try:
        origin = url.rstrip("/")
        socket = loop.run_until_complete(session.ws_connect(f"{url}live", origin=origin))
        browser = Browser(loop, socket)
        browser.until(lambda: bool(browser.hello))
        if person:
            browser.be(person)
        yield browser
        loop.run_until_complete(socket.close())
    finally:
        loop.run_until_complete(session.close())
        loop.close()


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


def fetched(
    url: str, path: str = "", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of a plain GET; the path goes out as it is written."""
    parts = urlsplit(url)

    async def get() -> tuple[int, dict[str, str], str]:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        sent = {"Host": parts.netloc, "Connection": "close"} | (headers or {})
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        writer.write(f"GET /{path} HTTP/1.1\r\n{lines}\r\n".encode())
        status, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        named = dict(field.split(": ", 1) for field in fields)
        body = await reader.readexactly(int(named.get("Content-Length", 0)))
        writer.close()
        return int(status.split()[1]), named, body.decode(errors="surrogateescape")

    return asyncio.run(asyncio.wait_for(get(), SECONDS))
