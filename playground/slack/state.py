"""What the local Slack knows: one object, World, under one lock that is also how others wait for a change.

It knows no HTTP and sends nothing.
"""

from __future__ import annotations

import asyncio
import random
import string
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from playground.slack.records import (
    Channel,
    Enterprise,
    Json,
    Key,
    Message,
    RefreshToken,
    ResponseUrl,
    Team,
    Token,
    Trigger,
    Upload,
    ViewRecord,
)

if TYPE_CHECKING:
    from playground.slack.people import Person

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 1800.0
RESPONSE_URL_USES = 5


class Clock:
    """Slack's own time, for whatever ends: it runs like any clock, and a test may put it forward.

    One sleeps until a moment, not for a while: so it does not matter who sees first that the clock was put forward.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    def put_forward(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """Let all who sleep on this clock wake as if the seconds had passed. For any thread."""
        self._ahead += seconds
        loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep_until(self, due: float) -> None:
        while (left := due - self.now()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), left)


class World:
    """All state of the local Slack; take `changing()` to write and wait on `changed` to be told."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.clock = Clock()
        self.changed = threading.Condition(threading.RLock())
        self.teams: tuple[Team, ...] = ()
        self.url = ""  # where the server is, for the addresses in answers and payloads
        self.app_id = self.new_id("A")
        self.messages: dict[str, list[Message]] = {}
        self.tokens: dict[str, Token] = {}
        self.refresh_tokens: dict[str, RefreshToken] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        # The conversation that each person looks at.
        self.current: dict[str, str] = {}
        self.views: dict[str, ViewRecord] = {}
        self.stacks: dict[str, list[ViewRecord]] = {}  # user id -> modals, the shown one last
        self.homes: dict[str, ViewRecord] = {}
        # What a person has picked in a message, and what a suggestion has offered there: by user and ts.
        self.picked: dict[tuple[str, str], dict[Key, Json]] = {}
        self.offered: dict[tuple[str, str], dict[Key, list[Json]]] = {}
        self.uploads: dict[str, Upload] = {}  # by the path they are sent to, until that happens
        self.files: dict[str, Upload] = {}  # by id
        self.on_uninstall: Callable[[Team | Enterprise], None] = lambda _: None  # the server tells the app
        self._last_ts = 0

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and tell all who wait when done."""
        with self.changed:
            yield
            self.changed.notify_all()

    def new_id(self, prefix: str) -> str:
        """An id as Slack's look: a letter for the kind, then ten of A–Z and 0–9."""
        return prefix + "".join(self.random.choices(string.ascii_uppercase + string.digits, k=10))

    def secret(self, length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        return "".join(self.random.choices(alphabet, k=length))

    def new_ts(self) -> str:
        """The next message timestamp: seconds with six decimals, never the same twice."""
        with self.changed:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def team(self, team_id: str) -> Team:
        return next(team for team in self.teams if team.id == team_id)

    def place(self, known: Token | RefreshToken) -> Team | Enterprise:
        """Where a token is good: the organisation or the workspace that the app was installed in with it."""
        if known.team_id:
            return self.team(known.team_id)
        return next(
            team.enterprise
            for team in self.teams
            if team.enterprise and team.enterprise.id == known.enterprise_id
        )

    def workspaces(self, place: Team | Enterprise) -> tuple[Team, ...]:
        """The workspace itself, or those of the organisation."""
        return tuple(team for team in self.teams if place is team or place is team.enterprise)

    def reaches(self, token: Token, team_id: str) -> bool:
        """Whether a token is good for a workspace."""
        return any(team.id == team_id for team in self.workspaces(self.place(token)))

    def installed(self, team: Team) -> bool:
        """Whether the app is in a workspace now, by itself or with its organisation.

        A refresh token that is left will do: one access token of several may be revoked without an end to it all.
        """
        place = team.enterprise if team.org_wide else team
        good: list[Token | RefreshToken] = [token for token in self.tokens.values() if token.gone is None]
        return any(self.place(token) is place for token in [*good, *self.refresh_tokens.values()])

    def person(self, user_id: str) -> Person | None:
        return next((one for team in self.teams for one in team.people if one.id == user_id), None)

    def channel_of(self, team: Team, name: str) -> Channel | None:
        """The channel a bot means by an id, a `#name` or a name; None when its workspace has none such."""
        with suppress(KeyError):
            return team.channel(name)
        return None

    # Messages

    def post(self, message: Message) -> Message:
        with self.changing():
            self.messages.setdefault(message.channel_id, []).append(message)
        return message

    def message(self, channel_id: str, ts: str) -> Message | None:
        with self.changed:
            return next(
                (each for each in self.messages.get(channel_id, ()) if each.ts == ts and not each.deleted),
                None,
            )

    def change(self, message: Message, **changes: Any) -> Message:
        """The message with these changes, in the place and with the `ts` it had."""
        with self.changing():
            line = self.messages[message.channel_id]
            place = next(index for index, each in enumerate(line) if each.ts == message.ts)
            line[place] = replace(line[place], **changes)
            return line[place]

    def seen_by(self, user_id: str, channel_id: str) -> list[Message]:
        with self.changed:
            return [
                each
                for each in self.messages.get(channel_id, ())
                if not each.deleted and each.reader in (None, user_id)
            ]

    # Capabilities

    def new_trigger(self, team_id: str, user_id: str, view_id: str | None = None) -> str:
        with self.changed:
            number = f"{self.random.randrange(10**12, 10**13)}.{self.random.randrange(10**11, 10**12)}"
            name = f"{number}.{self.secret(32, '0123456789abcdef')}"
            self.triggers[name] = Trigger(team_id, user_id, self.clock.now(), view_id)
            return name

    def new_response_url(
        self, kind: str, team_id: str, channel_id: str, user_id: str, ts: str | None = None
    ) -> str:
        """The path of a response_url: /commands/… of a slash command, /actions/… of a click, /app/… of a shortcut."""
        with self.changed:
            path = f"/{kind}/{team_id}/{self.random.randrange(10**12, 10**13)}/{self.secret(24)}"
            self.response_urls[path] = ResponseUrl(team_id, channel_id, user_id, self.clock.now(), ts)
            return path

    def snapshot(self) -> Json:
        """All that a page would draw, as plain data; no token and no response_url is in it."""
        with self.changed:
            return {
                "teams": [
                    {
                        "id": team.id,
                        "name": team.name,
                        "domain": team.domain,
                        "enterprise": team.enterprise.name if team.enterprise else None,
                        "installed": self.installed(team),
                        "channels": [
                            vars(channel) | {"members": sorted(channel.members)} for channel in team.channels
                        ],
                        "people": [person.info() for person in team.people],
                        "usergroups": [
                            vars(group) | {"users": sorted(group.users)} for group in team.usergroups
                        ],
                    }
                    for team in self.teams
                ],
                "messages": {
                    channel: [asdict(message) | {"ephemeral": message.ephemeral} for message in line]
                    for channel, line in self.messages.items()
                },
                "views": {
                    user: [view.content | {"id": view.id, "errors": view.errors} for view in stack]
                    for user, stack in self.stacks.items()
                    if stack
                },
                "homes": {user: view.content for user, view in self.homes.items()},
            }
