"""One cluster's list as one person may see it: which kind a word means there, in which namespaces, as whom."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from connector import formats
from connector.connector import Connection, EKSConnector
from connector.lanes import Deadline
from connector.resources import KINDS, Listing, Query, kind_named
from connector.served import Resource
from handlers.access import NotAllowed, Request
from handlers.policy import Scope

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Taken:
    """A list, and the word by which commands name its kind on that cluster: one of KINDS, or `plural.group`."""

    listing: Listing
    word: str
    scope: Scope


@dataclass(frozen=True)
class Wanted:
    """What a command asks a cluster for, and as whom; `word` is as in Taken."""

    resource: Resource
    word: str
    query: Query
    scope: Scope


def taken(
    request: Request,
    connector: EKSConnector,
    connection: Connection,
    seconds: float,
    on_progress: Progress,
) -> Taken:
    """What the command of `request` lists on that cluster, within `seconds`; `on_progress(rows, expected or None)`.

    Raises NotAllowed, KindNotServed, and what EKSConnector.get_resources raises.
    """
    deadline = Deadline(seconds)
    asked = wanted(request, connector, connection, deadline)

    def count(rows: int, expected: int | None) -> None:
        # What is expected counts what the person may not see, too.
        on_progress(rows, expected if asked.scope.whole else None)

    listing = connector.get_resources(
        connection.id,
        asked.query,
        deadline=deadline.left(),
        on_progress=count,
        impersonate=asked.scope.impersonate,
    )
    seen = listing if asked.scope.whole else replace(listing, expected=None)
    return Taken(seen, asked.word, asked.scope)


def wanted(request: Request, connector: EKSConnector, connection: Connection, deadline: Deadline) -> Wanted:
    """What the command of `request` means on that cluster. Raises NotAllowed, KindNotServed, InvalidRequest."""
    command = request.command

    def served(word: str) -> Resource:
        known = kind_named(word)
        if known:
            return known.resource
        # Discovery is the same for everybody; what is asked for is asked as the person.
        return connector.ask(connection.id, deadline, lambda cluster: cluster.resource(word, deadline))

    resource = served(command.kind)
    scope = _scope(request, connection, resource)
    known = kind_named(resource.name)
    word = known.plural if known else resource.name
    query = Query(
        kind=word,
        namespace=(command.namespace or scope.only or None) if resource.namespaced else None,
        namespaces=scope.namespaces,
        selector=command.selector,
        fields=_fields(request, served),
        words=command.words,
        wide=command.output == "wide",
        labels=command.show_labels,
        sort_by=command.sort_by,
    )
    return Wanted(resource, word, query, scope)


def _scope(request: Request, connection: Connection, resource: Resource) -> Scope:
    try:
        return request.scope(connection, namespaced=resource.namespaced)
    except NotAllowed:
        if resource.name != KINDS["namespaces"].plural:
            raise
    # Who may look into some namespaces may know that they are there.
    return request.reach(connection)


def _fields(request: Request, served: Callable[[str], Resource]) -> str:
    """The field selector, with what is said of events in words of their own."""
    command = request.command
    said = [command.field_selector] if command.field_selector else []
    if command.about:
        noun, _, name = command.about.partition("/")
        formats.object_name(name)
        said += [f"involvedObject.kind={served(noun).kind}", f"involvedObject.name={name}"]
    if command.warnings:
        said.append("type=Warning")
    return ",".join(said)
