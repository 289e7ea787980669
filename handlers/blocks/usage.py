"""What pods or nodes use as a message: who is near a limit, a chart of the largest, the rows, and where to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.connector import Connection
from connector.gauges import CPU, MEMORY, Gauge, Use
from connector.quantities import cores, mebibytes
from connector.resources import KINDS, Cell, Health
from connector.usage import NEAR, Figures, Unmeasured
from connector.words import meant
from handlers.blocks import charts, listing, opening, tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, section
from handlers.blocks.text import code, counted, escaped, moment, number, rows_of
from handlers.command import Command

_BARS = 10
_NAMED = 5
_NONE = Cell("-", number=0.0)

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "pods": (
        "STATE",
        "NAMESPACE",
        "NAME",
        "CPU",
        "CPU REQUEST",
        "CPU LIMIT",
        "MEMORY",
        "MEMORY REQUEST",
        "MEMORY LIMIT",
    ),
    "nodes": (
        "STATE",
        "NAME",
        "CPU",
        "CPU %",
        "CPU REQUESTED",
        "MEMORY",
        "MEMORY %",
        "MEMORY REQUESTED",
    ),
}
# What is said of a share over 1, from NEAR on, and below.
_STATES: Mapping[str, tuple[str, str, str]] = {
    "pods": ("over limit", "near limit", "within limits"),
    "nodes": ("full", "nearly full", "has room"),
}


@dataclass(frozen=True)
class _Opened:
    """A row of usage as a row of its kind's list, to be opened by."""

    name: str
    namespace: str | None
    health: Health = Health.HEALTHY
    created: float = 0.0


def drawn(
    figures: Figures,
    connection: Connection,
    command: Command,
    rung: Rung,
    *,
    missing: listing.Missing | None = None,
    production: bool = False,
) -> Message:
    """The page of `figures` that `command` asks for, as many rows as fit on this rung.

    `missing` says that the namespace asked for is not there.
    """
    plural = command.kind
    head = heading(f"top {plural}", connection, production=production)
    notes = _notes(figures, plural)
    if not figures.rows:
        text = _nothing(figures, connection, command, missing)
        near = [actions(_show(command, missing.nearest))] if missing and missing.nearest else []
        return Message(text, [head, section(text), *near, *notes, *_ways_on(command, connection, 0, 0, 0)])
    headers, total = _HEADERS[plural], len(figures.rows)
    start, cells = tables.page(
        headers,
        lambda index: _cells(figures.rows[index], plural),
        total,
        rung,
        offset=command.offset,
        backwards=command.backwards,
    )
    end = start + len(cells)
    here = command.replaced(offset=start, backwards=False)
    summary = _summary(figures, command)
    caption = f"usage of {plural} of {connection.id}, rows {start + 1:,} to {end:,} of {total:,}"
    blocks = [
        head,
        context(f"{summary} · {_measured(figures)}"),
        *(_chart(figures.rows, command) if rung is Rung.CHART and not start else ()),
        *tables.drawn(tables.Table(caption, headers, cells, headers.index("NAME")), rung),
    ]
    if len(cells) < total:
        blocks.append(context(rows_of(start, end, total)))
    opened = (_Opened(one.name, one.namespace) for one in figures.rows[start:end])
    blocks += [*notes, *opening.row(KINDS[plural], opened, here)]
    return Message(
        f"top {plural} of {escaped(connection.cluster)}: {summary}",
        [*blocks, *_ways_on(here, connection, start, end, total)],
    )


def _summary(figures: Figures, command: Command) -> str:
    kind = KINDS[command.kind]
    over, near, _ = _STATES[command.kind]
    shares = [_worst(one)[1] or 0.0 for one in figures.rows]
    too_much = sum(share > 1 for share in shares)
    close = sum(NEAR <= share <= 1 for share in shares)
    trouble = [f"🔴 {number(too_much)} {over}"] if too_much else []
    trouble += [f"🟡 {number(close)} {near}"] if close else []
    count = counted(figures.total, kind.singular, kind.plural)
    if command.words:
        match = "matches" if len(figures.rows) == 1 else "match"
        count = f"{number(len(figures.rows))} of {count} {match} {_words(command)}"
    if command.namespace:
        count += f" in {code(command.namespace)}"
    elif kind.namespaced:
        count += f" in {counted(len({one.namespace for one in figures.rows}), 'namespace')}"
    if command.selector:
        count += f" with {code(command.selector)}"
    return " · ".join([*(trouble or [f"🟢 none {near}"]), count])


def _words(command: Command) -> str:
    return " ".join(code(word) for word in command.words)


def _measured(figures: Figures) -> str:
    # A metrics server measures every 15 s, or every minute where it was left at its default of old.
    averaged = f", averaged over {figures.window:.0f} s" if figures.window else ""
    return f"measured {moment(figures.measured_at, '{time_secs}')}{averaged}"


def _show(command: Command, namespace: str) -> Block:
    wanted = command.replaced(namespace=namespace, offset=0, backwards=False)
    return button(f"Show {namespace}", "near.namespace", wanted.value())


def _nothing(
    figures: Figures, connection: Connection, command: Command, missing: listing.Missing | None
) -> str:
    plural = command.kind
    if missing:
        near = escaped(meant(missing.nearest))
        return (
            f"There is no namespace {code(command.namespace)} in {code(connection.cluster)}. {near}".strip()
        )
    where = f" in {code(command.namespace)}" if command.namespace else ""
    where += f" with {code(command.selector)}" if command.selector else ""
    if command.words and figures.total:
        there = counted(figures.total, KINDS[plural].singular, plural)
        return f"No {plural}{where} that have figures match {_words(command)}; {there} have some."
    return f"There are no figures of {plural}{where} in {code(connection.cluster)}."


def _notes(figures: Figures, plural: str) -> list[Block]:
    """What the rows do not tell."""
    notes: list[Block] = []
    if not figures.complete:
        notes.append(context("🟡 Stopped for time: the rest is missing."))
    if figures.unmeasured:
        notes.append(context(_without(figures.unmeasured, plural)))
    if figures.hidden:
        notes.append(context(f"What pods asked for is not shown: {escaped(figures.hidden)}."))
    return notes


def _without(unmeasured: Sequence[Unmeasured], plural: str) -> str:
    running = [one for one in unmeasured if one.running]
    verb = "has" if len(unmeasured) == 1 else "have"
    said = f"⚪ {counted(len(unmeasured), KINDS[plural].singular, plural)} {verb} no figures"
    if not running:
        return f"{said}: {'not ready' if plural == 'nodes' else 'not running'}."
    state = "ready" if plural == "nodes" else "running"
    names = ", ".join(
        code(f"{one.namespace}/{one.name}" if one.namespace else one.name) for one in running[:_NAMED]
    )
    more = f" and {number(len(running) - _NAMED)} more" if len(running) > _NAMED else ""
    return f"{said}, {number(len(running))} of them {state}: {names}{more}. The first come a minute after a start."


def _chart(rows: Sequence[Use], command: Command) -> list[Block]:
    """The largest of all rows, not of the page alone."""
    if len(rows) < 2:
        return []
    by_cpu = command.sort_by == CPU
    largest = sorted(rows, key=lambda one: (-(one.cpu if by_cpu else one.memory).used, one.name))[:_BARS]
    # Of a node's name the domain is the same for all.
    names = [one.name if one.namespace else one.name.partition(".")[0] for one in largest]
    values = [float(one.cpu.used * 1000) if by_cpu else float(one.memory.used) / 2**20 for one in largest]
    title = f"{'CPU' if by_cpu else 'Memory'}: the {len(largest)} {command.kind} that use most"
    whole = [float(round(value)) for value in values]
    return [charts.bars(title, "millicores" if by_cpu else "MiB", list(zip(names, whole, strict=True)))]


def _worst(one: Use) -> tuple[str, float | None]:
    """The resource that is nearest to its limit, and its share; None where there is no limit."""
    shares = ((MEMORY, one.memory.share), (CPU, one.cpu.share))
    return max(shares, key=lambda pair: -1.0 if pair[1] is None else pair[1])


def _state(one: Use, plural: str) -> Cell:
    resource, share = _worst(one)
    over, near, within = _STATES[plural]
    if share is None:
        return Cell("⚪ no limit", number=-1.0)
    if share > 1:
        return Cell(f"🔴 {resource} {over}", number=share)
    return Cell(f"🟡 {resource} {near}" if share >= NEAR else f"🟢 {within}", number=share)


def _cells(one: Use, plural: str) -> tuple[Cell, ...]:
    state, name = _state(one, plural), Cell(one.name)
    if plural == "nodes":
        return (state, name, *_of_node(one.cpu, CPU), *_of_node(one.memory, MEMORY))
    return (state, Cell(one.namespace or ""), name, *_of_pod(one.cpu, CPU), *_of_pod(one.memory, MEMORY))


def _amount(value: Decimal | None, resource: str) -> Cell:
    if value is None:
        return _NONE
    return Cell(cores(value) if resource == CPU else mebibytes(value), number=float(value))


def _of_pod(gauge: Gauge, resource: str) -> tuple[Cell, ...]:
    limit = _amount(gauge.limit, resource)
    if gauge.limit is not None and gauge.unlimited:
        limit = Cell(f"{limit.text}, {gauge.unlimited} without", number=limit.number)
    return (_amount(gauge.used, resource), _amount(gauge.requested, resource), limit)


def _of_node(gauge: Gauge, resource: str) -> tuple[Cell, ...]:
    requested = _amount(gauge.requested, resource)
    if gauge.requested is not None and gauge.limit:
        percent = int(gauge.requested / gauge.limit * 100)
        requested = Cell(f"{requested.text} ({percent}%)", number=requested.number)
    share = Cell(f"{int(gauge.share * 100)}%", number=gauge.share) if gauge.share is not None else _NONE
    return (_amount(gauge.used, resource), share, requested)


def _ways_on(here: Command, connection: Connection, start: int, end: int, total: int) -> list[Block]:
    turns = [button("Refresh", "refresh.usage", here.value()), *ways.turns(here, start, end, total)]
    order = MEMORY if here.sort_by == CPU else CPU
    first = here.replaced(offset=0, backwards=False)
    turns.append(button(f"By {order}", "sort.usage", first.replaced(sort_by=order).value()))
    if KINDS[here.kind].namespaced and ways.fits(first):
        turns.append(listing.namespace_select(here.namespace))
    other = "pods" if here.kind == "nodes" else "nodes"
    base = Command(connection=connection.id, private=here.private, owner=here.owner, verb="top", kind=other)
    around = [
        button(f"Top {other}", "top.other", base.value()),
        button(
            here.kind.capitalize(),
            f"list.{here.kind}",
            base.replaced(verb="get", kind=here.kind, namespace=here.namespace).value(),
            label=f"The list of {here.kind}",
        ),
    ]
    return [ways.row(first, *turns), actions(*around)]
