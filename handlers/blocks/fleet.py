"""What a list of several clusters says of them: how many there are, and which gave no answer, or a part of one."""

from collections.abc import Iterable, Sequence

from connector.connector import Connection
from connector.errors import Failure
from connector.resources import Listing, Row
from handlers.blocks.heading import titled
from handlers.blocks.listing import Place, stale
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, button, context, section
from handlers.blocks.text import code, counted, cut, escaped
from handlers.command import Command

# A line each; a phone shows no more, and the rest is counted.
_LINES = 12
_LINE = 200


def clusters(count: int) -> str:
    """`1 cluster`, `3 clusters`."""
    return counted(count, "cluster")


def place(
    listing: Listing,
    count: int,
    failed: Sequence[tuple[Connection, Failure]],
    answered: Iterable[tuple[Connection, Listing]],
    *,
    production: bool,
) -> Place:
    """Where a list of `count` clusters is from; those that `failed`, were stopped for time, or are old, are named."""
    notes = _failures(failed, count)
    for one, found in answered:
        if not found.complete:
            notes.append(f"🟡 {code(one.id)} was stopped for time with {found.total:,}.")
        if found.silent:
            notes.append(stale(found, code(one.id)))

    def origin(row: Row) -> str:
        return str(getattr(row, "connection", ""))

    said = clusters(count)
    return Place(
        _heading(listing.kind.plural, count, production=production),
        said,
        said,
        said,
        notes=tuple(notes),
        origin=origin,
    )


def none_meant(command: Command, held: int) -> Message:
    """No connection matches the pattern; the person may list `held` others."""
    text = f"No connection matches {code(command.clusters)}. "
    if held:
        text += f"{counted(held, 'connection is', 'connections are')} there."
        way = button("Connections", "show.connections", Command(verb="connections").value())
    else:
        text += "There is none at all."
        way = button("Connect…", "ask.connect", Command(verb="connect").value())
    return Message(text, [section(text), actions(way)])


def none_answered(
    command: Command, failed: Sequence[tuple[Connection, Failure]], *, production: bool
) -> Message:
    """Not one of the clusters gave its list."""
    text = (
        f"🔴 None of the {clusters(len(failed))} gave its list."
        if len(failed) > 1
        else "🔴 The one cluster that is meant did not give its list."
    )
    lines = _failures(failed, 0)
    again = button("Try again", "try.again", command.value())
    blocks = [
        _heading(command.kind, len(failed), production=production),
        section(text),
        context("\n".join(lines)),
        actions(again),
    ]
    return Message(text, blocks)


def _heading(what: str, count: int, *, production: bool) -> Block:
    return titled(what, clusters(count), production=production)


def _failures(failed: Sequence[tuple[Connection, Failure]], of: int) -> list[str]:
    """A line for each, after one that counts them where others did answer."""
    if not failed:
        return []
    lines = [f"🔴 {len(failed)} of {clusters(of)} gave no list:"] if of else []
    for connection, failure in failed[:_LINES]:
        why = " ".join(f"{failure.what.rstrip('.')}. {failure.why}".split())
        lines.append(f"{code(connection.id)}: {escaped(cut(why, _LINE))}")
    if len(failed) > _LINES:
        lines.append(f"and {len(failed) - _LINES} more")
    return lines
