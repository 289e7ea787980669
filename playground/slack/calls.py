"""One call of the Web API: its arguments, who calls, and the word it is refused with."""

import json
import re
from dataclasses import dataclass
from typing import Any

from playground.slack.faults import Faults
from playground.slack.records import Channel, Json, Team, Token
from playground.slack.state import World


class Refused(Exception):  # noqa: N818 - what Slack does
    """Slack's `ok: false`: the error word, and what else the answer holds."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    @classmethod
    def for_faults(cls, error: str, sentences: list[str]) -> "Refused":
        """An error that lists broken limits the way Slack does."""
        bare = [sentence.removeprefix("[ERROR] ") for sentence in sentences]
        return cls(error, errors=bare, response_metadata={"messages": sentences})


def workspace_of(world: World, token: Token, arguments: Json, *, named: bool) -> Team:
    """The workspace a call is about: the token's own, or the one of an organisation's that its arguments mean.

    `named`: the method wants `team_id` of an org-wide token; others overlook what they cannot use, such as the
    organisation's id that Bolt's client adds to every call it makes for an org-wide view. Raises Refused.
    """
    if token.team_id:
        return world.team(token.team_id)
    teams = world.workspaces(world.place(token))
    team_id = arguments.get("team_id")
    for team in teams:
        if team.id == team_id:
            return team
    if named:
        raise Refused("team_access_not_granted" if team_id else "missing_argument")
    trigger = world.triggers.get(str(arguments.get("trigger_id")))
    view = world.views.get(str(arguments.get("view_id")))
    home = trigger.team_id if trigger else view.team_id if view else None
    meant = {str(arguments.get(name)) for name in ("channel", "channel_id", "user", "user_id", "users")}
    for team in teams:
        there = {each.id for each in team.channels} | {each.id for each in team.people}
        if team.id == home or meant & there:
            return team
    return teams[0]


@dataclass
class Call:
    """A method's arguments and its caller, whose token is good and has the scope."""

    method: str
    arguments: Json
    token: Token
    team: Team
    world: World
    faults: Faults

    def text(self, name: str) -> str | None:
        """An argument as a string; a number is one too, an empty string is none."""
        value = self.arguments.get(name)
        if value is None or value == "":
            return None
        return value if isinstance(value, str) else json.dumps(value)

    def need(self, name: str) -> str:
        """Raises Refused (invalid_arguments) when it is not there."""
        value = self.text(name)
        if value is None:
            raise Refused.for_faults("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def number(self, name: str, default: int = 0) -> int | None:
        """A whole number that is not negative and not beyond all use; None for anything else."""
        text = self.text(name)
        if text is None:
            return default
        return int(text) if re.fullmatch("[0-9]{1,12}", text) else None

    def flag(self, name: str) -> bool:
        return self.arguments.get(name) in (True, "true", "1", 1)

    def data(self, name: str, error: str) -> Any:
        """A structured argument: as it is in a JSON body, decoded when it came as text; Refused when it is no JSON."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise Refused(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """The channel an argument means. Raises Refused (channel_not_found), also for a private one without the bot."""
        return self._channel(self.need(name))

    def conversation(self, name: str) -> Channel:
        """The channel of that name or id, or the bot's conversation with the person of that id; else Refused."""
        if not name.startswith(("U", "W")):
            return self._channel(name)
        person = next((each for each in self.team.people if each.id == name), None)
        if person is None:
            raise Refused("channel_not_found")
        return person.dm

    def _channel(self, name: str) -> Channel:
        channel = self.world.channel_of(self.team, name)
        if channel is None or (channel.is_private and not channel.is_member):
            raise Refused("channel_not_found")
        return channel
