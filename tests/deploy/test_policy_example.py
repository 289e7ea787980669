"""The example of a policy, deployed until somebody writes their own: it loads, and it fits the other examples."""

from pathlib import Path

import yaml

from connector.workspaces import WorkspaceKey
from handlers.policy import Policy
from handlers.policy.values import VERBS, Who
from tests.deploy.rendered import DEPLOY, overlay

EXAMPLE = DEPLOY / "base/policy.example.yaml"


def test_it_loads() -> None:
    policy = Policy.from_file(EXAMPLE)
    (named,) = set(policy.workspaces) - {"*"}
    rules = policy.workspaces[named].rules
    assert {verb for rule in rules for verb in rule.verbs} == set(VERBS)
    assert any(rule.identity for rule in rules)


def test_it_allows_nothing_to_anybody_who_exists() -> None:
    policy = Policy.from_file(EXAMPLE)
    # No id of Slack's holds a word.
    (named,) = set(policy.workspaces) - {"*"}
    assert "EXAMPLE" in named
    anybody = Who("U024BE7LH", "C024BE91L", "T024BE7LD")
    assert not policy.rights(WorkspaceKey(None, "T024BE7LD"), anybody).rules


def test_it_is_what_the_installations_hold_unless_replaced() -> None:
    deployed = overlay("http-oauth-replicas").one("ConfigMap", "eks-chatops-policy")["data"]["policy.yaml"]
    assert deployed == EXAMPLE.read_text()


def test_the_rbac_example_allows_the_groups_that_it_impersonates() -> None:
    rules = Policy.from_file(EXAMPLE).workspaces["T0000EXAMPLE"].rules
    groups = {group for rule in rules if rule.identity for group in rule.identity.groups}
    allowed = set()
    for found in yaml.safe_load_all(Path(DEPLOY, "rbac/impersonate.yaml").read_text()):
        for rule in found.get("rules", []):
            if rule["resources"] == ["groups"]:
                allowed |= set(rule["resourceNames"])
    assert groups == allowed
