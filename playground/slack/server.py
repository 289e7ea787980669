"""A Slack on this machine: the API, both ways of delivery and the people, behind one object.

Runs an aiohttp server on a thread of its own, on a free port of 127.0.0.1. Everything here may be called from any
other thread, from many at once.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from playground.slack import chat, oauth, payloads, workspaces
from playground.slack.calls import Refused
from playground.slack.delivery import ACK_SECONDS, Ack, Delivery
from playground.slack.faults import Faults
from playground.slack.log import Entry, Log
from playground.slack.manifest import Manifest
from playground.slack.socket_mode import SocketMode
from playground.slack.state import Json, Team, World
from playground.slack.webapi import WebApi

LARGEST_REQUEST = 4 * 1024 * 1024
Result = TypeVar("Result")


class LocalSlack:
    """Two workspaces with people and an installed app; made by `start`, ended by `stop`."""

    def __init__(self, seed: int, request_url: str | None, manifest: Manifest | None) -> None:
        self.world = World(seed)
        self.faults = Faults()
        self.manifest = manifest
        self.signing_secret = self.world.secret(32, "0123456789abcdef")
        self.verification_token = self.world.secret(24)
        self.app_token = (
            f"xapp-1-{self.world.app_id}-{self.world.secret(13, '123456789')}-"
            f"{self.world.secret(64, '0123456789abcdef')}"
        )
        client_id = f"{self.world.secret(12, '123456789')}.{self.world.secret(13, '123456789')}"
        self.client = oauth.Client(self.world, client_id, self.world.secret(32, "0123456789abcdef"))
        scopes = manifest.scopes if manifest else workspaces.SCOPES
        self.world.teams = workspaces.people_of(self, self.world, scopes)
        self.world.on_uninstall = self._uninstalled
        self._log = Log()
        self._port = 0
        self._sockets = SocketMode(self.world.app_id, self.world.clock, self._tell)
        self._delivery = Delivery(self.signing_secret, self.world.clock, self._log, self._sockets)
        self._delivery.request_url = request_url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local-slack", daemon=True)
        self._runner: web.AppRunner | None = None

    @classmethod
    def start(
        cls, seed: int = 7, request_url: str | None = None, manifest: Mapping[str, Any] | None = None
    ) -> "LocalSlack":
        """A running Slack. With `request_url` payloads go there as signed HTTP, without it over Socket Mode.

        Ids, names and tokens come from the seed. `manifest` (parsed, schema v2) decides commands, scopes and events,
        as at Slack; without one the app has commands, chat:write and users:read, and every command and event comes.
        """
        slack = cls(seed, request_url, Manifest.of(manifest) if manifest else None)
        slack._thread.start()
        slack.run(slack._serve())
        return slack

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> "LocalSlack":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # What an app is configured with

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def url(self) -> str:
        """Where Slack itself is: `/oauth/v2/authorize` and the response_urls are under it."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def request_url(self) -> str | None:
        return self._delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._delivery.request_url = url

    @property
    def teams(self) -> tuple[Team, ...]:
        return self.world.teams

    def team(self, name: str) -> Team:
        """The workspace of that name, domain or id. Raises KeyError."""
        for team in self.teams:
            if name.lower() in (team.name.lower(), team.domain, team.id.lower()):
                return team
        raise KeyError(f"no workspace {name}")

    # What a test or a page watches

    @property
    def log(self) -> list[Entry]:
        """Every payload so far, in both directions, the latest 5,000."""
        return list(self._log)

    def subscribe(self, subscriber: Callable[[Entry], None]) -> Callable[[], None]:
        """Hear of each payload as it comes, until the function given back is called; see Feed.subscribe."""
        return self._log.subscribe(subscriber)

    def snapshot(self) -> Json:
        """All state as plain data, without secrets."""
        return self.world.snapshot()

    @property
    def connections(self) -> int:
        """How many Socket Mode connections the app has open."""
        return self._sockets.connected

    def app_connected(self, timeout: float = 10.0, connections: int = 1) -> None:
        """Wait until the app has so many connections that had their hello. Raises TimeoutError."""
        with self.world.changed:
            if not self.world.changed.wait_for(lambda: self.connections >= connections, timeout):
                raise TimeoutError(f"no Socket Mode connection in {timeout} s")

    # What Slack does by itself

    def deliver(
        self,
        kind: str,
        payload: Any,
        signed: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = ACK_SECONDS,
    ) -> Ack:
        """Send the app any payload whatever, well-formed or not, and give how it answered.

        Over HTTP a string or bytes are the body as they are, and `headers` replace Slack's: an old
        X-Slack-Request-Timestamp is signed as it stands.
        """
        return self.run(
            self._delivery.send(kind, payload, None, seconds=seconds, signed=signed, headers=headers)
        )

    def verifies_request_url(self) -> bool:
        """What Slack does when a request URL is saved: whether the app gives the challenge back."""
        challenge = self.world.secret(52)
        payload = {"type": "url_verification", "token": self.verification_token, "challenge": challenge}
        ack = self.run(self._delivery.send("events_api", payload, None))
        given = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.status == "acked" and given == challenge

    def event(self, team: Team, event: Json) -> Ack | None:
        """Send an event to the app; None when its manifest does not subscribe to it. Retries go on behind."""
        wanted = self.manifest.events if self.manifest else None
        if wanted is not None and event["type"] not in wanted:
            return None
        payload = payloads.event(self.world, self.verification_token, team, event)
        return self.run(self._delivery.event(team.id, payload))

    def later(self, seconds: float) -> None:
        """Put Slack's clock forward: triggers, response_urls, codes, acks and retries see the time as gone."""
        self.world.clock.put_forward(seconds, self._loop)

    def refresh_sockets(self, seconds: float = 10.0) -> None:
        """Have every Socket Mode connection replaced: a warning, time to reconnect, then what is left is closed."""
        self.run(self._sockets.refresh(seconds))

    def drop_sockets(self) -> None:
        """Close every Socket Mode connection without a word."""
        self.run(self._sockets.close())

    def uninstall(self, team: Team) -> None:
        """Remove the app from a workspace: its token ends, and the app is told by events."""
        oauth.uninstall(self.world, team, "account_inactive")

    def install(self, team: Team) -> None:
        """Install the app again, as from its settings page; the workspace's bot gets a token."""
        with self.world.changing():
            scopes = self.manifest.scopes if self.manifest else workspaces.SCOPES
            oauth.install(self.world, team, scopes)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on Slack's own loop and wait for what it gives. Not from that loop's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def send(
        self, kind: str, payload: Json, team: Team, answered: Callable[[Ack], None] = lambda _ack: None
    ) -> Ack:
        """Deliver a payload that belongs to a workspace; `answered` acts on the ack before later calls do."""

        async def exchange() -> Ack:
            ack = await self._delivery.send(kind, payload, team.id)
            answered(ack)
            return ack

        return self.run(exchange())

    def note(self, kind: str, team: Team, payload: Any) -> Entry:
        """Log what the app has put into an ack, as a payload of its own."""
        return self._log.add("in", kind, team.id, payload)

    def redirect_of(self, url: str) -> str:
        """Where a page sends a browser on to."""

        async def ask() -> str:
            async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
                return answer.headers["Location"]

        return self.run(ask())

    # The server

    async def _serve(self) -> None:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        api = WebApi(
            self.world,
            self.faults,
            self._log,
            app_token=self.app_token,
            client=self.client,
            open_socket=self._socket_url,
        )
        app.router.add_route("*", "/api/{method}", api.serve)
        app.router.add_post("/{kind:commands|actions}/{rest:.+}", self._respond)
        app.router.add_get("/oauth/v2/authorize", self.client.authorize)
        app.router.add_get("/link/", self._sockets.connect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        await self._sockets.close()
        await self._delivery.close()
        if self._runner:
            await self._runner.cleanup()

    def _socket_url(self) -> str:
        ticket = self._sockets.new_ticket()
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={self.world.app_id}"

    def _tell(self) -> None:
        with self.world.changing():
            pass

    async def _respond(self, request: web.Request) -> web.Response:
        """A post to a response_url. Slack answers `ok` as text, and errors with a 4xx and JSON.

        For blocks it does not take, sources tell of 400 with the bare word and of JSON; this is 400 with JSON, so a
        client has to look at the status and may look for the word.
        """
        url = self.world.response_urls.get(request.path)
        await asyncio.sleep(self.faults.seconds_for("response_url"))
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            body = None
        entry = self._log.add("in", "response_url", url.team_id if url else None, body)
        try:
            if planned := self.faults.next_for("response_url"):
                error, retry_after = planned
                entry.answer = error
                headers = {"Retry-After": str(retry_after)} if retry_after else {}
                return web.json_response(
                    {"ok": False, "error": error}, status=429 if retry_after else 500, headers=headers
                )
            if url is None:
                raise Refused("no_service")
            with self.world.changing():
                chat.respond(url, body, self.world, self.faults)
        except Refused as refused:
            entry.faults = refused.more.get("response_metadata", {}).get("messages", [])
            entry.answer = refused.error
            gone = refused.error in ("expired_url", "used_url", "no_service")
            return web.json_response({"ok": False, "error": refused.error}, status=404 if gone else 400)
        entry.answer = "ok"
        return web.Response(text="ok")

    def _uninstalled(self, team: Team) -> None:
        """Tell the app, without waiting: this also runs on the loop, inside auth.revoke."""
        events: tuple[Json, ...] = (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot_user_id]}},
            {"type": "app_uninstalled"},
        )
        wanted = self.manifest.events if self.manifest else None
        for event in events:
            if wanted is None or event["type"] in wanted:
                payload = payloads.event(self.world, self.verification_token, team, event)
                asyncio.run_coroutine_threadsafe(self._delivery.event(team.id, payload), self._loop)
