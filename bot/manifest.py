"""The Slack app as data: what `eks-chatops manifest` prints, and what the rest of the bot takes from it.

https://docs.slack.dev/reference/app-manifest
"""

from typing import Any
from urllib.parse import urlsplit

import yaml

from handlers import asking, departure, surfaces
from handlers.grammar import COMMAND

# What the bot calls needs no more than these.
SCOPES = (
    "chat:write",  # progress that becomes the answer, in channels the bot was invited to
    "commands",  # the command itself, and answers to it
    "files:write",  # answers that are files
    "im:write",  # files for one person alone
    "usergroups:read",  # who is in the user groups that the policy names
    "users:read",  # whether who asks is a full member
)
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest for one workspace over Socket Mode; with `url`, the bot's public address, for HTTP and OAuth."""
    base = (url or "").rstrip("/")
    events = f"{base}{EVENTS_PATH}"
    command = {
        "command": COMMAND,
        "description": "Find, connect to and look into EKS clusters",
        "usage_hint": (
            "clusters | connect | connections | pods | deployments | services | nodes | events | get"
            " | disconnect | help"
        ),
        # Channels and people that are mentioned arrive in one stable form, whatever the client.
        "should_escape": True,
    }
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    subscriptions: dict[str, Any] = {"bot_events": [surfaces.HOME_OPENED, *departure.EVENTS]}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if url:
        command["url"] = events
        oauth["redirect_urls"] = [f"{base}{REDIRECT_PATH}"]
        subscriptions["request_url"] = events
        interactivity |= {"request_url": events, "message_menu_options_url": events}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "EKS",
            "description": "Find your EKS clusters, connect, and see what runs in them.",
            "long_description": (
                "Type /eks in any channel. The bot finds the Amazon EKS clusters that a profile, a role or AWS keys can"
                " see, connects your workspace to them, and lists pods, deployments, services, nodes, events and other"
                " kinds as tables that sort, filter and page, those in trouble first. It only reads: nothing in a"
                " cluster changes. Keys are kept in memory for an hour at most."
            ),
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "EKS", "always_online": True},
            "shortcuts": [
                {
                    "name": "EKS",
                    "type": "global",
                    "callback_id": asking.SHORTCUT,
                    "description": "Choose a cluster, a kind and a name, and ask",
                },
                {
                    "name": "Look this up",
                    "type": "message",
                    "callback_id": surfaces.LOOKUP,
                    "description": "Find the pods, nodes and deployments that this message names",
                },
            ],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": bool(url),
            "socket_mode_enabled": not url,
            "token_rotation_enabled": bool(url),
        },
    }


def is_public(url: str) -> bool:
    """Whether Slack could reach the bot there: https, a host, and no more than a path."""
    try:
        parts = urlsplit(url)
        plain = parts.port != 0 and not (parts.query or parts.fragment or parts.username or parts.password)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and plain and url.isprintable() and " " not in url


def printed(url: str | None = None) -> str:
    """The manifest as YAML, to be pasted into Slack's page."""
    return yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=100)
