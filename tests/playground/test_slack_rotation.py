"""Tokens that end after twelve hours: what OAuth gives, refreshing with slack_sdk's TokenRotator and through Bolt."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation import TokenRotator

from playground.slack import LocalSlack, Person
from tests.playground.oauth_apps import installable, installs
from tests.playground.slack_apps import error_of, heard, over_http, until

MANIFEST = {
    "features": {"slash_commands": [{"command": "/eks"}]},
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {
        "token_rotation_enabled": True,
        "event_subscriptions": {"bot_events": ["tokens_revoked", "app_uninstalled"]},
    },
}
DAY = 24 * 60


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest=MANIFEST) as slack:
        yield slack


def access(slack: LocalSlack, **arguments: Any) -> Any:
    client = WebClient(base_url=slack.api_url)
    return client.oauth_v2_access(client_id=slack.client.id, client_secret=slack.client.secret, **arguments)


def refreshed(slack: LocalSlack, refresh_token: str) -> Any:
    return access(slack, grant_type="refresh_token", refresh_token=refresh_token)


def installed(slack: LocalSlack, person: Person) -> Any:
    """The answer to the code that the person's consent gave."""
    back = person.decides(
        f"{slack.url}/oauth/v2/authorize?client_id={slack.client.id}&scope=chat:write&redirect_uri=https://bot.test/"
    )
    return access(slack, code=parse_qs(urlsplit(back).query)["code"][0])


def word_of(slack: LocalSlack, token: str) -> str:
    """`ok`, or what Slack says of a token."""
    try:
        WebClient(token, base_url=slack.api_url).auth_test()
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "ok"


def test_an_install_gives_a_token_that_ends_and_one_to_refresh_it(slack: LocalSlack, ada: Person) -> None:
    answer = installed(slack, ada)
    assert answer["access_token"].startswith("xoxe.xoxb-1-")
    assert answer["refresh_token"].startswith("xoxe-1-")
    assert (answer["token_type"], answer["expires_in"]) == ("bot", 43_200)
    told = WebClient(answer["access_token"], base_url=slack.api_url).auth_test()
    assert 43_190 < told["expires_in"] <= 43_200
    slack.later(43_199)
    assert word_of(slack, answer["access_token"]) == "ok"
    slack.later(2)
    assert word_of(slack, answer["access_token"]) == "token_expired"


def test_a_refresh_leaves_the_old_token_until_its_time(slack: LocalSlack, ada: Person) -> None:
    first = installed(slack, ada)
    slack.later(40_000)
    second = refreshed(slack, first["refresh_token"])
    assert second["access_token"] == ada.team.bot_token != first["access_token"]
    assert (second["team"]["id"], second["bot_user_id"]) == (ada.team.id, ada.team.bot_user_id)
    assert second["scope"] == first["scope"]
    assert "authed_user" not in second
    assert word_of(slack, first["access_token"]) == "ok"
    slack.later(4_000)
    assert [word_of(slack, each["access_token"]) for each in (first, second)] == ["token_expired", "ok"]
    # A refresh token does not end with its access token.
    slack.later(10**6)
    assert word_of(slack, refreshed(slack, second["refresh_token"])["access_token"]) == "ok"


def test_of_three_active_tokens_the_oldest_is_revoked(slack: LocalSlack, ada: Person) -> None:
    before = ada.team.bot_token  # long-lived, from before rotation was turned on
    first = installed(slack, ada)
    second = refreshed(slack, first["refresh_token"])
    third = refreshed(slack, second["refresh_token"])
    tokens = [before, *(each["access_token"] for each in (first, second, third))]
    assert [word_of(slack, token) for token in tokens] == ["token_revoked", "token_revoked", "ok", "ok"]


def test_a_refresh_token_is_good_once_and_a_moment_longer(slack: LocalSlack, ada: Person) -> None:
    first = installed(slack, ada)
    refreshed(slack, first["refresh_token"])
    assert refreshed(slack, first["refresh_token"])["ok"] is True
    slack.later(61)
    for gone in (first["refresh_token"], "xoxe-1-none", ""):
        assert error_of(refreshed, slack=slack, refresh_token=gone) == "invalid_refresh_token"
    assert error_of(access, slack=slack, grant_type="password") == "invalid_grant_type"


def test_slack_sdks_rotator_replaces_a_token_in_time(slack: LocalSlack, ada: Person) -> None:
    given = installed(slack, ada)
    bot = Bot(
        team_id=ada.team.id,
        bot_token=given["access_token"],
        bot_id=ada.team.bot_id,
        bot_user_id=ada.team.bot_user_id,
        bot_refresh_token=given["refresh_token"],
        bot_token_expires_in=given["expires_in"],
        installed_at=0.0,
    )
    client = WebClient(base_url=slack.api_url)
    rotator = TokenRotator(client_id=slack.client.id, client_secret=slack.client.secret, client=client)
    assert rotator.perform_bot_token_rotation(bot=bot) is None
    fresh = rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=DAY)
    assert fresh
    assert fresh.bot_token == ada.team.bot_token != bot.bot_token
    assert fresh.bot_refresh_token != bot.bot_refresh_token
    slack.uninstall(ada.team)
    with pytest.raises(SlackTokenRotationError):
        rotator.perform_bot_token_rotation(bot=fresh, minutes_before_expiration=DAY)


def test_bolt_refreshes_before_it_works_and_stores_what_it_got(
    slack: LocalSlack, tmp_path: Path, ada: Person
) -> None:
    app, store = installable(slack, tmp_path, rotates_before=DAY)
    bodies = heard(app.command("/eks"))
    with over_http(slack, app):
        installs(slack, ada)
        given = ada.team.bot_token
        assert ada.types("ops", "/eks").status == "acked"
        assert ada.team.bot_token != given
        stored = store.find_installation(enterprise_id=None, team_id=ada.team.id)
        assert stored
        assert stored.bot_token == ada.team.bot_token
        slack.later(43_201)
        assert word_of(slack, given) == "token_expired"
        assert ada.types("ops", "/eks").status == "acked"
        slack.uninstall(ada.team)
        until(lambda: store.find_installation(enterprise_id=None, team_id=ada.team.id) is None)
    assert len(bodies) == 2


def test_revoking_one_of_several_tokens_is_no_uninstall(slack: LocalSlack, ada: Person) -> None:
    first = installed(slack, ada)
    second = refreshed(slack, first["refresh_token"])
    WebClient(second["access_token"], base_url=slack.api_url).auth_revoke()
    assert word_of(slack, second["access_token"]) == "token_revoked"
    assert [entry for entry in slack.log if entry.kind == "events_api"] == []
    assert slack.snapshot()["teams"][0]["installed"] is True
    assert word_of(slack, refreshed(slack, second["refresh_token"])["access_token"]) == "ok"


def test_neither_the_log_nor_a_snapshot_holds_what_refreshes(slack: LocalSlack, ada: Person) -> None:
    first = installed(slack, ada)
    second = refreshed(slack, first["refresh_token"])
    kept = str([vars(entry) for entry in slack.log]) + str(slack.snapshot())
    for answer in (first, second):
        assert answer["refresh_token"] not in kept
        assert answer["access_token"] not in kept
