"""What this workspace is connected to, and letting go of it."""

from handlers.access import Request
from handlers.blocks import clusters, notices
from handlers.blocks.text import code
from handlers.browse import chosen
from handlers.desk import Turn


def converse(request: Request, turn: Turn) -> None:
    """Answers with the connections, each with buttons to look into it and to disconnect."""
    reply = turn.answer_as(request.command)
    reply.progress("Asking AWS about the connections…")
    held = turn.connector.describe_connected_clusters()
    names = {
        person: turn.desk.access.name(person, request.workspace, turn.slack)
        for person in {connection.connected_by for connection in held}
    }
    here = turn.owned(request.command)
    reply.show(clusters.connections(held, names, here), private=here.private)


def disconnect(request: Request, turn: Turn) -> None:
    """Asks first; once confirmed, drops the connection and says so in the channel."""
    command = request.command
    connection = chosen(command, turn)
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
