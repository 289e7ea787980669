"""Whose logs: selectors, the container that is meant, and why one has none; on objects of a real server."""

from typing import Any

import msgspec
import pytest

from connector.description.selectors import either
from connector.errors import InvalidRequest
from connector.logs import NoSuchContainer, check
from connector.logs.pods import DEFAULT, Pod, choices, meant, silent
from connector.resources import KINDS
from tests.connector.api_server import recorded

RECORDED = {item["metadata"]["name"]: item for item in recorded("pods.json")["items"]}


def pod(name: str, **annotations: str) -> Pod:
    item: dict[str, Any] = RECORDED[name]
    metadata = {**item["metadata"], "annotations": {**item["metadata"].get("annotations", {}), **annotations}}
    return msgspec.convert({**item, "metadata": metadata}, Pod, strict=False)


def names(one: Pod) -> list[tuple[str, str]]:
    return [(container.name, container.role) for container in one.containers()]


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ({"matchLabels": {"app": "cart", "a": "b"}}, "a=b,app=cart"),
        (
            {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["x", "b"]}]},
            "tier notin (b,x)",
        ),
        ({"app": "cart"}, "app=cart"),
        ({}, ""),
        ({"matchLabels": {}}, ""),
        (None, ""),
        ("app=cart", ""),
        ({"app": 7}, "app=7"),
        ({"matchLabels": "x"}, ""),
    ],
)
def test_selectors_of_workloads_and_of_services(selector: Any, text: str) -> None:
    assert either(selector) == text


def test_the_default_container_is_the_annotated_one_else_the_first() -> None:
    assert names(pod("running-two")) == [("app", ""), ("proxy", "")]
    assert names(pod("running-two", **{DEFAULT: "proxy"})) == [("proxy", ""), ("app", "")]
    # An annotation that names none is passed over, as kubectl does.
    assert names(pod("running-two", **{DEFAULT: "zzz"})) == [("app", ""), ("proxy", "")]


def test_sidecars_and_init_containers_can_be_named() -> None:
    one = pod("sidecar-starting")
    roles = dict(names(one))
    assert set(roles.values()) == {"", "sidecar", "init"}
    for name in roles:
        assert [container.name for _, container in meant([one], name)] == [name]


def test_a_wrong_name_says_which_there_are() -> None:
    with pytest.raises(NoSuchContainer) as caught:
        meant([pod("running-two")], "zzz")
    assert caught.value.containers == ("app", "proxy")
    assert caught.value.what == "There is no container `zzz` in the pod `running-two`"
    assert caught.value.why == "There are: `app`, `proxy`."


def test_of_several_pods_those_are_asked_that_have_it() -> None:
    pods = [pod("crashloop"), pod("running-two")]
    assert [(one.metadata.name, container.name) for one, container in meant(pods, "proxy")] == [
        ("running-two", "proxy")
    ]
    assert [container.name for container in choices(pods)] == ["app", "proxy"]
    assert meant([], "proxy") == []


@pytest.mark.parametrize(
    ("name", "previous", "why"),
    [
        ("running-two", False, ""),
        ("running-two", True, "was never restarted"),
        ("crashloop", False, ""),
        ("crashloop", True, ""),
        ("completed", False, ""),
        ("unschedulable", False, "is on no node yet"),
        ("config-error", False, "waits to start: CreateContainerConfigError"),
        ("image-backoff", False, "waits to start: ImagePullBackOff"),
        ("evicted", False, "never ran: Evicted"),
    ],
)
def test_why_there_is_nothing_to_read(name: str, previous: bool, why: str) -> None:
    one = pod(name)
    (_, container), *_ = meant([one], "")
    assert silent(one, container, previous=previous) == why


@pytest.mark.parametrize("kind", ["nodes", "secrets", "configmaps", "cronjobs", "dispatches"])
def test_what_has_no_logs(kind: str) -> None:
    with pytest.raises(InvalidRequest, match=f"There are no logs of {kind}"):
        check(kind)


def test_what_has_logs() -> None:
    for kind in ("pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "services"):
        assert check(kind) == KINDS[kind].resource
