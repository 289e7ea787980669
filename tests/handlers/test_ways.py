"""The ways on from an answer: what is offered where, and that each carries the command it names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Failure
from handlers.blocks import ways
from handlers.blocks.limits import message_faults, numbers
from handlers.blocks.parts import button
from handlers.command import Command, decoded
from tests.handlers.samples import CONNECTION, dicts

LIST = Command("get", "pods", ("cart",), "checkout", "app=cart", CONNECTION.id, owner="U1", offset=100)
LOGS = Command(
    "logs", "pods", ("cart-7d9",), "checkout", connection=CONNECTION.id, owner="U1", follow=True, private=True
)
TOO_LONG = LIST.replaced(selector="app=" + "x" * 300)


def offered(row: dict[str, Any], here: Command) -> dict[str, Command]:
    """What a person is offered, by what stands on it, and the command that a click on it means."""
    (menu,) = [each for each in row["elements"] if each["type"] == "overflow"]
    assert menu["action_id"] == ways.MORE
    assert decoded(row["block_id"]) == here
    return {
        each["text"]["text"]: ways.chosen(decoded(row["block_id"]), each["value"]) for each in menu["options"]
    }


def test_a_list_becomes_files_and_a_line_for_a_terminal() -> None:
    fresh = LIST.replaced(owner="")
    assert offered(ways.row(LIST), LIST) == {
        "Export CSV": fresh.replaced(output="csv", offset=0),
        "Export YAML": fresh.replaced(output="yaml", offset=0),
        "In a terminal": fresh.replaced(verb="kubeconfig", action="get", private=True),
    }


def test_what_is_for_one_person_can_be_shared_and_is_asked_for_anew() -> None:
    shared = offered(ways.row(LOGS), LOGS)["Share in this channel"]
    assert shared == LOGS.replaced(private=False, owner="", follow=False)


@pytest.mark.parametrize(
    ("here", "labels"),
    [
        (Command("describe", "pods", ("x",)), ["In a terminal"]),
        (Command("describe", "pods", ("x",), private=True), ["In a terminal", "Share in this channel"]),
        (Command("get", "nodes", clusters="prod-*"), ["Export CSV", "In a terminal"]),
        (Command("clusters", private=True), ["Share in this channel"]),
    ],
)
def test_each_answer_has_the_ways_that_make_sense(here: Command, labels: list[str]) -> None:
    assert list(offered(ways.row(here), here)) == labels


def test_an_answer_with_no_further_way_has_no_menu() -> None:
    row = ways.row(Command("clusters"), button("Refresh", "refresh.list", "{}"))
    assert [each["type"] for each in row["elements"]] == ["button"]


def test_a_command_too_long_for_the_row_is_in_plain_buttons() -> None:
    assert not ways.fits(TOO_LONG)
    row = ways.row(TOO_LONG, button("Refresh", "refresh.list", "{}"))
    assert "block_id" not in row
    carried = {each["action_id"]: each["value"] for each in row["elements"][1:]}
    assert {name: decoded(value) for name, value in carried.items()} == {
        f"way.{name}": ways.chosen(TOO_LONG, name) for name in ("csv", "yaml", "kubectl")
    }


@given(st.text(max_size=400), st.text(max_size=400), st.booleans())
def test_no_command_breaks_a_message(word: str, selector: str, private: bool) -> None:
    here = LIST.replaced(words=(word,), selector=selector, private=private)
    row = ways.row(here, ways.changed(here, "x" * 22))
    assert message_faults({"text": "x", "blocks": [row]}) == []
    assert all(len(each["value"]) <= numbers.BUTTON_VALUE for each in dicts(row) if "value" in each)


def test_what_changed_is_asked_of_the_list_as_it_was_shown_from_its_first_row() -> None:
    changed = decoded(ways.changed(LIST, "kept")["value"])
    assert changed == LIST.replaced(seen="kept", owner="", offset=0)


@pytest.mark.parametrize("name", ["", "csvv", "{}", '{"v":"disconnect"}x'])
def test_an_option_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(Failure, match="older version"):
        ways.chosen(LIST, name)


@pytest.mark.parametrize(
    "here", [LIST, LOGS, Command("rollout", "deployments", ("cart",), action="history", private=True)]
)
def test_what_is_handed_over_is_what_was_answered(here: Command) -> None:
    assert ways.answered(ways.handed_over(here)) == here.replaced(private=True)


@pytest.mark.parametrize("action", ["connect", "kubeconfig get", "x", " get"])
def test_only_an_answer_is_handed_over(action: str) -> None:
    with pytest.raises(Failure, match="older version"):
        ways.answered(Command("kubeconfig", action=action))


def test_what_is_handed_over_is_typed_as_the_way_to_a_terminal() -> None:
    assert ways.handed_over(LIST).typed() == f"/eks kubeconfig -c {CONNECTION.id}"
