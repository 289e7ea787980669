"""Which object a command means: the one of that kind and name, as far as the person may see."""

from collections.abc import Callable

from connector.cluster import Cluster
from connector.connector import Connection
from connector.lanes import Deadline
from connector.objects import Ref, find
from connector.resources import KINDS
from connector.served import Resource
from handlers.access import Request
from handlers.command import Command
from handlers.policy import Scope


def meant(
    cluster: Cluster,
    request: Request,
    connection: Connection,
    deadline: Deadline,
    check: Callable[[Resource], None] = lambda _resource: None,
) -> tuple[Ref, Scope]:
    """The object, and how to ask about it; `check` may raise for a kind that the command is of no use for.

    Raises KindNotServed, ObjectNotFound, Several, NotAllowed, and what the cluster says.
    """
    command = request.command
    known = KINDS.get(command.kind)
    resource = known.resource if known else cluster.resource(command.kind, deadline)
    check(resource)
    scope = request.scope(connection, namespaced=resource.namespaced)
    return within(cluster, resource, command, scope, deadline), scope


def within(cluster: Cluster, resource: Resource, command: Command, scope: Scope, deadline: Deadline) -> Ref:
    """The object of that kind with the command's name, within what may be seen. Raises ObjectNotFound, Several …"""
    return find(
        cluster,
        resource,
        command.word,
        deadline,
        namespace=command.namespace or scope.only or None,
        namespaces=scope.namespaces,
        impersonate=scope.impersonate,
    )
