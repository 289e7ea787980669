"""How long a version is supported, in words: days, marks where something is to be done, and who says so."""

from datetime import date

import pytest

from connector.versions import EXTENDED, OVER, STANDARD, UNKNOWN, Support
from handlers.blocks import clusters, support
from handlers.blocks.limits import message_faults
from handlers.command import Command
from tests.handlers import samples

ENDS, LAST = date(2026, 12, 2), date(2027, 12, 2)


@pytest.mark.parametrize(
    ("today", "status", "said"),
    [
        (date(2026, 9, 1), STANDARD, "standard support until 2026-12-02, 92 days left"),
        (date(2026, 10, 3), STANDARD, "🟡 standard support until 2026-12-02, 60 days left"),
        (date(2026, 12, 1), STANDARD, "🟡 standard support until 2026-12-02, 1 day left"),
        (
            date(2026, 12, 2),
            STANDARD,
            "🟡 extended support until 2027-12-02, at extra cost: standard support ended 2026-12-02, today",
        ),
        (
            date(2027, 1, 2),
            EXTENDED,
            "🟡 extended support until 2027-12-02, at extra cost: standard support ended 2026-12-02, 31 days ago",
        ),
        (
            date(2027, 12, 2),
            OVER,
            "🔴 not supported since 2027-12-02: EKS upgrades it by itself, at a time of its own",
        ),
    ],
)
def test_what_is_left_is_said_in_days(today: date, status: str, said: str) -> None:
    assert support.line(Support("1.34", ENDS, LAST, status), today) == said


def test_nothing_is_said_of_a_version_that_nobody_knows() -> None:
    assert support.line(Support("1.99", None, None, UNKNOWN, date(2026, 4, 24)), ENDS) == ""


def test_dates_of_awss_pages_are_said_to_be_theirs() -> None:
    told = Support("1.34", ENDS, LAST, STANDARD, published=date(2026, 4, 24))
    assert support.line(told, date(2026, 9, 1)).endswith("left (as AWS's pages had it on 2026-04-24)")
    old = Support("1.21", None, None, OVER, published=date(2026, 4, 24))
    assert support.line(old, date(2026, 9, 1)).startswith("🔴 not supported: EKS upgrades it by itself")


def test_it_stands_in_the_line_of_each_connection() -> None:
    held = samples.connections(15, "c" * 96)
    told = Support("1.34", ENDS, LAST, EXTENDED, published=date(2026, 4, 24))
    words = support.line(told, date(2027, 1, 2))
    message = clusters.connections(held, {}, Command("connections"), {one.id: words for one in held[1:]})
    assert message_faults({"text": message.text, "blocks": message.blocks}) == []
    lines = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert [f"v1.34: {words}" in line for line in lines] == [False, *[True] * 14]
