"""Leases: each node renews its own, and the controllers agree by one who leads."""

from __future__ import annotations

import time
from typing import Any

from playground.fleet.objects import Object, ordered
from playground.fleet.pods import timestamp
from playground.fleet.population import Content

_LEADERS = ("kube-controller-manager", "kube-scheduler")
_SECONDS_DARK = 840.0


def leases(content: Content) -> tuple[Object, ...]:
    """As of now: a node that is not ready has not renewed its lease for a while."""

    def make(namespace: str, name: str, holder: str, created: float, seconds_ago: float) -> Object:
        def build() -> dict[str, Any]:
            renewed = timestamp(time.time() - seconds_ago).replace("Z", ".000000Z")
            return {"spec": {"holderIdentity": holder, "leaseDurationSeconds": 40, "renewTime": renewed}}

        return Object("Lease", namespace, name, created, build)

    made = [
        make("kube-node-lease", node.name, node.name, node.created, 4.0 if node.ready else _SECONDS_DARK)
        for node in content.nodes
    ]
    made += [make("kube-system", name, f"{name}-0", content.born, 1.0) for name in _LEADERS]
    return ordered(made)
