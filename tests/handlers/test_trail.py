"""The trail holds every turn once, for its days, unchanged; a database that is away delays it and loses nothing."""

import json
import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, select, text, update
from sqlalchemy.exc import DBAPIError

from connector.errors import StateAway
from handlers.trail import AUDIT, Asked, Entry, Trail
from tests.connector.api_server import wait_until
from tests.databases import Postgres, opened
from tests.handlers.trail_parts import ARN, DAY, DONE, KEY, WAIT, Said, begin, filled, refs, written

# --- writing


def test_a_turn_is_a_row_and_a_line(engine: Engine) -> None:
    said = Said()
    trail = begin(engine, said)
    before = time.time()
    trail.record(DONE)
    assert trail.close(WAIT)
    (entry,) = trail.find(KEY, Asked()).entries
    assert before <= entry.at <= time.time()
    assert replace(entry, id=0, at=0) == Entry(
        id=0,
        at=0,
        channel="C1",
        user="U1",
        verb="pods",
        cluster="eu-west-1_prod",
        namespace="checkout",
        principal=ARN,
        outcome="ok",
        seconds=1.235,
        ref="7f3a91c2",
        replica="replica-1",
    )
    (line,) = said.lines
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("at")).timestamp() == pytest.approx(entry.at, abs=0.001)
    assert told == {
        "enterprise_id": "E1",
        "team_id": "T1",
        "channel": "C1",
        "user": "U1",
        "verb": "pods",
        "cluster": "eu-west-1_prod",
        "namespace": "checkout",
        "principal": ARN,
        "outcome": "ok",
        "seconds": 1.235,
        "ref": "7f3a91c2",
        "replica": "replica-1",
    }


def test_every_turn_of_many_threads_is_there_once(trail: Trail, engine: Engine) -> None:
    def work(thread: int) -> None:
        for at in range(50):
            trail.record(replace(DONE, ref=f"{thread}-{at}"))

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    written(trail)
    with engine.connect() as database:
        found = database.execute(select(AUDIT.c.ref)).scalars().all()
    assert sorted(found) == sorted(f"{thread}-{at}" for thread in range(4) for at in range(50))


SECRETS = (
    "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYAB",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-1-2-CANARYTOKEN",
    "k8s-aws-v1.aHR0cHM6CANARY",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_credential_typed_as_a_name_is_not_kept(engine: Engine, secret: str) -> None:
    said = Said()
    trail = begin(engine, said)
    trail.record(replace(DONE, cluster=f"eu-west-1_{secret}", namespace=secret, principal=secret))
    assert trail.close(WAIT)
    (entry,) = trail.find(KEY, Asked()).entries
    assert secret not in str(entry)
    assert secret not in str(said.lines)
    assert "[secret]" in entry.cluster


def test_whatever_was_typed_is_one_line_that_a_database_takes(engine: Engine) -> None:
    said = Said()
    trail = begin(engine, said)

    @settings(max_examples=60)
    @given(st.text(st.sampled_from("a\0\n\ud800") | st.characters(), max_size=600))
    def holds(typed: str) -> None:
        trail.record(replace(DONE, cluster=typed, namespace=typed))
        written(trail)
        entry = trail.find(KEY, Asked()).entries[0]
        assert entry.namespace == entry.cluster
        assert entry.cluster.isprintable()
        assert len(entry.cluster) <= 255
        assert len(said.lines[-1].splitlines()) == 1
        assert json.loads(said.lines[-1])["cluster"] == entry.cluster

    holds()
    assert trail.close(WAIT)


def test_a_reader_of_stdout_that_is_gone_stops_nothing(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_line: str) -> None:
        raise BrokenPipeError

    trail = begin(engine, broken)  # type: ignore[arg-type]
    trail.record(DONE)
    assert trail.close(WAIT)
    assert refs(trail) == ["7f3a91c2"]
    assert "ref=7f3a91c2 the trail's line could not be said: BrokenPipeError" in caplog.text


def test_lines_go_to_stdout_whole(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    trail = Trail(engine, "replica-1")
    trail.record(DONE)
    assert trail.close(WAIT)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["ref"] == "7f3a91c2"


# --- what nobody may do


@pytest.mark.parametrize(
    "change",
    [
        update(AUDIT).values(outcome="ok"),
        update(AUDIT).values(user="U2"),
        delete(AUDIT),
        text("INSERT OR REPLACE INTO audit SELECT * FROM audit"),
    ],
    ids=["outcome", "user", "delete", "replace"],
)
def test_a_line_is_never_changed_nor_removed(engine: Engine, trail: Trail, change: Any) -> None:
    filled(engine, {"ref": "00000001", "outcome": "NotAllowed"})
    with pytest.raises(DBAPIError), engine.begin() as database:
        database.execute(change)
    (entry,) = trail.find(KEY, Asked()).entries
    assert (entry.ref, entry.outcome, entry.user) == ("00000001", "NotAllowed", "U1")


# --- keeping


@pytest.mark.parametrize("days", [1, 90])
def test_lines_are_kept_for_their_days(engine: Engine, days: int) -> None:
    now = time.time()
    ages = {"older": days * DAY + 7200, "younger": days * DAY - 60, "new": 0.0}
    filled(engine, *({"ref": ref, "at": now - age} for ref, age in ages.items()))
    trail = begin(engine, days=days)
    trail.forget_old()
    assert refs(trail) == ["new", "younger"]
    trail.forget_old()
    assert refs(trail) == ["new", "younger"]


def test_however_many_are_old_no_statement_removes_more_than_it_has_time_for(engine: Engine) -> None:
    filled(engine, *({"ref": f"old{at}", "at": 0.0} for at in range(12_000)), {"ref": "new"})
    removed = list[int]()
    event.listen(
        engine,
        "after_cursor_execute",
        lambda _database, cursor, said, *_rest: removed.append(cursor.rowcount if "DELETE" in said else 0),
    )
    trail = begin(engine, days=1)
    trail.forget_old()
    assert [count for count in removed if count] == [5_000, 5_000, 2_000]
    assert refs(trail) == ["new"]


# --- while the database is away


def test_what_was_done_while_it_was_away_is_written_when_it_is_back(
    postgres: Postgres, postgres_url: str
) -> None:
    with opened(postgres_url) as database:
        said = Said()
        trail = begin(database.engine, said, again=0.05)
        trail.record(replace(DONE, ref="before"))
        written(trail)
        postgres.take_away(postgres_url)
        for ref in ("away1", "away2", "away3"):
            trail.record(replace(DONE, ref=ref, outcome="StateAway"))
        with pytest.raises(StateAway):
            trail.find(KEY, Asked())
        with pytest.raises(StateAway):
            trail.forget_old()
        assert trail.waiting() == 3
        assert len(said.lines) == 4
        postgres.give_back(postgres_url)
        written(trail)
        trail.record(replace(DONE, ref="after"))
        assert trail.close(WAIT)
        assert refs(trail) == ["after", "away3", "away2", "away1", "before"]


def test_a_line_that_waited_stands_where_it_belongs(engine: Engine, trail: Trail) -> None:
    now = time.time()
    # Another replica wrote meanwhile, and this one's row came after it.
    filled(engine, {"ref": "00000002", "at": now}, {"ref": "00000001", "at": now - 60})
    assert refs(trail) == ["00000002", "00000001"]


def test_there_is_an_end_to_what_waits(
    postgres: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(postgres_url) as database:
        said = Said()
        trail = begin(database.engine, said, room=5, again=0.05)
        postgres.take_away(postgres_url)
        for at in range(8):
            trail.record(replace(DONE, ref=str(at)))
        assert trail.waiting() == 5
        assert len(said.lines) == 8
        assert caplog.text.count("the trail has no room for more rows") == 1
        caplog.set_level(logging.INFO, logger="handlers")
        postgres.give_back(postgres_url)
        assert trail.close(WAIT)
        assert sorted(refs(trail)) == ["0", "1", "2", "3", "4"]
        assert "3 rows are on stdout only" in caplog.text


def test_a_process_that_ends_while_a_try_fails_tries_once_more(engine: Engine) -> None:
    trail, closed = begin(engine, again=WAIT), []
    closing = threading.Thread(target=lambda: closed.append(trail.close(WAIT)))

    @event.listens_for(engine, "before_cursor_execute", once=True)
    def fail(*_: object) -> None:
        closing.start()
        # Long enough for it to be closing; were it not, the test would see less, and fail no sooner.
        closing.join(0.2)
        raise StateAway("The database is away")

    trail.record(DONE)
    wait_until(lambda: bool(closed), WAIT)
    assert closed == [True]
    assert refs(trail) == [DONE.ref]


def test_a_process_that_ends_meanwhile_says_what_is_on_stdout_only(
    postgres: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(postgres_url) as database:
        trail = begin(database.engine)
        postgres.take_away(postgres_url)
        trail.record(DONE)
        began = time.monotonic()
        assert not trail.close(WAIT)
        assert time.monotonic() - began < WAIT
        assert "1 rows of the trail are not in the database" in caplog.text
        postgres.give_back(postgres_url)


def test_times_are_utc(engine: Engine) -> None:
    said = Said()
    trail = begin(engine, said)
    trail.record(DONE)
    trail.close(WAIT)
    assert datetime.fromisoformat(json.loads(said.lines[0])["at"]).tzinfo == UTC
