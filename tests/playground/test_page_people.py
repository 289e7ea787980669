"""What people do and see at the page, over its WebSocket, with an app of slack-bolt at the other end."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt import App

from playground.page import Page
from playground.slack import LocalSlack
from tests.playground.page_browser import Browser, tab
from tests.playground.slack_apps import (
    Json,
    actions,
    button,
    client_of,
    heard,
    modal,
    opened,
    option,
    plain,
    section,
    text_input,
)

MANIFEST = {
    "features": {
        "bot_user": {"display_name": "EKS"},
        "slash_commands": [{"command": "/eks", "description": "Clusters", "usage_hint": "pods | nodes"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "users:read"]}},
}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest=MANIFEST) as slack:
        yield slack


def post(slack: LocalSlack, *blocks: Json, text: str = "said") -> str:
    akme = slack.team("akme")
    sent = client_of(slack, akme).chat_postMessage(
        channel=akme.channel("ops").id, text=text, blocks=[*blocks]
    )
    return str(sent["ts"])


def place(browser: Browser, ts: str, block: str, action: str) -> Json:
    return {"channel": browser.channel("ops"), "ts": ts, "block": block, "action": action}


def test_a_tab_learns_of_workspaces_people_and_commands(page: Page) -> None:
    with tab(page.url) as browser:
        assert browser.hello["app"] == "EKS"
        assert browser.hello["commands"] == [
            {"command": "/eks", "description": "Clusters", "usage": "pods | nodes"}
        ]
        people = {team["name"]: [one["name"] for one in team["people"]] for team in browser.hello["teams"]}
        assert people == {"Akme": ["ada", "dev", "gus"], "Globex": ["hana", "leo", "mia"]}
        assert browser.ask("types", channel="C1", text="hi")["error"] == "nobody is chosen"


def test_switching_the_person_shows_their_channels_only(browser: Browser) -> None:
    def names() -> list[str]:
        return [each["name"] for each in browser.frame["channels"] if not each["direct"]]

    assert names() == ["ops", "payments", "secrets", "ops-shared"]
    browser.be("gus")
    assert names() == ["ops"]
    browser.be("hana")
    assert names() == ["platform", "vault", "ops-shared"]


def test_what_one_types_the_others_see_at_once(page: Page, browser: Browser) -> None:
    with tab(page.url, "dev") as dev, tab(page.url, "hana") as hana:
        browser.does("types", channel=browser.channel("ops"), text="morning <b>")
        dev.until(lambda: dev.texts("ops") == ["morning &lt;b&gt;"])
        browser.does("types", channel=browser.channel("ops-shared"), text="to both")
        hana.until(lambda: hana.texts("ops-shared") == ["to both"])
        assert not any("morning" in raw for raw in hana.raw)


def test_an_ephemeral_answer_reaches_its_reader_only(page: Page, app: App, browser: Browser) -> None:
    @app.command("/eks")
    def answer(ack: Callable[..., None]) -> None:
        ack("for your eyes")

    with tab(page.url, "dev") as dev:
        assert browser.does("types", channel=browser.channel("ops"), text="/eks pods")["status"] == "acked"
        browser.until(lambda: browser.texts("ops") == ["for your eyes"])
        assert browser.seen("ops")[0]["ephemeral"] is True
        browser.does("types", channel=browser.channel("ops"), text="for all")
        dev.until(lambda: bool(dev.seen("ops")))
        assert dev.texts("ops") == ["for all"]
        assert not any("for your eyes" in raw for raw in dev.raw)


def test_a_command_that_nobody_answers_shows_slacks_error(slack: LocalSlack, browser: Browser) -> None:
    slack.request_url = "http://127.0.0.1:9/"
    assert browser.does("types", channel=browser.channel("ops"), text="/eks")["status"] == "error"
    browser.until(lambda: browser.texts("ops") == ["/eks failed with the error “dispatch_failed”"])


def test_a_message_is_updated_in_place_and_vanishes(slack: LocalSlack, browser: Browser) -> None:
    akme = slack.team("akme")
    client, ops = client_of(slack, akme), akme.channel("ops").id
    ts = post(slack, section("one"), text="one")
    browser.until(lambda: browser.texts("ops") == ["one"])
    client.chat_update(channel=ops, ts=ts, text="two", blocks=[section("two")])
    browser.until(lambda: browser.texts("ops") == ["two"])
    assert (browser.seen("ops")[0]["ts"], browser.seen("ops")[0]["edited"]) == (ts, True)
    client.chat_delete(channel=ops, ts=ts)
    browser.until(lambda: browser.seen("ops") == [])


def test_a_click_and_a_pick_reach_the_app_with_what_is_meant(
    slack: LocalSlack, app: App, browser: Browser
) -> None:
    pressed, chosen = heard(app.action("press")), heard(app.action("choose"))
    select = {
        "type": "static_select",
        "action_id": "choose",
        "placeholder": plain("?"),
        "options": [option("a"), option("b")],
    }
    ts = post(
        slack,
        actions(button("press", value="1"), block_id="first"),
        actions(button("press", value="2"), select, block_id="second"),
    )
    browser.until(lambda: bool(browser.seen("ops")))
    assert browser.does("clicks", **place(browser, ts, "second", "press"))["status"] == "acked"
    assert pressed[0]["actions"][0]["value"] == "2"
    browser.does("picks", **place(browser, ts, "second", "choose"), value="b")
    assert chosen[0]["actions"][0]["selected_option"]["value"] == "b"
    browser.until(
        lambda: browser.seen("ops")[0]["state"]["second"]["choose"]["selected_option"] == option("b")
    )
    refused = browser.ask("picks", **place(browser, ts, "second", "choose"), value="c")
    assert refused["error"] == "choose does not offer ['c'], only ['a', 'b']"


def test_an_external_select_offers_what_the_app_suggests(
    slack: LocalSlack, app: App, browser: Browser
) -> None:
    @app.options("cluster")
    def suggest(ack: Callable[..., None], payload: Json) -> None:
        ack(options=[option(f"{payload['value']}-{each}") for each in ("prod", "dev")])

    select = {"type": "external_select", "action_id": "cluster", "min_query_length": 0}
    ts = post(slack, actions(select, block_id="b"))
    browser.until(lambda: bool(browser.seen("ops")))
    offered = browser.does("suggestions", **place(browser, ts, "b", "cluster"), typed="pay")
    assert offered == {"status": "acked", "groups": [{"options": [option("pay-prod"), option("pay-dev")]}]}


def test_a_modal_keeps_what_is_typed_through_errors_and_updates(
    slack: LocalSlack, app: App, browser: Browser
) -> None:
    submitted: list[Json] = []

    @app.view("form")
    def submit(ack: Callable[..., None], view: Json) -> None:
        submitted.append(view["state"]["values"])
        if len(submitted) == 1:
            ack(response_action="errors", errors={"name": "No such cluster."})
        else:
            ack()

    form = modal(text_input("type", "name"), text_input("type", "more", optional=True), callback_id="form")
    view = opened(slack, form | {"private_metadata": "app's own"})
    browser.until(lambda: len(browser.views) == 1)
    assert "app's own" not in json.dumps(browser.views)

    browser.does("submits", view=view.id)
    browser.until(lambda: browser.views[0]["errors"] == {"name": "Please complete this required field."})
    assert submitted == []

    typed = [["name", "type", "prod"], ["more", "type", "other"], ["gone", "type", "x"]]
    browser.does("submits", view=view.id, typed_in=typed)
    browser.until(lambda: browser.views[0]["errors"] == {"name": "No such cluster."})
    assert [submitted[0][block]["type"]["value"] for block in ("name", "more")] == ["prod", "other"]

    client_of(slack, slack.team("akme")).views_update(view_id=view.id, view=form | {"title": plain("Again")})
    browser.until(lambda: browser.views[0]["title"] == "Again")
    assert browser.views[0]["state"]["name"]["type"]["value"] == "prod"
    browser.does("submits", view=view.id)
    browser.until(lambda: browser.views == [])


def test_inputs_that_tell_at_once_and_a_stack_that_is_closed(
    slack: LocalSlack, app: App, browser: Browser
) -> None:
    told = heard(app.action("type"))
    form = modal(text_input("type", "a", dispatch_action=True), text_input("type", "b"))
    view = opened(slack, form)
    where = {"view": view.id, "block": "a", "action": "type", "typed_in": [["b", "type", "beside"]]}
    browser.does("fills", **where, text="now")
    assert told[0]["actions"][0]["value"] == "now"
    assert told[0]["view"]["state"]["values"]["b"]["type"]["value"] == "beside"
    client_of(slack, slack.team("akme")).views_push(trigger_id=told[0]["trigger_id"], view=form)
    browser.until(lambda: len(browser.views) == 2)
    browser.does("closes", view=browser.views[1]["id"], everything=True)
    browser.until(lambda: browser.views == [])


def test_the_home_tab_is_each_persons_own(slack: LocalSlack, page: Page, browser: Browser) -> None:
    akme = slack.team("akme")
    home = {"type": "home", "blocks": [section("for ada")]}
    client_of(slack, akme).views_publish(user_id=akme.person("ada").id, view=home)
    browser.until(lambda: browser.home is not None and browser.home["blocks"][0]["text"]["text"] == "for ada")
    with tab(page.url, "dev") as dev:
        dev.does("opens_home")
        assert dev.home is None
        refused = dev.ask("clicks", view=(browser.home or {})["id"], block="b", action="a")
        assert refused["error"] == "that view is not open any more"


def test_nobody_touches_what_they_do_not_see(slack: LocalSlack, browser: Browser) -> None:
    secrets = browser.channel("secrets")
    browser.does("types", channel=secrets, text="hush")
    browser.until(lambda: bool(browser.seen("secrets")))
    ts = browser.seen("secrets")[0]["ts"]
    browser.be("dev")
    assert not browser.ask("types", channel=secrets, text="hi")["ok"]
    assert not browser.ask("clicks", channel=secrets, ts=ts, block="b", action="a")["ok"]
    assert [message.text for message in slack.team("akme").person("ada").sees("secrets")] == ["hush"]


@pytest.mark.parametrize(
    "ask",
    [
        {"do": None},
        {"do": "nothing", "channel": "ops", "ts": "1", "block": "", "action": ""},
        {"do": "be", "person": "U0"},
        {"do": "be", "person": ["U0"]},
        {"do": "types", "channel": "ops"},
        {"do": "types", "channel": "nowhere", "text": "hi"},
        {"do": "types", "channel": "ops", "text": "x" * 12_001},
        {"do": "clicks", "channel": "ops", "ts": "0", "block": "b", "action": "a"},
        {"do": "clicks", "view": "V0", "block": "b", "action": "a"},
        {"do": "submits", "view": 7},
        {"do": "fault", "name": "no-such", "cluster": "", "on": True},
        {"do": "fault", "name": "aws-denies", "cluster": "arn", "on": True},
    ],
)
def test_a_malformed_ask_gets_a_sentence_and_the_tab_goes_on(browser: Browser, ask: dict[str, Any]) -> None:
    refused = browser.ask(**ask)
    assert refused["ok"] is False
    assert refused["error"]
    browser.does("types", channel=browser.channel("ops"), text="still here")


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 50_000, '"do"'])
def test_what_is_no_object_gets_a_sentence_too(browser: Browser, text: str) -> None:
    assert browser.says(text, None)["ok"] is False
    browser.does("types", channel=browser.channel("ops"), text="still here")
