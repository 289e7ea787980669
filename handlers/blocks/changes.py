"""What changed since a list was shown, as a table: what is new, gone or different, the weightiest first."""

from collections.abc import Sequence

from connector.connector import Connection
from connector.resources import Cell, Health, Listing
from handlers.blocks import tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.listing import stale
from handlers.blocks.message import Message, Rung
from handlers.blocks.parts import button, context, section
from handlers.blocks.text import code, escaped, moment, number
from handlers.command import Command
from handlers.comparison import Change

_MARKS = {Health.BROKEN: "🔴", Health.CHANGING: "🟡", Health.HEALTHY: "🟢"}
_UNKNOWN = "⚪"
# Of a row that is new or gone, so many of its first columns.
_TOLD = 4


def drawn(
    changes: Sequence[Change],
    since: float,
    headers: tuple[str, ...],
    listing: Listing,
    connection: Connection,
    here: Command,
    rung: Rung,
    *,
    production: bool = False,
) -> Message:
    """The page of `changes` that `here` asks for. `headers` are those of the rows' cells; `since` is epoch seconds."""
    kind, then = listing.kind, moment(since, "{time_secs}")
    blocks = [heading(f"{kind.plural}: what changed", connection, production=production)]
    taken = f"taken {moment(listing.taken_at, '{time_secs}')}"
    old = [context(stale(listing, code(connection.cluster)))] if listing.silent else []
    listed = button("Show the list", "show.list", here.replaced(seen="", owner="", offset=0).value())
    if not changes:
        same = f"{number(len(listing.rows))} {kind.plural} are as they were"
        if len(listing.rows) == 1:
            same = f"the one {kind.singular} is as it was"
        text = f"Nothing changed since {then}: {same}."
        row = ways.row(here, button("Refresh", "refresh.changes", here.value()), listed)
        return Message(text, [*blocks, section(text), context(taken), *old, row])
    counts = {how: sum(change.how == how for change in changes) for how in ("different", "new", "gone")}
    summary = ", ".join(f"{number(count)} {how}" for how, count in counts.items() if count)
    text = f"Since {then}: {summary}"
    columns = ("CHANGE", *(("NAMESPACE",) if kind.namespaced else ()), kind.named_by, "WHAT")
    lines = [_line(change, headers, namespaced=kind.namespaced, named_by=kind.named_by) for change in changes]
    start, end = _page(columns, lines, here, rung)
    caption = (
        f"what changed of {kind.plural} of {connection.id}, rows {start + 1:,} to {end:,} of {len(lines):,}"
    )
    table = tables.Table(caption, columns, lines[start:end], len(columns) - 2)
    blocks += [context(f"{text} · {taken}"), *old, *tables.drawn(table, rung)]
    if end - start < len(lines):
        blocks.append(context(f"Rows {number(start + 1)}–{number(end)} of {number(len(lines))}"))
    here = here.replaced(offset=start, backwards=False)
    turns = [button("Refresh", "refresh.changes", here.value())]
    if start > 0:
        turns.append(
            button(
                "‹ Previous", "previous.page", here.replaced(backwards=True).value(), label="Previous page"
            )
        )
    if end < len(lines):
        turns.append(button("Next ›", "next.page", here.replaced(offset=end).value(), label="Next page"))
    blocks.append(ways.row(here, *turns, listed))
    return Message(f"{kind.plural} of {escaped(connection.cluster)}: {text}", blocks)


def _page(
    columns: tuple[str, ...], lines: Sequence[tuple[Cell, ...]], here: Command, rung: Rung
) -> tuple[int, int]:
    start = min(here.offset, len(lines))
    if here.backwards or start == len(lines):
        start -= tables.fitting(columns, reversed(lines[:start]), rung)
    return start, start + tables.fitting(columns, lines[start:], rung)


def _line(change: Change, headers: tuple[str, ...], *, namespaced: bool, named_by: str) -> tuple[Cell, ...]:
    row = change.row
    if change.how == "different":
        parts = ["another one of that name"] if change.anew else []
        parts += [f"{header} {_said(was)} → {_said(now)}" for header, was, now in change.differences]
    else:
        told = [
            f"{header} {text}"
            for header, text in zip(headers, row.cells, strict=True)
            if text and header not in ("NAMESPACE", named_by)
        ]
        parts = [f"{'was ' if change.how == 'gone' else ''}{', '.join(told[:_TOLD])}"]
    namespace = [Cell(row.namespace)] if namespaced else []
    mark = _UNKNOWN if change.how == "gone" else _MARKS.get(change.health, _UNKNOWN)
    return (Cell(f"{mark} {change.how}"), *namespace, Cell(row.name), Cell(", ".join(parts)))


def _said(text: str) -> str:
    return text or "nothing"
