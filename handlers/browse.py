"""Lists of what is in a cluster: pods, deployments, services, nodes."""

import difflib

from connector.connector import Connection
from connector.errors import Failure
from connector.resources import Query
from handlers.access import Request
from handlers.blocks import clusters, listing
from handlers.command import Command
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers with a page of the list, or asks which of several connections is meant."""
    command = request.command
    connection = chosen(command, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    plural = command.kind
    reply.progress(f"Listing {plural} of {connection.cluster}…")

    def count(rows: int, expected: int | None) -> None:
        whole = f" of about {expected:,}" if expected else ""
        reply.progress(f"Listing {plural} of {connection.cluster}… {rows:,}{whole} so far")

    def ask() -> None:
        query = Query(plural, command.namespace or None, command.selector, command.words)
        found = turn.connector.get_resources(connection.id, query, deadline=turn.left, on_progress=count)
        missing = _missing(command.namespace, connection, turn) if not found.total else None
        several = len(turn.connector.list_connected_clusters()) > 1
        here = turn.owned(command.replaced(connection=connection.id))
        reply.show(
            lambda rung: listing.drawn(found, connection, here, rung, several=several, missing=missing),
            private=here.private,
        )

    turn.hand_on(connection.id, ask)


def chosen(command: Command, turn: Turn) -> Connection | None:
    """The connection that `command` is about; None when the person was asked for it, or there is none.

    Raises ConnectionNotFound when it names one that this workspace does not have.
    """
    if command.connection:
        return turn.connector.connection(command.connection)
    held = turn.connector.list_connected_clusters()
    if len(held) == 1:
        return held[0]
    ask = clusters.which(held, command) if held else clusters.none_connected(command)
    turn.ask(ask)
    return None


def _missing(namespace: str, connection: Connection, turn: Turn) -> listing.Missing | None:
    """Whether `namespace` is not there at all: a list of an unknown namespace is empty, not an error."""
    if not namespace:
        return None
    try:
        names = turn.connector.list_namespaces(connection.id)
    except Failure:
        # Who may not list namespaces gets the empty list, which is true as well.
        return None
    if namespace in names:
        return None
    near = difflib.get_close_matches(namespace, names, 1)
    return listing.Missing(near[0] if near else "")
