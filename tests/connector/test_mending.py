"""The commands that mend a hop: exact, quoted for a shell, and none that would take away what is there."""

import json
import shlex
from typing import Any

import pytest

from connector.aws import Identity, Role, SignIn
from connector.errors import (
    AccessDenied,
    ClusterNotFound,
    Expired,
    Failure,
    Forbidden,
    InvalidCredentials,
    NoCredentials,
    ProfileNotFound,
    Unauthorized,
    Unreachable,
    Untrusted,
)
from connector.examination import HOPS
from connector.impersonation import Impersonate
from connector.mending import Case, mending
from connector.reviews import Known, Right

USER = Identity("111122223333", "arn:aws:iam::111122223333:user/team/ops")
SESSION = Identity("111122223333", "arn:aws:sts::111122223333:assumed-role/eks-chatops/U024BE7LH")
CENTER = Identity("111122223333", "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/ada")
BOTH_MODES = "authenticationMode=API_AND_CONFIG_MAP"
PROD = "--name prod --region eu-west-1"
ROLE = Role("arn:aws:iam::444455556666:role/team/reader", "EXTERNAL-SECRET")


def case(**more: Any) -> Case:
    ways: dict[str, Any] = {"sign_in": SignIn(profile="ops"), "region": "eu-west-1", "cluster": "prod"}
    return Case(**ways | more)


@pytest.mark.parametrize(
    ("hop", "failure", "known", "expected"),
    [
        ("profile", ProfileNotFound("x"), {}, ["aws configure sso --profile ops"]),
        (
            "profile",
            ProfileNotFound("x"),
            {"sign_in": SignIn(profile="it's $(mine)")},
            ["aws configure sso --profile 'it'\"'\"'s $(mine)'"],
        ),
        (
            "credentials",
            InvalidCredentials("x"),
            {},
            ["aws configure --profile ops", "aws sts get-caller-identity --profile ops"],
        ),
        (
            "credentials",
            NoCredentials("x"),
            {},
            ["aws configure --profile ops", "aws sts get-caller-identity --profile ops"],
        ),
        ("credentials", NoCredentials("x"), {"sign_in": SignIn()}, []),
        # Its own hint has the command.
        ("credentials", Expired("x", "", "Sign in again: `aws sso login --profile ops`"), {}, []),
        ("cluster", ClusterNotFound("x"), {}, ["aws eks list-clusters --region eu-west-1 --profile ops"]),
        (
            "tls",
            Untrusted("x"),
            {},
            [
                f"aws eks describe-cluster {PROD} --query cluster.certificateAuthority.data --profile ops",
            ],
        ),
        ("access", Unauthorized("x"), {}, []),
        (
            "access",
            Unauthorized("x"),
            {"found": {"accessConfig": {"authenticationMode": "CONFIG_MAP"}}},
            [
                f"aws eks update-cluster-config {PROD} --access-config {BOTH_MODES} --profile ops",
            ],
        ),
        ("access", Unauthorized("x"), {"found": {"accessConfig": {"authenticationMode": "API"}}}, []),
    ],
)
def test_each_hop_has_the_commands_that_its_hint_lacks(
    hop: str, failure: Failure, known: dict[str, Any], expected: list[str]
) -> None:
    assert list(mending(hop, failure, case(**known))) == expected


@pytest.mark.parametrize("hop", [hop for hop in HOPS if hop not in ("dns", "tcp", "tls")])
def test_what_is_mended_otherwise_has_no_command(hop: str) -> None:
    assert mending(hop, Failure("x"), case()) == ()


@pytest.mark.parametrize("hop", ["dns", "tcp", "tls"])
@pytest.mark.parametrize(
    ("access", "command"),
    [
        ({"endpointPublicAccess": False}, "endpointPublicAccess=true,publicAccessCidrs=BOTS-ADDRESS/32"),
        ({}, "endpointPublicAccess=true,publicAccessCidrs=BOTS-ADDRESS/32"),
        # Those who are let in stay so.
        (
            {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.5/32", "198.51.100.0/24"]},
            "endpointPublicAccess=true,publicAccessCidrs=203.0.113.5/32,198.51.100.0/24,BOTS-ADDRESS/32",
        ),
    ],
)
def test_an_endpoint_is_opened_to_the_bot(hop: str, access: dict[str, Any], command: str) -> None:
    known = case(found={"resourcesVpcConfig": access, "endpoint": "https://abc.example.com"})
    (line,) = mending(hop, Unreachable("x"), known)
    assert line == (
        "aws eks update-cluster-config --name prod --region eu-west-1 "
        f"--resources-vpc-config {command} --profile ops"
    )


def test_an_endpoint_that_is_open_to_all_is_tried_by_hand() -> None:
    known = case(
        found={
            "resourcesVpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]},
            "endpoint": "https://abc.example.com",
        }
    )
    assert mending("tcp", Unreachable("x"), known) == (
        "curl --max-time 5 --insecure https://abc.example.com/version",
    )


def test_a_role_is_mended_at_both_ends_and_keeps_whom_it_trusts() -> None:
    known = case(sign_in=SignIn(profile="ops", role=ROLE), base=USER)
    look, note, write, grant = mending("role", AccessDenied("x"), known)
    assert look == "aws iam get-role --role-name reader --query Role.AssumeRolePolicyDocument > trust.json"
    statement = json.loads(note.partition("Statement: ")[2])
    assert statement["Principal"] == {"AWS": USER.arn}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}
    assert write == "aws iam update-assume-role-policy --role-name reader --policy-document file://trust.json"
    words = shlex.split(grant)
    assert words[:7] == [
        "aws",
        "iam",
        "put-user-policy",
        "--user-name",
        "ops",
        "--policy-name",
        "eks-chatops-AssumeRole",
    ]
    assert json.loads(words[-1])["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE.arn}
    ]
    assert "EXTERNAL-SECRET" not in " ".join((look, note, write, grant))


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (USER, ["put-user-policy", "--user-name", "ops"]),
        (SESSION, ["put-role-policy", "--role-name", "eks-chatops"]),
        # A permission set is changed in IAM Identity Center.
        (CENTER, []),
    ],
)
def test_a_right_of_iam_is_given_to_whoever_lacks_it(who: Identity, expected: list[str]) -> None:
    lines = mending("cluster", AccessDenied("x"), case(identity=who))
    words = [word for line in lines for word in shlex.split(line)]
    assert words[2:5] == expected
    if words:
        (statement,) = json.loads(words[-1])["Statement"]
        assert statement["Resource"] == "arn:aws:eks:eu-west-1:111122223333:cluster/prod"


PODS, LOGS = Right("list", "pods"), Right("get", "pods/log")


@pytest.mark.parametrize(
    ("more", "bound"),
    [
        ({"known": Known("ops", ("system:authenticated", "viewers"), None)}, "--group=viewers"),
        ({"known": Known("arn:aws:iam::111122223333:user/ops", ("system:authenticated",), None)},
         "--user=arn:aws:iam::111122223333:user/ops"),
        ({"acting": Impersonate("slack:U1", ("devs",))}, "--group=devs"),
        ({"acting": Impersonate("slack:U1")}, "--user=slack:U1"),
    ],
)  # fmt: skip
def test_a_right_of_rbac_is_bound_to_whoever_asks(more: dict[str, Any], bound: str) -> None:
    known = case(identity=USER, denied=[PODS, LOGS], **more)
    assert mending("rbac", Forbidden("x"), known) == (
        "kubectl create clusterrole eks-chatops-doctor --verb=list,get --resource=pods,pods/log",
        f"kubectl create clusterrolebinding eks-chatops-doctor --clusterrole=eks-chatops-doctor {bound}",
    )


def test_a_session_is_bound_by_a_group_of_its_access_entry() -> None:
    known = case(identity=SESSION, denied=[PODS], known=Known(SESSION.arn, ("system:authenticated",), None))
    entry, _, binding = mending("rbac", Forbidden("x"), known)
    assert entry == (
        "aws eks update-access-entry --cluster-name prod --region eu-west-1 "
        "--principal-arn arn:aws:iam::111122223333:role/eks-chatops --kubernetes-groups eks-chatops --profile ops"
    )
    assert binding.endswith("--group=eks-chatops")


def test_in_one_namespace_a_right_is_given_there_alone() -> None:
    known = case(
        identity=USER, denied=[PODS], namespace="payments", acting=Impersonate("slack:U1", ("devs",))
    )
    assert mending("rbac", Forbidden("x"), known)[1] == (
        "kubectl create rolebinding eks-chatops-doctor --clusterrole=eks-chatops-doctor --group=devs "
        "--namespace=payments"
    )
