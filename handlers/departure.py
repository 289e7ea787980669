"""When the app is taken out of a workspace Slack tells it by events: what belonged to that workspace must not stay.

An event may come late, after the app was installed again, so it is a reason to look and not yet a fact.
"""

from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltContext

from handlers.payload import EventCallback, read_as

EVENTS = ("app_uninstalled", "tokens_revoked")


def register(app: App, doubt: Callable[[str | None, str | None, bool], None]) -> None:
    """Has `doubt` called with organisation, team, and whether the event is of an org-wide install."""

    def left(body: dict[str, Any], context: BoltContext) -> None:
        event = read_as(body, EventCallback).event
        if event.type == "tokens_revoked" and not (event.tokens and event.tokens.bot):
            # Tokens of people, of which we have none.
            return
        doubt(context.enterprise_id, context.team_id, bool(context.is_enterprise_install))

    for name in EVENTS:
        app.event(name)(left)
