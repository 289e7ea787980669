"""The Home tab as blocks: sections and buttons only, as tables are for messages, and a page of connections at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from connector.connector import Connection
from connector.errors import Failure
from connector.pulse import Counted
from connector.versions import Support
from handlers.blocks import support
from handlers.blocks.heading import marked
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.notices import failure_text
from handlers.blocks.parts import actions, button, context, divider, header, section
from handlers.blocks.text import code, counted, cut, escaped, mentioning, moment, number
from handlers.command import Command
from handlers.grammar import COMMAND
from handlers.policy import Rights
from handlers.policy.values import VERBS, Rule

REFRESH = "home.refresh"
# Each connection takes three blocks of a view's hundred.
SHOWN = 15
_RULES_SHOWN = 5
_NAMES_SHOWN = 5
_CHARACTERS = 60


@dataclass(frozen=True)
class Look:
    """What one connection said. None where the person may not see it, or it was not told in time."""

    nodes: Counted | None = None
    pods: Counted | None = None
    failure: Failure | None = None
    version: str = ""
    support: Support | None = None


@dataclass(frozen=True)
class Seen:
    """What the clusters said last, by the id of their connections, and when: epoch seconds."""

    looks: Mapping[str, Look] = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True)
class Tab:
    """What is known of a person without asking a cluster."""

    rights: Rights
    connections: tuple[Connection, ...]
    production: frozenset[str] = frozenset()
    recent: tuple[Command, ...] = ()
    start: int = 0
    # By which it is told how long a version is supported still.
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


def page(tab: Tab) -> tuple[Connection, ...]:
    """The connections that are shown."""
    start = _start(tab)
    return tab.connections[start : start + SHOWN]


def drawn(tab: Tab, seen: Seen, *, asking: bool) -> Block:
    """The whole tab; `asking` says that the clusters are being asked, so that what is not known yet comes soon."""
    blocks = [header("EKS"), actions(*_starts(tab))]
    if tab.connections:
        blocks += _connections(tab, seen, asking=asking)
    else:
        blocks.append(section(_empty(tab.rights)))
    blocks += _recent(tab)
    blocks += [divider(), section(_rights(tab.rights))]
    if tab.rights.workspace.ask:
        blocks.append(context(mentioning(cut(tab.rights.workspace.ask, numbers.CONTEXT_TEXT // 2))))
    told = f"What a button here asks is answered in *Messages*, to you alone. In a channel: {code(COMMAND)}"
    blocks.append(context(told))
    return _view(blocks)


def broken(failure: Failure, ref: str) -> Block:
    """The tab after a mistake, with a button to draw it again."""
    again = actions(button("Refresh", REFRESH, "0"))
    return _view([header("EKS"), section(failure_text(failure)), context(f"ref {ref}"), again])


def _view(blocks: list[Block]) -> Block:
    return {"type": "home", "blocks": blocks[: numbers.VIEW_BLOCKS]}


def _start(tab: Tab) -> int:
    return max(0, min(tab.start, (len(tab.connections) - 1) // SHOWN * SHOWN))


def _starts(tab: Tab) -> list[Block]:
    style = "" if tab.connections else "primary"
    return [
        button("Connect…", "ask.connect", Command(verb="connect", private=True).value(), style),
        button("Find clusters…", "ask.clusters", Command(verb="clusters", private=True).value()),
        button("What I may do", "show.rights", Command(verb="whoami", private=True).value()),
        button("Help", "show.help", Command(verb="help", private=True).value()),
        button("Refresh", REFRESH, str(_start(tab))),
    ]


def _empty(rights: Rights) -> str:
    if not rights.rules:
        return "You may do nothing here yet but read the help."
    return "This workspace is not connected to a cluster that you may look into. Connect one, or find some first."


def _connections(tab: Tab, seen: Seen, *, asking: bool) -> list[Block]:
    shown = page(tab)
    blocks: list[Block] = []
    for one in shown:
        look = seen.looks.get(one.id)
        blocks += [
            divider(),
            section(_connection(one, look, tab.today, asking=asking, production=one.id in tab.production)),
            actions(*_ways(one)),
        ]
    start, end, total = _start(tab), _start(tab) + len(shown), len(tab.connections)
    turns = []
    if start > 0:
        turns.append(button("‹ Previous", "home.previous", str(start - SHOWN)))
    if end < total:
        turns.append(button("Next ›", "home.next", str(end)))
    taken = "asking the clusters…" if asking else f"as of {moment(seen.at, '{time_secs}')}" if seen.at else ""
    of_all = f"{number(start + 1)}–{number(end)} of {number(total)}" if len(shown) < total else ""
    line = " · ".join(part for part in (of_all, taken) if part)
    return [*blocks, *([context(line)] if line else []), *([actions(*turns)] if turns else [])]


def _connection(one: Connection, look: Look | None, today: date, *, asking: bool, production: bool) -> str:
    lines = [f"{marked(production)}*{code(one.id)}*"]
    if look is None:
        lines.append("⚪ …" if asking else "⚪ not asked yet")
    elif look.failure:
        lines.append(f"🔴 does not answer: {escaped(cut(look.failure.what, 300))}")
    else:
        lines.append(" · ".join([_nodes(look.nodes), _pods(look.pods)]))
    version = (look.version if look else "") or one.version
    supported = _supported(look.support, today) if look and look.support else ""
    lines.append(f"v{escaped(version)}{supported} · account {code(one.account)}")
    return "\n".join(lines)


def _nodes(nodes: Counted | None) -> str:
    if nodes is None:
        return "⚪ nodes are not yours to see"
    mark = "🟢" if not nodes.rest else "🔴" if not nodes.well else "🟡"
    more = "" if nodes.complete else " at least"
    return f"{mark} {number(nodes.well)} of {counted(nodes.total, 'node')} ready{more}"


def _pods(pods: Counted | None) -> str:
    if pods is None:
        return "⚪ pods are not yours to see"
    more = "" if pods.complete else ", and more that were not counted in time"
    if not pods.rest:
        return f"🟢 all {counted(pods.total, 'pod')} running or done{more}"
    return f"🔴 {number(pods.rest)} of {counted(pods.total, 'pod')} not running{more}"


def _supported(known: Support, today: date) -> str:
    return f" · {support.line(known, today) or 'end of support unknown'}"


def _ways(one: Connection) -> list[Block]:
    return [
        button(
            plural,
            f"list.{plural}",
            Command(verb="get", kind=plural, connection=one.id, private=True).value(),
            label=f"{plural} of {one.id}",
        )
        for plural in ("pods", "deployments", "nodes", "events")
    ]


def _recent(tab: Tab) -> list[Block]:
    if not tab.recent:
        return []
    buttons = [
        button(_label(one), f"again.{at}", one.replaced(private=True).value())
        for at, one in enumerate(tab.recent)
    ]
    return [divider(), section("*Lately*, yours alone: a tap asks it again"), actions(*buttons)]


def _label(one: Command) -> str:
    where = f" -n {one.namespace}" if one.namespace else ""
    return f"{one.kind}{where} · {one.connection.partition('_')[2] or one.connection}"


def _rights(rights: Rights) -> str:
    """What one may do, a rule a line; all about it is behind a button."""
    rules = [_rule(rule) for rule in rights.rules[:_RULES_SHOWN]]
    if left := len(rights.rules) - len(rules):
        rules.append(f"and {counted(left, 'more rule')}")
    return "\n".join(["*What you may do*", *(rules or ["nothing but read the help"])])


def _rule(rule: Rule) -> str:
    verbs = ", ".join(code(verb) for verb in VERBS if verb in rule.verbs)
    on = f" on {_names(rule.clusters)}" if rule.clusters is not None else ""
    where = f" in {_names(rule.namespaces)}" if rule.namespaces is not None else ""
    return f"• {verbs}{on}{where} ({escaped(cut(rule.name, _CHARACTERS))})"


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(code(cut(name, _CHARACTERS)) for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
