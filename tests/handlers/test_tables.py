"""Any rows of any texts become blocks that Slack takes, on every rung, with nothing lost."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.resources import Cell
from handlers.blocks import tables
from handlers.blocks.limits import faults, numbers
from handlers.blocks.message import Rung
from tests.handlers.samples import HOSTILE, NOW, RUNGS, sections_text, shown_rows

# A single value is cut here; everything else must come through whole.
CAP = 400

Rows = list[tuple[Cell, ...]]


@st.composite
def grids(draw: st.DrawFn, most_rows: int = 130) -> tuple[tuple[str, ...], Rows]:
    """Headers, and rows that mix a handful of arbitrary texts; the first cell tells rows apart."""
    columns = draw(st.integers(1, 12))
    texts = draw(st.lists(st.text(max_size=30) | st.sampled_from(HOSTILE), min_size=1, max_size=6))
    count = draw(st.integers(0, most_rows))
    mix = random.Random(draw(st.integers(0, 1000)))
    rows = [
        (Cell(f"row-{at:04}"), *(Cell(mix.choice(texts)) for _ in range(columns - 1))) for at in range(count)
    ]
    return tuple(f"HEADER{at}" for at in range(columns)), rows


def expected(cell: Cell) -> str:
    text = cell.text or "-"
    return text if len(text) <= CAP else text[: CAP - 1] + "…"


@pytest.mark.parametrize("rung", RUNGS)
@given(grid=grids())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_as_many_rows_as_fit_are_drawn_whole_and_within_slacks_limits(
    rung: Rung, grid: tuple[tuple[str, ...], Rows]
) -> None:
    headers, rows = grid
    count = tables.fitting(headers, rows, rung)
    assert (count >= 1) if rows else (count == 0)
    assert count <= len(rows)
    if not rows:
        return
    blocks = tables.drawn(tables.Table("a table", headers, rows[:count]), rung)
    assert faults(blocks, "message") == []
    shown = shown_rows(blocks)
    if shown is not None:
        assert shown == [[expected(cell) for cell in row] for row in rows[:count]]
        return
    text, place = sections_text(blocks), 0
    for cell in (cell for row in rows[:count] for cell in row):
        wanted = expected(cell).replace("`", "ˋ").rstrip()
        found = text.find(wanted, place)
        assert found >= 0, (wanted, text[place : place + 200])
        place = found + len(wanted)


@pytest.mark.parametrize("rung", RUNGS)
@given(grid=grids(40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_page_never_shrinks_when_more_rows_follow(rung: Rung, grid: tuple[tuple[str, ...], Rows]) -> None:
    headers, rows = grid
    whole = tables.fitting(headers, rows, rung)
    assert [tables.fitting(headers, rows[:some], rung) for some in range(whole + 1)] == list(range(whole + 1))


@pytest.mark.parametrize(("rung", "most"), [(Rung.DATA_TABLE, 100), (Rung.TABLE, 99)])
def test_short_rows_fill_a_table_to_slacks_number_of_rows(rung: Rung, most: int) -> None:
    rows = [(Cell(f"p{at}"), Cell("1/1", number=1.0)) for at in range(200)]
    assert tables.fitting(("NAME", "READY"), rows, rung) == most
    assert faults(tables.drawn(tables.Table("pods", ("NAME", "READY"), rows[:most]), rung), "message") == []


def test_short_rows_in_sections_are_worth_a_page_too() -> None:
    rows = [(Cell(f"p{at}"), Cell("1/1")) for at in range(200)]
    assert tables.fitting(("NAME", "READY"), rows, Rung.SECTIONS) >= 50


@pytest.mark.parametrize("rung", RUNGS)
def test_long_values_leave_room_for_fewer_rows(rung: Rung) -> None:
    headers, rows = ("NAME", "STATUS"), [(Cell("n" * 300), Cell("s" * 300))] * 50
    count = tables.fitting(headers, rows, rung)
    assert 1 <= count < 20
    assert faults(tables.drawn(tables.Table("pods", headers, rows[:count]), rung), "message") == []


def test_a_number_sorts_by_its_value_and_shows_its_text() -> None:
    (block,) = tables.drawn(
        tables.Table("pods", ("NAME", "AGE"), [(Cell("a"), Cell("1h", number=3600.0))]), Rung.DATA_TABLE
    )
    assert block["rows"] == [
        [{"type": "raw_text", "text": "NAME"}, {"type": "raw_text", "text": "AGE"}],
        [{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 3600.0, "text": "1h"}],
    ]
    assert block["caption"] == "pods"
    assert block["row_header_column_index"] == 0


@pytest.mark.parametrize("rung", [Rung.DATA_TABLE, Rung.TABLE])
def test_an_instant_is_shown_in_the_readers_zone(rung: Rung) -> None:
    (block,) = tables.drawn(
        tables.Table("pods", ("NAME", "CREATED"), [(Cell("a"), Cell("", number=NOW, time=NOW))]), rung
    )
    assert block["rows"][1][1] == {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {
                        "type": "date",
                        "timestamp": int(NOW),
                        "format": "{date_num} {time}",
                        "fallback": "2026-11-23 07:03",
                    }
                ],
            }
        ],
    }
    assert faults([block], "message") == []


def test_the_column_that_names_a_row_is_said_to_screen_readers() -> None:
    table = tables.Table("pods", ("NAMESPACE", "NAME"), [(Cell("default"), Cell("a"))], named_by=1)
    assert tables.drawn(table, Rung.DATA_TABLE)[0]["row_header_column_index"] == 1


@pytest.mark.parametrize("count", [1, 3, 10, 100])
def test_the_client_pages_through_a_few_rows_at_a_time(count: int) -> None:
    rows = [(Cell(f"p{at}"),) for at in range(count)]
    (block,) = tables.drawn(tables.Table("pods", ("NAME",), rows), Rung.DATA_TABLE)
    assert block["page_size"] == min(count, 10)
    assert 1 <= block["page_size"] <= numbers.DATA_TABLE_PAGE


def test_columns_line_up_in_sections() -> None:
    rows = [(Cell("cart"), Cell("1/1")), (Cell("checkout-api"), Cell("0/2"))]
    text = sections_text(tables.drawn(tables.Table("pods", ("NAME", "READY"), rows), Rung.SECTIONS))
    assert text == "NAME          READY\ncart          1/1\ncheckout-api  0/2"


@pytest.mark.parametrize("text", ["&" * CAP, "<" * CAP, "w" * CAP])
def test_a_row_of_long_values_is_whole_in_sections_too(text: str) -> None:
    headers, row = ("NAME", "B", "C", "D", "E", "F", "G", "H"), (Cell("a"), *[Cell(text)] * 7)
    blocks = tables.drawn(tables.Table("pods", headers, [row]), Rung.SECTIONS)
    assert faults(blocks, "message") == []
    assert sections_text(blocks).count(text[0]) >= 7 * CAP
