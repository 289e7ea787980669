"""What changed since a list was shown: told to who has taken that list, from what is there now."""

import time
from collections.abc import Callable

import pytest

from playground.slack import Message
from playground.tour import rows
from tests.scenarios.conftest import WAIT, World, waiting

STAGING = "eu-west-1_staging-payments"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")


def asked(
    world: World, listed: Message, expected: Callable[[Message], bool] = lambda _shown: True
) -> Message:
    """The answer to what changed, once it is as expected: the bot hears of a change a moment after it was made."""
    until = time.monotonic() + WAIT
    while True:
        shown = world.answer(world.ada, lambda: world.ada.clicks(listed, "what.changed"))
        if expected(shown):
            return shown
        assert time.monotonic() < until, world.ada.reads(shown)


def changed(shown: Message) -> bool:
    return "Nothing changed" not in shown.text


def test_nothing_that_changed_is_said_with_the_time(world: World) -> None:
    listed = world.ask(world.ada, "/eks deployments -n kube-system")
    shown = asked(world, listed)
    assert shown.text.startswith("Nothing changed since")
    assert not shown.ephemeral


def test_a_pod_that_began_to_crash_is_told_by_what_is_different(world: World) -> None:
    listed = world.ask(world.ada, "/eks pods -n kube-system")
    victim = next(row for row in rows(listed) if row["NAME"].startswith("coredns"))
    world.playground.fleet.cluster("prod-web").faults.crash("kube-system", victim["NAME"])
    shown = asked(world, listed, changed)
    (change,) = rows(shown)
    assert change["CHANGE"] == "🔴 different"
    assert (change["NAMESPACE"], change["NAME"]) == ("kube-system", victim["NAME"])
    assert "STATUS Running → CrashLoopBackOff" in change["WHAT"]
    assert "1 different" in shown.text
    # The list itself stands as it stood.
    now = world.ada.wait_for("ops", lambda seen: seen.ts == listed.ts and not waiting(seen))
    assert rows(now) == rows(listed)
    world.playground.fleet.cluster("prod-web").faults.clear()
    asked(world, listed, lambda seen: not changed(seen))
    healed = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.changes"),
        lambda seen: not changed(seen),
    )
    assert healed.ts == shown.ts


def test_pods_that_came_and_went_are_told(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    listed = world.ask(world.ada, f"/eks pods rolling -n chaos -c {STAGING}")
    cluster = next(
        one
        for one in world.playground.fleet.clusters
        if one.name == "staging-payments" and one.region == "eu-west-1"
    )
    before = {row["NAME"] for row in rows(listed)}
    cluster.faults.roll("chaos", "rolling")
    shown = asked(world, listed, lambda seen: " new" in seen.text and " gone" in seen.text)
    changes = {row["NAME"]: row["CHANGE"].partition(" ")[2] for row in rows(shown)}
    after = {row["NAME"] for row in rows(world.ask(world.ada, f"/eks pods rolling -n chaos -c {STAGING}"))}
    assert {name for name, how in changes.items() if how == "new"} == after - before
    assert {name for name, how in changes.items() if how == "gone"} == before - after


def test_somebody_else_is_told_to_take_a_list_of_their_own(world: World) -> None:
    listed = world.ask(world.ada, "/eks nodes")
    refused = world.answer(world.dev, lambda: world.dev.clicks(listed, "what.changed"))
    assert refused.ephemeral
    assert "somebody else's" in refused.text
    own = world.answer(world.dev, lambda: world.dev.clicks(refused, "take.list"))
    assert rows(own) == rows(listed)
    shown = world.answer(world.dev, lambda: world.dev.clicks(own, "what.changed"))
    assert "Nothing changed" in shown.text


def test_a_private_list_stays_private(world: World) -> None:
    listed = world.ask(world.ada, "/eks nodes --private")
    shown = asked(world, listed)
    assert shown.ephemeral
    assert "Nothing changed" in shown.text


def test_who_may_not_list_may_not_ask_what_changed(world: World) -> None:
    listed = world.ask(world.ada, "/eks nodes")
    refused = world.answer(world.gus, lambda: world.gus.clicks(listed, "what.changed"))
    assert "Guests" in refused.text
