"""`eks-chatops policy`: a file's mistakes by place, and which rule decides for whom."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from slack_sdk import WebClient

from bot.app import Bot
from bot.cli import main
from bot.settings import Settings
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.command import Command
from playground.slack import LocalSlack

TEXT = """\
workspaces:
  T1:
    regions: [eu-*]
    ask: "<#C9>"
    rules:
      - name: on call
        who: {users: [U1], groups: [S1]}
        may: [read, logs]
        namespaces: [payments]
        impersonate: {user: "slack:{user_id}", groups: [viewers]}
      - name: ops
        who: {channels: [C1]}
        may: [read, discover]
        clusters: ["prod-*"]
      - name: admins
        who: {users: [U9]}
        may: everything
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT)
    return path


def ran(path: Path | None, *arguments: str) -> Result:
    given = {"EKS_CHATOPS_POLICY": str(path) if path else None}
    return CliRunner().invoke(main, ["policy", *arguments], env=given)


def test_check_names_what_is_in_the_file(path: Path) -> None:
    result = ran(path, "check")
    assert (result.exit_code, result.output) == (0, "ok       T1: on call, ops, admins\n")


def test_check_says_when_a_workspace_may_nothing(path: Path) -> None:
    path.write_text("workspaces: {T1: {rules: []}}")
    assert ran(path, "check").output == "ok       T1: no rules: nothing is allowed\n"


@pytest.mark.parametrize(
    "command", [("check",), ("test", "--user", "U1", "--verb", "read", "--cluster", "a_b")]
)
def test_a_broken_file_is_told_by_place_and_ends_with_2(path: Path, command: tuple[str, ...]) -> None:
    path.write_text(TEXT.replace("[read, logs]", "[raed]"))
    result = ran(path, *command)
    assert result.exit_code == 2
    assert result.stderr == (
        "eks-chatops: policy.yaml, line 8, rule 1 (on call): there is no verb `raed`; did you mean `read`?\n"
    )


def test_the_file_may_be_given_instead_of_the_variable(path: Path) -> None:
    assert ran(None, "check", "--file", str(path)).exit_code == 0
    assert "EKS_CHATOPS_POLICY" in ran(None, "check").output


@pytest.mark.parametrize(
    ("asked", "code", "lines"),
    [
        (
            "--user U1 --verb logs --cluster eu-west-1_dev --namespace payments",
            0,
            [
                "rule 1 (on call): fits, because you are named",
                "rule 2 (ops): it is not about this person here",
                "rule 3 (admins): it is not about this person here",
                "allowed by on call, as slack:U1 in the groups viewers",
            ],
        ),
        (
            "--user U2 --group S1 --verb read --cluster eu-west-1_prod-a",
            0,
            [
                "rule 1 (on call): fits, because you are in the user group S1",
                "rule 2 (ops): it is not about this person here",
                "rule 3 (admins): it is not about this person here",
                "allowed by on call, in the namespaces payments only, as slack:U2 in the groups viewers",
            ],
        ),
        (
            "--user U1 --channel C1 --verb read --cluster eu-west-1_prod-a",
            1,
            [
                "rule 1 (on call): fits, because you are named",
                "rule 2 (ops): fits, because you ask in this channel",
                "rule 3 (admins): it is not about this person here",
                "refused: Say which namespace you mean.",
            ],
        ),
        (
            "--user U9 --channel C1 --verb read --cluster eu-west-1_prod-a --namespace shop",
            0,
            [
                "rule 1 (on call): it is not about this person here",
                "rule 2 (ops): fits, because you ask in this channel",
                "rule 3 (admins): a rule before it has decided",
                "allowed by ops",
            ],
        ),
        (
            "--user U2 --channel C1 --verb read --cluster eu-west-1_dev",
            1,
            ["rule 2 (ops): it is not about eu-west-1_dev", "refused: You may not `read` on `eu-west-1_dev`."],
        ),
        (
            "--user U1 --verb read --cluster eu-west-1_dev --namespace shop",
            1,
            ["rule 1 (on call): it does not reach into namespace shop", "refused: You may not see namespace `shop`"],
        ),
        (
            "--user U9 --verb connect --cluster us-east-1_prod",
            1,
            [
                "the region is not for this workspace, whatever its rules say",
                "refused: You may not `connect` on `us-east-1_prod`. Its region is not for this workspace. <#C9>",
            ],
        ),
        ("--user U9 --verb connect --cluster eu-west-1_prod", 0, ["rule 3 (admins): fits", "allowed"]),
        ("--user U9 --verb admin", 0, ["rule 1 (on call): it is not about", "allowed"]),
        ("--user U1 --verb admin", 1, ["rule 1 (on call): it does not give admin", "refused: You may not see what"]),
        ("--user U1 --verb read --cluster eu-west-1_a --workspace T2", 1, ["the policy says nothing about workspace"]),
    ],
)  # fmt: skip
def test_it_explains_which_rule_decides(path: Path, asked: str, code: int, lines: list[str]) -> None:
    result = ran(path, "test", *asked.split())
    assert result.exit_code == code, result.output
    for line in lines:
        assert line in result.output
    said = [line for line in result.output.splitlines() if line.startswith(("allowed", "refused"))]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("--user U1 --verb raed --cluster eu-west-1_a", "raed"),
        ("--user U1 --verb read", "--cluster is needed"),
        ("--user U1 --verb read --cluster prod", "--cluster is needed with its region"),
        ("--verb read --cluster eu-west-1_a", "--user"),
    ],
)
def test_a_question_that_says_too_little_is_a_mistake_of_usage(path: Path, asked: str, said: str) -> None:
    result = ran(path, "test", *asked.split())
    assert result.exit_code == 2
    assert said in result.output


def test_with_several_workspaces_it_must_be_said_which(path: Path) -> None:
    path.write_text(TEXT + '  "*": {rules: []}\n')
    asked = ["--user", "U1", "--verb", "read", "--cluster", "eu-west-1_a", "--namespace", "payments"]
    result = ran(path, "test", *asked)
    assert result.exit_code == 2
    assert "--workspace is needed: the file names T1, *" in result.output
    assert ran(path, "test", *asked, "--workspace", "T1").exit_code == 0
    assert ran(path, "test", *asked, "--workspace", "T2").exit_code == 1


def test_a_file_for_any_workspace_needs_none_said(path: Path) -> None:
    path.write_text(TEXT.replace("T1", '"*"'))
    asked = ["--user", "U1", "--verb", "read", "--cluster", "eu-west-1_a", "--namespace", "payments"]
    assert ran(path, "test", *asked).exit_code == 0


def test_a_bot_does_not_start_with_a_broken_file(slack: LocalSlack, path: Path) -> None:
    path.write_text("workspaces: [")
    given = {
        "SLACK_BOT_TOKEN": slack.teams[0].bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{path.with_name('state.db')}",
        "EKS_CHATOPS_POLICY": str(path),
    }
    result = CliRunner().invoke(main, ["run"], env=given)
    assert result.exit_code == 2
    assert "eks-chatops: policy.yaml, line 1: it is not YAML" in result.stderr


@pytest.mark.parametrize(("teams", "allowed"), [(1, True), (2, False)])
def test_without_a_file_a_bot_for_one_workspace_is_open(
    settings: Settings, slack: LocalSlack, teams: int, allowed: bool
) -> None:
    tokens = tuple(team.bot_token for team in slack.teams[:teams])
    bot = Bot(replace(settings, bot_tokens=tokens, policy_file=None))
    try:
        team = slack.team("akme")
        caller = Caller(WorkspaceKey(None, team.id), team.person("dev").id, team.id, "C1")
        request = bot.desk.access.authorise(
            Command("whoami"), caller, WebClient(team.bot_token, base_url=slack.api_url)
        )
        assert bool(request.rights.rules) is allowed
    finally:
        bot.close(5)
