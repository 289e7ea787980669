"""How far a rollout is, for each rule, with the real `kubectl rollout status` as the judge of all that it knows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.rollouts import Progress, Stage
from connector.rollouts.progress import JUDGES
from playground.feed import Feed
from playground.fleet import Fleet
from playground.fleet.objects import Object
from playground.kubernetes.server import ApiServer, Loop
from playground.kubernetes.store import Change, Record
from tests.playground.eks_client import token
from tests.playground.kubectl import Kubectl

Case = tuple[str, Stage, str, dict[str, Any], dict[str, Any]]

_ROLLING = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}}
_FROM_2 = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}}
_BARE = {"updateStrategy": {"type": "RollingUpdate"}}
_BY_HAND = {"updateStrategy": {"type": "OnDelete"}}


def _progressing(reason: str, status: str = "True") -> dict[str, Any]:
    return {"type": "Progressing", "status": status, "reason": reason}


# name -> plural, stage, a part of what is said, spec, status. The generation is 4 unless the name says otherwise.
_DEPLOYMENTS: dict[str, Case] = {
    "done": ("deployments", Stage.DONE, "4 pods updated and available", {"replicas": 4},
        {"observedGeneration": 4, "replicas": 4, "updatedReplicas": 4, "readyReplicas": 4, "availableReplicas": 4}),
    "done-of-one": ("deployments", Stage.DONE, "1 pod updated and available", {},
        {"observedGeneration": 4, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}),
    "done-of-none": ("deployments", Stage.DONE, "scaled to no pod", {"replicas": 0}, {"observedGeneration": 4}),
    "done-and-paused": ("deployments", Stage.DONE, "rolled out", {"replicas": 1, "paused": True},
        {"observedGeneration": 5, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}),
    "not-updated": ("deployments", Stage.MOVING, "2 of 4 pods are not updated yet", {"replicas": 4},
        {"observedGeneration": 4, "replicas": 5, "updatedReplicas": 2, "availableReplicas": 4}),
    "nothing-updated": ("deployments", Stage.MOVING, "Its one pod is not updated yet", {"replicas": 1},
        {"observedGeneration": 4, "replicas": 1, "availableReplicas": 1}),
    "old-ones-left": ("deployments", Stage.MOVING, "1 old pod is still to go", {"replicas": 3},
        {"observedGeneration": 4, "replicas": 4, "updatedReplicas": 3, "availableReplicas": 4}),
    "not-available": ("deployments", Stage.MOVING, "1 of 3 pods is not available yet", {"replicas": 3},
        {"observedGeneration": 4, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 2}),
    "unseen": ("deployments", Stage.UNSEEN, "(generation 4, seen 3)", {"replicas": 1},
        {"observedGeneration": 3, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}),
    "never-seen": ("deployments", Stage.UNSEEN, "(generation 4, seen 0)", {"replicas": 1}, {}),
    "stuck": ("deployments", Stage.STUCK, "no progress for 30 s", {"replicas": 2, "progressDeadlineSeconds": 30},
        {"observedGeneration": 4, "replicas": 2, "updatedReplicas": 1, "availableReplicas": 1,
         "conditions": [_progressing("ProgressDeadlineExceeded", "False")]}),
    "stuck-though-unseen": ("deployments", Stage.UNSEEN, "No controller", {"replicas": 2},
        {"observedGeneration": 3, "conditions": [_progressing("ProgressDeadlineExceeded", "False")]}),
}  # fmt: skip
_OTHERS: dict[str, Case] = {
    "set-done": ("statefulsets", Stage.DONE, "3 pods updated and available", {"replicas": 3, **_ROLLING},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3,
         "currentRevision": "a", "updateRevision": "a"}),
    "set-not-ready": ("statefulsets", Stage.MOVING, "2 of 3 pods are not ready yet", {"replicas": 3, **_ROLLING},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 1, "updatedReplicas": 3}),
    "set-not-updated": ("statefulsets", Stage.MOVING, "2 of 3 pods are not updated yet", {"replicas": 3, **_ROLLING},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1,
         "currentRevision": "a", "updateRevision": "b"}),
    "set-part-not-updated": ("statefulsets", Stage.MOVING, "Its one pod is not updated yet, from number 2 up",
        {"replicas": 3, **_FROM_2},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "currentRevision": "a", "updateRevision": "b"}),
    "set-part-done": ("statefulsets", Stage.DONE, "from number 2 up, as its partition wants it: 1 of 3 pods",
        {"replicas": 3, **_FROM_2},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1,
         "currentRevision": "a", "updateRevision": "b"}),
    "set-without-a-partition": ("statefulsets", Stage.MOVING, "2 of 3 pods are not updated yet",
        {"replicas": 3, **_BARE},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1,
         "currentRevision": "a", "updateRevision": "b"}),
    "set-without-a-partition-done": ("statefulsets", Stage.DONE, "3 pods", {"replicas": 3, **_BARE},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3,
         "currentRevision": "b", "updateRevision": "b"}),
    "set-unseen": ("statefulsets", Stage.UNSEEN, "seen 0", {"replicas": 3, **_ROLLING}, {"readyReplicas": 3}),
    "daemons-done": ("daemonsets", Stage.DONE, "5 pods updated and available", _ROLLING,
        {"observedGeneration": 4, "desiredNumberScheduled": 5, "currentNumberScheduled": 5,
         "updatedNumberScheduled": 5, "numberAvailable": 5}),
    "daemons-not-updated": ("daemonsets", Stage.MOVING, "4 of 5 pods are not updated yet", _ROLLING,
        {"observedGeneration": 4, "desiredNumberScheduled": 5, "currentNumberScheduled": 5,
         "updatedNumberScheduled": 1, "numberAvailable": 5}),
    "daemons-not-available": ("daemonsets", Stage.MOVING, "1 of 5 pods is not available yet", _ROLLING,
        {"observedGeneration": 4, "desiredNumberScheduled": 5, "currentNumberScheduled": 5,
         "updatedNumberScheduled": 5, "numberAvailable": 4}),
    "daemons-on-no-node": ("daemonsets", Stage.DONE, "scaled to no pod", _ROLLING, {"observedGeneration": 4}),
    "daemons-unseen": ("daemonsets", Stage.UNSEEN, "generation 4", _ROLLING, {"observedGeneration": 1}),
}  # fmt: skip
# What kubectl waits for or does not tell at all, though nobody but a person can make it go on.
_MORE: dict[str, Case] = {
    "paused": ("deployments", Stage.WAITING, "It is paused", {"replicas": 4, "paused": True},
        {"observedGeneration": 4, "replicas": 4, "availableReplicas": 4}),
    "over-quota": ("deployments", Stage.STUCK, "Its pods cannot be made: FailedCreate: exceeded quota", {"replicas": 4},
        {"observedGeneration": 4, "conditions": [
            {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: a"}]}),
    "over-quota-before": ("deployments", Stage.DONE, "rolled out", {"replicas": 1},
        {"observedGeneration": 4, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1,
         "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}]}),
    "set-by-hand": ("statefulsets", Stage.WAITING, "once somebody deletes it", {"replicas": 3, **_BY_HAND},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 1}),
    "set-by-hand-done": ("statefulsets", Stage.DONE, "3 pods", {"replicas": 3, **_BY_HAND},
        {"observedGeneration": 4, "replicas": 3, "readyReplicas": 3, "updatedReplicas": 3}),
    "daemons-by-hand": ("daemonsets", Stage.WAITING, "2 of 3 pods are not updated yet", _BY_HAND,
        {"observedGeneration": 4, "desiredNumberScheduled": 3, "updatedNumberScheduled": 1, "numberAvailable": 3}),
}  # fmt: skip
_JUDGED = _DEPLOYMENTS | _OTHERS
_KINDS = {"deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet"}


def judged(plural: str, spec: Mapping[str, Any], status: Mapping[str, Any]) -> Progress:
    return JUDGES[plural]({"metadata": {"generation": 4}, "spec": spec, "status": status})


@pytest.mark.parametrize("name", [*_JUDGED, *_MORE])
def test_each_state_has_its_stage_and_its_sentence(name: str) -> None:
    plural, stage, said, spec, status = (_JUDGED | _MORE)[name]
    found = judged(plural, spec, status)
    assert found.stage is stage, found
    assert said in found.said
    assert not found.said.endswith(".")
    assert found.is_over == (stage in (Stage.DONE, Stage.STUCK, Stage.WAITING))


@dataclass
class _Written:
    """A store of nothing but the objects above."""

    absent_groups = frozenset[str]()

    def records(self, resource: str) -> Sequence[Record]:
        return [
            Object(
                _KINDS[resource],
                "default",
                name,
                1_795_000_000.0,
                lambda spec=spec, status=status: {"spec": spec, "status": status},  # type: ignore[misc]
                generation=4,
            )
            for name, (plural, _, _, spec, status) in sorted(_JUDGED.items())
            if plural == resource
        ]

    def log(self, *_: Any, **__: Any) -> Iterator[tuple[float, str]]:
        return iter(())

    def crash(self, namespace: str, pod: str) -> Sequence[Change]:
        return ()

    def roll(self, namespace: str, deployment: str) -> Sequence[Change]:
        return ()

    def heal(self) -> Sequence[Change]:
        return ()


@dataclass(frozen=True)
class _Place:
    name: str
    endpoint: str
    certificate_authority: str


@pytest.fixture(scope="module")
def kubectl(running_fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """kubectl, signed in to a server that has these objects."""
    staging = running_fleet.cluster("staging-payments")
    loop = Loop()
    server = ApiServer(
        loop,
        cluster=staging.name,
        region=staging.region,
        minor="35",
        keyring=running_fleet.keyring,
        access=staging.access,
        store=_Written(),
        log=Feed(),
    )
    bearer = token(running_fleet.users["payments-bot"], staging.name, staging.region)
    place = _Place(staging.name, server.endpoint, server.certificate_authority)
    yield Kubectl(place, bearer, tmp_path_factory.mktemp("kubectl"))  # type: ignore[arg-type]
    server.stop()
    loop.stop()


_SAYS = {
    "successfully rolled out": Stage.DONE,
    "roll out complete": Stage.DONE,
    "rolling update complete": Stage.DONE,
    "spec update to be observed": Stage.UNSEEN,
    "exceeded its progress deadline": Stage.STUCK,
    "aiting for": Stage.MOVING,
}


@pytest.mark.parametrize("name", _JUDGED)
def test_kubectl_says_the_same(kubectl: Kubectl, name: str) -> None:
    plural, stage, *_ = _JUDGED[name]
    done = kubectl.run("rollout", "status", "--watch=false", f"{plural}/{name}")
    said = done.stdout + done.stderr
    assert next(meant for words, meant in _SAYS.items() if words in said) is stage, said


_COUNTS = st.integers(0, 5)
_STATUSES = st.fixed_dictionaries(
    {"observedGeneration": st.just(4)},
    optional=dict.fromkeys(
        (
            *("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "currentReplicas"),
            *(
                "desiredNumberScheduled",
                "updatedNumberScheduled",
                "numberAvailable",
                "currentNumberScheduled",
            ),
        ),
        _COUNTS,
    ),
)


@given(st.sampled_from(sorted(JUDGES)), _COUNTS, _STATUSES)
def test_done_means_that_nothing_lacks(plural: str, replicas: int, status: dict[str, Any]) -> None:
    found = judged(plural, {"replicas": replicas, **_ROLLING}, status)
    if found.stage is Stage.DONE:
        assert found.updated >= found.wanted
    if found.stage is Stage.DONE and plural != "statefulsets":
        assert found.available >= found.wanted
        assert plural == "daemonsets" or found.old == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(
    st.sampled_from(sorted(JUDGES)), st.dictionaries(st.sampled_from(["metadata", "spec", "status"]), _JSON)
)
def test_an_object_of_any_shape_is_judged(plural: str, obj: dict[str, Any]) -> None:
    assert isinstance(JUDGES[plural](obj), Progress)


@given(
    st.sampled_from(["spec", "status"]), st.sampled_from(["replicas", "conditions", "updatedReplicas"]), _JSON
)
def test_a_field_of_any_shape_is_judged(where: str, name: str, value: Any) -> None:
    assert isinstance(JUDGES["deployments"](json.loads(json.dumps({where: {name: value}}))), Progress)
