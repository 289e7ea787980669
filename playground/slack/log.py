"""The record of every payload between Slack and the app: what an inspector shows and a test asks."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.feed import Feed


@dataclass
class Entry:
    """One payload: `out` from Slack to the app, `in` from the app to Slack.

    `kind` is an envelope's type (`slash_commands`, `interactive`, `events_api`), a Web API method, `response_url`, or
    what an ack held (`response_action`, `block_suggestion`). Tokens are left out. An entry comes before its answer.
    """

    at: float  # seconds since 1970
    direction: Literal["in", "out"]
    kind: str
    team: str | None
    payload: Any
    ack_seconds: float | None = None
    answer: Any = None
    faults: list[str] = field(default_factory=list)  # limits the payload breaks


class Log(Feed[Entry]):
    """The latest entries, and those who want to hear of new ones."""

    def add(self, direction: Literal["in", "out"], kind: str, team: str | None, payload: Any) -> Entry:
        entry = Entry(time.time(), direction, kind, team, payload)
        self.append(entry)
        return entry
