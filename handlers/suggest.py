"""What selects offer while somebody types: clusters that the half-filled form can see, namespaces of a connection.

Slack waits 3 seconds for these, inside the acknowledgement; so the looking is bounded in time and in number, and when
it fails the person can still type what they mean.
"""

import logging
from typing import Any

from slack_sdk import WebClient

from connector.errors import Failure
from connector.lanes import Bulkhead, Deadline, Lanes
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

ALL = "*"


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
