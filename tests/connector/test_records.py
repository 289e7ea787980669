"""Records hold to the same rules wherever they are kept: in memory, in a file, in a shared database."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.database import Database
from connector.aws import Keys, Role, SignIn, facts_of
from connector.errors import StateAway
from connector.records import CHAIN, ENDED_KEPT, KEYS, PROFILE, MemoryRecords, Record, Records
from connector.saved import SavedRecords
from connector.workspaces import WorkspaceKey
from tests.databases import Postgres, opened, sqlite_url

AKME = WorkspaceKey(None, "T1")
GLOBEX = WorkspaceKey("E1", "T2")


def record(name: str = "prod", **more: Any) -> Record:
    values: dict[str, Any] = {
        "id": f"eu-west-1_{name}",
        "region": "eu-west-1",
        "cluster": name,
        "account": "111122223333",
        "principal": "arn:aws:iam::111122223333:user/ops",
        "version": "1.34",
        "status": "ACTIVE",
        "endpoint": "https://localhost",
        "how": PROFILE,
        "profile": "ops",
        "key_hint": "",
        "role_arn": "",
        "external_id": "",
        "connected_by": "U1",
        "connected_at": 1_700_000_000.123456,
        "expires_at": None,
        "made": f"making of {name}",
    }
    return Record(**values | more)


@pytest.fixture(params=["memory", "sqlite_database", "postgresql_database"])
def records(request: pytest.FixtureRequest) -> Records:
    if request.param == "memory":
        return MemoryRecords()
    return SavedRecords(request.getfixturevalue(request.param).engine, AKME)


def test_what_is_put_is_there_by_id(records: Records) -> None:
    assert records.all() == ()
    zoo, Big, prod = record("zoo"), record("Big"), record("prod")  # noqa: N806
    for one in (zoo, Big, prod):
        assert records.put(one)
    # In the same order everywhere, whatever a database's locale makes of capitals.
    assert records.all() == (Big, prod, zoo)


def test_another_making_takes_the_place_of_the_first(records: Records) -> None:
    first, second = record(), record(made="second", profile="other", connected_by="U2")
    assert records.put(first)
    assert records.put(second)
    assert records.all() == (second,)
    # What held the first does not touch the second.
    records.end(first, 1.0)
    assert not records.remove(first)
    assert records.all() == (second,)
    assert records.remove(second)
    assert not records.remove(second)
    assert records.all() == ()


def test_an_id_stays_with_its_account_until_it_ends(records: Records) -> None:
    ours, theirs = record(), record(account="444455556666", made="theirs")
    assert records.put(ours)
    assert not records.put(theirs)
    assert records.all() == (ours,)
    records.end(ours, time.time() - 1)
    assert records.all()[0].is_over
    assert records.put(theirs)
    assert records.all() == (theirs,)


def test_one_that_ended_is_remembered_for_a_day(records: Records) -> None:
    now = time.time()
    recent, old, later = now - ENDED_KEPT + 60, now - ENDED_KEPT - 60, now + 60
    for name, expires_at in (("recent", recent), ("old", old), ("later", later), ("never", None)):
        assert records.put(record(name, expires_at=expires_at))
    records.put(record("new"))
    found = {one.cluster: one.is_over for one in records.all()}
    assert found == {"recent": True, "later": False, "never": False, "new": False}


def test_all_is_forgotten_at_once(records: Records) -> None:
    for name in ("a", "b"):
        records.put(record(name))
    records.forget()
    assert records.all() == ()
    records.forget()


def test_one_of_many_who_remove_it_has_removed_it(records: Records) -> None:
    records.put(record())
    together = threading.Barrier(8)

    def remove(_number: int) -> bool:
        together.wait(10)
        return records.remove(record())

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(remove, range(8))) == [False] * 7 + [True]


def test_one_of_two_accounts_gets_an_id(records: Records) -> None:
    together = threading.Barrier(8)

    def put(number: int) -> bool:
        together.wait(10)
        return records.put(record(account=f"11112222333{number % 2}", made=str(number)))

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(put, range(8)))
    (there,) = records.all()
    # Whoever of the account that was first came, was served; a lost race is told as such.
    assert done[int(there.made)]
    assert any(done)
    assert not any(one for number, one in enumerate(done) if not there.account.endswith(str(number % 2)))


# --- in a database


def test_a_workspace_sees_and_changes_its_own_only(database: Database) -> None:
    keys = [AKME, GLOBEX, WorkspaceKey(None, "T2"), WorkspaceKey("E1", None), WorkspaceKey(None, None)]
    places = [SavedRecords(database.engine, key) for key in keys]
    mine = [record(made=str(at)) for at in range(len(places))]
    for place, one in zip(places, mine, strict=True):
        assert place.put(one)
    for place, one in zip(places, mine, strict=True):
        assert place.all() == (one,)
    for other in mine[1:]:
        assert not places[0].remove(other)
        places[0].end(other, 1.0)
    places[0].forget()
    places[4].forget()
    assert [place.all() for place in places] == [(), (mine[1],), (mine[2],), (mine[3],), ()]
    # An organisation's: all of its teams.
    places[3].forget()
    assert [place.all() for place in places] == [(), (), (mine[2],), (), ()]


def test_another_replica_reads_the_same(database: Database) -> None:
    SavedRecords(database.engine, AKME).put(record())
    second = Database.open(database.engine.url.render_as_string(hide_password=False))
    assert SavedRecords(second.engine, AKME).all() == (record(),)
    second.close()


anything = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.builds(
        Record,
        **{name: anything for name in Record.__dataclass_fields__ if not name.endswith("_at")},
        connected_at=st.floats(0, 4e9),
        expires_at=st.none() | st.just(9e9),
    )
)
def test_every_text_comes_back_as_it_was(database: Database, one: Record) -> None:
    records = SavedRecords(database.engine, GLOBEX)
    records.forget()
    assert records.put(one)
    assert records.all() == (one,)
    assert records.remove(one)


def test_a_database_that_is_away_is_told_at_every_call(postgres: Postgres) -> None:
    url = postgres.new()
    with opened(url) as database:
        records = SavedRecords(database.engine, AKME)
        records.put(record())
        postgres.take_away(url)
        for call in (
            records.all,
            lambda: records.put(record()),
            lambda: records.end(record(), 1.0),
            lambda: records.remove(record()),
            records.forget,
        ):
            with pytest.raises(StateAway) as away:
                call()
            assert away.value.hint == "Try again in a minute; nothing was changed"
        postgres.give_back(url)
        assert records.all() == (record(),)


def test_a_file_that_was_taken_away_is_told(tmp_path: Path) -> None:
    with opened(sqlite_url(tmp_path)) as database:
        database.close()
        (tmp_path / "state.db").unlink()
        (tmp_path / "state.db").mkdir()
        with pytest.raises(StateAway):
            SavedRecords(database.engine, AKME).all()


# --- what a record says


@pytest.mark.parametrize(
    ("sign_in", "how"),
    [
        (SignIn(profile="ops"), PROFILE),
        (SignIn(), CHAIN),
        (SignIn(profile="ops", role=Role("arn:aws:iam::1:role/a/reader", "ext")), PROFILE),
        (SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", "CANARY")), KEYS),
        (
            SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", "CANARY"), role=Role("arn:aws:iam::1:role/a/reader")),
            KEYS,
        ),
    ],
)
def test_a_record_tells_of_its_sign_in_what_an_error_and_a_person_may_know(sign_in: SignIn, how: str) -> None:
    one = record(
        how=how,
        profile=sign_in.profile or "",
        key_hint=sign_in.keys.hint if sign_in.keys else "",
        role_arn=sign_in.role.arn if sign_in.role else "",
        external_id=(sign_in.role.external_id or "") if sign_in.role else "",
    )
    assert one.sign_in == replace(sign_in, keys=None)
    assert one.facts == facts_of(sign_in, "eu-west-1")
    assert one.connection.sign_in == sign_in.label
    assert "CANARY" not in repr(one)


def test_times_are_instants() -> None:
    one = record(expires_at=1_700_003_600.5)
    assert one.connection.connected_at == datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=UTC)
    assert one.connection.expires_at == datetime(2023, 11, 14, 23, 13, 20, 500000, tzinfo=UTC)
    assert record().connection.expires_at is None
    assert not record().is_over
