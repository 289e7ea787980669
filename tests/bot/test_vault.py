"""What is sealed opens in its own place only, for as long as it should; and nothing is given to a store with a disk."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.vault import BadVault, RedisVault
from connector.aws import Keys
from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from tests.connector.api_server import wait_until
from tests.redis_server import SETTINGS, RedisServer, redis_server

OLD, NEW = b"o" * 32, b"n" * 32
AKME, GLOBEX = WorkspaceKey(None, "T1"), WorkspaceKey("E1", "T2")
KEYS = Keys("ASIACANARYCANARY0001", "CANARY-secret-0123456789", "CANARY-session-token")
PLACE = ("eu-west-1_prod", "made1")


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def server(running: RedisServer) -> RedisServer:
    running.client.flushall()
    return running


def later(seconds: float = 60) -> float:
    return time.time() + seconds


def test_what_is_put_is_got_in_its_place_and_nowhere_else(server: RedisServer) -> None:
    vault = RedisVault.open(server.url, (NEW,))
    vault.of(AKME).put(*PLACE, KEYS, later())
    assert vault.of(AKME).get(*PLACE) == KEYS
    assert RedisVault.open(server.url, (NEW,)).of(AKME).get(*PLACE) == KEYS
    for key, place in (
        (GLOBEX, PLACE),
        (WorkspaceKey("E1", "T1"), PLACE),
        (AKME, ("eu-west-1_prod", "made2")),
        (AKME, ("eu-west-1_other", "made1")),
    ):
        assert vault.of(key).get(*place) is None


def test_keys_without_a_session_token_come_back_without_one(server: RedisServer) -> None:
    vault = RedisVault.open(server.url, (NEW,)).of(AKME)
    keys = Keys(KEYS.access_key_id, KEYS.secret_access_key)
    vault.put(*PLACE, keys, later())
    assert vault.get(*PLACE) == keys


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (GLOBEX, PLACE),
        (AKME, ("eu-west-1_prod", "made2")),
        (WorkspaceKey("E1", "T1"), PLACE),
        (WorkspaceKey(None, None), PLACE),
    ],
)
def test_a_copied_value_opens_nowhere_else(
    server: RedisServer, key: WorkspaceKey, place: tuple[str, str]
) -> None:
    vault = RedisVault.open(server.url, (NEW,))
    vault.of(AKME).put(*PLACE, KEYS, later())
    (name,) = server.client.keys()
    value: Any = server.client.get(name)
    vault.of(key).put(*place, Keys("ASIAOTHEROTHEROTHER1", "x" * 40), later())
    (other,) = set(server.client.keys()) - {name}
    server.client.set(other, value)
    assert vault.of(key).get(*place) is None
    # And the value itself is whole.
    assert vault.of(AKME).get(*PLACE) == KEYS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200))
def test_whatever_stands_in_the_store_is_no_error(server: RedisServer, garbage: bytes) -> None:
    vault = RedisVault.open(server.url, (NEW,)).of(AKME)
    vault.put(*PLACE, KEYS, later())
    (name,) = server.client.keys()
    server.client.set(name, garbage)
    assert vault.get(*PLACE) is None


@given(st.integers(min_value=0), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_changed_byte_is_noticed(server: RedisServer, at: int, change: int) -> None:
    vault = RedisVault.open(server.url, (NEW,)).of(AKME)
    vault.put(*PLACE, KEYS, later())
    (name,) = server.client.keys()
    value: Any = server.client.get(name)
    changed = bytearray(value)
    changed[at % len(changed)] ^= change
    server.client.set(name, bytes(changed))
    assert vault.get(*PLACE) is None


def test_a_new_key_seals_and_the_old_one_still_opens(server: RedisServer) -> None:
    RedisVault.open(server.url, (OLD,)).of(AKME).put("a", "made1", KEYS, later())
    both = RedisVault.open(server.url, (NEW, OLD)).of(AKME)
    assert both.get("a", "made1") == KEYS
    both.put("b", "made2", KEYS, later())
    assert RedisVault.open(server.url, (NEW,)).of(AKME).get("b", "made2") == KEYS
    assert RedisVault.open(server.url, (NEW,)).of(AKME).get("a", "made1") is None
    assert RedisVault.open(server.url, (OLD,)).of(AKME).get("b", "made2") is None


def test_it_goes_when_the_session_ends(server: RedisServer) -> None:
    vault = RedisVault.open(server.url, (NEW,)).of(AKME)
    vault.put(*PLACE, KEYS, later(100))
    (name,) = server.client.keys()
    left: Any = server.client.pttl(name)
    assert 98_000 < left <= 100_000
    vault.put(*PLACE, KEYS, later(0.3))
    wait_until(lambda: server.client.dbsize() == 0)
    assert vault.get(*PLACE) is None
    vault.put(*PLACE, KEYS, later(-1))
    assert server.client.dbsize() == 0


def test_one_is_removed_and_a_workspace_is_forgotten(server: RedisServer) -> None:
    store = RedisVault.open(server.url, (NEW,))
    vault = store.of(AKME)
    # Ids that patterns would read as more than themselves.
    strange = [WorkspaceKey(None, "*"), WorkspaceKey(None, "T?"), WorkspaceKey(None, "T1:x"), GLOBEX]
    for key in (AKME, *strange):
        store.of(key).put("a", "made1", KEYS, later())
        store.of(key).put("b", "made2", KEYS, later())
    vault.remove("made1")
    assert (vault.get("a", "made1"), vault.get("b", "made2")) == (None, KEYS)
    for key in strange[:3]:
        store.of(key).forget()
        assert store.of(key).get("a", "made1") is None
        assert vault.get("b", "made2") == KEYS
    vault.forget()
    assert vault.get("b", "made2") is None
    assert store.of(GLOBEX).get("a", "made1") == KEYS


def test_an_organisation_is_forgotten_with_all_its_teams(server: RedisServer) -> None:
    store = RedisVault.open(server.url, (NEW,))
    for key in (GLOBEX, WorkspaceKey("E1", "T3"), WorkspaceKey("E12", "T2"), AKME):
        store.of(key).put(*PLACE, KEYS, later())
    store.of(WorkspaceKey("E1", None)).forget()
    assert store.of(GLOBEX).get(*PLACE) is None
    assert store.of(WorkspaceKey("E1", "T3")).get(*PLACE) is None
    assert store.of(WorkspaceKey("E12", "T2")).get(*PLACE) == KEYS
    assert store.of(AKME).get(*PLACE) == KEYS
    # Neither an organisation nor a team: that is one workspace, not all.
    store.of(WorkspaceKey(None, None)).forget()
    assert store.of(AKME).get(*PLACE) == KEYS


def test_a_dump_of_the_store_holds_nothing_to_read(server: RedisServer) -> None:
    RedisVault.open(server.url, (NEW,)).of(AKME).put(*PLACE, KEYS, later())
    server.client.save()
    dump = (server.folder / "dump.rdb").read_bytes()
    assert b"eks-chatops:keys:" in dump
    for secret in (b"CANARY", KEYS.access_key_id.encode(), b"prod", NEW):
        assert secret not in dump


# --- refused


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--save", "60", "1", "--appendonly", "no"), 'save is "60 1"'),
        (("--save", "", "--appendonly", "yes"), 'appendonly is "yes"'),
    ],
)
def test_a_store_that_writes_to_its_disk_is_refused(given: tuple[str, ...], why: str) -> None:
    with redis_server(*given) as server, pytest.raises(BadVault) as refused:
        RedisVault.open(server.url, (NEW,))
    assert refused.value.what == "The store of AWS keys would write them to its disk"
    assert why in refused.value.why
    assert refused.value.hint == 'Run it with `--save "" --appendonly no`'


def test_a_store_that_is_made_to_write_later_is_given_nothing_more(server: RedisServer) -> None:
    vault = RedisVault.open(server.url, (NEW,)).of(AKME)
    server.client.config_set("save", "60 1")
    try:
        with pytest.raises(BadVault, match="would write them to its disk"):
            vault.put(*PLACE, KEYS, later())
        assert server.client.dbsize() == 0
    finally:
        server.client.config_set("save", "")


@pytest.mark.parametrize(
    "settings",
    [("--rename-command", "CONFIG", ""), ("--user", "default", "on", "nopass", "~*", "+@all", "-config")],
)
def test_a_store_that_does_not_say_is_refused(settings: tuple[str, ...]) -> None:
    with redis_server(*SETTINGS, *settings) as server, pytest.raises(BadVault) as refused:
        RedisVault.open(server.url, (NEW,))
    assert refused.value.what == "The store of AWS keys does not say whether it writes to its disk"
    assert "config|get" in refused.value.hint


def test_a_wrong_password_is_told_without_it() -> None:
    with redis_server(*SETTINGS, "--requirepass", "right") as server:
        address = server.url.removeprefix("redis://")
        for user in ("", ":CANARYWRONG@"):
            with pytest.raises(BadVault) as refused:
                RedisVault.open(f"redis://{user}{address}", (NEW,))
            assert refused.value.what == "The store of AWS keys does not accept the bot's password"
            assert "CANARY" not in repr(refused.value.__cause__)
        RedisVault.open(f"valkey://:right@{address}", (NEW,)).of(AKME).put(*PLACE, KEYS, later())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "CANARY",
        "localhost:6379",
        "http://:CANARY@localhost",
        "redis://:CANARY@localhost:port/0",
        "redis://:CANARY@[::1",
    ],
)
def test_an_address_that_is_none_is_told_without_it(url: str) -> None:
    with pytest.raises(BadVault, match="CREDENTIALS_URL is not an address") as refused:
        RedisVault.open(url, (NEW,))
    assert refused.value.__cause__ is None
    assert "CANARY" not in str(vars(refused.value))


@pytest.mark.parametrize("keys", [(), (b"short",), (NEW, b"")])
def test_a_key_that_is_none_is_told_without_it(server: RedisServer, keys: tuple[bytes, ...]) -> None:
    with pytest.raises(BadVault, match="CREDENTIALS_KEY is no key") as refused:
        RedisVault.open(server.url, keys)
    assert "short" not in str(vars(refused.value))


def test_a_store_that_is_away_is_told_and_comes_back() -> None:
    with redis_server() as server:
        store = RedisVault.open(server.url, (NEW,))
        vault = store.of(AKME)
        vault.put(*PLACE, KEYS, later())
        assert store.reachable()
        server.stop()
        calls: list[Callable[[], object]] = [
            lambda: vault.put(*PLACE, KEYS, later()),
            lambda: vault.get(*PLACE),
            lambda: vault.remove("made1"),
            vault.forget,
        ]
        for call in calls:
            began = time.monotonic()
            with pytest.raises(StateAway, match="The store of AWS keys is out of reach"):
                call()
            assert time.monotonic() - began < 6
        assert not store.reachable()
        with pytest.raises(StateAway):
            RedisVault.open(server.url, (NEW,))


def test_a_store_that_hangs_is_left(server: RedisServer) -> None:
    vault = RedisVault.open(server.url, (NEW,))
    os.kill(server.process.pid, 19)
    try:
        began = time.monotonic()
        with pytest.raises(StateAway):
            vault.of(AKME).get(*PLACE)
        assert time.monotonic() - began < 8
    finally:
        os.kill(server.process.pid, 18)


@dataclass
class _Whole:
    """Everything a repr could show of a vault."""

    vault: object


def test_no_repr_shows_a_key(server: RedisServer) -> None:
    address = server.url.removeprefix("redis://")
    store = RedisVault.open(f"redis://:@{address}", (b"CANARYKEY" + b"k" * 23,))
    assert "CANARYKEY" not in repr(_Whole(store)) + repr(vars(store)) + json.dumps(str(store.of(AKME)))
