"""A desk with a Slack that says what it is told to, and what its turns came to."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine

from connector.connector import EKSConnector
from connector.workspaces import WorkspaceKey, Workspaces
from handlers.access import Access, Caller, Request
from handlers.claims import Claims
from handlers.command import Command
from handlers.defaults import Defaults
from handlers.desk import Desk, Turn
from handlers.following import Follows
from handlers.policy import Policy
from handlers.reply import Place
from handlers.seal import Seal
from handlers.snapshots import Snapshots
from handlers.trail import Outcome, Trail
from tests.connector.api_server import wait_until
from tests.handlers.slack_server import Answer, SlackServer

KEY = WorkspaceKey(None, "T1")
SEAL = Seal("0123456789abcdef")
PODS = Command("get", "pods")
WAIT = 10.0


@dataclass
class Outcomes:
    """Hears how each turn ended."""

    ended: list[Outcome] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, outcome: Outcome) -> None:
        with self._changed:
            self.ended.append(outcome)
            self._changed.notify_all()

    def wait_for(self, count: int) -> list[str]:
        """The outcomes, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.ended) >= count, WAIT), self.ended
            return [outcome.outcome for outcome in self.ended]


@dataclass
class Office:
    """A desk, the Slack behind it, and its outcomes."""

    server: SlackServer
    # What several processes share.
    engine: Engine
    outcomes: Outcomes = field(default_factory=Outcomes)
    build: Callable[[], EKSConnector] = EKSConnector
    replica: str = "replica-1"
    clock: Callable[[], float] = time.monotonic
    policy: Callable[[], Policy] = Policy.open
    # Seconds between two looks at what is followed.
    every: float = 0.05
    apologies: int = 200
    _triggers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.workspaces = Workspaces(lambda _key: self.build())
        self.claims = Claims(self.engine, SEAL, self.replica, self.clock)
        self.trail = Trail(self.engine, self.replica, say=lambda _line: None)
        self.defaults = Defaults(self.engine)
        self.snapshots = Snapshots(self.engine)
        self.follows = Follows(self.engine, every=self.every)
        self.desk = Desk(
            self.workspaces,
            Access(self.policy),
            SEAL,
            self.outcomes,
            claims=self.claims,
            trail=self.trail,
            defaults=self.defaults,
            snapshots=self.snapshots,
            follows=self.follows,
            apologies=self.apologies,
        )
        member = {"id": "U1", "team_id": "T1", "name": "ada", "profile": {"display_name": "ada"}}
        self.server.always["users.info"] = Answer({"ok": True, "user": member})

    def close(self) -> None:
        """Waits for what is under way, and writes what is left to write."""
        self.desk.drain(5)
        self.trail.close(5)
        self.workspaces.close()

    def turn(self, user: str = "U1", started: float | None = None, trigger_id: str = "") -> Turn:
        """A turn of that person; without a `trigger_id`, one that no other turn has."""
        trigger_id = trigger_id or f"{self.replica}.{next(self._triggers)}"
        place = Place(KEY, "C1", user, self.server.response_url)
        caller = Caller(KEY, user, "T1", "C1")
        if started is None:
            return Turn(self.desk, self.server.client, caller, place, trigger_id)
        return Turn(self.desk, self.server.client, caller, place, trigger_id, started=started)

    def at_rest(self, running: int = 0) -> None:
        """Waits until so many turns are under way, and all others have ended with all that belongs to it."""
        wait_until(lambda: self.desk.load() == {"running": running, "waiting": 0}, WAIT)

    def told(self) -> list[str]:
        """The texts that reached the person."""
        return [
            body["text"] for body in self.server.asked("respond", "chat.postMessage", "chat.postEphemeral")
        ]


def nothing(_request: Request, _turn: Turn) -> None:
    """A conversation that has nothing to say."""
