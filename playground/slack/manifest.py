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

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Manifest":
        """Read a manifest of schema v2, as its YAML or JSON was parsed."""
        commands = data.get("features", {}).get("slash_commands", [])
        return cls(
            commands=tuple(each["command"] for each in commands),
            escaped=tuple(each["command"] for each in commands if each.get("should_escape")),
            scopes=tuple(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=tuple(data.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])),
        )
