"""Where the database is and who may read it, how its tables come to be, and what happens while it is away."""

import importlib.util
import logging
import multiprocessing
import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Double, Engine, Integer, MetaData, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Boolean

from bot import grants
from bot.database import BadDatabase, Database
from connector import saved
from connector.errors import StateAway, translated
from handlers.claims import CLAIMS
from handlers.defaults import CHANNEL_DEFAULTS
from handlers.trail import AUDIT
from tests.databases import Postgres, opened, postgres_server, sqlite_url

DECLARED = [*grants.METADATA.tables.values(), saved.TABLE, CLAIMS, AUDIT, CHANNEL_DEFAULTS]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database, of each kind in turn."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    return str(request.getfixturevalue("postgres").new())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with opened(url) as made:
        yield made


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


# --- its tables


def test_the_tables_are_those_that_the_code_declares(database: Database) -> None:
    declared = MetaData()
    for table in DECLARED:
        table.to_metadata(declared)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, declared) == []
    names = set(inspect(database.engine).get_table_names())
    assert names == {table.name for table in DECLARED} | {"alembic_version"}


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO slack_renewals VALUES ('', 'T1', 1)")
    database.migrate()
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM slack_renewals").scalar() == 1


def script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "bot:migrations")
    return ScriptDirectory.from_config(config)


def up_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "bot:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


REVISIONS = [one.revision for one in script().walk_revisions()][::-1]


def sample(column: Any) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 7
    if isinstance(kind, Double):
        return 1_700_000_000.25
    if isinstance(kind, DateTime):
        return None if column.nullable else text("CURRENT_TIMESTAMP")
    return f"{column.name} ü'\"%"


def test_the_steps_are_one_chain() -> None:
    assert [f"{at + 1:04}" for at in range(len(REVISIONS))] == REVISIONS
    assert script().get_heads() == REVISIONS[-1:]


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_earlier_step_the_data_comes_along(url: str, revision: str) -> None:
    database = Database.open(url)
    up_to(database.engine, revision)
    before = MetaData()
    before.reflect(database.engine)
    tables = [table for table in before.tables.values() if table.name != "alembic_version"]
    with database.engine.begin() as connection:
        for table in tables:
            connection.execute(table.insert().values({one.name: sample(one) for one in table.columns}))
        rows = {table.name: connection.execute(select(table)).all() for table in tables}
    database.migrate()
    assert tables
    with database.engine.connect() as connection:
        for table in tables:
            # By the columns it had: later ones are empty.
            assert connection.execute(select(table)).all() == rows[table.name]
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]
    database.close()


def start_up(url: str, gate: Any, answers: Any) -> None:
    database = Database.open(url)
    gate.wait(30)
    try:
        database.migrate()
        answers.put("")
    except Exception as error:  # noqa: BLE001 - told to the test's own process
        answers.put(repr(error))


def test_three_replicas_may_start_at_once(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(3), spawn.Queue()
    replicas = [spawn.Process(target=start_up, args=(url, gate, answers)) for _ in range(3)]
    for replica in replicas:
        replica.start()
    assert [answers.get(timeout=60) for _ in replicas] == ["", "", ""]
    for replica in replicas:
        replica.join(30)
    with opened(url) as database:
        assert len(inspect(database.engine).get_table_names()) == len(DECLARED) + 1


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


def test_a_newer_database_is_used_as_it_is(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.migrate()
    assert "the database is of a newer version (9999)" in caplog.text
    with database.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "9999"


def test_tables_of_somebody_else_are_left_alone_and_nothing_is_left_half_done(url: str) -> None:
    database = Database.open(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE audit (theirs INTEGER)")
    with pytest.raises(BadDatabase, match="tables cannot be made") as refused:
        database.migrate()
    assert "audit" in refused.value.why
    assert inspect(database.engine).get_table_names() == ["audit"]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE audit")
    # The lock is not left behind.
    database.migrate()
    database.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("CANARY" * 100)
    with pytest.raises(BadDatabase, match="tables cannot be made") as refused:
        Database.open(sqlite_url(tmp_path)).migrate()
    assert refused.value.why == "file is not a database"


def test_a_user_who_may_make_nothing_is_told(postgres: Postgres) -> None:
    database = Database.open(postgres.new())
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE reader LOGIN")
    database.close()
    empty = make_url(postgres.new()).set(username="reader")
    with pytest.raises(BadDatabase, match="tables cannot be made") as refused:
        Database.open(empty.render_as_string(hide_password=False)).migrate()
    assert "permission denied" in refused.value.why


def test_the_steps_are_part_of_what_is_installed() -> None:
    for name in ("bot.migrations", "bot.migrations.versions"):
        found = importlib.util.find_spec(name)
        # A folder without __init__.py is left out of a wheel, and has no origin.
        assert found is not None
        assert found.origin is not None


# --- the audit


def write(engine: Engine, ref: str, at: float) -> None:
    row = {column.name: "" for column in AUDIT.columns if column.name != "id"}
    with engine.begin() as connection:
        connection.execute(AUDIT.insert().values(row | {"at": at, "seconds": 0.1, "ref": ref}))


def test_the_audit_only_grows(database: Database) -> None:
    now = time.time()
    write(database.engine, "young", now - 20 * 3600)
    write(database.engine, "old", now - 28 * 3600)
    with database.engine.connect() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.ref)).all()
    tampering = [
        "UPDATE audit SET ref = 'x'",
        "UPDATE audit SET at = 0 WHERE ref = 'young'",
        "DELETE FROM audit WHERE ref = 'young'",
        "DELETE FROM audit",
    ]
    if database.engine.dialect.name == "sqlite":
        columns = ", ".join(f'"{column.name}"' for column in AUDIT.columns)
        tampering.append(f"INSERT OR REPLACE INTO audit ({columns}) SELECT {columns} FROM audit")
    else:
        tampering.append("TRUNCATE audit")
    for statement in tampering:
        with (
            pytest.raises(DBAPIError, match="the audit is append-only"),
            database.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
    with database.engine.begin() as connection:
        assert connection.execute(select(AUDIT).order_by(AUDIT.c.ref)).all() == rows
        # What is kept long enough may go.
        assert connection.exec_driver_sql("DELETE FROM audit WHERE ref = 'old'").rowcount == 1


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
