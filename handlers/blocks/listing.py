"""A list of Kubernetes objects as a message: what it is, what is wrong, the rows, and where to go from here."""

from dataclasses import dataclass

from connector.connector import Connection
from connector.resources import KINDS, Cell, Health, Kind, Listing
from handlers.blocks import tables
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, header, option, plain, section
from handlers.blocks.text import code, counted, escaped, moment, number
from handlers.command import Command

# A block_id holds the query of the selects inside it; a longer one does without the select.
NAMESPACES = "choose.namespace"


@dataclass(frozen=True)
class Missing:
    """The namespace that was asked for is not there; `nearest` is one that is, if any is near."""

    nearest: str


def drawn(
    listing: Listing,
    connection: Connection,
    command: Command,
    rung: Rung,
    *,
    several: bool = False,
    missing: Missing | None = None,
) -> Message:
    """The page of `listing` that `command` asks for, as many rows as fit on this rung.

    `several` says that the workspace has other connections too; `missing`, that the namespace asked for is not there.
    """
    head = header(" · ".join(_where(listing, connection)))
    if not listing.rows:
        return _empty(listing, connection, command, head, missing)
    start, cells = page(listing, command, rung)
    end = start + len(cells)
    here = command.replaced(offset=start, backwards=False)
    headers = tuple(column.header for column in listing.kind.columns)
    caption = (
        f"{listing.kind.plural} of {connection.id}, rows {start + 1:,} to {end:,} of {len(listing.rows):,}"
    )
    summary = _summary(listing, command)
    blocks = [
        head,
        context(f"{summary} · taken {moment(listing.taken_at, '{time_secs}')}"),
        *_incomplete(listing),
        *tables.drawn(tables.Table(caption, headers, cells, headers.index(listing.kind.named_by)), rung),
    ]
    if len(cells) < len(listing.rows):
        blocks.append(
            context(
                f"Rows {number(start + 1)}–{number(end)} of {number(len(listing.rows))}{_narrower(command, several)}"
            )
        )
    blocks += _ways_on(here, connection, start, end, len(listing.rows))
    return Message(f"{listing.kind.plural} of {escaped(connection.cluster)}: {summary}", blocks)


def page(listing: Listing, command: Command, rung: Rung) -> tuple[int, list[tuple[Cell, ...]]]:
    """Where the page starts, counted from 0, and its rows as cells.

    A page is as long as its rows allow, so "previous" counts back from the first row shown. A list that has become
    shorter than the offset shows its last page.
    """
    rows, now = listing.rows, listing.taken_at
    columns = listing.kind.columns
    headers = tuple(column.header for column in columns)

    def cells(index: int) -> tuple[Cell, ...]:
        return tuple(column.cell(rows[index], now) for column in columns)

    start = min(command.offset, len(rows))
    if command.backwards or start == len(rows):
        start -= tables.fitting(headers, (cells(index) for index in reversed(range(start))), rung)
    count = tables.fitting(headers, (cells(index) for index in range(start, len(rows))), rung)
    return start, [cells(index) for index in range(start, start + count)]


def _summary(listing: Listing, command: Command) -> str:
    kind = listing.kind
    broken = sum(row.health is Health.BROKEN for row in listing.rows)
    changing = sum(row.health is Health.CHANGING for row in listing.rows)
    trouble = [f"🔴 {number(broken)} {kind.broken}"] if broken else []
    trouble += [f"🟡 {number(changing)} {kind.changing}"] if changing else []
    if command.words:
        matched = f"{number(len(listing.rows))} of {counted(listing.total, kind.singular, kind.plural)}"
        count = f"{matched} match {_words(command)}"
    else:
        count = counted(listing.total, kind.singular, kind.plural)
    if command.namespace:
        count += f" in {code(command.namespace)}"
    elif kind.namespaced:
        namespaces = len({row.namespace for row in listing.rows})
        count += f" in {counted(namespaces, 'namespace')}"
    if command.selector:
        count += f" with {code(command.selector)}"
    return " · ".join([*(trouble or ["🟢 none in trouble"]), count])


def _words(command: Command) -> str:
    return " ".join(code(word) for word in command.words)


def _incomplete(listing: Listing) -> list[Block]:
    if listing.complete:
        return []
    whole = f" of about {number(listing.expected)}" if listing.expected else ""
    return [
        context(
            f"🟡 Stopped for time with {number(listing.total)}{whole} {listing.kind.plural}: the rest is missing."
        )
    ]


def _narrower(command: Command, several: bool) -> str:
    if command.words or command.namespace:
        return ""
    example = command.replaced(offset=0, backwards=False, owner="", words=("WORD",))
    if not several:
        example = example.replaced(connection="")
    return f" · narrow it: {code(example.typed())}"


def _ways_on(here: Command, connection: Connection, start: int, end: int, total: int) -> list[Block]:
    turns = [button("Refresh", "refresh.list", here.value())]
    if start > 0:
        previous = here.replaced(offset=start, backwards=True)
        turns.append(button("‹ Previous", "previous.page", previous.value(), label="Previous page"))
    if end < total:
        turns.append(button("Next ›", "next.page", here.replaced(offset=end).value(), label="Next page"))
    base = Command(
        verb="get", kind=here.kind, connection=connection.id, private=here.private, owner=here.owner
    )
    query = here.replaced(offset=0).encoded()
    if KINDS[here.kind].namespaced and len(query) <= numbers.IDENTIFIER:
        turns.append(_namespace_select(here.namespace))
    kinds = [
        button(
            _label(KINDS[plural]),
            f"list.{plural}",
            base.replaced(kind=plural, namespace=here.namespace if KINDS[plural].namespaced else "").value(),
            label=_spoken(KINDS[plural]),
        )
        for plural in KINDS[here.kind].related
    ]
    # The two rows of buttons need block_ids that differ.
    return [actions(*turns, block_id=query if len(query) <= numbers.IDENTIFIER else ""), actions(*kinds)]


# What a phone shows of a button beside others; longer plurals have a short name that everybody knows.
_LABEL_CHARACTERS = 12


def _label(kind: Kind) -> str:
    return kind.plural if len(kind.plural) <= _LABEL_CHARACTERS else kind.short_names[0]


def _spoken(kind: Kind) -> str:
    """What a screen reader says of a button that has a short name on it; "" where that is not needed."""
    return "" if _label(kind) == kind.plural else f"{_label(kind)}: {kind.plural}"


def _namespace_select(namespace: str) -> Block:
    select: Block = {
        "type": "external_select",
        "action_id": NAMESPACES,
        "placeholder": plain("Namespace", numbers.PLACEHOLDER),
        "min_query_length": 0,
    }
    if namespace:
        select["initial_option"] = option(namespace, namespace)
    return select


def _empty(
    listing: Listing, connection: Connection, command: Command, head: Block, missing: Missing | None
) -> Message:
    plural = listing.kind.plural
    here = command.replaced(offset=0, backwards=False)
    where = f" in {code(command.namespace)}" if command.namespace else ""
    if command.selector:
        where += f" with {code(command.selector)}"
    if missing:
        text = f"There is no namespace {code(command.namespace)} in {code(connection.cluster)}."
        if missing.nearest:
            text += f" Did you mean {code(missing.nearest)}?"
            wider, label = here.replaced(namespace=missing.nearest), f"Show {missing.nearest}"
        else:
            wider, label = here.replaced(namespace=""), "All namespaces"
    elif command.words and listing.total:
        text = f"No {plural}{where} match {_words(command)}. "
        verb = "is" if listing.total == 1 else "are"
        text += f"{counted(listing.total, listing.kind.singular, plural)} {verb} there."
        wider, label = here.replaced(words=()), "Show them"
    else:
        text = f"There are no {plural}{where} in {code(connection.cluster)}."
        if command.selector:
            wider, label = here.replaced(selector=""), "Without the selector"
        else:
            wider, label = here.replaced(namespace=""), "All namespaces"
    taken = context(f"taken {moment(listing.taken_at, '{time_secs}')}")
    blocks = [head, section(text), *_incomplete(listing), taken]
    if wider != here:
        blocks.append(actions(button(label, "widen.list", wider.value())))
    return Message(text, [*blocks, *_ways_on(here, connection, 0, 0, 0)])


def _where(listing: Listing, connection: Connection) -> list[str]:
    # The account tells two clusters of one name apart; their ids do too.
    account = [connection.account] if connection.id.endswith(f"_{connection.account}") else []
    return [listing.kind.plural, connection.cluster, connection.region, *account, f"v{connection.version}"]
