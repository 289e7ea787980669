"""What somebody may do here, and which rules say so."""

from handlers.access import Request
from handlers.blocks import whoami
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers the asker alone, from the policy that holds now; no cluster is asked."""
    turn.ask(whoami.drawn(request.rights))
