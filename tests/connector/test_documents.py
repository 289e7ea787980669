"""Whole objects for files: all that match and no others, masked, as the person, up to what there is room for."""

import base64
import json
from typing import Any

import pytest

from connector.connector import EKSConnector
from connector.documents import MOST, Extent, documents
from connector.errors import Forbidden, ServerError
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import KINDS, Query
from connector.served import Resource
from tests.connector.api_server import Answer, ApiServer, wait_until
from tests.connector.conftest import REGION, MakeCluster

CONFIG = KINDS["configmaps"].resource
SECRETS = KINDS["secrets"].resource


def plain(name: str, namespace: str = "pay", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, **more}


@pytest.fixture
def connected(connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer) -> EKSConnector:
    make_cluster("prod", api)
    connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    api.requests.clear()
    return connector


def read(
    connector: EKSConnector,
    resource: Resource,
    query: Query,
    *,
    room: int = MOST,
    impersonate: Impersonate | None = None,
    seconds: float = 20.0,
) -> tuple[list[dict[str, Any]], Extent]:
    taken: list[dict[str, Any]] = []

    def take(obj: dict[str, Any]) -> bool:
        if len(taken) == room:
            return False
        taken.append(obj)
        return True

    deadline = Deadline(seconds)
    extent = connector.ask(
        "prod",
        deadline,
        lambda cluster: documents(cluster, resource, query, deadline, take, impersonate=impersonate),
    )
    return taken, extent


def names(taken: list[dict[str, Any]]) -> list[str]:
    return [one["metadata"]["name"] for one in taken]


def test_all_that_match_say_what_they_are(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/api/v1/configmaps", [plain("cart"), plain("Cart-2", "pay-in"), plain("web", "web")])
    taken, extent = read(connected, CONFIG, Query("configmaps", namespaces=("pay*",), words=("CART",)))
    assert names(taken) == ["cart", "Cart-2"]
    assert all((one["apiVersion"], one["kind"]) == ("v1", "ConfigMap") for one in taken)
    assert (extent, extent.complete) == (Extent(2, 2), True)


def test_a_grouped_kind_says_its_group(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/apis/apps/v1/deployments", [plain("cart")])
    (cart,), _ = read(connected, KINDS["deployments"].resource, Query("deployments"))
    assert (cart["apiVersion"], cart["kind"]) == ("apps/v1", "Deployment")


def test_selectors_and_the_namespace_go_to_the_server_as_the_person(
    connected: EKSConnector, api: ApiServer
) -> None:
    api.put("/api/v1/namespaces/pay/configmaps", [])
    query = Query("configmaps", "pay", selector="app=cart", fields="metadata.name!=x")
    assert read(connected, CONFIG, query, impersonate=Impersonate("slack:ADA", ("viewers",)))[1] == Extent(
        0, 0
    )
    (request,) = api.requests
    assert request.path == "/api/v1/namespaces/pay/configmaps"
    assert (request.query["labelSelector"], request.query["fieldSelector"]) == (
        "app=cart",
        "metadata.name!=x",
    )
    assert (request.headers["impersonate-user"], request.groups) == ("slack:ADA", ("viewers",))


def test_no_value_of_a_secret_comes_along_in_a_list(connected: EKSConnector, api: ApiServer) -> None:
    # In a list no item says its kind.
    value = base64.b64encode(b"CANARY-value").decode()
    copy = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps({"data": {"password": value}})}
    secret = plain("db", data={"password": value, "anything": value}, type="Opaque")
    secret["metadata"] |= {"annotations": copy, "managedFields": [{"manager": "kubectl"}]}
    api.put("/api/v1/secrets", [secret])
    (taken,), _ = read(connected, SECRETS, Query("secrets"))
    assert "CANARY" not in str(taken)
    assert value not in str(taken)
    assert set(taken["data"]) == {"password", "anything"}
    assert "managedFields" not in taken["metadata"]
    assert "last-applied" not in str(taken["metadata"])


def test_what_is_said_to_be_there_is_more_than_what_there_is_room_for(
    connected: EKSConnector, api: ApiServer
) -> None:
    api.put("/api/v1/configmaps", [plain(f"cm-{at:04}") for at in range(1200)])
    taken, extent = read(connected, CONFIG, Query("configmaps"), room=700)
    assert names(taken) == [f"cm-{at:04}" for at in range(700)]
    assert (extent, extent.complete) == (Extent(700, 1200), False)


@pytest.mark.parametrize(
    "query", [Query("configmaps", words=("cm",)), Query("configmaps", namespaces=("pay",))]
)
def test_what_the_server_expects_is_not_said_of_what_is_looked_through_here(
    connected: EKSConnector, api: ApiServer, query: Query
) -> None:
    api.put("/api/v1/configmaps", [plain(f"cm-{at:04}") for at in range(600)])
    assert read(connected, CONFIG, query, room=10)[1] == Extent(10, None)
    assert read(connected, CONFIG, query)[1] == Extent(600, 600)


def test_a_list_that_expires_on_the_way_is_not_whole(connected: EKSConnector, api: ApiServer) -> None:
    path = "/api/v1/configmaps"
    api.put(path, [plain(f"cm-{at:04}") for at in range(1200)])
    first = {
        "metadata": {"continue": "more", "remainingItemCount": 1199},
        "items": [plain("cm-0000")],
    }
    api.will_answer(
        path,
        Answer(body=json.dumps(first).encode()),
        Answer(410, b'{"kind":"Status","message":"too old","code":410}'),
    )
    taken, extent = read(connected, CONFIG, Query("configmaps"))
    assert names(taken) == ["cm-0000"]
    assert (extent, extent.complete) == (Extent(1, 1200), False)


def test_nothing_more_is_taken_when_time_is_up(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/api/v1/configmaps", [plain("cart"), plain("web")])
    taken: list[dict[str, Any]] = []
    deadline = Deadline(3.0)

    def take(obj: dict[str, Any]) -> bool:
        taken.append(obj)
        wait_until(deadline.passed)
        return True

    extent = connected.ask(
        "prod",
        Deadline(20.0),
        lambda cluster: documents(cluster, CONFIG, Query("configmaps"), deadline, take),
    )
    assert names(taken) == ["cart"]
    assert extent == Extent(1, 2)


def test_events_are_looked_for_by_what_they_are_about(connected: EKSConnector, api: ApiServer) -> None:
    def event(name: str, about: str) -> dict[str, Any]:
        return plain(name, involvedObject={"kind": "Pod", "name": about}, type="Normal", reason="Started")

    api.put("/api/v1/events", [event("e1", "cart-7d9"), event("cart-e2", "web-1")])
    taken, _ = read(connected, KINDS["events"].resource, Query("events", words=("cart",)))
    assert names(taken) == ["e1"]


def test_a_refusal_says_what_was_refused(connected: EKSConnector, api: ApiServer) -> None:
    api.will_answer("/api/v1/secrets", Answer.of("403"))
    with pytest.raises(Forbidden):
        read(connected, SECRETS, Query("secrets"))


def test_what_is_no_text_is_a_fault_of_the_server(connected: EKSConnector, api: ApiServer) -> None:
    body = (
        b'{"metadata": {}, "items": [{"metadata": {"name": "a", "namespace": "b"}, "data": {"x": "\xff"}}]}'
    )
    api.will_answer("/api/v1/configmaps", Answer(body=body))
    with pytest.raises(ServerError) as caught:
        read(connected, CONFIG, Query("configmaps"))
    assert "\xff" not in str(caught.value)
