"""Records: what is remembered of a workspace's connections. They say which there are; no record holds a secret."""

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from connector.aws import Role, SignIn, label
from connector.connection import Connection

ENDED_KEPT = 24 * 3600.0
"""Seconds for which a connection that has ended by itself is remembered, to say so."""

PROFILE, CHAIN, KEYS = "profile", "chain", "keys"


@dataclass(frozen=True)
class Record:
    """A connection as it is remembered; times are epoch seconds, and a text that there is not is empty."""

    id: str
    region: str
    cluster: str
    account: str
    principal: str
    version: str
    status: str
    endpoint: str
    how: str
    """PROFILE, CHAIN or KEYS."""
    profile: str
    key_hint: str
    """Keys.hint: as much of the access key id as may be shown."""
    role_arn: str
    external_id: str = field(repr=False)
    connected_by: str
    connected_at: float
    expires_at: float | None
    """When it ends or has ended by itself; None for one whose credentials renew themselves."""
    made: str
    """Tells this making of the connection from every other one under the same id."""

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= time.time()

    @property
    def sign_in(self) -> SignIn:
        """How to sign in again, but for the keys, which nobody remembers."""
        role = Role(self.role_arn, self.external_id or None) if self.role_arn else None
        return SignIn(profile=self.profile or None, role=role)

    @property
    def facts(self) -> dict[str, Any]:
        """What an error may name, as `translated` takes it."""
        return {
            "region": self.region,
            "sign_in": label(self.profile, self.key_hint, self.role_arn),
            "profile": self.profile or None,
            "keys": self.how == KEYS,
            "role": self.role_arn,
        }

    @property
    def connection(self) -> Connection:
        """What others may know of it."""
        return Connection(
            id=self.id,
            region=self.region,
            cluster=self.cluster,
            account=self.account,
            principal=self.principal,
            version=self.version,
            status=self.status,
            endpoint=self.endpoint,
            sign_in=label(self.profile, self.key_hint, self.role_arn),
            connected_by=self.connected_by,
            connected_at=datetime.fromtimestamp(self.connected_at, UTC),
            expires_at=None if self.expires_at is None else datetime.fromtimestamp(self.expires_at, UTC),
            role_arn=self.role_arn,
        )


class Records(Protocol):
    """One workspace's records. All of it is safe under threads, and raises StateAway when it is out of reach."""

    def all(self) -> tuple[Record, ...]:
        """Every record, by id; those that ended in the last day too."""
        ...

    def put(self, record: Record) -> bool:
        """Remember it, in place of what had its id; False: that is another account's, and has not ended."""
        ...

    def end(self, record: Record, at: float) -> None:
        """Have this making of the connection end at `at`, epoch seconds."""
        ...

    def remove(self, record: Record) -> bool:
        """Forget this making of the connection; False: somebody else has already."""
        ...

    def forget(self) -> None:
        """Forget all of the workspace."""
        ...


class MemoryRecords:
    """Records that live as long as the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, Record] = {}

    def all(self) -> tuple[Record, ...]:
        with self._lock:
            return tuple(self._records[name] for name in sorted(self._records))

    def put(self, record: Record) -> bool:
        old_enough = time.time() - ENDED_KEPT
        with self._lock:
            there = self._records.get(record.id)
            if there is not None and there.account != record.account and not there.is_over:
                return False
            kept = {
                name: one
                for name, one in self._records.items()
                if one.expires_at is None or one.expires_at > old_enough
            }
            self._records = kept | {record.id: record}
            return True

    def end(self, record: Record, at: float) -> None:
        with self._lock:
            if self._is_there(record):
                self._records[record.id] = replace(record, expires_at=at)

    def remove(self, record: Record) -> bool:
        with self._lock:
            there = self._is_there(record)
            if there:
                del self._records[record.id]
            return there

    def forget(self) -> None:
        with self._lock:
            self._records.clear()

    def _is_there(self, record: Record) -> bool:
        there = self._records.get(record.id)
        return there is not None and there.made == record.made
