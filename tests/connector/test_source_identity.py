"""For whom a role is assumed: in the session's name, and as the source identity wherever the role takes one."""

from urllib.parse import parse_qs

import pytest

from connector.aws import Role, Session, SignIn
from connector.connector import EKSConnector
from connector.errors import AccessDenied, Throttled
from tests.connector.aws_front import AwsFront, Refusal
from tests.connector.conftest import REGION

ROLE = Role("arn:aws:iam::111122223333:role/reader", "external-7")
SIGN_IN = SignIn(profile="ops", role=ROLE)
REFUSED = (
    "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: sts:SetSourceIdentity on "
    "resource: arn:aws:iam::111122223333:role/reader"
)


def assumed(aws: AwsFront) -> list[dict[str, str]]:
    """What each AssumeRole asked for."""
    asked = [{name: values[0] for name, values in parse_qs(body.decode()).items()} for body in aws.bodies]
    return [one for one in asked if one.get("Action") == "AssumeRole"]


def principal(name: str = "U024BE7LH") -> str:
    session = Session.open(SIGN_IN, REGION, name=name)
    try:
        return session.identity().arn
    finally:
        session.close()


def test_both_name_the_person(aws: AwsFront) -> None:
    assert principal("U 024").endswith(":assumed-role/reader/U-024")
    (one,) = assumed(aws)
    assert (one["RoleSessionName"], one["SourceIdentity"], one["ExternalId"]) == (
        "U-024",
        "U-024",
        "external-7",
    )


def test_finding_clusters_is_done_for_a_person_too(aws: AwsFront) -> None:
    EKSConnector().list_available_clusters(REGION, SIGN_IN, asked_by="U024BE7LH")
    assert {(one["RoleSessionName"], one["SourceIdentity"]) for one in assumed(aws)} == {
        ("U024BE7LH", "U024BE7LH")
    }


def test_without_a_person_there_is_none(aws: AwsFront) -> None:
    assert principal("").endswith(":assumed-role/reader/eks-chatops")
    (one,) = assumed(aws)
    assert "SourceIdentity" not in one


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("AccessDenied", REFUSED, body=b"SourceIdentity"),
        # One that a session has already cannot be changed.
        Refusal("ValidationError", "Source Identity is already set", 400, body=b"SourceIdentity"),
    ],
)
def test_a_role_that_takes_none_is_assumed_without_it(aws: AwsFront, refusal: Refusal) -> None:
    aws.faults["AssumeRole"] = refusal
    assert principal().endswith(":assumed-role/reader/U024BE7LH")
    assert [one.get("SourceIdentity") for one in assumed(aws)] == ["U024BE7LH", None]
    assert {one["RoleSessionName"] for one in assumed(aws)} == {"U024BE7LH"}


def test_a_role_that_may_not_be_assumed_at_all_says_so(aws: AwsFront) -> None:
    said = REFUSED.replace("SetSourceIdentity", "AssumeRole")
    aws.faults["AssumeRole"] = Refusal("AccessDenied", said)
    with pytest.raises(AccessDenied, match="AWS refused: sts:AssumeRole on reader"):
        principal()
    assert len(assumed(aws)) == 2


def test_without_a_person_a_refusal_is_the_only_one(aws: AwsFront) -> None:
    aws.faults["AssumeRole"] = Refusal("AccessDenied", REFUSED)
    with pytest.raises(AccessDenied):
        principal("")
    assert len(assumed(aws)) == 1


def test_what_has_nothing_to_do_with_it_is_not_tried_again_without(aws: AwsFront) -> None:
    aws.faults["AssumeRole"] = Refusal("Throttling", "slow", 400)
    with pytest.raises(Throttled):
        principal()
    assert all("SourceIdentity" in one for one in assumed(aws))
