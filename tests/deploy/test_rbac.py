"""The RBAC files for the clusters: valid, enough for every list, and nothing that changes or reveals."""

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml

from connector.resources import KINDS
from tests.deploy.rendered import DEPLOY, Object

FILES = {
    path.stem: list(yaml.safe_load_all(path.read_text())) for path in sorted((DEPLOY / "rbac").glob("*.yaml"))
}
NEWEST = ".".join(kubernetes_validate.latest_version().split(".")[:2])
GROUPS = {"CoreV1Api": "", "AppsV1Api": "apps"}


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


def test_every_list_is_allowed_and_nothing_else() -> None:
    needed = {(GROUPS[kind.api], kind.plural) for kind in KINDS.values()} | {("", "namespaces")}
    rules = one("read", "ClusterRole")["rules"]
    allowed = {
        (group, resource) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"]
    }
    assert allowed == needed
    assert {verb for rule in rules for verb in rule["verbs"]} == {"list"}


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
