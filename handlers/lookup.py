"""The message shortcut "Look this up": what a message names, looked for in the connections of who asks.

It opens at once and fills in what was found. All looking is bounded: by names, by connections and by time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from connector import objects
from connector.cluster import Cluster
from connector.connector import Connection
from connector.errors import Failure, Forbidden
from connector.lanes import Deadline
from connector.resources import KINDS
from handlers import held, use
from handlers.access import NotAllowed, Request
from handlers.blocks import lookup as drawing
from handlers.command import Command
from handlers.defaults import Default
from handlers.desk import Converse, Turn
from handlers.form import Carried
from handlers.mentions import Mention, Mentions, found, text_of
from handlers.payload import Looked
from handlers.policy.values import READ, Target
from handlers.views import ViewReply

# What looking needs; each object's own button is asked for anew.
OPENING = Command(verb="connections", private=True)
_SECONDS = 8.0
_CONNECTIONS = 6


def of(message: Looked) -> Converse:
    """The conversation about a message: a modal that offers to look at what it names."""

    def converse(request: Request, turn: Turn) -> None:
        mentions = found(text_of(message.text or "", message.blocks, message.attachments))
        place = turn.place
        sealed = turn.desk.seal.close(place.response_url, place.workspace)
        metadata = Carried(place.channel, sealed, thread=place.thread).encoded()
        view_id = turn.open_view(drawing.loading(metadata))
        reply = ViewReply(
            turn.slack,
            view_id,
            lambda _words, failure, ref: drawing.broken(metadata, failure, ref),
            otherwise=turn.message(private=True),
        )
        turn.reply = reply
        thread = place.thread or message.ts

        def look() -> None:
            reply.show(_answer(mentions, metadata, thread, request, turn))

        turn.hand_on("lookup", look)

    return converse


def _answer(
    mentions: Mentions, metadata: str, thread: str, request: Request, turn: Turn
) -> dict[str, object]:
    where = replace(turn.where, thread=thread)
    default = turn.desk.defaults.of(where)
    asked = _asked(mentions, default, request, turn)
    looked = _without_stand_ins(_everywhere(mentions, asked, request, turn))
    hits = tuple(hit for one in looked for hit in one.hits)
    # For a thread, only what its people may be sent to by who asks.
    about = {hit.connection.id: hit.connection for hit in hits}.values() if hits else asked
    offered = [one for one in about if use.may_set(request, Target.of(one))]
    standing = use.known(request, turn, default)
    return drawing.drawn(
        drawing.LookedUp(mentions, asked, looked, standing if standing and standing.where == where else None),
        metadata,
        thread,
        offered,
    )


def _asked(
    mentions: Mentions, default: Default | None, request: Request, turn: Turn
) -> tuple[Connection, ...]:
    """The connections to look in: those that the message names; else the default's, and then the others."""
    seen = held.seen(request, turn.connector)
    told = [one for one in seen if one.cluster in mentions.words or one.id in mentions.words]
    first = [one for one in seen if default and one.id == default.connection]
    ordered = told or [*first, *(one for one in seen if one not in first)]
    return tuple(ordered[:_CONNECTIONS])


def _everywhere(
    mentions: Mentions, asked: tuple[Connection, ...], request: Request, turn: Turn
) -> tuple[drawing.Looked, ...]:
    if not mentions.names or not asked:
        return ()
    deadline = Deadline(min(_SECONDS, turn.left))

    def look(connection: Connection) -> drawing.Looked:
        try:
            return turn.connector.ask(
                connection.id, deadline, lambda cluster: _in(cluster, connection, mentions, request, deadline)
            )
        except Failure as failure:
            return drawing.Looked(connection, (), failure)

    with ThreadPoolExecutor(max_workers=len(asked)) as pool:
        return tuple(pool.map(look, asked))


def _without_stand_ins(looked: tuple[drawing.Looked, ...]) -> tuple[drawing.Looked, ...]:
    """The same without a pod's deployment in one cluster when the pod itself is in another."""
    there = {hit.ref.name for one in looked for hit in one.hits if not hit.instead_of}
    return tuple(
        replace(one, hits=tuple(hit for hit in one.hits if hit.instead_of not in there)) for one in looked
    )


def _in(
    cluster: Cluster, connection: Connection, mentions: Mentions, request: Request, deadline: Deadline
) -> drawing.Looked:
    hits: list[drawing.Hit] = []
    barred = False
    for mention in mentions.names:
        if deadline.passed():
            return drawing.Looked(connection, tuple(hits), complete=False, barred=barred)
        for one in filter(None, (mention, mention.owner)):
            try:
                refs = _named(cluster, connection, one, mentions.namespaces, request, deadline)
            except NotAllowed:
                # As far as this person is concerned it is not there.
                refs = []
            except Forbidden:
                barred, refs = True, []
            stands_in = "" if one is mention else mention.name
            hits += [drawing.Hit(connection, ref, stands_in) for ref in refs]
            if refs:
                break
    return drawing.Looked(connection, tuple(dict.fromkeys(hits)), barred=barred)


def _named(
    cluster: Cluster,
    connection: Connection,
    mention: Mention,
    namespaces: tuple[str, ...],
    request: Request,
    deadline: Deadline,
) -> list[objects.Ref]:
    """The objects of that name and kind, those in a namespace that the message names first."""
    resource = KINDS[mention.kind].resource
    told = tuple(filter(None, (mention.namespace, *namespaces))) if resource.namespaced else ()

    def ask(namespace: str) -> list[objects.Ref]:
        scope = request.rights.scope(READ, Target.of(connection), namespace, namespaced=resource.namespaced)
        return list(
            objects.named(
                cluster,
                resource,
                deadline,
                namespace or scope.only or None,
                scope.namespaces,
                scope.impersonate,
                {"fieldSelector": f"metadata.name={mention.name}"},
            )
        )

    refs = _first_allowed([lambda: ask(""), *(lambda one=one: ask(one) for one in told)])
    return sorted(refs, key=lambda ref: (ref.namespace not in told, ref.namespace or ""))


def _first_allowed(ways: list[Callable[[], list[objects.Ref]]]) -> list[objects.Ref]:
    """What the first way gives that is allowed: who may not list everywhere may do so in one namespace."""
    for way in ways[:-1]:
        try:
            return way()
        except (Forbidden, NotAllowed):
            continue
    return ways[-1]()
