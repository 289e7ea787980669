"""What a workspace may use at all, by which part of the policy, and which cluster an id means."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.aws import Keys, Role, SignIn
from connector.workspaces import WorkspaceKey
from handlers.policy import NotAllowed, Policy
from handlers.policy.values import ADMIN, VERBS, Target, Who, Workspace
from tests.handlers.rights_parts import ADA, HERE, PROD, gives, rights

# --- the workspace's limits


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        ({"regions": ("eu-*",)}, ""),
        ({"regions": ("us-*",)}, "region"),
        ({"regions": ()}, "region"),
        ({"accounts": frozenset({"111122223333"})}, ""),
        ({"accounts": frozenset({"999999999999"})}, "account"),
        ({"clusters": ("prod-*",)}, ""),
        ({"clusters": ("dev",)}, "cluster"),
    ],
)
def test_limits_hold_whatever_the_rules_give(limits: dict[str, Any], refused: str) -> None:
    has = rights(gives(*VERBS), **limits)
    for verb in set(VERBS) - {ADMIN}:
        assert has.may(verb, PROD) is (refused == "")
        if refused:
            with pytest.raises(NotAllowed, match="You may not") as caught:
                has.check(verb, PROD)
            assert caught.value.why == f"Its {refused} is not for this workspace."


def test_an_account_that_is_not_known_yet_is_looked_at_later() -> None:
    has = rights(gives("connect"), accounts=frozenset({"111122223333"}))
    has.check("connect", Target("eu-west-1", "prod"))
    has.check_account("111122223333")
    for other in ("999999999999", ""):
        with pytest.raises(NotAllowed, match="account"):
            has.check_account(other)


KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "CANARYSECRET")
OPS_ROLE = Role("arn:aws:iam::111122223333:role/ops")


@pytest.mark.parametrize(
    ("limits", "sign_in", "field"),
    [
        ({}, SignIn("ops"), None),
        ({}, SignIn(), None),
        ({}, SignIn(keys=KEYS), None),
        ({"profiles": ("op*",)}, SignIn("ops"), None),
        ({"profiles": ("dev",)}, SignIn("ops"), "profile"),
        ({"profiles": ()}, SignIn("ops"), "profile"),
        ({"profiles": ("dev",)}, SignIn(keys=KEYS), None),
        ({"default_chain": False}, SignIn(), "profile"),
        ({"default_chain": False}, SignIn("ops"), None),
        ({"aws_keys": False}, SignIn(keys=KEYS), "access_key_id"),
        ({"aws_keys": False}, SignIn("ops"), None),
        ({"roles": ("*:role/ops",)}, SignIn("ops", role=OPS_ROLE), None),
        ({"roles": ("*:role/dev",)}, SignIn("ops", role=OPS_ROLE), "role_arn"),
        ({"roles": ()}, SignIn("ops", role=OPS_ROLE), "role_arn"),
        ({"roles": ()}, SignIn(keys=KEYS, role=OPS_ROLE), "role_arn"),
        ({"roles": ()}, SignIn("ops"), None),
        ({"regions": ("us-*",)}, SignIn("ops"), "region"),
    ],
)
def test_how_a_workspace_may_sign_in(limits: dict[str, Any], sign_in: SignIn, field: str | None) -> None:
    has = rights(gives("connect"), **limits)
    if field is None:
        has.check_sign_in(sign_in, "eu-west-1")
        return
    with pytest.raises(NotAllowed) as caught:
        has.check_sign_in(sign_in, "eu-west-1")
    assert caught.value.field == field
    assert "CANARY" not in f"{caught.value.what}{caught.value.why}{caught.value.hint}"


# --- which part of the file


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        (WorkspaceKey(None, "T1"), "team"),
        (WorkspaceKey("E1", "T1"), "team"),
        (WorkspaceKey("E1", "T2"), "organisation"),
        (WorkspaceKey("E1", None), "organisation"),
        (WorkspaceKey("E2", "T2"), "rest"),
        (WorkspaceKey(None, None), "rest"),
        (WorkspaceKey("", ""), "rest"),
    ],
)
def test_a_workspace_goes_by_its_id_then_its_organisations_then_any(key: WorkspaceKey, rule: str) -> None:
    names = {"T1": "team", "E1": "organisation", "*": "rest"}
    policy = Policy({name: Workspace((gives("read", name=said),)) for name, said in names.items()})
    assert [one.name for one in policy.rights(key, ADA).rules] == [rule]


def test_a_workspace_that_is_not_in_the_file_may_nothing() -> None:
    has = Policy({"T2": Workspace((gives("read"),))}).rights(WorkspaceKey(None, "T1"), ADA)
    with pytest.raises(NotAllowed) as caught:
        has.check("read")
    assert caught.value.why == "The policy says nothing about this workspace."


def test_without_a_file_a_member_may_everything_and_a_slack_admin_sees_the_audit() -> None:
    member, admin = (
        Policy.open().rights(HERE, Who("U1", slack_admin=is_admin)) for is_admin in (False, True)
    )
    for verb in VERBS:
        target = None if verb == ADMIN else PROD
        assert admin.may(verb, target)
        assert member.may(verb, target) is (verb != ADMIN)
    assert not Policy.open().rights(HERE, Who("U1", guest=True)).rules


def test_without_a_file_several_workspaces_may_nothing() -> None:
    has = Policy.closed().rights(HERE, Who("U1", slack_admin=True))
    for verb in VERBS:
        with pytest.raises(NotAllowed, match="You may not") as caught:
            has.check(verb)
        assert "policy file" in caught.value.why


# --- ids


@pytest.mark.parametrize(
    ("connection_id", "target"),
    [
        ("eu-west-1_prod", Target("eu-west-1", "prod", "", "eu-west-1_prod")),
        ("eu-west-1_my_prod", Target("eu-west-1", "my_prod", "", "eu-west-1_my_prod")),
        ("eu-west-1_prod_111122223333", Target("eu-west-1", "prod", "111122223333", "eu-west-1_prod_111122223333")),
        ("prod", Target("", "prod")),
        ("", Target("", "")),
    ],
)  # fmt: skip
def test_a_connections_id_tells_its_cluster(connection_id: str, target: Target) -> None:
    assert Target.from_id(connection_id) == target


@given(st.text(max_size=900))
def test_any_text_is_some_target(text: str) -> None:
    target = Target.from_id(text)
    assert target.cluster in text
    assert not rights(gives("read", clusters=("prod-only",))).may("read", target) or "prod-only" in text
