"""Tables against those a real server made of the same objects, and against the ones the clusters serve."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.fleet import Cluster, Fleet
from playground.kubernetes.resources import RESOURCES
from playground.kubernetes.tables import table
from playground.kubernetes.tables.text import duration, epoch
from tests.playground.eks_client import Raw, token

_RECORDED = Path(__file__).parent.parent / "data" / "recorded"
_TAKEN_AT = epoch("2026-11-23T07:03:32Z")
_TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}


@pytest.fixture
def staging(fleet: Fleet) -> Cluster:
    return fleet.cluster("staging-payments")


@pytest.fixture
def raw(fleet: Fleet, staging: Cluster) -> Raw:
    return Raw(staging, token(fleet.users["payments-bot"], staging.name, staging.region))


def get(raw: Raw, path: str, **query: str) -> Any:
    answer = raw.request(path, headers=_TABLE, query=query)
    assert answer.status == 200
    return json.loads(answer.data)


@pytest.mark.parametrize(
    ("plural", "kind"),
    [("pods", "Pod"), ("services", "Service"), ("deployments", "Deployment"), ("nodes", "Node")],
)
def test_a_table_is_the_one_a_real_server_made(plural: str, kind: str) -> None:
    items = json.loads((_RECORDED / f"{plural}.json").read_text())["items"]
    real = json.loads((_RECORDED / f"{plural}.table.json").read_text())
    mine = table(kind, items, {}, "Metadata", _TAKEN_AT)
    assert [column["name"] for column in mine["columnDefinitions"]] == real["columns"]
    assert [row["cells"] for row in mine["rows"]] == real["rows"]
    assert len(real["rows"]) > 5


def test_the_rows_of_pods_that_ended_say_so() -> None:
    items = json.loads((_RECORDED / "pods.json").read_text())["items"]
    rows = {row["cells"][0]: row for row in table("Pod", items, {}, "Metadata", _TAKEN_AT)["rows"]}
    ended = {name: row["conditions"][0] for name, row in rows.items() if "conditions" in row}
    assert len(ended) == 7
    assert ended["completed"] == {
        "type": "Completed",
        "status": "True",
        "reason": "Succeeded",
        "message": "The pod has completed successfully.",
    }
    assert ended["evicted"]["message"] == "The pod failed."


@pytest.mark.parametrize("group_version, plural", list(RESOURCES))  # noqa: PT006
def test_every_kind_has_a_table_whose_rows_fill_its_columns(
    raw: Raw, staging: Cluster, group_version: str, plural: str
) -> None:
    root = "apis" if "/" in group_version else "api"
    found = get(raw, f"/{root}/{group_version}/{plural}", limit="50")
    columns = found["columnDefinitions"]
    assert columns[0]["name"] in {"Name", "Last Seen"}
    stored = RESOURCES[group_version, plural].stored_as
    assert len(found["rows"]) == min(50, len(staging.records(stored)))
    for row in found["rows"]:
        assert len(row["cells"]) == len(columns)
        assert row["object"]["kind"] == "PartialObjectMetadata"
        for cell, column in zip(row["cells"], columns, strict=True):
            if column["type"] == "integer":
                assert isinstance(cell, int)


def test_pages_and_selectors_hold_for_tables_too(raw: Raw) -> None:
    first = get(raw, "/api/v1/pods", limit="10")
    assert first["metadata"]["remainingItemCount"] == 410
    second = get(raw, "/api/v1/pods", limit="10", **{"continue": first["metadata"]["continue"]})
    seen = [(r["object"]["metadata"]["namespace"], r["cells"][0]) for t in (first, second) for r in t["rows"]]
    assert len(set(seen)) == 20
    assert seen == sorted(seen)
    chosen = get(raw, "/api/v1/namespaces/chaos/pods", labelSelector="app=rolling")
    assert {row["cells"][2] for row in chosen["rows"]} == {"Running"}
    assert len(chosen["rows"]) == 4


def test_one_object_is_a_table_of_one_row(raw: Raw) -> None:
    found = get(raw, "/apis/apps/v1/namespaces/chaos/deployments/rolling")
    assert [row["cells"][:4] for row in found["rows"]] == [["rolling", "4/4", 2, 4]]
    assert found["metadata"]["resourceVersion"] == found["rows"][0]["object"]["metadata"]["resourceVersion"]


@pytest.mark.parametrize(
    ("include", "kind"), [("Object", "Namespace"), ("Metadata", "PartialObjectMetadata")]
)
def test_rows_carry_as_much_of_the_object_as_asked(raw: Raw, include: str, kind: str) -> None:
    found = get(raw, "/api/v1/namespaces", includeObject=include)
    assert {row["object"]["kind"] for row in found["rows"]} == {kind}
    assert all(row["object"] is None for row in get(raw, "/api/v1/namespaces", includeObject="None")["rows"])
    assert raw.request("/api/v1/namespaces", headers=_TABLE, query={"includeObject": "All"}).status == 400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (10_799, "179m"),
        (10_800, "3h"),
        (28_799, "7h59m"),
        (28_800, "8h"),
        (172_799, "47h"),
        (172_800, "2d"),
        (176_400, "2d1h"),
        (691_200, "8d"),
        (63_071_999, "729d"),
        (63_072_000, "2y"),
        (63_158_400, "2y1d"),
        (252_288_000, "8y"),
    ],
)
def test_ages_are_worded_as_kubectl_words_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
