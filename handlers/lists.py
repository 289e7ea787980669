"""One cluster's list as one person may see it: which kind a word means there, in which namespaces, as whom."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from connector import formats
from connector.connector import Connection, EKSConnector
from connector.errors import Failure
from connector.lanes import Deadline
from connector.objects import ObjectNotFound
from connector.resources import KINDS, Listing, Query, kind_named
from connector.served import Resource
from connector.words import alike
from handlers import held
from handlers.access import NotAllowed, Request
from handlers.blocks import listing
from handlers.meant import within
from handlers.policy import Scope

Progress = Callable[[int, int | None], None]

_AT_ONCE = 8


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
    about: Resource | None = None
    """The kind of the object that events are to be about."""


def missing(
    request: Request, connections: Sequence[Connection], connector: EKSConnector
) -> listing.Missing | None:
    """Whether the namespace asked for is on none of these: a list of an unknown one is empty, not an error."""
    namespace = request.command.namespace
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = list(pool.map(lambda one: held.namespaces(request, one, connector), connections))
    names = {name for one in found for name in one or ()}
    # Who may not list namespaces gets the empty list, which is true as well.
    if None in found or namespace in names:
        return None
    near = alike(namespace, sorted(names), 1, 0.6)
    return listing.Missing(near[0] if near else "")


def taken(
    request: Request,
    connector: EKSConnector,
    connection: Connection,
    seconds: float,
    on_progress: Progress,
) -> Taken:
    """What the command of `request` lists on that cluster, within `seconds`; `on_progress(rows, expected or None)`.

    Raises NotAllowed, KindNotServed, what EKSConnector.get_resources raises, and ObjectNotFound where events about one
    object are asked for and neither they nor the object are there.
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
    # What is compared with an earlier list may well be gone, and of several clusters one alone has the object.
    if (
        asked.about
        and listing.complete
        and not (listing.total or request.command.seen or request.command.clusters)
    ):
        _check_there(request, connector, connection, asked.about, deadline)
    seen = listing if asked.scope.whole else replace(listing, expected=None)
    return Taken(seen, asked.word, asked.scope)


def _check_there(
    request: Request, connector: EKSConnector, connection: Connection, kind: Resource, deadline: Deadline
) -> None:
    """Raises ObjectNotFound for an object that is not there to have events; nothing for who may not look for it."""
    named = request.command.replaced(words=(request.command.about.partition("/")[2],))
    try:
        scope = request.scope(connection, namespaced=kind.namespaced)
        connector.ask(connection.id, deadline, lambda cluster: within(cluster, kind, named, scope, deadline))
    except ObjectNotFound as failure:
        if failure.nearest or _has_namespace(request, connector, connection):
            raise
    except Failure:
        return


def _has_namespace(request: Request, connector: EKSConnector, connection: Connection) -> bool:
    """Whether a namespace that was named is there, as far as anybody can say."""
    namespace = request.command.namespace
    names = held.namespaces(request, connection, connector) if namespace else None
    return names is None or namespace in names


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
    about = served(request.command.about.partition("/")[0]) if request.command.about else None
    known = kind_named(resource.name)
    word = known.plural if known else resource.name
    query = Query(
        kind=word,
        namespace=(command.namespace or scope.only or None) if resource.namespaced else None,
        namespaces=scope.namespaces,
        selector=command.selector,
        fields=_fields(request, about),
        words=command.words,
        wide=command.output == "wide",
        labels=command.show_labels,
        sort_by=command.sort_by,
    )
    return Wanted(resource, word, query, scope, about)


def _scope(request: Request, connection: Connection, resource: Resource) -> Scope:
    try:
        return request.scope(connection, namespaced=resource.namespaced)
    except NotAllowed:
        if resource.name != KINDS["namespaces"].plural:
            raise
    # Who may look into some namespaces may know that they are there.
    return request.reach(connection)


def _fields(request: Request, about: Resource | None) -> str:
    """The field selector, with what is said of events in words of their own."""
    command = request.command
    said = [command.field_selector] if command.field_selector else []
    if about:
        name = command.about.partition("/")[2]
        formats.object_name(name)
        said += [f"involvedObject.kind={about.kind}", f"involvedObject.name={name}"]
    if command.warnings:
        said.append("type=Warning")
    return ",".join(said)
