"""Slash commands and their response_url, with Bolt at the other end over signed HTTP."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebhookClient

from playground.slack import LocalSlack, Message
from tests.playground.slack_apps import Json, actions, bolt_app, button, data_table, heard, over_http, section


def command_of(slack: LocalSlack, app: App, said: str = "/eks pods") -> Json:
    """The body Bolt got for a command that ada typed in #ops."""
    got = heard(app.command("/eks"))
    assert slack.team("akme").person("ada").types("ops", said).status == "acked"
    return got[0]


def texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


def test_a_command_is_a_form_of_strings(slack: LocalSlack, app: App) -> None:
    akme = slack.team("akme")
    command = command_of(slack, app, "/eks pods -n  kube-system ")
    assert command.pop("response_url").startswith(f"{slack.url}/commands/{akme.id}/")
    assert command.pop("trigger_id").count(".") == 2
    assert command.pop("token")
    assert command == {
        "team_id": akme.id,
        "team_domain": "akme",
        "channel_id": akme.channel("ops").id,
        "channel_name": "ops",
        "user_id": akme.person("ada").id,
        "user_name": "ada",
        "command": "/eks",
        "text": "pods -n  kube-system",
        "api_app_id": slack.world.app_id,
        "is_enterprise_install": "false",
    }


@pytest.mark.parametrize(
    ("typed", "got"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("see http://x.test/a?b", "see <http://x.test/a?b>"),
        ("example.com x", "<http://example.com|example.com> x"),
        ("prod-web.2 a.b", "prod-web.2 a.b"),
        ("@nobody me@work", "@nobody me@work"),
        ("—n “x”", "—n “x”"),
    ],
)
def test_text_is_escaped_as_with_should_escape(slack: LocalSlack, app: App, typed: str, got: str) -> None:
    assert command_of(slack, app, f"/eks {typed}")["text"] == got


def test_mentions_and_channels_come_with_their_ids(slack: LocalSlack, app: App) -> None:
    akme = slack.team("akme")
    text = command_of(slack, app, "/eks @dev #ops")["text"]
    assert text == f"<@{akme.person('dev').id}|dev> <#{akme.channel('ops').id}|ops>"


def test_a_manifest_decides_which_commands_there_are_and_how_they_are_escaped() -> None:
    commands = [{"command": "/eks", "should_escape": True}, {"command": "/raw"}]
    with LocalSlack.start(manifest={"features": {"slash_commands": commands}}) as slack:
        app = bolt_app(slack)
        app.command("/raw")(lambda ack, command: ack(command["text"]))
        app.command("/eks")(lambda ack, command: ack(command["text"]))
        ada = slack.team("akme").person("ada")
        with over_http(slack, app):
            assert ada.types("ops", "/none x").status == "local"
            ada.types("ops", "/raw a&b")
            ada.types("ops", "/eks a&b")
        unknown, raw, escaped = ada.sees("ops")
        assert "not a valid command" in unknown.text
        assert (unknown.user, unknown.ephemeral) == ("USLACKBOT", True)
        assert (raw.text, escaped.text) == ("a&b", "a&amp;b")


def test_a_private_channel_and_a_direct_message_have_slacks_names(slack: LocalSlack, app: App) -> None:
    bodies = heard(app.command("/eks"))
    ada = slack.team("akme").person("ada")
    ada.types("secrets", "/eks")
    ada.types(ada.dm, "/eks")
    assert [body["channel_name"] for body in bodies] == ["privategroup", "directmessage"]


def test_nobody_types_where_they_are_not(slack: LocalSlack) -> None:
    with pytest.raises(AssertionError, match="gus is not in #payments"):
        slack.team("akme").person("gus").types("payments", "/eks")


@pytest.mark.parametrize(
    ("answer", "ephemeral"),
    [
        ("plain text", True),
        ({"text": "plain text"}, True),
        ({"text": "plain text", "response_type": "ephemeral"}, True),
        ({"text": "plain text", "response_type": "in_channel"}, False),
    ],
)
def test_the_body_of_an_ack_is_a_message(slack: LocalSlack, app: App, answer: Any, ephemeral: bool) -> None:
    app.command("/eks")(lambda ack: ack(**answer) if isinstance(answer, dict) else ack(answer))
    akme = slack.team("akme")
    akme.person("ada").types("ops", "/eks")
    (message,) = akme.person("ada").sees("ops")
    assert (message.text, message.ephemeral) == ("plain text", ephemeral)
    assert len(akme.person("dev").sees("ops")) == (0 if ephemeral else 1)


def test_an_empty_ack_shows_nothing(slack: LocalSlack, app: App) -> None:
    command_of(slack, app)
    assert slack.team("akme").person("ada").sees("ops") == []


def test_no_ack_in_three_seconds_is_told_to_the_person_alone(slack: LocalSlack, app: App) -> None:
    """Slack's clock is put forward instead of waiting."""
    heard, done = threading.Event(), threading.Event()

    @app.command("/eks")
    def listen(ack: Callable[[], None]) -> None:
        heard.set()
        done.wait(10)
        ack()

    akme = slack.team("akme")
    ada = akme.person("ada")
    acks = []
    typing = threading.Thread(target=lambda: acks.append(ada.types("ops", "/eks")))
    typing.start()
    assert heard.wait(30)
    slack.later(3)
    typing.join(30)
    done.set()
    assert acks[0].status == "timeout"
    (message,) = ada.sees("ops")
    assert message.text == "/eks failed with the error “operation_timeout”"
    assert (message.user, message.ephemeral) == ("USLACKBOT", True)
    assert akme.person("dev").sees("ops") == []


def test_an_answer_that_is_no_200_or_nobody_there_is_dispatch_failed(slack: LocalSlack, app: App) -> None:
    ada = slack.team("akme").person("ada")
    ack = ada.types("ops", "/unknown")
    assert (ack.status, ack.http_status) == ("error", 404)
    slack.request_url = "http://127.0.0.1:1/slack/events"
    assert ada.types("ops", "/eks").status == "error"
    slack.request_url = None
    assert ada.types("ops", "/eks").status == "error"
    assert ["dispatch_failed" in text for text in texts(ada.sees("ops"))] == [True, True, True]


def test_what_breaks_after_the_ack_can_still_be_told(slack: LocalSlack, app: App) -> None:
    @app.command("/eks")
    def listen(ack: Callable[[], None]) -> None:
        ack()
        raise RuntimeError("no cluster")

    @app.error
    def tell(error: Exception, respond: Callable[[str], None]) -> None:
        respond(f"It broke: {error}")

    ada = slack.team("akme").person("ada")
    assert ada.types("ops", "/eks").status == "acked"
    assert ada.wait_for("ops", lambda message: message.text == "It broke: no cluster").ephemeral is True


def test_an_ack_with_blocks_slack_does_not_take(slack: LocalSlack, app: App) -> None:
    app.command("/eks")(lambda ack: ack(blocks=[section("x" * 3001)], text="x"))
    ada = slack.team("akme").person("ada")
    ada.types("ops", "/eks")
    assert "invalid_command_response" in ada.sees("ops")[0].text


# response_url


def webhook_of(slack: LocalSlack, app: App) -> WebhookClient:
    return WebhookClient(command_of(slack, app)["response_url"])


def test_a_response_url_works_five_times(slack: LocalSlack, app: App) -> None:
    webhook = webhook_of(slack, app)
    for number in range(5):
        answer = webhook.send(text=str(number))
        assert (answer.status_code, answer.body) == (200, "ok")
    answer = webhook.send(text="once too often")
    assert answer.status_code == 404
    assert "used_url" in answer.body
    assert texts(slack.team("akme").person("ada").sees("ops")) == ["0", "1", "2", "3", "4"]


def test_a_response_url_works_for_half_an_hour(slack: LocalSlack, app: App) -> None:
    webhook = webhook_of(slack, app)
    slack.later(1799)
    assert webhook.send(text="just so").status_code == 200
    slack.later(2)
    answer = webhook.send(text="too late")
    assert answer.status_code == 404
    assert "expired_url" in answer.body


def test_a_response_url_that_was_never_given(slack: LocalSlack) -> None:
    assert WebhookClient(f"{slack.url}/commands/T1/2/3").send(text="x").status_code == 404


def test_the_response_type_decides_who_sees_it_also_where_the_bot_is_no_member(
    slack: LocalSlack, app: App
) -> None:
    akme = slack.team("akme")
    ada, dev = akme.person("ada"), akme.person("dev")
    bodies = heard(app.command("/eks"))
    ada.types("payments", "/eks")
    webhook = WebhookClient(bodies[0]["response_url"])
    webhook.send(text="mine")
    webhook.send(text="ours", response_type="in_channel")
    assert texts(ada.sees("payments")) == ["mine", "ours"]
    assert texts(dev.sees("payments")) == ["ours"]


def test_a_commands_response_url_neither_replaces_nor_deletes(slack: LocalSlack, app: App) -> None:
    ada = slack.team("akme").person("ada")
    webhook = webhook_of(slack, app)
    webhook.send(text="one")
    webhook.send(text="two", replace_original=True)
    assert webhook.send(delete_original=True).status_code == 200
    assert texts(ada.sees("ops")) == ["one", "two"]


def clicked(slack: LocalSlack, app: App, response_type: str) -> tuple[Json, Message]:
    """The body of a click on a message with one button, and the message."""
    ada = slack.team("akme").person("ada")
    got = heard(app.action("press"))
    blocks = [section("first"), actions(button("press"))]
    webhook_of(slack, app).send(text="first", blocks=blocks, response_type=response_type)
    message = ada.wait_for("ops", lambda message: message.text == "first")
    assert ada.clicks(message, "press").status == "acked"
    return got[0], message


@pytest.mark.parametrize("response_type", ["ephemeral", "in_channel"])
def test_a_clicks_response_url_replaces_and_deletes_what_was_clicked(
    slack: LocalSlack, app: App, response_type: str
) -> None:
    ada = slack.team("akme").person("ada")
    body, message = clicked(slack, app, response_type)
    webhook = WebhookClient(body["response_url"])
    assert webhook.send(text="second", replace_original=True, response_type="in_channel").status_code == 200
    (replaced,) = ada.sees("ops")
    assert (replaced.ts, replaced.text, replaced.edited) == (message.ts, "second", True)
    # Whether a message is ephemeral never changes.
    assert replaced.ephemeral is (response_type == "ephemeral")
    webhook.send(text="third")
    assert [(each.text, each.ephemeral) for each in ada.sees("ops")] == [
        ("second", response_type == "ephemeral"),
        ("third", True),
    ]
    webhook.send(delete_original=True)
    assert texts(ada.sees("ops")) == ["third"]
    assert webhook.send(text="x", replace_original=True).status_code == 400


def test_bad_blocks_at_a_response_url_are_a_400_with_the_word(slack: LocalSlack, app: App) -> None:
    webhook = webhook_of(slack, app)
    answer = webhook.send(text="x", blocks=[{"type": "hologram"}])
    assert answer.status_code == 400
    assert "invalid_blocks" in answer.body
    slack.faults.refuse_block("data_table")
    answer = webhook.send(text="x", blocks=[data_table(["NAME"], ["cart"])])
    assert answer.status_code == 400
    assert slack.log[-1].faults == ["[ERROR] unsupported type: data_table [json-pointer:/blocks/0/type]"]
    assert webhook.send().status_code == 400
    assert slack.team("akme").person("ada").sees("ops") == []


def test_a_response_url_is_rate_limited_on_demand(slack: LocalSlack, app: App) -> None:
    webhook = webhook_of(slack, app)
    slack.faults.rate_limit("response_url", retry_after=2)
    answer = webhook.send(text="x")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert webhook.send(text="x").status_code == 200


def test_a_payload_can_come_twice(slack: LocalSlack, app: App) -> None:
    got = heard(app.command("/eks"))
    ada = slack.team("akme").person("ada")
    ada.types("ops", "/eks pods")
    (sent,) = [entry for entry in slack.log if entry.kind == "slash_commands"]
    assert sent.ack_seconds is not None
    assert 0 < sent.ack_seconds < 3
    assert ada.replays(sent).status == "acked"
    assert got[0] == got[1]


def test_sixty_commands_at_once(slack: LocalSlack, app: App) -> None:
    app.command("/eks")(lambda ack, command: ack(command["text"]))
    ada = slack.team("akme").person("ada")
    acks: list[str] = []
    threads = [
        threading.Thread(target=lambda number=number: acks.append(ada.types("ops", f"/eks {number}").status))
        for number in range(60)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert acks == ["acked"] * 60
    seen = ada.sees("ops")
    assert sorted(map(int, texts(seen))) == list(range(60))
    assert [message.ts for message in seen] == sorted({message.ts for message in seen})
