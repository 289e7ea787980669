"""Who set off what: the act of a person that a payload, an AWS call or a request to a cluster came of.

Nothing on the wire says so. A payload names the person, the view or the channel it is about, and what AWS and the
clusters are asked follows the latest act that the app was told of; two people at once can be mistaken there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.slack import Entry, LocalSlack


@dataclass(frozen=True)
class Act:
    """What a person did, by the number of its record, and their workspace."""

    number: int
    team: str


class Causes:
    """Learns of acts and payloads in their order. Not safe for many threads: the journal's lock is held."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._acts: dict[str, Act] = {}  # the latest by user, whether the app hears of it or not
        self._told: dict[str, Act] = {}  # the latest that the app was told of, by user, channel and workspace
        self._latest: Act | None = None

    def act(self, number: int, user: str, team: str) -> None:
        self._acts[user] = Act(number, team)

    def of(self, entry: Entry) -> Act | None:
        """The act a payload of Slack came of, or None for what came of no act."""
        named = _named(entry.payload)
        user = named.get("user") or self._user(named)
        if entry.direction == "out":
            act = self._acts.get(user)
            if act:
                told = (user, named.get("channel", ""), entry.team or act.team, act.team)
                self._told |= dict.fromkeys(filter(None, told), act)
                self._latest = act
            return act
        places = (user, named.get("channel", ""), entry.team or "")
        return next((self._told[place] for place in places if place in self._told), None)

    def latest(self) -> Act | None:
        """The latest act the app was told of: what its calls elsewhere are taken to come of."""
        return self._latest

    def _user(self, named: dict[str, str]) -> str:
        """Whose trigger or view it is; empty when it is nobody's."""
        held = self._slack.world.triggers.get(named.get("trigger", "")) or self._slack.world.views.get(
            named.get("view", "")
        )
        return held.user_id if held else ""


def _named(payload: Any) -> dict[str, str]:
    """The user, channel, trigger and view that a payload or a call's arguments name; it may have any shape."""
    given = payload if isinstance(payload, dict) else {}
    event = given.get("event")
    given = event if isinstance(event, dict) else given
    names = {
        "user": (given.get("user_id"), _id(given.get("user"))),
        "channel": (given.get("channel_id"), _id(given.get("channel"))),
        "trigger": (given.get("trigger_id"),),
        "view": (given.get("view_id"), _id(given.get("view"))),
    }
    found = {name: next((each for each in some if isinstance(each, str)), "") for name, some in names.items()}
    return {name: each for name, each in found.items() if each}


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value
