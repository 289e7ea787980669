"""The sessions of connections by AWS keys, for replicas to share: sealed, in a Redis or Valkey that writes no disk.

A value is AES-GCM under one of the bot's own keys, bound to its workspace, connection and making: copied to another
place it opens nothing. It goes away with the AWS session.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import redis
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from redis.retry import Retry

from connector.aws import Keys
from connector.errors import Failure, StateAway
from connector.workspaces import WorkspaceKey

# Seconds, of one try; there are two.
_TIMEOUT = 2.0
_NONCE = 12
_PREFIX = "eks-chatops:keys:"
_SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
# A server that keeps nothing on disk says so: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
_NO_DISK = {"save": "", "appendonly": "no"}


class BadVault(Failure):
    """CREDENTIALS_URL or CREDENTIALS_KEY, or the store behind them, cannot be used as it is."""


class RedisVault:
    """All workspaces' sessions; `of` gives one workspace's. Safe under threads."""

    def __init__(self, server: redis.Redis, ciphers: tuple[AESGCM, ...]) -> None:
        self._server = server
        self._ciphers = ciphers

    @classmethod
    def open(cls, url: str, keys: tuple[bytes, ...]) -> "RedisVault":
        """The store at `url` (redis://, rediss://, valkey://, valkeys://, unix://), sealed with `keys` of 32 bytes.

        The first key seals, all of them open: a new one is put in front, and the old one left for an hour.
        Raises BadVault, also when the server would write to its disk or does not say; StateAway.
        """
        if not keys or any(len(key) != 32 for key in keys):
            raise BadVault(
                "CREDENTIALS_KEY is no key",
                "",
                "Make one of 32 bytes: `openssl rand -base64 32`; several with commas, the newest first",
            )
        scheme, colon, rest = url.partition("://")
        try:
            if not colon:
                raise ValueError
            server = redis.Redis.from_url(
                f"{_SCHEMES[scheme.lower()]}://{rest}",
                socket_timeout=_TIMEOUT,
                socket_connect_timeout=_TIMEOUT,
                retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 1),
                # What Redis and Valkey of all versions speak.
                protocol=2,
                client_name="eks-chatops",
            )
        except (KeyError, ValueError, TypeError):
            # From nothing: the error's text may be the URL, password and all.
            raise BadVault(
                "CREDENTIALS_URL is not an address of Redis or Valkey",
                "",
                "It looks like this: `rediss://:PASSWORD@HOST:6379/0`",
            ) from None
        vault = cls(server, tuple(AESGCM(key) for key in keys))
        vault.check()
        return vault

    def of(self, key: WorkspaceKey) -> "WorkspaceVault":
        """The Vault of one workspace."""
        return WorkspaceVault(self, key)

    def check(self) -> None:
        """Raises BadVault unless the server says that it writes nothing to its disk; StateAway."""
        with _translated():
            try:
                said = {name: self._server.config_get(name).get(name) for name in _NO_DISK}
            except AuthenticationError as error:
                raise BadVault(
                    "The store of AWS keys does not accept the bot's password",
                    "",
                    "Correct it in CREDENTIALS_URL",
                ) from error
            except ResponseError as error:
                raise BadVault(
                    "The store of AWS keys does not say whether it writes to its disk",
                    "It refuses CONFIG GET.",
                    "Let the bot's user run `CONFIG GET` there (`+config|get`), or use a store that has it",
                ) from error
        if said != _NO_DISK:
            raise BadVault(
                "The store of AWS keys would write them to its disk",
                ", ".join(f'{name} is "{said[name] or ""}"' for name in _NO_DISK) + ".",
                'Run it with `--save "" --appendonly no`',
            )

    def reachable(self) -> bool:
        """Whether the store answers now; within a few seconds."""
        try:
            return bool(self._server.ping())
        except RedisError:
            return False

    def close(self) -> None:
        """Close the connections to the store; what it holds stays until its time."""
        self._server.close()

    def put(self, name: str, bound: bytes, plain: bytes, milliseconds: int) -> None:
        """Keep `plain` under `name`, sealed and bound to `bound`. Raises BadVault, StateAway."""
        # Someone may have changed the server's settings since.
        self.check()
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._ciphers[0].encrypt(nonce, plain, bound)
        with _translated():
            self._server.set(name, sealed, px=milliseconds)

    def get(self, name: str, bound: bytes) -> bytes | None:
        """What was put under `name`; None when there is nothing, or nothing that was sealed for `bound`."""
        with _translated():
            sealed = self._server.get(name)
        if not isinstance(sealed, bytes):
            return None
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
            except (InvalidTag, ValueError):
                continue
        return None

    def remove(self, name: str) -> None:
        """Forget what is under `name`."""
        with _translated():
            self._server.delete(name)

    def forget(self, prefix: str) -> None:
        """Forget all whose name begins so. `prefix` holds no character that Redis's patterns read."""
        with _translated():
            for name in self._server.scan_iter(match=f"{prefix}*", count=500):
                self._server.delete(name)


class WorkspaceVault:
    """One workspace's Vault (see connector.vault)."""

    def __init__(self, store: RedisVault, key: WorkspaceKey) -> None:
        self._store = store
        self._key = key

    def put(self, connection_id: str, made: str, keys: Keys, expires_at: float) -> None:
        milliseconds = int((expires_at - time.time()) * 1000)
        if milliseconds > 0:
            plain = json.dumps([keys.access_key_id, keys.secret_access_key, keys.session_token]).encode()
            self._store.put(self._name(made), self._bound(connection_id, made), plain, milliseconds)

    def get(self, connection_id: str, made: str) -> Keys | None:
        plain = self._store.get(self._name(made), self._bound(connection_id, made))
        return None if plain is None else Keys(*json.loads(plain))

    def remove(self, made: str) -> None:
        self._store.remove(self._name(made))

    def forget(self) -> None:
        """Forget all of the workspace; of every team, when the key names an organisation and no team."""
        whole = self._key.team_id is None and self._key.enterprise_id is not None
        self._store.forget(f"{_PREFIX}{_word(self._key.enterprise_id)}:" if whole else self._name(""))

    def _name(self, made: str) -> str:
        return f"{_PREFIX}{_word(self._key.enterprise_id)}:{_word(self._key.team_id)}:{made}"

    def _bound(self, connection_id: str, made: str) -> bytes:
        return json.dumps([self._key.enterprise_id, self._key.team_id, connection_id, made]).encode()


def _word(text: str | None) -> str:
    """One part of a name: without the colon between parts, and without what patterns read."""
    return quote(text or "", safe="")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise StateAway(
            "The store of AWS keys is out of reach",
            "Connections by profile or role work without it.",
            "Try again in a minute; nothing was changed",
        ) from error
