"""How the tables come to be, from whatever was there before; and that the audit's only grows."""

import importlib.util
import multiprocessing
import time
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
from sqlalchemy.types import Boolean, LargeBinary

from bot import grants, migrations
from bot.database import BadDatabase, Database
from connector import saved
from handlers.claims import CLAIMS
from handlers.defaults import CHANNEL_DEFAULTS
from handlers.following import FOLLOWS
from handlers.snapshots import LIST_SNAPSHOTS
from handlers.trail import AUDIT
from tests.databases import Postgres, opened, sqlite_url

DECLARED = [
    *grants.METADATA.tables.values(),
    saved.TABLE,
    CLAIMS,
    AUDIT,
    CHANNEL_DEFAULTS,
    LIST_SNAPSHOTS,
    FOLLOWS,
]


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
    if isinstance(kind, LargeBinary):
        return b"\x00\xff"
    if isinstance(kind, Double):
        return 1_700_000_000.25
    if isinstance(kind, DateTime):
        return None if column.nullable else text("CURRENT_TIMESTAMP")
    return f"{column.name} ü'\"%"


def test_the_steps_are_one_chain() -> None:
    assert [f"{at + 1:04}" for at in range(len(REVISIONS))] == REVISIONS
    assert script().get_heads() == REVISIONS[-1:]


def test_the_last_step_is_known_without_alembic() -> None:
    assert script().get_current_head() == migrations.HEAD


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
