"""What a cluster serves: both forms of discovery, and every name that kubectl takes for a kind."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.connector import EKSConnector
from connector.errors import InvalidRequest, NotFound
from connector.lanes import Deadline
from connector.resources import KINDS
from connector.served import KindNotServed, Resource, Served, served
from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.connector.api_server import recorded
from tests.connector.conftest import REGION

DISPATCH = Resource("dispatches", "dispatch", "Dispatch", "shipyard.example.com", "v1", ("dsp",), True)


def answers(**bodies: Any) -> Callable[[str, str], bytes]:
    def read(path: str, accept: str) -> bytes:
        if path not in bodies:
            raise NotFound("The API server has no such thing")
        return json.dumps(bodies[path]).encode()

    return read


def body(name: str) -> Any:
    return recorded(f"server-{name}.json")["body"]


def test_a_server_that_tells_all_at_once_is_asked_twice() -> None:
    asked: list[str] = []
    read = answers(**{"/api": body("discovery-aggregated-api"), "/apis": {"kind": "APIGroupDiscoveryList"}})

    def listening(path: str, accept: str) -> bytes:
        asked.append(path)
        return read(path, accept)

    found = served(listening)
    assert asked == ["/api", "/apis"]
    pods = found.need("po")
    assert (pods.plural, pods.kind, pods.namespaced) == ("pods", "Pod", True)
    assert found.need("Node").namespaced is False
    # What can only be created is nothing to look at.
    assert found.named("bindings") is None


def test_an_older_server_is_asked_group_by_group_and_a_group_that_is_down_is_left_out() -> None:
    found = served(
        answers(
            **{
                "/api": body("api"),
                "/apis": body("apis"),
                "/api/v1": body("api-v1"),
                "/apis/apps/v1": body("apis-apps-v1"),
            }
        )
    )
    assert found.need("deploy").path("x", "cart") == "/apis/apps/v1/namespaces/x/deployments/cart"
    assert found.need("po").path() == "/api/v1/pods"
    assert found.named("pods/log") is None


@pytest.mark.parametrize(
    "word",
    [
        "dispatches",
        "dispatch",
        "Dispatch",
        "dsp",
        "DSP",
        "dispatches.shipyard.example.com",
        "dispatch.v1.shipyard.example.com",
    ],
)
def test_a_kind_goes_by_every_name_that_kubectl_takes(word: str) -> None:
    assert Served((DISPATCH,)).named(word) == DISPATCH


def test_the_first_group_that_claims_a_name_has_it() -> None:
    core = Resource("events", "event", "Event", short_names=("ev",))
    other = Resource("events", "event", "Event", "events.k8s.io", short_names=("ev",))
    found = Served((core, other))
    assert found.named("events") == found.named("ev") == core
    assert found.named("events.events.k8s.io") == other


def test_a_kind_that_is_not_there_names_those_that_are_near() -> None:
    with pytest.raises(KindNotServed) as missing:
        Served((DISPATCH,)).need("dispatchs")
    assert missing.value.what == "This cluster has no kind `dispatchs`"
    assert "Did you mean `dispatches`" in missing.value.hint
    assert missing.value.nearest[0] == "dispatches"


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "a?b", "a b", "ä", "x" * 254, "a%2e"])
def test_no_name_leads_out_of_its_path(name: str) -> None:
    with pytest.raises(InvalidRequest):
        DISPATCH.path("x", name)


def test_names_with_colons_and_dots_are_names() -> None:
    role = Resource(
        "clusterroles", "clusterrole", "ClusterRole", "rbac.authorization.k8s.io", namespaced=False
    )
    assert role.path("ignored", "system:node") == (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode"
    )


WORDS = st.sampled_from(["kind", "items", "groups", "versions", "resources", "metadata", "name"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
        max_leaves=12,
    )
)
def test_a_document_of_another_shape_is_no_discovery(document: Any) -> None:
    with suppress(msgspec.DecodeError, NotFound):
        served(answers(**{"/api": document, "/apis": document}))


def test_a_cluster_tells_once_and_again_when_a_kind_is_not_known(
    fleet: tuple[Fleet, LocalAws], connector: EKSConnector
) -> None:
    made = connector.connect_with_aws_profile("prod-payments", REGION, "payments-prod", connected_by="U1")
    log = fleet[0].cluster("prod-payments").log

    def asked() -> int:
        return sum(entry.path in {"/api", "/apis"} for entry in log)

    def kind(word: str) -> Resource:
        return connector.ask(made.id, Deadline(10), lambda cluster: cluster.resource(word, Deadline(10)))

    before = asked()
    assert kind("dsp").name == "dispatches.shipyard.example.com"
    assert kind("deploy").kind == "Deployment"
    assert asked() == before + 2
    with pytest.raises(KindNotServed):
        kind("dispatchs")
    assert asked() == before + 4


def test_our_own_kinds_are_served_as_we_say(fleet: tuple[Fleet, LocalAws], connector: EKSConnector) -> None:
    made = connector.connect_with_aws_profile("prod-payments", REGION, "payments-prod", connected_by="U1")
    found = connector.ask(made.id, Deadline(10), lambda cluster: cluster.served(Deadline(10)))
    for kind in KINDS.values():
        there = found.need(kind.plural)
        ours = kind.resource
        assert (ours.path("x", "y"), ours.kind, ours.short_names) == (
            there.path("x", "y"),
            there.kind,
            there.short_names,
        )
