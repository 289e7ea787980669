"""What changed since a list was shown, as a table: what is new, gone or different, the weightiest first."""

from collections.abc import Sequence

from connector.connector import Connection
from connector.resources import Cell, Listing
from handlers.blocks import tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.listing import stale
from handlers.blocks.marks import MARKS
from handlers.blocks.message import Message, Rung
from handlers.blocks.parts import button, context, section
from handlers.blocks.text import code, escaped, moment, number, rows_of
from handlers.command import Command
from handlers.comparison import Change

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
    start, cells = tables.page(
        columns, lines.__getitem__, len(lines), rung, offset=here.offset, backwards=here.backwards
    )
    end = start + len(cells)
    caption = (
        f"what changed of {kind.plural} of {connection.id}, rows {start + 1:,} to {end:,} of {len(lines):,}"
    )
    table = tables.Table(caption, columns, cells, len(columns) - 2)
    blocks += [context(f"{text} · {taken}"), *old, *tables.drawn(table, rung)]
    if len(cells) < len(lines):
        blocks.append(context(rows_of(start, end, len(lines))))
    here = here.replaced(offset=start, backwards=False)
    refresh = button("Refresh", "refresh.changes", here.value())
    blocks.append(ways.row(here, refresh, *ways.turns(here, start, end, len(lines)), listed))
    return Message(f"{kind.plural} of {escaped(connection.cluster)}: {text}", blocks)


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
    return (Cell(f"{MARKS[change.health]} {change.how}"), *namespace, Cell(row.name), Cell(", ".join(parts)))


def _said(text: str) -> str:
    return text or "nothing"
