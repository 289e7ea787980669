"""Seals what a modal must carry but nobody may read: a response_url lets whoever holds it speak as the bot.

A modal's private_metadata goes through Slack's client and its logs, so a URL inside it is encrypted with a key that
only this app has. Derived from the app's own secret, the key is the same on every replica and after a restart. Each
workspace has its own: what was sealed for one leads nowhere in another's form.
"""

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken

from connector.workspaces import WorkspaceKey

# A response_url lives for 30 minutes (Slack, "Handling user interaction").
SECONDS = 30 * 60


class Seal:
    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def close(self, text: str, workspace: WorkspaceKey) -> str:
        """`text`, unreadable; about 1.4 times as long plus 100 characters."""
        return self._of(workspace).encrypt(text.encode()).decode()

    def open(self, sealed: str, workspace: WorkspaceKey) -> str:
        """What was sealed; empty when it is not this workspace's, was changed, or is older than 30 minutes."""
        try:
            return self._of(workspace).decrypt(sealed.encode(), ttl=SECONDS).decode()
        except (InvalidToken, UnicodeError):
            return ""

    def _of(self, workspace: WorkspaceKey) -> Fernet:
        named = json.dumps(["eks-chatops response_url", workspace.enterprise_id, workspace.team_id])
        return Fernet(base64.urlsafe_b64encode(hmac.digest(self._secret, named.encode(), hashlib.sha256)))
