"""Nobody where they don't belong: another workspace, a guest, a stranger in a shared channel."""

import copy
from typing import Any

import pytest

from connector.resources import KINDS
from handlers.command import Command
from playground.slack import Message
from tests.scenarios.conftest import PAYMENTS, WAIT, World


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")


def forged(world: World, message: Message, values: list[str]) -> list[dict[str, Any]]:
    """Clicks of Hana's on her own message whose button carries each of `values`; Slack signs them all the same."""
    world.answer(world.hana, lambda: world.hana.clicks(message, "show.connections"))
    clicks = [
        entry
        for entry in world.playground.slack.log
        if entry.direction == "out" and entry.kind == "interactive"
    ]
    payloads = []
    for at, value in enumerate(values):
        payload = copy.deepcopy(clicks[-1].payload)
        payload["actions"][0]["value"] = value
        payload["trigger_id"] += f"0{at}"
        payloads.append(payload)
    return payloads


@pytest.mark.parametrize(
    "commands",
    [
        [Command("get", kind, connection=PAYMENTS) for kind in KINDS],
        [Command("disconnect", connection=PAYMENTS, confirmed=confirmed) for confirmed in (False, True)],
    ],
    ids=["get", "disconnect"],
)
def test_another_workspaces_connection_does_not_exist(world: World, commands: list[Command]) -> None:
    menu = world.ask(world.hana, "/eks")
    cluster = world.playground.fleet.cluster("prod-payments")
    asked = len(cluster.log)
    missing = world.ask(world.hana, "/eks pods -c eu-west-1_never-was").text
    refused = missing.replace("eu-west-1_never-was", PAYMENTS)
    assert world.ask(world.hana, f"/eks pods -c {PAYMENTS}").text == refused
    for payload in forged(world, menu, [command.encoded() for command in commands]):
        refusal = world.answer(
            world.hana,
            lambda payload=payload: world.playground.slack.deliver("interactive", payload),  # type: ignore[misc]
            lambda message: "🔴" in str(message.blocks),
        )
        assert refusal.ephemeral
        assert refusal.text == refused
    assert len(cluster.log) == asked
    assert PAYMENTS in str(world.ask(world.ada, "/eks connections").blocks)


def test_each_workspace_has_its_own(world: World) -> None:
    world.connect(world.hana, "edge-sydney --region ap-southeast-2 --profile web-prod")
    hers = str(world.ask(world.hana, "/eks connections").blocks)
    his = str(world.ask(world.ada, "/eks connections").blocks)
    assert "edge-sydney" in hers
    assert PAYMENTS not in hers
    assert PAYMENTS in his
    assert "edge-sydney" not in his


@pytest.mark.parametrize(
    "line", ["/eks", "/eks pods", "/eks clusters", "/eks connect", "/eks connections", "/eks disconnect"]
)
def test_a_guest_may_do_nothing(world: World, line: str) -> None:
    refusal = world.ask(world.gus, line)
    assert refusal.ephemeral
    assert "Guests" in refusal.text
    assert world.gus.view is None


def test_a_stranger_in_a_shared_channel_may_do_nothing(world: World) -> None:
    shown = world.ask(world.ada, "/eks nodes", channel="ops-shared")
    seen = world.hana.wait_for("ops-shared", lambda message: message.ts == shown.ts, WAIT)
    refusal = world.answer(world.hana, lambda: world.hana.clicks(seen, "refresh.list"), channel="ops-shared")
    assert refusal.ephemeral
    assert "members of the workspace" in refusal.text
