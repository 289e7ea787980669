"""Installing and uninstalling, with slack_sdk's own OAuth pieces."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator

from playground.slack import LocalSlack
from tests.playground.slack_apps import bolt_app, client_of, heard, over_http, until

REDIRECT = "https://bot.test/slack/oauth_redirect"


def authorize_url(slack: LocalSlack, state: str = "s1") -> str:
    generator = AuthorizeUrlGenerator(
        client_id=slack.client.id,
        redirect_uri=REDIRECT,
        scopes=["commands", "chat:write", "team:read"],
        authorization_url=f"{slack.url}/oauth/v2/authorize",
    )
    return generator.generate(state)


def code_of(slack: LocalSlack) -> str:
    back = slack.team("akme").person("ada").decides(authorize_url(slack))
    return parse_qs(urlsplit(back).query)["code"][0]


def access(slack: LocalSlack, **changes: Any) -> Any:
    arguments = {
        "client_id": slack.client.id,
        "client_secret": slack.client.secret,
        "code": "none",
        "redirect_uri": REDIRECT,
    } | changes
    return WebClient(base_url=slack.api_url).oauth_v2_access(**arguments)


def test_the_page_asks_and_leads_back(slack: LocalSlack) -> None:
    page = requests.get(authorize_url(slack), timeout=30).text
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 1 + sum(len(team.people) for team in slack.teams)
    back = slack.team("akme").person("ada").decides(authorize_url(slack, "state-7"))
    asked = parse_qs(urlsplit(back).query)
    assert back.startswith(f"{REDIRECT}?")
    assert asked["state"] == ["state-7"]
    assert len(asked["code"][0]) == 40


def test_a_denial_leads_back_with_an_error(slack: LocalSlack) -> None:
    back = slack.team("akme").person("ada").decides(authorize_url(slack, "state-8"), allow=False)
    assert parse_qs(urlsplit(back).query) == {"error": ["access_denied"], "state": ["state-8"]}


def test_a_code_is_traded_for_the_workspaces_token_once(slack: LocalSlack) -> None:
    akme, code = slack.team("akme"), code_of(slack)
    answer = access(slack, code=code)
    assert answer["access_token"] == akme.bot_token
    assert (answer["token_type"], answer["bot_user_id"]) == ("bot", akme.bot_user_id)
    assert answer["team"] == {"id": akme.id, "name": "Akme"}
    assert answer["authed_user"] == {"id": akme.person("ada").id}
    assert answer["scope"] == "commands,chat:write,users:read,team:read"
    assert client_of(slack, akme).team_info()["team"]["id"] == akme.id
    with pytest.raises(SlackApiError, match="code_already_used"):
        access(slack, code=code)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "none"}, "invalid_code"),
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "x"}, "bad_client_secret"),
        ({"redirect_uri": "https://evil.test/"}, "bad_redirect_uri"),
    ],
)
def test_what_does_not_fit_is_refused(slack: LocalSlack, changes: dict[str, str], error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        access(slack, **({"code": code_of(slack)} | changes))


def test_a_code_is_good_for_ten_minutes(slack: LocalSlack) -> None:
    code = code_of(slack)
    slack.later(601)
    with pytest.raises(SlackApiError, match="invalid_code"):
        access(slack, code=code)


def test_the_page_does_not_lead_just_anywhere(slack: LocalSlack) -> None:
    url = f"{slack.url}/oauth/v2/authorize"
    assert (
        requests.get(url, params={"client_id": "1.2", "redirect_uri": REDIRECT}, timeout=30).status_code
        == 400
    )
    asked = {"client_id": slack.client.id, "redirect_uri": "javascript:alert(1)"}
    assert requests.get(url, params=asked, timeout=30).status_code == 400


def test_uninstalling_ends_the_token_and_is_told(slack: LocalSlack) -> None:
    akme, globex = slack.teams
    app = bolt_app(slack)
    revoked, uninstalled = heard(app.event("tokens_revoked")), heard(app.event("app_uninstalled"))
    before = akme.bot_token
    with over_http(slack, app):
        slack.uninstall(akme)
        until(lambda: len(revoked) == len(uninstalled) == 1)
    with pytest.raises(SlackApiError, match="account_inactive"):
        WebClient(before, base_url=slack.api_url).auth_test()
    assert client_of(slack, globex).auth_test()["ok"] is True
    slack.install(akme)
    assert akme.bot_token != before
    assert client_of(slack, akme).auth_test()["team_id"] == akme.id
    assert [body["event"]["tokens"] for body in revoked] == [{"oauth": [], "bot": [akme.bot_user_id]}]
    assert [body["team_id"] for body in uninstalled] == [akme.id]
