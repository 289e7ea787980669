"""Lists in another shape: all columns, labels, another order; by what real servers answered, what is ours stays."""

import json
import re
from typing import Any

import pytest

from connector.errors import InvalidRequest
from connector.resources import KINDS
from connector.sorting import UnknownColumn
from playground.kubernetes.tables import table
from tests.connector.api_server import RECORDED, recorded
from tests.connector.table_parts import PATH, Server, ask, dispatch, headers, page, shown
from tests.connector.test_kinds import NOW

# When kubectl printed its tables: a second after the lists were taken.
PRINTED = NOW + 1

# --- all columns, and labels


def printed(plural: str) -> tuple[list[str], dict[str, list[str]]]:
    """What `kubectl get -o wide` printed: its headers, and the cells of each row by the first."""
    lines = (RECORDED / f"{plural}.kubectl.txt").read_text().splitlines()
    first, *rest = [re.split(r"\s{2,}", line.strip()) for line in lines]
    return first, {line[0]: line for line in rest}


def as_table(plural: str, include: Any = "Object") -> dict[str, Any]:
    """The recorded objects as the table that the same server made of them."""
    items = recorded(f"{plural}.json")["items"]
    made = table(KINDS[plural].name, items, {}, include, NOW)
    real = recorded(f"{plural}.table.json")
    assert [one["name"] for one in made["columnDefinitions"]] == real["columns"]
    for row, cells in zip(made["rows"], real["rows"], strict=True):
        row["cells"] = cells
    return made


@pytest.mark.parametrize("plural", ["pods", "nodes", "services", "deployments"])
def test_wide_is_kubectls_wide_cell_by_cell(plural: str) -> None:
    server = Server({KINDS[plural].resource.path(): [as_table(plural)]})
    found = ask(server, plural, wide=True)
    names, lines = printed(plural)
    assert [one for one in headers(found) if one in names] == names
    rows = shown(found, PRINTED)
    assert {row["NAME"]: [row[name] for name in names] for row in rows} == lines
    assert len(rows) > 5
    assert server.asked[-1][1] == {"limit": 500, "includeObject": "Object"}


@pytest.mark.parametrize("plural", ["pods", "nodes", "services", "deployments"])
@pytest.mark.parametrize("query", [{"wide": True}, {"labels": True}])
def test_health_order_and_our_own_columns_stay(plural: str, query: dict[str, Any]) -> None:
    kind = KINDS[plural]
    body = {KINDS[plural].resource.path(): [as_table(plural)]}
    own = sorted(kind.read(json.dumps(recorded(f"{plural}.json")).encode())[1], key=kind.key)
    found = ask(Server(body), plural, **query)
    assert [(row.name, row.namespace, row.health) for row in found.rows] == [
        (row.name, row.namespace, row.health) for row in own
    ]
    for cells, row in zip(shown(found), own, strict=True):
        assert {one.header: cells[one.header] for one in kind.columns} == {
            one.header: one.cell(row, NOW).text for one in kind.columns
        }


def test_labels_are_kubectls() -> None:
    found = ask(Server({"/api/v1/nodes": [as_table("nodes")]}), "nodes", labels=True)
    expected = {
        item["metadata"]["name"]: ",".join(
            f"{key}={value}" for key, value in sorted(item["metadata"].get("labels", {}).items())
        )
        for item in recorded("nodes.json")["items"]
    }
    assert {row["NAME"]: row["LABELS"] for row in shown(found)} == {
        name: labels or "<none>" for name, labels in expected.items()
    }
    assert headers(found)[-1] == "LABELS"


def test_a_label_that_holds_a_credential_is_masked() -> None:
    body = as_table("nodes")
    for row in body["rows"]:
        row["object"] = {
            **row["object"],
            "metadata": {**row["object"]["metadata"], "labels": {"db-password": "x1y2"}},
        }
    found = ask(Server({"/api/v1/nodes": [body]}), "nodes", labels=True)
    assert {row["LABELS"] for row in shown(found)} == {"db-password=[masked]"}


def test_what_is_folded_stays_folded_and_is_named_by_the_newest() -> None:
    items = recorded("events.json")["items"]
    twice = [*items, {**items[0], "metadata": {**items[0]["metadata"], "name": "again"}}]
    body = table("Event", twice, {}, "Object", NOW)
    plain = ask(Server({"/api/v1/events": [{"metadata": {}, "items": twice}]}), "events")
    found = ask(Server({"/api/v1/events": [body]}), "events", wide=True, labels=True)
    assert len(found.rows) == len(plain.rows) < len(twice)
    assert [row | {"LABELS": ""} for row in shown(found)] == [
        {name: row[name] for name in headers(found) if name != "LABELS"} | {"LABELS": ""}
        for row in shown(plain)
    ]


# --- another order


def test_a_columns_order_goes_before_the_sickest() -> None:
    server = Server({"/api/v1/pods": [recorded("pods.json")]})
    found = ask(server, "pods", sort_by="restarts")
    column = next(one for one in found.kind.columns if one.header == "RESTARTS")
    counts = [column.cell(row, NOW).number or 0.0 for row in found.rows]
    assert counts == sorted(counts)
    assert counts[-1] == 23
    # What is known already is not asked for as a table.
    assert server.asked[-1] == ("/api/v1/pods", {"limit": 500}, "application/json")


def test_a_column_is_known_before_anything_is_asked() -> None:
    server = Server({})
    with pytest.raises(UnknownColumn):
        ask(server, "pods", sort_by="restrts")
    assert server.asked == []
    with pytest.raises(UnknownColumn) as unknown:
        ask(Server({PATH: [page()]}), sort_by="wieght")
    assert unknown.value.nearest == ("WEIGHT",)


def test_a_path_sorts_as_kubectl_does_and_what_lacks_it_comes_first() -> None:
    body = as_table("pods")
    for row in body["rows"][:3]:
        row["object"] = {**row["object"], "status": {"phase": "Pending"}}
    server = Server({"/api/v1/pods": [body]})
    found = ask(server, "pods", sort_by="{.status.containerStatuses[0].restartCount}")
    counts = {
        row["object"]["metadata"]["name"]: (row["object"]["status"].get("containerStatuses") or [{}])[0].get(
            "restartCount", -1
        )
        for row in body["rows"]
    }
    order = [counts[row.name] for row in found.rows]
    assert order == sorted(order)
    assert order[0] == -1
    assert headers(found) == [one.header for one in KINDS["pods"].columns]


def test_a_kind_of_its_own_is_sorted_by_columns_and_by_paths() -> None:
    rows = [dispatch("a", weight=100), dispatch("b", "Failed", 20), dispatch("c", weight=3)]
    for at, row in enumerate(rows):
        row["object"]["spec"] = {"version": f"v1.{10 - at}"}
    assert [row.name for row in ask(Server({PATH: [page(*rows)]}), sort_by="WEIGHT").rows] == ["c", "b", "a"]
    server = Server({PATH: [page(*rows)]})
    assert [row.name for row in ask(server, sort_by=".spec.version").rows] == ["c", "b", "a"]
    assert server.asked[-1][1]["includeObject"] == "Object"


@pytest.mark.parametrize(
    ("sort_by", "said"),
    [
        (".spec.nope", "No dispatch has `.spec.nope` to sort by"),
        (".metadata.labels", "`.metadata.labels` is no single value to sort by"),
        (".a..b", "`.a..b` is no path to sort by"),
    ],
)
def test_a_path_that_gives_no_order_is_said(sort_by: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ask(Server({PATH: [page(dispatch("a", labels={"x": "y"}))]}), sort_by=sort_by)
    assert refused.value.what == said
    # Of nothing, everything is in order.
    if ".." not in sort_by:
        assert ask(Server({PATH: [page()]}), sort_by=sort_by).rows == ()


# --- secrets


SECRET: dict[str, Any] = {
    "metadata": {
        "name": "db",
        "namespace": "shop",
        "creationTimestamp": None,
        "annotations": {"kept": "c2VjcmV0LXZhbHVl"},
    },
    "type": "Opaque",
    "data": {"password": "c2VjcmV0LXZhbHVl"},
}


@pytest.mark.parametrize(
    "query", [{"wide": True, "labels": True}, {"sort_by": ".metadata.name"}, {"sort_by": ".type"}]
)
def test_no_shape_of_a_list_holds_a_secrets_value(query: dict[str, Any]) -> None:
    body = table("Secret", [SECRET], {}, "Object", NOW)
    found = ask(Server({"/api/v1/secrets": [body]}), "secrets", **query)
    assert [row["NAME"] for row in shown(found)] == ["db"]
    assert "c2VjcmV0" not in repr((found, shown(found)))
    assert {"DATA": "1", "KEYS": "password"}.items() <= shown(found)[0].items()


@pytest.mark.parametrize("sort_by", [".data.password", "{.data['password']}", ".stringData.password"])
def test_secrets_are_not_put_in_the_order_of_their_values(sort_by: str) -> None:
    body = {"metadata": {}, "columnDefinitions": [], "rows": [{"cells": [], "object": SECRET}]}
    with pytest.raises(InvalidRequest, match="values of secrets are not read"):
        ask(Server({"/api/v1/secrets": [body]}), "secrets", sort_by=sort_by)
