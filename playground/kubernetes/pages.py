"""Lists in pages: `limit`, the opaque `continue` token, and when a list is too old to go on with."""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from dataclasses import dataclass

from playground.kubernetes.status import bad_request, expired_continue

# A real server compacts its history after five minutes (etcd-compaction-interval of kube-apiserver).
HISTORY_SECONDS = 300.0

# A quiet cluster writes a few objects a second (leases, node heartbeats), which makes its version a clock.
_WRITES_PER_SECOND = 4


class Clock:
    """The resource version of a cluster: it grows with time, and by one with each change."""

    def __init__(self, base: int) -> None:
        self._base = base
        self._started = time.monotonic()
        self._changes = 0
        self._lock = threading.Lock()
        self._compacted = 0

    @property
    def now(self) -> int:
        elapsed = time.monotonic() - self._started
        return self._base + int(elapsed * _WRITES_PER_SECOND) + self._changes

    @property
    def oldest(self) -> int:
        """The oldest version whose lists may still be continued."""
        return max(self._compacted, self.now - int(HISTORY_SECONDS * _WRITES_PER_SECOND))

    def change(self) -> None:
        with self._lock:
            self._changes += 1

    def compact(self) -> None:
        """Forgets all history: every list begun before now is too old."""
        with self._lock:
            self._changes += 1
            self._compacted = self.now


@dataclass(frozen=True)
class Position:
    """Where a list goes on: after the object `start` (`namespace/name`), as of `version` (-1: as of now)."""

    start: str
    version: int

    def token(self) -> str:
        key = {"v": "meta.k8s.io/v1", "rv": self.version, "start": f"/{self.start}\0"}
        text = json.dumps(key, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def position(token: str, clock: Clock) -> Position:
    """Reads a continue token; raises the 400 of a token that is none and the 410 of one that is too old."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise _invalid("illegal base64 data at input byte 0") from error
    try:
        key = json.loads(decoded)
    except (ValueError, RecursionError) as error:
        character = json.dumps(decoded[:1].decode("latin-1"))[1:-1]
        raise _invalid(f"invalid character '{character}' looking for beginning of value") from error
    if not isinstance(key, dict) or key.get("v") != "meta.k8s.io/v1":
        raise _invalid("server does not recognize this encoded version")
    start, version = key.get("start"), key.get("rv")
    if (
        not isinstance(start, str)
        or not start.startswith("/")
        or not isinstance(version, int)
        or version == 0
    ):
        raise _invalid("encoded start key or resource version is missing")
    found = Position(start.removeprefix("/").removesuffix("\0"), version)
    if version >= 0 and version < clock.oldest:
        raise expired_continue(Position(found.start, -1).token())
    return found


def limit_of(text: str) -> int:
    """The page size asked for, 0 for no limit; raises the 400 of a number that is none."""
    digits = text.removeprefix("-")
    if text and not (digits.isascii() and digits.isdigit()):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if len(digits) > 18:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return max(0, int(text or 0))


def _invalid(why: str) -> Exception:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")
