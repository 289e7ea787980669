"""Clusters found and connections held, as messages."""

from collections.abc import Mapping
from types import MappingProxyType

from connector.connector import ClusterInfo, Connection, Discovery
from connector.resources import Cell
from handlers.blocks import notices, tables, ways
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, divider, header, option, plain, section
from handlers.blocks.text import code, counted, cut, escaped, moment, rows_of
from handlers.command import Command
from handlers.grammar import COMMON

CHOOSE_CLUSTER = "choose.found_cluster"
CHOOSE_CONNECTION = "choose.connection"
USE = "use."
_HEADERS = ("NAME", "STATUS", "VERSION", "ENDPOINT", "CREATED")
# Up to so many clusters each get a button, one tap; more of them share a select.
_FEW = 5


def found(discovery: Discovery, command: Command, now: float, rung: Rung) -> Message:
    """The clusters of a region: name, status, version, endpoint, created; and a way to connect to each."""
    account = discovery.identity.account
    clusters = discovery.clusters
    head = header(f"clusters · {discovery.region} · {account}")
    summary = f"{counted(len(clusters), 'cluster')} in {code(discovery.region)} of account {code(account)}"
    seen = context(f"{summary} · as {code(discovery.identity.arn)} · taken {moment(now, '{time_secs}')}")
    notices = _notices(discovery)
    if not clusters:
        text = f"There are no clusters in {code(discovery.region)} of account {code(account)}."
        seen = context(f"as {code(discovery.identity.arn)} · taken {moment(now, '{time_secs}')}")
        return Message(text, [head, section(text), *notices, seen, actions(*_turns(command, 0, 0, 0))])
    rows = [_row(cluster) for cluster in clusters]
    start, cells = _page(rows, command, rung)
    end = start + len(cells)
    caption = f"EKS clusters in {discovery.region} of account {account}"
    blocks = [head, seen, *notices, *tables.drawn(tables.Table(caption, _HEADERS, cells), rung)]
    if len(cells) < len(rows):
        blocks.append(context(rows_of(start, end, len(rows))))
    blocks += _connect(clusters[start:end], command)
    blocks.append(actions(*_turns(command, start, end, len(rows))))
    return Message(f"{summary}", blocks)


def shown_to(discovery: Discovery, command: Command, rung: Rung) -> int:
    """Where the page that `found` draws ends, counted from 0."""
    start, cells = _page([_row(cluster) for cluster in discovery.clusters], command, rung)
    return start + len(cells)


def _page(rows: list[tuple[Cell, ...]], command: Command, rung: Rung) -> tuple[int, list[tuple[Cell, ...]]]:
    return tables.page(
        _HEADERS, rows.__getitem__, len(rows), rung, offset=command.offset, backwards=command.backwards
    )


def _row(cluster: ClusterInfo) -> tuple[Cell, ...]:
    status = cluster.status or (f"unknown: {cluster.error.what}" if cluster.error else "unknown")
    created = Cell("", time=cluster.created.timestamp()) if cluster.created else Cell("-")
    return (
        Cell(cluster.name),
        Cell(status),
        Cell(cluster.version or "-"),
        Cell(cluster.endpoint or "-"),
        created,
    )


def _notices(discovery: Discovery) -> list[Block]:
    failed = [cluster for cluster in discovery.clusters if cluster.error]
    blocks = []
    if not discovery.complete:
        blocks.append(context("🟡 Stopped for time: there may be more clusters, or more to know of these."))
    if failed and (error := failed[0].error):
        count = counted(len(failed), "cluster")
        said = f"🔴 {count} could not be described. {escaped(error.what)}. {escaped(error.hint)}"
        blocks.append(context(said))
    return blocks


def connectable(cluster: ClusterInfo) -> bool:
    """Whether it can be connected to: not while it is being made or unmade, but perhaps when it was not described."""
    return cluster.status in (None, "ACTIVE", "UPDATING", "PENDING")


def _connect(clusters: tuple[ClusterInfo, ...], command: Command) -> list[Block]:
    base = command.replaced(verb="connect", offset=0, backwards=False, owner="")
    names = [cluster.name for cluster in clusters if connectable(cluster)]
    query = base.encoded()
    if len(names) > _FEW and len(query) <= numbers.IDENTIFIER:
        select = {
            "type": "static_select",
            "action_id": CHOOSE_CLUSTER,
            "placeholder": plain("Connect to…", numbers.PLACEHOLDER),
            "options": [option(name, name) for name in names[: numbers.SELECT_OPTIONS]],
        }
        return [actions(select, block_id=query)]
    buttons = [
        button(f"Connect to {name}", f"connect.{at}", base.replaced(words=(name,)).value())
        for at, name in enumerate(names)
    ]
    return _rows_of(buttons)


def _turns(command: Command, start: int, end: int, total: int) -> list[Block]:
    elsewhere = command.replaced(region="", offset=0, backwards=False, owner="", form=True)
    other = button("Another region", "ask.clusters", elsewhere.value())
    # AWS keys are in no button, so such a list can't be taken again by a click.
    if not command.profile and not command.default_chain:
        return [other]
    here = command.replaced(offset=start, backwards=False)
    refresh = button("Refresh", "refresh.clusters", here.value())
    return [refresh, *ways.turns(here, start, end, total, "clusters"), other]


def _rows_of(buttons: list[Block]) -> list[Block]:
    most = numbers.ACTIONS_ELEMENTS
    return [actions(*buttons[at : at + most]) for at in range(0, len(buttons), most)]


# Of no version is anything said.
_NOTHING: Mapping[str, str] = MappingProxyType({})
# Each connection takes three blocks of a message's fifty.
_CONNECTIONS_SHOWN = 15


def shown(held: tuple[Connection, ...], command: Command) -> tuple[Connection, ...]:
    """Those on the page of `connections` that `command` asks for."""
    start = _start(held, command)
    return held[start : start + _CONNECTIONS_SHOWN]


def _start(held: tuple[Connection, ...], command: Command) -> int:
    return max(0, min(command.offset, len(held) - 1))


def connections(
    held: tuple[Connection, ...],
    names: Mapping[str, str],
    command: Command,
    supported: Mapping[str, str] = _NOTHING,
) -> Message:
    """What the workspace is connected to; `names` gives a person's name for the id in `connected_by`.

    `supported` gives for a connection's id how long its version is supported, in words.
    """
    if not held:
        text = "This workspace is not connected to any cluster."
        return Message(text, [section(text), actions(*_starts(command.private))])
    text = f"This workspace is connected to {counted(len(held), 'cluster')}."
    start = _start(held, command)
    page = shown(held, command)
    end = start + len(page)
    blocks = [header("connections"), context(text)]
    for connection in page:
        blocks += [
            divider(),
            section(_connection(connection, names, supported.get(connection.id, ""))),
            actions(*_ways(connection, command.private)),
        ]
    turns = [button("Refresh", "refresh.connections", command.value())]
    if start > 0:
        earlier = command.replaced(offset=max(0, start - _CONNECTIONS_SHOWN))
        turns.append(button("‹ Previous", "previous.connections", earlier.value()))
    if end < len(held):
        turns.append(button("Next ›", "next.connections", command.replaced(offset=end).value()))
    if len(page) < len(held):
        blocks.append(context(f"{start + 1}–{end} of {len(held)}"))
    blocks += [divider(), actions(*turns)]
    return Message(text, blocks)


def _connection(connection: Connection, names: Mapping[str, str], supported: str) -> str:
    mark = {"ACTIVE": "🟢", "UNKNOWN": "⚪", "FAILED": "🔴"}.get(connection.status, "🟡")
    who = escaped(names.get(connection.connected_by, connection.connected_by))
    lines = [
        f"*{code(connection.id)}*",
        f"{mark} {escaped(connection.status)} · v{escaped(connection.version)} · account {code(connection.account)}",
        *([f"v{escaped(connection.version)}: {supported}"] if supported else []),
        f"{escaped(connection.endpoint)}",
        f"by {escaped(connection.sign_in)} · {who}, since {moment(connection.connected_at.timestamp())}",
    ]
    if connection.expires_at:
        lines.append(f"🟡 the session of these keys ends {moment(connection.expires_at.timestamp())}")
    return "\n".join(lines)


def _ways(connection: Connection, private: bool) -> list[Block]:
    looks = [
        button(
            plural,
            f"list.{plural}",
            Command(verb="get", kind=plural, connection=connection.id, private=private).value(),
            label=f"{plural} of {connection.id}",
        )
        for plural in COMMON
    ]
    leave = Command(verb="disconnect", connection=connection.id)
    return [
        *looks,
        button("Disconnect…", "ask.disconnect", leave.value(), label=f"Disconnect {connection.id}"),
    ]


def looks(connection: Connection, private: bool) -> Block:
    """Buttons to look into a connection that was just made."""
    return actions(*_ways(connection, private)[: len(COMMON)])


def _starts(private: bool) -> list[Block]:
    return [
        button("Connect…", "ask.connect", Command(verb="connect", private=private).value(), "primary"),
        button("Find clusters…", "ask.clusters", Command(verb="clusters", private=private).value()),
    ]


def none_connected(command: Command) -> Message:
    """The answer to a question about a cluster when there is none to ask."""
    text = "This workspace is not connected to a cluster yet."
    return Message(text, [section(text), actions(*_starts(command.private))])


def which(held: tuple[Connection, ...], command: Command) -> Message:
    """The question which of several connections `command` is about."""
    text = f"Which cluster? This workspace is connected to {len(held)}."
    if len(held) > numbers.SELECT_OPTIONS:
        typed = f"Say it with `-c CONNECTION`: {code(cut(command.typed(), 200))}"
        all_of_them = button(
            "Connections", "show.connections", Command(verb="connections", private=True).value()
        )
        return Message(text, [section(f"{text}\n{typed}"), actions(all_of_them)])
    query = command.encoded()
    if len(query) <= numbers.IDENTIFIER:
        select = {
            "type": "static_select",
            "action_id": CHOOSE_CONNECTION,
            "placeholder": plain("Choose a connection", numbers.PLACEHOLDER),
            "options": [option(connection.id, connection.id) for connection in held],
        }
        return Message(text, [section(text), actions(select, block_id=query)])
    buttons = [
        button(connection.id, f"{USE}{at}", command.replaced(connection=connection.id).value())
        for at, connection in enumerate(held)
    ]
    return Message(text, [section(text), *_rows_of(buttons)])


def really_disconnect(connection: Connection) -> Message:
    """The question before a connection goes."""
    text = f"Disconnect {code(connection.id)} for everybody in this workspace?"
    more = "Its credentials are dropped. Nothing changes in the cluster."
    yes = Command(verb="disconnect", connection=connection.id, confirmed=True)
    return Message(
        text,
        [
            section(f"{text}\n{more}"),
            actions(
                button("Disconnect", "confirm.disconnect", yes.value(), "danger"),
                button("Keep it", notices.DISMISS, "keep"),
            ),
        ],
    )
