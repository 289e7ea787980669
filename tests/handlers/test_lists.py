"""What a command lists, as one person may: of any kind, in any shape, and within what the policy gives them."""

from typing import Any

import pytest

from connector.errors import Forbidden, NotFound
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import KINDS, Listing, Query
from connector.served import KindNotServed, Resource
from handlers.blocks import listing
from handlers.command import Command
from handlers.parsing import parsed
from handlers.suggest import ALL, Suggestions
from tests.handlers import samples
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import MINE, NAMESPACED, ONE_CLUSTER, OTHERS, Seat, Watched, answer
from tests.handlers.test_suggest import CALLER, typing
from tests.handlers.told_clusters import Tellers, Told

DEV = "eu-west-1_pay-dev"
ACTING = Impersonate("slack:U1", ("viewers",))
SERVED = {
    "dsp": Resource("dispatches", "dispatch", "Dispatch", "shipyard.example.com", "v1alpha1", ("dsp",)),
    "sc": Resource("storageclasses", "storageclass", "StorageClass", "storage.k8s.io", namespaced=False),
    "pv": Resource("persistentvolumes", "persistentvolume", "PersistentVolume", namespaced=False),
    # A name of its own for a kind that everybody has.
    "vm": KINDS["pods"].resource,
}
OPEN = """
workspaces:
  T1:
    rules:
    - {name: all, who: everyone, may: everything}
"""


class Discovering(Watched):
    """One whose clusters serve a few more kinds."""

    def ask(self, connection_id: str, deadline: Any, job: Any) -> Any:
        return job(self)

    def resource(self, word: str, deadline: Any) -> Resource:
        if word not in SERVED:
            raise KindNotServed(f"This cluster has no kind `{word}`", nearest=("dispatches",))
        return SERVED[word]


def asked(seat: Seat, line: str, policy: str = OPEN) -> tuple[list[Query], str]:
    """What the cluster is asked, and all that is answered."""
    connector = Discovering(MINE)
    shown = answer(seat(connector, policy), parsed(line))
    return [query for _, query, _ in connector.asked if isinstance(query, Query)], shown


@pytest.mark.parametrize(
    ("line", "query"),
    [
        ("get dsp", Query("dispatches.shipyard.example.com")),
        ("get dsp -n shop cart", Query("dispatches.shipyard.example.com", "shop", words=("cart",))),
        # Kubernetes has no such thing in a namespace, and kubectl does not mind.
        ("get sc -n shop", Query("storageclasses.storage.k8s.io")),
        ("get vm", Query("pods")),
        ("pods -o wide --show-labels", Query("pods", wide=True, labels=True)),
        ("nodes --sort-by=.metadata.name", Query("nodes", sort_by=".metadata.name")),
        ("pods --field-selector status.phase=Pending", Query("pods", fields="status.phase=Pending")),
        ("events --warnings", Query("events", fields="type=Warning")),
        (
            "events --for deploy/cart -n shop",
            Query("events", "shop", fields="involvedObject.kind=Deployment,involvedObject.name=cart"),
        ),
        (
            "events --for dsp/cart --warnings --field-selector reason=Held api",
            Query(
                "events",
                fields="reason=Held,involvedObject.kind=Dispatch,involvedObject.name=cart,type=Warning",
                words=("api",),
            ),
        ),
    ],
)
def test_a_line_asks_for_what_it_says(seat: Seat, line: str, query: Query) -> None:
    assert asked(seat, line)[0] == [query]


def test_the_buttons_of_a_list_name_its_kind_beyond_doubt(seat: Seat) -> None:
    _, shown = asked(seat, "get dsp")
    assert '{"v":"get","k":"dispatches.shipyard.example.com","c":' in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("get dispaches", "This cluster has no kind `dispaches`"),
        ("events --for dispaches/cart", "This cluster has no kind `dispaches`"),
        ("events --for pod/cart,type=Normal", "is not an object's name"),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_asked(seat: Seat, line: str, said: str) -> None:
    queries, shown = asked(seat, line)
    assert queries == []
    assert said in shown


class Quiet(Told):
    """A cluster that knows of an object by its path, too."""

    def get(self, action: str, path: str, deadline: Deadline, **more: Any) -> bytes:
        *_, place, plural, name = path.split("/")
        if plural in self.objects and name not in self.objects[plural].get(place, ()):
            raise NotFound("no such thing")
        return super().get(action, path, deadline, **more)


class Eventless(Tellers):
    """One whose clusters tell of no event."""

    def get_resources(self, connection_id: str, query: Query, **more: Any) -> Listing:
        return samples.listing(KINDS["events"], ())


NONE = "There are no events"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("events --for pod/cart-1", NONE),
        ("events --for pod/cart-1 -n shop", NONE),
        ("events --for pod/crat-1", "There is no pod `crat-1`"),
        ("events --for pod/crat-1 -n shop", "There is no pod `crat-1` in the namespace `shop`"),
        ("events --for pod/crat-1", "Did you mean `cart-1`"),
        ("events --for pod/zzz", "It may be gone"),
        ("events --for pod/zzz -n shop", "It may be gone"),
        # The namespace is the slip.
        ("events --for pod/cart-1 -n shp", "There is no namespace `shp`"),
        # Another one of them may have it.
        ("events --for pod/crat-1 --clusters pay-prod", NONE),
    ],
)
def test_of_what_is_not_there_it_is_said_when_there_is_no_event_of_it(
    seat: Seat, line: str, said: str
) -> None:
    connector = Eventless({MINE: Quiet(objects={"pods": {"shop": ("cart-1",)}})})
    shown = answer(seat(connector, OPEN), parsed(line))
    assert said in shown
    assert (NONE in shown) is (said == NONE)


def test_who_may_not_look_for_it_is_told_of_no_event(seat: Seat) -> None:
    connector = Eventless({MINE: Quiet(failure=Forbidden("pods may not be listed"))})
    assert NONE in answer(seat(connector, OPEN), parsed("events --for pod/crat-1"))


# --- within a policy


@pytest.mark.parametrize("line", ["get ns", "get namespaces shop"])
def test_who_may_see_some_namespaces_is_shown_those(seat: Seat, line: str) -> None:
    connector = Watched(MINE)
    shown = answer(seat(connector, NAMESPACED), parsed(line))
    ((_, query, acting),) = connector.asked
    assert (query.kind, query.namespace, query.namespaces) == ("namespaces", None, ("shop", "pay-*"))
    assert acting == ACTING
    assert "10,000" not in shown


def test_who_may_see_all_that_is_in_none_is_asked_for_as_such(seat: Seat) -> None:
    connector = Watched(MINE)
    rules = NAMESPACED + "    - {name: rest, who: everyone, may: [read]}\n"
    answer(seat(connector, rules), parsed("get ns"))
    ((_, query, acting),) = connector.asked
    assert (query.namespaces, acting) == ((), None)


@pytest.mark.parametrize("line", ["nodes", "get pv", "get sc", "get sc -n shop", "get nodes -o wide"])
def test_what_else_is_in_no_namespace_stays_refused_whatever_namespace_is_said(seat: Seat, line: str) -> None:
    connector = Discovering(MINE)
    assert "what is in no namespace" in answer(seat(connector, NAMESPACED), parsed(line))
    assert connector.asked == []


@pytest.mark.parametrize("line", ["get dsp", "get dsp -o wide --sort-by age", "events --for pod/x"])
def test_every_shape_is_asked_within_the_namespaces_and_as_the_person(seat: Seat, line: str) -> None:
    connector = Discovering(MINE)
    answer(seat(connector, NAMESPACED), parsed(line))
    ((_, query, acting),) = connector.asked
    assert (query.namespace, query.namespaces, acting) == (None, ("shop", "pay-*"), ACTING)


# --- namespaces to choose from


def offered(office: Office, command: Command) -> list[str]:
    payload = typing(listing.NAMESPACES, "", block_id=command.encoded())
    found = Suggestions(office.workspaces, office.desk.access).offered(payload, CALLER, office.server.client)
    return [one["value"] for one in found]


def test_a_list_of_several_clusters_offers_the_namespaces_of_those_that_answer(seat: Seat) -> None:
    class Two(Watched):
        def list_namespaces(self, connection_id: str, **more: Any) -> tuple[str, ...]:
            self.asked.append((connection_id, more["matching"], more["impersonate"]))
            if connection_id == DEV:
                raise KindNotServed("whatever")
            return ("shop", "pay-eu")

    connector = Two(MINE, DEV, OTHERS)
    command = Command("get", "pods", clusters="*")
    assert offered(seat(connector, ONE_CLUSTER), command) == [ALL, "pay-eu", "shop"]
    assert {one for one, _, _ in connector.asked} == {MINE, DEV}
    assert offered(seat(connector, ONE_CLUSTER), command.replaced(clusters="secret-*")) == [ALL]
    connector.asked.clear()
    offered(seat(connector, NAMESPACED), command.replaced(clusters="pay-prod"))
    assert connector.asked == [(MINE, ("shop", "pay-*"), ACTING)]
