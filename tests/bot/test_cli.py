"""The command line: what it needs, what it says, and how it ends."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.manifest import manifest
from playground.slack import LocalSlack

OURS = re.compile(r"SLACK_|AWS_|DATABASE_|CREDENTIALS_|EKS_CHATOPS_|AUDIT_|PORT$|HOST$|LOG_LEVEL$")
# What is set to nothing counts as not set, whatever the machine has.
NOTHING: dict[str, str | None] = {name: None for name in os.environ if OURS.match(name)}


def environment(slack: LocalSlack, home: Path, **more: str) -> dict[str, str]:
    """A bot's process that knows this Slack, and no AWS at all."""
    own = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    aws = {
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    tokens = ",".join(team.bot_token for team in slack.teams)
    given = {
        "SLACK_BOT_TOKEN": tokens,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{home}/state.db",
    }
    return {**own, **aws, **given, **more}


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", ["run", "check"])
def test_without_settings_it_names_each_variable_and_the_line_that_sets_it(command: str) -> None:
    result = CliRunner().invoke(main, [command], env=NOTHING)
    assert result.exit_code == 2
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first.startswith("eks-chatops: SLACK_BOT_TOKEN is missing: ")
    assert "export SLACK_BOT_TOKEN=xoxb-…" in first
    assert second.startswith("eks-chatops: SLACK_SIGNING_SECRET is missing: ")


def test_a_malformed_setting_is_named_without_its_value() -> None:
    given = {**NOTHING, "SLACK_BOT_TOKEN": "CANARY", "SLACK_APP_TOKEN": "xapp-1", "PORT": "CANARY"}
    result = CliRunner().invoke(main, ["run"], env=given)
    assert result.exit_code == 2
    assert [line.split()[1] for line in result.stderr.splitlines()] == ["SLACK_BOT_TOKEN", "PORT"]
    assert "CANARY" not in result.output


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_the_commands(flag: str) -> None:
    result = CliRunner().invoke(main, [flag])
    assert result.exit_code == 0
    for command in ("run", "check", "manifest", "demo"):
        assert re.search(rf"^  {command}\s+\S", result.output, re.MULTILINE)


@pytest.mark.parametrize(
    ("command", "said"), [("run", "SLACK_APP_TOKEN"), ("check", "missing"), ("demo", "--tour")]
)
def test_each_command_has_help(command: str, said: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert said in result.output


def test_the_version_is_the_packages() -> None:
    project = (Path(__file__).parent.parent.parent / "pyproject.toml").read_text()
    version = re.search(r'^version = "([\d.]+)"$', project, re.MULTILINE)
    assert version is not None
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert version.group(1) in result.output


def test_the_manifest_is_printed_as_it_is_pasted() -> None:
    for arguments in ([], ["--url", "https://chatops.example.com"]):
        result = CliRunner().invoke(main, ["manifest", *arguments], env=NOTHING)
        assert result.exit_code == 0
        assert yaml.safe_load(result.output) == manifest(*arguments[1:])
    result = CliRunner().invoke(main, ["manifest", "--url", "http://chatops.example.com"], env=NOTHING)
    assert (result.exit_code, "https://HOST" in result.output) == (2, True)


def test_a_database_that_cannot_be_used_ends_the_run_with_2_and_without_its_password(
    slack: LocalSlack, tmp_path: Path
) -> None:
    for url in ("postgresql://me:CANARY@127.0.0.1:1/x", f"sqlite:///{tmp_path}"):
        done = ran(environment(slack, tmp_path, DATABASE_URL=url), "run")
        assert done.returncode == 2
        assert "eks-chatops: The bot" in done.stderr.splitlines()[-2]
        assert done.stderr.splitlines()[-1] == "Try: eks-chatops check"
        assert "Traceback" not in done.stderr
        assert "CANARY" not in done.stderr


def test_an_unknown_command_is_a_mistake_of_usage() -> None:
    result = CliRunner().invoke(main, ["rnu"])
    assert result.exit_code == 2
    assert "rnu" in result.output


def test_check_says_what_is_missing_and_ends_with_1(slack: LocalSlack, tmp_path: Path) -> None:
    done = ran(environment(slack, tmp_path), "check")
    assert done.returncode == 1, done.stderr
    assert "ok       app-level token: Socket Mode may connect" in done.stdout
    assert "MISSING  AWS: no profile signs in, nor does the default chain" in done.stdout
    assert "Traceback" not in done.stderr
    for secret in (slack.app_token, *(team.bot_token for team in slack.teams)):
        assert secret not in done.stdout + done.stderr


def test_a_token_that_slack_does_not_take_ends_the_run_with_2(slack: LocalSlack, tmp_path: Path) -> None:
    done = ran(environment(slack, tmp_path, SLACK_BOT_TOKEN="xoxb-1-2-CANARY"), "run")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-2:] == [
        "eks-chatops: Slack does not accept the bot token: invalid_auth.",
        "Try: eks-chatops check",
    ]
    assert "Traceback" not in done.stderr
    assert "CANARY" not in done.stderr


def test_an_app_token_that_slack_does_not_take_ends_the_run_with_2(slack: LocalSlack, tmp_path: Path) -> None:
    done = ran(environment(slack, tmp_path, SLACK_APP_TOKEN="xapp-1-CANARY"), "run")
    assert done.returncode == 2
    assert "eks-chatops: Slack does not accept the app-level token: invalid_auth." in done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert "CANARY" not in done.stderr


def test_a_port_that_is_taken_ends_the_run_with_2(slack: LocalSlack, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        given = environment(
            slack, tmp_path, PORT=port, SLACK_SIGNING_SECRET=slack.signing_secret, SLACK_APP_TOKEN=""
        )
        done = ran(given, "run")
    assert done.returncode == 2
    assert f"eks-chatops: Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
