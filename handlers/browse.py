"""Lists of what is in a cluster, a kind at a time."""

import difflib
from dataclasses import replace

from connector.connector import Connection
from connector.errors import Failure
from connector.resources import Query
from handlers import held
from handlers.access import Request
from handlers.blocks import listing
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers with a page of the list, or asks which of several connections is meant."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    scope = request.scope(connection)
    reply = turn.answer_as(command)
    plural = command.kind
    reply.progress(f"Listing {plural} of {connection.cluster}…")

    def count(rows: int, expected: int | None) -> None:
        # What is expected counts what the person may not see, too.
        whole = f" of about {expected:,}" if expected and scope.whole else ""
        reply.progress(f"Listing {plural} of {connection.cluster}… {rows:,}{whole} so far")

    def ask() -> None:
        query = Query(
            kind=plural,
            namespace=command.namespace or scope.only or None,
            namespaces=scope.namespaces,
            selector=command.selector,
            words=command.words,
        )
        found = turn.connector.get_resources(
            connection.id, query, deadline=turn.left, on_progress=count, impersonate=scope.impersonate
        )
        if not scope.whole:
            found = replace(found, expected=None)
        missing = None if found.total or not command.namespace else _missing(request, connection, turn)
        several = len(held.seen(request, turn.connector)) > 1
        here = turn.owned(command.replaced(connection=connection.id))
        reply.show(
            lambda rung: listing.drawn(found, connection, here, rung, several=several, missing=missing),
            private=here.private,
        )

    turn.hand_on(connection.id, ask)


def _missing(request: Request, connection: Connection, turn: Turn) -> listing.Missing | None:
    """Whether the namespace asked for is not there at all: a list of an unknown one is empty, not an error."""
    namespace = request.command.namespace
    try:
        scope = request.reach(connection)
        names = turn.connector.list_namespaces(
            connection.id, matching=scope.namespaces, impersonate=scope.impersonate
        )
    except Failure:
        # Who may not list namespaces gets the empty list, which is true as well.
        return None
    if namespace in names:
        return None
    near = difflib.get_close_matches(namespace, names, 1)
    return listing.Missing(near[0] if near else "")
