"""A policy file becomes values; a broken one is told by file, line and rule, and nothing in it is passed over."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connector.aws import SignIn
from handlers.policy import BadPolicy, Policy
from handlers.policy.values import (
    IN_NAMESPACES,
    ON_CLUSTERS,
    VERBS,
    Identity,
    Limits,
    Rule,
    Target,
    Workspace,
)

WHOLE = """\
workspaces:
  T0123456789:
    profiles: [payments-*]
    default_chain: true
    roles: ["arn:aws:iam::111122223333:role/eks-*"]
    regions: [eu-*]
    accounts: ["111122223333"]
    clusters: ["prod-*"]
    aws_keys: false
    production: ["prod-*", "eu-west-1_pay-?"]
    ask: "<#C0PLATFORM> knows"
    rules:
      - name: on-call looks into payments
        who: {users: [U1], groups: [S1], channels: [C1]}
        may: [read, logs]
        clusters: ["eu-west-1_prod-*"]
        namespaces: [payments, "pay-*"]
        impersonate: {user: "slack:{user_id}", groups: [viewers]}
      - name: platform
        who: everyone
        may: everything
"""


def policy(text: str) -> Policy:
    return Policy.from_text(text, "policy.yaml")


def rule(body: str) -> str:
    """A file whose first rule is this; its lines begin at line 4."""
    return "workspaces:\n  T1:\n    rules:\n    - " + body.replace("\n", "\n      ")


def test_every_part_of_the_file_becomes_a_value() -> None:
    assert policy(WHOLE).workspaces == {
        "T0123456789": Workspace(
            limits=Limits(
                profiles=("payments-*",),
                default_chain=True,
                roles=("arn:aws:iam::111122223333:role/eks-*",),
                regions=("eu-*",),
                accounts=frozenset({"111122223333"}),
                clusters=("prod-*",),
                aws_keys=False,
            ),
            ask="<#C0PLATFORM> knows",
            production=("prod-*", "eu-west-1_pay-?"),
            rules=(
                Rule(
                    name="on-call looks into payments",
                    verbs=frozenset({"read", "logs"}),
                    users=frozenset({"U1"}),
                    groups=frozenset({"S1"}),
                    channels=frozenset({"C1"}),
                    clusters=("eu-west-1_prod-*",),
                    namespaces=("payments", "pay-*"),
                    identity=Identity("slack:{user_id}", ("viewers",)),
                ),
                Rule(name="platform", verbs=frozenset(VERBS), everyone=True),
            ),
        )
    }


def test_what_is_left_out_is_no_limit_but_for_keys() -> None:
    (workspace,) = policy('workspaces: {"*": {rules: []}}').workspaces.values()
    assert workspace.limits == Limits(aws_keys=False)
    assert workspace.rules == ()


@pytest.mark.parametrize(
    ("said", "chain"),
    [
        ("", True),
        ("profiles: [ops], ", False),
        ("profiles: [], ", False),
        ("profiles: [ops], default_chain: true, ", True),
        ("default_chain: false, ", False),
        ("default_chain: no, ", False),
    ],
)
def test_who_names_the_profiles_has_named_the_ways_to_sign_in(said: str, chain: bool) -> None:
    (workspace,) = policy(f"workspaces: {{T1: {{{said}rules: []}}}}").workspaces.values()
    assert workspace.limits.default_chain is chain
    assert (workspace.limits.refuses_sign_in(SignIn()) == "") is chain


@pytest.mark.parametrize(
    ("patterns", "connection_id", "marked"),
    [
        ('["prod-*"]', "eu-west-1_prod-main", True),
        ('["prod-*"]', "eu-west-1_prod-main_111122223333", True),
        ('["eu-west-1_prod-*"]', "eu-west-1_prod-main", True),
        ('["eu-west-1_prod-*"]', "us-east-1_prod-main", False),
        ('["prod-*"]', "eu-west-1_staging", False),
        ('["prod-*"]', "eu-west-1_PROD-main", False),
        ('["a", "*-main"]', "eu-west-1_prod-main", True),
    ],
)
def test_which_clusters_are_productions(patterns: str, connection_id: str, marked: bool) -> None:
    (workspace,) = policy(f"workspaces: {{T1: {{production: {patterns}, rules: []}}}}").workspaces.values()
    assert Target.from_id(connection_id).matches(workspace.production) is marked


@pytest.mark.parametrize("said", ["", "production: [], "])
def test_without_a_word_about_it_nothing_is_productions(said: str) -> None:
    (workspace,) = policy(f"workspaces: {{T1: {{{said}rules: []}}}}").workspaces.values()
    assert workspace.production == ()


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("prod", "`production` is a list: write it in [ ]"),
        ('["a b"]', "`a b` in `production` is not the name of a cluster"),
    ],
)
def test_production_that_is_no_list_of_clusters_is_told(said: str, what: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        policy(f"workspaces:\n  T1:\n    production: {said}\n    rules: []")
    assert "line 3" in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "verbs"),
    [
        ("", frozenset(VERBS)),
        ("\nclusters: [prod]", ON_CLUSTERS),
        ("\nnamespaces: [pay]", IN_NAMESPACES),
        ("\nclusters: [prod]\nnamespaces: [pay]", IN_NAMESPACES),
    ],
)
def test_everything_is_what_can_be_within_the_limits_of_the_rule(limits: str, verbs: frozenset[str]) -> None:
    (workspace,) = policy(rule("name: a\nwho: everyone\nmay: everything" + limits)).workspaces.values()
    assert workspace.rules[0].verbs == verbs


def test_an_account_is_text_however_it_is_written() -> None:
    # Unquoted, YAML would take the first for an octal number.
    text = 'workspaces: {T1: {accounts: [011122223333, 111122223333, "222233334444"], rules: []}}'
    (workspace,) = policy(text).workspaces.values()
    assert workspace.limits.accounts == frozenset({"011122223333", "111122223333", "222233334444"})


def test_anchors_and_merges_work_as_yaml_has_them() -> None:
    text = """\
workspaces:
  T1: &main
    profiles: &ours [payments-*]
    rules:
    - &base {name: a, who: everyone, may: [read], clusters: [one]}
    - {<<: *base, name: b, clusters: [two]}
  T2:
    <<: *main
    profiles: *ours
    default_chain: true
"""
    read = policy(text).workspaces
    assert [(one.name, one.clusters) for one in read["T1"].rules] == [("a", ("one",)), ("b", ("two",))]
    assert read["T2"].rules == read["T1"].rules
    assert read["T2"].limits == Limits(("payments-*",), default_chain=True, aws_keys=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "policy.yaml, line 1: it is empty"),
        ("# nothing\n", "policy.yaml, line 1: it is empty"),
        ("[]", "policy.yaml, line 1: the file is not names with values"),
        ("{}", "policy.yaml, line 1: `workspaces` is missing"),
        ("workspace: {}", "policy.yaml, line 1: there is no part of the file `workspace`; did you mean `workspaces`?"),
        ("workspaces:\n- T1", "policy.yaml, line 2: `workspaces` is not names with values"),
        ("a: b\n c: d", "policy.yaml, line 2: it is not YAML"),
        ("workspaces:\n  *: x", 'policy.yaml, line 2: a * that stands for anything needs quotes: "*"'),
        ("workspaces: {T1: {regions: [*], rules: []}}", 'line 1: a * that stands for anything needs quotes: "*"'),
        ("--- {}\n--- {}", "policy.yaml, line 2: it is not YAML: expected a single document"),
        ("workspaces: \0", "policy.yaml: it holds characters that YAML does not"),
        ("[" * 5000, "policy.yaml: it is not YAML"),
        ("workspaces:\n  akme: {rules: []}", "line 2: `akme` is no workspace: its id begins with T"),
        ("workspaces:\n  T1: {}", "line 2: workspace T1 has no `rules`; to allow nothing there, write `rules: []`"),
        ("workspaces:\n  T1: {rules: []}\n  T1: {rules: []}", "line 2: `T1` is there twice"),
        ("workspaces:\n  T1:\n    rules: {}", "line 3: `rules` is a list"),
        ("workspaces:\n  T1:\n    ruls: []", "line 3: there is no part of workspace T1 `ruls`; did you mean `rules`?"),
        ("workspaces: {? [T1] : {rules: []}}", "`workspaces` has a name that is no word"),
        ("workspaces:\n  T1:\n    regions: [eu-wset-1]\n    rules: []", "there is no region `eu-wset-1`; did you"),
        ("workspaces: {T1: {regions: eu-west-1, rules: []}}", "`regions` is a list: write it in [ ]"),
        ("workspaces: {T1: {accounts: [12], rules: []}}", "`12` in `accounts` is not an AWS account: 12 digits"),
        ("workspaces: {T1: {roles: [admin], rules: []}}", "`admin` in `roles` is not the ARN of a role"),
        ("workspaces: {T1: {profiles: [on], rules: []}}", "`profiles` holds `on` where a text on one line is meant"),
        ("workspaces: {T1: {profiles: [[a]], rules: []}}", "`profiles` holds something that is no text"),
        ("workspaces: {T1: {profiles: [!!python/object a], rules: []}}", "put it in quotes"),
        ("workspaces: {T1: {clusters: [pröd], rules: []}}", "`pröd` in `clusters` is not the name of a cluster"),
        ('workspaces: {T1: {aws_keys: "true", rules: []}}', "`aws_keys` is true or false"),
        ("workspaces: {T1: {default_chain: maybe, rules: []}}", "`default_chain` is true or false"),
        ("workspaces: {T1: {ask: [C1], rules: []}}", "`ask` holds something that is no text"),
        (rule("just words"), "policy.yaml, line 4, rule 1: a rule is not names with values"),
        (rule("who: everyone\nmay: [read]"), "policy.yaml, line 4, rule 1: `name` is missing"),
        (rule("name: a\nmay: [read]"), "policy.yaml, line 4, rule 1 (a): `who` is missing"),
        (rule("name: a\nwho: everyone"), "policy.yaml, line 4, rule 1 (a): `may` is missing"),
        (rule("name: a\nwho: everyone\nmay: [raed]"), "line 6, rule 1 (a): there is no verb `raed`; did you"),
        (rule("name: a\nwho: everyone\nmay: [everything]"), "rule 1 (a): there is no verb `everything`"),
        (rule("name: a\nwho: everyone\nmay: read"), "line 6, rule 1 (a): `may` is a list: write it in [ ]"),
        (rule("name: a\nwho: everyone\nmay: []"), "line 6, rule 1 (a): `may` is empty"),
        (rule("name: a\nwho: all\nmay: [read]"), "line 5, rule 1 (a): `who` is the word everyone, or lists of users"),
        (rule("name: a\nwho: {}\nmay: [read]"), "line 5, rule 1 (a): `who` names nobody"),
        (rule("name: a\nwho: {users: []}\nmay: [read]"), "line 5, rule 1 (a): `users` is empty"),
        (rule("name: a\nwho: {user: [U1]}\nmay: [read]"), "there is no part of `who` `user`; did you mean `users`?"),
        (rule('name: a\nwho: {users: ["@ada"]}\nmay: [read]'), "`@ada` in `users` is not the id of a person"),
        (rule('name: a\nwho: {channels: ["#ops"]}\nmay: [read]'), "`#ops` in `channels` is not the id of a channel"),
        (rule("name: a\nwho: {groups: [sre]}\nmay: [read]"), "`sre` in `groups` is not the id of a user group"),
        (rule("name: a\nwho: everyone\nmay: [read]\nclusters: []"), "line 7, rule 1 (a): `clusters` is empty: "),
        (rule("name: a\nwho: everyone\nmay: [read]\nnamespace: [x]"), "`namespace`; did you mean `namespaces`?"),
        (rule("name: a\nwho: everyone\nmay: [read]\nnamespaces: [Pay]"), "`Pay` in `namespaces` is not the name of"),
        (rule("name: a\nwho: everyone\nmay: [admin]\nclusters: [a]"), "`admin` is about the whole workspace: give"),
        (rule("name: a\nwho: everyone\nmay: [connect]\nnamespaces: [a]"), "`connect` is about a whole cluster: give"),
        (rule("name: a\nwho: everyone\nmay: [read]\nimpersonate: {groups: [v]}"), "`impersonate` needs a `user`"),
        (rule('name: a\nwho: everyone\nmay: [read]\nimpersonate: {user: "{user}"}'), "did you mean `{user_id}`?"),
        (rule('name: a\nwho: everyone\nmay: [read]\nimpersonate: {user: "a{"}'), "there is no placeholder `{`"),
        (rule('name: a\nwho: everyone\nmay: [read]\nimpersonate: {user: "é"}'), "line 7, rule 1 (a): `é` is no user"),
        (rule('name: a\nwho: everyone\nmay: [read]\nimpersonate: {user: "a\\nb"}'), "a text on one line is meant"),
        (WHOLE.replace("name: platform", "name: on-call looks into payments"), "line 19, rule 2 (on-call looks into"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_file_line_and_rule(text: str, said: str) -> None:
    with pytest.raises(BadPolicy) as caught:
        policy(text)
    assert said in str(caught.value)
    assert str(caught.value).startswith("policy.yaml")
    assert "\n" not in str(caught.value)


def test_an_error_has_its_place_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "rights.yaml"
    path.write_text(WHOLE.replace("may: everything", "may: [raed]"))
    with pytest.raises(BadPolicy) as caught:
        Policy.from_file(path)
    error = caught.value
    assert (error.file, error.line, error.rule) == ("rights.yaml", 21, "rule 2 (platform)")
    assert str(error) == (
        "rights.yaml, line 21, rule 2 (platform): there is no verb `raed`; did you mean `read`?"
    )


def test_a_file_that_cannot_be_read_is_told_too(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, said in (
        (tmp_path / "absent", "No such file"),
        (tmp_path, "Is a directory"),
        (binary, "not text in UTF-8"),
    ):
        with pytest.raises(BadPolicy, match=said):
            Policy.from_file(path)


WORDS = st.sampled_from(
    [*VERBS, "everything", "everyone", "U1", "S1", "C1", "T1", "*", "prod-*", "eu-west-1", "{user_id}", "on", "1", ""]
)  # fmt: skip
NAMES = st.sampled_from(
    ["workspaces", "T1", "*", "rules", "name", "who", "users", "groups", "channels", "may", "clusters", "namespaces",
     "impersonate", "user", "profiles", "regions", "accounts", "aws_keys", "ask", "<<", "x"]
)  # fmt: skip
ANYTHING = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(st.text())
def test_any_text_is_a_policy_or_a_sentence(text: str) -> None:
    try:
        read = policy(text)
    except BadPolicy as error:
        assert str(error).startswith("policy.yaml")
    else:
        assert read.workspaces is not None


@given(ANYTHING)
def test_any_yaml_is_a_policy_or_a_sentence(value: object) -> None:
    try:
        read = policy(yaml.safe_dump(value))
    except BadPolicy as error:
        assert error.what
    else:
        assert all(isinstance(one, Workspace) for one in read.workspaces.values())


@given(st.integers(0, len(WHOLE) - 1), st.sampled_from("[]{}:,-*&!|>'\"#% \t\nx"))
def test_a_letter_changed_gives_a_policy_or_a_sentence(at: int, letter: str) -> None:
    text = WHOLE[:at] + letter + WHOLE[at + 1 :]
    try:
        policy(text)
    except BadPolicy as error:
        # What has no line end yet is missed at the end, one line further.
        assert error.line <= len(text.splitlines()) + 1
