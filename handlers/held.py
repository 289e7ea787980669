"""The workspace's connections, as far as one person may know of them: what they may not see does not exist.

Where a command names none, the thread's or the channel's default is meant: for those who may see it.
"""

from connector.connector import Connection, EKSConnector
from connector.errors import ConnectionNotFound, Failure
from connector.resources import KINDS, kind_named
from handlers.access import NotAllowed, Request
from handlers.blocks import clusters
from handlers.blocks.text import code
from handlers.command import Command
from handlers.defaults import Default
from handlers.desk import Turn
from handlers.grammar import COMMAND, NAMESPACE, Shape
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


def namespaces(request: Request, connection: Connection, connector: EKSConnector) -> tuple[str, ...] | None:
    """The names of those that the person may see there; None where that cannot be told, or not to them."""
    try:
        scope = request.reach(connection)
        return connector.list_namespaces(
            connection.id, matching=scope.namespaces, impersonate=scope.impersonate
        )
    except Failure:
        # Who is somebody else in each namespace may not ask about all of them.
        return None


def settled(request: Request, turn: Turn) -> Request:
    """The request with what the default of its thread or channel says where it says nothing itself.

    The turn notes that it did, for the answer to tell; and so when the default's connection has gone. Raises StateAway.
    """
    command = request.command
    if not _open(command):
        return request
    # Said for this once: buttons of the answer name the connection, and then no default counts.
    plain = request.about(command.replaced(all_namespaces=False))
    default = turn.desk.defaults.of(turn.where)
    if command.connection or command.clusters or default is None:
        return plain
    connection = usable(default, request, turn.connector)
    if connection is None:
        if gone(default, request, turn.connector):
            turn.note = f"🟡 {lost(default)}"
        return plain
    turn.note = f"{default.where.name}'s default, {code(f'{COMMAND} use')}"
    filled = plain.command.replaced(connection=connection.id)
    if _in_namespaces(command) and _may_see(default.namespace, connection, request):
        filled = filled.replaced(namespace=default.namespace)
    turn.command = filled
    return request.about(filled)


def usable(default: Default, request: Request, connector: EKSConnector) -> Connection | None:
    """The default's connection, when there is one that the command may be about."""
    try:
        return connector.connection(default.connection, sees=request.sees)
    except ConnectionNotFound:
        return None


def gone(default: Default, request: Request, connector: EKSConnector) -> bool:
    """Whether the default's connection is none any more, and this person may hear of it."""
    there = any(one.id == default.connection for one in connector.list_connected_clusters())
    return not there and request.knows_of(Target.from_id(default.connection))


def lost(default: Default) -> str:
    """That the default's connection is none any more, in mrkdwn."""
    place = f"{default.where.name[0].upper()}{default.where.name[1:]}'s default"
    return f"{place}, {code(default.connection)}, is not connected any more: {code(f'{COMMAND} use')}"


def _open(command: Command) -> bool:
    """Whether the command is about a connection, and may leave open about which."""
    topic = command.topic
    if command.verb == "use" or not any(flag.field == "connection" for flag in topic.flags):
        return False
    # A cluster of AWS's is named, connected or not.
    return not (command.region or (topic.shape is Shape.WORDS and command.words))


def _in_namespaces(command: Command) -> bool:
    """Whether the command could name a namespace, and does not say which."""
    if command.namespace or command.all_namespaces or NAMESPACE not in command.topic.flags:
        return False
    # What happens to a node is told in another namespace than anybody's.
    about = kind_named(command.about.partition("/")[0]) or KINDS.get(command.kind)
    return about is None or about.namespaced


def _may_see(namespace: str, connection: Connection, request: Request) -> bool:
    try:
        request.rights.scope(request.verb, Target.of(connection), namespace)
    except NotAllowed:
        return False
    return bool(namespace)
