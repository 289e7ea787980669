"""What a watch's lines make of a list's rows, whatever the lines are."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.resources import KINDS, Row
from connector.resources.wire import Key, Reader
from connector.watching.store import Over, Store
from tests.connector.watching.conftest import bookmark, event, pod

PODS = KINDS["pods"]


def store(*pods: dict[str, Any], version: str = "100") -> Store:
    assert isinstance(PODS.read, Reader)
    _, rows = PODS.read.keyed(json.dumps({"items": pods, "metadata": {}}).encode())
    return Store(PODS, PODS.read, dict(rows), version)


def shown(one: Store) -> list[tuple[str | None, str, str]]:
    return [(row.namespace, row.name, row.status) for row in one.rows()]  # type: ignore[attr-defined]


def test_it_begins_with_the_list_in_its_order() -> None:
    known = store(pod("b"), pod("a"), pod("z", reason="ImagePullBackOff"))
    assert shown(known) == [
        ("shop", "z", "ImagePullBackOff"),
        ("shop", "a", "Running"),
        ("shop", "b", "Running"),
    ]


def test_each_change_is_taken_in() -> None:
    known = store(pod("a"), pod("b"))
    known.apply(event("ADDED", pod("c", version=101)))
    known.apply(event("MODIFIED", pod("a", version=102, reason="CrashLoopBackOff")))
    known.apply(event("DELETED", pod("b", version=103)))
    assert shown(known) == [("shop", "a", "CrashLoopBackOff"), ("shop", "c", "Running")]
    assert (len(known), known.version) == (2, "103")


def test_one_name_in_two_namespaces_is_two() -> None:
    known = store(pod("a", "shop"))
    known.apply(event("ADDED", pod("a", "bank", version=101)))
    known.apply(event("DELETED", pod("a", "shop", version=102)))
    assert shown(known) == [("bank", "a", "Running")]


def test_a_bookmark_is_a_version_and_nothing_else() -> None:
    known = store(pod("a"))
    before = known.rows()
    known.apply(bookmark(5000))
    assert (known.rows(), known.version) == (before, "5000")


def test_what_is_told_twice_counts_once() -> None:
    known = store(pod("a"))
    for _ in range(2):
        known.apply(event("ADDED", pod("a", version=101)))
        known.apply(event("ADDED", pod("b", version=102)))
    for _ in range(2):
        known.apply(event("DELETED", pod("b", version=103)))
    assert [name for _, name, _ in shown(known)] == ["a"]


@pytest.mark.parametrize(
    "line",
    [
        event("ERROR", {"kind": "Status", "code": 410, "reason": "Expired", "metadata": {}}),
        event("ERROR", {"kind": "Status", "code": 500}),
        b"{",
        b"[]",
        b'{"type": "ADDED"}',
        b'{"type": "ADDED", "object": {"metadata": {"name": 7}}}',
        b'{"type": "ADDED", "object": {"spec": {}}}',
        b'{"type": "ADDED", "object": {"metadata": {"name": "\xff"}}}',
        b'{"type": "ADDED", "object": ' + b"[" * 100_000 + b"}",
    ],
)
def test_what_cannot_be_followed_is_over(line: bytes) -> None:
    known = store(pod("a"))
    with pytest.raises(Over):
        known.apply(line)
    assert [name for _, name, _ in shown(known)] == ["a"]


@given(st.binary(max_size=200))
def test_whatever_comes_is_taken_in_or_over(line: bytes) -> None:
    known = store(pod("a"))
    with suppress(Over):
        known.apply(line)
    assert len(known.rows()) == len(known)


def test_a_count_is_compared_with_what_was_there_at_its_version() -> None:
    known = store(pod("a"), version="100")
    known.apply(event("ADDED", pod("b", version=110)))
    known.apply(event("ADDED", pod("c", version=120)))
    known.apply(event("DELETED", pod("a", version=130)))
    assert [known.agrees(count, version) for count, version in ((1, "109"), (2, "110"), (2, "119"))] == [
        True
    ] * 3
    assert [known.agrees(count, version) for count, version in ((3, "125"), (2, "130"), (2, "999"))] == [
        True
    ] * 3
    assert [known.agrees(count, version) for count, version in ((3, "110"), (3, "999"), (1, "120"))] == [
        False
    ] * 3


def test_of_what_was_before_all_that_is_remembered_nothing_is_claimed() -> None:
    known = store(pod("a"), version="100")
    assert known.agrees(77, "99")
    for at in range(600):
        known.apply(event("ADDED", pod("b", version=101 + 2 * at)))
        known.apply(event("DELETED", pod("b", version=102 + 2 * at)))
    assert known.agrees(77, "150")
    assert known.agrees(2, "1299")
    assert not known.agrees(77, "1299")


NAMES = st.sampled_from(["a", "b", "c", "d"])
CHANGES = st.lists(st.tuples(st.sampled_from(["ADDED", "MODIFIED", "DELETED"]), NAMES, st.booleans()))


@given(CHANGES)
def test_after_any_changes_it_is_what_a_list_would_say(changes: list[tuple[str, str, bool]]) -> None:
    known, there = store(pod("a"), pod("b")), {"a": False, "b": False}
    for version, (kind, name, ill) in enumerate(changes, 101):
        known.apply(event(kind, pod(name, version=version, reason="Error" if ill else "")))
        there.pop(name, None)
        if kind != "DELETED":
            there[name] = ill
        assert known.agrees(len(there), str(version))
    fresh: Store = store(*(pod(name, reason="Error" if ill else "") for name, ill in there.items()))
    assert shown(known) == shown(fresh)


def test_rows_that_did_not_change_are_the_very_same() -> None:
    known = store(pod("a"))
    rows: tuple[Row, ...] = known.rows()
    assert known.rows() is rows
    keys: list[Key] = [(row.namespace, row.name) for row in rows]
    assert keys == [("shop", "a")]
