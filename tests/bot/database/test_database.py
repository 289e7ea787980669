"""Where the database is and who may read it, and what happens while it is away."""

import logging
import multiprocessing
import os
import signal
import socket
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.database import BadDatabase, Database
from connector.errors import StateAway, translated
from tests.databases import Postgres, opened, sqlite_url


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


# --- where it is


def test_without_an_address_it_is_a_file_of_the_user_that_nobody_else_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    before = os.umask(0)
    try:
        database = Database.open(None)
        database.migrate()
        with database.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO slack_renewals VALUES ('', 'T1', 1)")
            folder = tmp_path / "data" / "eks-chatops"
            files = {path.name: mode(path) for path in folder.iterdir()}
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert mode(folder) == "0o700"
        assert files == {"state.db": "0o600", "state.db-wal": "0o600", "state.db-shm": "0o600"}
        database.close()
    finally:
        os.umask(before)


def test_what_stood_open_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "eks-chatops"
    folder.mkdir(mode=0o755)
    (folder / "state.db").touch(mode=0o644)
    Database.open("").close()
    assert (mode(folder), mode(folder / "state.db")) == ("0o700", "0o600")


def test_a_named_file_gets_a_folder_of_its_own_and_leaves_one_that_is_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with opened(f"sqlite:///{tmp_path}/new/state.db"), opened(f"sqlite:///{tmp_path}/other.db"):
        assert mode(tmp_path / "new") == "0o700"
        assert mode(tmp_path / "new" / "state.db") == mode(tmp_path / "other.db") == "0o600"
        assert mode(tmp_path) == "0o755"


@pytest.mark.parametrize(
    "url",
    [
        "CANARY",
        "postgresql//bot:CANARY@host/state",
        "postgresql://bot:CANARY@host:port/state",
        "mysql://bot:CANARY@host/state",
        "postgresql+asyncpg://bot:CANARY@host/state",
        "postgresql://bot:CANARY@host/state?nonsense=CANARY",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:state.db?uri=true",
        "sqlite:////nowhere/state.db?timeout=CANARY",
        "sqlite:////proc/nowhere/state.db",
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_a_sentence_without_its_password(url: str) -> None:
    with pytest.raises(BadDatabase) as refused:
        Database.open(url)
    assert "DATABASE_URL" in refused.value.what + refused.value.hint
    assert "CANARY" not in f"{vars(refused.value)} {refused.value.__cause__}"
    assert not Path("state.db").exists()


def test_no_repr_shows_the_password() -> None:
    database = Database.open("postgres://bot:CANARY@host/state")
    assert "CANARY" not in f"{database.engine!r} {database.engine.url} {vars(database)}"
    assert database.engine.url.drivername == "postgresql+psycopg"


def begin(urls: list[str], gate: Any, answers: Any) -> None:
    for url in urls:
        database = Database.open(url)
        gate.wait(30)
        answers.put(database.trouble())
        database.close()


def test_many_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    # The file is made ready by whoever comes first; SQLite has none of the others wait for that by itself.
    urls = [f"sqlite:///{tmp_path}/{number}/state.db" for number in range(25)]
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(4), spawn.Queue()
    processes = [spawn.Process(target=begin, args=(urls, gate, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    assert {answers.get(timeout=60) for _ in urls for _ in processes} == {""}
    for process in processes:
        process.join(30)


# --- while it is away


def test_what_is_asked_while_it_is_away_says_so_and_it_heals(postgres: Postgres) -> None:
    url = postgres.new()
    with opened(url) as database:
        assert database.reachable()
        assert database.trouble() == ""
        postgres.take_away(url)
        with pytest.raises(StateAway, match="The bot's memory is out of reach"), translated():
            database.engine.connect()
        assert not database.reachable()
        assert "not currently accepting connections" in database.trouble()
        with pytest.raises(StateAway):
            database.migrate()
        postgres.give_back(url)
        assert database.reachable()
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database.open(f"postgresql://bot:CANARY@127.0.0.1:{silent.getsockname()[1]}/state")
        for _ in range(2):
            began = time.monotonic()
            assert not database.reachable()
            assert time.monotonic() - began < 4
        began = time.monotonic()
        with pytest.raises(StateAway) as away:
            database.migrate()
        assert time.monotonic() - began < 6
    assert "CANARY" not in f"{database.trouble()} {away.value.__cause__}"


def test_a_statement_that_takes_too_long_is_cut_off(postgres: Postgres) -> None:
    with opened(postgres.new()) as database:
        began = time.monotonic()
        with pytest.raises(StateAway), translated(), database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")
        assert time.monotonic() - began < 10
        assert database.reachable()


def test_a_server_that_stops_in_the_middle_is_not_waited_for(postgres: Postgres) -> None:
    url = postgres.new()
    with opened(url) as database:
        with database.engine.connect() as connection:
            process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            # The connection stays up: the machine takes what is sent, and nobody there reads it.
            os.kill(process, signal.SIGSTOP)
            try:
                with pytest.raises(StateAway) as away, translated():
                    connection.exec_driver_sql("SELECT 1")
            finally:
                os.kill(process, signal.SIGCONT)
            assert "the server did not answer in 7 s" in str(away.value.__cause__)
        assert database.reachable()


def test_a_file_that_somebody_writes_for_too_long_is_away(tmp_path: Path) -> None:
    with opened(sqlite_url(tmp_path)) as mine, opened(sqlite_url(tmp_path)) as other:
        with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as writer:
            writer.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(StateAway), translated(), mine.engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO slack_renewals VALUES ('', 'T1', 1)")
            # To read is no trouble.
            assert mine.reachable()
            writer.exec_driver_sql("ROLLBACK")
        with mine.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO slack_renewals VALUES ('', 'T1', 1)")


def test_a_mistake_of_our_own_is_no_absence(database: Database) -> None:
    row = text("INSERT INTO slack_renewals VALUES ('', 'T1', 1)")
    with database.engine.begin() as connection:
        connection.execute(row)
    for mistake in (row, text("SELECT * FROM nowhere")):
        with pytest.raises(DBAPIError), translated(), database.engine.connect() as connection:
            connection.execute(mistake)


def test_no_value_reaches_an_error_or_a_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(DBAPIError) as caught, database.engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": "CANARY"})
    assert "CANARY" not in str(caught.value)
    assert "CANARY" not in caplog.text
