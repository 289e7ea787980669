"""Shortcuts, global and of a message, with Bolt at the other end over signed HTTP."""

from collections.abc import Callable, Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient, WebhookClient

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import Json, heard, modal, section, until

MANIFEST = {
    "features": {
        "slash_commands": [{"command": "/eks"}],
        "shortcuts": [
            {"name": "EKS", "type": "global", "callback_id": "open", "description": "Clusters"},
            {"name": "Look this up", "type": "message", "callback_id": "look", "description": "Names in it"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest=MANIFEST) as slack:
        yield slack


def test_a_global_shortcut_opens_a_modal(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies: list[Json] = []

    @app.global_shortcut("open")
    def listen(ack: Callable[[], None], body: Json, client: WebClient) -> None:
        ack()
        bodies.append(body)
        client.views_open(trigger_id=body["trigger_id"], view=modal(section("x")))

    assert ada.shortcut("open").status == "acked"
    assert ada.wait_view(lambda view: view.title == "Connect")
    (body,) = bodies
    assert float(body.pop("action_ts")) > 0
    assert body.pop("token")
    assert body.pop("trigger_id").count(".") == 2
    assert body == {
        "type": "shortcut",
        "callback_id": "open",
        "team": {"id": ada.team.id, "domain": "akme"},
        "user": {"id": ada.id, "username": "ada", "team_id": ada.team.id},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def test_a_message_shortcut_holds_the_message_of_whoever_wrote_it(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    bodies = heard(app.message_shortcut("look"))
    dev = slack.team("akme").person("dev")
    dev.types("payments", "what of cart-7d9 & co?")
    (message,) = ada.sees("payments")
    assert ada.message_shortcut(message, "look").status == "acked"
    (body,) = bodies
    assert (body["type"], body["callback_id"], body["message_ts"]) == ("message_action", "look", message.ts)
    assert body["user"] == {"id": ada.id, "username": "ada", "name": "ada", "team_id": ada.team.id}
    assert body["channel"] == {"id": message.channel_id, "name": "payments"}
    assert body["message"] == {
        "type": "message",
        "user": dev.id,
        "ts": message.ts,
        "text": "what of cart-7d9 &amp; co?",
    }
    # Its response_url answers where the bot is no member, to the person alone, and replaces nothing.
    assert body["response_url"].startswith(f"{slack.url}/app/")
    webhook = WebhookClient(body["response_url"])
    assert webhook.send(text="found", replace_original=True).status_code == 200
    assert [(each.text, each.ephemeral) for each in ada.sees("payments")] == [
        ("what of cart-7d9 &amp; co?", False),
        ("found", True),
    ]
    assert len(dev.sees("payments")) == 1


def test_the_apps_own_messages_have_a_menu_and_ephemeral_ones_have_none(
    slack: LocalSlack, app: App, ada: Person, client: WebClient
) -> None:
    bodies = heard(app.message_shortcut("look"))
    client.chat_postMessage(channel="#ops", text="pods", blocks=[section("pods")])
    ada.message_shortcut(ada.sees("ops")[0], "look")
    assert bodies[0]["message"]["blocks"][0]["text"]["text"] == "pods"
    client.chat_postEphemeral(channel=ada.team.channel("ops").id, user=ada.id, text="psst")
    with pytest.raises(AssertionError, match="an ephemeral message has no menu"):
        ada.message_shortcut(ada.sees("ops")[-1], "look")


def test_only_what_the_manifest_has_is_offered(slack: LocalSlack, ada: Person) -> None:
    ada.types("ops", "x")
    message = ada.sees("ops")[0]
    with pytest.raises(AssertionError, match=r"no global shortcut look here, only \['open'\]"):
        ada.shortcut("look")
    with pytest.raises(AssertionError, match=r"no message shortcut open here, only \['look'\]"):
        ada.message_shortcut(message, "open")
    assert slack.manifest
    assert [(each.name, each.kind) for each in slack.manifest.shortcuts] == [
        ("EKS", "global"),
        ("Look this up", "message"),
    ]
    slack.uninstall(ada.team)
    with pytest.raises(AssertionError, match=r"no global shortcut open here, only \[\]"):
        ada.shortcut("open")


def test_without_an_ack_the_shortcut_fails(slack: LocalSlack, app: App, ada: Person) -> None:
    assert (ada.shortcut("open").status, ada.shortcut("open").http_status) == ("error", 404)


def test_after_an_uninstall_there_is_no_command(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies = heard(app.command("/eks"))
    slack.uninstall(ada.team)
    assert ada.types("ops", "/eks").status == "local"
    assert "not a valid command" in ada.sees("ops")[-1].text
    slack.install(ada.team)
    ada.types("ops", "/eks")
    until(lambda: len(bodies) == 1)


WHERE = {
    "type": "input",
    "block_id": "where",
    "optional": True,
    "label": {"type": "plain_text", "text": "Where"},
    "element": {
        "type": "conversations_select",
        "action_id": "pick",
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    },
}


@pytest.mark.parametrize(
    ("looking_at", "picked", "answered"), [("payments", None, "payments"), ("payments", "ops", "ops")]
)
def test_a_modal_may_be_answered_in_the_conversation_that_was_chosen_in_it(
    slack: LocalSlack, app: App, ada: Person, looking_at: str, picked: str | None, answered: str
) -> None:
    bodies: list[Json] = []
    view = {**modal(WHERE), "submit": {"type": "plain_text", "text": "Ask"}, "callback_id": "asked"}

    @app.global_shortcut("open")
    def listen(ack: Callable[[], None], body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("asked")
    def sent(ack: Callable[[], None], body: Json) -> None:
        ack()
        bodies.append(body)

    ada.shortcut("open", looking_at)
    shown = ada.wait_view(lambda view: view.title == "Connect")
    assert shown.state["where"]["pick"]["selected_conversation"] == ada.team.channel(looking_at).id
    if picked:
        ada.picks(shown, "pick", ada.team.channel(picked).id)
    ada.submits(shown)
    (road,) = bodies[0]["response_urls"]
    assert (road["block_id"], road["action_id"]) == ("where", "pick")
    assert road["channel_id"] == ada.team.channel(answered).id
    assert WebhookClient(road["response_url"]).send(text="here").status_code == 200
    assert [(each.text, each.ephemeral) for each in ada.sees(answered)] == [("here", True)]


def test_without_a_conversation_a_modal_has_nowhere_to_answer(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    bodies: list[Json] = []
    view = {**modal(WHERE), "submit": {"type": "plain_text", "text": "Ask"}, "callback_id": "asked"}

    @app.global_shortcut("open")
    def listen(ack: Callable[[], None], body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("asked")
    def sent(ack: Callable[[], None], body: Json) -> None:
        ack()
        bodies.append(body)

    ada.shortcut("open", "ops")
    shown = ada.wait_view(lambda view: view.title == "Connect")
    ada.picks(shown, "pick", None)
    ada.submits(shown)
    assert bodies[0]["response_urls"] == []
