"""Rollouts: one that goes on while it is followed, one that is stuck, one that waits; and what there was before."""

import pytest

from playground.fleet import Cluster
from playground.slack import Message
from playground.tour import rows
from tests.scenarios.conftest import World


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")


@pytest.fixture
def staging(world: World) -> Cluster:
    # Another account has one of the same name.
    return next(
        one
        for one in world.playground.fleet.clusters
        if one.name == "staging-payments" and one.account[0] == "1"
    )


def shows(message: Message, *parts: str) -> bool:
    return all(part in str(message.blocks) for part in parts)


def test_a_rollout_is_followed_until_it_is_done(world: World, staging: Cluster) -> None:
    shown = world.ask(
        world.ada, "/eks rollout status rolling", lambda message: shows(message, "followed until")
    )
    assert shows(shown, "🟡 rolling out", "▰▰▰▰▰▱▱▱▱▱ 2 of 4 updated · 4 available · 2 old")
    assert not shown.ephemeral

    def steps(part: str) -> Message:
        staging.faults.roll("chaos", "rolling")
        return world.ada.wait_for("ops", lambda seen: seen.ts == shown.ts and shows(seen, part), 30)

    assert shows(steps("3 of 4 updated"), "▰▰▰▰▰▰▰▱▱▱", "stop.following")
    done = steps("🟢 rolled out")
    assert shows(done, "▰▰▰▰▰▰▰▰▰▰ 4 of 4 updated · 4 available")
    assert not shows(done, "stop.following")


def test_a_rollout_that_is_stuck_says_why_and_leads_on(world: World) -> None:
    shown = world.ask(world.ada, "/eks rollout status deploy/image-backoff -n chaos")
    assert shows(shown, "🔴 stuck", "no progress for 600 s", "ImagePullBackOff", "Newest warning")
    assert not shows(shown, "follow.rollout")
    past = world.answer(world.ada, lambda: world.ada.clicks(shown, "open.history"))
    assert "revisions of deployment `image-backoff`" in past.text
    assert [row["REVISION"] for row in rows(past)] == ["3", "2", "1"]
    # What was clicked stays.
    assert shows(world.ada.wait_for("ops", lambda seen: seen.ts == shown.ts), "🔴 stuck")


def test_what_is_followed_can_be_stopped_and_followed_again(world: World) -> None:
    def follows(message: Message) -> bool:
        return shows(message, "followed until")

    shown = world.ask(world.ada, "/eks rollout status unseen", follows)
    assert shows(shown, "No controller has seen its newest change")
    stopped = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "stop.following"),
        lambda seen: shows(seen, "Stopped.", "follow.rollout"),
    )
    again = world.answer(world.ada, lambda: world.ada.clicks(stopped, "follow.rollout"), follows)
    world.changed(
        world.ada,
        again,
        lambda: world.ada.clicks(again, "stop.following"),
        lambda seen: shows(seen, "Stopped.", "follow.rollout"),
    )


def test_where_nothing_can_stand_it_is_shown_once(world: World) -> None:
    for line, channel in (("rolling --private", "ops"), ("rolling", "payments")):
        shown = world.ask(
            world.ada,
            f"/eks rollout status {line}",
            lambda message: shows(message, "2 of 4 updated"),
            channel,
        )
        assert shows(shown, "not followed", "refresh.rollout")


def test_history_tells_what_each_revision_changed(world: World) -> None:
    for target, current in (("deploy/rolling -n chaos", 3), ("ds/aws-node", 2)):
        shown = world.ask(world.ada, f"/eks rollout history {target}")
        found = rows(shown)
        assert [int(row["REVISION"]) for row in found] == list(range(current, 0, -1))
        assert found[0]["STATE"] == "🟢 current"
        assert "0.2.0 → " in found[0]["CHANGED IMAGES"]
        assert found[0]["CHANGE CAUSE"].startswith("helm upgrade")


def test_what_is_not_rolled_out_says_so(world: World) -> None:
    refusal = world.ask(world.ada, "/eks rollout status ns/chaos")
    assert refusal.text == "Namespaces are not rolled out"
