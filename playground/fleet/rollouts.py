"""Rollouts: the revisions that stateful and daemon sets keep, and a deployment's that goes on step by step."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from playground.fleet.objects import Object, ordered, owner
from playground.fleet.pods import Pod
from playground.fleet.population import Content
from playground.fleet.states import RUNNING
from playground.fleet.words import SUFFIX_ALPHABET
from playground.fleet.workloads import REVISION, Workload

_MINUTE = 60.0


def controller_revisions(content: Content) -> tuple[Object, ...]:
    """Two for each stateful set and daemon set: what it was, and what its pods are of now."""
    return ordered(
        _revision(workload, was, number)
        for workload in content.workloads
        if workload.owner_kind in {"StatefulSet", "DaemonSet"}
        for number, was in enumerate((workload.at_revision(REVISION - 1), workload), 1)
    )


def _revision(workload: Workload, was: Workload, number: int) -> Object:
    def build() -> dict[str, Any]:
        template = was.pod_template() | {"$patch": "replace"}
        return {"data": {"spec": {"template": template}}, "revision": number}

    return Object(
        "ControllerRevision",
        workload.namespace,
        was.hashed,
        workload.created + number * _MINUTE,
        build,
        labels=was.labels,
        annotations=was.cause,
        owner=owner("apps/v1", workload.owner_kind, workload.name, workload.uid),
    )


class Roll:
    """A rollout that is under way, as it was before its first step."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.older = workload.older or workload
        self._old, self._new, self._rollout = list(self.older.pods), list(workload.pods), workload.rollout

    @property
    def replica_sets(self) -> Sequence[str]:
        """The names of the two whose counts change."""
        return (self.older.hashed, self.workload.hashed)

    def step(self, taken_at: float) -> tuple[Sequence[Pod], Sequence[Pod]]:
        """One pod less of the old revision, one more of the new one, which runs at once: what went and what came."""
        workload = self.workload
        gone = self.older.pods.pop()
        rng = random.Random(f"{workload.uid}/{len(workload.pods)}")
        name = workload.generate_name + "".join(rng.choices(SUFFIX_ALPHABET, k=5))
        come = Pod(
            workload,
            name,
            index=gone.index,
            uid=rng.getrandbits(128),
            node=gone.node,
            created=time.time(),
            taken_at=taken_at,
            labels=workload.labels_of(name),
            state=RUNNING,
        )
        workload.pods.append(come)
        if not self.older.pods:
            workload.rollout = "done"
        return (gone,), (come,)

    def undo(self) -> tuple[Sequence[Pod], Sequence[Pod]]:
        """As it was before the first step: what goes and what comes back."""
        gone = [pod for pod in self.workload.pods if pod not in self._new]
        back = [pod for pod in self._old if pod not in self.older.pods]
        self.workload.pods[:] = self._new
        self.older.pods[:] = self._old
        self.workload.rollout = self._rollout
        return gone, back
