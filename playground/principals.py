"""Who there is in the playground's AWS accounts, and the keys they hold."""

from __future__ import annotations

import random
import secrets
import string
import threading
import time
from dataclasses import dataclass, field, replace

# Access key ids are of A-Z and 2-7; "PLAYGROUND" in the middle tells everybody who meets one in a log that it opens
# nothing real.
_KEY_ALPHABET = string.ascii_uppercase + "234567"
_SECRET_ALPHABET = string.ascii_letters + string.digits + "+/"


@dataclass(frozen=True)
class Principal:
    """An IAM user, or one session of an IAM role."""

    arn: str
    account: str
    unique_id: str

    @property
    def entry_arn(self) -> str:
        """The ARN an EKS access entry names: a session of a role is known there by its role."""
        head, _, tail = self.arn.partition(":assumed-role/")
        if not tail:
            return self.arn
        role = tail.rsplit("/", 1)[0]
        return f"{head.replace(':sts:', ':iam:')}:role/{role}"


@dataclass(frozen=True)
class Role:
    """A role, who may assume it, and the external id they have to know (None: none needed)."""

    arn: str
    account: str
    unique_id: str
    trusted: frozenset[str]
    external_id: str | None = None

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[1]

    def session(self, name: str) -> Principal:
        return Principal(
            arn=f"arn:aws:sts::{self.account}:assumed-role/{self.name}/{name}",
            account=self.account,
            unique_id=f"{self.unique_id}:{name}",
        )


@dataclass(frozen=True)
class Credential:
    """A key of a principal; with a session token when it ends, at `expires_at` (epoch seconds)."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    principal: Principal
    session_token: str | None = field(default=None, repr=False)
    expires_at: float | None = None

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= time.time()


class Keyring:
    """Every key that the playground's AWS knows, so that each signature can be recomputed; safe under threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._credentials: dict[str, Credential] = {}

    def issue(self, principal: Principal, rng: random.Random) -> Credential:
        """A long-lived key for `principal`: the same one for the same state of `rng`."""
        credential = Credential(
            access_key_id="AKIAPLAYGROUND" + "".join(rng.choices(_KEY_ALPHABET, k=6)),
            secret_access_key="".join(rng.choices(_SECRET_ALPHABET, k=40)),
            principal=principal,
        )
        self._keep(credential)
        return credential

    def issue_session(self, principal: Principal, seconds: int) -> Credential:
        """A key with a session token that ends in `seconds`."""
        credential = Credential(
            access_key_id="ASIAPLAYGROUND" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(6)),
            secret_access_key="".join(secrets.choice(_SECRET_ALPHABET) for _ in range(40)),
            principal=principal,
            session_token="IQoJb3JpZ2luX2Vj" + secrets.token_urlsafe(180),
            expires_at=time.time() + seconds,
        )
        self._keep(credential)
        return credential

    def find(self, access_key_id: str) -> Credential | None:
        with self._lock:
            return self._credentials.get(access_key_id)

    def expire_sessions(self) -> None:
        """Ends every session there is now; sessions issued later live."""
        with self._lock:
            for key, credential in self._credentials.items():
                if credential.session_token is not None:
                    self._credentials[key] = replace(credential, expires_at=0.0)

    def _keep(self, credential: Credential) -> None:
        with self._lock:
            self._credentials[credential.access_key_id] = credential
