"""Of many who want a delivery one gets it, whichever process they are in; what a dead process left is found once."""

import itertools
import logging
import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, select, update

from bot.database import Database
from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from handlers.claims import CLAIMS, LOST_SECONDS, REMEMBERED_SECONDS, Claim, Claims, Lost, Road
from handlers.defaults import CHANNEL_DEFAULTS
from handlers.seal import Seal
from handlers.snapshots import LIST_SNAPSHOTS
from handlers.trail import AUDIT
from tests.databases import Postgres, opened

KEY = WorkspaceKey("E1", "T1")
SEAL = Seal("CANARYSECRET")
WAIT = 30.0
ROAD = Road("C1", "U1", "https://hooks.slack.com/commands/T1/1/CANARYROAD", command='{"v":"get","k":"pods"}')


def claim(delivery: str = "1.2.abc", view: str = "", ref: str = "7f3a91c2", key: WorkspaceKey = KEY) -> Claim:
    return Claim(key, delivery, ref, "pods", replace(ROAD, view_id=view))


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def process(engine: Engine, name: str, clock: Clock | None = None) -> Claims:
    """The claims of one more process."""
    return Claims(engine, SEAL, name, clock or Clock())


def rows(engine: Engine) -> list[Any]:
    with engine.connect() as database:
        return list(database.execute(select(CLAIMS).order_by(CLAIMS.c.claimed_at)))


def silence(claims: Claims, clock: Clock) -> list[str]:
    """The refs that one process finds lost when it has looked for long enough."""
    assert list(claims.lost()) == []
    clock.now += LOST_SECONDS
    return [lost.ref for lost in claims.lost()]


# --- taking


def test_a_delivery_is_taken_once_by_whichever_process(engine: Engine) -> None:
    one, other = process(engine, "one"), process(engine, "other")
    assert one.take(claim(ref="00000001"))
    assert not one.take(claim(ref="00000002"))
    assert not other.take(claim(ref="00000003"))
    assert other.take(claim("1.3.abc", ref="00000004"))


def test_a_delivery_stays_taken_when_its_turn_has_ended(engine: Engine) -> None:
    one, other = process(engine, "one"), process(engine, "other")
    assert one.take(claim())
    one.end(claim())
    assert not one.take(claim(ref="00000002"))
    assert not other.take(claim(ref="00000003"))


@pytest.mark.parametrize(
    "other",
    [WorkspaceKey("E1", "T2"), WorkspaceKey(None, "T1"), WorkspaceKey("E1", None), WorkspaceKey("E1T1", "")],
)
def test_one_workspaces_claims_are_not_anothers(engine: Engine, other: WorkspaceKey) -> None:
    claims = process(engine, "one")
    assert claims.take(claim())
    assert claims.take(claim(ref="00000002", key=other))


def test_a_modal_is_taken_while_it_is_worked_on_and_free_afterwards(engine: Engine) -> None:
    one, other = process(engine, "one"), process(engine, "other")
    first, second = claim("1", "V1", "00000001"), claim("2", "V1", "00000002")
    assert one.take(first)
    assert not other.take(second)
    assert other.take(claim("3", "V2", "00000003"))
    one.end(first)
    # Nothing of the press that was refused is left behind.
    assert other.take(second)
    assert not one.take(replace(first, delivery="4"))
    # The end of an earlier turn is none of the next one's.
    one.end(first)
    assert not one.take(replace(first, delivery="5"))


def test_what_has_answered_keeps_no_road_to_the_person(engine: Engine) -> None:
    clock = Clock()
    one, other = process(engine, "one"), process(engine, "other", clock)
    assert one.take(claim())
    assert one.take(claim("2", "V1", "00000002"))
    assert len([row for row in rows(engine) if row.road]) == 2
    one.end(claim())
    assert silence(other, clock) == ["00000002"]
    assert [(row.road, row.ended_at is None) for row in rows(engine)] == [("", False)] * 3


def test_a_modal_without_a_delivery_is_claimed_too(engine: Engine) -> None:
    one, other = process(engine, "one"), process(engine, "other")
    assert one.take(claim("", "V1"))
    assert not other.take(claim("", "V1", "00000002"))
    clock = Clock()
    assert silence(process(engine, "third", clock), clock) == ["7f3a91c2"]


def test_what_says_nothing_of_itself_is_nobodys(engine: Engine) -> None:
    claims = process(engine, "one")
    assert claims.take(claim(""))
    assert claims.take(claim(""))
    claims.end(claim(""))
    assert rows(engine) == []


def test_of_many_threads_one_gets_each(engine: Engine) -> None:
    processes = [process(engine, f"p{at}") for at in range(4)]
    barrier, won = threading.Barrier(8), list[int]()

    def work(at: int) -> None:
        barrier.wait(WAIT)
        claims = processes[at % 4]
        won.extend(each for each in range(20) if claims.take(claim(str(each), ref=f"{at}-{each}")))

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert sorted(won) == list(range(20))


def contend(url: str, name: str, barrier: Barrier, won: "Queue[list[int]]") -> None:
    """What a replica does in the race below, in a process of its own."""
    database = Database.open(url)
    claims = process(database.engine, name)
    barrier.wait(WAIT)
    won.put([at for at in range(40) if claims.take(claim(str(at), ref=f"{name}-{at}"))])


def test_of_many_processes_one_gets_each(engine: Engine, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier, won = spawn.Barrier(3), spawn.Queue()
    replicas = [spawn.Process(target=contend, args=(database_url, f"p{at}", barrier, won)) for at in range(3)]
    for replica in replicas:
        replica.start()
    taken = [won.get(timeout=WAIT) for _ in replicas]
    for replica in replicas:
        replica.join(WAIT)
    assert sorted(itertools.chain(*taken)) == list(range(40))


# --- what a dead process leaves


def begin(url: str, begun: Event) -> None:
    """A replica that dies in the middle of a command."""
    process(Database.open(url).engine, "dead").take(claim("1", "V1"))
    begun.set()
    threading.Event().wait(WAIT)


def test_what_a_killed_process_worked_on_is_found_by_one(engine: Engine, database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    begun = spawn.Event()
    dead = spawn.Process(target=begin, args=(database_url, begun))
    dead.start()
    assert begun.wait(WAIT)
    os.kill(dead.pid or 0, signal.SIGKILL)
    dead.join(WAIT)
    clock = Clock()
    others = [process(engine, f"p{at}", clock) for at in range(4)]
    for other in others:
        assert list(other.lost()) == []
    clock.now += LOST_SECONDS
    barrier, found = threading.Barrier(4), list[Lost]()

    def look(other: Claims) -> None:
        barrier.wait(WAIT)
        found.extend(other.lost())

    threads = [threading.Thread(target=look, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    (lost,) = found
    assert (lost.workspace, lost.ref, lost.verb) == (KEY, "7f3a91c2", "pods")
    assert lost.road == replace(ROAD, view_id="V1")
    # Delivered again it is still not worked on; its modal is free.
    assert not others[0].take(claim("1"))
    assert others[0].take(claim("2", "V1"))
    clock.now += LOST_SECONDS
    assert [lost for other in others for lost in other.lost()] == []


def test_a_process_that_gives_signs_of_life_keeps_its_claims(engine: Engine) -> None:
    clock = Clock()
    alive, other = process(engine, "alive"), process(engine, "other", clock)
    alive.take(claim())
    for _ in range(5):
        assert list(other.lost()) == []
        clock.now += LOST_SECONDS - 1
        alive.renew()
    assert silence(other, clock) == ["7f3a91c2"]


def test_a_process_does_not_give_itself_up(engine: Engine) -> None:
    clock = Clock()
    claims = process(engine, "one", clock)
    claims.take(claim())
    assert silence(claims, clock) == []


def test_a_process_that_started_again_under_its_name_finds_what_it_left(engine: Engine) -> None:
    process(engine, "one").take(claim())
    clock = Clock()
    again = process(engine, "one", clock)
    again.renew()
    assert silence(again, clock) == ["7f3a91c2"]


def test_what_has_ended_is_not_lost(engine: Engine) -> None:
    clock = Clock()
    one, other = process(engine, "one"), process(engine, "other", clock)
    one.take(claim("1", "V1"))
    assert list(other.lost()) == []
    one.end(claim("1", "V1"))
    assert silence(other, clock) == []


def test_one_that_answers_after_all_is_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    slow, other = process(engine, "slow"), process(engine, "other", clock)
    slow.take(claim())
    assert silence(other, clock) == ["7f3a91c2"]
    caplog.set_level(logging.WARNING, logger="handlers")
    slow.end(claim())
    assert "ref=7f3a91c2 had been given up for dead" in caplog.text


def test_a_road_that_another_app_sealed_leads_nowhere(engine: Engine) -> None:
    Claims(engine, Seal("another"), "one").take(claim())
    clock = Clock()
    looking = process(engine, "other", clock)
    assert list(looking.lost()) == []
    clock.now += LOST_SECONDS
    (lost,) = looking.lost()
    assert lost.road is None


def test_the_table_tells_nobody_how_to_speak_as_the_bot(engine: Engine) -> None:
    process(engine, "one").take(claim("CANARYTRIGGER", "CANARYVIEW"))
    assert "CANARY" not in str(rows(engine))
    assert "CANARYROAD" not in repr(claim())


# --- forgetting


def test_old_claims_are_forgotten_and_young_ones_not(engine: Engine) -> None:
    claims = process(engine, "one")
    claims.take(claim("1", ref="00000001"))
    claims.take(claim("2", ref="00000002"))
    aged = update(CLAIMS).where(CLAIMS.c.ref == "00000001")
    with engine.begin() as database:
        database.execute(aged.values(claimed_at=CLAIMS.c.claimed_at - REMEMBERED_SECONDS - 1))
    claims.forget_old()
    assert [row.ref for row in rows(engine)] == ["00000002"]


# --- while the database is away


def test_without_the_database_nothing_is_begun(postgres: Postgres, postgres_url: str) -> None:
    with opened(postgres_url) as database:
        claims = process(database.engine, "one")
        postgres.take_away(postgres_url)
        with pytest.raises(StateAway):
            claims.take(claim())
        with pytest.raises(StateAway):
            claims.renew()
        with pytest.raises(StateAway):
            list(claims.lost())
        with pytest.raises(StateAway):
            claims.forget_old()
        postgres.give_back(postgres_url)
        assert claims.take(claim())


def test_what_ended_while_it_was_away_is_written_when_it_is_back(
    postgres: Postgres, postgres_url: str
) -> None:
    with opened(postgres_url) as database:
        clock = Clock()
        one, other = process(database.engine, "one"), process(database.engine, "other", clock)
        one.take(claim())
        assert list(other.lost()) == []
        postgres.take_away(postgres_url)
        one.end(claim())
        with pytest.raises(StateAway):
            list(other.lost())
        clock.now += LOST_SECONDS
        postgres.give_back(postgres_url)
        # Nobody could give a sign of life meanwhile, so the looking begins anew.
        assert list(other.lost()) == []
        one.renew()
        clock.now += LOST_SECONDS
        assert list(other.lost()) == []
        (row,) = rows(database.engine)
        assert row.ended_at is not None


def test_nobody_is_given_up_for_signs_of_life_that_could_not_be_given(
    postgres: Postgres, postgres_url: str
) -> None:
    with opened(postgres_url) as database:
        clock = Clock()
        one, other = process(database.engine, "one"), process(database.engine, "other", clock)
        one.take(claim())
        other.take(claim("2", ref="00000002"))
        assert list(other.lost()) == []
        postgres.take_away(postgres_url)
        # A round of the sweeper begins with this, and ends here.
        with pytest.raises(StateAway):
            other.renew()
        clock.now += LOST_SECONDS
        postgres.give_back(postgres_url)
        other.renew()
        assert list(other.lost()) == []


# --- tables


@pytest.mark.parametrize(
    "table", [CLAIMS, AUDIT, CHANNEL_DEFAULTS, LIST_SNAPSHOTS], ids=lambda table: table.name
)
def test_the_tables_are_those_that_the_migrations_make(engine: Engine, table: Any) -> None:
    def only(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
        return kind != "table" or name == table.name

    with engine.connect() as database:
        context = MigrationContext.configure(
            database, opts={"include_object": only, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, table.metadata) == []
