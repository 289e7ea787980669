"""A Slack on this machine: the API, both ways of delivery and the people, behind one object.

Runs an aiohttp server on a thread of its own, on a free port of 127.0.0.1. Everything here may be called from any
other thread, from many at once.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from playground.slack import installs, oauth, payloads, workspaces
from playground.slack.delivery import ACK_SECONDS, Ack, Delivery
from playground.slack.faults import Faults
from playground.slack.hooks import Hooks
from playground.slack.log import Entry, Log
from playground.slack.manifest import Manifest
from playground.slack.records import Enterprise, Json, Team
from playground.slack.socket_mode import SocketMode
from playground.slack.state import World
from playground.slack.webapi import WebApi

LARGEST_REQUEST = 4 * 1024 * 1024
Result = TypeVar("Result")


class LocalSlack:
    """Two workspaces with people and an installed app; made by `start`, ended by `stop`."""

    def __init__(self, seed: int, request_url: str | None, manifest: Manifest | None, grid: bool) -> None:
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
        self.client = oauth.Client(
            self.world,
            client_id,
            self.world.secret(32, "0123456789abcdef"),
            org_ready=manifest.org_ready if manifest else True,
            rotates=manifest.rotates if manifest else False,
        )
        self._scopes = manifest.scopes if manifest else workspaces.SCOPES
        self.world.teams = workspaces.people_of(self, self.world, self._scopes)
        if grid:
            self.world.teams += workspaces.organisation(self, self.world)
        self.world.on_uninstall = self._uninstalled
        self._log = Log()
        self._sockets = SocketMode(self.world.app_id, self.world.clock, self._tell)
        self._delivery = Delivery(self.signing_secret, self.world.clock, self._log, self._sockets)
        self._delivery.request_url = request_url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local-slack", daemon=True)
        self._runner: web.AppRunner | None = None

    @classmethod
    def start(
        cls,
        seed: int = 7,
        request_url: str | None = None,
        manifest: Mapping[str, Any] | None = None,
        *,
        grid: bool = False,
    ) -> "LocalSlack":
        """A running Slack. With `request_url` payloads go there as signed HTTP, without it over Socket Mode.

        Ids, names and tokens come from the seed. `manifest` (parsed, schema v2) decides commands, scopes and events,
        as at Slack; without one the app has commands, chat:write and users:read, and every command and event comes.
        `grid` adds an organisation of two more workspaces, where the app is not installed yet.
        """
        slack = cls(seed, request_url, Manifest.of(manifest) if manifest else None, grid)
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
        return self.world.url

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

    @property
    def enterprise(self) -> Enterprise:
        """The organisation that `grid` has added. Raises KeyError."""
        for team in self.teams:
            if team.enterprise:
                return team.enterprise
        raise KeyError("no organisation: start with grid=True")

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

    def uninstall(self, place: Team | Enterprise) -> None:
        """Remove the app from a workspace or an organisation: its tokens end, and the app is told by events."""
        installs.uninstall(self.world, place, "account_inactive")

    def install(self, place: Team | Enterprise) -> None:
        """Install the app, as from its settings page; the bot there gets a token."""
        with self.world.changing():
            installs.install(self.world, place, self._scopes, self.client.rotates)

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
        """Where a page sends a browser on to. Raises AssertionError with what it says when it does not."""

        async def ask() -> str:
            async with aiohttp.ClientSession() as session, session.get(url, allow_redirects=False) as answer:
                if "Location" not in answer.headers:
                    raise AssertionError(await answer.text())
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
        Hooks(self.world, self.faults, self._log).add_to(app.router)
        app.router.add_get("/oauth/v2/authorize", self.client.authorize)
        app.router.add_get("/link/", self._sockets.connect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.world.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _close(self) -> None:
        await self._sockets.close()
        await self._delivery.close()
        if self._runner:
            await self._runner.cleanup()

    def _socket_url(self) -> str:
        ticket = self._sockets.new_ticket()
        return f"ws{self.url.removeprefix('http')}/link/?ticket={ticket}&app_id={self.world.app_id}"

    def _tell(self) -> None:
        with self.world.changing():
            pass

    def _uninstalled(self, place: Team | Enterprise) -> None:
        """Tell the app, without waiting: this also runs on the loop, inside auth.revoke."""
        events: tuple[Json, ...] = (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [place.bot_user_id]}},
            {"type": "app_uninstalled"},
        )
        wanted = self.manifest.events if self.manifest else None
        for event in events:
            if wanted is None or event["type"] in wanted:
                payload = payloads.farewell(self.world, self.verification_token, place, event)
                asyncio.run_coroutine_threadsafe(self._delivery.event(place.id, payload), self._loop)
