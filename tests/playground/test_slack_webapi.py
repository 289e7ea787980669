"""The Web API as slack_sdk's WebClient and plain HTTP see it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from playground.slack import LocalSlack
from playground.slack.webapi import METHODS
from tests.playground.slack_apps import client_of, data_table, section


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start() as slack:
        yield slack


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    return client_of(slack, slack.team("akme"))


def refusal(call: Any, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    return answer


def test_auth_test_tells_who_the_bot_is(slack: LocalSlack) -> None:
    for team in slack.teams:
        answer = client_of(slack, team).auth_test()
        assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (
            team.id,
            team.bot_user_id,
            team.bot_id,
        )
        assert answer.headers["x-oauth-scopes"] == "commands,chat:write,users:read"


@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
def test_arguments_come_in_every_encoding(slack: LocalSlack, encoding: str) -> None:
    team = slack.team("akme")
    blocks = [section("*hello*")]
    channel, encoded = team.channel("ops").id, json.dumps(blocks)
    encodings: dict[str, Any] = {
        "json": {"json": {"channel": channel, "blocks": blocks}},
        "form": {"data": {"channel": channel, "blocks": encoded}},
        "multipart": {"files": {"channel": (None, channel), "blocks": (None, encoded)}},
    }
    headers = {"Authorization": f"Bearer {team.bot_token}"}
    answer = requests.post(
        f"{slack.api_url}chat.postMessage", headers=headers, timeout=5, **encodings[encoding]
    )
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert team.person("ada").sees("ops")[0].blocks[0]["text"]["text"] == "*hello*"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"headers": {"Content-Type": "application/json"}, "data": "{"}, "invalid_json"),
        ({"json": []}, "json_not_object"),
        ({"headers": {"Content-Type": "text/yaml"}, "data": "a: b"}, "invalid_post_type"),
        ({}, "not_authed"),
        ({"headers": {"Authorization": "Bearer xoxb-not-one"}}, "invalid_auth"),
        ({"data": {"token": "xoxb-not-one"}}, "invalid_auth"),
    ],
)
def test_bad_requests_are_200_with_an_error_word(slack: LocalSlack, sent: Any, error: str) -> None:
    answer = requests.post(f"{slack.api_url}auth.test", timeout=5, **sent)
    assert answer.status_code == 200
    assert answer.json()["ok"] is False
    assert answer.json()["error"] == error


def test_a_method_that_is_none(client: WebClient) -> None:
    assert refusal(client.api_call, api_method="pods.list")["error"] == "unknown_method"


def test_an_app_token_opens_sockets_and_nothing_else(slack: LocalSlack, client: WebClient) -> None:
    app = WebClient(slack.app_token, base_url=slack.api_url)
    assert app.apps_connections_open(app_token=slack.app_token)["url"].startswith("ws://127.0.0.1:")
    assert refusal(app.auth_test)["error"] == "not_allowed_token_type"
    assert refusal(client.apps_connections_open, app_token=client.token)["error"] == "not_allowed_token_type"


def test_a_missing_scope_names_what_is_needed_and_what_there_is(client: WebClient) -> None:
    answer = refusal(client.team_info)
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "team:read"
    assert answer["provided"] == "commands,chat:write,users:read"
    assert refusal(client.conversations_list)["needed"] == "channels:read"


def test_scopes_come_from_the_manifest() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["team:read", "channels:read", "im:write", "im:read"]}}}
    with LocalSlack.start(manifest=manifest) as slack:
        akme = slack.team("akme")
        client = client_of(slack, akme)
        assert client.team_info()["team"]["domain"] == "akme"
        assert refusal(client.chat_postMessage, channel="#ops", text="x")["needed"] == "chat:write"
        names = [channel["name"] for channel in client.conversations_list()["channels"]]
        assert names == ["ops", "payments", "ops-shared"]
        assert client.conversations_info(channel=akme.channel("payments").id)["channel"]["is_member"] is False
        assert (
            refusal(client.conversations_info, channel=akme.channel("secrets").id)["error"]
            == "channel_not_found"
        )
        dm = client.conversations_open(users=akme.person("ada").id)["channel"]["id"]
        assert client.conversations_info(channel=dm)["channel"]["is_im"] is True
        members = client.conversations_members(channel=akme.channel("ops").id)["members"]
        assert set(members) == {akme.person(name).id for name in ("ada", "dev", "gus")} | {akme.bot_user_id}


def test_people_have_roles_and_time_zones_of_their_own(slack: LocalSlack, client: WebClient) -> None:
    akme = slack.team("akme")
    ada, dev, gus = (client.users_info(user=akme.person(name).id)["user"] for name in ("ada", "dev", "gus"))
    assert (ada["is_admin"], dev["is_admin"], gus["is_admin"]) == (True, False, False)
    assert (ada["is_restricted"], gus["is_restricted"], gus["is_ultra_restricted"]) == (False, True, True)
    assert len({person["tz_offset"] for person in (ada, dev, gus)}) == 3
    assert gus["tz"] == "Asia/Kolkata"
    assert gus["tz_offset"] == 19800
    assert refusal(client.users_info, user="U0NOBODY")["error"] == "user_not_found"
    first = client.users_list(limit=2)
    rest = client.users_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [each["name"] for each in (*first["members"], *rest["members"])] == [
        "ada",
        "dev",
        "gus",
        "eks-chatops",
    ]


def test_a_token_knows_only_its_own_workspace(slack: LocalSlack, client: WebClient) -> None:
    globex = slack.team("globex")
    assert (
        refusal(client.chat_postMessage, channel=globex.channel("platform").id, text="x")["error"]
        == "channel_not_found"
    )
    assert (
        refusal(client.views_publish, user_id=globex.person("leo").id, view={"type": "home", "blocks": []})[
            "error"
        ]
        == "user_not_found"
    )


def test_someone_of_another_workspace_is_a_stranger_until_a_channel_is_shared_with_the_bot(
    slack: LocalSlack, client: WebClient
) -> None:
    akme, leo = slack.team("akme"), slack.team("globex").person("leo")
    user = client.users_info(user=leo.id)["user"]
    assert user["team_id"] == slack.team("globex").id
    assert user["is_stranger"] is True
    akme.channel("ops-shared").is_member = True
    assert client.users_info(user=leo.id)["user"]["is_stranger"] is False


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


def test_a_rate_limit_is_a_429_that_the_sdk_waits_out(slack: LocalSlack, client: WebClient) -> None:
    slack.faults.rate_limit("chat.postMessage", times=1, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="#ops", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"
    slack.faults.rate_limit("chat.postMessage", times=1, retry_after=1)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    assert client.chat_postMessage(channel="#ops", text="x")["ok"] is True


def test_errors_and_slowness_on_demand(slack: LocalSlack, client: WebClient) -> None:
    slack.faults.error("chat.postMessage", "internal_error", times=2)
    assert refusal(client.chat_postMessage, channel="#ops", text="x")["error"] == "internal_error"
    assert refusal(client.chat_postMessage, channel="#ops", text="x")["error"] == "internal_error"
    assert client.chat_postMessage(channel="#ops", text="x")["ok"] is True
    slack.faults.slow("auth.test", 5.0)
    hasty = WebClient(client.token, base_url=slack.api_url, timeout=1)
    with pytest.raises(TimeoutError):
        hasty.auth_test()


def test_a_revoked_token_ends(slack: LocalSlack, client: WebClient) -> None:
    assert client.auth_revoke(test=True)["revoked"] is False
    assert client.auth_test()["ok"] is True
    assert client.auth_revoke()["revoked"] is True
    assert refusal(client.auth_test)["error"] == "token_revoked"
    assert client_of(slack, slack.team("globex")).auth_test()["ok"] is True


def test_the_log_holds_calls_and_answers_but_no_tokens(slack: LocalSlack, client: WebClient) -> None:
    heard: list[str] = []
    unsubscribe = slack.subscribe(lambda entry: heard.append(entry.kind))
    client.chat_postMessage(channel="#ops", text="hello")
    unsubscribe()
    refusal(client.chat_postMessage, channel="#ops", text="x", blocks=[{"type": "hologram"}])
    first, second = slack.log
    assert (first.direction, first.kind, first.team) == ("in", "chat.postMessage", slack.team("akme").id)
    assert first.payload["text"] == "hello"
    assert first.answer["ok"] is True
    assert second.faults == ["[ERROR] unsupported type: hologram [json-pointer:/blocks/0/type]"]
    assert heard == ["chat.postMessage"]
    kept = json.dumps([vars(entry) for entry in slack.log]) + json.dumps(slack.snapshot())
    for secret in (slack.app_token, slack.signing_secret, *(team.bot_token for team in slack.teams)):
        assert secret not in kept


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "channel",
    "text",
    "blocks",
    "view",
    "trigger_id",
    "view_id",
    "user",
    "users",
    "ts",
    "limit",
    "cursor",
    "types",
]
ARGUMENTS = st.dictionaries(
    st.sampled_from([*NAMES, "hash", "user_id", "code", "attachments", "token"]), JSON
)


@pytest.fixture(scope="module")
def lasting() -> Iterator[LocalSlack]:
    scopes = ["chat:write", "users:read", "channels:read", "groups:read", "im:read", "im:write", "team:read"]
    with LocalSlack.start(manifest={"oauth_config": {"scopes": {"bot": scopes}}}) as slack:
        yield slack


@given(
    method=st.sampled_from([*sorted(METHODS.keys() - {"auth.revoke"}), "oauth.v2.access", "api.test"]),
    arguments=ARGUMENTS,
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_arguments_the_answer_is_a_word(
    lasting: LocalSlack, method: str, arguments: dict[str, Any]
) -> None:
    akme = lasting.team("akme")
    known = {
        "channel": akme.channel("ops").id,
        "user": akme.person("ada").id,
        "user_id": akme.person("ada").id,
    }
    headers = {"Authorization": f"Bearer {akme.bot_token}"}
    for given_ in (arguments, known | arguments, arguments | known):
        answer = requests.post(f"{lasting.api_url}{method}", json=given_, headers=headers, timeout=5)
        assert answer.status_code == 200
        assert answer.json()["ok"] is True or answer.json()["error"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b"null", b""])
def test_bodies_that_are_no_json(lasting: LocalSlack, body: bytes) -> None:
    token = lasting.team("akme").bot_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
    for path in ("chat.postMessage", "views.open"):
        assert (
            requests.post(f"{lasting.api_url}{path}", data=body, headers=headers, timeout=5).status_code
            == 200
        )
    ada = lasting.team("akme").person("ada")
    path = lasting.world.new_response_url("commands", ada.team.id, ada.team.channel("ops").id, ada.id)
    assert requests.post(lasting.url + path, data=body, timeout=5).status_code == 400


def test_the_same_seed_gives_the_same_slack() -> None:
    def ids(seed: int) -> list[str]:
        with LocalSlack.start(seed) as slack:
            channels = [channel.id for team in slack.teams for channel in team.channels]
            people = [person.id for team in slack.teams for person in team.people]
            return [slack.app_token, *(team.bot_token for team in slack.teams), *channels, *people]

    assert ids(3) == ids(3)
    assert ids(3) != ids(4)
