"""The Home tab: a person's connections and how they are, what they asked lately, and what they may do.

It is drawn at once with what is known, then with what the clusters say. Slack tells of every glance at the tab, so the
clusters are asked for one person at most every half minute, but for Refresh.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from connector import pulse, versions
from connector.cluster import Cluster
from connector.connector import Connection
from connector.errors import Failure, Forbidden
from connector.lanes import Deadline
from connector.resources import KINDS
from handlers import held
from handlers.access import NotAllowed, Request
from handlers.blocks import home as drawing
from handlers.command import Command
from handlers.desk import Turn
from handlers.policy.values import READ, Target
from handlers.trail import Asked, Entry
from handlers.views import HomeReply

T = TypeVar("T")

# Everybody has a Home tab; what stands in it is for the policy to say.
OPENING = Command(verb="whoami")
REFRESH = drawing.REFRESH
_EVERY_SECONDS = 30.0
_LOOK_SECONDS = 6.0
_DESCRIBE_SECONDS = 3.0
_AT_ONCE = 8
_RECENT = 6
_PEOPLE = 1_000


class Home:
    """The tabs of one process, and what it has seen for each person, as far as they might. Safe under threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[Hashable, drawing.Seen] = OrderedDict()
        self._looked: dict[Hashable, float] = {}

    def reply(self, turn: Turn) -> HomeReply:
        return HomeReply(turn.slack, turn.caller.user, drawing.broken)

    def draw(self, request: Request, turn: Turn, *, start: int = 0, anew: bool = False) -> None:
        """Publishes the tab: as it is known, and then as the clusters say, unless they were asked just now."""
        reply = self.reply(turn)
        turn.reply = reply
        # With their rights: what was seen with more of them is not shown once they are fewer.
        key = (request.workspace, request.rights)
        connections = held.seen(request, turn.connector) if request.rights.may(READ) else ()
        tab = drawing.Tab(
            rights=request.rights,
            connections=connections,
            production=frozenset(one.id for one in connections if request.production(one)),
            recent=_recent(request, turn, connections),
            start=start,
        )
        page = drawing.page(tab)
        with self._lock:
            known = self._seen.get(key, drawing.Seen())
            fresh = self._clock() - self._looked.get(key, float("-inf")) < _EVERY_SECONDS
            looks = bool(page) and (anew or not fresh or any(one.id not in known.looks for one in page))
            if looks:
                self._looked[key] = self._clock()
        reply.show(drawing.drawn(tab, known, asking=looks))
        if not looks:
            return

        def look() -> None:
            seen = _looked(page, request, turn)
            with self._lock:
                kept = self._seen.pop(key, drawing.Seen())
                seen = replace(seen, looks={**kept.looks, **seen.looks})
                self._seen[key] = seen
                while len(self._seen) > _PEOPLE:
                    gone, _ = self._seen.popitem(last=False)
                    self._looked.pop(gone, None)
            reply.show(drawing.drawn(tab, seen, asking=False))

        turn.hand_on("home", look)


def _looked(page: tuple[Connection, ...], request: Request, turn: Turn) -> drawing.Seen:
    deadline = Deadline(min(_LOOK_SECONDS, turn.left))

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        told = pool.submit(_described, page, turn, deadline)
        looks = pool.map(lambda one: _look(one, request, turn, deadline), page)
        found = {one.id: look for one, look in zip(page, looks, strict=True)}
        now = told.result()
    known = {
        one.id: replace(look, version=now[one.id][0], support=now[one.id][1]) if one.id in now else look
        for one, look in ((one, found[one.id]) for one in page)
    }
    return drawing.Seen(known, time.time())


def _described(
    page: tuple[Connection, ...], turn: Turn, deadline: Deadline
) -> dict[str, tuple[str, versions.Support]]:
    """The version that each runs by now, and how long AWS supports it; nothing while that cannot be told."""
    ids = {one.id for one in page}
    try:
        described = turn.connector.describe_connected_clusters(
            deadline=min(_DESCRIBE_SECONDS, deadline.left())
        )
        now = [one for one in described if one.id in ids]
        support = turn.connector.support(now, deadline=min(_DESCRIBE_SECONDS, deadline.left()))
    except Failure:
        return {}
    return {one.id: (one.version, support[one.id]) for one in now if one.id in support}


def _look(connection: Connection, request: Request, turn: Turn, deadline: Deadline) -> drawing.Look:
    """What one connection says within the deadline, as far as this person may hear it."""
    target = Target.of(connection)

    def ask(cluster: Cluster) -> drawing.Look:
        def nodes() -> pulse.Counted:
            scope = request.rights.scope(READ, target, namespaced=False)
            return pulse.nodes(cluster, deadline, scope.impersonate)

        def pods() -> pulse.Counted:
            scope = request.rights.scope(READ, target)
            return pulse.pods(
                cluster,
                deadline,
                namespace=scope.only or None,
                namespaces=scope.namespaces,
                impersonate=scope.impersonate,
            )

        return drawing.Look(nodes=_allowed(nodes), pods=_allowed(pods))

    try:
        return turn.connector.ask(connection.id, deadline, ask)
    except Failure as failure:
        return drawing.Look(failure=failure)


def _allowed(ask: Callable[[], T]) -> T | None:
    """What is told; None for what is not this person's to see."""
    try:
        return ask()
    except (Forbidden, NotAllowed):
        return None


def _recent(request: Request, turn: Turn, connections: tuple[Connection, ...]) -> tuple[Command, ...]:
    """What this person asked lately that can be asked again: the trail knows neither names nor filters."""
    try:
        found = turn.desk.trail.find(request.workspace, Asked(user=turn.caller.user))
    except Failure:
        return ()
    asked = (_again(entry, connections) for entry in found.entries if entry.outcome == "ok")
    return tuple(dict.fromkeys(command for command in asked if command))[:_RECENT]


def _again(entry: Entry, connections: tuple[Connection, ...]) -> Command | None:
    if entry.verb not in KINDS:
        return None
    there = [one for one in connections if f"{one.region}_{one.cluster}" == entry.cluster]
    if len(there) != 1:
        return None
    namespace = entry.namespace if KINDS[entry.verb].namespaced else ""
    return Command(verb="get", kind=entry.verb, connection=there[0].id, namespace=namespace)
