"""Whatever a server answers in place of JSON, of each reading it is one error of ours, which holds none of it."""

from collections.abc import Callable
from typing import Any

import pytest

from connector import tables
from connector.cluster import Cluster
from connector.description import describe
from connector.errors import ServerError
from connector.lanes import Deadline
from connector.objects import Ref, find, whole
from connector.resources import KINDS, Query
from tests.connector.api_server import Answer, ApiServer

PODS = KINDS["pods"].resource
SECRET = b"hunter2"
# Not UTF-8, nested without end, another shape, a page of a proxy.
ANSWERS = {
    "no text": b'{"metadata": {"continue": "' + SECRET + b'\xff"}, "kind": "\xff"}',
    "nested": b'{"metadata": {}, "spec": ' + b"[" * 200_000,
    "another shape": b'["' + SECRET + b'"]',
    "a page": b"<html>" + SECRET,
}

Reading = Callable[[Cluster], Any]
READINGS: dict[str, tuple[str, Reading]] = {
    "version": ("/version/", lambda cluster: cluster.version(Deadline(5))),
    "kinds": ("/api", lambda cluster: cluster.served(Deadline(5))),
    "list": ("/api/v1/pods", lambda cluster: cluster.list(KINDS["pods"], Query("pods"), Deadline(5))),
    "table": ("/api/v1/pods", lambda cluster: tables.listed(cluster, Query("pods", wide=True), Deadline(5))),
    "names": ("/api/v1/pods", lambda cluster: find(cluster, PODS, "cart", Deadline(5))),
    "object": (
        "/api/v1/namespaces/shop/pods/cart",
        lambda cluster: whole(cluster, Ref(PODS, "shop", "cart"), Deadline(5)),
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("reading", READINGS)
def test_what_is_not_kubernetes_is_said_to_be_so(
    api: ApiServer, cluster: Cluster, reading: str, answer: str
) -> None:
    path, read = READINGS[reading]
    api.will_answer(path, *[Answer(body=ANSWERS[answer])] * 3)
    with pytest.raises(ServerError) as refused:
        read(cluster)
    failure = refused.value
    assert "answered with something that is not Kubernetes" in failure.what
    assert SECRET.decode() not in f"{failure.what}{failure.why}{failure.hint}{failure.__cause__}"


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_stands_around_an_object_may_be_unreadable(
    api: ApiServer, cluster: Cluster, answer: str
) -> None:
    api.will_answer("/api/v1/namespaces/shop/events", Answer(body=ANSWERS[answer]))
    pod = {"kind": "Pod", "metadata": {"name": "cart", "namespace": "shop"}}
    told = describe(cluster, PODS, pod, Deadline(5))
    assert told.name == "cart"
    assert any("events: " in one and "not Kubernetes" in one for one in told.missing)
    assert SECRET.decode() not in str(told)
