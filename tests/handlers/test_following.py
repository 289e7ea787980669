"""What goes on after its turn: looks until it is over, bounded, stopped by its owner on any replica, told to end."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, select

from connector.errors import Busy, StateAway
from connector.workspaces import WorkspaceKey
from handlers.following import (
    FAULT,
    FOLLOWS,
    MOST,
    MOST_OF_A_WORKSPACE,
    RESTARTED,
    STOPPED,
    TIME_IS_OVER,
    Follow,
    Follows,
)
from tests.connector.api_server import wait_until
from tests.databases import Postgres, opened
from tests.handlers.desk_parts import WAIT

TEAM, OTHER = WorkspaceKey(None, "T1"), WorkspaceKey(None, "T2")


class Watched:
    """Something that is followed, and what was heard of it."""

    def __init__(self, follow: Follow, *whys: str) -> None:
        self.follow = follow
        self.looks = 0
        self.whys = list(whys)
        self.ends: list[str] = []
        self._ended = threading.Event()
        follow.begin(self._look, self._end)

    def _look(self) -> str:
        self.looks += 1
        return self.whys.pop(0) if self.whys else ""

    def _end(self, why: str) -> None:
        self.ends.append(why)
        self._ended.set()

    def end(self) -> str:
        """Why it ended, once it has."""
        assert self._ended.wait(WAIT)
        assert self.follow.join(WAIT)
        assert len(self.ends) == 1
        return self.ends[0]


@pytest.fixture
def follows(engine: Engine) -> Iterator[Follows]:
    made = Follows(engine, every=0.02)
    yield made
    made.close()
    assert made.join(WAIT)


def rows(engine: Engine) -> list[str]:
    with engine.connect() as database:
        return [row.key for row in database.execute(select(FOLLOWS))]


def test_it_looks_again_and_again_until_it_is_over(follows: Follows, engine: Engine) -> None:
    one = Watched(follows.reserve(TEAM, "U1"), "", "", "The pod has ended.")
    assert one.end() == "The pod has ended."
    assert one.looks == 3
    assert rows(engine) == []


def test_its_owner_stops_it_and_nobody_else(follows: Follows, engine: Engine) -> None:
    one = Watched(follows.reserve(TEAM, "U1"))
    key = one.follow.key
    assert rows(engine) == [key]
    assert not follows.stop(key, TEAM, "U2")
    assert not follows.stop(key, OTHER, "U1")
    assert not follows.stop(key, WorkspaceKey("E1", "T1"), "U1")
    assert not follows.stop("00000000", TEAM, "U1")
    wait_until(lambda: one.looks > 3, WAIT)
    assert follows.stop(key, TEAM, "U1")
    assert one.end() == STOPPED
    assert not follows.stop(key, TEAM, "U1")


def test_another_replica_stops_it_too(follows: Follows, engine: Engine) -> None:
    one = Watched(follows.reserve(TEAM, "U1"))
    other = Follows(engine)
    assert other.stop(one.follow.key, TEAM, "U1")
    assert one.end() == STOPPED
    assert rows(engine) == []


def test_a_workspace_that_leaves_is_followed_no_more(follows: Follows) -> None:
    mine, theirs = Watched(follows.reserve(TEAM, "U1")), Watched(follows.reserve(OTHER, "U1"))
    follows.forget(TEAM)
    assert mine.end() == STOPPED
    assert theirs.ends == []
    follows.stop(theirs.follow.key, OTHER, "U1")
    theirs.end()


def test_it_ends_by_itself_in_time(engine: Engine) -> None:
    began = time.time()
    follows = Follows(engine, every=60, longest=0.2)
    one = Watched(follows.reserve(TEAM, "U1"))
    assert one.end() == TIME_IS_OVER
    assert 0.2 <= one.follow.until - began + 0.1 < WAIT
    assert one.looks == 0


def test_the_end_of_the_process_is_told_and_nothing_new_begins(follows: Follows, engine: Engine) -> None:
    several = [Watched(follows.reserve(WorkspaceKey(None, f"T{at}"), "U1")) for at in range(3)]
    late = follows.reserve(OTHER, "U1")
    follows.close()
    assert [one.end() for one in several] == [RESTARTED] * 3
    with pytest.raises(Busy, match="stopping"):
        follows.reserve(TEAM, "U1")
    # A turn that was under way begins what it had a place for, and it is told the same.
    assert Watched(late).end() == RESTARTED
    assert follows.join(WAIT)
    assert rows(engine) == []


def test_so_many_and_no_more(follows: Follows) -> None:
    held = [follows.reserve(TEAM, "U1") for _ in range(MOST_OF_A_WORKSPACE)]
    with pytest.raises(Busy, match="Too much is being followed") as caught:
        follows.reserve(TEAM, "U2")
    assert "for this workspace" in caught.value.why
    others = [WorkspaceKey(None, f"O{at}") for at in range(MOST - MOST_OF_A_WORKSPACE)]
    held += [follows.reserve(key, "U1") for key in others]
    with pytest.raises(Busy) as caught:
        follows.reserve(OTHER, "U1")
    assert f"follows {MOST} for all workspaces" in caught.value.why
    held.pop().release()
    held.append(follows.reserve(OTHER, "U1"))
    for one in held:
        one.release()


def test_a_fault_ends_it_with_a_word_and_frees_its_place(
    follows: Follows, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    follow = follows.reserve(TEAM, "U1")
    ends: list[str] = []

    def look() -> str:
        raise ValueError("ours")

    follow.begin(look, ends.append)
    assert follow.join(WAIT)
    assert ends == [FAULT]
    assert "ours" in caplog.text
    assert rows(engine) == []


def test_an_end_that_cannot_be_told_frees_its_place_too(follows: Follows, engine: Engine) -> None:
    follow = follows.reserve(TEAM, "U1")

    def end(_why: str) -> None:
        raise ValueError("ours")

    follow.begin(lambda: "over", end)
    assert follow.join(WAIT)
    assert rows(engine) == []


def test_what_a_dead_process_left_behind_is_cleared_by_the_next(follows: Follows, engine: Engine) -> None:
    left = {"enterprise_id": "", "team_id": "T1", "owner": "U1"}
    with engine.begin() as database:
        database.execute(insert(FOLLOWS).values(key="old", until=time.time() - 601, **left))
        database.execute(insert(FOLLOWS).values(key="new", until=time.time() - 100, **left))
    follow = follows.reserve(TEAM, "U1")
    assert set(rows(engine)) == {"new", follow.key}
    follow.release()


def test_while_the_database_is_away_it_goes_on(postgres: Postgres, postgres_url: str) -> None:
    with opened(postgres_url) as database:
        follows = Follows(database.engine, every=0.02)
        one = Watched(follows.reserve(TEAM, "U1"))
        postgres.take_away(postgres_url)
        looks = one.looks
        wait_until(lambda: one.looks > looks + 2, 3 * WAIT)
        with pytest.raises(StateAway):
            follows.stop(one.follow.key, TEAM, "U1")
        postgres.give_back(postgres_url)
        wait_until(lambda: _stopped(follows, one.follow.key), 3 * WAIT)
        assert one.end() == STOPPED


def _stopped(follows: Follows, key: str) -> bool:
    try:
        return follows.stop(key, TEAM, "U1")
    except StateAway:
        return False
