"""A page is read while the next one is on its way; what tells where that is may stand anywhere, and is not believed."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from connector.cluster import Cluster
from connector.lanes import Deadline, Lanes
from connector.paging import Head, Pages
from connector.resources import KINDS, Row
from connector.resources.wire import ListMeta
from tests.connector.api_server import Answer, ApiServer, wait_until
from tests.connector.test_cluster import PODS, lanes, listed, pods

ALL = [f"pod-{n:05}" for n in range(1200)]


def page(metadata: dict[str, Any], items: list[dict[str, Any]], *, last: bool) -> Answer:
    """A page with its metadata as its last part, or first."""
    parts = {"items": items, "metadata": metadata} if last else {"metadata": metadata, "items": items}
    return Answer(body=json.dumps({"kind": "PodList", **parts}).encode())


def continued(api: ApiServer) -> list[str]:
    return [request.query.get("continue", "") for request in api.asked(PODS)]


def test_the_next_page_is_asked_for_before_this_one_is_read(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(1200))
    asked_by_then = []

    def read(body: bytes) -> tuple[ListMeta, Iterable[Row]]:
        meta, rows = KINDS["pods"].read(body)
        if meta.continue_:
            wait_until(lambda: meta.continue_ in continued(api))
        asked_by_then.append(len(api.asked(PODS)))
        return meta, rows

    found = [row.name for _, rows in cluster.pages("list pods", PODS, read, Deadline(20)) for row in rows]
    assert found == ALL
    assert asked_by_then == [2, 3, 3]


def test_a_server_that_says_it_behind_the_items_is_read_to_the_end(cluster: Cluster, api: ApiServer) -> None:
    items = pods(1200)
    api.put(PODS, items)
    api.will_answer(PODS, page({"continue": "500"}, items[:500], last=True))
    assert [row.name for row in sorted(listed(cluster).rows, key=lambda row: row.name)] == ALL
    assert continued(api) == ["", "500", "1000"]


@pytest.mark.parametrize("last", [True, False])
def test_what_an_object_says_of_itself_is_no_page(last: bool) -> None:
    (item,) = pods(1)
    # At its very beginning, where a page's own metadata would be.
    item = {"labels": {"continue": "500"}, **item}
    body, ahead, asked = page({}, [item], last=last).body, Lanes(), []

    def get(token: str, head: Head) -> bytes:
        asked.append(token)
        head(body)
        return body

    assert Pages(ahead, get, Deadline(5)).page("") == body
    assert ahead.drain(5)
    assert asked == [""]


def test_a_page_that_was_not_the_next_one_is_dropped(cluster: Cluster, api: ApiServer) -> None:
    items = pods(1200)
    api.put(PODS, items)
    metadata = json.dumps({"continue": "500"})
    twice = f'{{"metadata": {{"continue": "7"}}, "metadata": {metadata}, "items": {json.dumps(items[:500])}}}'
    api.will_answer(PODS, Answer(body=twice.encode()))
    found = listed(cluster)
    assert (found.total, found.complete) == (1200, True)
    wait_until(lambda: "7" in continued(api))
    assert sorted(row.name for row in found.rows) == ALL


def test_who_reads_no_further_leaves_no_thread_behind(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(1200))
    before = lanes()
    pages = cluster.pages("list pods", PODS, KINDS["pods"].read, Deadline(5))
    next(pages)
    del pages
    wait_until(lambda: not lanes() - before)
