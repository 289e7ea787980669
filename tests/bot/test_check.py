"""`check` says of each thing the bot needs that it is there, or what to do about it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.check import SCOPES, Finding, findings
from bot.settings import Settings
from playground.slack import LocalSlack
from tests.bot import aws_server
from tests.bot.aws_server import ARN, GOOD
from tests.handlers import slack_server
from tests.handlers.slack_server import Answer, SlackServer

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYCANARYSECRET"
BOT, APP = "xoxb-1-2-CANARY", "xapp-1-A0-CANARY"


@pytest.fixture(scope="module")
def sts() -> Iterator[str]:
    with aws_server.running() as url:
        yield url


@pytest.fixture(autouse=True)
def aws(sts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """AWS's settings of this test alone; call it to write the profiles. Nothing signs in without them."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", sts)

    def write(text: str) -> None:
        (tmp_path / "config").write_text(text)

    return write


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server.running() as slack:
        granted = {"x-oauth-scopes": ",".join([*SCOPES, "im:write"])}
        said = {"ok": True, "user": "eks-chatops", "team": "Akme", "team_id": "T1"}
        slack.always["auth.test"] = Answer(said, headers=granted)
        yield slack


def profile(name: str, key: str = GOOD) -> str:
    return f"[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n"


def of_slack(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if "AWS" not in finding.what]


def of_aws(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if "AWS" in finding.what]


def looked(server: SlackServer, *, app_token: str = APP, tokens: tuple[str, ...] = (BOT,)) -> list[Finding]:
    settings = Settings(
        bot_tokens=tokens, app_token=app_token, signing_secret="0" * 32, api_url=f"{server.url}/api/"
    )
    return list(findings(settings))


def test_all_is_well(slack: LocalSlack, aws: Callable[[str], None]) -> None:
    aws(profile("ops"))
    tokens = tuple(team.bot_token for team in slack.teams)
    found = list(findings(Settings(bot_tokens=tokens, app_token=slack.app_token, api_url=slack.api_url)))
    teams = [f"{team.name} ({team.id})" for team in slack.teams]
    assert [finding.what for finding in of_slack(found)] == [
        line
        for team in teams
        for line in (f"bot token: eks-chatops in {team}", *(f"scope {scope} in {team}" for scope in SCOPES))
    ] + ["app-level token: Socket Mode may connect"]
    assert {finding.mark for finding in of_slack(found)} == {"ok"}
    assert f"AWS by profile `ops`: {ARN}" in [finding.what for finding in found if finding.mark == "ok"]
    assert "MISSING" not in {finding.mark for finding in found}


@pytest.mark.parametrize("missing", SCOPES)
def test_a_missing_scope_is_named_with_what_to_do(server: SlackServer, missing: str) -> None:
    rest = ",".join(scope for scope in SCOPES if scope != missing)
    said = {"ok": True, "user": "eks", "team": "Akme", "team_id": "T1"}
    server.always["auth.test"] = Answer(said, headers={"x-oauth-scopes": rest})
    wrong = [finding for finding in of_slack(looked(server)) if finding.mark != "ok"]
    assert [(finding.mark, finding.what) for finding in wrong] == [
        ("MISSING", f"scope {missing} in Akme (T1)")
    ]
    assert "install the app again" in wrong[0].todo


def test_without_any_scope_in_the_answer_every_one_is_missing(server: SlackServer) -> None:
    server.always["auth.test"] = Answer({"ok": True, "team": "Akme", "team_id": "T1"})
    marks = [finding.mark for finding in of_slack(looked(server)) if finding.what.startswith("scope")]
    assert marks == ["MISSING"] * len(SCOPES)


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_token_that_slack_does_not_take_is_missing(server: SlackServer, error: str) -> None:
    server.refuse("auth.test", error)
    (wrong,) = [finding for finding in of_slack(looked(server)) if finding.mark != "ok"]
    assert (wrong.mark, wrong.what) == ("MISSING", f"bot token: Slack says {error}")
    assert "SLACK_BOT_TOKEN" in wrong.todo


def test_one_bad_token_does_not_hide_the_others(server: SlackServer) -> None:
    server.plan("auth.test", Answer({"ok": False, "error": "token_revoked"}))
    found = of_slack(looked(server, tokens=(BOT, BOT + "2")))
    assert [finding.mark for finding in found] == ["MISSING", *["ok"] * (1 + len(SCOPES)), "ok"]


def test_an_app_token_that_slack_does_not_take_is_missing(server: SlackServer) -> None:
    server.refuse("apps.connections.open", "not_allowed_token_type")
    (wrong,) = [finding for finding in of_slack(looked(server)) if finding.mark != "ok"]
    assert wrong.what == "app-level token: Slack says not_allowed_token_type"
    assert "connections:write" in wrong.todo


def test_over_http_there_is_no_app_token_to_look_at(server: SlackServer) -> None:
    found = of_slack(looked(server, app_token=""))
    assert found[-1].what.startswith("signing secret: set")
    assert "apps.connections.open" not in server.methods()


def test_a_slack_that_does_not_answer_is_said_to_be_so(server: SlackServer) -> None:
    server.always["auth.test"] = server.always["apps.connections.open"] = Answer(cut=True)
    found = of_slack(looked(server))
    assert [(finding.mark, finding.what.split(":")[0]) for finding in found] == [
        ("MISSING", "bot token"),
        ("MISSING", "app-level token"),
    ]
    assert all(
        "Slack did not answer" in finding.what and "SLACK_API_URL" in finding.todo for finding in found
    )


def test_every_profile_is_tried_and_one_that_works_is_enough(
    server: SlackServer, aws: Callable[[str], None]
) -> None:
    aws(profile("ops") + profile("old", "AKIAIOSFODNN7UNKNOWN"))
    found = {finding.what.split(":")[0]: finding for finding in of_aws(looked(server))}
    assert {name: finding.mark for name, finding in found.items()} == {
        "AWS by the default chain": "note",
        "AWS by profile `old`": "note",
        "AWS by profile `ops`": "ok",
    }
    assert found["AWS by profile `ops`"].what.endswith(ARN)


def test_the_default_chain_alone_is_enough(server: SlackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", GOOD)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert [(finding.mark, finding.what) for finding in of_aws(looked(server))] == [
        ("ok", f"AWS by the default chain: {ARN}")
    ]


@pytest.mark.parametrize("config", ["", profile("old", "AKIAIOSFODNN7UNKNOWN")])
def test_when_nothing_signs_in_that_is_missing(
    server: SlackServer, aws: Callable[[str], None], config: str
) -> None:
    aws(config)
    found = of_aws(looked(server))
    assert {finding.mark for finding in found[:-1]} == {"note"}
    assert (found[-1].mark, found[-1].what) == (
        "MISSING",
        "AWS: no profile signs in, nor does the default chain",
    )
    assert "IRSA" in found[-1].todo


def test_an_aws_configuration_that_cannot_be_read_is_said_to_be_so(
    server: SlackServer, aws: Callable[[str], None]
) -> None:
    aws("[profile ops\nthis is no configuration")
    (wrong,) = of_aws(looked(server))
    assert wrong.mark == "MISSING"
    assert wrong.what.startswith("AWS configuration: ")


def test_no_secret_is_in_what_is_found(server: SlackServer, aws: Callable[[str], None]) -> None:
    aws(profile("ops") + profile("old", "AKIAIOSFODNN7UNKNOWN"))
    server.plan("auth.test", Answer({"ok": False, "error": "invalid_auth"}))
    server.refuse("apps.connections.open", "invalid_auth")
    for finding in looked(server):
        assert "CANARY" not in str(finding)
        assert "CANARY" not in repr(finding)


def test_a_finding_is_a_line_with_what_to_do_under_it() -> None:
    assert str(Finding("ok", "bot token: eks in Akme")) == "ok       bot token: eks in Akme"
    assert str(Finding("MISSING", "scope x", "Add it.\nThen again.")) == (
        "MISSING  scope x\n         Add it.\n         Then again."
    )
