"""Rollouts: one that is under way is followed until it is done or stuck, five minutes at most; and which there were."""

from collections.abc import Callable
from typing import TypeVar

from connector.cluster import Cluster
from connector.connector import Connection
from connector.errors import Busy, StateAway
from connector.lanes import Deadline
from connector.objects import Ref
from connector.rollouts import Rollout, check_kind, history, rollout
from handlers import held
from handlers.access import Request
from handlers.blocks import rollout as drawing
from handlers.blocks.message import Message
from handlers.command import Command
from handlers.desk import Turn
from handlers.following import Follow
from handlers.meant import meant
from handlers.policy import Scope
from handlers.reply import MessageReply
from handlers.standing import StandingReply
from handlers.watching import Watch

T = TypeVar("T")


def converse(request: Request, turn: Turn) -> None:
    """Answers with the rollout's status or its history, or asks which of several connections is meant."""
    command = request.command
    connection = held.chosen(request, turn)
    if connection is None:
        return
    is_history = command.action == "history"
    reply: MessageReply
    if command.owner or is_history:
        reply = turn.answer_as(command)
    else:
        # A new answer may be watched, what a click changes in place is shown as it is now.
        reply = StandingReply(
            turn.slack, turn.place, turn.desk.rungs, private=command.private, note=turn.note
        )
        turn.reply = reply
    reply.progress(f"Reading the rollout of {command.word} of {connection.cluster}…")
    if is_history:
        turn.hand_on(connection.id, lambda: _tell_history(request, turn, connection, reply))
    else:
        turn.hand_on(connection.id, lambda: _tell_status(request, turn, connection, reply))


def _read(what: Callable[..., T], request: Request, turn: Turn, connection: Connection) -> T:
    """`history` or `rollout` of what the command means."""
    deadline = Deadline(turn.left)

    def read(cluster: Cluster) -> T:
        ref, scope = meant(cluster, request, connection, deadline, check_kind)
        return what(cluster, ref, deadline, impersonate=scope.impersonate)

    return turn.connector.ask(connection.id, deadline, read)


def _tell_history(request: Request, turn: Turn, connection: Connection, reply: MessageReply) -> None:
    found = _read(history, request, turn, connection)
    here = _here(request.command, turn, connection, found.ref)
    production = request.production(connection)
    reply.show(
        lambda rung: drawing.history(found, connection, here, rung, production=production),
        private=here.private,
    )


def _tell_status(request: Request, turn: Turn, connection: Connection, reply: MessageReply) -> None:
    found = _read(rollout, request, turn, connection)
    here = _here(request.command, turn, connection, found.ref)
    production = request.production(connection)
    note = ""
    if isinstance(reply, StandingReply) and not found.progress.is_over:
        try:
            follow = turn.desk.follows.reserve(turn.caller.workspace, turn.caller.user)
        except (Busy, StateAway) as failure:
            note = f"not followed: {failure.what}"
        else:
            watch = _Watch(turn, connection, here, follow, found, production=production)
            if _watched(watch, reply, wants=request.command.follow):
                return
            note = drawing.not_followed(private=here.private)
    here = here.replaced(follow=False)
    reply.show(
        drawing.status(found, connection, here, note=note, production=production), private=here.private
    )


def _here(command: Command, turn: Turn, connection: Connection, ref: Ref) -> Command:
    """The command as the answer's buttons carry it: about this object, whatever else is called like it."""
    return turn.owned(
        command.replaced(
            connection=connection.id, kind=ref.resource.plural, namespace=ref.namespace or "", ref=""
        )
    )


def _watched(watch: "_Watch", reply: StandingReply, *, wants: bool) -> bool:
    """Whether the rollout is watched from now on; in the person's own messages only when they `want` it anywhere."""
    try:
        first = watch.message("")
        standing = reply.stand(first, anywhere=wants)
        if standing is None:
            watch.follow.release()
            return False
        watch.begin(standing, first)
    except BaseException:
        watch.follow.release()
        raise
    return True


class _Watch(Watch):
    def __init__(
        self,
        turn: Turn,
        connection: Connection,
        here: Command,
        follow: Follow,
        found: Rollout,
        *,
        production: bool,
    ) -> None:
        super().__init__(turn, connection, here.replaced(follow=True, ref=follow.key), follow)
        self._found = found
        self._production = production

    def look(self, cluster: Cluster, deadline: Deadline, scope: Scope) -> str:
        self._found = rollout(cluster, self._found.ref, deadline, impersonate=scope.impersonate)
        return f"{self._found.progress.said}." if self._found.progress.is_over else ""

    def message(self, trouble: str) -> Message:
        return drawing.watched(
            self._found,
            self._connection,
            self.here,
            until=self.follow.until,
            trouble=trouble,
            production=self._production,
        )

    def last(self, why: str) -> Message:
        note = "" if self._found.progress.is_over else f"⚪ {why}"
        here = self.here.replaced(follow=False, ref="")
        return drawing.status(self._found, self._connection, here, note=note, production=self._production)
