"""What rows are sorted by: columns by their headers, and kubectl's paths; any text gives an order or our error."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import sorting
from connector.errors import InvalidRequest
from connector.resources import KINDS, Cell
from connector.sorting import Path, UnknownColumn

POD: dict[str, Any] = {
    "metadata": {
        "name": "cart",
        "creationTimestamp": "2026-11-23T07:03:32Z",
        "labels": {"app.kubernetes.io/name": "cart", "plain": "x", "it's": "y"},
    },
    "status": {
        "startTime": None,
        "containerStatuses": [{"restartCount": 3}, {"restartCount": 5}],
        "numbers": [1, 2, 3],
    },
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".metadata.creationTimestamp", "2026-11-23T07:03:32Z"),
        ("{.metadata.creationTimestamp}", "2026-11-23T07:03:32Z"),
        ("metadata.creationTimestamp", "2026-11-23T07:03:32Z"),
        (" { $.metadata.name } ", "cart"),
        (".status.containerStatuses[0].restartCount", 3),
        (".status.containerStatuses[1].restartCount", 5),
        (".status.containerStatuses[-1].restartCount", 5),
        (".status.containerStatuses[*].restartCount", 3),
        (".status.containerStatuses[7].restartCount", None),
        (".status.numbers[ 2 ]", 3),
        (r".metadata.labels.app\.kubernetes\.io/name", "cart"),
        (".metadata.labels['app.kubernetes.io/name']", "cart"),
        ('.metadata.labels["plain"]', "x"),
        (r".metadata.labels['it\'s']", "y"),
        ("['metadata']['name']", "cart"),
        (".status.startTime", None),
        (".metadata.name.more", None),
        (".metadata[0]", None),
        (".nothing.at.all", None),
    ],
)
def test_a_path_leads_where_kubectls_does(text: str, value: object) -> None:
    assert Path.of(text).value(POD) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "{}",
        "{.a",
        ".a}",
        ".a..b",
        "..a",
        ".a[",
        ".a[x]",
        ".a[99999]",
        ".a['b]",
        ".a[?(@.b==1)].c",
        "{range .items[*]}{.a}{end}",
        ".a b",
        ".a\\",
        ".a.*",
    ],
)
def test_what_is_no_path_is_said_with_one_that_is(text: str) -> None:
    with pytest.raises(InvalidRequest, match="no path to sort by") as refused:
        Path.of(text)
    assert ".metadata.creationTimestamp" in refused.value.hint


@pytest.mark.parametrize("text", [".metadata", ".metadata.labels", ".status.containerStatuses"])
def test_a_path_to_more_than_a_value_is_no_order(text: str) -> None:
    with pytest.raises(InvalidRequest, match="no single value"):
        Path.of(text).value(POD)


def test_missing_comes_first_then_numbers_then_text_in_which_numbers_count() -> None:
    ordered: list[object] = [
        None, -5, False, "500m", 1, True, "2", 2.5, "10", "1Ki", "2Mi", "1Gi", 2**70,
        "cart-2", "Cart-10", "cart-10a", "v1.9", "v1.10",
    ]  # fmt: skip
    keys = [sorting.key(one) for one in ordered]
    assert keys == sorted(keys)
    for nothing in ("", "-", "<none>", "<unknown>", "<unset>"):
        assert sorting.key(nothing) == sorting.MISSING


def test_a_cell_is_sorted_by_its_number_before_its_text() -> None:
    cells = [Cell("9"), Cell("23 (4m ago)", number=23), Cell("<none>"), Cell("b"), Cell("2d", number=172_800)]
    assert [cell.text for cell in sorted(cells, key=sorting.of_cell)] == [
        "<none>",
        "9",
        "23 (4m ago)",
        "2d",
        "b",
    ]


@pytest.mark.parametrize("typed", ["UP-TO-DATE", "up-to-date", "uptodate", "Up To Date", "up_to_date"])
def test_a_column_is_known_however_it_is_written(typed: str) -> None:
    assert sorting.column(KINDS["deployments"].columns, typed).header == "UP-TO-DATE"


@pytest.mark.parametrize(
    ("typed", "nearest", "hint"),
    [
        ("restrts", "RESTARTS", "Did you mean `RESTARTS`"),
        ("AGEE", "AGE", "Did you mean `AGE`"),
        ("zzzzzz", None, "These are there: `NAMESPACE`, `NAME`, `READY`"),
        ("", None, "These are there:"),
    ],
)
def test_an_unknown_column_is_said_with_the_nearest(typed: str, nearest: str | None, hint: str) -> None:
    with pytest.raises(UnknownColumn) as unknown:
        sorting.column(KINDS["pods"].columns, typed)
    assert unknown.value.nearest[:1] == ((nearest,) if nearest else ())
    assert unknown.value.hint.startswith(hint)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=80) | st.text("$.{}[]'\"\\*?()ab0 -", max_size=40), values)
def test_any_text_is_a_path_a_column_or_our_error(text: str, found: Any) -> None:
    try:
        if sorting.is_path(text):
            path = Path.of(text)
            assert path.steps
            sorting.key(path.value(found))
        else:
            sorting.column(KINDS["pods"].columns, text)
    except InvalidRequest as refused:
        assert refused.what
        assert len(refused.what) < 200


@given(
    st.lists(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), max_size=8)
)
def test_any_values_can_be_put_in_order(found: list[Any]) -> None:
    keys = [sorting.key(one) for one in sorted(found, key=sorting.key)]
    assert all(one <= other for one, other in itertools.pairwise(keys))
