"""What errors say to a person: all that helps, and no secret."""

import re
import time
import unicodedata

import pytest
import urllib3.exceptions as http
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connector.words import alike, clean, meant, nearest
from tests.connector.test_errors import FACTS, answered, refused, told


def test_access_denied_takes_action_and_principal_from_aws_itself() -> None:
    failure = told(
        refused(
            "AccessDeniedException",
            "User: arn:aws:sts::111122223333:assumed-role/chatops/U1 is not authorized to perform: eks:ListClusters "
            "on resource: arn:aws:eks:eu-west-1:111122223333:cluster/* "
            "with an explicit deny in an identity-based policy",
        )
    )
    assert failure.what == "AWS refused: eks:ListClusters"
    assert failure.why == (
        "arn:aws:sts::111122223333:assumed-role/chatops/U1 may not do this in eu-west-1. "
        "A policy denies it explicitly."
    )
    assert failure.hint == "Ask for `eks:ListClusters` to be allowed, or sign in as somebody else"


def test_access_denied_without_aws_words_takes_what_is_known() -> None:
    failure = told(refused("AccessDenied", "Access Denied"))
    assert failure.what == "AWS refused: eks:DescribeCluster on prod"
    assert failure.why == f"{FACTS['principal']} may not do this in eu-west-1."


@pytest.mark.parametrize(
    ("principal", "role", "named"),
    [
        (
            "arn:aws:sts::111122223333:assumed-role/chatops/U024BE7LH",
            "",
            "--principal-arn arn:aws:iam::111122223333:role/chatops`",
        ),
        (
            "arn:aws-cn:iam::111122223333:user/ada",
            "",
            "--principal-arn arn:aws-cn:iam::111122223333:user/ada`",
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/reader/U1",
            "arn:aws:iam::111122223333:role/team/reader",
            "--principal-arn arn:aws:iam::111122223333:role/team/reader`",
        ),
        (
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_1a2b/ada",
            "",
            '--principal-arn "$(aws iam get-role --role-name AWSReservedSSO_Ops_1a2b --query Role.Arn',
        ),
    ],
)
def test_a_stranger_gets_the_line_that_lets_them_in(principal: str, role: str, named: str) -> None:
    failure = told(answered(401), principal=principal, role=role)
    assert f"`aws eks create-access-entry --cluster-name prod --region eu-west-1 {named}" in failure.hint
    # AmazonEKSViewPolicy would not let nodes be listed.
    assert failure.hint.endswith(
        "--policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy`"
    )


@pytest.mark.parametrize(
    ("message", "what", "hint"),
    [
        (
            'User "ada" cannot list resource "deployments" in API group "apps" in the namespace "shop"',
            "`prod` refused: list deployments.apps in the namespace `shop`",
            'Ask for a Role with this rule: `{apiGroups: ["apps"], resources: [deployments], verbs: [list]}`',
        ),
        (
            'User "ada" cannot list resource "deployments" in API group "apps" at the cluster scope',
            "`prod` refused: list deployments.apps",
            'Ask for a ClusterRole with this rule: `{apiGroups: ["apps"], resources: [deployments], verbs: [list]}`',
        ),
        (
            'nodes is forbidden: User "ada" cannot list resource "nodes" in API group "" at the cluster scope',
            "`prod` refused: list nodes",
            'Ask for a ClusterRole with this rule: `{apiGroups: [""], resources: [nodes], verbs: [list]}`',
        ),
    ],
)
def test_rbac_is_told_with_the_rule_that_is_missing(message: str, what: str, hint: str) -> None:
    failure = told(answered(403, message))
    assert (failure.what, failure.hint) == (what, hint)
    (rule,) = re.findall("`(.*)`", failure.hint)
    assert yaml.safe_load(rule)["verbs"] == ["list"]


LIST_TIMEOUT = "Try again; a namespace or a selector makes a list shorter"
OTHER_TIMEOUT = (
    "Try again; if it stays so, the endpoint may be private and not reachable from where the bot runs"
)


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("list pods", LIST_TIMEOUT),
        ("list nodes", LIST_TIMEOUT),
        ("list namespaces", OTHER_TIMEOUT),
        ("get version", OTHER_TIMEOUT),
        ("", OTHER_TIMEOUT),
    ],
)
def test_an_answer_that_does_not_come_is_told_with_what_helps_there(action: str, hint: str) -> None:
    error = http.ReadTimeoutError(None, "/", "timed out")  # type: ignore[arg-type]
    assert told(error, action=action).hint == hint
    assert told(TimeoutError("x"), action=action or "get version").hint == hint


def test_keys_that_a_turned_off_region_does_not_know_are_told_so() -> None:
    assert (
        "opt-status --region-name ap-east-1" in told(refused("InvalidClientTokenId"), region="ap-east-1").hint
    )
    assert "opt-status" not in told(refused("InvalidClientTokenId"), region="eu-west-1").hint


# --- secrets

CANARIES = [
    "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&X-Amz-Signature=CANARY",
    "k8s-aws-v1.CANARYCANARY_-",
    "Bearer CANARY.x.y",
    "Encoded authorization failure message: CANARY-blob",
    "AKIACANARYCANARYCANA",
    "CANARY" * 30,
]


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("code", ["AccessDenied", "ValidationException", "Strange", "SignatureDoesNotMatch"])
def test_no_secret_in_aws_words_reaches_a_person(canary: str, code: str) -> None:
    failure = told(refused(code, f"It failed: {canary} (really)"))
    assert "CANARY" not in f"{failure} {failure.what} {failure.why} {failure.hint}"


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 500])
def test_no_secret_in_a_clusters_words_reaches_a_person(canary: str, status: int) -> None:
    failure = told(answered(status, f"It failed: {canary} (really)"))
    assert "CANARY" not in f"{failure} {failure.what} {failure.why} {failure.hint}"


@given(st.text(max_size=2000), st.integers(10, 400))
def test_cleaned_text_is_short_and_on_one_line(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert all(unicodedata.category(char)[0] != "C" for char in cleaned)
    assert "`" not in cleaned
    assert cleaned == " ".join(cleaned.split())


@given(st.text(alphabet="abc .,:/-", max_size=100))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == " ".join(text.split())


def test_nearest_names() -> None:
    assert nearest("prod-payment", ["prod-payments", "dev", "prod-search"]).startswith(
        "Did you mean `prod-payments`"
    )
    assert nearest("zzz", ["prod-payments"]) == ""
    assert nearest("x", []) == ""


def test_whether_a_name_is_meant_is_asked_of_names_alone() -> None:
    assert meant("a", "b`c") == "Did you mean `a` or `b'c`?"
    assert meant("a", "") == "Did you mean `a`?"
    assert (meant(), meant("")) == ("", "")


def test_of_very_many_names_those_that_begin_alike_are_found_and_time_stays_short() -> None:
    # Thousands of one deployment's pods have most of their names in common; with all of them it would take minutes.
    pods = [f"checkout-backend-7d9f8c6b5-{at:05}" for at in range(60_000)]
    names = [*pods, "payments", "checkout-backend"]
    began = time.process_time()
    assert alike("checkout-bakend", names, 1, 0.6) == ["checkout-backend"]
    assert alike("checkuot-backend-7d9f8c6b5-00017", pods, 3, 0.6)
    assert time.process_time() - began < 5


@given(word=st.text(), names=st.lists(st.text()), most=st.integers(1, 5))
def test_what_is_alike_is_among_the_names(word: str, names: list[str], most: int) -> None:
    found = alike(word, names, most, 0.5)
    assert len(found) <= most
    assert set(found) <= set(names)


def test_long_names_are_told_whole() -> None:
    long = "a" * 90 + "b" * 160
    assert alike("a" * 90 + "b" * 159, [long, "c"], 3, 0.6) == [long]
