"""Rights from a few words, for tests of the policy's decisions."""

from typing import Any

from connector.workspaces import WorkspaceKey
from handlers.policy import Policy, Rights
from handlers.policy.values import Limits, Rule, Target, Who, Workspace

HERE = WorkspaceKey("E1", "T1")
ADA = Who("U1", "C1", "T1")
PROD = Target("eu-west-1", "prod-payments", "111122223333", "eu-west-1_prod-payments")
DEV = Target("eu-west-1", "dev", "111122223333", "eu-west-1_dev")


def rights(*rules: Rule, who: Who = ADA, **limits: Any) -> Rights:
    return Policy({"*": Workspace(rules, Limits(**limits), "ask <@U9>")}).rights(HERE, who)


def gives(*verbs: str, name: str = "a", **more: Any) -> Rule:
    return Rule(name, frozenset(verbs), **{"everyone": True, **more})


def read(text: str, who: Who = ADA, key: WorkspaceKey = HERE) -> Rights:
    return Policy.from_text(text, "policy.yaml").rights(key, who)
