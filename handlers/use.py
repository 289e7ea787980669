"""Which connection and namespace the commands of a channel, or of one thread in it, mean when they name none."""

import time
from dataclasses import replace

from connector.connector import Connection
from connector.errors import InvalidRequest
from connector.words import alike
from handlers import held
from handlers.access import Request
from handlers.blocks import clusters
from handlers.blocks import defaults as drawing
from handlers.blocks.message import Message
from handlers.defaults import Default
from handlers.desk import Turn
from handlers.policy.values import ADMIN, CONNECT, Target


def converse(request: Request, turn: Turn) -> None:
    """Sets, shows or takes away the default of the place it was asked in; a set one is said to everybody there."""
    command = request.command
    if command.thread:
        turn.place = replace(turn.place, thread=command.thread)
    where = turn.where
    if not where.channel:
        raise InvalidRequest("There is no channel here to have a default.", hint="Ask in the channel itself.")
    standing = known(request, turn, turn.desk.defaults.of(where))
    if command.clear:
        _clear(request, turn, standing)
    elif command.connection or command.namespace:
        _set(request, turn, standing)
    elif command.form:
        turn.ask(_which(request, turn))
    else:
        turn.ask(_shown(request, turn, standing))


def may_set(request: Request, target: Target) -> bool:
    """Whether this person may make that cluster a default, or take it away as one."""
    return request.rights.may(ADMIN) or request.rights.may(CONNECT, target)


def known(request: Request, turn: Turn, default: Default | None) -> Default | None:
    """The default, as far as this person may know of its connection."""
    if default is None or not request.knows_of(_target(default, turn)):
        return None
    return default


def _target(default: Default, turn: Turn) -> Target:
    held = {one.id: one for one in turn.connector.list_connected_clusters()}
    there = held.get(default.connection)
    return Target.of(there) if there else Target.from_id(default.connection)


def _shown(request: Request, turn: Turn, standing: Default | None) -> Message:
    if standing is None:
        return drawing.none(turn.where)
    who = turn.desk.access.name(standing.set_by, request.workspace, turn.slack)
    lost = held.gone(standing, request, turn.connector)
    return drawing.standing(
        standing, turn.where, who, may_change=may_set(request, _target(standing, turn)), lost=lost
    )


def _which(request: Request, turn: Turn) -> Message:
    seen = held.seen(request, turn.connector)
    command = request.command.replaced(form=False)
    return clusters.which(seen, command) if seen else clusters.none_connected(command)


def _clear(request: Request, turn: Turn, standing: Default | None) -> None:
    where = turn.where
    # A thread has its channel's, which is not the thread's to take away.
    if standing is None or standing.where != where:
        turn.ask(drawing.none(where))
        return
    target = _target(standing, turn)
    if not may_set(request, target):
        request.rights.check(CONNECT, target)
    turn.desk.defaults.remove(where)
    reply = turn.message()
    turn.reply = reply
    reply.show(drawing.cleared(standing, turn.caller.user))


def _set(request: Request, turn: Turn, standing: Default | None) -> None:
    connection = _meant(request, turn, standing)
    if connection is None:
        return
    target = Target.of(connection)
    if not may_set(request, target):
        request.rights.check(CONNECT, target)
    namespace = request.command.namespace
    if namespace:
        # What one may not see is nothing to send others to.
        request.scope(connection)
    default = Default(turn.where, connection.id, namespace, turn.caller.user, time.time())
    reply = turn.message()
    turn.reply = reply

    def keep(doubt: drawing.Doubt | None = None) -> None:
        turn.desk.defaults.put(default)
        reply.show(drawing.announced(default, production=request.production(connection), doubt=doubt))

    if namespace:
        reply.progress(f"Looking for the namespace {namespace} in {connection.cluster}…")
        turn.hand_on(connection.id, lambda: keep(_doubt(request, connection, turn)))
    else:
        keep()


def _meant(request: Request, turn: Turn, standing: Default | None) -> Connection | None:
    """The connection that is named, else the one that is the default now; None when the person was asked."""
    if not request.command.connection and standing:
        connection = held.usable(standing, request, turn.connector)
        if connection:
            turn.concerns(connection)
            return connection
    return held.chosen(request, turn)


def _doubt(request: Request, connection: Connection, turn: Turn) -> drawing.Doubt | None:
    """Whether the namespace is not there now; who may not list namespaces is believed."""
    namespace = request.command.namespace
    names = held.namespaces(request, connection, turn.connector)
    if names is None:
        return drawing.Doubt(unknown=True)
    if namespace in names:
        return None
    near = alike(namespace, names, 1, 0.6)
    return drawing.Doubt(nearest=near[0] if near else "")
