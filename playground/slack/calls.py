"""One call of the Web API: its arguments, who calls, and the word it is refused with."""

import json
from dataclasses import dataclass
from typing import Any

from playground.slack.faults import Faults
from playground.slack.state import Channel, Json, Team, Token, World


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
        channel = self.world.channel_of(self.team, self.need(name))
        if channel is None or (channel.is_private and not channel.is_member):
            raise Refused("channel_not_found")
        return channel
