"""Lists of what is in a cluster, a kind at a time."""

from handlers import changes, export, held, several
from handlers.access import Request
from handlers.blocks import listing
from handlers.desk import Turn
from handlers.lists import missing, taken
from handlers.snapshots import snapshot


def converse(request: Request, turn: Turn) -> None:
    """Answers with a page of the list, or asks which of several connections is meant."""
    command = request.command
    if export.is_asked(command):
        export.converse(request, turn)
        return
    if command.seen:
        changes.converse(request, turn)
        return
    if command.clusters:
        several.converse(request, turn)
        return
    connection = held.chosen(request, turn)
    if connection is None:
        return
    reply = turn.answer_as(command)
    said = f"Listing {command.kind} of {connection.cluster}…"
    reply.progress(said)

    def count(rows: int, expected: int | None) -> None:
        whole = f" of about {expected:,}" if expected else ""
        reply.progress(f"{said} {rows:,}{whole} so far")

    def ask() -> None:
        answer = taken(request, turn.connector, connection, turn.left, count)
        found, kind = answer.listing, answer.listing.kind
        here = turn.owned(command.replaced(connection=connection.id, kind=answer.word))
        if not kind.namespaced:
            here = here.replaced(namespace="")
        lacks = None if found.total or not here.namespace else missing(request, (connection,), turn.connector)
        # Where none was named there is one alone.
        more = bool(command.connection) and len(held.seen(request, turn.connector)) > 1
        seen = turn.desk.snapshots.promised(found)
        try:
            reply.show(
                lambda rung: listing.drawn(
                    found,
                    connection,
                    here,
                    rung,
                    several=more,
                    missing=lacks,
                    production=request.production(connection),
                    seen=seen,
                ),
                private=here.private,
            )
        finally:
            if seen:
                caller, scope = turn.caller, answer.scope
                turn.desk.snapshots.keep(
                    seen, caller.workspace, caller.user, lambda: snapshot(found, here, scope)
                )

    turn.hand_on(connection.id, ask)
