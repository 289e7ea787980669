"""Clusters of all regions: `ours` at once, `chain` in one region alone, `serial` one region after the other."""

import sys
import time

from bench.cases.told import tell
from bench.world import PROFILE, REGION
from connector.aws import Session, SignIn, regions
from connector.connector import EKSConnector
from connector.sweep import Bounds

_SECONDS = 120.0


def _sweep(bounds: Bounds) -> None:
    connector = EKSConnector()
    began = time.perf_counter()
    found = connector.sweep_clusters([SignIn(profile=PROFILE)], bounds, deadline=_SECONDS)
    seconds = time.perf_counter() - began
    assert not found.silent
    assert not found.missed
    connector.close()
    tell(seconds, clusters=len(found.found))


def _serial() -> None:
    began = time.perf_counter()
    count = 0
    for region in (one.name for one in regions() if one.partition == "aws"):
        session = Session.open(SignIn(profile=PROFILE), region)
        eks = session.client("eks")
        for name in eks.list_clusters()["clusters"]:
            eks.describe_cluster(name=name)
            count += 1
        session.close()
    tell(time.perf_counter() - began, clusters=count)


if __name__ == "__main__":
    cases = {
        "ours": lambda: _sweep(Bounds()),
        "chain": lambda: _sweep(Bounds(within=lambda region: region == REGION)),
        "serial": _serial,
    }
    cases[sys.argv[1]]()
