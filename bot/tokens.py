"""Tokens for the workspaces that the app is in, and those that the bot was given; see bot.granted for OAuth's."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot, Installation

from connector.workspaces import WorkspaceKey
from handlers.retries import UNREACHABLE

log = logging.getLogger(__name__)

# Slack's expiring tokens live for 12 hours; so long before their end they are renewed.
RENEW_SECONDS = 2 * 3600.0


class NoWorkspace(Exception):  # noqa: N818 - a condition, as all our errors are named
    """Slack does not accept a token; the text names it by its place and Slack's word, never by its value."""


@dataclass(frozen=True)
class Installed:
    """The app in one workspace, or in a whole organisation: then `workspace` has no team."""

    workspace: WorkspaceKey
    name: str
    bot_token: str = field(repr=False)
    bot_id: str = ""
    bot_user_id: str = ""
    # Seconds since 1970; None: it does not end.
    ends_at: float | None = None

    @classmethod
    def of_bot(cls, bot: Bot) -> "Installed":
        """What slack_sdk's store holds."""
        workspace = place_of(bot)
        name = (bot.team_name if workspace.team_id else bot.enterprise_name) or named(workspace)
        return cls(
            workspace, name, bot.bot_token, bot.bot_id or "", bot.bot_user_id or "", bot.bot_token_expires_at
        )

    def authorized(self) -> AuthorizeResult:
        """The same in Bolt's words."""
        return AuthorizeResult(
            enterprise_id=self.workspace.enterprise_id,
            team_id=self.workspace.team_id,
            team=self.name,
            bot_user_id=self.bot_user_id,
            bot_id=self.bot_id,
            bot_token=self.bot_token,
        )


class Source(Protocol):
    """Where installations come from."""

    def installed(self) -> Sequence[Installed]:
        """All of them as they are now. Raises StateAway."""

    def renew(self, workspace: WorkspaceKey) -> None:
        """Trades the token for a new one. Raises StateAway, SlackApiError, and what is UNREACHABLE."""

    def remove(self, workspace: WorkspaceKey) -> None:
        """Forgets the installation. Raises StateAway."""


class Given:
    """Tokens that the bot was given, for as long as the process runs."""

    def __init__(self, client: WebClient, tokens: Sequence[str]) -> None:
        """Asks Slack whose each token is. Raises NoWorkspace for one that Slack does not accept."""
        self._installed: dict[WorkspaceKey, Installed] = {}
        for place, token in enumerate(tokens, 1):
            which = "the bot token" if len(tokens) == 1 else f"bot token {place} of {len(tokens)}"
            try:
                said = client.auth_test(token=token)
            except SlackApiError as error:
                raise NoWorkspace(f"Slack does not accept {which}: {error.response.get('error')}.") from error
            except UNREACHABLE as error:
                raise NoWorkspace(
                    f"Slack could not be asked about {which}: {type(error).__name__}."
                ) from error
            org_wide = said.get("is_enterprise_install") in (True, "true")
            workspace = WorkspaceKey(said.get("enterprise_id"), None if org_wide else said.get("team_id"))
            self._installed[workspace] = Installed(
                workspace, str(said.get("team")), token, said.get("bot_id") or "", said.get("user_id") or ""
            )

    def installed(self) -> Sequence[Installed]:
        return tuple(self._installed.values())

    def renew(self, workspace: WorkspaceKey) -> None:
        """Tokens of this kind do not end."""

    def remove(self, workspace: WorkspaceKey) -> None:
        self._installed = {key: one for key, one in self._installed.items() if key != workspace}


def place_of(one: Installation | Bot) -> WorkspaceKey:
    """The workspace that it is for; without a team where it is for a whole organisation."""
    team_id = None if one.is_enterprise_install else one.team_id
    return WorkspaceKey(one.enterprise_id or None, team_id or None)


def named(workspace: WorkspaceKey) -> str:
    """Its id, for a log line."""
    return str(workspace.team_id or workspace.enterprise_id)
