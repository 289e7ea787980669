"""What Slack takes from an app's manifest: commands, scopes, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Manifest:
    """The parts that decide what an app gets."""

    commands: tuple[str, ...]
    escaped: tuple[str, ...]  # commands with should_escape
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    name: str = ""  # what the app's bot is called
    hints: tuple[tuple[str, str], ...] = ()  # of each command: its description, and how it is used

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Manifest":
        """Read a manifest of schema v2, as its YAML or JSON was parsed."""
        commands = data.get("features", {}).get("slash_commands", [])
        bot = data.get("features", {}).get("bot_user", {})
        return cls(
            commands=tuple(each["command"] for each in commands),
            escaped=tuple(each["command"] for each in commands if each.get("should_escape")),
            scopes=tuple(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=tuple(data.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])),
            name=bot.get("display_name") or data.get("display_information", {}).get("name", ""),
            hints=tuple((each.get("description", ""), each.get("usage_hint", "")) for each in commands),
        )
