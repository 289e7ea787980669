"""The tour is what `make demo` shows; here it runs on both transports."""

from playground.tour import Tour
from tests.scenarios.conftest import World


def test_every_step_of_the_tour_goes_as_it_should(world: World) -> None:
    told: list[str] = []
    Tour(world.playground, told.append).run()
    conversation = "\n".join(told)
    assert "10,000 pods in" in conversation
    assert "only visible to you" in conversation


def test_nothing_that_was_sent_breaks_a_limit_of_slack(world: World) -> None:
    Tour(world.playground, lambda line: None).run()
    broken = [entry for entry in world.playground.slack.log if entry.direction == "in" and entry.faults]
    assert broken == []
