"""Namespaces that a query does not allow are not there: not in rows, not in counts, not in estimates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.connector import EKSConnector
from connector.resources import Query, allowing
from tests.connector.api_server import ApiServer, recorded
from tests.connector.conftest import REGION, MakeCluster

MODEL: dict[str, Any] = next(
    item for item in recorded("pods.json")["items"] if item["metadata"]["name"] == "running-two"
)
ILL: dict[str, Any] = next(
    item for item in recorded("pods.json")["items"] if item["metadata"]["name"] == "init-crash"
)


def pod(namespace: str, name: str, model: dict[str, Any] = MODEL) -> dict[str, Any]:
    return model | {"metadata": {**model["metadata"], "name": name, "namespace": namespace}}


@pytest.fixture
def connected(connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer) -> EKSConnector:
    make_cluster("prod", api)
    api.put("/api/v1/namespaces", [{"metadata": {"name": name}} for name in ("pay", "pay-in", "web", "xpay")])
    api.put(
        "/api/v1/pods",
        [
            pod("pay", "a"),
            pod("pay-in", "b", ILL),
            pod("web", "c", ILL),
            pod("xpay", "d"),
            pod("pay", "checkout"),
        ],
    )
    connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    return connector


@pytest.mark.parametrize(
    ("patterns", "names", "namespaces", "sick"),
    [
        ((), ["b", "c", "a", "checkout", "d"], 4, 2),
        (("*",), ["b", "c", "a", "checkout", "d"], 4, 2),
        (("pay", "pay-*"), ["b", "a", "checkout"], 2, 1),
        (("pay*",), ["b", "a", "checkout"], 2, 1),
        (("we[ab]",), ["c"], 1, 1),
        (("PAY", "pa", "ay", "none"), [], 0, 0),
    ],
)
def test_rows_and_counts_are_those_of_the_allowed_ones(
    connected: EKSConnector, patterns: tuple[str, ...], names: list[str], namespaces: int, sick: int
) -> None:
    found = connected.get_resources("prod", Query("pods", namespaces=patterns))
    assert [row.name for row in found.rows] == names
    assert (found.total, found.namespaces, found.sick) == (len(names), namespaces, sick)
    worded = connected.get_resources("prod", Query("pods", namespaces=patterns, words=("check",)))
    assert (len(worded.rows), worded.total) == (int("checkout" in names), len(names))


def test_naming_a_namespace_that_is_not_allowed_finds_nothing(
    connected: EKSConnector, api: ApiServer
) -> None:
    api.put("/api/v1/namespaces/web/pods", [pod("web", "c")])
    found = connected.get_resources("prod", Query("pods", "web", namespaces=("pay*",)))
    assert (found.rows, found.total, found.namespaces) == ((), 0, 0)


def test_what_has_no_namespace_is_in_none_of_them(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/api/v1/nodes", recorded("nodes.json")["items"])
    assert connected.get_resources("prod", Query("nodes")).total > 0
    assert connected.get_resources("prod", Query("nodes", namespaces=("*",))).total == 0


@pytest.mark.parametrize("wide", [False, True])
def test_a_namespace_itself_is_allowed_by_its_name(connected: EKSConnector, wide: bool) -> None:
    query = Query("namespaces", namespaces=("pay*", "we?"), wide=wide)
    found = connected.get_resources("prod", query)
    assert [row.name for row in found.rows] == ["pay", "pay-in", "web"]
    assert (found.total, found.complete) == (3, True)
    near = connected.get_resources("prod", Query("namespaces", namespaces=("pay*",), words=("xpay",)))
    assert near.near == ("pay",)


def test_the_servers_estimate_of_all_is_not_told(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/api/v1/pods", [pod("pay" if at % 2 else "web", f"pod-{at:04}") for at in range(1200)])
    told: list[tuple[int, int | None]] = []
    found = connected.get_resources(
        "prod",
        Query("pods", namespaces=("pay",)),
        on_progress=lambda rows, expected: told.append((rows, expected)),
    )
    assert told == [(250, None), (500, None), (600, None)]
    assert (found.total, found.complete) == (600, True)


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ((), ("pay", "pay-in", "web", "xpay")),
        (("pay-*",), ("pay-in",)),
        (("web", "pay"), ("pay", "web")),
        (("none",), ()),
    ],
)
def test_names_are_those_of_the_allowed_ones(
    connected: EKSConnector, patterns: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert connected.list_namespaces("prod", matching=patterns) == names


@given(st.lists(st.text(max_size=8), min_size=1, max_size=4), st.text("abc-", min_size=1, max_size=8))
def test_no_pattern_is_an_error_and_a_name_allows_itself_alone(patterns: list[str], name: str) -> None:
    assert allowing(tuple(patterns))(name) in {True, False}
    assert allowing((name,))(name)
    assert not allowing((name,))(name + "x")
    assert not allowing((name,))("x" + name)
    assert not allowing((name,))(name + "\nx")
    assert not allowing(tuple(patterns))(None)
