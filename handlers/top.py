"""What pods or nodes use right now, beside what they asked for and what they may use."""

from connector import usage
from connector.cluster import Cluster
from connector.errors import InvalidRequest
from connector.lanes import Deadline
from connector.resources import KINDS, Query
from handlers import held, lists
from handlers.access import Request
from handlers.blocks import usage as drawing
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers with a page of the figures, or asks which of several connections is meant."""
    command = request.command
    if command.kind not in ("pods", "nodes"):
        raise InvalidRequest("There are figures of `pods` and of `nodes` only.")
    connection = held.chosen(request, turn)
    if connection is None:
        return
    plural = command.kind
    scope = request.scope(connection, namespaced=KINDS[plural].namespaced)
    query = Query(
        plural,
        namespace=command.namespace or scope.only or None,
        namespaces=scope.namespaces,
        selector=command.selector,
        words=command.words,
        sort_by=command.sort_by,
    )
    reply = turn.answer_as(command)
    reply.progress(f"Reading what {plural} of {connection.cluster} use…")

    def count(pods: int) -> None:
        if pods:
            reply.progress(f"Reading what {plural} of {connection.cluster} use… {pods:,} pods so far")

    def read(cluster: Cluster, deadline: Deadline) -> usage.Figures:
        figures = usage.nodes if plural == "nodes" else usage.pods
        return figures(cluster, query, deadline, impersonate=scope.impersonate, on_progress=count)

    def ask() -> None:
        deadline = Deadline(turn.left)
        found = turn.connector.ask(connection.id, deadline, lambda cluster: read(cluster, deadline))
        here = turn.owned(command.replaced(connection=connection.id))
        is_empty = not (found.total or found.unmeasured)
        missing = (
            lists.missing(request, (connection,), turn.connector) if here.namespace and is_empty else None
        )
        reply.show(
            lambda rung: drawing.drawn(
                found,
                connection,
                here,
                rung,
                missing=missing,
                production=request.production(connection),
            ),
            private=here.private,
        )

    turn.hand_on(connection.id, ask)
