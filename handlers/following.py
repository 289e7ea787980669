"""What goes on after its turn: messages kept up to date for a while, by threads of their own, until they are stopped.

A turn ends with its first answer, and its lanes are for others. What follows is bounded by itself: so many of a
workspace, so many of a process, five minutes each. A click on Stop may reach any replica, so it is written where the
one that follows looks before each update. A process that dies leaves a message which says until when it was to be
followed.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Column, Double, Engine, MetaData, Table, Text, and_, delete, insert, select, update

from connector.errors import Busy, StateAway, translated
from connector.workspaces import WorkspaceKey

log = logging.getLogger(__name__)

FOLLOWS = Table(
    "follows",
    MetaData(),
    Column("key", Text, primary_key=True),
    Column("enterprise_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    # Whose it is: nobody else may stop it.
    Column("owner", Text, nullable=False),
    Column("until", Double, nullable=False),
    Column("stopped_at", Double, nullable=True),
)

# chat.update takes about 50 calls a minute of a workspace; two of these take 24, progress and others have the rest.
EVERY_SECONDS = 5.0
LONGEST_SECONDS = 300.0
MOST_OF_A_WORKSPACE = 2
MOST = 10

TIME_IS_OVER = "Five minutes are over."
STOPPED = "Stopped."
RESTARTED = "Stopped: the bot was restarted."
FAULT = "Stopped by a fault in eks-chatops itself, which its log tells of."


class Follow:
    """One that is under way. `until` is when it ends at the latest, in epoch seconds."""

    def __init__(self, follows: "Follows", workspace: WorkspaceKey, owner: str) -> None:
        self._follows = follows
        self.workspace = workspace
        self.owner = owner
        self.key = secrets.token_hex(4)
        self.until = time.time() + follows.longest
        self._end = time.monotonic() + follows.longest
        self._wake = threading.Event()
        self._why = ""
        self._thread: threading.Thread | None = None

    def begin(self, look: Callable[[], str], end: Callable[[str], None]) -> None:
        """From now on calls `look` every few seconds, until it says why it is over, or something else does.

        Then calls `end` with the reason, as a sentence. Both run on a thread of their own.
        """
        self._thread = threading.Thread(target=self._run, args=(look, end), name="follow", daemon=True)
        self._thread.start()

    def stop(self, why: str) -> None:
        """Ends it soon, for that reason, unless it has another already."""
        self._why = self._why or why
        self._wake.set()

    def release(self) -> None:
        """It is over, or could not begin: another may have its place."""
        self._follows.remove(self)

    def join(self, timeout: float) -> bool:
        """Whether it has ended within that time."""
        if self._thread:
            self._thread.join(timeout)
        return self._thread is None or not self._thread.is_alive()

    def _run(self, look: Callable[[], str], end: Callable[[str], None]) -> None:
        try:
            end(self._followed(look))
        except Exception:
            # The message says until when it was to be followed.
            log.exception("the end of following %s was not told", self.key)
        finally:
            self.release()

    def _followed(self, look: Callable[[], str]) -> str:
        """Looks again and again; why it is over."""
        why = ""
        while not why:
            self._wake.wait(max(0.0, min(self._follows.every, self._end - time.monotonic())))
            try:
                why = self._over() or look()
            except Exception:
                log.exception("following %s failed", self.key)
                why = FAULT
        return why

    def _over(self) -> str:
        if self._why:
            return self._why
        if time.monotonic() >= self._end:
            return TIME_IS_OVER
        # While the database is away, nobody can have written that it is to stop.
        with suppress(StateAway):
            if self._follows.is_stopped(self):
                return STOPPED
        return ""


class Follows:
    """All that this process follows, of all workspaces. Safe under threads and replicas."""

    def __init__(
        self, engine: Engine, *, every: float = EVERY_SECONDS, longest: float = LONGEST_SECONDS
    ) -> None:
        """Looks `every` so many seconds, for the `longest` at most."""
        self.every = every
        self.longest = longest
        self._engine = engine
        self._lock = threading.Lock()
        self._running: dict[str, Follow] = {}
        self._closed = False

    def reserve(self, workspace: WorkspaceKey, owner: str) -> Follow:
        """A place for one more, to be begun or released. Raises Busy when all are taken, StateAway."""
        follow = Follow(self, workspace, owner)
        with self._lock:
            if self._closed:
                raise Busy("The bot is stopping", "", "Try again in a minute")
            of_workspace = sum(one.workspace == workspace for one in self._running.values())
            is_full = of_workspace >= MOST_OF_A_WORKSPACE
            if is_full or len(self._running) >= MOST:
                whose = "this workspace" if is_full else "all workspaces together"
                count = of_workspace if is_full else len(self._running)
                raise Busy(
                    "Too much is being followed already",
                    f"The bot follows {count} for {whose}.",
                    "Stop one of them, or wait: each ends after five minutes. Without `--follow` it works now",
                )
            self._running[follow.key] = follow
        try:
            self._write(follow)
        except BaseException:
            self._drop(follow)
            raise
        return follow

    def stop(self, key: str, workspace: WorkspaceKey, owner: str) -> bool:
        """Has that person's own end, wherever it runs; False when there is none such any more. Raises StateAway."""
        mine = and_(
            FOLLOWS.c.key == key,
            FOLLOWS.c.enterprise_id == (workspace.enterprise_id or ""),
            FOLLOWS.c.team_id == (workspace.team_id or ""),
            FOLLOWS.c.owner == owner,
        )
        with translated(), self._engine.begin() as database:
            found = database.execute(update(FOLLOWS).where(mine).values(stopped_at=time.time())).rowcount > 0
        with self._lock:
            here = self._running.get(key)
        if found and here:
            here.stop(STOPPED)
        return found

    def is_stopped(self, follow: Follow) -> bool:
        """Whether somebody has written that it is to end, or its row is gone. Raises StateAway."""
        asked = select(FOLLOWS.c.stopped_at).where(FOLLOWS.c.key == follow.key)
        with translated(), self._engine.connect() as database:
            row = database.execute(asked).first()
        return row is None or row.stopped_at is not None

    def remove(self, follow: Follow) -> None:
        """Gives its place back; its row goes with it, when the database is there."""
        self._drop(follow)
        with suppress(StateAway), translated(), self._engine.begin() as database:
            database.execute(delete(FOLLOWS).where(FOLLOWS.c.key == follow.key))

    def forget(self, workspace: WorkspaceKey) -> None:
        """Ends all of a workspace that has removed the app. Raises StateAway."""
        of_it = and_(
            FOLLOWS.c.enterprise_id == (workspace.enterprise_id or ""),
            FOLLOWS.c.team_id == (workspace.team_id or ""),
        )
        with translated(), self._engine.begin() as database:
            database.execute(delete(FOLLOWS).where(of_it))

    def close(self) -> None:
        """Takes nothing new, and tells all that it has to end because the process does."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        for follow in running:
            follow.stop(RESTARTED)

    def join(self, timeout: float) -> bool:
        """Whether all have ended within that time, and said so."""
        end = time.monotonic() + timeout
        with self._lock:
            running = list(self._running.values())
        return all(follow.join(max(0.0, end - time.monotonic())) for follow in running)

    def _write(self, follow: Follow) -> None:
        row = {
            "key": follow.key,
            "enterprise_id": follow.workspace.enterprise_id or "",
            "team_id": follow.workspace.team_id or "",
            "owner": follow.owner,
            "until": follow.until,
        }
        # What processes left behind that died; their clocks may differ from ours.
        old = delete(FOLLOWS).where(FOLLOWS.c.until < time.time() - self.longest)
        with translated(), self._engine.begin() as database:
            database.execute(old)
            database.execute(insert(FOLLOWS).values(row))

    def _drop(self, follow: Follow) -> None:
        with self._lock:
            self._running.pop(follow.key, None)
