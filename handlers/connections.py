"""What this workspace is connected to, and letting go of it."""

from datetime import UTC, datetime

from handlers import held
from handlers.access import Request
from handlers.blocks import clusters, notices, support
from handlers.blocks.text import code
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers with the connections, each with buttons to look into it and to disconnect."""
    reply = turn.answer_as(request.command)
    reply.progress("Asking AWS about the connections…")
    found = tuple(one for one in turn.connector.describe_connected_clusters() if request.sees(one))
    here = turn.owned(request.command)
    # A call to Slack for each, so only for those on the page.
    names = {
        person: turn.desk.access.name(person, request.workspace, turn.slack)
        for person in {connection.connected_by for connection in clusters.shown(found, here)}
    }
    today = datetime.now(UTC).date()
    supported = {
        connection_id: support.line(known, today)
        for connection_id, known in turn.connector.support(clusters.shown(found, here)).items()
    }
    reply.show(clusters.connections(found, names, here, supported), private=here.private)


def disconnect(request: Request, turn: Turn) -> None:
    """Asks first; once confirmed, drops the connection and says so in the channel."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    if not command.confirmed:
        turn.ask(clusters.really_disconnect(connection))
        return
    reply = turn.message()
    turn.reply = reply
    gone = turn.connector.disconnect(connection.id)
    reply.remove_original()
    reply.show(
        notices.said(
            f"⚪ Disconnected: {code(gone.id)}, by <@{turn.caller.user}>. Its credentials are dropped."
        )
    )
