"""What all conversations share, and the way each one goes: read, authorise, converse, and one end for every error.

A listener acks and hands its turn in here, which takes microseconds; everything else happens on lanes. The first two
are the workspace's own. On one the turn is read and claimed, at once: what waits for anything longer would be lost
without a word if this process died. On the other it is authorised, and modals are opened. Talking to a cluster or a
region happens on the lane of that cluster or region, so that one that hangs keeps only its own few threads.
"""

import logging
import secrets
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connector.connector import Connection, EKSConnector
from connector.errors import Busy, Failure
from connector.lanes import Lanes
from connector.workspaces import Workspaces
from handlers import attachments, recovery
from handlers.access import Access, Caller, Request
from handlers.alarm import Alarm
from handlers.attachments import Document
from handlers.blocks.message import Message
from handlers.claims import Claim, Claims, Road
from handlers.command import Command
from handlers.defaults import Defaults, Where
from handlers.following import Follows
from handlers.reply import FIRST_PROGRESS, NEXT_PROGRESS, Lost, MessageReply, Place, Refused, Reply, Rungs
from handlers.retries import UNREACHABLE
from handlers.seal import Seal
from handlers.snapshots import Snapshots
from handlers.trail import Outcome, Trail

log = logging.getLogger(__name__)

# What a command may take altogether, the wait in line included.
COMMAND_SECONDS = 25.0


class Elsewhere(Exception):  # noqa: N818 - a condition, as all our errors are named
    """Another turn works on this delivery or this modal, or has done so: this one is dropped without a word."""


@dataclass
class Turn:
    """One command, click or submit of one person, from its payload to its answer."""

    desk: "Desk" = field(repr=False)
    slack: WebClient = field(repr=False)
    caller: Caller
    place: Place
    trigger_id: str = field(repr=False, default="")
    ref: str = field(default_factory=lambda: secrets.token_hex(4))
    started: float = field(default_factory=time.monotonic)
    verb: str = "unread"
    command: Command | None = None
    # What the turn is about, as far as it is known by now: see Outcome.
    cluster: str = ""
    principal: str = ""
    # What every answer says in a line of context, as mrkdwn: that it came by the channel's default.
    note: str = ""
    claim: Claim | None = field(default=None, repr=False)
    reply: Reply = field(init=False, repr=False)
    # The modal that was submitted, if any.
    view_id: str = ""
    over: bool = False
    # Counts the hand-overs to another lane: the last one to end is the end of the turn.
    handed_on: int = 0

    def __post_init__(self) -> None:
        self.reply = self.message(private=True)

    @property
    def left(self) -> float:
        """Seconds until the command's time is over."""
        return COMMAND_SECONDS - (time.monotonic() - self.started)

    def check_time(self) -> None:
        """Raises Busy when the command's time is over before its work began."""
        if self.left <= 0:
            raise Busy(
                "The answer did not come in time.",
                f"Others waited before this command, for {COMMAND_SECONDS:.0f} s.",
                "Try again in a moment.",
            )

    @property
    def connector(self) -> EKSConnector:
        return self.desk.workspaces.connector(self.caller.workspace)

    @property
    def where(self) -> Where:
        """The channel or thread, as far as defaults go."""
        return Where(self.caller.workspace, self.place.channel, self.place.thread)

    def concerns(self, connection: Connection) -> None:
        """Notes which cluster this is about, and as whom the bot asks it."""
        self.cluster = f"{connection.region}_{connection.cluster}"
        self.principal = connection.principal

    def outcome(self, how: str) -> Outcome:
        """The turn as it ended now."""
        asked = self.command
        namespace = asked.namespace if asked else ""
        seconds = time.monotonic() - self.started
        cluster = self.cluster or (about(asked) if asked else "")
        return Outcome(self.caller, self.verb, how, seconds, self.ref, cluster, namespace, self.principal)

    def message(self, *, private: bool = False, replace: bool = False) -> MessageReply:
        """A reply as a message at the place the turn came from."""
        return MessageReply(
            self.slack, self.place, self.desk.rungs, private=private, replace=replace, note=self.note
        )

    def answer_as(self, command: Command) -> MessageReply:
        """The reply that suits `command`, which the turn fails through from here on.

        A click on one's own list changes it in place; on somebody else's it makes a private copy.
        """
        if not command.owner:
            reply = self.message(private=command.private)
        elif command.owner == self.caller.user:
            reply = self.message(private=command.private, replace=True)
        else:
            reply = self.message(private=True)
        self.reply = reply
        return reply

    @property
    def again(self) -> Command | None:
        """The command that failed, to be tried again: answered anew, and what was for one person stays so."""
        return self.owned(self.command).replaced(owner="") if self.command else None

    def attach(self, document: Document, comment: str, *, private: bool) -> bool:
        """Sends a file beside the answer: True when it stands in the channel, False in the person's messages."""
        return attachments.send(self.slack, self.place, document, comment, private=private)

    def ask(self, question: Message) -> None:
        """Shows a menu, a question or help to the asker alone."""
        reply = self.message(private=True)
        self.reply = reply
        reply.show(question)

    def owned(self, command: Command) -> Command:
        """`command` as the buttons of this person's own answer carry it."""
        foreign = bool(command.owner) and command.owner != self.caller.user
        return command.replaced(owner=self.caller.user, private=command.private or foreign)

    def hand_on(self, lane: Hashable, job: Callable[[], None]) -> None:
        """Goes on with `job` on the lane of a cluster or region."""
        self.handed_on += 1
        self.desk.submit(self.desk.lanes, (self.caller.workspace, lane), self, job)

    def open_view(self, view: dict[str, object]) -> str:
        """Opens a modal, and gives its id. Raises Failure when Slack's 3 seconds for that are over."""
        try:
            shown = self.slack.api_call("views.open", json={"trigger_id": self.trigger_id, "view": view})
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            if code not in (
                "expired_trigger_id",
                "exchanged_trigger_id",
                "trigger_expired",
                "invalid_trigger_id",
            ):
                raise
            raise Failure(
                "Slack closed the door before the form was ready.",
                "A form must open within 3 seconds of the click.",
                "Do it again; if it stays so, type it in one line: `/eks help` shows how.",
            ) from error
        return str((shown.get("view") or {}).get("id", ""))


Converse = Callable[[Request, Turn], None]


class Desk:
    """Shared by all listeners of a process; safe under threads."""

    def __init__(
        self,
        workspaces: Workspaces,
        access: Access,
        seal: Seal,
        on_outcome: Callable[[Outcome], None],
        *,
        claims: Claims,
        trail: Trail,
        defaults: Defaults,
        snapshots: Snapshots,
        follows: Follows,
        apologies: int = 5_000,
    ) -> None:
        """At most so many `apologies` wait for each workspace; whoever comes then is dropped without a word."""
        self.workspaces = workspaces
        self.access = access
        self.seal = seal
        self.rungs = Rungs()
        # A statement each, of a database that has ten connections for us.
        self.entry = Lanes(width=8, line=500)
        # Slack's own calls are short; a workspace may have many people at it at once.
        self.front = Lanes(width=16, line=500)
        self.lanes = Lanes()
        # A few hundred bytes each, while a response_url lives for half an hour.
        self._apologies = Lanes(width=4, line=apologies)
        self._progress = Lanes(width=2, line=200)
        self._alarm = Alarm()
        self._on_outcome = on_outcome
        self._claims = claims
        self.trail = trail
        self.defaults = defaults
        self.snapshots = snapshots
        self.follows = follows

    def take(self, turn: Turn, read: Callable[[], Command], converse: Converse, *, label: str = "") -> None:
        """Has `converse` carry out what `read` gives, once authorised. Returns at once; never raises.

        With a `label` the command only says what right is needed, and the label is what is counted.
        """

        workspace = turn.caller.workspace

        def enter() -> None:
            try:
                command = read()
                turn.command = None if label else command
                turn.verb = label or command.label
            finally:
                # What cannot be read is told once, too.
                self._claim(turn)
            turn.handed_on += 1
            self.submit(self.front, workspace, turn, lambda: carry_out(command))

        def carry_out(command: Command) -> None:
            request = self.access.authorise(command, turn.caller, turn.slack)
            turn.check_time()
            converse(request, turn)

        self.submit(self.entry, workspace, turn, enter)
        self._alarm.after(FIRST_PROGRESS, lambda: self._tick(turn))

    def submit(self, lanes: Lanes, key: Hashable, turn: Turn, job: Callable[[], None]) -> None:
        """Runs `job` on a lane, with the one end for every error; a full line is an error too."""
        try:
            lanes.submit(key, lambda: self._run(turn, job))
        except Busy as busy:
            failure = busy
            try:
                self._apologies.submit(key, lambda: self.fail(turn, failure))
            except Busy:
                log.error("ref=%s verb=%s dropped: every line is full", turn.ref, turn.verb)  # noqa: TRY400
                self._ended(turn, "Busy")
                self._answered(turn)

    def fail(self, turn: Turn, error: Exception) -> None:
        """The one end for every error: the person hears what, why and what to do; the log holds the same reference."""
        failure = error if isinstance(error, Failure) else _unexpected(error)
        self._ended(turn, type(failure).__name__)
        line = "ref=%s team=%s user=%s verb=%s failed: %s: %s"
        facts = (turn.ref, turn.caller.workspace.team_id, turn.caller.user, turn.verb, type(failure).__name__)
        if failure is error:
            log.info(line, *facts, failure.what)
        elif isinstance(error, (SlackApiError, Refused, Lost, *UNREACHABLE)):
            # Their text may hold a whole answer of Slack's; ours holds what it said.
            log.warning(line, *facts, f"{failure.what} {failure.why}")
        else:
            log.error(line, *facts, type(error).__name__, exc_info=error)
        if turn.claim:
            # Whoever sees the mistake in a form may send it again at once.
            self._claims.free(turn.claim)
        try:
            turn.reply.fail(failure, turn.ref, recovery.ways(failure, turn.again))
        except (Lost, Refused, *UNREACHABLE) as lost:
            log.error("ref=%s the person was not told: %s", turn.ref, type(lost).__name__)  # noqa: TRY400
        finally:
            self._answered(turn)

    def drain(self, timeout: float) -> bool:
        """Takes nothing new and waits for what is under way; False when some of it did not end in time."""
        until = time.monotonic() + timeout
        self.follows.close()
        # In the order of a turn's way: what one still holds may be handed on to the next.
        ended = all(
            lanes.drain(max(0.0, until - time.monotonic()))
            for lanes in (
                self.entry,
                self.front,
                self.lanes,
                self._apologies,
                self._progress,
                self.snapshots.lanes,
            )
        )
        return self.follows.join(max(0.0, until - time.monotonic())) and ended

    def ended(self, outcome: Outcome) -> None:
        """Counts the end of a turn and writes it into the trail."""
        self._on_outcome(outcome)
        self.trail.record(outcome)

    def load(self) -> dict[str, int]:
        """How many turns run and wait right now, over all lanes."""
        loads = [lanes.load() for lanes in (self.entry, self.front, self.lanes)]
        return {name: sum(load[name] for load in loads) for name in ("running", "waiting")}

    def _run(self, turn: Turn, job: Callable[[], None]) -> None:
        before = turn.handed_on
        try:
            turn.check_time()
            job()
        except Elsewhere:
            log.info("ref=%s verb=%s is another turn's", turn.ref, turn.verb)
            turn.over = True
        except Exception as error:
            if turn.handed_on != before:
                # The answer comes from the lane it was handed to; only one of the two may end the turn.
                log.error("ref=%s failed after handing on", turn.ref, exc_info=error)  # noqa: TRY400
                return
            self.fail(turn, error)
        else:
            if turn.handed_on == before:
                self._ended(turn, "ok")
                self._answered(turn)

    def _claim(self, turn: Turn) -> None:
        """Makes this turn the one that works on what was delivered. Raises Elsewhere, StateAway."""
        again = turn.again.encoded() if turn.again else ""
        place = turn.place
        road = Road(place.channel, place.user, place.response_url, turn.view_id, again, thread=place.thread)
        claim = Claim(turn.caller.workspace, turn.trigger_id, turn.ref, turn.verb, road)
        if not self._claims.take(claim):
            raise Elsewhere
        log.debug("ref=%s verb=%s claimed", turn.ref, turn.verb)
        turn.claim = claim

    def _ended(self, turn: Turn, how: str) -> None:
        turn.over = True
        self.ended(turn.outcome(how))

    def _answered(self, turn: Turn) -> None:
        # Last of all: from here on nobody would tell the person that the answer was lost.
        if turn.claim:
            self._claims.end(turn.claim)

    def _show_progress(self, turn: Turn) -> None:
        turn.reply.tick()
        claim, standing = turn.claim, turn.reply.standing
        if claim and standing and standing != claim.road.progress:
            claim = replace(claim, road=replace(claim.road, progress=standing))
            # It is for the case that this process dies; the next tick may find the database back.
            with suppress(Failure):
                self._claims.note(claim)
                turn.claim = claim

    def _tick(self, turn: Turn) -> None:
        if turn.over:
            return
        # A full line skips this one; the next may find it shorter.
        with suppress(Busy):
            self._progress.submit(turn.caller.workspace, lambda: self._show_progress(turn))
        self._alarm.after(NEXT_PROGRESS, lambda: self._tick(turn))


def about(asked: Command) -> str:
    """Which cluster a command is about that never got there, as an Outcome names it."""
    if asked.verb == "clusters":
        return f"{asked.region}_*" if asked.region else ""
    if asked.verb in ("connect", "doctor") and asked.word:
        return f"{asked.region}_{asked.word}" if asked.region else asked.word
    return asked.connection


def _unexpected(error: Exception) -> Failure:
    if isinstance(error, SlackApiError):
        code = str(error.response.get("error", "unknown"))
        scope = str(error.response.get("needed", ""))
        hint = (
            f"Whoever runs the bot: add the scope `{scope}` to the app, and install it again."
            if scope
            else "Try again in a moment."
        )
        return Failure("Slack refused what the bot sent.", f"It answered `{code}`.", hint)
    if isinstance(error, Refused | Lost):
        return Failure(
            "Slack did not take the answer.", f"It said: {error}.", "Try again, or with fewer rows."
        )
    if isinstance(error, UNREACHABLE):
        return Failure("Slack could not be reached for the answer.", hint="Try again in a moment.")
    return Failure(
        "This is a fault in eks-chatops itself.",
        f"It met a {type(error).__name__} that it has no words for.",
        "Whoever runs the bot finds the details in its log, under the reference below.",
    )
