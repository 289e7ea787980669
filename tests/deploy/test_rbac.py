"""The RBAC files for the clusters: valid, bound, and nothing that changes or reveals."""

import re

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from tests.deploy.rendered import DEPLOY, Object

FILES = {
    path.stem: list(yaml.safe_load_all(path.read_text())) for path in sorted((DEPLOY / "rbac").glob("*.yaml"))
}
NEWEST = ".".join(kubernetes_validate.latest_version().split(".")[:2])


def one(file: str, kind: str) -> Object:
    (found,) = [found for found in FILES[file] if found["kind"] == kind]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("file", sorted(FILES))
def test_each_object_is_valid(file: str) -> None:
    for found in FILES[file]:
        assert kubernetes_validate.validate(found, NEWEST, strict=True) == NEWEST


@pytest.mark.parametrize("file", ["read", "impersonate"])
def test_each_role_is_bound_to_the_group_of_the_access_entry(file: str) -> None:
    role, binding = one(file, "ClusterRole"), one(file, "ClusterRoleBinding")
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert [(found["kind"], found["name"]) for found in binding["subjects"]] == [("Group", "eks-chatops")]


def test_nothing_that_is_granted_changes_anything() -> None:
    for name in ("read", "kinds", "secrets"):
        rules = [rule for found in FILES[name] for rule in found.get("rules", ())]
        assert rules
        assert {verb for rule in rules for verb in rule["verbs"]} <= {"get", "list", "watch"}
        # Written out: a star in a group takes along what its makers add to it.
        assert not [
            word for rule in rules for word in (*rule["apiGroups"], *rule["resources"]) if "*" in word
        ]


def test_other_kinds_come_from_labelled_roles_alone() -> None:
    gathering, *labelled = [found for found in FILES["kinds"] if found["kind"] == "ClusterRole"]
    assert gathering["rules"] == []
    (selector,) = gathering["aggregationRule"]["clusterRoleSelectors"]
    for found in labelled:
        assert found["metadata"]["labels"] == selector["matchLabels"]
    binding = one("kinds", "ClusterRoleBinding")
    assert binding["roleRef"]["name"] == gathering["metadata"]["name"]
    assert [(found["kind"], found["name"]) for found in binding["subjects"]] == [("Group", "eks-chatops")]
    groups = {group for found in labelled for rule in found["rules"] for group in rule["apiGroups"]}
    assert "rbac.authorization.k8s.io" not in groups


def test_secrets_are_read_only_where_somebody_adds_it_and_in_one_namespace() -> None:
    role, binding = one("secrets", "Role"), one("secrets", "RoleBinding")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["metadata"]["namespace"] == role["metadata"]["namespace"]
    assert [(found["kind"], found["name"]) for found in binding["subjects"]] == [("Group", "eks-chatops")]
    rules = [
        rule
        for name, objects in FILES.items()
        for found in objects
        for rule in found.get("rules", ())
        if name != "secrets"
    ]
    granted = {resource for rule in rules for resource in rule["resources"]}
    assert granted & {"*", "secrets"} == set()


def test_the_readmes_role_is_the_same() -> None:
    text = (DEPLOY.parent / "README.md").read_text()
    (snippet,) = re.findall(r"```yaml\n(apiVersion: rbac\.authorization\.k8s\.io.*?)```", text, re.DOTALL)
    role = next(found for found in yaml.safe_load_all(snippet) if found["kind"] == "ClusterRole")

    def granted(rules: list[Object]) -> set[tuple[str, str, str]]:
        return {
            (group, resource, verb)
            for rule in rules
            for group in rule["apiGroups"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }

    assert granted(role["rules"]) == granted(one("read", "ClusterRole")["rules"])


def test_the_bot_may_stand_in_for_those_who_are_named_and_nobody_else() -> None:
    rules = one("impersonate", "ClusterRole")["rules"]
    assert [rule["resources"] for rule in rules] == [["users"], ["groups"]]
    for rule in rules:
        assert rule["verbs"] == ["impersonate"]
        assert rule["apiGroups"] == [""]
        assert rule["resourceNames"]
        assert not [name for name in rule["resourceNames"] if name.startswith("system:") or "*" in name]


def test_whom_it_stands_in_for_has_a_role_of_kubernetes_own() -> None:
    binding = one("viewers", "RoleBinding")
    assert binding["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "view",
    }
    groups = {found["name"] for found in binding["subjects"]}
    assert groups <= set(one("impersonate", "ClusterRole")["rules"][1]["resourceNames"])
