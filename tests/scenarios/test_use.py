"""`/eks use`: a channel's commands mean its default, whoever gives them, and no other channel's do."""

from collections.abc import Iterator

import pytest

from playground.slack import Message
from playground.tour import rows
from tests.scenarios.conftest import PAYMENTS, WAIT, WEB, World

NOTE = "this channel's default, `/eks use`"


@pytest.fixture(autouse=True)
def _connected(world: World) -> Iterator[None]:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    yield
    world.ask(world.ada, "/eks use --clear", lambda message: "no default" in message.text)


def use(world: World, line: str, channel: str = "ops") -> Message:
    return world.ask(world.ada, f"/eks use {line}", lambda message: "now mean" in message.text, channel)


def test_a_channel_has_its_default_and_no_other_has_it(world: World) -> None:
    assert "Which cluster?" in world.ask(world.ada, "/eks deploy").text
    said = use(world, f"{WEB} -n kube-system")
    assert not said.ephemeral
    assert said.ts in [message.ts for message in world.dev.sees("ops")]
    for person in (world.ada, world.dev):
        shown = world.ask(person, "/eks deploy")
        assert "prod-web" in shown.text
        assert {row["NAMESPACE"] for row in rows(shown)} == {"kube-system"}
        assert NOTE in str(shown.blocks)
    everywhere = world.ask(world.ada, "/eks deploy -A")
    assert len({row["NAMESPACE"] for row in rows(everywhere)}) > 5
    other = world.ask(world.ada, f"/eks nodes -c {PAYMENTS}")
    assert "prod-payments" in other.text
    assert NOTE not in str(other.blocks)
    assert "Which cluster?" in world.ask(world.ada, "/eks deploy", channel="payments").text


def test_a_refresh_stays_what_it_was_when_the_default_changes(world: World) -> None:
    use(world, WEB)
    shown = world.ask(world.ada, "/eks nodes")
    use(world, PAYMENTS)
    again = world.changed(
        world.ada, shown, lambda: world.ada.clicks(shown, "refresh.list"), lambda seen: seen.edited
    )
    assert "prod-web" in again.text


def test_it_is_shown_changed_and_cleared_by_buttons(world: World) -> None:
    use(world, f"{WEB} -n nosuch-namespace")
    shown = world.ask(world.ada, "/eks use", lambda message: "commands mean" in message.text)
    assert "set by ada" in str(shown.blocks)
    which = world.answer(
        world.ada, lambda: world.ada.clicks(shown, "change.default"), lambda message: "Which" in message.text
    )
    changed = world.answer(
        world.ada,
        lambda: world.ada.picks(which, "choose.connection", PAYMENTS),
        lambda message: "now mean" in message.text,
    )
    assert PAYMENTS in changed.text
    gone = world.answer(
        world.ada,
        lambda: world.ada.clicks(shown, "clear.default"),
        lambda message: "any more" in message.text,
    )
    assert not gone.ephemeral
    assert "Which cluster?" in world.ask(world.ada, "/eks nodes").text


def test_a_namespace_that_is_not_there_is_told(world: World) -> None:
    assert "There is no namespace `kube-systen` there now. Did you mean `kube-system`?" in str(
        use(world, f"{WEB} -n kube-systen").blocks
    )


def test_a_default_whose_connection_has_gone_is_told_and_asks(world: World) -> None:
    use(world, WEB)
    asked = world.ask(world.ada, f"/eks disconnect -c {WEB}", lambda message: "Disconnect" in message.text)
    world.answer(
        world.ada,
        lambda: world.ada.clicks(asked, "confirm.disconnect"),
        lambda message: "Disconnected" in message.text,
    )
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    told = world.ask(world.ada, "/eks nodes")
    assert "Which cluster?" in told.text
    assert f"This channel's default, `{WEB}`, is not connected any more" in str(told.blocks)


def test_another_workspace_in_a_shared_channel_has_its_own(world: World) -> None:
    use(world, WEB, "ops-shared")
    world.connect(world.hana, "edge-sydney --region ap-southeast-2 --profile web-prod")
    told = world.ask(world.hana, "/eks use", lambda message: "default" in message.text, "ops-shared")
    assert told.text == "This channel has no default."
    shown = world.ask(world.hana, "/eks nodes", channel="ops-shared")
    assert "edge-sydney" in shown.text
    world.ask(world.ada, "/eks use --clear", lambda message: "any more" in message.text, "ops-shared")


def test_help_shows_commands_that_mean_it(world: World) -> None:
    use(world, WEB)
    shown = world.ask(world.ada, "/eks help disconnect")
    assert f"/eks disconnect -c {WEB}" in str(shown.blocks)
    assert world.ada.wait_for("ops", lambda message: message.ts == shown.ts, WAIT).ephemeral
