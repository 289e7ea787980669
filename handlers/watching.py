"""A message that is kept up to date by looks at a cluster, each as far as the person may see it at that moment."""

import time
from abc import ABC, abstractmethod

from connector.cluster import Cluster
from connector.connector import Connection
from connector.errors import Busy, Failure, ServerError, StateAway, Throttled, Unreachable
from connector.lanes import Deadline
from handlers import held
from handlers.blocks import following as drawing
from handlers.blocks import notices
from handlers.blocks.message import Message
from handlers.command import Command, decoded
from handlers.desk import Turn
from handlers.following import STOPPED, Follow
from handlers.policy import Scope
from handlers.standing import Standing

# What the cluster is asked for at one look; a look that takes longer comes to nothing, and the next one is due.
_LOOK_SECONDS = 10.0
# What may pass: the next look may find it gone.
_PASSING = (Unreachable, Throttled, Busy, ServerError, StateAway)
_PATIENCE_SECONDS = 60.0
GONE = "The message is gone."


class Watch(ABC):
    """One message that is kept up to date, on the thread of a Follow."""

    def __init__(self, turn: Turn, connection: Connection, here: Command, follow: Follow) -> None:
        """`here` is what the message answers, with whatever is needed to be allowed to go on with it."""
        self.here = here
        self.follow = follow
        self._turn = turn
        self._connection = connection
        self._shown: Message | None = None
        self._standing: Standing | None = None
        self._troubled_since: float | None = None

    @abstractmethod
    def look(self, cluster: Cluster, deadline: Deadline, scope: Scope) -> str:
        """Looks for what is new; why it is over, if it is. Raises what the cluster says."""

    @abstractmethod
    def message(self, trouble: str) -> Message:
        """What stands there now; `trouble` says why the last look came to nothing."""

    @abstractmethod
    def last(self, why: str) -> Message:
        """What stands there once it is over, for that reason, a sentence."""

    def begin(self, standing: Standing, shown: Message) -> None:
        """Keeps `standing`, which is `shown` now, up to date from now on."""
        self._standing, self._shown = standing, shown
        self.follow.begin(self._look, self._end)

    def _look(self) -> str:
        try:
            why = self._news()
        except _PASSING as failure:
            since = self._troubled_since = self._troubled_since or time.monotonic()
            if time.monotonic() - since > _PATIENCE_SECONDS:
                return _sentence(failure)
            return self._show(self.message(failure.what))
        except Failure as failure:
            return _sentence(failure)
        self._troubled_since = None
        return why or self._show(self.message(""))

    def _news(self) -> str:
        turn, deadline = self._turn, Deadline(_LOOK_SECONDS)
        request = turn.desk.access.authorise(self.here, turn.caller, turn.slack)
        connection = held.named(self._connection.id, request, turn.connector)
        scope = request.scope(connection)
        return turn.connector.ask(
            connection.id, deadline, lambda cluster: self.look(cluster, deadline, scope)
        )

    def _show(self, message: Message) -> str:
        # Slack's patience is for what is new.
        if self._standing and message != self._shown:
            self._shown = message
            if not self._standing.change(message):
                return GONE
        return ""

    def _end(self, why: str) -> None:
        if self._standing and why != GONE:
            self._standing.change(self.last(why))


def stop(turn: Turn, value: str) -> None:
    """Ends the following that a Stop button belongs to, wherever it runs. `value` is the button's. Raises StateAway."""
    here = decoded(value)
    if here.owner != turn.caller.user:
        turn.ask(notices.said(f"<@{here.owner}> follows this, so only they can stop it."))
        return
    reply = turn.message(private=here.private, replace=True)
    turn.reply = reply
    # First: if whoever follows is alive, theirs is the last word on it.
    reply.show(drawing.stopped(turn.place.original or (), here, STOPPED))
    turn.desk.follows.stop(here.ref, turn.caller.workspace, turn.caller.user)


def _sentence(failure: Failure) -> str:
    return f"{failure.what.rstrip('.')}."
