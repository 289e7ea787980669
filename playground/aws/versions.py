"""EKS's calendar: which versions of Kubernetes there are, and how long each is supported.

moto has none. The dates move with the clock, so that there is always a version in each state: one that is new, one that
ends in weeks, one on extended support, and one that is over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.aws.answers import Answer, AwsError

# Days until standard support ends; a year of extended support follows it, and fourteen months went before.
DAYS_LEFT = {"1.35": 412, "1.34": 289, "1.33": 41, "1.32": -83, "1.31": -201, "1.30": -380}
_STANDARD, _EXTENDED = timedelta(days=426), timedelta(days=365)


def answer(parameters: Mapping[str, str]) -> Answer:
    """DescribeClusterVersions; a page at a time where `maxResults` asks for it. Raises AwsError."""
    most, start = parameters.get("maxResults", "100"), parameters.get("nextToken", "0")
    if not (most.isdecimal() and 1 <= int(most) <= 100 and start.isdecimal()):
        raise AwsError(400, "InvalidParameterException", "maxResults and nextToken must be those of a page")
    everything = parameters.get("includeAll") == "true"
    known = [one for one in _versions() if everything or one["versionStatus"] != "UNSUPPORTED"]
    end = int(start) + int(most)
    page: dict[str, Any] = {"clusterVersions": known[int(start) : end]}
    if end < len(known):
        page["nextToken"] = str(end)
    return Answer(200, json.dumps(page).encode(), (("Content-Type", "application/json"),))


def _versions() -> list[dict[str, Any]]:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return [_version(name, today, today + timedelta(days=left)) for name, left in DAYS_LEFT.items()]


def _version(name: str, today: datetime, ends: datetime) -> dict[str, Any]:
    over = ends + _EXTENDED
    status = "STANDARD_SUPPORT" if today < ends else "EXTENDED_SUPPORT" if today < over else "UNSUPPORTED"
    return {
        "clusterVersion": name,
        "clusterType": "eks",
        "defaultPlatformVersion": "eks.7",
        "defaultVersion": name == "1.34",
        "kubernetesPatchVersion": f"{name}.4",
        "releaseDate": (ends - _STANDARD).timestamp(),
        "endOfStandardSupportDate": ends.timestamp(),
        "endOfExtendedSupportDate": over.timestamp(),
        "status": status.lower().replace("_", "-"),
        "versionStatus": status,
    }
