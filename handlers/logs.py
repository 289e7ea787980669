"""What pods say: shown once, as a file when it is long, or kept up to date for five minutes."""

import logging
import time
from collections import deque

from slack_sdk.errors import SlackApiError

from connector.cluster import Cluster
from connector.connector import Connection
from connector.lanes import Deadline
from connector.logs import Asked, Following, Line, Logs, check, logs
from connector.served import Resource
from handlers import held
from handlers.access import Request
from handlers.attachments import Document
from handlers.blocks import following as blocks
from handlers.blocks import logs as drawing
from handlers.blocks import notices
from handlers.blocks.message import Message
from handlers.command import Command, seconds
from handlers.desk import Turn
from handlers.following import Follow
from handlers.grammar import LINES
from handlers.meant import within
from handlers.policy import Scope
from handlers.standing import StandingReply
from handlers.watching import Watch

log = logging.getLogger(__name__)

# Kubernetes counts in nanoseconds, which three centuries overflow.
_LONGEST_SINCE = 10 * 365 * 86_400


def converse(request: Request, turn: Turn) -> None:
    """Answers with the logs, and follows them if asked to; or asks which of several connections is meant."""
    command = request.command
    resource = check(command.kind)
    connection = held.chosen(request, turn)
    if connection is None:
        return
    scope = request.scope(connection)
    production = request.production(connection)
    if command.follow:
        following = StandingReply(
            turn.slack, turn.place, turn.desk.rungs, private=turn.owned(command).private, note=turn.note
        )
        turn.reply = following
        following.progress(f"Reading logs of {connection.cluster}…")
        turn.hand_on(
            connection.id, lambda: _follow(following, resource, scope, connection, command, turn, production)
        )
        return
    reply = turn.answer_as(command)
    reply.progress(f"Reading logs of {connection.cluster}…")

    def ask() -> None:
        found = _read(resource, scope, connection, command, turn)
        here = _here(found, connection, command, turn)
        sent = _attached(found, connection, command, turn, private=here.private)
        message = drawing.drawn(found, connection, here, sent=sent, production=production)
        reply.show(message, private=here.private)

    turn.hand_on(connection.id, ask)


def _read(resource: Resource, scope: Scope, connection: Connection, command: Command, turn: Turn) -> Logs:
    limit = Deadline(turn.left)
    since = min(max(1, seconds(command.since)), _LONGEST_SINCE) if command.since else 0
    tail = int(command.tail or LINES)
    ref = turn.connector.ask(
        connection.id,
        limit,
        lambda cluster: within(cluster, resource, command, scope, limit),
    )
    asked = Asked(ref, command.container, command.previous, since, tail, command.grep)
    return turn.connector.ask(
        connection.id, limit, lambda cluster: logs(cluster, asked, limit, impersonate=scope.impersonate)
    )


def _here(found: Logs, connection: Connection, command: Command, turn: Turn) -> Command:
    """The command as the answer's buttons carry it: about this object, whatever else is called like it."""
    return turn.owned(
        command.replaced(connection=connection.id, namespace=found.asked.ref.namespace or "", output="")
    )


def _attached(
    found: Logs, connection: Connection, command: Command, turn: Turn, *, private: bool
) -> drawing.Sent | None:
    """The file with all lines, when there are too many for a message; a refresh sends none, as it would each time."""
    if not found.lines or not drawing.is_long(found) or (command.owner and not command.output):
        return None
    document = Document(f"logs-{found.asked.ref.name}.txt", drawing.whole(found))
    try:
        in_channel = turn.attach(document, drawing.comment(found, connection), private=private)
    except SlackApiError as error:
        # An app that was installed before it sent files may lack the scope; the last lines are worth more than that.
        refusal = str(error.response.get("error", "unknown"))[:80]
        log.warning("ref=%s Slack did not take the file", turn.ref)
        return drawing.Sent(document.name, in_channel=False, refusal=refusal)
    return drawing.Sent(document.name, in_channel)


def _follow(
    reply: StandingReply,
    resource: Resource,
    scope: Scope,
    connection: Connection,
    command: Command,
    turn: Turn,
    production: bool,
) -> None:
    follow = turn.desk.follows.reserve(turn.caller.workspace, turn.caller.user)
    try:
        found = _read(resource, scope, connection, command, turn)
        here = _here(found, connection, command, turn)
        watch = _Watch(turn, connection, found, here, follow, production=production)
        first = watch.message("")
        standing = reply.stand(first) if found.runs else None
        if standing is None:
            why = "Slack lets no message stand for it" if found.runs else "nothing more will come"
            plain = here.replaced(follow=False)
            message = drawing.drawn(
                found, connection, plain, note=f"not followed: {why}", production=production
            )
            reply.show(message, private=here.private)
            follow.release()
            return
        watch.begin(standing, first)
    except BaseException:
        follow.release()
        raise
    if standing.channel != turn.place.channel:
        why = (
            "a message for you alone cannot be changed later"
            if here.private
            else "the bot is no member of this channel: `/invite` it to follow here"
        )
        said = f"Followed in your messages with the bot, as {why}."
        turn.message(private=True).show(notices.said(said))


class _Watch(Watch):
    def __init__(
        self,
        turn: Turn,
        connection: Connection,
        found: Logs,
        here: Command,
        follow: Follow,
        *,
        production: bool,
    ) -> None:
        super().__init__(turn, connection, here.replaced(ref=follow.key), follow)
        self._found = found
        self._production = production
        self._following = Following(found)
        self._lines: deque[Line] = deque(found.lines, maxlen=max(1, found.asked.tail))
        self._looked_at = time.monotonic()
        self._came = drawing.came(0, 0)

    def look(self, cluster: Cluster, deadline: Deadline, scope: Scope) -> str:
        news = self._following.look(cluster, deadline, impersonate=scope.impersonate)
        before, self._looked_at = self._looked_at, time.monotonic()
        self._lines.extend(news.lines)
        # Several are read one after the other: what one wrote meanwhile comes with the next look.
        self._lines = deque(sorted(self._lines, key=lambda line: line.at), self._lines.maxlen)
        self._came = drawing.came(len(news.lines), self._looked_at - before, gap=news.gap)
        return news.over

    def message(self, trouble: str) -> Message:
        came = blocks.troubled(trouble) if trouble else self._came
        return drawing.followed(
            self._found,
            list(self._lines),
            self._connection,
            self.here,
            status=blocks.until(self.follow.until, came),
            production=self._production,
        )

    def last(self, why: str) -> Message:
        return drawing.ended(
            self._found,
            list(self._lines),
            self._connection,
            self.here,
            why=why,
            production=self._production,
        )
