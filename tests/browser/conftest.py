"""One playground with the real bot beside it and one browser for all these tests; a page and tabs for each."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from playground import Playground
from playground.demo import running
from playground.page import Page
from tests.browser.chromium import browsing, executable
from tests.browser.tab import Tabs


@dataclass
class World:
    """What all these tests share."""

    playground: Playground
    browser: Browser


# Of the package: Playwright's event loop ends with it, and the tests after it may run their own.
@pytest.fixture(scope="package")
def world() -> Iterator[World]:
    try:
        executable()
    except LookupError as missing:
        raise pytest.fail.Exception(str(missing), pytrace=False) from None
    with browsing() as browser, running() as (playground, bot):
        yield World(playground, browser)
        assert "Traceback" not in bot.output, bot.output


@pytest.fixture
def tabs(world: World) -> Iterator[Tabs]:
    """Opens tabs of a page that this test has to itself, so that its faults and its inspector are its own."""
    with Page.start(world.playground) as page:
        opened = Tabs(world.browser, world.playground, page.url)
        try:
            yield opened
        finally:
            opened.close()
            # A form that a failed test left open would stand in the way of the next.
            for person in (each for team in world.playground.slack.teams for each in team.people):
                if person.view:
                    person.closes(person.view, everything=True)
    assert opened.wrong == []
