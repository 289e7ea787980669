"""A line of the table: what was measured, of us and of somebody else, and whether it reaches what we want."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    what: str
    ours: str
    peer: str
    """Whom we compare with, and its figure; "" where there is nobody."""
    ratio: str
    reach: str
    """What we want of it."""
    met: bool | None
    """None: it could not be measured here, and `ratio` says why."""


def seconds(value: float) -> str:
    """1.23 s, 12.3 ms, 98 µs."""
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.1f} ms" if value >= 1e-3 else f"{value * 1e6:.0f} µs"


def megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"


def times(value: float) -> str:
    return f"{value:,.0f} ×" if value >= 20 else f"{value:.2f} ×"


HEADERS = ("what", "ours", "against", "ratio", "reach", "")
_MET = {True: "yes", False: "**no**", None: "–"}


def cells(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    return [(row.what, row.ours, row.peer, row.ratio, row.reach, _MET[row.met]) for row in rows]


def markdown(headers: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table as Markdown takes it."""
    ruled = [headers, ["---"] * len(headers), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in ruled)


def plain(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table for a terminal."""
    widths = [max(len(line[at]) for line in (headers, *lines)) for at in range(len(headers))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (headers, *lines)
    )
