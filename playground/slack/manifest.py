"""What Slack takes from an app's manifest: commands, shortcuts, scopes, events, and how it is installed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Shortcut:
    """What stands in the shortcuts menu (`global`) or in each message's menu (`message`)."""

    name: str
    kind: Literal["global", "message"]
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """The parts that decide what an app gets."""

    commands: tuple[str, ...]
    escaped: tuple[str, ...]  # commands with should_escape
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    name: str = ""  # what the app's bot is called
    hints: tuple[tuple[str, str], ...] = ()  # of each command: its description, and how it is used
    shortcuts: tuple[Shortcut, ...] = ()
    org_ready: bool = False  # whether an organisation may install it for all its workspaces
    rotates: bool = False  # whether its tokens end after twelve hours

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Manifest":
        """Read a manifest of schema v2, as its YAML or JSON was parsed."""
        features, settings = data.get("features", {}), data.get("settings", {})
        commands = features.get("slash_commands", [])
        return cls(
            commands=tuple(each["command"] for each in commands),
            escaped=tuple(each["command"] for each in commands if each.get("should_escape")),
            scopes=tuple(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=tuple(settings.get("event_subscriptions", {}).get("bot_events", [])),
            name=features.get("bot_user", {}).get("display_name")
            or data.get("display_information", {}).get("name", ""),
            hints=tuple((each.get("description", ""), each.get("usage_hint", "")) for each in commands),
            shortcuts=tuple(
                Shortcut(each["name"], each["type"], each["callback_id"], each.get("description", ""))
                for each in features.get("shortcuts", [])
            ),
            org_ready=settings.get("org_deploy_enabled") is True,
            rotates=settings.get("token_rotation_enabled") is True,
        )
