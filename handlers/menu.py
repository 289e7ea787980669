"""A bare /eks, and /eks help."""

import re
from collections.abc import Mapping

from connector.connector import Connection
from connector.words import alike
from handlers import held
from handlers.access import Request
from handlers.blocks import guide
from handlers.command import Usage
from handlers.desk import Turn
from handlers.grammar import COMMAND, TOPICS, WORDS


def converse(request: Request, turn: Turn) -> None:
    """Answers with the menu, or with all about one verb; only the asker sees it."""
    topic = request.command.word
    known = held.seen(request, turn.connector)
    default = turn.desk.defaults.of(turn.where)
    # Examples mean what a command typed here would mean.
    facts = _facts(tuple(sorted(known, key=lambda one: default is None or one.id != default.connection)))
    if not topic:
        turn.ask(guide.menu(tuple(connection.id for connection in known), facts))
        return
    name = WORDS.get(topic.lower())
    if name is None:
        near = alike(topic.lower(), WORDS, 1, 0.6)
        usage = Usage(f"There is no help on `{topic}`.", hint=f"`{COMMAND} help` shows what there is.")
        if near:
            usage.suggestion = f"{COMMAND} help {WORDS[near[0]]}"
        raise usage
    turn.ask(guide.topic(TOPICS[name], facts))


def _facts(held: tuple[Connection, ...]) -> Mapping[str, str]:
    """What examples may name here: the first connection's facts; nothing where there is none."""
    if not held:
        return {}
    first = held[0]
    known = {"CONNECTION": first.id, "CLUSTER": first.cluster, "REGION": first.region}
    by_profile = re.match(r"profile `([^`]+)`", first.sign_in)
    return known | ({"PROFILE": by_profile[1]} if by_profile else {})
