"""The select under a list: each row of the page can be opened, and a pick means that row and no other."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Failure
from connector.objects import digest
from connector.resources import KINDS, Health, Row
from handlers.blocks import listing, opening
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Block, Message, Rung
from handlers.command import Command, decoded
from tests.handlers import samples
from tests.handlers.listing_parts import asked, pods, whole
from tests.handlers.samples import CONNECTION, RUNGS, Plain


def drawn(rows: Iterable[Row], **command: Any) -> Message:
    found = samples.listing(samples.plain_kind(1), tuple(rows))
    return listing.drawn(found, CONNECTION, asked(**command), Rung.DATA_TABLE)


def select(message: Message) -> tuple[str, Block]:
    """The block_id and the select."""
    (row,) = [block for block in message.blocks if opening.OBJECT in str(block)]
    (element,) = row["elements"]
    return row["block_id"], element


def meant(message: Message) -> list[Command]:
    """What each option means, in order."""
    block_id, found = select(message)
    return [opening.picked(block_id, one["value"]) for one in found["options"]]


@pytest.mark.parametrize("private", [False, True])
def test_each_row_of_the_page_opens_its_object(private: bool) -> None:
    message = drawn(pods(3, namespaces=2), private=private, words=("pod",), selector="a=b")
    expected = Command("describe", "pods", connection=CONNECTION.id, private=private)
    assert meant(message) == [
        expected.replaced(words=(f"pod-000{at}",), namespace=f"team-{at % 2}") for at in range(3)
    ]
    # Not the list: what is opened is a message of its own.
    assert all(not command.owner for command in meant(message))
    assert message_faults(whole(message)) == []


def test_a_page_further_on_opens_its_own_rows() -> None:
    message = drawn(pods(250), offset=100)
    commands = meant(message)
    assert len(commands) == 100
    assert commands[0].words == ("pod-0100",)
    assert commands[-1].words == ("pod-0199",)


def test_what_is_in_no_namespace_is_opened_without_one() -> None:
    message = drawn((Plain(("ip-10-0-0-1",), namespace=None),))
    assert [(command.word, command.namespace) for command in meant(message)] == [("ip-10-0-0-1", "")]


def test_the_name_comes_first_and_what_ails_it_is_never_cut_off() -> None:
    rows = (
        Plain(("cart-7d9-x2",), Health.BROKEN, "checkout"),
        Plain(("cart-7d9-x3",), Health.CHANGING, "checkout"),
        Plain(("cart-7d9-x4",), Health.HEALTHY, "checkout"),
        Plain(("node-1",), Health.OFF, None),
        Plain(("n" * 200,), Health.BROKEN, "checkout"),
    )
    texts = [one["text"]["text"] for one in select(drawn(rows))[1]["options"]]
    assert texts[:4] == [
        "cart-7d9-x2 (checkout) · 🔴 not ready",
        "cart-7d9-x3 (checkout) · 🟡 changing",
        "cart-7d9-x4 (checkout)",
        "node-1",
    ]
    assert texts[4].endswith("… · 🔴 not ready")
    assert len(texts[4]) == 75


@pytest.mark.parametrize(
    ("plural", "said"),
    [
        ("pods", "Open a pod…"),
        ("ingresses", "Open an ingress…"),
        ("events", "Open what it is about…"),
    ],
)
def test_the_select_says_what_it_opens(plural: str, said: str) -> None:
    found = samples.listing(KINDS[plural], samples.recorded(plural))
    message = listing.drawn(found, CONNECTION, asked(plural), Rung.DATA_TABLE)
    assert select(message)[1]["placeholder"]["text"] == said


def test_an_event_opens_the_object_that_it_is_about() -> None:
    rows = samples.recorded("events") * 2
    found = samples.listing(KINDS["events"], rows)
    message = listing.drawn(found, CONNECTION, asked("events"), Rung.DATA_TABLE)
    commands = meant(message)
    texts = [one["text"]["text"] for one in select(message)[1]["options"]]
    assert {text.partition(" · ")[2] for text in texts} == {"🟡 warning", ""}
    told = {(row.namespace or "", *row.name.split("/")) for row in rows}
    singular = {plural: kind.singular for plural, kind in KINDS.items()}
    assert {(one.namespace, singular.get(one.kind, one.kind), one.word) for one in commands} == told
    assert "pods" in {one.kind for one in commands}
    # Several events of one object are one option.
    assert len(commands) == len(told) < len(rows)


def test_a_name_too_long_for_an_option_goes_by_its_digest() -> None:
    name = "n" * 253
    (command,) = meant(drawn((Plain((name,), namespace="s" * 63),)))
    assert command.words == (digest(name),)
    assert command.namespace == "s" * 63


def test_a_command_too_long_for_a_block_id_does_without_the_select() -> None:
    kind = replace(samples.plain_kind(1), plural="k" * 200, group="g" * 40)
    found = samples.listing(kind, pods(2))
    message = listing.drawn(found, CONNECTION, asked(kind.resource.name), Rung.DATA_TABLE)
    assert opening.OBJECT not in str(message.blocks)
    assert message_faults(whole(message)) == []


def test_nothing_is_offered_under_an_empty_list() -> None:
    assert opening.OBJECT not in str(drawn(()).blocks)


def test_the_namespace_select_stays() -> None:
    message = drawn(pods(3))
    ids = [block["block_id"] for block in message.blocks if "block_id" in block]
    assert len(ids) == len(set(ids)) == 2
    assert [decoded(one).verb for one in ids] == ["describe", "get"]
    assert listing.NAMESPACES in str(message.blocks)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_breaks_the_select(name: str, rung: Rung) -> None:
    rows = (Plain((name,), Health.BROKEN, name), Plain((name,), Health.BROKEN, name))
    found = samples.listing(samples.plain_kind(1), rows)
    message = listing.drawn(found, CONNECTION, asked(), rung)
    assert message_faults(whole(message)) == []


@given(st.text(max_size=200), st.text(max_size=150))
def test_any_value_is_a_command_or_our_error(block_id: str, value: str) -> None:
    mine = Command("describe", "pods", connection=CONNECTION.id).encoded()
    assert opening.picked(mine, value).verb == "describe"
    try:
        opening.picked(block_id, value)
    except Failure as failure:
        assert failure.hint
