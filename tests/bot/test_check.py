"""`check` says of each thing the bot needs that it is there, or what to do about it."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Installation

from bot.check import Finding, findings
from bot.grants import GrantStore, seal_of
from bot.manifest import SCOPES, manifest
from bot.settings import Settings
from playground.slack import LocalSlack
from tests.bot import aws_server
from tests.bot.aws_server import ARN, GOOD
from tests.databases import opened, sqlite_url
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
        granted = {"x-oauth-scopes": ",".join([*SCOPES, "reactions:write"])}
        said = {"ok": True, "user": "eks-chatops", "team": "Akme", "team_id": "T1"}
        slack.always["auth.test"] = Answer(said, headers=granted)
        yield slack


def profile(name: str, key: str = GOOD) -> str:
    return f"[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n"


def of_slack(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if not re.match("AWS|database|policy|credentials", finding.what)]


def of_aws(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if "AWS" in finding.what]


def looked(server: SlackServer, *, app_token: str = APP, tokens: tuple[str, ...] = (BOT,)) -> list[Finding]:
    settings = Settings(
        bot_tokens=tokens, app_token=app_token, signing_secret="0" * 32, api_url=f"{server.url}/api/"
    )
    return list(findings(settings))


def about(found: list[Finding], what: str) -> list[tuple[str, str]]:
    return [(finding.mark, finding.what) for finding in found if finding.what.startswith(what)]


@pytest.fixture(scope="module")
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest=manifest()) as slack:
        yield slack


def test_all_is_well(slack: LocalSlack, aws: Callable[[str], None]) -> None:
    aws(profile("ops"))
    tokens = tuple(team.bot_token for team in slack.teams)
    found = list(findings(Settings(bot_tokens=tokens, app_token=slack.app_token, api_url=slack.api_url)))
    assert about(found, "database") == [("ok", "database: sqlite")]
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


def oauth(server: SlackServer, tmp_path: Path) -> Settings:
    return Settings(
        client_id="1.2",
        client_secret="c" * 32,
        signing_secret="0" * 32,
        api_url=f"{server.url}/api/",
        database_url=sqlite_url(tmp_path),
    )


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        # Slack looks at the code only once it knows the app.
        (Answer({"ok": False, "error": "invalid_code"}), "ok"),
        (Answer({"ok": False, "error": "bad_client_secret"}), "MISSING"),
        (Answer({"ok": False, "error": "invalid_client_id"}), "MISSING"),
        (Answer(cut=True), "MISSING"),
    ],
    ids=str,
)
def test_with_oauth_the_apps_id_and_secret_are_looked_at(
    server: SlackServer, tmp_path: Path, said: Answer, mark: str
) -> None:
    server.always["oauth.v2.access"] = said
    found = list(findings(oauth(server, tmp_path)))
    assert [finding[0] for finding in about(found, "client ID and secret")] == [mark]
    assert about(found, "bot token") == []


def test_every_workspace_that_installed_the_app_is_looked_at(server: SlackServer, tmp_path: Path) -> None:
    server.refuse("oauth.v2.access", "invalid_code")
    settings = oauth(server, tmp_path)
    assert about(list(findings(settings)), "no workspace yet") == []
    with opened(settings.database_url) as database:
        assert about(list(findings(settings)), "no workspace yet") == [("note", "no workspace yet")]
        for secret, team in ((settings.client_secret, "T1"), ("another" * 5, "T2")):
            store = GrantStore(database.engine, settings.client_id, seal_of(secret))
            store.save(Installation(app_id="A1", team_id=team, bot_token=BOT, bot_id="B", user_id="U1"))
    found = list(findings(settings))
    assert about(found, "bot token") == [
        ("ok", "bot token: eks-chatops in Akme (T1)"),
        ("MISSING", "bot token of T2: no key opens it"),
    ]
    assert "CANARY" not in "".join(map(str, found))


def test_a_database_that_cannot_be_used_is_missing_without_its_password(server: SlackServer) -> None:
    for url in ("postgresql://me:CANARY@127.0.0.1:1/x", "postgresql://me:CANARY@127.0.0.1:1/x?nonsense=1"):
        settings = Settings(
            bot_tokens=(BOT,), signing_secret="0" * 32, api_url=f"{server.url}/api/", database_url=url
        )
        found = list(findings(settings))
        assert [mark for mark, _ in about(found, "database")] == ["MISSING"]
        assert "CANARY" not in "".join(map(str, found))


def test_a_credentials_store_that_cannot_be_used_is_missing_without_its_password(server: SlackServer) -> None:
    settings = Settings(
        bot_tokens=(BOT,),
        signing_secret="0" * 32,
        api_url=f"{server.url}/api/",
        credentials_url="redis://:CANARY@127.0.0.1:1/0",
        credentials_keys=(b"k" * 32,),
    )
    found = list(findings(settings))
    assert [mark for mark, _ in about(found, "credentials store")] == ["MISSING"]
    assert "CANARY" not in "".join(map(str, found))


def test_the_policy_is_read(server: SlackServer, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    settings = Settings(
        bot_tokens=(BOT,), signing_secret="0" * 32, api_url=f"{server.url}/api/", policy_file=file
    )
    file.write_text("workspaces: {T1: {rules: [{name: all, who: everyone, may: everything}]}}")
    assert about(list(findings(settings)), "policy") == [("ok", "policy: policy.yaml, for T1")]
    file.write_text("workspaces: {T1: {rules: [{name: all, who: everyone, my: everything}]}}")
    ((mark, what),) = about(list(findings(settings)), "policy")
    assert mark == "MISSING"
    assert "policy.yaml" in what
