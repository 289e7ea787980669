"""How long AWS supports a version of Kubernetes: what EKS says, else what AWS has published."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connector.aws import Session
from connector.errors import AccessDenied, Failure, translated

STANDARD, EXTENDED, OVER, UNKNOWN = "standard", "extended", "over", "unknown"

PUBLISHED = date(2026, 4, 24)
"""As of when these stood in AWS's pages: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"""

_PUBLISHED = {
    "1.29": (date(2025, 3, 23), date(2026, 3, 23)),
    "1.30": (date(2025, 7, 23), date(2026, 7, 23)),
    "1.31": (date(2025, 11, 26), date(2026, 11, 26)),
    "1.32": (date(2026, 3, 23), date(2027, 3, 23)),
    "1.33": (date(2026, 7, 29), date(2027, 7, 29)),
    "1.34": (date(2026, 12, 2), date(2027, 12, 2)),
    "1.35": (date(2027, 3, 27), date(2028, 3, 27)),
}

# Seconds. The calendar moves a few times a year; a refusal may be mended within the hour.
_KEPT = 24 * 3600.0
_REFUSAL_KEPT = 3600.0
_FAILURE_KEPT = 60.0


@dataclass(frozen=True)
class Support:
    """How long a version is supported. Days are UTC's, as AWS counts them, and each the first one without it."""

    version: str
    ends: date | None
    """Of standard support; None when nobody has said."""
    extended_ends: date | None
    """Of extended support, which costs more."""
    status: str
    """STANDARD, EXTENDED, OVER or UNKNOWN."""
    published: date | None = None
    """Not told by EKS but by AWS's pages, as they stood on this day."""

    def days_left(self, today: date) -> int | None:
        """Days of standard support left; negative once it has ended."""
        return None if self.ends is None else (self.ends - today).days


def published(version: str, today: date) -> Support:
    """What AWS's pages say of a version."""
    if version not in _PUBLISHED:
        return Support(version, None, None, OVER if _is_older(version) else UNKNOWN, PUBLISHED)
    ends, extended_ends = _PUBLISHED[version]
    status = STANDARD if today < ends else EXTENDED if today < extended_ends else OVER
    return Support(version, ends, extended_ends, status, PUBLISHED)


def told(session: Session) -> dict[str, Support]:
    """What EKS says of each version, in the session's region. Raises AccessDenied and what else AWS may say."""
    found: dict[str, Support] = {}
    with translated(action="eks:DescribeClusterVersions", **session.facts):
        pages = session.client("eks").get_paginator("describe_cluster_versions").paginate(includeAll=True)
        for page in pages:
            found |= {one["clusterVersion"]: _support(one) for one in page["clusterVersions"]}
    return found


_STATUS = {"STANDARD_SUPPORT": STANDARD, "EXTENDED_SUPPORT": EXTENDED, "UNSUPPORTED": OVER}


def _support(one: Mapping[str, Any]) -> Support:
    return Support(
        one["clusterVersion"],
        _day(one.get("endOfStandardSupportDate")),
        _day(one.get("endOfExtendedSupportDate")),
        _STATUS.get(one.get("versionStatus", ""), UNKNOWN),
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(UTC).date()


def _is_older(version: str) -> bool:
    """Than every version there are dates for; those of EKS are all 1.x."""
    major, _, minor = version.partition(".")
    oldest = min(int(known.partition(".")[2]) for known in _PUBLISHED)
    return major == "1" and minor.isdecimal() and int(minor) < oldest


class Calendar:
    """What EKS has said of its versions, kept for a day for each region. Safe under threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Mapping[str, Support]]] = {}

    def support(self, version: str, region: str, ask: Callable[[], Mapping[str, Support]]) -> Support:
        """How long `version` is supported. Raises nothing: where `ask` raises a Failure, AWS's pages answer."""
        today = datetime.now(UTC).date()
        return self._known(region, ask).get(version) or published(version, today)

    def _known(self, region: str, ask: Callable[[], Mapping[str, Support]]) -> Mapping[str, Support]:
        with self._lock:
            until, known = self._kept.get(region, (0.0, {}))
            if self._clock() < until:
                return known
        found: Mapping[str, Support] = {}
        try:
            found, seconds = ask(), _KEPT
        except AccessDenied:
            seconds = _REFUSAL_KEPT
        except Failure:
            seconds = _FAILURE_KEPT
        with self._lock:
            until, known = self._kept.get(region, (0.0, {}))
            # Who was refused does not undo what another sign-in has heard meanwhile.
            if found or self._clock() >= until:
                known = found or known
                self._kept[region] = (self._clock() + seconds, known)
        return known
