"""What selects offer while somebody types: clusters that the half-filled form can see, namespaces of a connection.

Slack waits 3 seconds for these, inside the acknowledgement; so the looking is bounded in time and in number, and when
it fails the person can still type what they mean.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_sdk import WebClient

from connector.connector import Connection, EKSConnector
from connector.errors import Failure
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.workspaces import Workspaces
from handlers import asking, held, several
from handlers.access import Access, Caller, Request
from handlers.blocks import asking as asking_form
from handlers.blocks import forms, listing
from handlers.blocks.limits import numbers
from handlers.blocks.parts import option
from handlers.blocks.text import cut
from handlers.command import Command, decoded
from handlers.discover import visible
from handlers.form import Filled, check_sign_in
from handlers.payload import BlockSuggestion
from handlers.policy.values import CONNECT, DISCOVER, IN_NAMESPACES

log = logging.getLogger(__name__)

_SECONDS = 2.2
# How many of a list's clusters are asked for their namespaces: in two seconds no more would help.
_CLUSTERS = 8
# Clusters found are offered again for this long, so that each letter typed does not ask AWS anew.
_MAX_AGE = 30.0

ALL = "*"
EVERYWHERE = "all namespaces"


class Suggestions:
    def __init__(self, workspaces: Workspaces, access: Access) -> None:
        self._workspaces = workspaces
        self._access = access
        self._lanes = Lanes(width=4, line=4)

    def offered(self, payload: BlockSuggestion, caller: Caller, slack: WebClient) -> list[dict[str, Any]]:
        """At most 100 options for the select; never raises."""
        typed = payload.value.strip()
        found: list[tuple[str, str]] = []
        # Each workspace has its own few places, and nothing here holds the acknowledgement longer than it may.
        places = Bulkhead(self._lanes, caller.workspace, "The look-up")
        try:
            found = places.call(lambda: self._found(payload, caller, slack), Deadline(_SECONDS))
        except Failure as failure:
            log.info("no suggestions for %s: %s", payload.action_id, failure.what)
        near = [(name, known) for name, known in found if typed.lower() in name.lower()]
        if payload.action_id in asking_form.SELECTS:
            return asking.options(payload.action_id, [name for name, _ in near], typed)
        if payload.action_id == listing.NAMESPACES:
            return _namespaces([name for name, _ in near], typed)
        return forms.cluster_options(near, typed)

    def _found(self, payload: BlockSuggestion, caller: Caller, slack: WebClient) -> list[tuple[str, str]]:
        connector = self._workspaces.connector(caller.workspace)
        if payload.action_id == listing.NAMESPACES:
            request = self._access.authorise(decoded(payload.block_id), caller, slack)
            if request.verb not in IN_NAMESPACES:
                # No list of ours: what allows something else says nothing of who may look into a cluster.
                return []
            return [(name, "") for name in _namespaces_of(request, connector)]
        if payload.action_id in asking_form.SELECTS and payload.view:
            request = self._access.authorise(asking.OPENING, caller, slack)
            typed = payload.value.strip().lower()
            names = asking.found(payload.action_id, payload.view, typed, request, connector, _SECONDS)
            return [(name, "") for name in names]
        if payload.action_id != forms.CLUSTER or payload.view is None:
            return []
        filled = Filled.of(payload.view)
        if not filled.complete:
            return []
        request = self._access.authorise(Command(verb="clusters"), caller, slack)
        check_sign_in(filled, request)
        found = connector.list_available_clusters(
            filled.region,
            filled.sign_in,
            deadline=_SECONDS,
            max_age=_MAX_AGE,
            asked_by=caller.user,
        )
        seen = visible(found, request, DISCOVER, CONNECT)
        return [
            (info.name, f"{info.status or ''}  {f'v{info.version}' if info.version else ''}".strip())
            for info in seen.clusters
        ]


def _namespaces_of(request: Request, connector: EKSConnector) -> list[str]:
    """Those of the connection that the list is of, or of each one that it is of and that answers in time."""

    def names(connection: Connection) -> tuple[str, ...]:
        scope = request.reach(connection)
        return connector.list_namespaces(
            connection.id, deadline=_SECONDS, matching=scope.namespaces, impersonate=scope.impersonate
        )

    if not request.command.clusters:
        return list(names(held.named(request.command.connection, request, connector)))

    def those_that_answer(connection: Connection) -> tuple[str, ...]:
        try:
            return names(connection)
        except Failure:
            return ()

    connections = several.matching(request, connector)[:_CLUSTERS]
    if not connections:
        return []
    with ThreadPoolExecutor(max_workers=len(connections)) as pool:
        return sorted({name for each in pool.map(those_that_answer, connections) for name in each})


def _namespaces(near: list[str], typed: str) -> list[dict[str, Any]]:
    """Those that match first, as Enter takes the first; all of them lead only while nothing is typed."""
    offered = [option(name, name) for name in near]
    if not typed:
        return [option(EVERYWHERE, ALL), *offered][: numbers.SELECT_OPTIONS]
    last = [] if typed in near else [option(f"use “{typed}”", cut(typed, numbers.OPTION_VALUE))]
    last += [option(EVERYWHERE, ALL)] if typed.lower() in EVERYWHERE else []
    return [*offered[: numbers.SELECT_OPTIONS - len(last)], *last]
