"""At a phone's width, by touch: everything fits, what is pressed is large enough, and the tour goes as well."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.conftest import World
from tests.browser.samples import everything
from tests.browser.tab import CONNECT_WEB, PHONE, WEB, Tab, Tabs

TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
SMALLEST = 24
MAIN = 44

# What can be scrolled sideways, or stands outside, but for what is in a table's own box.
SIDEWAYS = """() => {
    const style = (node) => getComputedStyle(node).overflowX;
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".table-scroll");
    const cut = (node) => node && node !== document.body && (style(node) !== "visible" || cut(node.parentElement));
    const scrolls = (node) => /auto|scroll/.test(style(node)) && node.scrollWidth > node.clientWidth + 1;
    const outside = (node) => node.getBoundingClientRect().right > innerWidth + 1 && !cut(node.parentElement);
    return [...document.body.querySelectorAll("*")].filter((node) => seen(node) && (scrolls(node) || outside(node)))
        .map((node) => node.outerHTML.slice(0, 120));
}"""
# Whatever can be pressed, with its size; a label belongs to its box, a link in a sentence is as high as the sentence.
TARGETS = """() => {
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.matches("p a, .words a");
    return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=option]")]
        .filter(seen)
        .map((node) => {
            const { width, height, bottom } = (node.closest("label") ?? node).getBoundingClientRect();
            return [node.outerHTML.slice(0, 120), width, height, bottom > 0, node.matches(".button, .send, .entry")];
        })
        .filter(([, width, height, here]) => here && width && height);
}"""


def fits(tab: Tab) -> None:
    assert tab.page.evaluate(SIDEWAYS) == []
    targets = tab.page.evaluate(TARGETS)
    assert [each for each in targets if min(each[1], each[2]) < (MAIN if each[4] else SMALLEST)] == []
    assert len(targets) > 3


def test_the_sidebar_folds_and_opens_over_the_conversation(tabs: Tabs) -> None:
    tab = tabs.open(place="ops", **TOUCH)
    expect(tab.sidebar).to_be_hidden()
    expect(tab.inspector).to_be_hidden()
    tab.page.get_by_role("button", name="Open the sidebar").tap()
    expect(tab.sidebar).to_be_in_viewport()
    fits(tab)
    tab.entry("payments").tap()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("payments")
    expect(tab.sidebar).to_be_hidden()
    # Beside the sidebar is a veil that closes it.
    tab.page.get_by_role("button", name="Open the sidebar").tap()
    expect(tab.sidebar).to_be_in_viewport()
    tab.page.touchscreen.tap(PHONE["width"] - 10, 400)
    expect(tab.sidebar).to_be_hidden()


def test_the_tour_by_touch(tabs: Tabs) -> None:
    tab = tabs.open("dev", "ops-shared", **TOUCH)
    tab.composer.tap()
    tab.page.keyboard.type("/")
    offers = tab.page.get_by_role("listbox", name="Commands")
    expect(offers).to_be_visible()
    fits(tab)
    offers.get_by_role("option").tap()
    tab.page.keyboard.type("connect")
    tab.page.get_by_role("button", name="Send").tap()

    form = tab.form("Connect to a cluster")
    box = form.bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}, "a form fills the screen"
    fits(tab)
    tab.chooses(form, "Region", "us-east-1", tap=True)
    tab.chooses(form, "Profile", "web-prod", tap=True)
    tab.chooses(form, "Cluster", "prod-web", tap=True)
    answers = tab.new()
    form.get_by_role("button", name="Connect", exact=True).tap()
    done = tab.form("Connected")
    done.get_by_role("button", name="Close", exact=True).tap()
    expect(done).to_be_hidden()

    told = tab.shown(answers, "Connected")
    answers = tab.new()
    told.get_by_role("button", name=f"pods of {WEB}").tap()
    message = tab.tabled(answers)
    expect(message).to_contain_text("1,940 pods")
    fits(tab)
    message.get_by_role("columnheader", name="NAME", exact=True).get_by_role("button").tap()
    expect(message.get_by_role("columnheader", name="NAME", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    message.get_by_role("button", name="Next rows").tap()
    expect(message.get_by_role("status")).to_have_text(re.compile("^11–20 of"))
    message.get_by_role("button", name="nodes", exact=True).tap()
    expect(message.get_by_role("heading")).to_contain_text("nodes · prod-web")


def test_every_input_that_an_app_may_ask_for_fits(world: World, tabs: Tabs) -> None:
    tab = tabs.open("dev", "ops-shared", **TOUCH)
    App(world.playground.slack).opens(tab.person, everything())
    tab.form("Everything")
    fits(tab)


def test_no_width_scrolls_sideways(tabs: Tabs) -> None:
    tab = tabs.open()
    tab.inspects(on=False)
    tab.says(CONNECT_WEB, "Connected")
    tab.listed(f"/eks pods -c {WEB}")
    for inspecting in (False, True):
        tab.inspects(inspecting)
        for width in (320, 390, 600, 760, 761, 1024, 1100, 1280, 1920):
            tab.page.set_viewport_size({"width": width, "height": 700})
            assert tab.page.evaluate(SIDEWAYS) == [], (width, inspecting)


def test_the_inspector_fills_a_phone_and_closes(tabs: Tabs) -> None:
    tab = tabs.open("dev", "ops-shared", **TOUCH)
    tab.page.get_by_role("button", name="Inspector", exact=True).tap()
    expect(tab.inspector).to_be_visible()
    tab.inspector.get_by_text("Faults").tap()
    fits(tab)
    tab.inspector.get_by_role("button", name="Close the inspector").tap()
    expect(tab.inspector).to_be_hidden()
