"""What is in one cluster, kept for its API server: made at the first question, so that a fleet starts at once."""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Sequence

from playground.fleet.plan import ClusterPlan
from playground.fleet.pods import Pod
from playground.fleet.population import Content, populate
from playground.fleet.states import State, crashing
from playground.kubernetes.store import Record


class Inventory:
    """The objects of a cluster; ages count from the moment the inventory was made."""

    def __init__(self, plan: ClusterPlan, seed: int) -> None:
        self._plan = plan
        self._seed = seed
        self._now = time.time()
        self._lock = threading.Lock()
        self._content: Content | None = None
        self._before_crash: dict[Pod, State] = {}

    @property
    def content(self) -> Content:
        with self._lock:
            if self._content is None:
                self._content = populate(self._plan, self._seed, self._now)
            return self._content

    def records(self, resource: str) -> Sequence[Record]:
        records: Sequence[Record] = getattr(self.content, resource)
        return records

    def crash(self, namespace: str, pod: str) -> None:
        pods = self.content.pods
        at = bisect.bisect_left(pods, (namespace, pod), key=lambda p: (p.namespace, p.name))
        if at == len(pods) or (pods[at].namespace, pods[at].name) != (namespace, pod):
            raise KeyError(f"no pod {namespace}/{pod}")
        self._before_crash.setdefault(pods[at], pods[at].state)
        seconds_after_start = time.time() - self._now
        pods[at].state = crashing(3, 5.0 - seconds_after_start)

    def heal(self) -> None:
        while self._before_crash:
            pod, state = self._before_crash.popitem()
            pod.state = state
