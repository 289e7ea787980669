"""The same tour without a mouse: everything is reached, the focus is always seen, and it comes back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.tab import CONNECT_WEB, PAYMENTS, PODS, WEB, Tab, Tabs, column

# An outline or a ring around what has the focus; the composer's is around its box.
RING = """() => {
    const at = document.activeElement.closest(".composer-box") ?? document.activeElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
}"""
NAME = """() => {
    const at = document.activeElement;
    return at === document.body ? "" : (at.getAttribute("aria-label") || at.placeholder || at.textContent).trim();
}"""


def press(tab: Tab, *keys: str) -> None:
    """Presses keys one after the other; whatever has the focus then shows it."""
    for key in keys:
        tab.page.keyboard.press(key)
    assert tab.page.evaluate(RING), f"nothing shows the focus on {tab.page.evaluate(NAME)}"


def walk(tab: Tab, to: Locator, key: str = "Shift+Tab", most: int = 60) -> None:
    """Presses the key until `to` has the focus."""
    for _ in range(most):
        press(tab, key)
        if to.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{most} times {key} did not lead to {to}")


def test_every_control_is_reached_and_shows_its_focus(tabs: Tabs) -> None:
    tab = tabs.open(place="secrets")
    tab.says(CONNECT_WEB, "Connected")
    tab.listed(f"/eks nodes -c {WEB}")
    met: list[str] = []
    for _ in range(120):
        tab.page.keyboard.press("Tab")
        # After the last control comes the browser's own window, then the first control.
        if name := tab.page.evaluate(NAME):
            assert tab.page.evaluate(RING), f"nothing shows the focus on {name}"
            met.append(name)
        if len(met) > 1 and name == met[0]:
            break
    else:
        pytest.fail(f"Tab does not come round: {met}")
    for wanted in (
        "Akme",
        "Globex",
        "payments",
        "Home tab",
        "Theme: auto",
        "Inspector",
        "Messages",
        "STATUS",
    ):
        assert any(wanted in name for name in met), (wanted, met)
    assert {"Refresh", "pods", "Message #secrets", "Skip to the message field"} <= set(met)


def test_the_tour_by_keyboard(tabs: Tabs) -> None:
    tab = tabs.open(place="secrets")
    keyboard = tab.page.keyboard
    offers = tab.page.get_by_role("listbox", name="Commands")
    expect(tab.composer).to_be_focused()

    # The offers close with Escape, and Tab takes one.
    keyboard.type("/")
    expect(offers).to_be_visible()
    press(tab, "Escape")
    expect(offers).to_be_hidden()
    keyboard.type("e")
    expect(offers).to_be_visible()
    press(tab, "Tab")
    expect(tab.composer).to_have_value("/eks ")
    keyboard.type("connect")
    press(tab, "Enter")

    # The form.
    form = tab.form("Connect to a cluster")
    region = form.get_by_role("combobox", name="Region")
    expect(region).to_be_focused()
    keyboard.type("eu-west")
    press(tab, "ArrowDown", "ArrowUp", "Enter")
    expect(region).to_have_value(re.compile("^eu-west-1 "))
    press(tab, "Tab")
    expect(form.get_by_role("radio", name="a profile")).to_be_focused()
    press(tab, "ArrowDown")
    expect(form.get_by_label("Access key ID")).to_be_visible()
    expect(form.get_by_role("radio", name="AWS keys")).to_be_focused()
    press(tab, "ArrowUp")
    profile = form.get_by_role("combobox", name="Profile")
    expect(profile).to_be_visible()
    press(tab, "Tab")
    expect(profile).to_be_focused()
    # Escape closes the list, not the form.
    press(tab, "ArrowDown")
    expect(profile).to_have_attribute("aria-expanded", "true")
    press(tab, "Escape")
    expect(profile).to_have_attribute("aria-expanded", "false")
    expect(form).to_be_visible()
    keyboard.type("payments-prod")
    press(tab, "Enter")
    expect(profile).to_have_value("payments-prod")
    cluster = form.get_by_role("combobox", name="Cluster")
    press(tab, "Tab", "ArrowDown")
    expect(cluster).to_be_focused()
    offered = form.get_by_role("option").filter(has_text="prod-payments").first
    tab.offered(offered, lambda: press(tab, "Escape", "ArrowDown"))
    press(tab, "Enter")
    expect(cluster).to_have_value(re.compile("^prod-payments"))
    walk(tab, form.get_by_role("button", name="Connect", exact=True), "Tab", most=3)
    press(tab, "Enter")
    done = tab.form("Connected")
    expect(done).to_contain_text(PAYMENTS)
    press(tab, "Escape")
    expect(done).to_be_hidden()
    expect(tab.composer).to_be_focused()

    # The list.
    answers = tab.new()
    keyboard.type(PODS)
    press(tab, "Enter")
    message = tab.tabled(answers)
    following = message.get_by_role("button", name="Next rows")
    walk(tab, following)
    press(tab, "Enter")
    expect(message.get_by_role("status")).to_have_text("11–20 of 80 rows")
    expect(following).to_be_focused()
    header = message.get_by_role("columnheader", name="NAMESPACE")
    walk(tab, header.get_by_role("button"))
    press(tab, "Space")
    expect(header).to_have_attribute("aria-sort", "ascending")
    assert column(message, "NAMESPACE") == sorted(column(message, "NAMESPACE"))
    walk(tab, message.get_by_role("searchbox"))
    keyboard.type("payouts")
    expect(message.get_by_role("status")).to_contain_text("that match, 80 in all")

    # A message that is drawn anew keeps the focus, the order and the filter.
    refresh = message.get_by_role("button", name="Refresh")
    walk(tab, refresh, "Tab")
    before = message.locator("time").first.get_attribute("title")
    press(tab, "Enter")
    expect(message).not_to_contain_text("Listing")
    expect(message.locator("[aria-busy]")).to_have_count(0)
    expect(refresh).to_be_focused()
    assert before
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(message.get_by_role("searchbox")).to_have_value("payouts")

    # Letting go.
    walk(tab, tab.composer, "Tab")
    keyboard.type(f"/eks disconnect -c {PAYMENTS}")
    answers = tab.new()
    press(tab, "Enter")
    asked = tab.shown(answers, "for everybody in this workspace?")
    walk(tab, asked.get_by_role("button", name="Disconnect"))
    press(tab, "Enter")
    tab.shown(answers, "Disconnected")


def test_what_was_sent_comes_back_with_the_arrow_and_a_draft_stays_in_its_channel(tabs: Tabs) -> None:
    tab = tabs.open(place="secrets")
    tab.says("/eks help pods", "--namespace")
    press(tab, "ArrowUp")
    expect(tab.composer).to_have_value("/eks help pods")
    press(tab, "ArrowDown")
    expect(tab.composer).to_have_value("")
    tab.page.keyboard.type("half a line")
    tab.goes("payments", "payments")
    expect(tab.composer).to_have_value("")
    tab.goes("secrets", "secrets")
    expect(tab.composer).to_have_value("half a line")
