"""Tokens for the workspaces that the app is in: those that the bot was given, and those that people grant by OAuth."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.grants import GrantStore, place_of
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


class Granted:
    """Tokens that people grant by OAuth, in the database that all replicas share."""

    def __init__(self, store: GrantStore, rotator: TokenRotator) -> None:
        self._store = store
        self._rotator = rotator
        self._unreadable: frozenset[WorkspaceKey] = frozenset()
        # Slack has traded their tokens already, and gives no third one for what the database still holds.
        self._unsaved: dict[WorkspaceKey, Installation] = {}

    def installed(self) -> Sequence[Installed]:
        self._save()
        everywhere = self._store.everywhere()
        unreadable = frozenset(place_of(bot) for bot in everywhere if not bot.bot_token)
        if unreadable - self._unreadable:
            log.error(
                "%d installations are sealed with a key that the bot was not given:"
                " put it behind the others in CREDENTIALS_KEY, or install the app there again",
                len(unreadable),
            )
        self._unreadable = unreadable
        return [Installed.of_bot(bot) for bot in everywhere if bot.bot_token]

    def renew(self, workspace: WorkspaceKey) -> None:
        """One replica does so; for the others the new token is there at their next look."""
        with self._store.renewing(workspace) as mine:
            known = self._store.installation(workspace) if mine else None
            if known is None:
                return
            try:
                # Looks at the end of what was read just now: another replica may have been faster.
                renewed = self._rotator.perform_token_rotation(
                    installation=known, minutes_before_expiration=int(RENEW_SECONDS // 60)
                )
            except SlackTokenRotationError as error:
                raise error.api_error from None
            if renewed is not None:
                self._unsaved[workspace] = renewed
                self._save()
                log.info("renewed the token of %s", named(workspace))

    def _save(self) -> None:
        for workspace, renewed in list(self._unsaved.items()):
            self._store.save(renewed)
            self._unsaved.pop(workspace, None)

    def remove(self, workspace: WorkspaceKey) -> None:
        self._store.remove(workspace)


def named(workspace: WorkspaceKey) -> str:
    """Its id, for a log line."""
    return str(workspace.team_id or workspace.enterprise_id)
