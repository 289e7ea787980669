"""The Home tab: how the clusters are, what one asked lately, and buttons that go on from there."""

import time
from collections.abc import Callable

import pytest

from playground.slack import Person, View
from playground.tour import table
from tests.scenarios.conftest import PAYMENTS, WAIT, WEB, World


def seen(world: World, person: Person, expected: Callable[[str], bool], timeout: float = WAIT) -> View:
    """The tab, once it is as expected."""
    changed = world.playground.slack.world.changed

    def look() -> bool:
        return person.home is not None and expected(str(person.home))

    with changed:
        assert changed.wait_for(look, timeout), person.home
    view = person.home_view
    assert view is not None
    return view


def opened(world: World, person: Person, expected: Callable[[str], bool]) -> View:
    """The same, opened again for what may still be on its way into the trail."""
    until = time.monotonic() + WAIT
    while True:
        ack = person.opens_home()
        assert ack is not None
        assert ack.status == "acked"
        try:
            return seen(world, person, expected, 2)
        except AssertionError:
            if time.monotonic() > until:
                raise


def asked(home: str) -> bool:
    return "as of" in home


@pytest.fixture(autouse=True)
def _blank(world: World) -> None:
    with world.playground.slack.world.changing():
        world.playground.slack.world.homes.clear()


def test_it_tells_how_the_clusters_are_and_how_long_they_are_supported(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    opened(world, world.ada, lambda home: WEB in home)
    view = seen(world, world.ada, lambda home: asked(home) and PAYMENTS in home)
    text = world.ada.reads(view)
    assert "49 of 50 nodes ready" in text
    assert "of 1,940 pods not running" in text
    assert text.count("pods not running") == 2
    assert text.count("standard support until") == 2
    assert "days left" in text
    # Nobody else's clicks are in it.
    assert "…" not in text.replace("Connect…", "").replace("Find clusters…", "")


def test_an_unreachable_one_says_so_beside_the_others(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    world.playground.fleet.cluster("prod-web").faults.hang()
    first = opened(world, world.ada, lambda home: WEB in home)
    world.ada.clicks(first, "home.refresh")
    view = seen(world, world.ada, lambda home: "does not answer" in home)
    assert "nodes ready" in world.ada.reads(view)


def test_what_one_asked_is_asked_again_in_ones_own_messages(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.ada, "/eks services -n kube-system")
    view = opened(world, world.ada, lambda home: "services -n kube-system" in home)
    text = str(view.blocks)
    (action,) = {
        element["action_id"]
        for block in view.blocks
        for element in block.get("elements", ())
        if "services -n kube-system" in str(element.get("text"))
    }
    shown = world.answer(
        world.ada,
        lambda: world.ada.clicks(view, action),
        lambda message: table(message) is not None,
        world.ada.dm.id,
    )
    assert "services" in shown.text
    assert "services" in text
    # Dev did not ask that.
    other = opened(world, world.dev, lambda home: WEB in home)
    assert "services -n" not in str(other.blocks)


def test_without_connections_the_form_is_a_click_away(world: World) -> None:
    view = opened(world, world.ada, lambda home: "not connected to a cluster" in home)
    world.ada.clicks(view, "ask.connect")
    form = world.ada.wait_view(lambda view: view.title == "Connect to a cluster", WAIT)
    world.ada.closes(form)


def test_a_guest_is_told_no_in_the_tab(world: World) -> None:
    view = opened(world, world.gus, lambda home: "Guests" in home)
    assert "home.refresh" in str(view.blocks)


def test_each_workspace_has_its_own(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    view = opened(world, world.hana, lambda home: "not connected to a cluster" in home)
    assert WEB not in str(view.blocks)
