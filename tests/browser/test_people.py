"""Who sees what: workspaces, people, and what is only for one of them; live, and after a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import CONNECT_WEB, WEB, Tabs


def test_the_second_workspace_sees_nothing_of_the_first(tabs: Tabs) -> None:
    ada = tabs.open()
    ada.says(CONNECT_WEB, "Connected")
    # Across with the rail, as somebody with one browser would go.
    ada.page.get_by_role("button", name="Globex").click()
    expect(ada.sidebar.get_by_role("heading", level=2)).to_have_text("Globex")
    expect(ada.sidebar.get_by_role("button", name="Hana Sato")).to_have_attribute("aria-pressed", "true")
    expect(ada.entry("payments")).to_have_count(0)
    expect(ada.page.locator("#messages")).not_to_contain_text("prod-web")
    hana = tabs.open("hana", "platform")
    shown = hana.says("/eks connections", "his workspace")
    expect(shown).not_to_contain_text("prod-web")
    refused = hana.says(f"/eks pods -c {WEB}", "🔴")
    expect(refused).to_contain_text(WEB)
    expect(refused.get_by_role("table")).to_have_count(0)


def test_two_people_of_a_channel_see_each_other_live_but_not_what_is_for_one(tabs: Tabs) -> None:
    ada, dev = tabs.open("ada"), tabs.open("dev")
    # Times are those of who reads.
    expect(dev.sidebar.get_by_role("button", name="Devi Anand")).to_have_attribute("aria-pressed", "true")
    private, public = ada.new(), dev.new()
    menu = ada.says("/eks", "EKS clusters")
    expect(menu).to_contain_text("Only visible to you")
    ada.says(CONNECT_WEB, "Connected")
    dev.shown(public, "Connected")
    listed = ada.listed(f"/eks services -c {WEB}")
    dev.tabled(public)
    expect(listed).not_to_contain_text("Only visible to you")
    expect(private.filter(has_text="Only visible to you")).to_have_count(1)
    expect(public.filter(has_text="Only visible to you")).to_have_count(0)
    expect(public.filter(has_text="EKS clusters")).to_have_count(0)


def test_a_message_updates_in_place_for_everybody(tabs: Tabs) -> None:
    ada, dev = tabs.open("ada"), tabs.open("dev")
    ada.says(CONNECT_WEB, "Connected")
    public = dev.new()
    mine = ada.listed(f"/eks services -c {WEB}")
    theirs = dev.tabled(public)
    mine.get_by_role("button", name="deployments", exact=True).click()
    for message in (mine, theirs):
        expect(message.get_by_role("heading")).to_contain_text("deployments · prod-web")
        expect(message).to_contain_text("(edited)")
    expect(public).to_have_count(1)


def test_a_thread_opens_beside_the_channel_and_is_told_to_everybody_there(tabs: Tabs) -> None:
    ada, dev = tabs.open("ada"), tabs.open("dev")
    public = dev.new()
    message = ada.says(CONNECT_WEB, "Connected")
    theirs = dev.shown(public, "Connected")
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    reply = thread.get_by_role("textbox")
    expect(reply).to_be_focused()
    reply.fill("Looking into it")
    reply.press("Enter")
    expect(thread.get_by_role("article", name=re.compile("^ada"))).to_contain_text("Looking into it")
    expect(theirs.get_by_role("button", name=re.compile("1 reply"))).to_be_visible()
    expect(dev.page.locator("#messages")).not_to_contain_text("Looking into it")
    ada.page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    expect(message.get_by_role("button", name="Reply in thread")).to_be_focused()


def test_a_guest_gets_a_refusal_that_only_they_see(tabs: Tabs) -> None:
    gus, ada = tabs.open("gus"), tabs.open("ada")
    expect(gus.entry("payments")).to_have_count(0)
    others = ada.new()
    refused = gus.says("/eks pods", "Guests")
    expect(refused).to_contain_text("Only visible to you")
    ada.says("/eks help", "Only visible to you")
    expect(others.filter(has_text="Guests")).to_have_count(0)


def test_a_channel_that_is_not_open_counts_what_comes(tabs: Tabs) -> None:
    ada, dev = tabs.open("ada", "payments"), tabs.open("dev", "ops")
    entry = ada.entry("ops")
    before = int("0" + str(entry.locator(".count").text_content() if entry.locator(".count").count() else ""))
    dev.says(CONNECT_WEB, "Connected")
    expect(entry).to_have_accessible_name(f"ops {before + 1} new")
    entry.click()
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("ops")
    expect(entry).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize(
    ("name", "place", "heading"),
    [("payments", "payments", "payments"), ("EKS", "app", "EKS"), ("Home tab", "home", "EKS · Home")],
)
def test_a_reload_keeps_who_one_is_and_where(tabs: Tabs, name: str, place: str, heading: str) -> None:
    tab = tabs.open("ada")
    tab.sidebar.get_by_role("button", name="Devi Anand").click()
    expect(tab.sidebar.get_by_role("button", name="Devi Anand")).to_have_attribute("aria-pressed", "true")
    tab.goes(name, place)
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    tab.page.reload()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(tab.sidebar.get_by_role("button", name="Devi Anand")).to_have_attribute("aria-pressed", "true")


def test_a_direct_message_with_the_app_is_a_place_to_ask_too(tabs: Tabs) -> None:
    tab = tabs.open("dev", "app")
    expect(tab.composer).to_have_attribute("placeholder", "Message EKS")
    tab.says("/eks help connect", "--profile")
