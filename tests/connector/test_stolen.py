"""Whoever takes the database's files or the store's dump has no AWS secret, and gets into no cluster.

On the playground's AWS, which knows each key and checks each signature: what opens nothing there opens nothing.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.database import Database
from bot.vault import RedisVault
from connector.aws import Keys, Role
from connector.connector import EKSConnector
from connector.errors import ConnectionNotFound, Failure, ProfileNotFound
from connector.resources import Query
from connector.saved import SavedRecords
from connector.workspaces import WorkspaceKey
from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.connector.conftest import REGION
from tests.databases import Postgres, opened, sqlite_url
from tests.redis_server import RedisServer

KEY = WorkspaceKey("E1", "T1")
SEAL = b"the key of the store, 32 bytes: "
ROLE = Role("arn:aws:iam::111122223333:role/eks-auditor", "chatops-demo")


def connect(records: SavedRecords, vault: Any, aws: LocalAws) -> tuple[EKSConnector, set[str]]:
    """Connect in each way there is; the connector, and every secret that was in play."""
    connector = EKSConnector(records, vault)
    keys = Keys(aws.keys.access_key_id, aws.keys.secret_access_key)
    by_keys = connector.connect_with_aws_credentials("prod-payments", REGION, keys, connected_by="U1")
    connector.connect_with_aws_profile("staging-payments", REGION, "payments-prod", connected_by="U1")
    assert connector.get_resources(by_keys.id, Query("pods", "ledger")).total > 0
    secrets = {keys.secret_access_key, SEAL.decode()}
    for held in connector._connections.holding._held.values():
        used = held.opened.session.credentials.get_frozen_credentials()
        secrets |= {used.secret_key, used.token or used.secret_key}
        secrets.add(held.opened.cluster.api._tokens.token())
    assert len(secrets) >= 7
    return connector, secrets


def files_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def found_in(folder: Path, secrets: set[str]) -> list[tuple[str, str]]:
    return [
        (path.name, secret[:6])
        for path, content in files_of(folder)
        for secret in secrets
        if secret.encode() in content
    ]


def test_a_stolen_file_holds_no_secret_and_opens_nothing(
    fleet: tuple[Fleet, LocalAws],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    redis_running: RedisServer,
) -> None:
    redis_running.client.flushall()
    with opened(sqlite_url(tmp_path / "bot")) as database:
        vault = RedisVault.open(redis_running.url, (SEAL,)).of(KEY)
        connector, secrets = connect(SavedRecords(database.engine, KEY), vault, fleet[1])
        shutil.copytree(tmp_path / "bot", tmp_path / "stolen")
        names = {path.name for path, _ in files_of(tmp_path / "stolen")}
        connector.close()
    # The search sees what is there.
    assert names >= {"state.db", "state.db-wal"}
    assert found_in(tmp_path / "stolen", {"prod-payments"})
    assert found_in(tmp_path / "stolen", secrets) == []

    # The thief runs a bot on it, with the same AWS and the same clusters in reach, but no profile of the bot's.
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with opened(sqlite_url(tmp_path / "stolen")) as database:
        thief = EKSConnector(SavedRecords(database.engine, KEY))
        assert len(thief.list_connected_clusters()) == 2
        with pytest.raises(ConnectionNotFound, match="has to be made again"):
            thief.get_resources("prod-payments", Query("pods"))
        with pytest.raises(ProfileNotFound):
            thief.get_resources("staging-payments", Query("pods"))
        thief.close()


def test_a_stolen_postgresql_holds_no_secret(fleet: tuple[Fleet, LocalAws], postgres: Postgres) -> None:
    with opened(postgres.new()) as database:
        connector, secrets = connect(SavedRecords(database.engine, KEY), None, fleet[1])
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # What it writes takes its time on a busy disk.
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("CHECKPOINT"))
            folder = Path(str(connection.execute(text("SHOW data_directory")).scalar()))
        connector.close()
        # Its tables, and its log of writes.
        assert {"pg_wal", "base"} <= {path.name for path in folder.iterdir()}
        assert found_in(folder, {"prod-payments"})
        assert found_in(folder, secrets) == []


def test_a_stolen_dump_holds_no_secret_and_opens_nothing_without_the_key(
    fleet: tuple[Fleet, LocalAws], database: Database, redis_running: RedisServer
) -> None:
    redis_running.client.flushall()
    records = SavedRecords(database.engine, KEY)
    connector, secrets = connect(records, RedisVault.open(redis_running.url, (SEAL,)).of(KEY), fleet[1])
    redis_running.client.save()
    assert found_in(redis_running.folder, {"eks-chatops:keys:E1:T1:"})
    assert found_in(redis_running.folder, secrets) == []
    connector.close()

    # With the database, the dump, the AWS and the profiles, all but the key: only the profile's is opened.
    for seal in (b"\0" * 32, SEAL[::-1]):
        thief = EKSConnector(records, RedisVault.open(redis_running.url, (seal,)).of(KEY))
        with pytest.raises(ConnectionNotFound, match="has to be made again"):
            thief.get_resources("prod-payments", Query("pods"))
        thief.close()
    # Another workspace of the same bot is such a thief too, with a copy under its own name.
    other = WorkspaceKey("E1", "T2")
    theirs = SavedRecords(database.engine, other)
    for record in records.all():
        assert theirs.put(record)
    for name in redis_running.client.scan_iter():
        value: Any = redis_running.client.get(name)
        redis_running.client.set(name.replace(b":T1:", b":T2:"), value)
    store = RedisVault.open(redis_running.url, (SEAL,))
    thief = EKSConnector(theirs, store.of(other))
    with pytest.raises(ConnectionNotFound, match="has to be made again"):
        thief.get_resources("prod-payments", Query("pods"))
    thief.close()
    # And with the key, in its place, it opens: what was refused above was refused for the key.
    owner = EKSConnector(records, store.of(KEY))
    assert owner.get_resources("prod-payments", Query("pods", "ledger")).total > 0
    owner.close()


def test_a_role_on_keys_leaves_nothing_behind_either(
    fleet: tuple[Fleet, LocalAws], database: Database, tmp_path: Path
) -> None:
    connector = EKSConnector(SavedRecords(database.engine, KEY))
    keys = Keys(fleet[1].keys.access_key_id, fleet[1].keys.secret_access_key)
    made = connector.connect_with_aws_credentials(
        "prod-payments", REGION, keys, role=ROLE, connected_by="U024BE7LH"
    )
    assert made.principal.endswith(":assumed-role/eks-auditor/U024BE7LH")
    with database.engine.connect() as connection:
        row = dict(connection.execute(text("SELECT * FROM connections")).mappings().one())
    assert row["how"] == "keys"
    assert (row["profile"], row["role_arn"], row["external_id"]) == ("", ROLE.arn, ROLE.external_id)
    assert row["key_hint"] == f"{keys.access_key_id[:4]}…{keys.access_key_id[-4:]}"
    assert keys.access_key_id not in str(row)
    assert keys.secret_access_key not in str(row)
    connector.close()


def test_a_failure_of_the_database_names_no_secret(
    fleet: tuple[Fleet, LocalAws], postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.new()
    caplog.set_level("DEBUG")
    with opened(url) as database:
        connector = EKSConnector(SavedRecords(database.engine, KEY))
        keys = Keys(fleet[1].keys.access_key_id, fleet[1].keys.secret_access_key)
        postgres.take_away(url)
        with pytest.raises(Failure) as caught:
            connector.connect_with_aws_credentials("prod-payments", REGION, keys, connected_by="U1")
        connector.close()
    said = f"{vars(caught.value)} {caught.value.__cause__!r} {caplog.text}"
    assert "prod-payments" in said
    assert keys.secret_access_key not in said
