"""No object of whatever shape makes a description fail, and what it says fits on a screen."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.description import Further, summary
from connector.description.facts import LONGEST
from connector.resources import KINDS
from tests.connector.api_server import recorded
from tests.connector.description.shapes import NOW, RESOURCES, tell

# The words that the rules look for, so that chance gets past their first step.
_NAMES = """
    metadata spec status name namespace uid labels annotations ownerReferences finalizers deletionTimestamp
    creationTimestamp conditions type reason message lastTransitionTime containers initContainers ephemeralContainers
    containerStatuses initContainerStatuses state lastState waiting running terminated exitCode startedAt finishedAt
    ports containerPort env valueFrom secretKeyRef envFrom volumeMounts resources requests limits livenessProbe httpGet
    volumes configMap projected sources tolerations nodeSelector selector matchLabels matchExpressions template replicas
    strategy rollingUpdate addresses allocatable capacity taints loadBalancer ingress rules http paths backend service
    tls data binaryData accessModes claimRef csi scaleTargetRef metrics currentMetrics behavior policies active
    jobTemplate podFailurePolicy onExitCodes values key value restartPolicy phase restartCount ready image
    involvedObject series deprecatedCount
"""
WORDS = st.sampled_from(_NAMES.split())
_VALUES = """
    Running True False Always OOMKilled CrashLoopBackOff 0001-01-01T00:00:00Z 2026-11-23T07:00:00Z 2026-11-23
    9999-12-31T23:59:59.999999999-14:00 1e99Ei 100m -5Gi
"""
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(_VALUES.split())
    | st.just("\ud800")
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=40,
)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "metadata": JSON,
        "spec": JSON,
        "status": JSON,
        "data": JSON,
        "subsets": JSON,
        "conditions": JSON,
    },
)
FURTHER = st.builds(
    Further,
    pods=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
    replica_sets=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
    slices=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
    jobs=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
    volume=st.none() | OBJECTS,
    quotas=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
    limits=st.none() | st.lists(OBJECTS, max_size=3).map(tuple),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(plural=st.sampled_from(sorted(RESOURCES)), obj=OBJECTS | JSON, further=FURTHER)
def test_no_shape_makes_it_fail(plural: str, obj: Any, further: Further) -> None:
    told = tell(plural, obj, further)
    assert told.kind == RESOURCES[plural].kind
    assert "\n" not in summary(told, NOW)


def places(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(places, value.values()))
    return 1 + sum(map(places, value)) if isinstance(value, list) else 1


def damaged(value: Any, at: int, by: Any) -> Any:
    """A copy in which the place of that number, counted in depth, is something else."""
    left = at

    def walk(here: Any) -> Any:
        nonlocal left
        if left == 0:
            left -= 1
            return by
        left -= 1
        if isinstance(here, dict):
            return {key: walk(one) for key, one in here.items()}
        return [walk(one) for one in here] if isinstance(here, list) else here

    return walk(copy.deepcopy(value))


def objects(plural: str) -> list[Any]:
    folder = "" if plural in {"pods", "deployments", "services", "nodes", "events"} else "../written/"
    items: list[Any] = recorded(f"{folder}{plural}.json")["items"]
    return items


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(plural=st.sampled_from(sorted(KINDS)), data=st.data())
def test_no_damage_to_a_good_object_makes_it_fail(plural: str, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(objects(plural)))
    at = data.draw(st.integers(0, places(whole) - 1))
    told = tell(plural, damaged(whole, at, data.draw(JSON)))
    assert told.kind == RESOURCES[plural].kind
    assert "\n" not in summary(told, NOW)


@pytest.mark.parametrize("plural", sorted(RESOURCES))
def test_an_object_of_a_megabyte_gives_a_description_of_some_kilobytes(plural: str) -> None:
    big: Any = "x" * 50_000
    many = {f"key-{number}": big for number in range(20)}
    spec = {"containers": [], "ports": [{"name": big, "port": 1}] * 3000, "nested": many, "list": [many] * 3}
    told = tell(
        plural,
        {
            "metadata": {"name": "big", "annotations": many},
            "spec": spec,
            "status": {"message": big, "reason": big, "conditions": [{"type": "Ready", "message": big}]},
        },
    )
    cells = [cell for fact in told.facts for cell in fact.values]
    cells += [cell for section in told.sections for row in section.rows for cell in row]
    assert all(len(cell.text) <= LONGEST for cell in cells)
    assert sum(len(value) for _, value in told.annotations) < 10_000
    assert len(summary(told, NOW)) < 2_000


def test_an_object_as_deep_as_the_decoder_allows_does_not_make_it_fail() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"spec": deep, "items": [deep]} if not deep else {"spec": deep}
    assert tell("widgets", json.loads(json.dumps(deep))).kind == "Widget"


def test_names_that_are_none_break_no_sentence() -> None:
    odd = "a`b\n*c*" + "x" * 500
    container = {"name": odd, "state": {"waiting": {"reason": odd}}, "ready": False, "restartCount": 1}
    obj = {
        "metadata": {"name": odd},
        "spec": {"nodeName": "n", "containers": [{"name": odd, "image": odd}]},
        "status": {"phase": "Pending", "containerStatuses": [container]},
    }
    sentence = summary(tell("pods", obj), NOW)
    assert "\n" not in sentence
    assert sentence.count("`") == 2
    assert len(sentence) < 300
