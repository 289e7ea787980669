"""Lists of any kind and in any shape: what is said of them, what does not fit, and what is near to nothing found."""

from dataclasses import replace
from typing import Any

import pytest

from connector.resources import KINDS, Cell, Column, Health
from handlers.blocks import listing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Rung
from handlers.command import Command
from tests.handlers import samples
from tests.handlers.listing_parts import asked, contexts, labels, pods, whole
from tests.handlers.samples import CONNECTION, RUNGS, alive, command_of, mrkdwn

# A kind that nobody here has rules for.
DISPATCHES = replace(
    samples.plain_kind(2),
    plural="dispatches",
    singular="dispatch",
    name="Dispatch",
    group="shipyard.example.com",
    version="v1alpha1",
    broken="in trouble",
)
WORD = "dispatches.shipyard.example.com"


def summary(rows: Any, **command: Any) -> str:
    found = samples.listing(samples.plain_kind(1), tuple(rows))
    message = listing.drawn(found, CONNECTION, asked(**command), Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    return contexts(message)[0].split(" · taken ")[0]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ({"sort_by": "restarts"}, "🟢 none in trouble · 2 pods in 1 namespace · by `restarts`"),
        (
            {"sort_by": "{.metadata.name}", "selector": "a=b", "namespace": "shop"},
            "🟢 none in trouble · 2 pods in `shop` with `a=b` · by `{.metadata.name}`",
        ),
        (
            {"field_selector": "status.phase=Pending"},
            "🟢 none in trouble · 2 pods in 1 namespace where `status.phase=Pending`",
        ),
        (
            {"about": "pod/cart", "warnings": True},
            "🟢 none in trouble · 2 pods in 1 namespace about `pod/cart`, warnings only",
        ),
    ],
)
def test_what_was_asked_for_is_said_in_the_summary(command: dict[str, Any], said: str) -> None:
    assert summary(pods(2), **command) == said


def test_of_what_nobody_can_tell_nothing_is_claimed() -> None:
    assert summary(pods(2, Health.UNKNOWN)) == "2 pods in 1 namespace"
    assert summary([*pods(1, Health.UNKNOWN), *pods(1)]).startswith("🟢 none in trouble")
    assert summary([*pods(1, Health.UNKNOWN), *pods(1, Health.BROKEN)]).startswith("🔴 1 not ready · 2 pods")


@pytest.mark.parametrize("rung", RUNGS)
def test_a_kind_of_its_own_is_drawn_as_any_other(rung: Rung) -> None:
    rows = (
        samples.Plain(("cart", "Degraded"), Health.CHANGING, "shop"),
        samples.Plain(("api", "Healthy"), Health.HEALTHY, "shop"),
    )
    command = asked(WORD)
    message = listing.drawn(samples.listing(DISPATCHES, rows), CONNECTION, command, rung)
    assert message_faults(whole(message)) == []
    assert message.blocks[0]["text"]["text"] == "dispatches · prod-payments · eu-west-1 · v1.34"
    assert contexts(message)[0].startswith("🟡 1 changing · 2 dispatches in 1 namespace · taken ")
    assert command_of(message.blocks, "refresh.list") == command
    assert command_of(message.blocks, "list.nodes") == asked("nodes")
    assert listing.NAMESPACES in str(message.blocks)


def test_one_row_is_one_row() -> None:
    found = samples.listing(samples.plain_kind(1), pods(1))
    message = listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE)
    (table,) = [block for block in message.blocks if block["type"] == "data_table"]
    assert table["caption"] == f"pods of {CONNECTION.id}, row 1 of 1"
    assert contexts(message)[0].startswith("🟢 none in trouble · 1 pod in 1 namespace")
    one = samples.listing(samples.plain_kind(1), pods(1), complete=False)
    said = contexts(listing.drawn(one, CONNECTION, asked(), Rung.DATA_TABLE))
    assert "🟡 Stopped for time with 1 pod: the rest is missing." in said


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (20, ""),
        (21, "1 column does not fit here: `C20`. `-o csv` has them all."),
        (23, "3 columns do not fit here: `C20`, `C21`, `C22`. `-o csv` has them all."),
    ],
)
def test_columns_beyond_slacks_twenty_are_named(columns: int, said: str, rung: Rung) -> None:
    row = samples.Plain(tuple(f"c{at}" for at in range(columns)))
    found = samples.listing(samples.plain_kind(columns), (row,))
    message = listing.drawn(found, CONNECTION, asked(output="wide"), rung)
    assert message_faults(whole(message)) == []
    assert [text for text in contexts(message) if "fit here" in text] == ([said] if said else [])


def test_any_header_of_a_server_is_drawn() -> None:
    headers = ["NAME", *(f"{'H' * 39}…" for _ in range(19))]
    columns = tuple(Column(header, lambda _row, _now: Cell("")) for header in headers)
    found = samples.listing(replace(DISPATCHES, columns=columns), pods(100))
    for rung in RUNGS:
        assert message_faults(whole(listing.drawn(found, CONNECTION, asked(WORD), rung))) == []


def test_a_name_that_nothing_has_offers_those_that_are_near() -> None:
    here = asked(words=("chekout",), namespace="shop")
    found = samples.listing(KINDS["pods"], (), 41, near=("checkout", "checkout-api"))
    message = listing.drawn(found, CONNECTION, here, Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    assert message.text == (
        "No pods in `shop` match `chekout`. 41 pods are there. Did you mean `checkout` or `checkout-api`?"
    )
    shown = labels(message)
    assert [shown[name] for name in ("near.0", "near.1", "widen.list")] == [
        "Show checkout",
        "Show checkout-api",
        "Show them",
    ]
    assert command_of(message.blocks, "near.1") == here.replaced(words=("checkout-api",))


@pytest.mark.parametrize(
    ("command", "said", "label", "rest"),
    [
        (
            {"about": "pod/cart", "warnings": True},
            "There are no events about `pod/cart`, warnings only in `prod-payments`.",
            "All of them",
            {"about": "pod/cart"},
        ),
        (
            {"about": "pod/cart"},
            "There are no events about `pod/cart` in `prod-payments`.",
            "About all objects",
            {},
        ),
        (
            {"field_selector": "reason=<x>"},
            "There are no events where `reason=&lt;x&gt;` in `prod-payments`.",
            "Without the selector",
            {},
        ),
    ],
)
def test_an_empty_list_offers_a_wider_one_whatever_narrowed_it(
    command: dict[str, Any], said: str, label: str, rest: dict[str, Any]
) -> None:
    found = samples.listing(KINDS["events"], ())
    message = listing.drawn(found, CONNECTION, asked("events", **command), Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    assert message.text == said
    assert labels(message)["widen.list"] == label
    assert command_of(message.blocks, "widen.list") == asked("events", **rest)


@pytest.mark.parametrize("text", ["x" * 800, "<!channel>", "`" * 20, "&" * 800])
def test_no_query_breaks_a_list_or_comes_alive(text: str) -> None:
    command: Command = asked(sort_by=text, about=text[:400], warnings=True)
    for rows in (pods(3), ()):
        found = samples.listing(samples.plain_kind(1), rows, near=(text, "other") if not rows else ())
        message = listing.drawn(found, CONNECTION, command, Rung.DATA_TABLE)
        assert message_faults(whole(message)) == []
        assert [alive(one) for one in mrkdwn(message)] == [""] * len(mrkdwn(message))
