"""How a cluster is at a glance, as the recorded server's tables and nodes tell it."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector import pulse
from connector.api import Api, Parameters
from connector.cluster import Cluster
from connector.errors import Failure, Forbidden, ServerError, Unreachable
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.paging import Head
from connector.pulse import Counted

DATA = Path(__file__).parent.parent / "data" / "recorded"
WHO = Impersonate("slack:U1", ())


class Told(Api):
    """An API server that gives one page after the other, or fails, and writes down what it is asked."""

    def __init__(self, *pages: Any) -> None:
        self.facts = {}
        self.pages = list(pages)
        self.asked: list[tuple[str, dict[str, Any], str, Impersonate | None]] = []

    def get(
        self,
        action: str,
        path: str,
        deadline: Deadline,
        *,
        query: Parameters | None = None,
        accept: str = "",
        impersonate: Impersonate | None = None,
        head: Head | None = None,
    ) -> bytes:
        self.asked.append((path, dict(query or {}), accept, impersonate))
        page = self.pages.pop(0)
        if isinstance(page, Failure):
            raise page
        return page if isinstance(page, bytes) else json.dumps(page).encode()


def table(*rows: tuple[str, str, str], more: str = "") -> dict[str, Any]:
    """Pods as (namespace, name, status)."""
    return {
        "metadata": {"continue": more},
        "columnDefinitions": [{"name": name} for name in ("Name", "Ready", "Status", "Restarts")],
        "rows": [
            {
                "cells": [name, "1/1", status, 0],
                "object": {"metadata": {"name": name, "namespace": namespace}},
            }
            for namespace, name, status in rows
        ],
    }


def pods(api: Told, **how: Any) -> Counted:
    return pulse.pods(Cluster(api), Deadline(5), **how)


def test_the_recorded_servers_pods_are_counted_by_kubectls_status() -> None:
    said = json.loads((DATA / "pods.table.json").read_text())
    whole = {
        "metadata": {"resourceVersion": "1"},
        "columnDefinitions": [{"name": name, "type": "string"} for name in said["columns"]],
        "rows": [{"cells": cells} for cells in said["rows"]],
    }
    lines = (DATA / "pods.kubectl.txt").read_text().splitlines()[1:]
    well = [line for line in lines if line.split()[2] in ("Running", "Completed", "Succeeded")]
    assert pods(Told(whole)) == Counted(len(well), len(lines))
    assert 0 < len(well) < len(lines)


def test_objects_are_not_asked_for_unless_their_namespace_decides() -> None:
    api = Told(
        table(("a", "x", "Running")), table(("a", "x", "Running"), ("b", "y", "Error"), ("bc", "z", "Error"))
    )
    assert pods(api, impersonate=WHO) == Counted(1, 1)
    assert pods(api, namespaces=("b*",)) == Counted(0, 2)
    (first, one, accept, who), (second, two, _, nobody) = api.asked
    assert (first, second) == ("/api/v1/pods", "/api/v1/pods")
    assert (one["includeObject"], two["includeObject"]) == ("None", "Metadata")
    assert "as=Table" in accept
    assert (who, nobody) == (WHO, None)


def test_one_namespace_is_asked_for_itself() -> None:
    api = Told(table())
    assert pods(api, namespace="shop") == Counted(0, 0)
    assert api.asked[0][0] == "/api/v1/namespaces/shop/pods"


def test_what_is_cut_short_says_so() -> None:
    api = Told(table(("a", "x", "Running"), more="token"), Unreachable("late"))
    assert pods(api) == Counted(1, 1, complete=False)


@pytest.mark.parametrize("failure", [Forbidden("no"), Unreachable("no")])
def test_what_the_cluster_says_is_raised(failure: Failure) -> None:
    with pytest.raises(type(failure)):
        pods(Told(failure))
    with pytest.raises(type(failure)):
        pulse.nodes(Cluster(Told(failure)), Deadline(5))


def test_a_table_that_is_none_is_an_error_of_ours() -> None:
    with pytest.raises(ServerError):
        pods(Told({"metadata": {}, "columnDefinitions": [{"name": "Name"}], "rows": []}))


def test_the_recorded_servers_nodes_are_counted() -> None:
    statuses = [line.split()[1] for line in (DATA / "nodes.kubectl.txt").read_text().splitlines()[1:]]
    api = Told((DATA / "nodes.json").read_bytes())
    counted = pulse.nodes(Cluster(api), Deadline(5), WHO)
    assert counted == Counted(sum(status.split(",")[0] == "Ready" for status in statuses), len(statuses))
    assert 0 < counted.well < counted.total
    assert api.asked[0][3] == WHO
