"""Many at once, some of them at a cluster that hangs; and the same payload twice."""

from concurrent.futures import ThreadPoolExecutor

from playground.slack import Entry
from playground.tour import table
from tests.scenarios.conftest import PAYMENTS, WAIT, WEB, World, waiting


def test_sixty_commands_at_once_while_one_cluster_hangs(world: World) -> None:
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.playground.fleet.cluster("prod-payments").faults.hang()
    before = {message.ts for message in world.ada.sees("ops")}
    lines = [f"/eks nodes -c {PAYMENTS if at % 2 else WEB} --private" for at in range(60)]
    with ThreadPoolExecutor(60) as pool:
        acks = list(pool.map(lambda line: world.ada.types("ops", line), lines))
    assert [ack.status for ack in acks] == ["acked"] * 60

    def answers() -> tuple[int, int]:
        new = [
            message for message in world.ada.sees("ops") if message.ts not in before and not waiting(message)
        ]
        return sum(table(message) is not None for message in new), sum(
            "🔴" in str(message.blocks[:1]) for message in new
        )

    # None of them waited for a cluster: the one hangs, and nothing of it has come to an end.
    assert answers()[1] == 0
    changed = world.playground.slack.world.changed
    with changed:
        # The others are answered while the one still hangs.
        assert changed.wait_for(lambda: answers()[0] == 30, WAIT), answers()
        assert answers()[1] == 0
        assert changed.wait_for(lambda: answers() == (30, 30), 2 * WAIT), answers()


def last_sent(world: World, kind: str) -> Entry:
    return [entry for entry in world.playground.slack.log if entry.direction == "out" and entry.kind == kind][
        -1
    ]


def test_a_delivery_that_slack_repeats_acts_once(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.ada, "/eks nodes")
    command = last_sent(world, "slash_commands")
    seen = len(world.ada.sees("ops"))
    for _ in range(3):
        assert world.ada.replays(command).status == "acked"
    # A command of its own comes after all that the repeated ones could have caused.
    marker = world.ask(world.ada, "/eks help nodes")
    assert [message.ts for message in world.ada.sees("ops")][seen:] == [marker.ts]


def test_a_confirmed_disconnect_that_is_repeated_is_said_once(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    asked = world.ask(world.ada, "/eks disconnect")
    world.answer(world.ada, lambda: world.ada.clicks(asked, "confirm.disconnect"))
    click = last_sent(world, "interactive")
    seen = len(world.ada.sees("ops"))
    assert world.ada.replays(click).status == "acked"
    world.ask(world.ada, "/eks help")
    assert len(world.ada.sees("ops")) == seen + 1
