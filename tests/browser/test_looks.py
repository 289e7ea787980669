"""Light and dark, as the system has it or as the button says; stillness for who asks for it; nobody shut out."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.conftest import World
from tests.browser.samples import everything, home, maintenance
from tests.browser.tab import CONNECT_WEB, PHONE, WEB, Tab, Tabs

GROUND = "() => getComputedStyle(document.body).backgroundColor"
WHITE = "rgb(255, 255, 255)"


def test_the_theme_follows_the_system_and_the_button_and_is_remembered(tabs: Tabs) -> None:
    tab = tabs.open()
    assert tab.page.evaluate(GROUND) == WHITE
    tab.page.emulate_media(color_scheme="dark")
    assert tab.page.evaluate(GROUND) != WHITE
    tab.page.get_by_role("button", name="Theme: auto").click()
    expect(tab.page.get_by_role("button", name="Theme: light")).to_be_focused()
    assert tab.page.evaluate(GROUND) == WHITE
    tab.page.emulate_media(color_scheme="light")
    tab.page.get_by_role("button", name="Theme: light").click()
    expect(tab.page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert tab.page.evaluate(GROUND) != WHITE
    tab.page.reload()
    expect(tab.page.get_by_role("button", name="Theme: dark")).to_be_visible()
    assert tab.page.evaluate(GROUND) != WHITE


def test_nothing_moves_for_who_wants_no_motion(tabs: Tabs) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter((node) => {
        const { transitionDuration, animationName } = getComputedStyle(node);
        return transitionDuration.split(",").some((each) => parseFloat(each) > 0) || animationName !== "none";
    }).map((node) => node.outerHTML.slice(0, 80))"""
    assert tabs.open(viewport=PHONE).page.evaluate(moving) != []
    assert tabs.open(viewport=PHONE, reduced_motion="reduce").page.evaluate(moving) == []


def empty(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("hana", "vault")
    expect(tab.page.get_by_role("heading", name="This is #vault")).to_be_visible()
    return tab


def listed(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "ops-shared")
    tab.says("/eks", "EKS clusters")
    tab.says(CONNECT_WEB, "Connected")
    tab.listed(f"/eks pods -c {WEB}")
    return tab


def form(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "app")
    tab.opens("/eks connect", "Connect to a cluster").get_by_text("AWS keys").click()
    expect(tab.page.get_by_label("Access key ID")).to_be_visible()
    return tab


def form_with_errors(world: World, tabs: Tabs) -> Tab:
    tab = form(world, tabs)
    tab.form("Connect to a cluster").get_by_role("button", name="Connect", exact=True).click()
    expect(tab.page.get_by_label("Access key ID")).to_have_attribute("aria-invalid", "true")
    return tab


def open_select(world: World, tabs: Tabs) -> Tab:
    tab = form(world, tabs)
    tab.page.get_by_role("combobox", name="Region").click()
    expect(tab.page.get_by_role("listbox")).to_be_visible()
    return tab


def any_form(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "app")
    App(world.playground.slack).opens(tab.person, everything())
    tab.form("Everything")
    return tab


def stacked(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "app")
    app = App(world.playground.slack)
    app.opens(tab.person, everything())
    app.pushes(tab.person, maintenance())
    tab.form("Maintenance")
    return tab


def home_tab(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "app")
    App(world.playground.slack).publishes(tab.person, home(2))
    tab.goes("Home tab", "home")
    expect(tab.page.get_by_role("heading", name="Clusters")).to_be_visible()
    return tab


def inspector(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "app")
    tab.inspects()
    tab.says("/eks clusters --region us-east-1 --profile web-prod", "prod-web")
    for summary in ("Faults", "slash_commands", "eks:ListClusters"):
        tab.inspector.locator("summary", has_text=summary).first.click()
    return tab


def thread(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "ops-shared")
    message = tab.says(CONNECT_WEB, "Connected")
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    tab.page.get_by_role("complementary", name="Thread").get_by_role("textbox").press_sequentially("/")
    return tab


def phone(world: World, tabs: Tabs) -> Tab:
    tab = tabs.open("dev", "ops-shared", viewport=PHONE, has_touch=True, is_mobile=True)
    tab.page.get_by_role("button", name="Open the sidebar").tap()
    expect(tab.sidebar).to_be_in_viewport()
    return tab


@pytest.mark.parametrize(
    "state",
    [
        empty,
        listed,
        form,
        form_with_errors,
        open_select,
        any_form,
        stacked,
        home_tab,
        inspector,
        thread,
        phone,
    ],
    ids=lambda state: state.__name__,
)
def test_axe_finds_no_serious_fault_in_either_theme(
    world: World, tabs: Tabs, state: Callable[[World, Tabs], Tab]
) -> None:
    tab = state(world, tabs)
    for theme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=theme)
        found = Axe().run(tab.page)
        bad = [each for each in found.response["violations"] if each["impact"] in ("serious", "critical")]
        said = [
            (each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]]) for each in bad
        ]
        assert said == [], theme
