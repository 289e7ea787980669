"""What changed, as a message: each change a row, hostile names harmless, and pages that lose none."""

from typing import Any

import pytest

from connector.resources import KINDS, Health
from handlers.blocks import changes
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command, decoded
from handlers.comparison import Change
from handlers.snapshots import Kept
from tests.handlers import samples
from tests.handlers.samples import CONNECTION, HOSTILE, RUNGS, alive, buttons, mrkdwn, shown_rows

HERE = Command("get", "pods", connection=CONNECTION.id, owner="U1", seen="kept")
HEADERS = ("NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE", "CONTAINERS")
PODS = samples.listing(KINDS["pods"], samples.recorded("pods"))


def row(name: str = "cart", health: Health = Health.HEALTHY, status: str = "Running") -> Kept:
    cells = ("pay", name, "1/1", status, "0", "", "ip-10-0-0-1", "app")
    return Kept("pay", name, "", int(health), 1.0, cells)


ILL = row(health=Health.BROKEN, status="CrashLoopBackOff")


def drawn(
    found: tuple[Change, ...], rung: Rung = Rung.DATA_TABLE, here: Command = HERE, **more: Any
) -> Message:
    message = changes.drawn(found, samples.NOW - 600, HEADERS, PODS, CONNECTION, here, rung, **more)
    assert message_faults({"text": message.text, "blocks": message.blocks}) == []
    return message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            Change(row(), ILL, (("STATUS", "Running", "CrashLoopBackOff"), ("READY", "1/1", "0/1"))),
            ["🔴 different", "pay", "cart", "STATUS Running → CrashLoopBackOff, READY 1/1 → 0/1"],
        ),
        (
            Change(row(), row(), (("NODE", "", "ip-10-0-0-1"),), anew=True),
            ["🟢 different", "pay", "cart", "another one of that name, NODE nothing → ip-10-0-0-1"],
        ),
        (
            Change(None, ILL),
            ["🔴 new", "pay", "cart", "READY 1/1, STATUS CrashLoopBackOff, RESTARTS 0, NODE ip-10-0-0-1"],
        ),
        (
            Change(ILL, None),
            [
                "⚪ gone",
                "pay",
                "cart",
                "was READY 1/1, STATUS CrashLoopBackOff, RESTARTS 0, NODE ip-10-0-0-1",
            ],
        ),
    ],
)
def test_a_change_is_a_row_that_says_how_and_what(change: Change, told: list[str]) -> None:
    assert shown_rows(drawn((change,)).blocks) == [told]


def test_it_says_since_when_and_how_many_of_each() -> None:
    message = drawn((Change(row("a"), ILL), Change(None, row("b")), Change(None, row("c"))))
    assert message.text.startswith(f"pods of prod-payments: Since <!date^{int(samples.NOW) - 600}^")
    assert message.text.endswith(": 1 different, 2 new")


def test_nothing_changed_is_said_with_how_many_there_are() -> None:
    message = drawn(())
    assert message.text.startswith("Nothing changed since <!date^")
    assert f"{len(PODS.rows)} pods are as they were" in message.text
    assert shown_rows(message.blocks) is None


def test_one_that_did_not_change_is_told_as_one() -> None:
    alone = samples.listing(KINDS["pods"], PODS.rows[:1])
    message = changes.drawn((), samples.NOW - 600, HEADERS, alone, CONNECTION, HERE, Rung.DATA_TABLE)
    assert message.text.endswith(": the one pod is as it was.")


def test_its_buttons_ask_again_and_lead_to_the_list() -> None:
    carried = {name: decoded(value) for name, value in buttons(drawn((Change(None, row()),)).blocks).items()}
    assert carried == {"refresh.changes": HERE, "show.list": HERE.replaced(seen="", owner="")}


@pytest.mark.parametrize("rung", RUNGS)
def test_pages_lose_no_row_on_the_way_there_or_back(rung: Rung) -> None:
    found = tuple(Change(None, row(f"pod-{at:04}")) for at in range(250))
    here, names, starts = HERE, [], []
    while True:
        message = drawn(found, rung, here)
        text = samples.as_json(message.blocks)
        names += [
            change.row.name
            for change in found
            if f"{change.row.name}" in text and change.row.name not in names
        ]
        starts.append(here.offset)
        carried = buttons(message.blocks)
        if "next.page" not in carried:
            break
        here = decoded(carried["next.page"])
    assert names == [change.row.name for change in found]
    while "previous.page" in (carried := buttons(drawn(found, rung, here).blocks)):
        here = decoded(carried["previous.page"])
        message = drawn(found, rung, here)
        here = decoded(buttons(message.blocks)["refresh.changes"])
    assert here.offset == 0


@pytest.mark.parametrize("rung", RUNGS)
def test_no_name_comes_to_life_or_breaks_a_message(rung: Rung) -> None:
    found = tuple(Change(row(name), row(name), ((name, name, name),)) for name in HOSTILE)
    message = drawn(found, rung)
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))


def test_a_kind_without_namespaces_has_no_column_for_them() -> None:
    nodes = samples.listing(KINDS["nodes"], samples.recorded("nodes"))
    message = changes.drawn(
        (Change(None, replace_namespace(row())),),
        0.0,
        HEADERS,
        nodes,
        CONNECTION,
        HERE,
        Rung.DATA_TABLE,
        production=True,
    )
    (table,) = [block for block in message.blocks if block["type"] == "data_table"]
    assert [cell["text"] for cell in table["rows"][0]] == ["CHANGE", "NAME", "WHAT"]
    assert message.blocks[0]["text"]["text"].startswith("PRODUCTION · nodes: what changed")


def replace_namespace(one: Kept) -> Kept:
    return Kept("", one.name, one.more, one.health, one.created, one.cells)
