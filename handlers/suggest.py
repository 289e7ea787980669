"""What selects offer while somebody types: clusters that the half-filled form can see, namespaces of a connection.

Slack waits 3 seconds for these, inside the acknowledgement; so the looking is bounded in time and in number, and when
it fails the person can still type what they mean.
"""

import logging
import threading
from typing import Any

from slack_sdk import WebClient

from connector.errors import Failure
from connector.workspaces import Workspaces
from handlers.access import Access, Caller
from handlers.blocks import forms, listing
from handlers.blocks.parts import option
from handlers.command import Command, decoded
from handlers.form import Filled
from handlers.payload import BlockSuggestion

log = logging.getLogger(__name__)

_SECONDS = 2.2
# Clusters found are offered again for this long, so that each letter typed does not ask AWS anew.
_MAX_AGE = 30.0
# Suggestions hold a thread that acknowledges; others need them too.
_AT_ONCE = 16

ALL = "*"


class Suggestions:
    def __init__(self, workspaces: Workspaces, access: Access) -> None:
        self._workspaces = workspaces
        self._access = access
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def offered(self, payload: BlockSuggestion, caller: Caller, slack: WebClient) -> list[dict[str, Any]]:
        """At most 100 options for the select; never raises."""
        typed = payload.value.strip()
        found: list[tuple[str, str]] = []
        if self._places.acquire(blocking=False):
            try:
                found = self._found(payload, caller, slack)
            except Failure as failure:
                log.info("no suggestions for %s: %s", payload.action_id, failure.what)
            finally:
                self._places.release()
        near = [(name, known) for name, known in found if typed.lower() in name.lower()]
        if payload.action_id == listing.NAMESPACES:
            return [option("all namespaces", ALL), *forms.cluster_options(near, typed)][:100]
        return forms.cluster_options(near, typed)

    def _found(self, payload: BlockSuggestion, caller: Caller, slack: WebClient) -> list[tuple[str, str]]:
        connector = self._workspaces.connector(caller.workspace)
        if payload.action_id == listing.NAMESPACES:
            command = decoded(payload.block_id)
            self._access.authorise(command, caller, slack)
            names = connector.list_namespaces(command.connection, deadline=_SECONDS)
            return [(name, "") for name in names]
        if payload.action_id != forms.CLUSTER or payload.view is None:
            return []
        filled = Filled.of(payload.view)
        if not filled.complete:
            return []
        self._access.authorise(Command(verb="clusters"), caller, slack)
        seen = connector.list_available_clusters(
            filled.region, filled.sign_in, deadline=_SECONDS, max_age=_MAX_AGE
        )
        return [
            (info.name, f"{info.status or ''}  {f'v{info.version}' if info.version else ''}".strip())
            for info in seen.clusters
        ]
