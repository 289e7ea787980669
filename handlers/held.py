"""The workspace's connections, as far as one person may know of them: what they may not see does not exist."""

from connector.connector import Connection, EKSConnector
from handlers.access import Request
from handlers.blocks import clusters
from handlers.desk import Turn
from handlers.policy.values import Target


def seen(request: Request, connector: EKSConnector) -> tuple[Connection, ...]:
    """The connections that the command may be about, by id."""
    return tuple(one for one in connector.list_connected_clusters() if request.sees(one))


def named(connection_id: str, request: Request, connector: EKSConnector) -> Connection:
    """The connection of that id, or to the only cluster of that name.

    Raises ConnectionNotFound, in the same words for one that is not there and for one that this person may not know
    of; NotAllowed when they know of it, and the command is not theirs to give.
    """
    found = connector.connection(connection_id, sees=request.knows)
    request.rights.check(request.verb, Target.of(found))
    return found


def chosen(request: Request, turn: Turn) -> Connection | None:
    """The connection that the command is about; None when the person was asked for it, or there is none.

    Raises what `named` raises when the command names one.
    """
    command = request.command
    if command.connection:
        found = named(command.connection, request, turn.connector)
    else:
        held = seen(request, turn.connector)
        if len(held) != 1:
            turn.ask(clusters.which(held, command) if held else clusters.none_connected(command))
            return None
        (found,) = held
    turn.concerns(found)
    return found
