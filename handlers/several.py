"""One list of several clusters: all of them are asked at once, and each row says whose it is."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

from connector.connector import Connection, EKSConnector
from connector.errors import Failure, InvalidRequest
from connector.resources import Cell, Column, Health, Listing, Row
from connector.served import KindNotServed
from handlers import export, held
from handlers.access import NotAllowed, Request
from handlers.blocks import fleet, listing
from handlers.blocks.message import Message, Rung
from handlers.desk import Turn
from handlers.lists import Taken, missing, taken
from handlers.policy.values import Target

# At once, of one command; a cluster that hangs keeps its place until the deadline.
_AT_ONCE = 32
# Mistakes of the one who asks: where all clusters say so, it is said once.
_OWN = (InvalidRequest, KindNotServed, NotAllowed)


@dataclass(frozen=True)
class Asked:
    """What one connection answered: its list, or why there is none."""

    connection: Connection
    answer: Taken | Failure


def matching(request: Request, connector: EKSConnector) -> tuple[Connection, ...]:
    """The connections that the command's pattern means, of those that this person may list, by id."""
    pattern = (request.command.clusters,)
    return tuple(one for one in held.seen(request, connector) if Target.of(one).matches(pattern))


def meant(request: Request, turn: Turn) -> tuple[Connection, ...]:
    """Those, for a turn that is about them; none when the person was told that there are none."""
    command = request.command
    connections = matching(request, turn.connector)
    if connections:
        turn.cluster = command.clusters
    else:
        turn.ask(fleet.none_meant(command, len(held.seen(request, turn.connector))))
    return connections


def converse(request: Request, turn: Turn) -> None:
    """Answers with a page of one list of all those clusters, or says that no connection is meant."""
    command = request.command
    connections = meant(request, turn)
    if not connections:
        return
    reply = turn.answer_as(command)
    said = f"Listing {command.kind} of {fleet.clusters(len(connections))}…"
    reply.progress(said)

    def count(answered: int) -> None:
        reply.progress(f"{said} {answered} of {len(connections)} answered")

    def ask() -> None:
        asked = _asked(request, turn, connections, count)
        here = turn.owned(command.replaced(connection=""))
        production = any(request.production(one) for one in connections)
        answered = [(one.connection, one.answer) for one in asked if isinstance(one.answer, Taken)]
        failed = [(one.connection, one.answer) for one in asked if isinstance(one.answer, Failure)]
        if not answered:
            first = failed[0][1]
            if len({type(failure) for _, failure in failed}) == 1 and isinstance(first, _OWN):
                raise first
            reply.show(fleet.none_answered(here, failed, production=production), private=here.private)
            return
        found = together([(one, answer.listing) for one, answer in answered])
        here = here.replaced(kind=answered[0][1].word)
        if not found.kind.namespaced:
            here = here.replaced(namespace="")
        place = fleet.place(
            found,
            len(connections),
            failed,
            [(one, answer.listing) for one, answer in answered],
            production=production,
        )
        lacks = None
        if here.namespace and not found.total:
            lacks = missing(request, tuple(one for one, _ in answered), turn.connector)

        if export.is_rows(command):
            where = export.Where(place.head, place.plain, place.named, place.notes)
            export.send_rows(found, here, turn, reply, where)
            return

        def draw(rung: Rung) -> Message:
            return listing.drawn_at(found, place, here, rung, missing=lacks)

        reply.show(draw, private=here.private)

    turn.hand_on(("clusters", command.clusters), ask)


def _asked(
    request: Request, turn: Turn, connections: Sequence[Connection], count: Callable[[int], None]
) -> list[Asked]:
    """What each answers by the end of the turn's time, in their order. Each is a line of the trail."""

    def ask(connection: Connection) -> Asked:
        outcome = "ok"
        try:
            found = taken(request, turn.connector, connection, turn.left, lambda _rows, _expected: None)
            return Asked(connection, found)
        except Failure as failure:
            outcome = type(failure).__name__
            return Asked(connection, failure)
        finally:
            cluster = f"{connection.region}_{connection.cluster}"
            line = replace(turn.outcome(outcome), cluster=cluster, principal=connection.principal)
            turn.desk.trail.record(line)

    with ThreadPoolExecutor(max_workers=min(len(connections), _AT_ONCE)) as pool:
        waiting = [pool.submit(ask, one) for one in connections]
        for done, _ in enumerate(as_completed(waiting), 1):
            count(done)
        return [one.result() for one in waiting]


@dataclass(frozen=True)
class ClusterRow:
    """A row of one cluster's list among those of others."""

    row: Row
    connection: str
    cluster: str
    key: tuple[Any, ...]
    columns: Mapping[str, Column]

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def namespace(self) -> str | None:
        return self.row.namespace

    @property
    def health(self) -> Health:
        return self.row.health

    @property
    def created(self) -> float:
        return self.row.created


def together(lists: Sequence[tuple[Connection, Listing]]) -> Listing:
    """One list of them all, by the same order; columns that only some have are empty for the others."""
    names = [one.cluster for one, _ in lists]
    first = lists[0][1].kind
    rows: list[ClusterRow] = []
    headers: dict[str, Column] = {}
    for connection, found in lists:
        columns = {column.header: column for column in found.kind.columns}
        headers = columns | headers
        cluster = connection.cluster if names.count(connection.cluster) == 1 else connection.id
        rows += (ClusterRow(row, connection.id, cluster, found.kind.key(row), columns) for row in found.rows)
    rows.sort(key=lambda row: (row.key, row.cluster))
    kind = replace(
        first,
        columns=(Column("CLUSTER", lambda row, _now: Cell(row.cluster)), *map(_column, headers.values())),
        order=lambda row: (row.key, row.cluster),
        sick_first=False,
        folded=None,
        called=lambda row: first.called(row.row),
    )
    listings = [found for _, found in lists]
    return Listing(
        kind=kind,
        rows=tuple(rows),
        total=sum(one.total for one in listings),
        namespaces=len({row.namespace for row in rows} - {None}),
        sick=sum(one.sick for one in listings),
        taken_at=max(one.taken_at for one in listings),
        complete=all(one.complete for one in listings),
        near=() if rows else tuple(dict.fromkeys(near for one in listings for near in one.near))[:3],
    )


def _column(column: Column) -> Column:
    def cell(row: ClusterRow, now: float) -> Cell:
        own = row.columns.get(column.header)
        return own.cell(row.row, now) if own else Cell("")

    return replace(column, cell=cell)
