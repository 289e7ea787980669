"""What must be done though nobody asks: signs of life, telling those whose answer died with a process, forgetting.

One thread in each process. The telling goes over lanes of its own, so that a Slack that hangs does not keep this
process from giving the others its sign of life.
"""

import logging
import threading
import time
from collections.abc import Callable

from slack_sdk import WebClient

from connector.errors import Busy, Failure
from connector.lanes import Lanes
from connector.workspaces import WorkspaceKey
from handlers import recovery
from handlers.access import Caller
from handlers.blocks import forms, notices
from handlers.blocks.message import Block
from handlers.blocks.parts import context
from handlers.blocks.text import cut
from handlers.claims import Claims, Lost, Road
from handlers.command import Command, decoded
from handlers.desk import Desk, about
from handlers.grammar import COMMAND
from handlers.reply import Lost as Unreached
from handlers.reply import MessageReply, Place, Refused
from handlers.retries import UNREACHABLE
from handlers.trail import Outcome, Trail
from handlers.views import ViewReply

log = logging.getLogger(__name__)

# Between two signs of life; claims.LOST_SECONDS is four times as long.
BEAT_SECONDS = 5.0
_FORGET_SECONDS = 3600.0
_TIDY_SECONDS = 60.0
# What may have been done before the process died.
_CHANGING = ("connect", "disconnect")


class Interrupted(Failure):
    """The process that worked on it is gone."""


class Sweeper:
    """Looks after the claims and the trail, every 5 seconds. Several processes may do so at once."""

    def __init__(
        self,
        desk: Desk,
        claims: Claims,
        trail: Trail,
        slack_of: Callable[[WorkspaceKey], WebClient | None],
        every: float = BEAT_SECONDS,
    ) -> None:
        """`slack_of` gives a client with the workspace's bot token; None where the bot is not installed any more."""
        self._desk = desk
        self._claims = claims
        self._trail = trail
        self._slack_of = slack_of
        self._every = every
        self._telling = Lanes(width=2, line=500)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._forgot_at = self._tidied_at = float("-inf")
        self._away = False

    def start(self) -> None:
        self._thread.start()

    @property
    def has_database(self) -> bool:
        """Whether the last round could be written down."""
        return not self._away

    def stop(self, timeout: float) -> None:
        """Ends after the round that is under way; to be called when all turns have ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._telling.drain(timeout)

    def sweep(self) -> None:
        """One round. Raises StateAway."""
        self._claims.renew()
        for lost in self._claims.lost():
            self._desk.ended(_outcome(lost))
            try:
                self._telling.submit(lost.workspace, lambda lost=lost: self._tell(lost))  # type: ignore[misc]
            except Busy:
                log.error("ref=%s was interrupted, and the person is not told: too many were", lost.ref)  # noqa: TRY400
        if time.monotonic() - self._tidied_at >= _TIDY_SECONDS:
            self._desk.workspaces.tidy()
            self._tidied_at = time.monotonic()
        if time.monotonic() - self._forgot_at >= _FORGET_SECONDS:
            self._claims.forget_old()
            self._trail.forget_old()
            self._desk.snapshots.forget_old()
            self._forgot_at = time.monotonic()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.sweep()
            except Failure as failure:
                if not self._away:
                    log.warning("not swept: %s", failure.what)
                self._away = True
            except Exception:
                # The next round may find things in order.
                log.exception("a round of the sweeper failed")
            else:
                self._away = False

    def _tell(self, lost: Lost) -> None:
        road = lost.road
        try:
            slack = self._slack_of(lost.workspace)
        except Failure as away:
            log.error("ref=%s was interrupted, and the person is not told: %s", lost.ref, away.what)  # noqa: TRY400
            return
        if road is None or slack is None:
            log.error("ref=%s was interrupted, and there is no road left to the person", lost.ref)
            return
        command = _command(road)
        failure = _failure(command)
        place = Place(lost.workspace, road.channel, road.user, road.response_url, thread=road.thread)
        message = MessageReply(slack, place, self._desk.rungs, private=True, standing=road.progress)
        reply = ViewReply(slack, road.view_id, _drawn, message) if road.view_id else message
        try:
            reply.fail(failure, lost.ref, recovery.ways(failure, command))
        except (Unreached, Refused, *UNREACHABLE) as error:
            log.error(  # noqa: TRY400
                "ref=%s was interrupted, and the person was not told: %s", lost.ref, type(error).__name__
            )
        else:
            log.info("ref=%s was interrupted; the person is told", lost.ref)


def _outcome(lost: Lost) -> Outcome:
    road = lost.road
    caller = Caller(lost.workspace, road.user if road else "", "", road.channel if road else "")
    command = _command(road) if road else None
    cluster, namespace = (about(command), command.namespace) if command else ("", "")
    return Outcome(caller, lost.verb, Interrupted.__name__, 0.0, lost.ref, cluster, namespace)


def _command(road: Road) -> Command | None:
    if not road.command:
        return None
    try:
        return decoded(road.command)
    except Failure:
        # Another version's.
        return None


def _failure(command: Command | None) -> Interrupted:
    what = "The bot was restarted while it worked on this."
    if command is None:
        return Interrupted(what, hint="Try again.")
    hint = "Try again."
    if command.verb in _CHANGING:
        hint = f"It may have been done: look with `{COMMAND} connections`, then try again."
    return Interrupted(what, f"You asked for `{cut(command.typed(), 300)}`.", hint)


def _drawn(_progress: str, failure: Failure | None, ref: str) -> Block:
    """The modal whose work was lost. What was typed into it is nowhere any more."""
    said = notices.failure_text(failure) if failure else ""
    return forms.outcome("Not finished", "", said, context(f"ref {ref}"))
