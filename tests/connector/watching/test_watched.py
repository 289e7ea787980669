"""Lists that are watched: given again without a list, kept up to date, and never for longer than they are true."""

import json
import threading
from typing import Any

import pytest

from connector.cluster import Cluster
from connector.errors import Unreachable
from connector.lanes import Deadline
from connector.resources import KINDS, Query
from tests.connector.api_server import Answer, ApiServer
from tests.connector.watching.conftest import (
    PODS,
    VERSION,
    WAIT,
    MakeCluster,
    Told,
    bookmark,
    counted,
    event,
    listed,
    lists,
    names,
    pod,
    threads,
    until,
    watches,
)

Json = dict[str, Any]

pytestmark = pytest.mark.usefixtures("three_pods")


def test_what_was_listed_once_is_not_listed_again(cluster: Cluster, api: ApiServer) -> None:
    first = listed(cluster)
    again = listed(cluster)
    assert lists(api) == 1
    assert (again.rows, again.total, again.namespaces, again.sick) == (first.rows, 3, 2, 0)
    assert (again.complete, again.silent) == (True, 0.0)
    until(lambda: watches(api) == [str(VERSION)])
    (watch,) = [one for one in api.asked(PODS) if "watch" in one.query]
    assert watch.query["allowWatchBookmarks"] == "true"
    assert int(watch.query["timeoutSeconds"]) < 350


def test_before_an_answer_that_is_a_second_old_the_server_is_asked(cluster: Cluster, api: ApiServer) -> None:
    listed(cluster)
    assert counted(api) == 0

    def asked() -> bool:
        assert names(listed(cluster)) == ["b", "a", "c"]
        return counted(api) == 3

    until(asked)
    assert lists(api) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"namespace": "shop"}, (["a", "c"], 2)),
        ({"namespace": "nowhere"}, ([], 0)),
        ({"words": ("A",)}, (["a"], 3)),
        ({"namespaces": ("ba*",)}, (["b"], 1)),
        ({"namespaces": ("ba*",), "words": ("c",)}, ([], 1)),
    ],
)
def test_other_questions_are_answered_from_the_same_rows(
    cluster: Cluster, api: ApiServer, make: MakeCluster, query: Json, expected: tuple[list[str], int]
) -> None:
    listed(cluster)
    found = listed(cluster, **query)
    assert (names(found), found.total) == expected
    assert lists(api) == 1
    api.put("/api/v1/namespaces/nowhere/pods", [])
    api.put("/api/v1/namespaces/shop/pods", [pod("a"), pod("c")])
    unwatched = listed(make(None), **query)
    assert (unwatched.rows, unwatched.total, unwatched.namespaces, unwatched.near) == (
        found.rows,
        found.total,
        found.namespaces,
        found.near,
    )


def test_a_list_of_a_namespace_is_watched_for_itself(cluster: Cluster, api: ApiServer) -> None:
    path = "/api/v1/namespaces/shop/pods"
    api.put(path, [pod("a"), pod("c")])
    for _ in range(2):
        assert names(listed(cluster, namespace="shop")) == ["a", "c"]
    assert (lists(api, path), lists(api)) == (1, 0)
    assert names(listed(cluster)) == ["b", "a", "c"]
    assert lists(api) == 1


@pytest.mark.parametrize("query", [{"selector": "app=a"}, {"fields": "spec.nodeName=n"}])
def test_what_the_server_selects_is_asked_of_it_each_time(
    cluster: Cluster, api: ApiServer, query: Json
) -> None:
    for _ in range(2):
        listed(cluster, **query)
    assert lists(api) == 2
    assert watches(api) == []


def test_secrets_are_never_watched(cluster: Cluster, api: ApiServer) -> None:
    path = "/api/v1/secrets"
    api.put(path, [{"metadata": {"name": "s", "namespace": "shop"}, "type": "Opaque", "data": {}}])
    for _ in range(2):
        cluster.list(KINDS["secrets"], Query("secrets"), Deadline(5))
    assert (lists(api, path), watches(api, path)) == (2, [])


def test_changes_are_in_the_next_answer(cluster: Cluster, api: ApiServer) -> None:
    told = Told(api)
    listed(cluster)
    api.put(PODS, [pod("a"), pod("c"), pod("d")])
    told.say(
        event("DELETED", pod("b", "bank", version=VERSION + 1)),
        event("ADDED", pod("d", version=VERSION + 2)),
        event("MODIFIED", pod("c", version=VERSION + 3, reason="CrashLoopBackOff")),
    )
    until(lambda: names(listed(cluster)) == ["c", "a", "d"])
    assert (listed(cluster).sick, lists(api)) == (1, 1)


def test_a_change_that_was_never_told_is_found_by_counting(cluster: Cluster, api: ApiServer) -> None:
    listed(cluster)
    api.put(PODS, [pod("a")])
    until(lambda: names(listed(cluster)) == ["a"])
    assert lists(api) == 2


def test_lines_come_in_whatever_pieces(cluster: Cluster, api: ApiServer) -> None:
    told = Told(api)
    listed(cluster)
    api.put(PODS, [pod("a"), pod("b", "bank"), pod("c"), pod("d"), pod("é")])
    lines = (
        event("ADDED", pod("d", version=VERSION + 1))
        + b"\n"
        + json.dumps({"type": "ADDED", "object": pod("é", version=VERSION + 2)}, ensure_ascii=False).encode()
        + b"\n"
    )
    told.say(*(lines[at : at + 7] for at in range(0, len(lines), 7)))
    until(lambda: names(listed(cluster)) == ["b", "a", "c", "d", "é"])
    assert lists(api) == 1


def test_an_object_may_be_huge(cluster: Cluster, api: ApiServer) -> None:
    told = Told(api)
    listed(cluster)
    huge = pod("huge", version=VERSION + 1)
    huge["metadata"]["annotations"] = {"blob": "x" * 3_000_000}
    api.put(PODS, [pod("a"), pod("b", "bank"), pod("c"), pod("huge")])
    told.say(event("ADDED", huge))
    until(lambda: "huge" in names(listed(cluster)))
    assert lists(api) == 1


def test_a_line_without_an_end_ends_the_watch(cluster: Cluster, api: ApiServer) -> None:
    told = Told(api)
    listed(cluster)
    told.say(*[b"x" * 1_000_000] * 17)
    until(lambda: not threads())
    assert names(listed(cluster)) == ["b", "a", "c"]
    assert lists(api) == 2


def test_a_watch_that_the_server_ends_goes_on_where_it_was(cluster: Cluster, api: ApiServer) -> None:
    first, second = Told(api), Told(api)
    listed(cluster)
    first.say(bookmark(VERSION + 50))
    first.end()
    until(lambda: watches(api) == [str(VERSION), str(VERSION + 50)])
    api.put(PODS, [pod("a"), pod("b", "bank"), pod("c"), pod("d")])
    second.say(event("ADDED", pod("d", version=VERSION + 51)))
    until(lambda: "d" in names(listed(cluster)))
    assert lists(api) == 1


def test_a_connection_that_breaks_amid_a_line_goes_on_before_it(cluster: Cluster, api: ApiServer) -> None:
    first, second = Told(api), Told(api)
    listed(cluster)
    line = event("ADDED", pod("d", version=VERSION + 1))
    first.say(line[: len(line) // 2])
    first.cut()
    until(lambda: watches(api) == [str(VERSION)] * 2)
    api.put(PODS, [pod("a"), pod("b", "bank"), pod("c"), pod("d")])
    second.say(line)
    until(lambda: "d" in names(listed(cluster)))


EXPIRED = {"kind": "Status", "code": 410, "reason": "Expired", "metadata": {}}


def test_a_version_that_is_too_old_is_listed_again(cluster: Cluster, api: ApiServer) -> None:
    told = Told(api)
    listed(cluster)
    told.say(event("ERROR", EXPIRED))
    until(lambda: not threads())
    assert names(listed(cluster)) == ["b", "a", "c"]
    until(lambda: len(watches(api)) == 2)
    assert lists(api) == 2


@pytest.mark.parametrize("answer", [Answer(410, json.dumps(EXPIRED).encode()), Answer.of("401")])
def test_a_watch_that_is_refused_for_its_age_or_asker_is_over(
    cluster: Cluster, api: ApiServer, answer: Answer
) -> None:
    api.will_tell(PODS, answer, answer)
    listed(cluster)
    until(lambda: not threads() and bool(watches(api)))
    listed(cluster)
    assert lists(api) == 2


def test_a_first_list_that_expires_begins_a_watch_of_the_second(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, [pod(f"p-{at:04}") for at in range(700)])
    api.will_answer(PODS, None, Answer(410, json.dumps(EXPIRED).encode()))
    assert listed(cluster).total == 700
    assert listed(cluster).total == 700
    assert lists(api) == 2


def test_a_list_that_was_cut_short_begins_nothing(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, [pod(f"p-{at:04}") for at in range(700)])
    api.will_answer(PODS, None, Answer(hang=True))
    found = listed(cluster, seconds=3.0)
    assert (found.total, found.complete) == (500, False)
    assert watches(api) == []
    api.answers.clear()
    assert listed(cluster).total == 700


def test_who_may_list_but_not_watch_gets_lists(cluster: Cluster, api: ApiServer) -> None:
    api.will_tell(PODS, *[Answer.of("403")] * 9)
    listed(cluster)
    until(lambda: len(watches(api)) == 1 and not threads())
    for _ in range(5):
        assert names(listed(cluster)) == ["b", "a", "c"]
    # It is not asked for a watch again and again.
    assert (lists(api), watches(api)) == (6, [str(VERSION)])


@pytest.mark.parametrize("answer", [Answer(405), Answer(500), Answer(429), Answer(cut=True)])
def test_where_no_watch_ever_comes_about_lists_are_taken_anew(
    cluster: Cluster, api: ApiServer, answer: Answer
) -> None:
    api.will_tell(PODS, *[answer] * 500)
    listed(cluster)
    until(lambda: listed(cluster).silent == 0 and lists(api) == 2)
    listed(cluster)
    assert lists(api) == 3


def test_an_answer_after_the_watch_was_lost_is_as_new_as_any(cluster: Cluster, api: ApiServer) -> None:
    """Counting alone does not show that an object has changed."""
    told = Told(api)
    listed(cluster)
    until(lambda: len(watches(api)) == 1)
    api.will_tell(PODS, *[Answer(500)] * 500)
    told.cut()
    api.put(PODS, [pod("a", reason="Error"), pod("b", "bank"), pod("c")])
    until(lambda: listed(cluster).sick == 1)
    assert lists(api) == 2


def test_a_server_that_hangs_is_told_of_with_what_was_known(cluster: Cluster, api: ApiServer) -> None:
    first = listed(cluster)
    api.will_answer(PODS, *[Answer(hang=True)] * 50)
    until(lambda: listed(cluster).silent > 0)
    found = listed(cluster)
    assert found.rows == first.rows
    assert found.silent > 1.0
    assert found.taken_at < first.taken_at + 60
    api.answers.clear()
    until(lambda: listed(cluster).silent == 0)
    assert lists(api) == 1


def test_many_who_look_at_a_server_that_hangs_wait_together(cluster: Cluster, api: ApiServer) -> None:
    listed(cluster)
    api.will_answer(PODS, *[Answer(hang=True)] * 50)
    until(lambda: listed(cluster).silent > 0)
    before = counted(api)
    asking = [threading.Thread(target=listed, args=(cluster,)) for _ in range(30)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(WAIT)
    # Not thirty, one after the other.
    assert counted(api) - before < 6


def test_a_server_that_fails_is_told_of_too(cluster: Cluster, api: ApiServer) -> None:
    listed(cluster)
    api.will_answer(PODS, *[Answer(503)] * 100)
    until(lambda: listed(cluster).silent > 0)
    assert lists(api) == 1


def test_a_server_that_went_away_for_good_is_an_error_in_the_end(
    cluster: Cluster, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.watching.watched._OLDEST_SECONDS", 1.0)
    listed(cluster)
    api.will_answer(PODS, *[Answer(cut=True)] * 5000)

    def gone() -> bool:
        try:
            listed(cluster)
        except Unreachable:
            return True
        return False

    until(gone)


def test_a_server_that_counts_otherwise_than_it_lists_is_not_watched_again_and_again(
    cluster: Cluster, api: ApiServer
) -> None:
    api.put(PODS, [pod("a"), pod("a"), pod("b")])
    listed(cluster)
    until(lambda: listed(cluster).total == 3 and lists(api) == 2)
    for _ in range(3):
        assert listed(cluster).total == 3
    assert (lists(api), len(watches(api))) == (5, 1)
