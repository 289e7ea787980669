"""All about one object: what it is, what ails it, what happened to it, and what stands around it."""

import time

from connector.cluster import Cluster
from connector.description import Description, describe
from connector.lanes import Deadline
from connector.objects import Ref, whole
from handlers import held
from handlers.access import Request
from handlers.blocks import description
from handlers.desk import Turn
from handlers.meant import meant


def converse(request: Request, turn: Turn) -> None:
    """Answers with the object as it is now, or asks which of several connections is meant."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    reply.progress(f"Looking at {command.kind}/{command.word} of {connection.cluster}…")
    deadline = Deadline(turn.left)

    def read(cluster: Cluster) -> tuple[Ref, Description]:
        ref, scope = meant(cluster, request, connection, deadline)
        body = whole(cluster, ref, deadline, impersonate=scope.impersonate)
        # What stands around it may be in other namespaces than its own.
        wide = request.reach(connection) if ref.namespace is None else scope
        found = describe(
            cluster,
            ref.resource,
            body,
            deadline,
            namespaces=wide.namespaces,
            impersonate=scope.impersonate,
        )
        return ref, found

    def ask() -> None:
        ref, found = turn.connector.ask(connection.id, deadline, read)
        here = turn.owned(command.replaced(connection=connection.id, namespace=ref.namespace or ""))
        reply.show(
            description.drawn(
                found, ref, connection, here, now=time.time(), production=request.production(connection)
            ),
            private=here.private,
        )

    turn.hand_on(connection.id, ask)
