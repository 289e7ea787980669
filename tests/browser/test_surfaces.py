"""What the page draws for any app: Home tabs, stacked modals, dates and numbers, questions before a deed."""

import re

from playwright.sync_api import expect

from tests.browser.app import App
from tests.browser.conftest import World
from tests.browser.samples import everything, field, home, maintenance, modal, plain
from tests.browser.tab import Tabs

# What the bot itself publishes when somebody opens the tab: once, for a person who may see no cluster.
OWN = "What you may do"


def _unpublish(world: World, name: str) -> None:
    """Before a page is told of it: what another test published would look as if the bot had heard already."""
    slack = world.playground.slack
    for person in (each for team in slack.teams for each in team.people if each.name == name):
        slack.world.homes.pop(person.id, None)


def test_a_home_tab_is_empty_until_published_and_changes_in_place(world: World, tabs: Tabs) -> None:
    app = App(world.playground.slack)
    # While Slack is slow the bot has published nothing yet.
    world.playground.slack.faults.slow("views.publish", 5.0)
    _unpublish(world, "mia")
    tab = tabs.open("mia", "platform")
    tab.goes("Home tab", "home")
    shown = tab.page.locator("#home")
    expect(shown).to_contain_text("has published no Home tab for mia")
    world.playground.slack.faults.clear()
    expect(shown).to_contain_text(OWN)
    app.publishes(tab.person, home(3))
    expect(shown).to_contain_text("3 of them are healthy")
    expect(shown.get_by_role("heading", name="Clusters")).to_be_visible()
    button = shown.get_by_role("button", name="Restart all")
    button.focus()
    app.publishes(tab.person, home(4))
    expect(shown).to_contain_text("4 of them are healthy")
    expect(button).to_be_focused()
    tab.page.reload()
    # It is opened again, which the bot hears.
    expect(shown).to_contain_text(OWN)


def test_a_button_that_asks_first_does_nothing_until_confirmed(world: World, tabs: Tabs) -> None:
    app = App(world.playground.slack)
    _unpublish(world, "mia")
    tab = tabs.open("mia", "platform")
    tab.goes("Home tab", "home")
    expect(tab.page.locator("#home")).to_contain_text(OWN)
    app.publishes(tab.person, home(5))
    button = tab.page.get_by_role("button", name="Restart all")
    before = len(world.playground.slack.log)
    for leave in ("Not now", "Escape"):
        button.click()
        question = tab.form("Really?")
        expect(question).to_contain_text("Everything stops for a while.")
        if leave == "Escape":
            tab.page.keyboard.press("Escape")
        else:
            question.get_by_role("button", name=leave).click()
        expect(question).to_be_hidden()
        expect(button).to_be_focused()
    sent = [entry for entry in world.playground.slack.log[before:] if entry.kind == "interactive"]
    assert sent == []
    button.click()
    tab.form("Really?").get_by_role("button", name="Restart", exact=True).click()
    expect(tab.act("pressed restart")).to_contain_text("ack")
    told = app.told("block_actions")
    assert told["actions"][0]["action_id"] == "restart"
    assert told["view"]["type"] == "home"
    assert told["user"]["id"] == tab.person.id


def test_modals_stack_and_what_was_typed_below_stays(world: World, tabs: Tabs) -> None:
    app = App(world.playground.slack)
    tab = tabs.open("leo", "platform")
    app.opens(tab.person, maintenance())
    below = tab.form("Maintenance")
    below.get_by_label("Nodes").fill("7")
    app.pushes(tab.person, modal("Details", field("words", "Words", {"type": "plain_text_input"})))
    above = tab.form("Details")
    above.get_by_label("Words").fill("gone with this one")
    above.get_by_role("button", name="Back").click()
    expect(tab.form("Maintenance").get_by_label("Nodes")).to_have_value("7")
    app.pushes(tab.person, modal("Details", field("words", "Words", {"type": "plain_text_input"})))
    above = tab.form("Details")
    expect(above.get_by_label("Words")).to_have_value("")
    # The app changes the one on top, and what is typed there stays.
    above.get_by_label("Words").fill("half a sen")
    app.updates(
        tab.person,
        modal(
            "Details",
            {"type": "section", "text": plain("Nearly there")},
            field("words", "Words", {"type": "plain_text_input"}),
        ),
    )
    expect(above).to_contain_text("Nearly there")
    expect(above.get_by_label("Words")).to_have_value("half a sen")
    expect(above.get_by_label("Words")).to_be_focused()
    above.get_by_role("button", name="Close all").click()
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert tab.person.view is None


def test_days_hours_moments_and_numbers_are_sent_as_slack_sends_them(world: World, tabs: Tabs) -> None:
    app = App(world.playground.slack)
    tab = tabs.open("leo", "platform", timezone_id="America/Los_Angeles")
    app.opens(tab.person, maintenance())
    form = tab.form("Maintenance")
    expect(form.get_by_label("Day")).to_have_value("2030-01-31")
    expect(form.get_by_label("Hour")).to_have_value("09:30")
    form.get_by_label("Day").fill("2031-12-24")
    form.get_by_label("Hour").fill("23:05")
    form.get_by_label("Not before").fill("2031-06-01T12:00")
    form.get_by_label("Nodes").fill("13")
    form.get_by_role("button", name="Save").click()
    # Slack's own check, at its field.
    expect(form.get_by_label("Nodes")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Nodes")).to_be_focused()
    form.get_by_label("Nodes").fill("12")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    state = app.told("view_submission")["view"]["state"]["values"]
    assert state["day"]["day"]["selected_date"] == "2031-12-24"
    assert state["hour"]["hour"]["selected_time"] == "23:05"
    assert state["moment"]["moment"]["selected_date_time"] == 1938106800
    assert state["nodes"]["nodes"]["value"] == "12"


def test_several_are_chosen_and_taken_back(world: World, tabs: Tabs) -> None:
    app = App(world.playground.slack)
    tab = tabs.open("leo", "platform")
    app.opens(tab.person, everything())
    form = tab.form("Everything")
    many = form.get_by_role("combobox", name="Many")
    expect(form.get_by_role("button", name="Remove blue")).to_be_visible()
    many.click()
    form.get_by_role("option", name=re.compile("rather long")).click()
    expect(form.get_by_role("button", name=re.compile("^Remove a rather"))).to_be_visible()
    form.get_by_role("button", name="Remove blue").click()
    expect(form.get_by_role("button", name="Remove blue")).to_be_hidden()
    form.get_by_role("combobox", name="Who").press_sequentially("han")
    form.get_by_role("option", name="@hana").click()
    form.get_by_role("checkbox", name="green").check()
    assert tab.person.view

    def chosen() -> list[str]:
        assert tab.person.view
        values = tab.person.view.state["many"]["many"]["selected_options"]
        return [each["value"] for each in values]

    tab.person.wait_view(
        lambda view: view.state["boxes"]["boxes"]["selected_options"][-1]["value"] == "green"
    )
    assert chosen()[0] == "green"
    assert "blue" not in chosen()
