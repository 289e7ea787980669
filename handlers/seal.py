"""Seals what a modal must carry but nobody may read: a response_url lets whoever holds it speak as the bot.

A modal's private_metadata goes through Slack's client and its logs, so a URL inside it is encrypted with a key that
only this app has. Derived from the app's own secret, the key is the same on every replica and after a restart.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

# A response_url lives for 30 minutes (Slack, "Handling user interaction").
SECONDS = 30 * 60


class Seal:
    def __init__(self, secret: str) -> None:
        digest = hashlib.sha256(b"eks-chatops response_url " + secret.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(digest))

    def close(self, text: str) -> str:
        """`text`, unreadable; about 1.4 times as long plus 100 characters."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed; empty when it is not ours, was changed, or is older than 30 minutes."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=SECONDS).decode()
        except (InvalidToken, UnicodeError):
            return ""
