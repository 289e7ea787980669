"""What a channel or a thread means is kept for that place alone, until it is set anew, cleared, or the app has gone."""

import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, select

from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from handlers.defaults import CHANNEL_DEFAULTS, THREAD_DAYS, Default, Defaults, Where
from tests.databases import Postgres, opened

KEYS = (("", "T1"), ("E1", "T1"), ("E1", ""), ("", "T2"))


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (WorkspaceKey(None, "T1"), {("E1", "T1"), ("E1", ""), ("", "T2")}),
        (WorkspaceKey("E1", None), {("", "T1"), ("E1", "T1"), ("", "T2")}),
        (WorkspaceKey("E2", "T1"), set(KEYS)),
    ],
)
def test_a_workspaces_defaults_go_with_it(
    engine: Engine, gone: WorkspaceKey, left: set[tuple[str, str]]
) -> None:
    common = {"connection": "eu-west-1_prod", "namespace": "shop", "set_by": "U1", "set_at": 1.5}
    rows = [
        {"enterprise_id": enterprise, "team_id": team, "channel": channel} | common
        for enterprise, team in KEYS
        for channel in ("C1", "C2")
    ]
    with engine.begin() as database:
        database.execute(insert(CHANNEL_DEFAULTS), rows)
    Defaults(engine).forget(gone)
    with engine.connect() as database:
        found = database.execute(select(CHANNEL_DEFAULTS)).all()
    assert {(row.enterprise_id, row.team_id) for row in found} == left
    assert len(found) == 2 * len(left)


def test_it_says_when_the_database_is_away(postgres: Postgres, postgres_url: str) -> None:
    with opened(postgres_url) as database:
        postgres.take_away(postgres_url)
        with pytest.raises(StateAway):
            Defaults(database.engine).forget(WorkspaceKey(None, "T1"))
        postgres.give_back(postgres_url)


HERE = Where(WorkspaceKey(None, "T1"), "C1")
THREAD = replace(HERE, thread="1700000000.000100")
ELSEWHERE = (
    replace(HERE, channel="C2"),
    replace(HERE, channel=""),
    Where(WorkspaceKey(None, "T2"), "C1"),
    Where(WorkspaceKey("E1", "T1"), "C1"),
    Where(WorkspaceKey("E1", None), "C1"),
)


def default(where: Where = HERE, connection: str = "eu-west-1_prod", at: float = 1.5) -> Default:
    return Default(where, connection, "shop", "U1", at)


def test_a_default_is_kept_for_its_channel_and_no_other(engine: Engine) -> None:
    defaults = Defaults(engine)
    defaults.put(default())
    assert Defaults(engine).of(HERE) == default()
    assert [defaults.of(where) for where in ELSEWHERE] == [None] * len(ELSEWHERE)


def test_a_new_one_takes_its_place(engine: Engine) -> None:
    defaults = Defaults(engine)
    defaults.put(default())
    newer = replace(default(connection="us-east-1_web", at=9.0), namespace="", set_by="U2")
    defaults.put(newer)
    assert defaults.of(HERE) == newer
    defaults.remove(HERE)
    assert defaults.of(HERE) is None
    defaults.remove(HERE)


def test_a_threads_own_wins_there_and_nowhere_else(engine: Engine) -> None:
    defaults = Defaults(engine)
    now = time.time()
    defaults.put(default())
    assert defaults.of(THREAD) == default()
    own = default(THREAD, "us-east-1_web", now)
    defaults.put(own)
    assert defaults.of(THREAD) == own
    assert defaults.of(HERE) == default()
    assert defaults.of(replace(THREAD, thread="1.1")) == default()
    assert defaults.of(replace(THREAD, channel="C2")) is None
    defaults.remove(HERE)
    assert defaults.of(THREAD) == own
    assert defaults.of(HERE) is None
    defaults.put(default())
    defaults.remove(THREAD)
    assert defaults.of(THREAD) == default()


def test_threads_of_long_ago_are_forgotten_and_channels_are_not(engine: Engine) -> None:
    defaults = Defaults(engine)
    now = time.time()
    old, recent = now - THREAD_DAYS * 86400 - 60, now - THREAD_DAYS * 86400 + 600
    defaults.put(default(at=old))
    for thread, at in (("1.1", old), ("2.2", recent)):
        defaults.put(default(replace(THREAD, thread=thread), at=at))
    defaults.put(default(replace(HERE, channel="C2")))
    with engine.connect() as database:
        kept = {row.channel for row in database.execute(select(CHANNEL_DEFAULTS))}
    assert kept == {"C1", "C1/2.2", "C2"}


def test_of_two_at_once_one_is_kept_whole(engine: Engine) -> None:
    both = [default(connection=f"eu-west-1_{name}", at=at) for name, at in (("a", 1.0), ("b", 2.0))]
    threads = [threading.Thread(target=Defaults(engine).put, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Defaults(engine).of(HERE) in both


def test_what_somebody_types_is_only_a_value(engine: Engine) -> None:
    hostile = replace(default(), connection="x'; DROP TABLE channel_defaults; --", namespace="%")
    Defaults(engine).put(hostile)
    assert Defaults(engine).of(HERE) == hostile


@pytest.mark.parametrize(
    ("where", "name"),
    [(HERE, "this channel"), (THREAD, "this thread"), (replace(HERE, channel="D1"), "this conversation")],
)
def test_a_place_has_a_name(where: Where, name: str) -> None:
    assert where.name == name
