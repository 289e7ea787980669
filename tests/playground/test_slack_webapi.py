"""The Web API as slack_sdk's WebClient and plain HTTP see it."""

import json
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from playground.slack import LocalSlack
from tests.playground.slack_apps import client_of, refusal, section


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
        f"{slack.api_url}chat.postMessage", headers=headers, timeout=30, **encodings[encoding]
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
    answer = requests.post(f"{slack.api_url}auth.test", timeout=30, **sent)
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


def test_each_workspace_has_an_admin_a_developer_and_a_guest_who_may_do_little() -> None:
    with LocalSlack.start(grid=True) as slack:
        for team in slack.teams:
            assert [(person.role, person.title) for person in team.people] == [
                ("admin", "Platform engineer"),
                ("member", "Developer"),
                ("guest", "Contractor"),
            ]
            admin, developer, guest = (person.info() for person in team.people)
            assert [admin["is_admin"], developer["is_admin"], guest["is_admin"]] == [True, False, False]
            assert [each["is_ultra_restricted"] for each in (admin, developer, guest)] == [False, False, True]
            assert guest["profile"]["title"] == "Contractor"
            # A single-channel guest is in one channel, beside the conversation with the app.
            places = [channel for channel in team.channels if guest["id"] in channel.members]
            assert len(places) == 2


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


def test_api_test_wants_no_token_and_answers_with_what_it_is_given(slack: LocalSlack) -> None:
    nobody = WebClient(base_url=slack.api_url)
    assert nobody.api_test(foo="bar").data == {"ok": True, "args": {"foo": "bar"}}
    assert refusal(nobody.api_test, error="my_error") == {
        "ok": False,
        "error": "my_error",
        "args": {"error": "my_error"},
    }


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


def test_the_same_seed_gives_the_same_slack() -> None:
    def ids(seed: int) -> list[str]:
        with LocalSlack.start(seed) as slack:
            channels = [channel.id for team in slack.teams for channel in team.channels]
            people = [person.id for team in slack.teams for person in team.people]
            return [slack.app_token, *(team.bot_token for team in slack.teams), *channels, *people]

    assert ids(3) == ids(3)
    assert ids(3) != ids(4)
