"""The trail as a message: who did what, when, to which cluster and as whom, and how it ended."""

from connector.resources import Cell
from handlers.blocks import tables
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, header, section
from handlers.blocks.text import code, counted, escaped, moment, number
from handlers.command import Command
from handlers.trail import Entry, Found

_HEADERS = (
    "TIME",
    "PERSON",
    "VERB",
    "OUTCOME",
    "CLUSTER",
    "NAMESPACE",
    "CHANNEL",
    "SECONDS",
    "AS",
    "REF",
)


def drawn(found: Found, command: Command, now: float, days: int, rung: Rung) -> Message:
    """The page of the trail that `command` asks for, as many lines as fit on this rung; kept for so many days."""
    head = header("audit")
    narrowed = _narrowed(command)
    if not found.entries:
        return _empty(command, head, now, days, narrowed)
    entries, newer = _page(found, command, rung)
    end = newer + len(entries)
    summary = f"{counted(found.total, 'line')}{narrowed}"
    caption = f"audit, lines {newer + 1:,} to {end:,} of {found.total:,}, the newest first"
    blocks = [
        head,
        context(
            f"{summary} · the newest first · kept for {days:,} days · taken {moment(now, '{time_secs}')}"
        ),
        *tables.drawn(tables.Table(caption, _HEADERS, [_row(entry) for entry in entries]), rung),
    ]
    if len(entries) < found.total:
        blocks.append(context(f"Lines {number(newer + 1)}–{number(end)} of {number(found.total)}"))
    blocks.append(actions(*_turns(command, entries, newer, end < found.total)))
    return Message(f"audit: {summary}", blocks)


def _page(found: Found, command: Command, rung: Rung) -> tuple[tuple[Entry, ...], int]:
    """The lines that one message holds, and how many stand before them."""
    rows = [_row(entry) for entry in found.entries]
    if command.backwards:
        count = tables.fitting(_HEADERS, reversed(rows), rung)
        return found.entries[-count:], found.newer + len(rows) - count
    return found.entries[: tables.fitting(_HEADERS, rows, rung)], found.newer


def _row(entry: Entry) -> tuple[Cell, ...]:
    # A direct message is no channel that a mention could show.
    channel = tables.Mention(entry.channel, kind="channel")
    return (
        Cell("", time=entry.at),
        tables.Mention(entry.user),
        Cell(entry.verb),
        Cell(entry.outcome),
        Cell(entry.cluster),
        Cell(entry.namespace),
        Cell("direct message") if entry.channel.startswith("D") else channel,
        Cell(f"{entry.seconds:.1f}", number=entry.seconds),
        Cell(entry.principal),
        Cell(entry.ref),
    )


def _narrowed(command: Command) -> str:
    """What the lines have in common, as mrkdwn that follows their count."""
    parts = [
        f" of <@{escaped(command.user)}>" if command.user else "",
        f" about {code(command.cluster)}" if command.cluster else "",
        f" within {code(command.since)}" if command.since else "",
        f" with the reference {code(command.ref)}" if command.ref else "",
    ]
    return "".join(parts)


def _turns(command: Command, entries: tuple[Entry, ...], newer: int, older: bool) -> list[Block]:
    first = command.replaced(offset=0, backwards=False)
    turns = [button("Newest" if newer else "Refresh", "newest.audit", first.value())]
    if newer:
        earlier = command.replaced(offset=entries[0].id, backwards=True)
        turns.append(button("‹ Newer", "newer.audit", earlier.value(), label="Newer lines"))
    if older:
        later = command.replaced(offset=entries[-1].id, backwards=False)
        turns.append(button("Older ›", "older.audit", later.value(), label="Older lines"))
    return turns


def _empty(command: Command, head: Block, now: float, days: int, narrowed: str) -> Message:
    kept = f"It keeps what was done in this workspace for {days:,} days."
    text = f"There is no line in the trail{narrowed}.\n{kept}"
    blocks = [head, section(text), context(f"taken {moment(now, '{time_secs}')}")]
    if narrowed:
        whole = command.replaced(user="", cluster="", since="", ref="", offset=0, backwards=False)
        blocks.append(actions(button("The whole trail", "widen.audit", whole.value())))
    return Message(f"There is no line in the trail{narrowed}.", blocks)
