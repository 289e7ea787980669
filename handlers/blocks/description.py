"""One object as a message: what ails it first, then what it is made of, what happened to it, and where to go from here.

A phone shows little at once, so the answer is short and a button brings all of it. Slack bounds a message in blocks and
in characters: parts are laid in order of weight, and what does not fit is named, with the YAML as the way to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connector.connector import Connection
from connector.description import Condition, Container, Description, Fact, Link, Section, State, summary
from connector.logs import WORKLOADS
from connector.objects import Ref
from connector.resources import Cell, Health, kind_named
from connector.resources.age import age
from connector.resources.events import EventRow
from connector.rollouts import JUDGES
from handlers.blocks import opening, tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.limits import numbers
from handlers.blocks.marks import MARKS
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, option, plain, section
from handlers.blocks.text import code, counted, cut, escaped, moment, number
from handlers.command import KIND, Command

_WORDS = {
    Health.BROKEN: "broken",
    Health.CHANGING: "changing",
    Health.UNKNOWN: "state unknown",
    Health.HEALTHY: "healthy",
    Health.OFF: "not running",
}
# Slack refuses a message near 13,200 characters of text; blocks that follow have their own.
_CHARACTERS = 12_500
_NOTES = 1_500
_BLOCKS = 40
_FIELDS = 10
_FIRST_FACTS = 8
# Facts that one looks up, and does not look for.
_DRY = frozenset(
    {
        "Affinity",
        "Architecture",
        "Boot ID",
        "External traffic policy",
        "IP families",
        "IP family policy",
        "Internal traffic policy",
        "Machine ID",
        "Min ready",
        "Operating system",
        "Pod labels",
        "Priority",
        "Provider ID",
        "Restart policy",
        "Rolling update",
        "Seccomp profile",
        "Session affinity",
        "System UUID",
        "Tolerations",
        "Topology spread",
    }
)
_CELL = 300
_LONG = 1_000
_EVENTS = 8
_ROWS, _FIRST_ROWS = 25, 6
# Kinds that have pods, whose logs are the next question.
_SPEAKING = frozenset({"pods", *WORKLOADS})


@dataclass(frozen=True)
class _Part:
    """Blocks that are shown together or not at all; `name` is what they are called where they are left out."""

    name: str
    blocks: tuple[Block, ...]


def drawn(
    found: Description,
    ref: Ref,
    connection: Connection,
    here: Command,
    *,
    now: float,
    production: bool = False,
) -> Message:
    """The answer to `here`, which carries the connection and namespace that were meant."""
    what = f"{ref.resource.singular} {ref.name}"
    head = heading(what, connection, production=production)
    why = summary(found, now)
    # What serves as it should has nothing to be said about it.
    health = Health.CHANGING if why and found.health is Health.HEALTHY else found.health
    state = found.status or ("not as it should be" if health is not found.health else _WORDS[health])
    where = f" in {code(found.namespace)}" if found.namespace else ""
    kind = kind_named(ref.resource.name)
    # What can be nothing else is not praised for it.
    judged = not (kind and not kind.well and health is Health.HEALTHY)
    told = f"{MARKS[health]} *{escaped(cut(state, 100))}*" if judged else "There"
    opened = section(f"{told}{where}{_made(found)}\n{escaped(cut(why, 800))}".strip())
    room = _CHARACTERS - _characters(opened) - _NOTES
    shown, left = _fitting(_parts(found, now, whole=here.whole), room)
    notes = [*found.notes, *(f"not read: {one}" for one in found.missing)]
    if left:
        # First what helps: of many names the last ones are cut off.
        notes.insert(0, f"left out for want of room, though in its YAML: {', '.join(left)}")
    below = cut(" · ".join(escaped(cut(note, _CELL)) for note in notes), _NOTES)
    blocks = [
        head,
        opened,
        *(block for part in shown for block in part.blocks),
        *([context(below)] if below else []),
        *_ways_on(found, ref, here),
    ]
    text = f"{ref.resource.singular} {escaped(ref.name)} of {escaped(connection.cluster)}"
    text += f": {escaped(why or state)}" if why or judged else ""
    return Message(cut(text, 2_000), blocks)


def _made(found: Description) -> str:
    return f" · created {moment(found.created)}" if found.created else ""


def _fitting(parts: Iterable[_Part], room: int) -> tuple[list[_Part], list[str]]:
    shown: list[_Part] = []
    left: list[str] = []
    blocks, characters = 0, 0
    for part in parts:
        size = sum(map(_characters, part.blocks))
        if blocks + len(part.blocks) > _BLOCKS or characters + size > room:
            left.append(part.name)
            continue
        shown.append(part)
        blocks += len(part.blocks)
        characters += size
    return shown, left


def _characters(block: Block) -> int:
    held = [block["text"], *block.get("fields", ())] if "text" in block else block.get("fields", ())
    return sum(len(one["text"]) for one in (*held, *block.get("elements", ())) if "text" in one)


def _parts(found: Description, now: float, *, whole: bool) -> Iterator[_Part]:
    """What is shown, the weightiest first; less of it unless the `whole` is asked for."""
    bad = [one for one in found.conditions if one.is_bad]
    if bad:
        yield _Part("conditions", (section(_lines("Conditions", map(_condition, bad))),))
    for container in sorted(found.containers, key=_restless, reverse=True):
        yield _Part(f"container {container.name}", (section(_container(container, whole=whole)),))
    if found.events:
        yield _Part("events", (section(_events(found.events, now)),))
    facts = found.facts
    if not whole:
        facts = tuple(one for one in facts if one.label not in _DRY)[:_FIRST_FACTS]
    for at in range(0, len(facts), _FIELDS):
        fields = [_field(one) for one in facts[at : at + _FIELDS]]
        yield _Part("facts", ({"type": "section", "fields": fields},))
    for one in found.sections:
        yield _Part(one.title.lower(), tuple(_table(one, _ROWS if whole else _FIRST_ROWS)))
    if whole:
        yield from _rest(found)


def _rest(found: Description) -> Iterator[_Part]:
    good = [one for one in found.conditions if not one.is_bad]
    if good:
        yield _Part("conditions", (section(_lines("Conditions", map(_condition, good))),))
    if found.volumes:
        volumes = (
            f"{code(one.name)} {escaped(one.type)} {escaped(one.source)}".strip() for one in found.volumes
        )
        yield _Part("volumes", (section(_lines("Volumes", volumes)),))
    if found.labels:
        labels = (code(f"{name}={value}") for name, value in found.labels)
        yield _Part("labels", (section(_lines("Labels", labels)),))
    if found.annotations:
        annotations = (code(f"{name}: {value}") for name, value in found.annotations)
        yield _Part("annotations", (section(_lines("Annotations", annotations)),))


def _restless(container: Container) -> bool:
    """Whether it is what one looks for first: not as it should be, or started anew."""
    state = container.state
    finished = state.name == "Terminated" and state.exit_code == 0
    return bool(container.restarts) or (bool(state.name) and state.name != "Running" and not finished)


def _lines(title: str, lines: Iterable[str]) -> str:
    """As many whole lines as a section holds, and how many it does not."""
    kept, size, more = [f"*{title}*"], len(title) + 2, 0
    for line in lines:
        if more or size + len(line) + 1 > numbers.SECTION_TEXT - 40:
            more += 1
            continue
        kept.append(line)
        size += len(line) + 1
    return "\n".join([*kept, *([f"… and {number(more)} more"] if more else [])])


def _field(fact: Fact) -> Block:
    said = ", ".join(map(_said, fact.values)) or "none"
    return {"type": "mrkdwn", "text": cut(f"*{escaped(fact.label)}*\n{said}", numbers.FIELD_TEXT)}


def _said(cell: Cell) -> str:
    return moment(cell.time) if cell.time is not None else escaped(cut(cell.text, _CELL))


def _condition(one: Condition) -> str:
    mark = "🔴" if one.is_bad else "⚪" if one.status == "Unknown" else "🟢"
    since = f" since {moment(one.since)}" if one.since else ""
    reason = f" · {escaped(one.reason)}" if one.reason else ""
    told = f": {escaped(cut(one.message, _CELL))}" if one.message and one.is_bad else ""
    return f"{mark} {escaped(one.type)} {escaped(one.status)}{since}{reason}{told}"


def _container(one: Container, *, whole: bool) -> str:
    role = "" if one.role == "container" else f" ({one.role})"
    facts = [] if one.ready is None else ["ready" if one.ready else "not ready"]
    facts += [counted(one.restarts, "restart")] if one.restarts is not None else []
    lines = [f"*{escaped(one.name)}*{role} {code(one.image)}"]
    if one.state.name:
        lines.append(" · ".join([f"{_mark(one)} {_state(one.state)}", *facts]))
    if one.state.message:
        lines.append(f"> {escaped(cut(' '.join(one.state.message.split()), _CELL))}")
    if one.last_state.name:
        lines.append(f"before: {_state(one.last_state)}")
    if one.requests or one.limits:
        lines.append(
            " · ".join(
                f"{name} {', '.join(f'{escaped(what)} {escaped(size)}' for what, size in pairs)}"
                for name, pairs in (("requests", one.requests), ("limits", one.limits))
                if pairs
            )
        )
    return "\n".join([*lines, *(_set_up(one) if whole else ())])


def _set_up(one: Container) -> Iterator[str]:
    """How a container is set up, a line each."""
    yield from (f"{escaped(name.lower())}: {escaped(cut(how, _CELL))}" for name, how in one.probes)
    if one.ports:
        yield f"ports {escaped(', '.join(one.ports))}"
    if one.host_ports:
        yield f"host ports {escaped(', '.join(one.host_ports))}"
    for name, words in (("command", one.command), ("args", one.args)):
        if words:
            yield f"{name} {code(cut(' '.join(words), _CELL))}"
    environment = [*(name for name, _ in one.env), *one.env_from]
    if environment:
        yield f"env {escaped(cut(', '.join(environment), _LONG))}"
    if one.mounts:
        yield f"mounts {escaped(cut(', '.join(one.mounts), _LONG))}"
    for name, which in (("image ID", one.image_id), ("container ID", one.container_id)):
        if which:
            yield f"{name} {code(cut(which, _CELL))}"


def _mark(one: Container) -> str:
    match one.state.name:
        case "Running":
            return "🟢" if one.ready is not False else "🟡"
        case "Terminated" if one.state.exit_code == 0:
            return "⚪"
        case "Terminated":
            return "🔴"
    return "🟡" if one.state.reason in ("", "ContainerCreating", "PodInitializing") else "🔴"


def _state(state: State) -> str:
    since = f", {moment(state.since)}" if state.since else ""
    return f"{escaped(state.text)}{since}"


def _events(events: tuple[EventRow, ...], now: float) -> str:
    lines = []
    for one in events[:_EVENTS]:
        mark = "🟡 Warning" if one.type == "Warning" else escaped(one.type)
        times = f" ×{number(one.count)}" if one.count > 1 else ""
        when = f"{age(now - one.last_seen)} ago" if one.last_seen else "once"
        lines.append(f"{mark} {escaped(one.reason)} {when}{times}: {escaped(cut(one.message, _CELL))}")
    if len(events) > _EVENTS:
        lines.append(f"… and {number(len(events) - _EVENTS)} more: [Events]")
    return _lines("Events, the newest first", lines)


def _table(one: Section, most: int) -> Iterator[Block]:
    rows = one.rows[:most]
    title = f"*{escaped(one.title)}*"
    if one.total > len(rows):
        title += f" · {number(len(rows))} of {number(one.total)}"
    yield section(title)
    if rows:
        yield from tables.drawn(tables.Table(one.title, one.headers, rows), Rung.SECTIONS)


def _ways_on(found: Description, ref: Ref, here: Command) -> list[Block]:
    fresh = here.replaced(owner="", whole=False)
    plural = here.kind
    turns = [button("Refresh", "refresh.object", here.value())]
    # In its place: it is the same answer.
    if here.whole:
        turns.append(button("In short", "less.object", here.replaced(whole=False).value()))
    else:
        turns.append(button("All of it", "more.object", here.replaced(whole=True).value()))
    if plural in _SPEAKING:
        turns.append(button("Logs", "open.logs", fresh.replaced(verb="logs").value()))
    turns.append(button("YAML", "open.yaml", fresh.replaced(verb="yaml").value()))
    if plural in JUDGES:
        rollout = fresh.replaced(verb="rollout", action="status")
        turns.append(button("Rollout", "open.rollout", rollout.value()))
    about = f"{ref.resource.name}/{ref.name}"
    events = Command(
        "get",
        "events",
        namespace=found.namespace or "",
        connection=here.connection,
        private=here.private,
        about=about,
    )
    turns.append(button("Events", "list.events", events.value()))
    in_it = ref.name if plural == "namespaces" else ""
    if found.selector or found.field_selector or in_it:
        pods = Command(
            "get",
            "pods",
            namespace=found.namespace or in_it,
            connection=here.connection,
            private=here.private,
            selector=found.selector,
            field_selector=found.field_selector,
        )
        turns.append(button("Its pods", "list.pods", pods.value()))
    return [ways.row(here, *turns), *_around(found, here)]


def _around(found: Description, here: Command) -> list[Block]:
    """Buttons up the chain of owners, and a select of all else that it has to do with."""
    rows: list[Block] = []
    chain = [one for one in found.owners if _asked(one)]
    if chain:
        buttons = [
            button(
                cut(f"{one.kind} {one.name}", numbers.BUTTON_TEXT),
                f"owner.{at}",
                Command(
                    "describe",
                    _asked(one),
                    words=(one.name,),
                    namespace=one.namespace or "",
                    connection=here.connection,
                    private=here.private,
                ).value(),
                label=f"Open its owner, {one.kind} {one.name}",
            )
            for at, one in enumerate(chain[:5])
        ]
        rows.append(actions(*buttons))
    links = [*found.related, *(link for volume in found.volumes for link in volume.links)]
    options: dict[str, Block] = {}
    for one in links:
        value = f"{one.namespace or ''}/{one.kind.lower()}/{one.name}"
        if _asked(one) and len(value) <= numbers.OPTION_VALUE:
            role = f" ({one.role})" if one.role else ""
            options.setdefault(value, option(cut(f"{one.kind} {one.name}{role}", numbers.OPTION_TEXT), value))
    asked = Command("describe", here.kind, connection=here.connection, private=here.private)
    if options and len(asked.encoded()) <= numbers.IDENTIFIER:
        select: Block = {
            "type": "static_select",
            "action_id": opening.OBJECT,
            "placeholder": plain("Open what is around it…", numbers.PLACEHOLDER),
            "options": list(options.values())[: numbers.SELECT_OPTIONS],
        }
        rows.append(actions(select, block_id=asked.encoded()))
    return rows


def _asked(link: Link) -> str:
    """The kind as a Command names it; "" for what is none."""
    known = kind_named(link.word)
    word = known.plural if known else link.word
    return word if KIND.fullmatch(word) and link.name else ""
