"""What goes wrong at AWS, on demand."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase

from playground.aws.answers import AwsError, denied, throttled, unknown_key
from playground.principals import Keyring, Principal


@dataclass
class _Denial:
    action: str
    principal: str | None


@dataclass
class _Throttle:
    action: str
    times: int


class AwsFaults:
    """Switches, safe to turn from any thread; an action is written `eks:DescribeCluster`, `eks:*` or `*`."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._denials: list[_Denial] = []
        self._throttles: list[_Throttle] = []
        self._pauses: list[tuple[str, str | None, float | None]] = []
        self._regions: dict[str, str | None] = {}

    def deny(self, action: str, principal: str | None = None) -> None:
        """AccessDenied for `principal` (ARN of a user or role), or for everybody."""
        with self._lock:
            self._denials.append(_Denial(action, principal))

    def throttle(self, action: str, times: int = 1) -> None:
        """Rate exceeded, for the next `times` calls."""
        with self._lock:
            self._throttles.append(_Throttle(action, times))

    def throttled(self) -> int:
        """How many calls are still to be throttled."""
        with self._lock:
            return sum(throttle.times for throttle in self._throttles)

    def hang(self, action: str, region: str | None = None) -> None:
        """Takes calls and never answers them, in one region or in all."""
        with self._lock:
            self._pauses.append((action, region, None))

    def slow(self, action: str, seconds: float) -> None:
        with self._lock:
            self._pauses.append((action, None, seconds))

    def disable_region(self, region: str, code: str | None = None) -> None:
        """The region is off for every account.

        What a real account hears from a region it has not opted into is that its keys are invalid
        (UnrecognizedClientException, InvalidClientTokenId); `code`, such as OptInRequired, replaces that.
        """
        with self._lock:
            self._regions[region] = code

    def expire_sessions(self) -> None:
        """Every session there is now is over; `clear` does not bring them back."""
        self._keyring.expire_sessions()

    def clear(self) -> None:
        """Everything works again, and what hangs gets its answer."""
        with self._lock:
            self._denials.clear()
            self._throttles.clear()
            self._pauses.clear()
            self._regions.clear()
            self._released.set()
            self._released = threading.Event()

    def pause(self, action: str, region: str) -> None:
        """Waits as long as the switches say for this action there, or until `clear`."""
        with self._lock:
            waits = [
                seconds
                for pattern, where, seconds in self._pauses
                if fnmatchcase(action, pattern) and where in {None, region}
            ]
            released = self._released
        for seconds in waits:
            released.wait(seconds)

    def check_rate(self, service: str, action: str) -> None:
        """Raises the AwsError of a call that comes too soon."""
        with self._lock:
            for throttle in self._throttles:
                if throttle.times > 0 and fnmatchcase(action, throttle.action):
                    throttle.times -= 1
                    raise throttled(service)

    def check_region(self, service: str, region: str) -> None:
        """Raises the AwsError of a region that is off."""
        with self._lock:
            if region not in self._regions:
                return
            code = self._regions[region]
        if code is None:
            raise unknown_key(service)
        raise AwsError(403, code, "You are not subscribed to this service")

    def check_permission(self, service: str, action: str, caller: Principal, resource: str) -> None:
        """Raises the AwsError of a caller who may not."""
        with self._lock:
            denials = [d for d in self._denials if fnmatchcase(action, d.action)]
        if any(d.principal in {None, caller.arn, caller.entry_arn} for d in denials):
            raise denied(service, caller.arn, action, resource)
