"""Logs that are followed: one message that grows until somebody or something ends it, and then says why."""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playground import Playground
from playground.fleet.words import CANARY
from playground.slack import Message
from tests.scenarios.conftest import WAIT, World, start, waiting
from tests.scenarios.logs_parts import CONNECT, STAGING, buttons, code, pod
from tests.scenarios.replicas import Replicas, replicas
from tests.scenarios.test_policy import Write, written  # noqa: F401 - a fixture


@pytest.fixture
def staging(world: World) -> World:
    world.connect(world.ada, CONNECT)
    return world


def followed(world: World | Replicas, line: str, channel: str = "ops") -> Message:
    people = world.world if isinstance(world, Replicas) else world
    return people.ask(people.ada, line, lambda seen: "following until" in str(seen.blocks), channel=channel)


def once(world: World | Replicas, shown: Message, holds: Callable[[Message], bool]) -> Message:
    """The message, once that is true of it."""
    people = world.world if isinstance(world, Replicas) else world
    return people.ada.wait_for(
        shown.channel_id, lambda seen: seen.ts == shown.ts and not waiting(seen) and holds(seen), WAIT
    )


def is_over(words: str) -> Callable[[Message], bool]:
    return lambda seen: words in str(seen.blocks) and "following until" not in str(seen.blocks)


def test_what_is_followed_grows_until_its_owner_stops_it(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = followed(staging, f"/eks logs {name} --tail 5 --follow")
    grown = once(staging, shown, lambda seen: code(seen) != code(shown) and "new line" in str(seen.blocks))
    assert re.search(r"following until <!date\^\d+\^", str(grown.blocks))
    assert re.search(r"\d+ new lines? in \d+ s", str(grown.blocks))
    assert len(code(grown)) == 5
    assert set(code(grown)) & set(code(shown))
    refusal = staging.answer(staging.dev, lambda: staging.dev.clicks(grown, "stop.following"))
    assert refusal.ephemeral
    assert "only they can stop it" in refusal.text
    staging.ada.clicks(grown, "stop.following")
    over = once(staging, shown, lambda seen: is_over("Stopped.")(seen) and "describe.owner" in buttons(seen))
    assert "stop.following" not in buttons(over)
    assert CANARY not in str(over.blocks)
    # What was followed is an answer like any other now.
    staging.changed(
        staging.ada,
        over,
        lambda: staging.ada.clicks(over, "refresh.logs"),
        lambda seen: "Stopped." not in str(seen.blocks) and bool(code(seen)),
    )


@pytest.mark.parametrize(
    ("flags", "channel", "why"),
    [
        ("--private", "ops", "a message for you alone cannot be changed later"),
        ("", "payments", "the bot is no member of this channel"),
    ],
)
def test_where_nothing_can_be_kept_up_to_date_it_is_followed_in_ones_own_messages(
    staging: World, flags: str, channel: str, why: str
) -> None:
    name = pod(staging.playground, "running-two").name
    said = staging.ask(
        staging.ada,
        f"/eks logs {name} --tail 5 --follow {flags}",
        lambda seen: "Followed in your messages" in seen.text,
        channel=channel,
    )
    assert said.ephemeral
    assert why in said.text
    own = staging.ada.wait_for(staging.ada.dm.name, lambda seen: "following until" in str(seen.blocks), WAIT)
    once(staging, own, lambda seen: "new line" in str(seen.blocks) and code(seen) != code(own))
    staging.ada.clicks(own, "stop.following")
    once(staging, own, is_over("Stopped."))


def test_a_third_one_at_once_is_too_much(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    two = [followed(staging, f"/eks logs {name} --tail 5 -f") for _ in range(2)]
    refusal = staging.ask(staging.ada, f"/eks logs {name} -f", lambda seen: "🔴" in str(seen.blocks))
    assert "Too much is being followed already" in refusal.text
    for shown in two:
        staging.ada.clicks(shown, "stop.following")
        once(staging, shown, is_over("Stopped."))


def test_who_loses_the_right_to_it_sees_no_more(staging: World, written: Write) -> None:  # noqa: F811
    name = pod(staging.playground, "running-two").name
    written({"may": ["read", "logs"]})
    shown = staging.ask(
        staging.dev,
        f"/eks logs {name} --tail 5 --follow",
        lambda seen: "following until" in str(seen.blocks),
    )
    written({"may": ["read"]})
    over = staging.dev.wait_for(
        "ops", lambda seen: seen.ts == shown.ts and is_over("You may not")(seen), WAIT
    )
    assert "read logs" in str(over.blocks)


def test_the_cluster_is_asked_as_the_person(staging: World, written: Write) -> None:  # noqa: F811
    name = pod(staging.playground, "running-two").name
    cluster = staging.playground.fleet.clusters[1]
    written({"may": ["logs"], "impersonate": {"user": "slack:{user_id}", "groups": ["viewers"]}})
    before = len(list(cluster.log))
    shown = staging.ask(
        staging.dev, f"/eks logs {name} --tail 5 -f", lambda seen: "following until" in str(seen.blocks)
    )
    staging.dev.wait_for("ops", lambda seen: seen.ts == shown.ts and code(seen) != code(shown), WAIT)
    asked = list(cluster.log)[before:]
    assert len([entry for entry in asked if entry.path.endswith("/log")]) > 1
    assert {entry.identity for entry in asked} == {f"slack:{staging.dev.id}"}
    staging.dev.clicks(shown, "stop.following")
    staging.dev.wait_for("ops", lambda seen: seen.ts == shown.ts and is_over("Stopped.")(seen), WAIT)


def test_disconnecting_ends_it(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = followed(staging, f"/eks logs {name} --tail 5 --follow")
    asked = staging.ask(
        staging.ada, f"/eks disconnect -c {STAGING}", lambda message: "Disconnect" in message.text
    )
    staging.answer(
        staging.ada,
        lambda: staging.ada.clicks(asked, "confirm.disconnect"),
        lambda message: "Disconnected" in message.text,
    )
    once(staging, shown, is_over("There is no connection"))


def test_a_cluster_that_says_nothing_for_a_while_is_asked_again(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = followed(staging, f"/eks logs {name} --tail 5 --follow")
    cluster = staging.playground.fleet.clusters[1]
    cluster.faults.hang()
    quiet = once(staging, shown, lambda seen: "trying again" in str(seen.blocks))
    assert "following until" in str(quiet.blocks)
    cluster.faults.clear()
    back = once(
        staging, shown, lambda seen: "trying again" not in str(seen.blocks) and code(seen) != code(quiet)
    )
    staging.ada.clicks(back, "stop.following")
    once(staging, shown, is_over("Stopped."))


def test_a_message_that_is_deleted_is_followed_no_more(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    two = [followed(staging, f"/eks logs {name} --tail 5 -f") for _ in range(2)]
    slack = staging.playground.slack.world
    with slack.changing():
        for shown in two:
            found = slack.message(shown.channel_id, shown.ts)
            assert found
            slack.change(found, deleted=True)
    until = time.monotonic() + WAIT
    third = None
    # Their places are free again once the next change finds nothing.
    while third is None:
        said = staging.ask(staging.ada, f"/eks logs {name} --tail 5 -f")
        third = said if "following until" in str(said.blocks) else None
        assert time.monotonic() < until
    staging.ada.clicks(third, "stop.following")
    once(staging, third, is_over("Stopped."))


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_process_that_is_told_to_stop_says_so_where_it_follows(transport: str) -> None:
    with tempfile.TemporaryDirectory() as temporary, Playground.start() as playground:
        bot = start(playground, transport, Path(temporary))
        world = World(playground, bot, transport, Path(temporary), Path.cwd())
        world.connect(world.ada, CONNECT)
        shown = followed(world, f"/eks logs {pod(playground, 'running-two').name} --tail 5 --follow")
        assert bot.stop() == 0, bot.output
        assert "stopped before" not in bot.output
        over = next(seen for seen in world.ada.sees("ops") if seen.ts == shown.ts)
        assert is_over("the bot was restarted")(over)
        assert {"refresh.logs", "follow.logs"} <= buttons(over)


def test_stop_reaches_whichever_replica_follows_and_one_that_died_is_followed_no_more() -> None:
    with replicas("http") as group:
        world, one, two = group.world, group.add(), group.add()
        group.only(one)
        world.connect(world.ada, CONNECT)
        name = pod(world.playground, "running-two").name
        shown = followed(group, f"/eks logs {name} --tail 5 --follow")
        group.only(two)
        world.ada.clicks(shown, "stop.following")
        once(group, shown, is_over("Stopped."))
        # The one that follows has had the last word, and its place is free.
        over = once(group, shown, lambda seen: "describe.owner" in buttons(seen))
        assert "stop.following" not in buttons(over)

        group.only(one)
        shown = followed(group, f"/eks logs {name} --tail 5 --follow")
        group.kill(one)
        group.only(two)
        assert re.search(r"following until <!date\^\d+\^", str(shown.blocks))
        world.ada.clicks(shown, "stop.following")
        over = once(group, shown, is_over("Stopped."))
        assert {"refresh.answer", "follow.answer"} <= buttons(over)
