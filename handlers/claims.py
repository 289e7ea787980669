"""Who works on what: written where all replicas look, so that one of them does it and nobody waits for a dead one.

Slack repeats a delivery when it is unsure, and gives it to whichever replica comes next. So a turn claims Slack's id of
what it works on before it begins, and ends the claim once it has answered. A process gives a sign of life for its
claims every few seconds; one that stays silent for `LOST_SECONDS` has died, and another process takes its claims over,
to tell the people who wait. Each process measures that silence with its own clock: the replicas' clocks may differ.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Double,
    Engine,
    Index,
    MetaData,
    Row,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from connector.errors import Failure, translated
from connector.workspaces import WorkspaceKey
from handlers.seal import Seal
from handlers.together import Together

log = logging.getLogger(__name__)

CLAIMS = Table(
    "claims",
    MetaData(),
    # A digest: what Slack calls it is nobody's business, and a workspace cannot name another's.
    Column("key", Text, primary_key=True),
    Column("enterprise_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("replica", Text, nullable=False),
    # When it was made, or its process gave the last sign of life.
    Column("claimed_at", Double, nullable=False),
    Column("ended_at", Double, nullable=True),
    Column("ref", Text, nullable=False),
    Column("verb", Text, nullable=False),
    # A Road, sealed; empty where nobody is to be told, or not any more.
    Column("road", Text, nullable=False),
    Index("claims_claimed_at", "claimed_at"),
)

# Four signs of life (see handlers.sweeper) must have been missed.
LOST_SECONDS = 20.0
# Slack repeats an event after about an hour at the latest (Events API, "Retries"); interactions within minutes.
REMEMBERED_SECONDS = 2 * 3600.0
# Databases bound how many values a statement may have.
_MOST_AT_ONCE = 500

# Made once: each turn needs them, and making them takes longer than having them carried out.
_END = (
    update(CLAIMS)
    .where(
        CLAIMS.c.key.in_(bindparam("keys", expanding=True)),
        CLAIMS.c.ref == bindparam("its_ref"),
        CLAIMS.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("now"), road="")
)
_TAKE = insert(CLAIMS)
_TAKE_ENDED = update(CLAIMS).where(CLAIMS.c.key == bindparam("its_key"), CLAIMS.c.ended_at.is_not(None))


@dataclass(frozen=True)
class Road:
    """How another process reaches the person who waits, and what they asked for."""

    channel: str
    user: str
    response_url: str = field(default="", repr=False)
    # The modal that was submitted, if any.
    view_id: str = ""
    # The Command as JSON; empty when it could not be read.
    command: str = ""
    # The progress message that stands in the channel and would do so for ever, if any.
    progress: str = ""
    # The thread it was asked in.
    thread: str = ""


@dataclass(frozen=True)
class Claim:
    """One turn's claim: to what Slack delivered, and to the modal that was submitted, while it is worked on."""

    workspace: WorkspaceKey
    # What is the same when Slack delivers it again; empty where it says nothing of the kind.
    delivery: str
    ref: str
    verb: str
    road: Road

    @property
    def delivery_key(self) -> str:
        return self._digest("delivery", self.delivery) if self.delivery else ""

    @property
    def view_key(self) -> str:
        return self._digest("view", self.road.view_id) if self.road.view_id else ""

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.delivery_key, self.view_key) if key]

    def _digest(self, kind: str, slack_id: str) -> str:
        key = self.workspace
        parts = [kind, key.enterprise_id or "", key.team_id or "", slack_id]
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@dataclass(frozen=True)
class Lost:
    """A turn whose process died. `road` is None when the time to answer is over, or its seal another's."""

    workspace: WorkspaceKey
    ref: str
    verb: str
    road: Road | None


@dataclass
class _Watched:
    """A claim under way somewhere: the last sign of life, and when this process first saw it."""

    claimed_at: float
    since: float


class Claims:
    """The claims of one process, in the table that all share. Safe under threads and replicas."""

    def __init__(
        self,
        engine: Engine,
        seal: Seal,
        replica: str,
        clock: Callable[[], float] = time.monotonic,
        together: Together | None = None,
    ) -> None:
        self._engine = engine
        self._together = together or Together(engine)
        self._seal = seal
        self._replica = replica
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way: dict[str, Claim] = {}
        # Those that ended while the database was away.
        self._unwritten: dict[str, Claim] = {}
        self._watched: dict[str, _Watched] = {}

    def take(self, claim: Claim) -> bool:
        """Whether this process is the one to work on it: False when another has it, or had it. Raises StateAway.

        The modal of a claim is taken as long as its turn runs; what was delivered, for two hours.
        """
        if not claim.keys:
            return True
        with self._lock:
            self._under_way[claim.ref] = claim
        try:
            taken = self._write(claim)
        except BaseException:
            # It may have been written before the answer was lost.
            self._drop(claim, unwritten=True)
            raise
        if not taken:
            self._drop(claim)
        return taken

    def note(self, claim: Claim) -> None:
        """Writes down the claim's road as it is now. Raises StateAway."""
        if not claim.keys:
            return
        noted = update(CLAIMS).where(
            CLAIMS.c.key == claim.keys[0], CLAIMS.c.ref == claim.ref, CLAIMS.c.ended_at.is_(None)
        )
        sealed = self._sealed(claim.road, claim.workspace)
        self._together.run(partial(_carry_out, noted.values(road=sealed)))

    def free(self, claim: Claim) -> None:
        """Lets the modal be sent again, as its mistake is about to be shown. Never raises: `end` frees it too."""
        if not (claim.delivery_key and claim.view_key):
            # The modal's claim is then the only one that holds the road to the person.
            return
        with suppress(Failure):
            self._write_end(claim, [claim.view_key])

    def end(self, claim: Claim) -> None:
        """The turn has answered. Never raises: what cannot be written now is written with the next `renew`."""
        if not claim.keys:
            return
        try:
            ended = self._write_end(claim, claim.keys)
        except Failure:
            self._drop(claim, unwritten=True)
            return
        self._drop(claim)
        if not ended:
            log.warning("ref=%s had been given up for dead, and has answered all the same", claim.ref)

    def renew(self) -> None:
        """This process's sign of life for what it works on. Raises StateAway."""
        try:
            self._renew()
        except Failure:
            # The others cannot give theirs now either.
            self._watched.clear()
            raise

    def lost(self) -> Iterator[Lost]:
        """Turns of processes that died, each given to one caller of one process, once. Raises StateAway.

        To be asked again and again: it takes `LOST_SECONDS` of looking to see that a process is silent. While the
        database is away no process can give a sign of life, so the looking begins anew after it.
        """
        try:
            for row in self._silent():
                if lost := self._take_over(row):
                    yield lost
        except Failure:
            self._watched.clear()
            raise

    def forget_old(self) -> None:
        """Removes claims that Slack will not ask about again. Raises StateAway."""
        old = delete(CLAIMS).where(CLAIMS.c.claimed_at < time.time() - REMEMBERED_SECONDS)
        with translated(), self._engine.begin() as database:
            database.execute(old)

    def _write(self, claim: Claim) -> bool:
        key, now = claim.workspace, time.time()
        row: dict[str, Any] = {
            "enterprise_id": key.enterprise_id or "",
            "team_id": key.team_id or "",
            "replica": self._replica,
            "claimed_at": now,
            "ended_at": None,
            "ref": claim.ref,
            "verb": claim.verb,
        }
        sealed = self._sealed(claim.road, key)

        def write(database: Connection) -> None:
            road = sealed
            if claim.delivery_key:
                database.execute(_TAKE, {**row, "key": claim.delivery_key, "road": road})
                # Its claim to the modal needs no road of its own.
                road = ""
            if claim.view_key:
                ended = {**row, "its_key": claim.view_key, "road": road}
                if not database.execute(_TAKE_ENDED, ended).rowcount:
                    database.execute(_TAKE, {**row, "key": claim.view_key, "road": road})

        try:
            self._together.run(write)
        except IntegrityError:
            return False
        return True

    def _write_end(self, claim: Claim, keys: Sequence[str]) -> bool:
        # The ref tells whether it is still this turn's: it may have been given up for dead, and taken over.
        ended = {"keys": keys, "its_ref": claim.ref, "now": time.time()}
        return self._together.run(lambda database: database.execute(_END, ended).rowcount > 0)

    def _renew(self) -> None:
        with self._lock:
            unwritten, under_way = list(self._unwritten.values()), list(self._under_way.values())
        for claim in unwritten:
            self._write_end(claim, claim.keys)
            self._drop(claim)
        keys = [key for claim in under_way for key in claim.keys]
        for some in _parts(keys):
            alive = update(CLAIMS).where(
                CLAIMS.c.key.in_(some), CLAIMS.c.replica == self._replica, CLAIMS.c.ended_at.is_(None)
            )
            # Together with the others: a transaction of its own could wait for one of theirs, and they for it.
            self._together.run(partial(_carry_out, alive.values(claimed_at=time.time())))

    def _drop(self, claim: Claim, *, unwritten: bool = False) -> None:
        with self._lock:
            self._under_way.pop(claim.ref, None)
            self._unwritten.pop(claim.ref, None)
            if unwritten:
                self._unwritten[claim.ref] = claim

    def _silent(self) -> list[Row[Any]]:
        """Claims that other processes gave no sign of life for while this one looked on."""
        with translated(), self._engine.connect() as database:
            rows = database.execute(select(CLAIMS).where(CLAIMS.c.ended_at.is_(None))).all()
        with self._lock:
            own = {
                key for claim in (*self._under_way.values(), *self._unwritten.values()) for key in claim.keys
            }
        now, watched, silent = self._clock(), {}, []
        for row in rows:
            if row.key in own:
                continue
            seen = self._watched.get(row.key)
            if seen is None or seen.claimed_at != row.claimed_at:
                seen = _Watched(row.claimed_at, now)
            elif now - seen.since >= LOST_SECONDS:
                silent.append(row)
            watched[row.key] = seen
        self._watched = watched
        return silent

    def _take_over(self, row: Row[Any]) -> Lost | None:
        """The turn behind `row`; None when another process was quicker, or it only kept a modal."""
        mine = update(CLAIMS).where(
            CLAIMS.c.key == row.key, CLAIMS.c.claimed_at == row.claimed_at, CLAIMS.c.ended_at.is_(None)
        )
        with translated(), self._engine.begin() as database:
            taken = database.execute(mine.values(ended_at=time.time(), road="")).rowcount
        if not taken or not row.road:
            return None
        workspace = WorkspaceKey(row.enterprise_id or None, row.team_id or None)
        return Lost(workspace, row.ref, row.verb, self._opened(row.road, workspace))

    def _sealed(self, road: Road, workspace: WorkspaceKey) -> str:
        return self._seal.close(msgspec.json.encode(road).decode(), workspace)

    def _opened(self, sealed: str, workspace: WorkspaceKey) -> Road | None:
        try:
            return msgspec.json.decode(self._seal.open(sealed, workspace), type=Road)
        except msgspec.DecodeError:
            return None


def _carry_out(change: Update, database: Connection) -> None:
    database.execute(change)


def _parts(keys: Sequence[str]) -> list[Sequence[str]]:
    return [keys[at : at + _MOST_AT_ONCE] for at in range(0, len(keys), _MOST_AT_ONCE)]
