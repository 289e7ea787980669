"""Vault: where the session of a connection by AWS keys waits for the replicas that did not make it."""

from typing import Protocol

from connector.aws import Keys


class Vault(Protocol):
    """One workspace's. What is put for one making of a connection can be got for that one only, until its end.

    Safe under threads. Everything raises StateAway when the store behind it is out of reach.
    """

    def put(self, connection_id: str, made: str, keys: Keys, expires_at: float) -> None:
        """Keep `keys` until `expires_at`, epoch seconds."""
        ...

    def get(self, connection_id: str, made: str) -> Keys | None:
        """The keys of this making of the connection; None when there are none, or no longer."""
        ...

    def remove(self, made: str) -> None:
        """Forget the keys of this making."""
        ...

    def forget(self) -> None:
        """Forget all of the workspace."""
        ...
