"""`/eks whoami`: a person's rules in words, private, within Slack's limits, with nothing come to life from a name."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from connector.workspaces import WorkspaceKey
from handlers.blocks import whoami
from handlers.blocks.limits import message_faults
from handlers.command import Command
from handlers.listeners import ROUTES
from handlers.parsing import parsed
from handlers.policy import Policy, PolicyFile
from handlers.policy.values import VERBS, Limits, Rule, Who, Workspace
from tests.handlers.desk_parts import Office
from tests.handlers.samples import HOSTILE, alive
from tests.handlers.slack_server import SlackServer

KEY = WorkspaceKey(None, "T1")
TEXT = """
workspaces:
  T1:
    profiles: [payments-*]
    regions: [eu-*]
    ask: "<#C9PLATFORM> knows"
    rules:
    - name: on call
      who: {users: [U1], groups: [S1]}
      may: [read, logs]
      clusters: ["prod-*"]
      namespaces: [payments]
      impersonate: {user: "slack:{user_id}", groups: [viewers]}
    - {name: everybody, who: everyone, may: [discover]}
    - {name: others, who: {users: [U2]}, may: everything}
"""


def shown(policy: Policy) -> str:
    message = whoami.drawn(policy.rights(KEY, Who("U1", "C1", "T1")))
    drawn: dict[str, Any] = {"text": message.text, "blocks": message.blocks}
    assert message_faults(drawn) == []
    return "\n".join(str(block) for block in message.blocks)


def test_it_says_each_rule_about_the_person_with_its_reason() -> None:
    text = shown(Policy.from_text(TEXT, "policy.yaml"))
    assert "*on call*: you are named" in text
    assert "`read` (look into clusters), `logs` (read logs)" in text
    assert "on clusters `prod-*`" in text
    assert "in namespaces `payments`" in text
    assert "as `slack:U1` in groups `viewers`" in text
    assert "*everybody*: it is for everyone" in text
    assert "the first one decides" in text
    assert "others" not in text
    assert "profiles: `payments-*`" in text
    assert "not the default chain" in text
    assert "no AWS keys" in text
    assert "<#C9PLATFORM> knows" in text


def test_who_may_nothing_is_told_so_with_whom_to_ask() -> None:
    text = shown(Policy.from_text("workspaces: {T1: {ask: '<@U9>', rules: []}}", "policy.yaml"))
    assert "You may do nothing" in text
    assert "<@U9>" in text


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy.open(), "There is no policy file: every member of this workspace may do everything."),
        (Policy.closed(), "serves several workspaces without a policy file"),
        (Policy({}), "The policy says nothing about this workspace."),
    ],
)
def test_without_a_rule_it_says_why(policy: Policy, said: str) -> None:
    assert said in shown(policy)


@pytest.mark.parametrize("admin", [True, False])
def test_a_broken_file_is_told_to_admins(
    tmp_path: Path, admin: bool, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    path = tmp_path / "policy.yaml"
    path.write_text(
        f"workspaces: {{T1: {{rules: [{{name: a, who: everyone, may: [{'admin' if admin else 'read'}]}}]}}}}"
    )
    file = PolicyFile(path, lambda: now[0])
    path.write_text("workspaces: [")
    now[0] = 2.0
    with caplog.at_level(logging.CRITICAL):
        text = shown(file.current())
    assert ("The policy file is broken" in text) is admin
    assert ("policy.yaml, line 1" in text) is admin


@pytest.mark.parametrize("count", [0, 1, 2, 40, 500])
def test_any_number_of_rules_fits(count: int) -> None:
    rules = tuple(
        Rule(
            f"{at} {HOSTILE[at % len(HOSTILE)]}"[:400], frozenset(VERBS), everyone=True, clusters=HOSTILE * 5
        )
        for at in range(count)
    )
    limits = Limits(profiles=HOSTILE * 5, regions=(), aws_keys=False)
    text = shown(
        Policy({"T1": Workspace(rules, limits, ask="<!channel> <https://evil.example|x> <@U1> & <#C1>")})
    )
    assert ("more rule" in text) is (count > 20)
    assert alive(text.replace("<@U1>", "").replace("<#C1>", "")) == ""


def test_it_is_answered_to_the_asker_alone_and_asks_no_cluster(server: SlackServer, memory: Engine) -> None:
    office = Office(server, memory, policy=lambda: Policy.from_text(TEXT, "policy.yaml"))
    assert parsed("whoami") == Command("whoami")
    server.always["usergroups.list"] = server.always["users.info"]
    office.desk.take(office.turn(), lambda: parsed("whoami"), ROUTES["whoami"])
    office.close()
    (body,) = server.asked("respond")
    assert body["response_type"] == "ephemeral"
    assert "*on call*: you are named" in str(body["blocks"])
