"""After a mistake, what was meant is one click away: the same command, with the right word in it."""

import pytest

from connector.errors import Failure, Forbidden, InvalidRequest
from connector.objects import ObjectNotFound, Ref, Several
from connector.resources import KINDS
from connector.served import KindNotServed
from connector.sorting import UnknownColumn
from handlers import recovery
from handlers.blocks import notices
from handlers.blocks.limits import message_faults
from handlers.command import Command, decoded
from handlers.parsing import parsed

PODS, NODES = KINDS["pods"].resource, KINDS["nodes"].resource
# A command of each verb that is about one object.
ABOUT = {
    "describe": "describe pod cart -n shop --private",
    "logs": "logs cart -n shop --tail 50",
    "yaml": "yaml pod/cart -n shop",
    "rollout": "rollout status cart -n shop",
}


def offered(failure: Failure, command: Command) -> dict[str, Command]:
    """What the buttons say, and what they mean."""
    ways = recovery.ways(failure, command)
    text, blocks = notices.failure(failure, "7f3a91c2", ways)
    assert message_faults({"text": text, "blocks": blocks}) == []
    return {way["text"]["text"]: decoded(way["value"]) for way in ways}


@pytest.mark.parametrize("verb", ABOUT)
def test_a_name_that_is_near_stands_in_the_place_of_the_one_that_is_not_there(verb: str) -> None:
    command = parsed(ABOUT[verb])
    near = (Ref(PODS, "shop", "cart-7d9"), Ref(PODS, "pay", "cart-8f1"))
    assert offered(ObjectNotFound("There is no pod `cart`", nearest=near), command) == {
        "cart-7d9 (shop)": command.replaced(words=("cart-7d9",)),
        "cart-8f1 (pay)": command.replaced(words=("cart-8f1",), namespace="pay"),
    }


@pytest.mark.parametrize("verb", ABOUT)
def test_of_namesakes_each_namespace_is_offered(verb: str) -> None:
    command = parsed(ABOUT[verb]).replaced(namespace="")
    found = tuple(Ref(PODS, namespace, "cart") for namespace in ("shop", "pay"))
    assert offered(Several("There are 2 objects called pod `cart`", found=found), command) == {
        "In shop": command.replaced(namespace="shop"),
        "In pay": command.replaced(namespace="pay"),
    }


def test_what_is_in_no_namespace_is_offered_without_one() -> None:
    command = parsed("describe node ip-1")
    near = (Ref(NODES, None, "ip-10"),)
    assert offered(ObjectNotFound("There is no node `ip-1`", nearest=near), command) == {
        "ip-10": command.replaced(words=("ip-10",))
    }


@pytest.mark.parametrize(
    ("line", "word", "meant"),
    [
        ("get dispaches cart", "dispatches", "get dispatches cart"),
        ("get dploy -n shop", "deployments", "get deployments -n shop"),
        ("describe dispach cart", "dispatches", "describe dispatches cart"),
        ("yaml dploy/cart", "deployments", "yaml deployments cart"),
        ("events --for dploy/cart --warnings", "deployments", "events --for deployments/cart --warnings"),
    ],
)
def test_a_kind_that_is_near_stands_in_the_place_of_the_one_that_is_not_served(
    line: str, word: str, meant: str
) -> None:
    failure = KindNotServed("This cluster has no kind `x`", nearest=(word,))
    assert offered(failure, parsed(line)) == {word: parsed(meant)}


def test_a_column_that_is_near_is_what_the_list_is_sorted_by() -> None:
    command = parsed("pods --sort-by restrts")
    failure = UnknownColumn("There is no column `restrts`", nearest=("RESTARTS", "STATUS"))
    assert offered(failure, command) == {
        "By RESTARTS": command.replaced(sort_by="RESTARTS"),
        "By STATUS": command.replaced(sort_by="STATUS"),
    }


def test_what_events_were_asked_of_is_replaced_by_what_is_near() -> None:
    near = (Ref(PODS, "shop", "cart-1"),)
    command = parsed("events --for po/crat-1 --warnings")
    assert offered(ObjectNotFound("There is no pod `crat-1`", nearest=near), command) == {
        "cart-1 (shop)": parsed("events --for po/cart-1 --warnings -n shop")
    }
    assert offered(ObjectNotFound("There is no pod `crat-1`"), command) == {"List pods": parsed("get pods")}


def test_of_many_the_nearest_five_are_offered_and_the_longest_names_fit() -> None:
    near = tuple(Ref(PODS, "n" * 63, f"{at}{'x' * 252}") for at in range(9))
    meant = offered(ObjectNotFound("There is none", nearest=near), parsed("describe pod x"))
    assert [command.word for command in meant.values()] == [ref.name for ref in near[:5]]


def test_where_nothing_is_near_there_is_the_list_or_the_help() -> None:
    command = parsed("describe pod x -n y --private")
    listed = {"List pods": parsed("get pods -n y --private")}
    assert offered(ObjectNotFound("It is gone"), command) == listed
    assert offered(KindNotServed("No such kind"), command) == {"Help": parsed("help get")}
    assert list(offered(Forbidden("no"), command)) == ["Try again"]
    assert offered(InvalidRequest("no"), command) == {}
    assert offered(UnknownColumn("no"), command) == {}
