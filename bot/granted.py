"""Tokens that people grant by OAuth, renewed before they end.

Imported by those that use it: slack_sdk's stores take their time.
"""

import logging
from collections.abc import Sequence

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.grants import GrantStore
from bot.tokens import RENEW_SECONDS, Installed, named, place_of
from connector.workspaces import WorkspaceKey

log = logging.getLogger(__name__)


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
