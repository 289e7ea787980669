"""The environment becomes settings, or a sentence for each variable that is wrong; never with a secret in it."""

import base64
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings

BOT = "xoxb-111111111111-222222222222-CANARYbottokenCANARYbotto"
SECOND = "xoxb-333333333333-444444444444-CANARYbottokenCANARYbotto"
APP = "xapp-1-A0CANARY-5555555555555-" + "cafe" * 16
SECRET = "0123456789abcdef0123456789abcdef"

CLIENT_ID = "1234567890.1234567890123"
KEYS = (b"\xff" * 32, b"k" * 32)
KEY, OLD_KEY = (base64.b64encode(key).decode() for key in KEYS)

OAUTH = {"SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": SECRET, "SLACK_SIGNING_SECRET": SECRET}
SOCKET = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}
HTTP = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SECRET}


def wrong(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(environment)
    assert str(caught.value) == "\n".join(caught.value.lines)
    return caught.value.lines


def test_socket_mode_needs_two_tokens() -> None:
    assert Settings.from_environment(SOCKET) == Settings(bot_tokens=(BOT,), app_token=APP)
    assert Settings.from_environment(SOCKET).socket_mode


def test_http_needs_a_token_and_the_signing_secret() -> None:
    settings = Settings.from_environment(HTTP)
    assert settings == Settings(bot_tokens=(BOT,), signing_secret=SECRET)
    assert not settings.socket_mode
    assert (settings.host, settings.port, settings.port_given) == ("127.0.0.1", 3000, False)
    assert settings.api_url == "https://slack.com/api/"
    assert settings.log_level == "INFO"


def test_with_oauth_no_token_is_needed() -> None:
    settings = Settings.from_environment(OAUTH)
    assert settings == Settings(client_id=CLIENT_ID, client_secret=SECRET, signing_secret=SECRET)
    assert (settings.oauth, settings.socket_mode, settings.bot_tokens) == (True, False, ())
    assert not Settings.from_environment(HTTP).oauth
    socket = {name: value for name, value in OAUTH.items() if name != "SLACK_SIGNING_SECRET"}
    assert Settings.from_environment({**socket, "SLACK_APP_TOKEN": APP}).socket_mode


def test_tokens_are_given_or_granted_and_not_both() -> None:
    (line,) = wrong({**OAUTH, "SLACK_BOT_TOKEN": BOT})
    assert line.startswith("SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set: ")
    assert BOT not in line


def test_what_is_the_apps_own_is_the_same_on_every_replica() -> None:
    secrets = [
        Settings.from_environment(given).app_secret
        for given in (HTTP, {**OAUTH, "SLACK_CLIENT_SECRET": "f" * 32}, SOCKET)
    ]
    assert secrets == [SECRET, SECRET, BOT]


def test_everything_that_is_kept_can_be_placed(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.touch()
    settings = Settings.from_environment(
        {
            **HTTP,
            "DATABASE_URL": "postgresql://me:pass%2Fword@db/chatops",
            "CREDENTIALS_URL": "rediss://:hushhush@cache:6379/0",
            "CREDENTIALS_KEY": f"{KEY}, {OLD_KEY} ,{KEY}",
            "EKS_CHATOPS_POLICY": str(policy),
            "AUDIT_DAYS": "365",
            "WATCH_ROWS": "0",
        }
    )
    assert settings.database_url == "postgresql://me:pass%2Fword@db/chatops"
    assert settings.credentials_url == "rediss://:hushhush@cache:6379/0"
    assert (settings.credentials_keys, settings.policy_file, settings.audit_days) == (KEYS, policy, 365)
    assert settings.watch_rows == 0
    assert set(settings.secrets) >= {BOT, SECRET, "pass%2Fword", "pass/word", "hushhush", KEY, OLD_KEY}
    assert not any(secret in repr(settings) for secret in settings.secrets)


def test_without_them_there_are_defaults_and_a_key_in_the_urls_alphabet_is_one_too() -> None:
    settings = Settings.from_environment(HTTP)
    assert (settings.database_url, settings.credentials_url, settings.credentials_keys) == ("", "", ())
    assert (settings.policy_file, settings.audit_days) == (None, 90)
    assert settings.watch_rows == 200_000
    assert settings.secrets == (BOT, SECRET)
    url_safe = base64.urlsafe_b64encode(KEYS[0]).decode()
    assert Settings.from_environment({**HTTP, "CREDENTIALS_KEY": url_safe}).credentials_keys == KEYS[:1]


def test_everything_can_be_set() -> None:
    given = {
        **SOCKET,
        "SLACK_SIGNING_SECRET": SECRET.upper(),
        "SLACK_API_URL": "http://127.0.0.1:4000/api/",
        "HOST": "0.0.0.0",
        "PORT": "0",
        "LOG_LEVEL": "debug",
    }
    assert Settings.from_environment(given) == Settings(
        bot_tokens=(BOT,),
        signing_secret=SECRET.upper(),
        app_token=APP,
        api_url="http://127.0.0.1:4000/api/",
        host="0.0.0.0",
        port=0,
        port_given=True,
        log_level="DEBUG",
    )


def test_one_token_a_workspace_each_once_and_blanks_do_not_matter() -> None:
    given = {**SOCKET, "SLACK_BOT_TOKEN": f" {BOT} ,{SECOND}, {BOT}\n", "SLACK_APP_TOKEN": f"{APP}\n"}
    assert Settings.from_environment(given) == Settings(bot_tokens=(BOT, SECOND), app_token=APP)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    empty = dict.fromkeys(("SLACK_SIGNING_SECRET", "SLACK_API_URL", "HOST", "PORT", "LOG_LEVEL"), "  ")
    assert Settings.from_environment({**SOCKET, **empty}) == Settings.from_environment(SOCKET)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        ({"SLACK_BOT_TOKEN": BOT}, ["SLACK_SIGNING_SECRET"]),
        ({"SLACK_APP_TOKEN": APP}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": SECRET}, ["SLACK_BOT_TOKEN"]),
        ({"SLACK_BOT_TOKEN": " "}, ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]),
        ({"SLACK_CLIENT_ID": CLIENT_ID}, ["SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"]),
        ({**HTTP, "CREDENTIALS_URL": "redis://cache"}, ["CREDENTIALS_KEY"]),
    ],
)
def test_what_is_missing_is_named_with_the_line_that_sets_it(
    environment: dict[str, str], named: list[str]
) -> None:
    lines = wrong(environment)
    assert [line.split()[0] for line in lines] == named
    for name, line in zip(named, lines, strict=True):
        assert line.startswith(f"{name} is missing: ")
        assert f"export {name}=" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-CANARY-user-token"),
        ("SLACK_BOT_TOKEN", APP),
        ("SLACK_BOT_TOKEN", f"{BOT};{SECOND}"),
        ("SLACK_BOT_TOKEN", f"{BOT},"),
        ("SLACK_BOT_TOKEN", "xoxb-CANARY with blanks"),
        ("SLACK_BOT_TOKEN", "xoxb-CANÄRY"),
        ("SLACK_APP_TOKEN", BOT),
        ("SLACK_APP_TOKEN", "CANARY"),
        ("SLACK_SIGNING_SECRET", "CANARY"),
        ("SLACK_SIGNING_SECRET", SECRET[:-1]),
        ("SLACK_SIGNING_SECRET", SECRET + "x"),
        ("SLACK_API_URL", "slack.com/api/"),
        ("SLACK_API_URL", "https://slack.com/api"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("SLACK_API_URL", "https:///api/"),
        ("SLACK_API_URL", "http://[::1/api/"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PORT", "3000.0"),
        ("PORT", "٣٠٠٠"),
        ("PORT", "²"),
        ("PORT", "9" * 5000),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_LEVEL", "10"),
        ("SLACK_CLIENT_SECRET", "CANARY"),
        ("DATABASE_URL", "CANARY"),
        ("DATABASE_URL", "mysql://me:CANARY@db/x"),
        ("DATABASE_URL", "postgresql://[CANARY"),
        ("CREDENTIALS_URL", "http://:CANARY@cache"),
        ("CREDENTIALS_URL", "CANARY"),
        ("CREDENTIALS_KEY", "CANARY"),
        ("CREDENTIALS_KEY", KEY[:-4]),
        ("CREDENTIALS_KEY", f"{KEY},CANARY"),
        ("CREDENTIALS_KEY", f"{KEY},"),
        ("CREDENTIALS_KEY", "CANÄRY"),
        ("EKS_CHATOPS_POLICY", "/CANARY/policy.yaml"),
        ("EKS_CHATOPS_POLICY", "/"),
        ("AUDIT_DAYS", "0"),
        ("AUDIT_DAYS", "3651"),
        ("AUDIT_DAYS", "-1"),
        ("AUDIT_DAYS", "ninety"),
        ("AUDIT_DAYS", "9" * 5000),
        ("WATCH_ROWS", "-1"),
        ("WATCH_ROWS", "10000001"),
        ("WATCH_ROWS", "1e6"),
        ("WATCH_ROWS", "9" * 5000),
        # A level that Python knows, and that would silence the bot's own lines.
        ("LOG_LEVEL", "NOTSET"),
    ],
)
def test_what_is_malformed_is_named_with_a_line_that_would_do(name: str, value: str) -> None:
    needed = {"CREDENTIALS_KEY": KEY} if name == "CREDENTIALS_URL" else {}
    (line,) = wrong({**SOCKET, **HTTP, **needed, name: value})
    assert line.startswith(f"{name} is malformed: ")
    assert f"export {name}=" in line
    assert "CANARY" not in line


def test_everything_that_is_wrong_is_said_at_once() -> None:
    lines = wrong({"SLACK_APP_TOKEN": "x", "SLACK_API_URL": "x", "PORT": "x", "LOG_LEVEL": "x"})
    assert [line.split()[0] for line in lines] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "PORT",
        "LOG_LEVEL",
    ]


def test_no_secret_is_in_a_repr() -> None:
    shown = repr(Settings(bot_tokens=(BOT,), signing_secret=SECRET, app_token=APP))
    assert all(secret not in shown for secret in (BOT, SECRET, APP))
    assert "CANARY" not in shown
