"""A bare /eks, and /eks help."""

import difflib

from handlers.access import Request
from handlers.blocks import guide
from handlers.command import Usage
from handlers.desk import Turn
from handlers.grammar import COMMAND, VERBS, WORDS


def converse(request: Request, turn: Turn) -> None:
    """Answers with the menu, or with all about one verb; only the asker sees it."""
    topic = request.command.word
    if not topic:
        held = turn.connector.list_connected_clusters()
        turn.ask(guide.menu(tuple(connection.id for connection in held)))
        return
    name = WORDS.get(topic.lower())
    if name is None:
        near = difflib.get_close_matches(topic.lower(), WORDS, 1)
        usage = Usage(f"There is no help on `{topic}`.", hint=f"`{COMMAND} help` shows what there is.")
        if near:
            usage.suggestion = f"{COMMAND} help {WORDS[near[0]]}"
        raise usage
    turn.ask(guide.topic(VERBS[name]))
