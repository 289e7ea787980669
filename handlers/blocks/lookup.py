"""What a message names and where it is, as a modal with a button for each thing one looks at next."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.connector import Connection
from connector.errors import Failure
from connector.objects import Ref
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.notices import failure_text
from handlers.blocks.parts import actions, button, context, divider, plain, section
from handlers.blocks.text import code, escaped, number
from handlers.command import Command
from handlers.defaults import Default
from handlers.grammar import COMMAND
from handlers.mentions import Mentions

VIEW = "show.lookup"
TITLE = "Look this up"
_HITS = 10
_OFFERED = 3
_LOGGED = ("pods", "deployments", "statefulsets", "daemonsets", "jobs", "replicasets")


@dataclass(frozen=True)
class Hit:
    """Something that the message names, in a cluster; `instead_of` is the pod that was named, and is gone."""

    connection: Connection
    ref: Ref
    instead_of: str = ""


@dataclass(frozen=True)
class Looked:
    """What was found in one connection; not `complete`: the time was over; `failure`: it could not be asked.

    `barred`: RBAC does not let the bot, or whom it asks as, look for some of it.
    """

    connection: Connection
    hits: tuple[Hit, ...]
    failure: Failure | None = None
    complete: bool = True
    barred: bool = False


@dataclass(frozen=True)
class LookedUp:
    """All that came of a message; `standing` is the default of its own thread."""

    mentions: Mentions
    asked: tuple[Connection, ...]
    looked: tuple[Looked, ...]
    standing: Default | None = None


def loading(metadata: str) -> Block:
    return _view(metadata, [context("🟡 Looking for what this message names…")])


def broken(metadata: str, failure: Failure | None, ref: str) -> Block:
    """The modal after a mistake; without one it still looks."""
    if failure is None:
        return loading(metadata)
    return _view(metadata, [section(failure_text(failure)), context(f"ref {ref}")])


def drawn(found: LookedUp, metadata: str, thread: str, offered: Sequence[Connection]) -> Block:
    """The modal with what was found; `offered` are the connections that the asker may make the thread's default."""
    hits = [hit for one in found.looked for hit in one.hits]
    several = len({hit.connection.id for hit in hits}) > 1 or len(found.asked) > 1
    blocks: list[Block] = []
    for hit in hits[:_HITS]:
        blocks += [section(_what(hit, several)), actions(*_ways(hit))]
    if len(hits) > _HITS:
        blocks.append(context(f"and {number(len(hits) - _HITS)} more"))
    if not hits:
        blocks.append(section(_nothing(found)))
    blocks += [context(line) for line in _troubles(found)]
    blocks += _thread(found, hits, thread, offered)
    return _view(metadata, blocks)


def asked(view_blocks: list[Block], metadata: str) -> Block:
    """The same modal after a click in it, which nothing else would show."""
    said = context("🟢 Asked: the answer stands where the message is.")
    kept = [block for block in view_blocks if block.get("block_id") != "asked"]
    return _view(metadata, [{**said, "block_id": "asked"}, *kept][: numbers.VIEW_BLOCKS])


def _view(metadata: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": metadata,
        "title": plain(TITLE, numbers.VIEW_TITLE),
        "close": plain("Close", numbers.VIEW_TITLE),
        "blocks": blocks,
    }


def _what(hit: Hit, several: bool) -> str:
    ref = hit.ref
    parts = [f"{escaped(ref.resource.singular)} *{code(ref.name)}*"]
    if ref.namespace:
        parts.append(f"namespace {code(ref.namespace)}")
    if several:
        parts.append(code(hit.connection.id))
    line = " · ".join(parts)
    return (
        f"{line}\n⚪ The pod {code(hit.instead_of)} is gone: this is its deployment."
        if hit.instead_of
        else line
    )


def _ways(hit: Hit) -> list[Block]:
    ref = hit.ref
    kind, namespace = ref.resource.plural, ref.namespace or ""
    base = Command(
        verb="describe", kind=kind, words=(ref.name,), connection=hit.connection.id, namespace=namespace
    )
    about = f"{ref.resource.singular}/{ref.name}"
    # Events about what is in no namespace stand in one of their own.
    events = Command(
        verb="get", kind="events", about=about, connection=hit.connection.id, namespace=namespace
    )
    ways = [button("Describe", "open.object", base.value(), label=f"Describe {ref.name}")]
    if kind in _LOGGED:
        logs = base.replaced(verb="logs")
        ways.append(button("Logs", "open.logs", logs.value(), label=f"Logs of {ref.name}"))
    return [*ways, button("Events", "open.events", events.value(), label=f"Events of {ref.name}")]


def _nothing(found: LookedUp) -> str:
    if not found.mentions.names:
        return (
            "No pod, node or deployment is named in this message.\n"
            f"Looked for labels like {code('pod=…')} and {code('Deployment: …')}, for {code('deployment/…')},"
            " for names of nodes, and for names that end as those of pods do."
        )
    names = ", ".join(f"{one.kind.removesuffix('s')} {code(one.name)}" for one in found.mentions.names)
    if not found.asked:
        return f"This workspace is not connected to a cluster that you may look into. Looked for: {names}."
    places = ", ".join(code(one.id) for one in found.asked)
    return f"Nothing that this message names is there now.\nLooked for: {names}; in {places}."


def _troubles(found: LookedUp) -> list[str]:
    lines = []
    for one in found.looked:
        if one.failure:
            lines.append(f"🔴 {code(one.connection.id)}: {escaped(one.failure.what)}")
        elif not one.complete:
            lines.append(f"🟡 {code(one.connection.id)}: the time was over before all names were looked for")
        elif one.barred:
            lines.append(f"🟡 {code(one.connection.id)}: RBAC does not allow to look for all of it there")
    return lines


def _thread(found: LookedUp, hits: list[Hit], thread: str, offered: Sequence[Connection]) -> list[Block]:
    """What this thread means when nothing is named, and buttons to have it mean something."""
    standing = found.standing
    if not offered and not standing:
        return []
    buttons = []
    for at, one in enumerate(offered[:_OFFERED]):
        namespaces = {hit.ref.namespace or "" for hit in hits if hit.connection.id == one.id}
        namespace = namespaces.pop() if len(namespaces) == 1 else ""
        if standing and (standing.connection, standing.namespace) == (one.id, namespace):
            continue
        command = Command(verb="use", connection=one.id, namespace=namespace, thread=thread)
        label = f"Use {one.cluster}{f' / {namespace}' if namespace else ''} for this thread"
        buttons.append(button(label, f"default.{at}", command.value()))
    said = f"This thread means {code(standing.connection)}." if standing else ""
    if standing and offered:
        clear = Command(verb="use", clear=True, thread=thread)
        buttons.append(button("Clear this thread's default", "clear.default", clear.value()))
    hint = said or f"In the channel, {code(f'{COMMAND} use')} does the same for all its commands."
    return [divider(), context(hint), *([actions(*buttons)] if buttons else [])]
