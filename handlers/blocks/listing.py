"""A list of Kubernetes objects as a message: what it is, what is wrong, the rows, and where to go from here."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from connector.connector import Connection
from connector.resources import KINDS, Cell, Health, Kind, Listing, Row
from connector.words import meant
from handlers.blocks import opening, tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, option, plain, section
from handlers.blocks.text import code, counted, cut, escaped, moment, number, rows_of
from handlers.command import Command

# A block_id holds the query of the selects inside it; a longer one does without the select.
NAMESPACES = "choose.namespace"

# Up to so many are told in seconds.
_SECONDS = 120

# Of one query: what is longer is what nobody reads in a summary.
_QUOTED = 200


@dataclass(frozen=True)
class Missing:
    """The namespace that was asked for is not there; `nearest` is one that is, if any is near."""

    nearest: str


@dataclass(frozen=True)
class Place:
    """Of which cluster a list is, or of which several."""

    head: Block
    # In a sentence, as mrkdwn; as plain text; and by id, where there is one.
    named: str
    plain: str
    caption: str
    # Of the buttons that lead to other lists; empty where they lead to those of several clusters.
    connection: str = ""
    # Lines of mrkdwn about the answer, as who did not give one.
    notes: tuple[str, ...] = ()
    # The connection of a row, where rows are of several.
    origin: Callable[[Row], str] = lambda _row: ""
    # Under which id the list is kept, to be asked what changed since; empty where it is not.
    seen: str = ""


def drawn(
    listing: Listing,
    connection: Connection,
    command: Command,
    rung: Rung,
    *,
    several: bool = False,
    missing: Missing | None = None,
    production: bool = False,
    seen: str = "",
) -> Message:
    """The page of `listing` that `command` asks for, as many rows as fit on this rung.

    `several` says that the workspace has other connections too; `missing`, that the namespace asked for is not there;
    `seen` is the id under which the list is kept.
    """
    place = Place(
        heading(listing.kind.plural, connection, production=production),
        code(connection.cluster),
        connection.cluster,
        connection.id,
        connection.id,
        seen=seen,
    )
    return drawn_at(listing, place, command, rung, several=several, missing=missing)


def drawn_at(
    listing: Listing,
    place: Place,
    command: Command,
    rung: Rung,
    *,
    several: bool = False,
    missing: Missing | None = None,
) -> Message:
    """The same of any place."""
    if not listing.rows:
        return _empty(listing, place, command, missing)
    start, cells = page(listing, command, rung)
    end = start + len(cells)
    here = command.replaced(offset=start, backwards=False)
    kind, total = listing.kind, len(listing.rows)
    headers = tuple(column.header for column in kind.columns)[: numbers.TABLE_COLUMNS]
    rows = f"row {end:,}" if end == start + 1 else f"rows {start + 1:,} to {end:,}"
    caption = f"{kind.plural} of {place.caption}, {rows} of {total:,}"
    summary = _summary(listing, command)
    named_by = headers.index(kind.named_by) if kind.named_by in headers else 0
    blocks = [
        place.head,
        context(f"{summary} · taken {moment(listing.taken_at, '{time_secs}')}"),
        *_incomplete(listing),
        *_stale(listing, place),
        *_notes(place),
        *tables.drawn(tables.Table(caption, headers, cells, named_by), rung),
        *_left_out(kind),
    ]
    if len(cells) < total:
        blocks.append(context(f"{rows_of(start, end, total)}{_narrower(command, several)}"))
    blocks += opening.row(kind, listing.rows[start:end], here, place.origin)
    blocks += _ways_on(here, listing, place, start, end)
    return Message(f"{kind.plural} of {escaped(place.plain)}: {summary}", blocks)


def page(listing: Listing, command: Command, rung: Rung) -> tuple[int, list[tuple[Cell, ...]]]:
    """Where the page starts, counted from 0, and its rows as cells; see `tables.page`."""
    rows, now = listing.rows, listing.taken_at
    columns = listing.kind.columns[: numbers.TABLE_COLUMNS]
    headers = tuple(column.header for column in columns)

    def cells(index: int) -> tuple[Cell, ...]:
        return tuple(column.cell(rows[index], now) for column in columns)

    return tables.page(headers, cells, len(rows), rung, offset=command.offset, backwards=command.backwards)


def _summary(listing: Listing, command: Command) -> str:
    kind = listing.kind
    count = counted(listing.total, kind.singular, kind.plural)
    if command.words:
        match = "matches" if len(listing.rows) == 1 else "match"
        count = f"{number(len(listing.rows))} of {count} {match} {_words(command)}"
    if command.namespace and kind.namespaced:
        count += f" in {code(command.namespace)}"
    elif kind.namespaced:
        namespaces = len({row.namespace for row in listing.rows})
        count += f" in {counted(namespaces, 'namespace')}"
    parts = [*_state(listing), count + narrowed(command)]
    if command.sort_by:
        parts.append(f"by {_quoted(command.sort_by)}")
    return " · ".join(parts)


def _state(listing: Listing) -> list[str]:
    """What is wrong; nothing where nobody can tell."""
    kind = listing.kind
    health = Counter(map(attrgetter("health"), listing.rows))
    broken, changing = health[Health.BROKEN], health[Health.CHANGING]
    trouble = [f"🔴 {number(broken)} {kind.broken}"] if broken else []
    trouble += (
        [f"🟡 {counted(changing, kind.changing_one or kind.changing, kind.changing)}"] if changing else []
    )
    known = health.total() > health[Health.UNKNOWN]
    return trouble or ([f"🟢 {kind.well}"] if kind.well and known else [])


def narrowed(command: Command) -> str:
    """What the server was asked to leave out."""
    said = ""
    if command.about:
        said += f" about {_quoted(command.about)}"
    if command.selector:
        said += f" with {_quoted(command.selector)}"
    if command.field_selector:
        said += f" where {_quoted(command.field_selector)}"
    return f"{said}, warnings only" if command.warnings else said


def _quoted(text: str) -> str:
    return code(cut(text, _QUOTED))


def _words(command: Command) -> str:
    return " ".join(code(word) for word in command.words)


def _incomplete(listing: Listing) -> list[Block]:
    if listing.complete:
        return []
    whole = f" of about {number(listing.expected)}" if listing.expected else ""
    found = counted(listing.total, listing.kind.singular, listing.kind.plural)
    if whole:
        found = f"{number(listing.total)}{whole} {listing.kind.plural}"
    return [context(f"🟡 Stopped for time with {found}: the rest is missing.")]


def _stale(listing: Listing, place: Place) -> list[Block]:
    return [context(stale(listing, place.named))] if listing.silent else []


def stale(listing: Listing, named: str) -> str:
    """How old the list of a cluster is that does not answer, as mrkdwn; `named` is the cluster, as mrkdwn too."""
    seconds = max(1, round(listing.silent))
    old = f"{seconds} s" if seconds < _SECONDS else f"{seconds // 60} min"
    return f"🟡 As of {old} ago: {named} is not answering now."


def _notes(place: Place) -> list[Block]:
    return [context("\n".join(place.notes))] if place.notes else []


def _left_out(kind: Kind) -> list[Block]:
    left = [code(column.header) for column in kind.columns[numbers.TABLE_COLUMNS :]]
    if not left:
        return []
    what = counted(len(left), "column does", "columns do")
    return [context(f"{what} not fit here: {', '.join(left)}. `-o csv` has them all.")]


def _narrower(command: Command, several: bool) -> str:
    if command.words or command.namespace:
        return ""
    example = command.replaced(offset=0, backwards=False, owner="", words=("WORD",))
    if not several:
        example = example.replaced(connection="")
    return f" · narrow it: {code(example.typed())}"


def _ways_on(here: Command, listing: Listing, place: Place, start: int, end: int) -> list[Block]:
    turns = [button("Refresh", "refresh.list", here.value())]
    if place.seen:
        turns.append(ways.changed(here, place.seen))
    turns += ways.turns(here, start, end, len(listing.rows))
    base = Command(
        verb="get",
        kind=here.kind,
        connection=place.connection,
        clusters=here.clusters,
        private=here.private,
        owner=here.owner,
    )
    if listing.kind.namespaced and ways.fits(here):
        turns.append(namespace_select(here.namespace))
    kinds = [
        button(
            _label(KINDS[plural]),
            f"list.{plural}",
            base.replaced(kind=plural, namespace=here.namespace if KINDS[plural].namespaced else "").value(),
            label=_spoken(KINDS[plural]),
        )
        for plural in listing.kind.related
    ]
    # The two rows of buttons need block_ids that differ.
    return [ways.row(here, *turns), actions(*kinds)]


# What a phone shows of a button beside others; longer plurals have a short name that everybody knows.
_LABEL_CHARACTERS = 12


def _label(kind: Kind) -> str:
    return kind.plural if len(kind.plural) <= _LABEL_CHARACTERS else kind.short_names[0]


def _spoken(kind: Kind) -> str:
    """What a screen reader says of a button that has a short name on it; "" where that is not needed."""
    return "" if _label(kind) == kind.plural else f"{_label(kind)}: {kind.plural}"


def namespace_select(namespace: str) -> Block:
    """Looks into another namespace: for a row whose block_id holds the command that this is about."""
    select: Block = {
        "type": "external_select",
        "action_id": NAMESPACES,
        "placeholder": plain("Namespace", numbers.PLACEHOLDER),
        "min_query_length": 0,
    }
    if namespace:
        select["initial_option"] = option(namespace, namespace)
    return select


def _empty(listing: Listing, place: Place, command: Command, missing: Missing | None) -> Message:
    plural = listing.kind.plural
    here = command.replaced(offset=0, backwards=False)
    where = f" in {code(command.namespace)}" if command.namespace and listing.kind.namespaced else ""
    where += narrowed(command)
    near: tuple[str, ...] = ()
    if missing:
        text = f"There is no namespace {code(command.namespace)} in {place.named}."
        text = f"{text} {escaped(meant(missing.nearest))}".strip()
        if missing.nearest:
            wider, label = here.replaced(namespace=missing.nearest), f"Show {missing.nearest}"
        else:
            wider, label = here.replaced(namespace=""), "All namespaces"
    elif command.words and listing.total:
        text = f"No {plural}{where} match {_words(command)}. "
        verb = "is" if listing.total == 1 else "are"
        text += f"{counted(listing.total, listing.kind.singular, plural)} {verb} there."
        near = listing.near
        text = f"{text} {escaped(meant(*near))}".strip()
        wider, label = here.replaced(words=()), "Show them"
    else:
        text = f"There are no {plural}{where} in {place.named}."
        wider, label = _wider(here)
    taken = context(f"taken {moment(listing.taken_at, '{time_secs}')}")
    state = [*_incomplete(listing), *_stale(listing, place)]
    blocks = [place.head, section(text), *state, *_notes(place), taken]
    offers = [
        button(f"Show {one}", f"near.{at}", here.replaced(words=(one,)).value())
        for at, one in enumerate(near)
    ]
    if wider != here:
        offers.append(button(label, "widen.list", wider.value()))
    if offers:
        blocks.append(actions(*offers))
    return Message(text, [*blocks, *_ways_on(here, listing, place, 0, 0)])


def _wider(here: Command) -> tuple[Command, str]:
    """The same with the narrowest thing left out, and what a button says of it."""
    if here.selector or here.field_selector:
        return here.replaced(selector="", field_selector=""), "Without the selector"
    if here.warnings:
        return here.replaced(warnings=False), "All of them"
    if here.about:
        return here.replaced(about=""), "About all objects"
    return here.replaced(namespace=""), "All namespaces"
