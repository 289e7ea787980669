"""Threads: what people and the app say in them, and what conversations.replies gives; and messages put away."""

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import bolt_app, error_of, heard, over_http, refusal

SCOPES = ["chat:write", "channels:history", "im:history"]


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest={"oauth_config": {"scopes": {"bot": SCOPES}}}) as slack:
        yield slack


@pytest.fixture
def thread(slack: LocalSlack, client: WebClient, ada: Person) -> str:
    """The ts of a message of ada's with an answer of the bot's, one of dev's, and one for ada alone."""
    akme = slack.team("akme")
    channel = akme.channel("ops").id
    ada.types("ops", "cart is down")
    root = ada.sees("ops")[0].ts
    client.chat_postMessage(channel=channel, text="looking", thread_ts=root)
    akme.person("dev").types("ops", "me too", thread=root)
    client.chat_postEphemeral(channel=channel, user=ada.id, text="psst", thread_ts=root)
    return root


def test_a_thread_holds_its_root_and_the_answers(
    slack: LocalSlack, client: WebClient, ada: Person, thread: str
) -> None:
    akme = slack.team("akme")
    client.chat_postMessage(channel="#ops", text="something else")
    answer = client.conversations_replies(channel=akme.channel("ops").id, ts=thread)
    assert [message["text"] for message in answer["messages"]] == ["cart is down", "looking", "me too"]
    assert {message["thread_ts"] for message in answer["messages"]} == {thread}
    root, first, last = answer["messages"]
    assert (root["reply_count"], root["reply_users_count"], root["latest_reply"]) == (2, 2, last["ts"])
    assert set(root["reply_users"]) == {akme.bot_user_id, akme.person("dev").id}
    assert "reply_count" not in first
    assert answer["has_more"] is False
    # The ts of an answer means its thread as well.
    again = client.conversations_replies(channel=akme.channel("ops").id, ts=last["ts"])
    assert [message["ts"] for message in again["messages"]] == [thread, first["ts"], last["ts"]]
    assert [(message.text, message.thread_ts) for message in ada.sees("ops")][1:4] == [
        ("looking", thread),
        ("me too", thread),
        ("psst", thread),
    ]


def test_a_thread_comes_in_pages(slack: LocalSlack, client: WebClient, thread: str) -> None:
    channel = slack.team("akme").channel("ops").id
    first = client.conversations_replies(channel=channel, ts=thread, limit=2)
    assert (len(first["messages"]), first["has_more"]) == (2, True)
    cursor = first["response_metadata"]["next_cursor"]
    rest = client.conversations_replies(channel=channel, ts=thread, limit=2, cursor=cursor)
    assert ([message["text"] for message in rest["messages"]], rest["has_more"]) == (["me too"], False)


def test_a_message_without_answers_is_alone(client: WebClient, slack: LocalSlack) -> None:
    posted = client.chat_postMessage(channel="#ops", text="x")
    (message,) = client.conversations_replies(channel=posted["channel"], ts=posted["ts"])["messages"]
    assert "thread_ts" not in message


def test_what_is_no_thread(slack: LocalSlack, client: WebClient, ada: Person, thread: str) -> None:
    akme = slack.team("akme")
    channel = akme.channel("ops").id
    hidden = next(message.ts for message in ada.sees("ops") if message.ephemeral)
    for ts in ("1.000001", hidden):
        assert error_of(client.conversations_replies, channel=channel, ts=ts) == "thread_not_found"
    client.chat_delete(channel=channel, ts=client.chat_postMessage(channel=channel, text="x")["ts"])
    ada.types("payments", "x")
    theirs = {"channel": akme.channel("payments").id, "ts": ada.sees("payments")[0].ts}
    assert error_of(client.conversations_replies, **theirs) == "not_in_channel"
    akme.channel("secrets").is_member = True
    ada.types("secrets", "x")
    theirs = {"channel": akme.channel("secrets").id, "ts": ada.sees("secrets")[0].ts}
    answer = refusal(client.conversations_replies, **theirs)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")


def test_a_deleted_answer_is_gone(slack: LocalSlack, client: WebClient, thread: str) -> None:
    channel = slack.team("akme").channel("ops").id
    answer = client.chat_postMessage(channel=channel, text="wrong", thread_ts=thread)["ts"]
    client.chat_delete(channel=channel, ts=answer)
    texts = [each["text"] for each in client.conversations_replies(channel=channel, ts=thread)["messages"]]
    assert texts == ["cart is down", "looking", "me too"]


def test_a_command_does_not_work_in_a_thread() -> None:
    with LocalSlack.start() as slack:
        app: App = bolt_app(slack)
        bodies = heard(app.command("/eks"))
        ada = slack.team("akme").person("ada")
        ada.types("ops", "root")
        root = ada.sees("ops")[0].ts
        with over_http(slack, app):
            assert ada.types("ops", "/eks pods", thread=root).status == "local"
        assert bodies == []
        told = ada.sees("ops")[-1]
        assert (told.text, told.ephemeral, told.thread_ts) == (
            "/eks is not supported in threads. Sorry!",
            True,
            root,
        )


def test_who_reads_an_ephemeral_message_can_put_it_away(
    slack: LocalSlack, client: WebClient, ada: Person, thread: str
) -> None:
    mine = ada.sees("ops")[-1]
    with pytest.raises(AssertionError, match="dev can dismiss only what nobody else sees"):
        slack.team("akme").person("dev").dismisses(mine)
    with pytest.raises(AssertionError, match="ada can dismiss only what nobody else sees"):
        ada.dismisses(ada.sees("ops")[1])
    ada.dismisses(mine)
    assert "psst" not in [message.text for message in ada.sees("ops")]
    # The app is not told.
    assert [entry for entry in slack.log if entry.direction == "out"] == []


def test_a_click_in_a_thread_says_which(
    slack: LocalSlack, client: WebClient, ada: Person, thread: str
) -> None:
    app = bolt_app(slack)
    bodies = heard(app.block_action("go"))
    channel = slack.team("akme").channel("ops").id
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    client.chat_postEphemeral(channel=channel, user=ada.id, text="x", blocks=blocks, thread_ts=thread)
    client.chat_postMessage(channel=channel, text="y", blocks=blocks)
    inside, outside = ada.sees("ops")[-2:]
    with over_http(slack, app):
        ada.clicks(inside, "go")
        ada.clicks(outside, "go")
    assert [body["container"].get("thread_ts") for body in bodies] == [thread, None]
