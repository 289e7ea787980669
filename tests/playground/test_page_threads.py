"""Threads, ephemeral messages and files, as the page's tabs are told of them."""

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.page import Page
from playground.slack import LocalSlack
from tests.playground.page_browser import Browser, tab
from tests.playground.slack_apps import heard


@pytest.fixture
def ops(slack: LocalSlack) -> str:
    return slack.team("akme").channel("ops").id


@pytest.fixture
def parent(client: WebClient, browser: Browser, ops: str) -> str:
    """A message of the app that Ada sees."""
    ts = str(client.chat_postMessage(channel=ops, text="a list")["ts"])
    browser.until(lambda: browser.texts("ops") == ["a list"])
    return ts


def test_a_reply_belongs_to_its_thread_whoever_writes_it(
    page: Page, client: WebClient, browser: Browser, ops: str, parent: str
) -> None:
    client.chat_postMessage(channel=ops, text="from the app", thread_ts=parent)
    with tab(page.url, "dev") as dev:
        dev.does("types", channel=ops, text="from dev", thread=parent)
    browser.until(lambda: browser.texts("ops") == ["a list", "from the app", "from dev"])
    assert [each["thread_ts"] for each in browser.seen("ops")[1:]] == [parent, parent]
    # A reply to a reply is one to its thread.
    reply = browser.seen("ops")[1]["ts"]
    browser.does("types", channel=ops, text="more", thread=reply)
    browser.until(lambda: len(browser.seen("ops")) == 4)
    assert browser.seen("ops")[3]["thread_ts"] == parent


def test_a_command_in_a_thread_does_not_reach_the_app(
    app: App, browser: Browser, ops: str, parent: str
) -> None:
    told = heard(app.command("/eks"))
    browser.does("types", channel=ops, text="/eks pods", thread=parent)
    browser.until(lambda: len(browser.seen("ops")) == 2)
    said = browser.seen("ops")[1]
    assert said["text"] == "/eks is not supported in threads. Sorry!"
    assert (said["ephemeral"], said["thread_ts"]) == (True, parent)
    assert told == []


@pytest.mark.parametrize("thread", ["0", "", 7])
def test_a_thread_that_is_not_there_takes_no_reply(browser: Browser, ops: str, thread: object) -> None:
    assert not browser.ask("types", channel=ops, text="hi", thread=thread)["ok"]
    assert browser.texts("ops") == []


def test_an_ephemeral_message_goes_when_its_reader_dismisses_it(
    slack: LocalSlack, page: Page, client: WebClient, browser: Browser, ops: str
) -> None:
    akme = slack.team("akme")
    for name in ("ada", "dev"):
        client.chat_postEphemeral(channel=ops, user=akme.person(name).id, text=f"for {name}")
    browser.until(lambda: browser.texts("ops") == ["for ada"])
    browser.does("dismisses", channel=ops, ts=browser.seen("ops")[0]["ts"])
    browser.until(lambda: browser.texts("ops") == [])
    with tab(page.url, "dev") as dev:
        dev.until(lambda: dev.texts("ops") == ["for dev"])
        other = dev.seen("ops")[0]["ts"]
    assert browser.ask("dismisses", channel=ops, ts=other)["error"] == "that message is not there any more"


def test_what_others_see_cannot_be_dismissed(browser: Browser, ops: str, parent: str) -> None:
    refused = browser.ask("dismisses", channel=ops, ts=parent)
    assert refused["error"] == "ada can dismiss only what nobody else sees"
    assert browser.texts("ops") == ["a list"]
