"""The environment becomes settings, or a sentence for each variable that is wrong; never with a secret in it."""

import pytest

from bot.settings import BadSettings, Settings

BOT = "xoxb-111111111111-222222222222-CANARYbottokenCANARYbotto"
SECOND = "xoxb-333333333333-444444444444-CANARYbottokenCANARYbotto"
APP = "xapp-1-A0CANARY-5555555555555-" + "cafe" * 16
SECRET = "0123456789abcdef0123456789abcdef"

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
        # A level that Python knows, and that would silence the bot's own lines.
        ("LOG_LEVEL", "NOTSET"),
    ],
)
def test_what_is_malformed_is_named_with_a_line_that_would_do(name: str, value: str) -> None:
    (line,) = wrong({**SOCKET, **HTTP, name: value})
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
