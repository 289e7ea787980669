"""Who may do what by a policy: each verb allowed and denied, the first rule that fits, and as whom it is done."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.impersonation import Impersonate
from handlers.policy import NotAllowed, Scope
from handlers.policy.rights import considered
from handlers.policy.values import ADMIN, IN_NAMESPACES, VERBS, Rule, Target, Who, Workspace
from tests.handlers.rights_parts import ADA, DEV, PROD, gives, read, rights

# --- the matrix


@pytest.mark.parametrize("asked", VERBS)
@pytest.mark.parametrize("given", VERBS)
def test_a_rule_gives_the_verbs_it_names_and_no_other(given: str, asked: str) -> None:
    has = rights(gives(given))
    target = None if asked == ADMIN else PROD
    assert has.may(asked, target) is (given == asked)
    if given == asked:
        has.check(asked, target)
        return
    with pytest.raises(NotAllowed) as caught:
        has.check(asked, target)
    assert "You may not" in caught.value.what
    assert caught.value.why == f"No rule of the policy gives you `{asked}`."
    assert "/eks whoami" in caught.value.hint
    assert caught.value.ask == "ask <@U9>"


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {ADMIN}))
@pytest.mark.parametrize(
    ("clusters", "allowed"),
    [
        (None, True),
        (("prod-payments",), True),
        (("prod-*",), True),
        (("eu-west-1_*",), True),
        (("eu-west-1_prod-payments",), True),
        (("dev", "*-payments"), True),
        (("PROD-payments",), False),
        (("prod",), False),
        (("us-east-1_prod-payments",), False),
        (("eu-west-1",), False),
    ],
)
def test_a_rule_is_about_the_clusters_it_names(
    verb: str, clusters: tuple[str, ...] | None, allowed: bool
) -> None:
    has = rights(gives(verb, clusters=clusters))
    assert has.may(verb)
    assert has.may(verb, PROD) is allowed
    if not allowed:
        with pytest.raises(NotAllowed) as caught:
            has.check(verb, PROD)
        assert caught.value.why == f"What gives you `{verb}` is for other clusters: `a`."


@pytest.mark.parametrize("verb", sorted(IN_NAMESPACES))
@pytest.mark.parametrize(
    ("namespaces", "asked", "allowed"),
    [
        (None, "payments", True),
        (("payments",), "payments", True),
        (("pay-*", "shop"), "pay-eu", True),
        (("pay-*", "shop"), "pay", False),
        (("payments",), "kube-system", False),
        (("*",), "kube-system", True),
    ],
)
def test_a_rule_reaches_into_the_namespaces_it_names(
    verb: str, namespaces: tuple[str, ...] | None, asked: str, allowed: bool
) -> None:
    has = rights(gives(verb, namespaces=namespaces))
    if allowed:
        assert has.scope(verb, PROD, asked) == Scope(rules=("a",))
        return
    with pytest.raises(NotAllowed) as caught:
        has.scope(verb, PROD, asked)
    assert f"namespace `{asked}`" in caught.value.what


def test_what_is_in_no_namespace_is_for_rules_without_them() -> None:
    # Nodes show what runs for everybody: a pattern for any namespace is no right to them.
    limited, whole = gives("read", namespaces=("*",)), gives("read", name="b")
    with pytest.raises(NotAllowed, match="in no namespace"):
        rights(limited).scope("read", PROD, namespaced=False)
    assert rights(limited, whole).scope("read", PROD, namespaced=False) == Scope(rules=("b",))


# --- who


@pytest.mark.parametrize(
    ("who", "rule", "fits"),
    [
        (ADA, {"everyone": True}, "it is for everyone"),
        (ADA, {"users": frozenset({"U1"})}, "you are named"),
        (ADA, {"users": frozenset({"U2"})}, ""),
        (ADA, {"channels": frozenset({"C1"})}, "you ask in this channel"),
        (ADA, {"channels": frozenset({"C2"})}, ""),
        (Who("U1"), {"channels": frozenset({"C1", ""})}, "you ask in this channel"),
        (Who("U1"), {"channels": frozenset({"C1"})}, ""),
        (Who("U1", groups=frozenset({"S1"})), {"groups": frozenset({"S1", "S2"})}, "you are in the user group S1"),
        (ADA, {"groups": frozenset({"S1"})}, ""),
        (Who("U1", slack_admin=True), {"slack_admins": True}, "you are an admin of this Slack workspace"),
        (ADA, {"slack_admins": True}, ""),
        (Who("U1", guest=True), {"users": frozenset({"U1"})}, "you are named"),
        (Who("U1", guest=True), {"everyone": True}, ""),
        (Who("U1", "C1", guest=True), {"channels": frozenset({"C1"})}, ""),
        (Who("U1", groups=frozenset({"S1"}), guest=True), {"groups": frozenset({"S1"})}, ""),
        (Who("U1", guest=True, slack_admin=True), {"slack_admins": True}, ""),
    ],
)  # fmt: skip
def test_whom_a_rule_is_about(who: Who, rule: dict[str, Any], fits: str) -> None:
    one = Rule("a", frozenset({"read"}), **rule)
    assert one.meets(who) == fits
    assert rights(one, who=who).may("read", PROD) is bool(fits)


def test_groups_are_asked_about_only_where_they_decide() -> None:
    by_group = gives("read", everyone=False, groups=frozenset({"S1"}))
    named_too = gives("read", everyone=False, groups=frozenset({"S2"}), users=frozenset({"U1"}))
    space = Workspace((by_group, named_too, gives("read")))
    assert space.groups_to_ask_about(ADA) == {"S1"}
    assert space.groups_to_ask_about(Who("U2")) == {"S1", "S2"}
    assert space.groups_to_ask_about(Who("U2", guest=True)) == frozenset()


# --- the first rule that fits


FIRST = """
workspaces:
  T1:
    rules:
    - {name: payments, who: everyone, may: [read], namespaces: ["pay*"], impersonate: {user: "slack:{user_id}"}}
    - {name: shop, who: everyone, may: [read], namespaces: [shop], impersonate: {user: "slack:{user_id}"}}
    - name: dev
      who: everyone
      may: [read]
      clusters: [dev]
      impersonate: {user: dev, groups: [a, "t:{workspace_id}"]}
    - {name: rest, who: {users: [U1]}, may: [read]}
"""


@pytest.mark.parametrize(
    ("target", "namespace", "rule", "user"),
    [
        (PROD, "payments", "payments", "slack:U1"),
        (PROD, "shop", "shop", "slack:U1"),
        (PROD, "kube-system", "rest", None),
        (DEV, "payments", "payments", "slack:U1"),
        (DEV, "kube-system", "dev", "dev"),
    ],
)
def test_the_first_rule_that_covers_a_namespace_decides_as_whom(
    target: Target, namespace: str, rule: str, user: str | None
) -> None:
    scope = read(FIRST).scope("read", target, namespace)
    assert scope.rules == (rule,)
    assert (scope.impersonate.user if scope.impersonate else None) == user
    assert scope.namespaces == ()


def test_placeholders_become_the_persons_ids() -> None:
    scope = read(FIRST).scope("read", DEV, namespaced=False)
    assert scope.impersonate == Impersonate("dev", ("a", "t:T1"))


def test_over_all_namespaces_rules_with_one_identity_add_up() -> None:
    two = read(FIRST, Who("U2", "C1", "T1"))
    assert two.scope("read", PROD) == Scope(("pay*", "shop"), Impersonate("slack:U2"), ("payments", "shop"))


def test_over_all_namespaces_rules_with_two_identities_are_refused_and_ask_for_one() -> None:
    with pytest.raises(NotAllowed) as caught:
        read(FIRST).scope("read", PROD)
    assert caught.value.what == "Say which namespace you mean."
    assert "`-n NAMESPACE`" in caught.value.hint
    assert "`payments`, `shop`, `rest`" in caught.value.why


@pytest.mark.parametrize(
    ("rules", "scope"),
    [
        # The first covers everything, so the second is never come to.
        ((gives("read"), gives("read", name="b", namespaces=("x",))), Scope((), None, ("a",))),
        # What the first gives in part, the second gives wholly.
        ((gives("read", namespaces=("x",)), gives("read", name="b")), Scope((), None, ("a", "b"))),
        # The second says nothing new, so it does not matter as whom.
        (
            (gives("read", namespaces=("x", "y")), gives("read", name="b", namespaces=("y",), users=frozenset({"U1"}))),
            Scope(("x", "y"), None, ("a",)),
        ),
        ((gives("logs"), gives("read", name="b", namespaces=("y", "y"))), Scope(("y", "y"), None, ("b",))),
    ],
)  # fmt: skip
def test_over_all_namespaces_the_order_counts(rules: tuple[Rule, ...], scope: Scope) -> None:
    assert rights(*rules).scope("read", PROD) == scope


@pytest.mark.parametrize(
    ("namespaces", "impersonate", "whole", "only"),
    [
        ((), None, True, ""),
        (("pay",), None, False, "pay"),
        (("pay*",), None, False, ""),
        (("pay", "shop"), None, False, ""),
        ((), Impersonate("x"), False, ""),
    ],
)
def test_a_scope_is_whole_only_as_the_bot_itself(
    namespaces: tuple[str, ...], impersonate: Impersonate | None, whole: bool, only: str
) -> None:
    scope = Scope(namespaces, impersonate)
    assert (scope.whole, scope.only) == (whole, only)


# --- explaining


PLACES = st.sampled_from(["", "payments", "shop", "kube-system"])
RULES = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(["a", "b"]),
        verbs=st.frozensets(st.sampled_from(sorted(IN_NAMESPACES))),
        everyone=st.booleans(),
        users=st.sampled_from([frozenset(), frozenset({"U1"})]),
        clusters=st.sampled_from([None, ("prod-*",), ("dev",)]),
        namespaces=st.sampled_from([None, ("pay*",), ("shop", "payments")]),
    ),
    max_size=4,
)


@given(RULES, PLACES, st.sampled_from(sorted(IN_NAMESPACES)), st.sampled_from([PROD, DEV]))
def test_the_rule_that_decides_is_the_first_that_nothing_speaks_against(
    rules: list[Rule], namespace: str, verb: str, target: Target
) -> None:
    fitting = [rule.name for rule in rules if not considered(rule, ADA, verb, target, namespace)]
    try:
        scope = rights(*rules).scope(verb, target, namespace)
    except NotAllowed:
        assert not fitting
    else:
        assert scope.rules[0] == fitting[0]


@given(RULES, st.sampled_from(["payments", "shop", "kube-system", "pay-eu"]), st.sampled_from([PROD, DEV]))
def test_a_namespace_is_in_the_list_of_all_exactly_when_it_may_be_asked_for(
    rules: list[Rule], namespace: str, target: Target
) -> None:
    has = rights(*rules)
    alone = True
    try:
        has.scope("read", target, namespace)
    except NotAllowed:
        alone = False
    try:
        patterns = has.scope("read", target).namespaces
    except NotAllowed:
        assert not alone
    else:
        assert alone is (not patterns or Rule("x", frozenset(), namespaces=patterns).covers(namespace))
