"""Listing over a real TLS connection: pages, retries, deadlines, and what is kept."""

import threading
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import formats
from connector.cluster import Cluster
from connector.errors import (
    ConnectionNotFound,
    Failure,
    Forbidden,
    InvalidRequest,
    ListExpired,
    NotFound,
    ServerError,
    Throttled,
    Unauthorized,
    Unreachable,
)
from connector.lanes import Deadline
from connector.resources import KINDS, Health, Listing, Query
from tests.connector.api_server import Answer, ApiServer, recorded, wait_until

PODS = "/api/v1/pods"


def pods(count: int, namespaces: int = 24) -> list[dict[str, Any]]:
    """Healthy pods, as large as real ones are with their managed fields."""
    model = next(item for item in recorded("pods.json")["items"] if item["metadata"]["name"] == "running-two")
    padding: dict[str, Any] = {"managedFields": [{"fieldsV1": {f"f:{number}": {} for number in range(300)}}]}
    return [
        model
        | {
            "metadata": {
                **model["metadata"],
                **padding,
                "name": f"pod-{n:05}",
                "namespace": f"ns-{n % namespaces}",
            }
        }
        for n in range(count)
    ]


def lanes() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "lane"}


def listed(cluster: Cluster, seconds: float = 10, **query: Any) -> Listing:
    kind = KINDS[query.pop("kind", "pods")]
    return cluster.list(kind, Query(kind.plural, **query), Deadline(seconds))


def test_pages_of_five_hundred_are_read_to_the_end(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(1234))
    seen: list[tuple[int, int | None]] = []
    found = cluster.list(
        KINDS["pods"], Query("pods"), Deadline(10), lambda rows, expected: seen.append((rows, expected))
    )
    assert sorted(row.name for row in found.rows) == [f"pod-{n:05}" for n in range(1234)]
    assert (found.total, found.namespaces, found.sick, found.complete, found.expected) == (
        1234,
        24,
        0,
        True,
        None,
    )
    assert seen == [(500, 1234), (1000, 1234), (1234, None)]
    assert [request.query for request in api.asked(PODS)] == [
        {"limit": "500"},
        {"limit": "500", "continue": "500"},
        {"limit": "500", "continue": "1000"},
    ]


def test_bodies_come_compressed(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(500))
    assert listed(cluster).total == 500
    (request,) = api.asked(PODS)
    assert request.headers["accept-encoding"] == "gzip"
    plain = 500 * 5000
    assert api.bytes_sent < plain / 10


def test_two_connections_serve_all_pages(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(1500))
    most = 0

    def watch(_rows: int, _expected: int | None) -> None:
        nonlocal most
        most = max(most, api.open_sockets)

    cluster.list(KINDS["pods"], Query("pods"), Deadline(10), watch)
    assert most <= 2


def test_memory_stays_flat(cluster: Cluster, api: ApiServer) -> None:
    items = pods(500)
    api.put(PODS, items)
    listed(cluster)

    def peak(count: int) -> int:
        api.put(PODS, items * (count // 500))
        tracemalloc.start()
        # Tracing takes its time, on a busy machine more than a command has.
        found = listed(cluster, 120, words=("no-such-pod",))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (found.total, found.rows) == (count, ())
        return most

    # The test's own server is in this process too, and how far it is ahead varies: the least of several counts.
    # Kept pages would make it four times.
    assert min(peak(4000) for _ in range(2)) < 2 * min(peak(1000) for _ in range(2))


def test_sickest_first_then_by_namespace_and_name(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, recorded("pods.json")["items"])
    found = listed(cluster)
    keys = [(row.health, row.namespace, row.name) for row in found.rows]
    assert keys == sorted(keys)
    assert found.rows[0].health is Health.BROKEN
    assert (len(found.rows), found.sick) == (29, 22)


def test_every_word_has_to_be_in_the_name(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, recorded("pods.json")["items"])
    assert [row.name for row in listed(cluster, words=("OOM", "run")).rows] == ["oom-then-running"]
    assert listed(cluster, words=("oom", "nope")).rows == ()


def test_a_namespace_and_a_selector_are_left_to_the_server(cluster: Cluster, api: ApiServer) -> None:
    api.put("/api/v1/namespaces/kube-system/pods", pods(1))
    assert listed(cluster, namespace="kube-system", selector="app in (a,b),tier!=db").total == 1
    (request,) = api.requests
    assert request.query == {"limit": "500", "labelSelector": "app in (a,b),tier!=db"}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("pods", "/api/v1/namespaces/odd-a/pods"),
        ("services", "/api/v1/namespaces/odd-a/services"),
        ("deployments", "/apis/apps/v1/namespaces/odd-a/deployments"),
        ("nodes", "/api/v1/nodes"),
    ],
)
def test_each_kind_is_asked_for_where_it_is(cluster: Cluster, api: ApiServer, kind: str, path: str) -> None:
    api.put(path, recorded(f"{kind}.json")["items"])
    assert listed(cluster, kind=kind, namespace="odd-a").total == len(recorded(f"{kind}.json")["items"])
    everywhere = path.replace("/namespaces/odd-a", "")
    api.put(everywhere, [])
    assert listed(cluster, kind=kind).total == 0


@pytest.mark.parametrize("name", ["..", "a/b", "", "A", "x" * 64, "-a", "a\n", "%2e%2e", "kube system"])
def test_what_cannot_be_a_namespace_is_never_sent(cluster: Cluster, api: ApiServer, name: str) -> None:
    with pytest.raises(InvalidRequest, match="namespace"):
        listed(cluster, namespace=name)
    assert api.requests == []


def test_a_bad_selector_is_told_in_the_servers_words(cluster: Cluster, api: ApiServer) -> None:
    api.will_answer(PODS, Answer.of("400-selector"))
    with pytest.raises(InvalidRequest) as caught:
        listed(cluster, selector="app==")
    assert caught.value.why == "unable to parse requirement: found '=', expected: identifier"
    with pytest.raises(InvalidRequest, match="too long"):
        listed(cluster, selector="a" * 2001)


def test_what_rbac_forbids_is_told_with_verb_and_resource(cluster: Cluster, api: ApiServer) -> None:
    api.will_answer(PODS, Answer.of("403"))
    api.will_answer("/api/v1/namespaces/odd-a/pods", Answer.of("403-namespaced"))
    with pytest.raises(Forbidden) as everywhere:
        listed(cluster)
    assert everywhere.value.what == "`prod` refused: list pods"
    assert 'User "slack:U123" cannot list resource "pods"' in everywhere.value.why
    assert everywhere.value.hint == (
        'Ask for a ClusterRole with this rule: `{apiGroups: [""], resources: [pods], verbs: [list]}`'
    )
    with pytest.raises(Forbidden) as inside:
        listed(cluster, namespace="odd-a")
    assert inside.value.what == "`prod` refused: list pods in the namespace `odd-a`"
    assert inside.value.hint == (
        'Ask for a Role with this rule: `{apiGroups: [""], resources: [pods], verbs: [list]}`'
    )


def test_a_resource_that_is_not_there(cluster: Cluster) -> None:
    with pytest.raises(NotFound) as caught:
        listed(cluster)
    assert caught.value.why == "404 page not found"


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(429, headers={"Retry-After": "0"})],
        [Answer(500), Answer(503)],
        [Answer(cut=True)],
        [Answer(502, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})],
        [Answer(503, headers={"Retry-After": "soon"})],
        [Answer.of("401")],
    ],
)
def test_what_passes_is_tried_again(cluster: Cluster, api: ApiServer, answers: list[Answer]) -> None:
    api.put(PODS, pods(1))
    api.will_answer(PODS, *answers)
    assert listed(cluster).total == 1
    assert len(api.asked(PODS)) == len(answers) + 1


@pytest.mark.parametrize(
    ("answer", "failure", "tries"),
    [
        (Answer(429), Throttled, 3),
        (Answer(500), ServerError, 3),
        (Answer(cut=True), Unreachable, 3),
        (Answer.of("401"), Unauthorized, 2),
        (Answer.of("403"), Forbidden, 1),
        (Answer.of("404-resource"), NotFound, 1),
        (Answer(body=b"\x1f\x8bno", headers={"Content-Encoding": "gzip"}), ServerError, 1),
        (Answer(body=b'{"items": 7, "metadata": {}}'), ServerError, 1),
    ],
)
def test_what_does_not_pass_is_tried_so_often_and_told(
    cluster: Cluster, api: ApiServer, answer: Answer, failure: type[Failure], tries: int
) -> None:
    api.will_answer(PODS, *[answer] * 9)
    with pytest.raises(failure):
        listed(cluster)
    assert len(api.asked(PODS)) == tries


def test_a_server_that_asks_for_more_patience_than_there_is_time_is_told_at_once(
    cluster: Cluster, api: ApiServer
) -> None:
    api.will_answer(PODS, Answer(429, headers={"Retry-After": "3600"}))
    began = time.monotonic()
    with pytest.raises(Throttled):
        listed(cluster, seconds=5)
    assert time.monotonic() - began < 2


def test_a_list_that_expires_is_started_over_once(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(700))
    expired = Answer(
        410, b'{"kind":"Status","message":"The provided continue parameter is too old","code":410}'
    )

    api.will_answer(PODS, None, expired)
    found = listed(cluster)
    assert (found.total, len(found.rows), found.complete) == (700, 700, True)
    api.will_answer(PODS, None, expired, None, expired)
    with pytest.raises(ListExpired, match="expired before it was read"):
        listed(cluster)


STALLS: list[Callable[[], Answer]] = [
    lambda: Answer(hang=True),
    lambda: Answer(body=b" " * 4000, trickle=0.02),
    # Each header is something read, which no socket's timeout minds.
    lambda: Answer(headers={f"X-{number}": "x" for number in range(100)}, trickle=0.1, trickle_head=True),
]


@pytest.mark.parametrize("stall", STALLS)
def test_the_deadline_holds_when_nothing_comes(
    cluster: Cluster, api: ApiServer, stall: Callable[[], Answer]
) -> None:
    api.will_answer(PODS, stall())
    began = time.monotonic()
    with pytest.raises(Unreachable):
        listed(cluster, seconds=0.4)
    assert 0.3 < time.monotonic() - began < 1.5


@pytest.mark.parametrize("stall", STALLS[:2])
def test_the_thread_that_waited_ends_soon_after(
    cluster: Cluster, api: ApiServer, stall: Callable[[], Answer]
) -> None:
    before = set(threading.enumerate())
    api.will_answer(PODS, stall())
    with pytest.raises(Unreachable):
        listed(cluster, seconds=0.3)
    assert lanes() - before
    wait_until(lambda: not lanes() - before)


@pytest.mark.parametrize("stall", STALLS)
def test_at_the_deadline_what_was_found_so_far_is_given(
    cluster: Cluster, api: ApiServer, stall: Callable[[], Answer]
) -> None:
    api.put(PODS, pods(1100))

    api.will_answer(PODS, None, None, stall())
    # Long enough for the two pages that come, also on a machine that does much else.
    began = time.monotonic()
    found = listed(cluster, seconds=4.0)
    assert time.monotonic() - began < 9
    assert (found.total, len(found.rows), found.complete, found.expected) == (1000, 1000, False, 1100)


def test_with_a_selector_the_server_gives_no_estimate(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(600))
    api.will_answer(PODS, None, Answer(hang=True))
    found = listed(cluster, seconds=3.0, selector="app=a")
    assert (found.total, found.complete, found.expected) == (500, False, None)


def test_a_stalled_tls_handshake_does_not_outlive_the_deadline(cluster: Cluster, api: ApiServer) -> None:
    api.shutdown()  # connections queue at the socket, and nobody shakes hands
    began = time.monotonic()
    with pytest.raises(Unreachable):
        listed(cluster, seconds=0.4)
    assert time.monotonic() - began < 1.5


def test_namespaces_are_named_in_order(cluster: Cluster, api: ApiServer) -> None:
    names = [f"team-{number}" for number in range(700)]
    api.put("/api/v1/namespaces", [{"metadata": {"name": name}} for name in names])
    assert cluster.namespaces(Deadline(5)) == tuple(sorted(names))


def test_a_closed_cluster_answers_nothing_and_keeps_no_socket(cluster: Cluster, api: ApiServer) -> None:
    api.put(PODS, pods(1))
    listed(cluster)
    cluster.close()
    assert api.no_sockets()
    with pytest.raises(ConnectionNotFound, match="closed meanwhile"):
        listed(cluster)
    assert api.no_sockets()


def test_closing_ends_the_waiting_between_tries(cluster: Cluster, api: ApiServer) -> None:
    api.will_answer(PODS, Answer(429, headers={"Retry-After": "8"}))
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            listed(cluster, seconds=20)
        except Failure as failure:
            raised.append(failure)

    asking = threading.Thread(target=ask)
    asking.start()
    while not api.asked(PODS):
        time.sleep(0.005)
    cluster.close()
    asking.join(5)
    assert [type(one) for one in raised] == [ConnectionNotFound]


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_namespace_cannot_leave_its_place_in_the_path(name: str) -> None:
    try:
        formats.namespace(name)
    except InvalidRequest:
        return
    assert name.replace("-", "a").isalnum()
    assert name.isascii()
