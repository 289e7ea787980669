"""A secret typed into the form is nowhere afterwards, though the bot logs at DEBUG."""

import json
from contextlib import suppress
from pathlib import Path

from tests.scenarios.conftest import WAIT, World
from tests.scenarios.forms import choose, with_inputs

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


def test_the_bot_writes_no_file_but_its_database_while_it_works(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.ada, "/eks nodes")
    assert list(world.temporary.iterdir()) == []
    open_files = []
    for link in Path(f"/proc/{world.bot.pid}/fd").iterdir():
        # A connection may be closed while we look.
        with suppress(FileNotFoundError):
            open_files.append(str(link.readlink()))
    written = {
        Path(name).name
        for name in open_files
        if name.startswith("/") and not name.startswith(("/dev/", "/proc/"))
    }
    assert written <= {"state.db", "state.db-wal", "state.db-shm"}
