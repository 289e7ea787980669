"""What was done in this workspace, for those who answer for it."""

import time

from handlers.access import Request
from handlers.blocks import audit
from handlers.command import seconds
from handlers.desk import Turn
from handlers.trail import Asked


def converse(request: Request, turn: Turn) -> None:
    """Answers the asker alone with a page of the workspace's trail. Who may ask is `Access.authorise`'s to say."""
    command = request.command.replaced(private=True)
    trail = turn.desk.trail
    reply = turn.answer_as(command)
    reply.progress("Reading the trail…")

    def look() -> None:
        now = time.time()
        since = now - seconds(command.since) if command.since else 0.0
        asked = Asked(command.user, command.cluster, command.ref, since)
        found = trail.find(request.workspace, asked, at=command.offset, newer=command.backwards)
        here = turn.owned(command)
        reply.show(lambda rung: audit.drawn(found, here, now, trail.days, rung), private=True)

    turn.hand_on("audit", look)
