"""Messages of an app: where it may post, what it may change, and what Slack does not take."""

from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from tests.playground.slack_apps import client_of, data_table, refusal, section


def test_a_bot_posts_where_it_is_a_member(slack: LocalSlack, client: WebClient) -> None:
    akme = slack.team("akme")
    answer = client.chat_postMessage(channel="#ops", text="hello")
    assert answer["channel"] == akme.channel("ops").id
    assert answer["message"]["bot_id"] == akme.bot_id
    assert [message.text for message in akme.person("gus").sees("ops")] == ["hello"]
    assert (
        refusal(client.chat_postMessage, channel=akme.channel("payments").id, text="x")["error"]
        == "not_in_channel"
    )
    # A private channel the bot is not in does not exist for it.
    assert (
        refusal(client.chat_postMessage, channel=akme.channel("secrets").id, text="x")["error"]
        == "channel_not_found"
    )
    assert refusal(client.chat_postMessage, channel="#nowhere", text="x")["error"] == "channel_not_found"
    client.chat_postMessage(channel=akme.person("ada").id, text="only you")
    assert [message.text for message in akme.person("ada").sees(akme.person("ada").dm)] == ["only you"]


def test_chat_write_public_posts_into_any_public_channel() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "chat:write.public"]}}}
    with LocalSlack.start(manifest=manifest) as slack:
        client = client_of(slack, slack.team("akme"))
        assert client.chat_postMessage(channel="#payments", text="x")["ok"] is True
        assert refusal(client.chat_postMessage, channel="#secrets", text="x")["error"] == "channel_not_found"


def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_updated(
    slack: LocalSlack, client: WebClient
) -> None:
    akme = slack.team("akme")
    ada, dev, channel = akme.person("ada"), akme.person("dev"), akme.channel("ops").id
    ts = client.chat_postEphemeral(channel=channel, user=ada.id, text="psst")["message_ts"]
    assert [(message.text, message.ephemeral) for message in ada.sees("ops")] == [("psst", True)]
    assert dev.sees("ops") == []
    assert refusal(client.chat_update, channel=channel, ts=ts, text="x")["error"] == "message_not_found"
    assert refusal(client.chat_delete, channel=channel, ts=ts)["error"] == "message_not_found"
    hana = slack.team("globex").person("hana")
    assert (
        refusal(client.chat_postEphemeral, channel=channel, user=hana.id, text="x")["error"]
        == "user_not_in_channel"
    )
    payments = akme.channel("payments").id
    assert (
        refusal(client.chat_postEphemeral, channel=payments, user=ada.id, text="x")["error"]
        == "not_in_channel"
    )


def test_an_update_keeps_the_ts_and_the_blocks_that_are_not_given(
    slack: LocalSlack, client: WebClient
) -> None:
    ada, channel = slack.team("akme").person("ada"), slack.team("akme").channel("ops").id
    ts = client.chat_postMessage(channel=channel, text="one", blocks=[section("one")])["ts"]
    assert client.chat_update(channel=channel, ts=ts, text="two")["ts"] == ts
    (message,) = ada.sees("ops")
    assert (message.ts, message.text, message.edited) == (ts, "two", True)
    assert message.blocks[0]["text"]["text"] == "one"
    client.chat_update(channel=channel, ts=ts, text="three", blocks=[])
    assert ada.sees("ops")[0].blocks == []
    assert refusal(client.chat_update, channel=channel, ts=ts, text="x" * 4001)["error"] == "msg_too_long"
    assert (
        refusal(client.chat_update, channel=channel, ts="1.000001", text="x")["error"] == "message_not_found"
    )


def test_a_bot_changes_and_deletes_its_own_messages_only(slack: LocalSlack, client: WebClient) -> None:
    ada, channel = slack.team("akme").person("ada"), slack.team("akme").channel("ops").id
    ada.types("ops", "mine")
    theirs = ada.sees("ops")[0].ts
    assert refusal(client.chat_update, channel=channel, ts=theirs, text="x")["error"] == "cant_update_message"
    assert refusal(client.chat_delete, channel=channel, ts=theirs)["error"] == "cant_delete_message"
    ts = client.chat_postMessage(channel=channel, text="bot's")["ts"]
    client.chat_delete(channel=channel, ts=ts)
    assert [message.text for message in ada.sees("ops")] == ["mine"]
    assert refusal(client.chat_delete, channel=channel, ts=ts)["error"] == "message_not_found"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": "not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("x" * 2999) for _ in range(5)]}, "msg_blocks_too_long"),
    ],
)
@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
def test_messages_that_slack_does_not_take(
    slack: LocalSlack, client: WebClient, message: Any, error: str
) -> None:
    assert refusal(client.chat_postMessage, channel="#ops", **message)["error"] == error


def test_invalid_blocks_says_where_and_why(client: WebClient) -> None:
    blocks = [section("x" * 3001), {"type": "hologram"}]
    answer = refusal(client.chat_postMessage, channel="#ops", text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "[ERROR] unsupported type: hologram [json-pointer:/blocks/1/type]",
    ]
    assert answer["errors"][1] == "unsupported type: hologram [json-pointer:/blocks/1/type]"


def test_one_table_a_message(client: WebClient) -> None:
    table = data_table(["NAME"], ["cart"])
    assert client.chat_postMessage(channel="#ops", text="x", blocks=[table])["ok"] is True
    answer = refusal(client.chat_postMessage, channel="#ops", text="x", blocks=[table, table])
    assert answer["errors"] == ["only_one_table_allowed [json-pointer:/blocks/1]"]


def test_a_workspace_may_refuse_a_block(slack: LocalSlack, client: WebClient) -> None:
    akme, globex = slack.teams
    slack.faults.refuse_block("data_table", team=akme)
    table = data_table(["NAME"], ["cart"])
    answer = refusal(client.chat_postMessage, channel="#ops", text="x", blocks=[section("x"), table])
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["unsupported type: data_table [json-pointer:/blocks/1/type]"]
    assert (
        client_of(slack, globex).chat_postMessage(channel="#platform", text="x", blocks=[table])["ok"] is True
    )
    slack.faults.clear()
    assert client.chat_postMessage(channel="#ops", text="x", blocks=[table])["ok"] is True
