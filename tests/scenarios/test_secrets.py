"""A secret typed into the form is nowhere afterwards, though the bot logs at DEBUG."""

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from playground.fleet.words import CANARY as SECRET
from tests.scenarios.conftest import WAIT, World
from tests.scenarios.forms import choose, with_inputs
from tests.scenarios.logs_parts import pod

# Formed like a secret access key and a session token, and found nowhere else.
CANARY = "CaNaRy7d1f0b5e2a9c4836CaNaRy7d1f0b5e2a9c"
TOKEN = "CaNaRyToken" + "IQoJb3JpZ2luX2VjE" * 8


def everything_sent(world: World) -> str:
    """What the bot sent; Slack's own answers repeat what stands in an open form."""
    return "\n".join(
        json.dumps(entry.payload, default=str)
        for entry in world.playground.slack.log
        if entry.direction == "in"
    )


def files_with(needle: str, *folders: Path) -> list[Path]:
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if ".git" in path.parts or ".venv" in path.parts or not path.is_file() or path.suffix == ".py":
                continue
            if needle.encode() in path.read_bytes():
                found.append(path)
    return found


def test_a_typed_secret_reaches_no_log_no_file_and_no_payload(world: World) -> None:
    for token in ("", TOKEN):
        view = world.form(world.ada, "/eks connect")
        choose(world, view, sign_in="keys")
        view = with_inputs(world, "access_key_id", "secret_access_key")
        choose(world, view, region="eu-west-1", access_key_id=world.playground.keys.access_key_id)
        choose(world, view, secret_access_key=CANARY, cluster="prod-payments")
        if token:
            choose(world, view, session_token=token)
        # While the secret stands in the form, everything else that the form does goes on.
        world.ada.suggestions(view, "choose.cluster", "prod")
        world.ada.clicks(view, "toggle.role")
        view = with_inputs(world, "role_arn")
        world.ada.submits(view)
        view = world.ada.wait_view(lambda view: "🔴" in str(view.blocks), WAIT)
        world.ada.closes(view)
    world.ask(world.ada, "/eks connections")
    assert "CaNaRy" not in world.bot.output
    assert "CaNaRy" not in everything_sent(world)
    assert files_with("CaNaRy", world.temporary) == []
    assert files_with(CANARY, world.here) == []


def test_good_keys_and_the_session_they_became_reach_no_log_and_no_payload(world: World) -> None:
    keys = world.playground.keys
    view = world.form(world.ada, "/eks connect")
    choose(world, view, sign_in="keys")
    view = with_inputs(world, "access_key_id", "secret_access_key")
    choose(world, view, region="eu-west-1", access_key_id=keys.access_key_id, cluster="prod-payments")
    choose(world, view, secret_access_key=keys.secret_access_key)
    world.answer(world.ada, lambda: world.ada.submits(view), lambda message: "Connected" in message.text)
    world.ask(world.ada, "/eks nodes")
    world.ada.closes(world.ada.wait_view(lambda view: view.title == "Connected", WAIT))
    for text in (world.bot.output, everything_sent(world)):
        assert keys.secret_access_key not in text
        assert keys.access_key_id not in text
        assert "k8s-aws-v1." not in text
        assert "X-Amz-" not in text
        assert "xoxb-" not in text
        assert "/commands/" not in text


def _open_files(world: World) -> Iterator[str]:
    """What the bot's process has open, by name."""
    for link in Path(f"/proc/{world.bot.pid}/fd").iterdir():
        # A connection may be closed while we look.
        with suppress(FileNotFoundError):
            yield str(link.readlink())


def test_the_bot_writes_no_file_but_its_database_while_it_works(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.ada, "/eks nodes")
    assert list(world.temporary.iterdir()) == []
    written = {
        Path(name).name
        for name in _open_files(world)
        if name.startswith("/") and not name.startswith(("/dev/", "/proc/"))
    }
    assert written <= {"state.db", "state.db-wal", "state.db-shm"}


def test_what_clusters_keep_secret_is_in_no_answer_no_file_no_log_and_no_database(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    speaking = pod(world.playground, "running-two").name
    cluster = world.playground.fleet.clusters[1]
    secret = cluster.names("secrets", "chaos")[0]
    kinds = ("secrets", "configmaps", "pods", "deployments", "events", "replicasets", "dispatches")
    began = len(world.playground.slack.log)
    for line in (
        *(f"get {kind} -o {shape}" for kind in kinds for shape in ("wide", "csv", "yaml", "json")),
        *(f"get {kind} --show-labels --sort-by .metadata.name" for kind in kinds),
        "get secrets --sort-by .metadata.annotations",
        "get secrets --sort-by .data.password",
        "get configmaps --sort-by .data",
        "get pods --sort-by {.spec.containers[0].env[0].value}",
        f"describe secret {secret} -n chaos --all",
        f"yaml secret {secret} -n chaos",
        f"describe pod {speaking} --all",
        f"yaml pod {speaking}",
        f"logs {speaking} --tail 10000",
        f"logs {speaking} --tail 1000 --grep url",
        "rollout status running-two",
        "rollout history running-two",
        "top pods",
        "kubeconfig",
        "doctor",
        "get pods --clusters '*' -o csv",
    ):
        world.ask(world.ada, f"/eks {line}")
    log = list(world.playground.slack.log)[began:]
    told = [json.dumps(entry.payload, default=str) for entry in log if entry.direction == "in"]
    files = [
        world.ada.downloads(file)
        for place in ("ops", world.ada.dm)
        for seen in world.ada.sees(place)
        for file in seen.files
    ]
    assert len(files) > 20
    coded = base64.b64encode(SECRET.encode()).decode()[: len(SECRET) * 8 // 6]
    for held in (SECRET, coded):
        assert [text for text in told if held in text] == []
        assert [file for file in files if held.encode() in file] == []
        assert held not in world.bot.output
    kept = [path for path in map(Path, set(_open_files(world))) if path.name.startswith("state.db")]
    assert kept
    text = b"".join(_kept(path) for path in kept if path.name == "state.db")
    assert secret.encode() in text
    assert SECRET.encode() not in text
    assert coded.encode() not in text


def _kept(database: Path) -> bytes:
    """All that stands in the tables, what is compressed as it was before."""
    found = []
    with closing(sqlite3.connect(database)) as kept:
        tables = [name for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for row in (row for table in tables for row in kept.execute(f"SELECT * FROM {table}")):
            for value in row:
                packed = isinstance(value, bytes) and value.startswith(b"x")
                found.append(zlib.decompress(value) if packed else str(value).encode())
    return b"\n".join(found)
