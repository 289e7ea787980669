"""Making facts and sections: nothing is said of what is not there, and nothing is so long that nobody reads it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import structs

from connector.description.fields import moment_of, scalar
from connector.description.values import Fact, Section
from connector.resources import Cell
from connector.resources.wire import moment

LONGEST = 1000
"""Characters of one value."""
MOST_VALUES = 50
"""Under one label."""
MOST_ROWS = 50
"""Of one section."""


def short(text: str, limit: int = LONGEST) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def instant_cell(epoch: float) -> Cell:
    """An instant, for the reader's own zone; an empty cell when there is none."""
    return Cell(moment(epoch), number=epoch, time=epoch) if epoch else Cell("")


def number_cell(value: int | None) -> Cell:
    return Cell("" if value is None else str(value), number=value)


def said(label: str, *texts: str) -> Iterator[Fact]:
    """A fact of these, unless all are empty."""
    there = [Cell(short(text)) for text in texts if text]
    if len(there) > MOST_VALUES:
        there[MOST_VALUES:] = [Cell(f"… {len(there) - MOST_VALUES} more")]
    if there:
        yield Fact(label, tuple(there))


def counted(label: str, value: int | None) -> Iterator[Fact]:
    if value is not None:
        yield Fact(label, (number_cell(value),))


def instant(label: str, epoch: float) -> Iterator[Fact]:
    if epoch:
        yield Fact(label, (instant_cell(epoch),))


def seconds(label: str, value: int | None) -> Iterator[Fact]:
    if value is not None:
        yield Fact(label, (Cell(f"{value}s", number=value),))


def equal(values: Mapping[str, str]) -> tuple[str, ...]:
    """Each as `key=value`."""
    return tuple(f"{key}={value}" for key, value in values.items())


def anything(label: str, value: Any) -> Iterator[Fact]:
    """A scalar; what looks like an instant as one."""
    epoch = moment_of(value) if isinstance(value, str) and "T" in value else 0.0
    yield from instant(label, epoch) if epoch else said(label, scalar(value))


def section(title: str, headers: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> Iterator[Section]:
    """A section of the first of these rows, unless there are none."""
    found = list(rows)
    if found:
        shown = tuple(
            tuple(structs.replace(cell, text=short(cell.text)) for cell in row) for row in found[:MOST_ROWS]
        )
        yield Section(title, headers, shown, len(found))
