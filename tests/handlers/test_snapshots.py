"""Lists that are kept: by whom they can be asked for, for how long, how many; and that nobody waits for them."""

import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, update

from connector.resources import KINDS
from connector.workspaces import WorkspaceKey
from handlers.command import Command
from handlers.policy import Scope
from handlers.snapshots import KEPT_EACH, LIST_SNAPSHOTS, NotComparable, Snapshot, Snapshots, snapshot
from tests.handlers import samples
from tests.handlers.desk_parts import KEY, WAIT
from tests.handlers.listing_parts import pods

OTHER = WorkspaceKey(None, "T2")
FOUND = samples.listing(KINDS["pods"], samples.recorded("pods"))
MADE = snapshot(FOUND, Command("get", "pods"), Scope())


@pytest.fixture
def kept(engine: Engine) -> Iterator[Snapshots]:
    made = Snapshots(engine)
    yield made
    assert made.lanes.drain(WAIT)


def keep(kept: Snapshots, user: str = "U1", workspace: WorkspaceKey = KEY, made: Snapshot = MADE) -> str:
    name = kept.promised(FOUND)
    kept.keep(name, workspace, user, lambda: made)
    return name


def written(engine: Engine) -> int:
    with engine.connect() as database:
        return database.execute(select(func.count()).select_from(LIST_SNAPSHOTS)).scalar_one()


def test_what_was_kept_is_found_at_once_and_by_another_process(kept: Snapshots, engine: Engine) -> None:
    name = keep(kept)
    assert kept.find(name, KEY, "U1") == MADE
    assert kept.lanes.drain(WAIT)
    assert Snapshots(engine).find(name, KEY, "U1") == MADE


def test_nobody_elses_list_is_found(kept: Snapshots) -> None:
    name = keep(kept)
    with pytest.raises(NotComparable, match="somebody else's"):
        kept.find(name, KEY, "U2")
    for workspace in (OTHER, WorkspaceKey("E1", "T1")):
        with pytest.raises(NotComparable, match="not kept"):
            kept.find(name, workspace, "U1")


@pytest.mark.parametrize("name", ["", "x", "'; --", "x" * 1000])
def test_what_was_never_kept_is_not_found(kept: Snapshots, name: str) -> None:
    with pytest.raises(NotComparable, match="not kept"):
        kept.find(name, KEY, "U1")


def age(engine: Engine, hours: float) -> None:
    with engine.begin() as database:
        database.execute(update(LIST_SNAPSHOTS).values(made_at=time.time() - hours * 3600))


def test_a_list_is_kept_for_a_day(kept: Snapshots, engine: Engine) -> None:
    name = keep(kept)
    kept.find(name, KEY, "U1")
    age(engine, 23.9)
    kept.forget_old()
    assert kept.find(name, KEY, "U1") == MADE
    age(engine, 24.1)
    with pytest.raises(NotComparable, match="not kept"):
        kept.find(name, KEY, "U1")
    kept.forget_old()
    assert written(engine) == 0


def test_the_newest_of_each_person_are_kept(kept: Snapshots, engine: Engine) -> None:
    theirs = [keep(kept, "U2"), keep(kept, "U1", OTHER)]
    names = [keep(kept) for _ in range(4)]
    for _ in range(KEPT_EACH - 1):
        last = keep(kept)
        # One after the other: a line that is full drops what comes.
        kept.find(last, KEY, "U1")
    assert written(engine) == KEPT_EACH + 2
    with pytest.raises(NotComparable):
        kept.find(names[0], KEY, "U1")
    assert kept.find(last, KEY, "U1") == MADE
    assert kept.find(theirs[0], KEY, "U2") == MADE
    assert kept.find(theirs[1], OTHER, "U1") == MADE


def test_what_a_workspace_kept_goes_with_it(kept: Snapshots, engine: Engine) -> None:
    gone, stays = keep(kept), keep(kept, workspace=OTHER)
    kept.find(stays, OTHER, "U1")
    kept.forget(KEY)
    with pytest.raises(NotComparable):
        kept.find(gone, KEY, "U1")
    assert kept.find(stays, OTHER, "U1") == MADE


def test_nobody_waits_for_the_writing(kept: Snapshots) -> None:
    release = threading.Event()

    def slow() -> Snapshot:
        assert release.wait(WAIT)
        return MADE

    name = kept.promised(FOUND)
    kept.keep(name, KEY, "U1", slow)
    release.set()
    # Whoever asks at once does wait, a little.
    assert kept.find(name, KEY, "U1") == MADE


def test_who_clicks_before_the_writing_has_begun_gets_the_list(kept: Snapshots) -> None:
    name = kept.promised(FOUND)
    with ThreadPoolExecutor(1) as clicking:
        found = clicking.submit(kept.find, name, KEY, "U1")
        kept.keep(name, KEY, "U1", lambda: MADE)
        assert found.result(WAIT) == MADE


def test_a_full_line_drops_what_comes(kept: Snapshots) -> None:
    writing, release = threading.Event(), threading.Event()

    def slow() -> Snapshot:
        writing.set()
        assert release.wait(WAIT)
        return MADE

    kept.keep(kept.promised(FOUND), KEY, "U1", slow)
    assert writing.wait(WAIT)
    names = [keep(kept, user=f"U{at}") for at in range(51)]
    with pytest.raises(NotComparable):
        kept.find(names[50], KEY, "U50")
    release.set()
    assert kept.lanes.drain(WAIT)
    assert kept.find(names[49], KEY, "U49") == MADE


def test_one_that_cannot_be_made_leaves_the_others_be(
    kept: Snapshots, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Snapshot:
        raise ValueError("no such cell")

    first, second, third = (kept.promised(FOUND) for _ in range(3))
    for name, make in ((first, lambda: MADE), (second, broken), (third, lambda: MADE)):
        kept.keep(name, KEY, "U1", make)
    assert [kept.find(name, KEY, "U1") for name in (first, third)] == [MADE, MADE]
    with pytest.raises(NotComparable):
        kept.find(second, KEY, "U1")
    assert "no such cell" in caplog.text


def test_once_the_bot_stops_a_list_is_dropped_and_nobody_waits_for_it(kept: Snapshots) -> None:
    assert kept.lanes.drain(WAIT)
    with pytest.raises(NotComparable):
        kept.find(keep(kept), KEY, "U1")


def test_a_list_that_is_not_whole_or_too_long_is_not_promised(kept: Snapshots) -> None:
    assert kept.promised(FOUND)
    assert kept.promised(FOUND) != kept.promised(FOUND)
    assert not kept.promised(samples.listing(KINDS["pods"], (), complete=False))
    assert not kept.promised(samples.listing(samples.plain_kind(1), pods(20_001)))


def test_what_takes_too_much_room_is_not_kept(kept: Snapshots, engine: Engine) -> None:
    names = (hashlib.sha512(str(at).encode()).hexdigest() for at in range(20_000))
    rows = tuple(samples.Plain((name,)) for name in names)
    long = snapshot(samples.listing(samples.plain_kind(1), rows), Command("get", "pods"), Scope())
    name = keep(kept, made=long)
    assert kept.lanes.drain(WAIT)
    assert (written(engine), bool(name)) == (0, True)


def test_while_the_database_is_away_no_list_promises_to_be_kept() -> None:
    now = [0.0]
    away = Snapshots(create_engine("postgresql+psycopg://x@127.0.0.1:1/x?connect_timeout=2"), lambda: now[0])
    name = away.promised(FOUND)
    assert name
    away.keep(name, KEY, "U1", lambda: MADE)
    assert away.lanes.drain(WAIT)
    assert away.promised(FOUND) == ""
    now[0] = 61.0
    assert away.promised(FOUND)


def test_no_age_and_no_secret_is_kept() -> None:
    encoded = str(MADE)
    assert " ago)" not in encoded
    item = b'{"metadata": {"name": "db", "namespace": "pay"}, "data": {"password": "Q0FOQVJZ"}}'
    secrets: Any = KINDS["secrets"].read(b'{"metadata": {}, "items": [' + item + b"]}")[1]
    found = samples.listing(KINDS["secrets"], tuple(secrets))
    body = str(snapshot(found, Command("get", "secrets"), Scope()))
    assert "password" in body
    assert "Q0FOQVJZ" not in body
