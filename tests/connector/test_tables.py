"""Lists of kinds that nobody has rules for, by the server's tables; and what becomes of any answer at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Failure, InvalidRequest, ListExpired, ServerError
from connector.resources import KINDS, Health
from connector.served import AGGREGATED, KindNotServed
from tests.connector.table_parts import PATH, Server, ask, dispatch, headers, page, shown


def test_a_kind_that_only_discovery_knows_is_listed_by_the_servers_table() -> None:
    rows = [dispatch("a"), dispatch("b", "Degraded", 20, "held"), dispatch("c", "Failed", 0)]
    server = Server({PATH: [page(*rows)]})
    found = ask(server)
    assert headers(found) == ["NAMESPACE", "NAME", "PHASE", "WEIGHT", "AGE", "CREATED"]
    assert shown(found) == [
        {
            "NAMESPACE": "shop",
            "NAME": name,
            "PHASE": phase,
            "WEIGHT": weight,
            "AGE": "60m",
            "CREATED": "2026-11-23 06:03 UTC",
        }
        for name, phase, weight in (("c", "Failed", "0"), ("b", "Degraded", "20"), ("a", "Healthy", "100"))
    ]
    assert [row.health for row in found.rows] == [Health.BROKEN, Health.CHANGING, Health.HEALTHY]
    kind = found.kind
    assert (found.total, found.sick, found.namespaces, found.complete) == (3, 2, 1, True)
    assert (kind.plural, kind.singular, kind.name, kind.namespaced) == (
        "dispatches",
        "dispatch",
        "Dispatch",
        True,
    )
    assert kind.resource.name == "dispatches.shipyard.example.com"
    path, said, accept = server.asked[-1]
    assert (path, said) == (PATH, {"limit": 500, "includeObject": "Metadata"})
    assert accept == "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    weight = next(one for one in kind.columns if one.header == "WEIGHT")
    assert [weight.cell(row, 0.0).number for row in found.rows] == [0, 20, 100]


def test_all_columns_and_labels_when_they_are_asked_for() -> None:
    rows = [dispatch("a", message="so it is", labels={"team": "x", "app": "cart"}), dispatch("b")]
    found = ask(Server({PATH: [page(*rows)]}), wide=True, labels=True)
    assert headers(found) == [
        *("NAMESPACE", "NAME", "PHASE", "WEIGHT", "AGE", "MESSAGE", "CREATED", "LABELS"),
    ]
    assert [(row["MESSAGE"], row["LABELS"]) for row in shown(found)] == [
        ("so it is", "app=cart,team=x"),
        ("", "<none>"),
    ]


def test_pages_are_one_list_though_only_the_first_names_its_columns() -> None:
    second: dict[str, Any] = {"metadata": {}, "columnDefinitions": None, "rows": [dispatch("c", "Failed")]}
    first = page(dispatch("a"), dispatch("b"), **{"continue": "more", "remainingItemCount": 1})
    server = Server({PATH: [first, second]})
    found = ask(server)
    assert [row.name for row in found.rows] == ["c", "a", "b"]
    assert server.asked[-1][1] == {"limit": 500, "includeObject": "Metadata", "continue": "more"}


def test_a_list_that_expires_is_begun_anew_once() -> None:
    server = Server({PATH: [ListExpired("too old"), page(dispatch("a"))]})
    assert [row.name for row in ask(server).rows] == ["a"]
    with pytest.raises(ListExpired):
        ask(Server({PATH: [ListExpired("too old"), ListExpired("too old"), page()]}))


def test_a_server_that_makes_no_tables_is_listed_by_names() -> None:
    items = [{"metadata": {"name": "b", "namespace": "shop", "creationTimestamp": "2026-11-23T06:03:32Z"}}]
    found = ask(Server({PATH: [{"kind": "DispatchList", "metadata": {}, "items": items}]}))
    assert shown(found) == [
        {"NAMESPACE": "shop", "NAME": "b", "AGE": "60m", "CREATED": "2026-11-23 06:03 UTC"}
    ]
    assert found.rows[0].health is Health.UNKNOWN


def test_what_goes_or_is_over_is_not_told_by_its_words_alone() -> None:
    going = dispatch("a", deletionTimestamp="2026-11-23T07:00:00Z")
    over = {**dispatch("b", "Failed"), "conditions": [{"type": "Completed", "status": "True"}]}
    found = ask(Server({PATH: [page(going, over)]}))
    assert {row.name: row.health for row in found.rows} == {"a": Health.CHANGING, "b": Health.OFF}


def test_namespaces_words_and_selectors_narrow_it_as_they_do_any_list() -> None:
    rows = [
        dispatch(name, namespace=where) for name, where in (("cart", "shop"), ("cart", "pay"), ("x", "web"))
    ]
    server = Server({PATH: [page(*rows)]})
    found = ask(
        server, namespaces=("shop", "web"), words=("CART",), selector="a=b", fields="metadata.name=cart"
    )
    assert [(row.namespace, row.name) for row in found.rows] == [("shop", "cart")]
    assert (found.total, found.near) == (2, ())
    assert server.asked[-1][1]["labelSelector"] == "a=b"
    assert server.asked[-1][1]["fieldSelector"] == "metadata.name=cart"


def test_a_kind_that_is_not_there_is_looked_for_anew_and_names_those_that_are_near() -> None:
    with pytest.raises(KindNotServed) as missing:
        ask(Server({}), "dispaches")
    assert missing.value.nearest == ("dispatches",)


def test_the_name_is_the_objects_though_the_server_shows_more() -> None:
    row = {**dispatch("gp3"), "cells": ["gp3 (default)", "", 1, "", ""]}
    found = ask(Server({PATH: [page(row)]}))
    assert found.rows[0].name == "gp3"
    assert shown(found)[0]["NAME"] == "gp3 (default)"
    assert found.kind.called(found.rows[0]) == "gp3"


def test_a_table_without_a_name_gets_one_and_its_own_time_of_making_is_ours() -> None:
    columns = [{"name": "Holder", "type": "string"}, {"name": "Created At", "type": "date"}]
    rows = [{"cells": ["x", "2026-11-23T06:03:32Z"], "object": dispatch("a")["object"]}]
    found = ask(Server({PATH: [{"metadata": {}, "columnDefinitions": columns, "rows": rows}]}))
    assert shown(found) == [
        {"NAMESPACE": "shop", "NAME": "a", "HOLDER": "x", "CREATED": "2026-11-23 06:03 UTC"}
    ]


# --- the nearest words


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("chekout", ("checkout",)),
        ("chekout-api", ("checkout-api",)),
        ("checkout-api-7d9f8-zzzzz", ("checkout-api-7d9f8",)),
        ("zzzzzz", ()),
    ],
)
def test_a_word_that_nothing_has_is_answered_with_those_that_are_near(
    word: str, near: tuple[str, ...]
) -> None:
    rows = [dispatch("checkout-api-7d9f8-x2x1p"), dispatch("payments-55555-y7y7y")]
    found = ask(Server({PATH: [page(*rows)]}), words=(word,))
    assert (found.rows, found.total) == ((), 2)
    assert found.near[: len(near)] == near
    assert bool(found.near) is bool(near)


# --- whatever a server answers


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
columns = st.fixed_dictionaries(
    {"name": st.sampled_from(["Name", "Age", "Ready", "Status", "Created At", ""]) | st.text()},
    optional={
        "type": st.sampled_from(["string", "integer", "date", ""]),
        "priority": st.integers(0, 2),
        "format": st.sampled_from(["name", ""]),
    },
)
objects = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({"name": st.text(min_size=1)}, optional={"namespace": st.text()})},
    optional={"spec": anything, "status": anything},
)
tables: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "metadata": st.just({}),
        "columnDefinitions": st.lists(columns, max_size=6) | st.none(),
        "rows": st.lists(
            st.fixed_dictionaries({"cells": st.lists(anything, max_size=8), "object": objects}), max_size=5
        ),
    }
)
orders = st.sampled_from(["", "age", "name", ".metadata.name", ".spec", ".status.a[0]"])


@given(
    st.one_of(anything, tables), st.sampled_from(["dsp", "pods", "events", "secrets"]), st.booleans(), orders
)
def test_any_json_is_a_list_or_our_error(body: Any, kind: str, wide: bool, sort_by: str) -> None:
    path = PATH if kind == "dsp" else KINDS[kind].resource.path()
    try:
        found = ask(Server({path: [body]}), kind, wide=wide, labels=True, sort_by=sort_by)
    except Failure as failure:
        assert isinstance(failure, InvalidRequest | ServerError)
        return
    for row in shown(found):
        assert len(row) <= len(headers(found))
    assert all(isinstance(row.name, str) for row in found.rows)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[" * 100_000, b'{"rows":' + b"[" * 100_000, b'{"rows":[{"cells":[' + b"[" * 5000],
)
def test_bytes_that_are_no_json_are_the_servers_fault(body: bytes) -> None:
    with pytest.raises(ServerError):
        ask(Server({PATH: [body]}))


def test_discovery_is_asked_for_in_its_short_form() -> None:
    server = Server({PATH: [page()]})
    ask(server)
    assert [(path, accept) for path, _, accept in server.asked[:2]] == [
        ("/api", AGGREGATED),
        ("/apis", AGGREGATED),
    ]
