"""The tour is what `make demo` shows; here it runs on both transports."""

from playground.tour import Tour
from tests.scenarios.conftest import World


def test_every_step_of_the_tour_goes_as_it_should_within_slacks_limits(world: World) -> None:
    told: list[str] = []
    before = len(world.playground.slack.log)
    Tour(world.playground, told.append).run()
    conversation = "\n".join(told)
    assert "10,000 pods in" in conversation
    assert "only visible to you" in conversation
    assert [
        entry for entry in world.playground.slack.log[before:] if entry.direction == "in" and entry.faults
    ] == []
