"""CSV: what is in the rows comes back from it, and no spreadsheet runs any of it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.resources import Cell
from handlers.sheets import as_csv
from tests.handlers.samples import HOSTILE

TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_rows_come_back_as_they_were(rows: list[list[str]]) -> None:
    back = read(as_csv(("A", "B", "C"), [[Cell(text) for text in row] for row in rows]))
    assert back[0] == ["A", "B", "C"]
    assert [[cell.removeprefix("'") for cell in row] for row in back[1:]] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]


@given(TEXT)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    ((cell,),) = read(as_csv((text,), []))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("https://evil.example")']
)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert read(as_csv(("A",), [[Cell(text)]])) == [["A"], [f"'{text}"]]


def test_a_line_ends_as_the_rfc_has_it_and_a_cell_that_needs_it_is_quoted() -> None:
    assert as_csv(("A", "B"), [[Cell("a,b"), Cell('say "x"\ny')]]) == 'A,B\r\n"a,b","say ""x""\ny"\r\n'


def test_numbers_are_what_is_shown_and_instants_can_be_sorted() -> None:
    row = [Cell("214 (2m ago)", number=214), Cell("Nov 23", number=0, time=1_795_417_412)]
    assert read(as_csv(("RESTARTS", "CREATED"), [row]))[1] == ["214 (2m ago)", "2026-11-23T07:03:32+00:00"]
