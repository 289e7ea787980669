"""Regions, profiles, and the sign-ins that AWS may refuse."""

import os
import stat
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import formats
from connector.aws import Keys, Role, Session, SignIn, profiles, regions, session_name
from connector.errors import (
    AccessDenied,
    Expired,
    Failure,
    InvalidCredentials,
    InvalidRegion,
    InvalidRequest,
    Misconfigured,
    NoCredentials,
    ProfileNotFound,
    RegionDisabled,
    Throttled,
    Unreachable,
)
from tests.connector.aws_front import AwsFront, Refusal
from tests.connector.conftest import ACCOUNT, KEYS, REGION

Settings = Callable[..., None]
ROLE = Role("arn:aws:iam::111122223333:role/team/reader", "external-7")
HOUR = timedelta(hours=1)


def test_regions_are_those_of_all_partitions() -> None:
    known = {region.name: region for region in regions()}
    assert known["eu-west-1"].description == "Europe (Ireland)"
    assert {known[name].partition for name in ("eu-west-1", "cn-north-1", "us-gov-west-1")} == {
        "aws",
        "aws-cn",
        "aws-us-gov",
    }
    assert len(known) == len(regions()) > 40


def test_profiles_are_those_of_both_files(aws_settings: Settings) -> None:
    assert profiles() == ()
    aws_settings("[profile b]\n[default]\n", "[a]\naws_access_key_id = x\n")
    assert profiles() == ("a", "b", "default")


def test_a_broken_settings_file_is_told_as_such(aws_settings: Settings) -> None:
    aws_settings("[profile b\n")
    with pytest.raises(Misconfigured, match="settings are not right"):
        profiles()


def test_an_identity_is_who_aws_says(aws: AwsFront) -> None:
    identity = Session.open(SignIn(profile="ops"), REGION).identity()
    assert (identity.account, identity.arn) == (ACCOUNT, f"arn:aws:sts::{ACCOUNT}:user/moto")


def test_a_client_is_made_once_for_all_threads(aws: AwsFront) -> None:
    session = Session.open(SignIn(profile="ops"), REGION)
    clients: list[object] = []
    threads = [threading.Thread(target=lambda: clients.append(session.client("eks"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(clients) == 8
    assert len({id(client) for client in clients}) == 1


def test_no_credentials_anywhere_is_told(aws: AwsFront, aws_settings: Settings) -> None:
    aws_settings("[profile empty]\nregion = eu-west-1\n")
    with pytest.raises(NoCredentials, match="no AWS credentials of its own"):
        Session.open(SignIn(), REGION)
    with pytest.raises(NoCredentials) as caught:
        Session.open(SignIn(profile="empty"), REGION)
    assert (caught.value.what, caught.value.field) == ("Profile `empty` gives no credentials", "profile")


def test_half_a_key_is_told(aws: AwsFront, aws_settings: Settings) -> None:
    aws_settings("", "[half]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")
    with pytest.raises(NoCredentials, match="`aws_secret_access_key` is missing"):
        Session.open(SignIn(profile="half"), REGION)


def test_an_sso_session_that_was_never_started_names_the_command(
    aws: AwsFront, aws_settings: Settings
) -> None:
    aws_settings(
        "[profile sso]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Reader\n"
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n"
    )
    with pytest.raises(Expired) as caught:
        Session.open(SignIn(profile="sso"), REGION).identity()
    assert "`aws sso login --profile sso`" in caught.value.hint
    assert caught.value.field == "profile"


def test_a_profile_with_a_process_is_signed_in_by_it(
    aws: AwsFront, aws_settings: Settings, tmp_path: Path
) -> None:
    program = tmp_path / "credentials.sh"
    program.write_text(
        '#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "s3cret"}\'\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    aws_settings(
        f"[profile process]\ncredential_process = {program}\n[profile failing]\ncredential_process = false\n"
        "[profile chatty]\ncredential_process = echo CANARY\n"
    )
    assert Session.open(SignIn(profile="process"), REGION).identity().account == ACCOUNT
    with pytest.raises(NoCredentials, match="Signing in with profile `failing` failed"):
        Session.open(SignIn(profile="failing"), REGION)
    with pytest.raises(NoCredentials, match="something that cannot be read") as caught:
        Session.open(SignIn(profile="chatty"), REGION)
    assert "CANARY" not in f"{caught.value.what}{caught.value.why}{caught.value.hint}"


@pytest.mark.parametrize("profile", ["mfa", "chained"])
def test_a_profile_that_wants_an_mfa_code_is_refused_instead_of_waiting_for_it(
    aws: AwsFront, aws_settings: Settings, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws_settings(
        f"[profile mfa]\nrole_arn = {ROLE.arn}\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ada\n"
        f"[profile chained]\nrole_arn = {ROLE.arn}\nsource_profile = mfa\n",
        "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s3cret\n",
    )
    with pytest.raises(InvalidRequest, match="MFA code, which a bot cannot type"):
        Session.open(SignIn(profile=profile), REGION)
    monkeypatch.setenv("AWS_PROFILE", profile)
    with pytest.raises(InvalidRequest, match="MFA code, which a bot cannot type"):
        Session.open(SignIn(), REGION)


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidClientTokenId"])
def test_keys_that_get_no_session_are_used_as_they_are(aws: AwsFront, code: str) -> None:
    aws.faults["GetSessionToken"] = Refusal(code, "Cannot call GetSessionToken with session credentials")
    session = Session.open(SignIn(keys=KEYS), REGION, keys_live=HOUR)
    assert session.credentials.get_frozen_credentials().access_key == KEYS.access_key_id
    assert session.expires_at is not None
    assert aws.calls == {"GetCallerIdentity": 1, "GetSessionToken": 1}


def test_keys_are_not_traded_when_aws_is_at_fault(aws: AwsFront) -> None:
    aws.faults["GetSessionToken"] = Refusal("Throttling", "Rate exceeded", 400)
    with pytest.raises(Throttled):
        Session.open(SignIn(keys=KEYS), REGION, keys_live=HOUR)


REFUSALS: list[tuple[Refusal, type[Failure], str | None, str]] = [
    (Refusal("InvalidClientTokenId"), InvalidCredentials, "access_key_id", "AWS does not know these keys"),
    (
        Refusal("UnrecognizedClientException"),
        InvalidCredentials,
        "access_key_id",
        "AWS does not know these keys",
    ),
    (
        Refusal("SignatureDoesNotMatch"),
        InvalidCredentials,
        "secret_access_key",
        "does not belong to this access key id",
    ),
    (
        Refusal("SignatureDoesNotMatch", "Signature expired: 20261123T"),
        InvalidCredentials,
        None,
        "too old or from the future",
    ),
    (Refusal("ExpiredToken"), Expired, "session_token", "session of these AWS keys is over"),
    (Refusal("OptInRequired"), RegionDisabled, "region", "eu-west-1 is off for this account"),
    (Refusal("RegionDisabledException"), RegionDisabled, "region", "eu-west-1 is off for this account"),
    (Refusal("AccessDenied"), AccessDenied, None, "AWS refused: sts:GetCallerIdentity"),
]


@pytest.mark.parametrize(("refusal", "failure", "field", "what"), REFUSALS)
def test_what_aws_says_against_keys_is_told_at_its_field(
    aws: AwsFront, refusal: Refusal, failure: type[Failure], field: str | None, what: str
) -> None:
    aws.faults["GetCallerIdentity"] = refusal
    with pytest.raises(failure, match=what) as caught:
        Session.open(SignIn(keys=KEYS), REGION, keys_live=HOUR)
    assert caught.value.field == field


def test_a_role_that_may_not_be_assumed_names_both_sides(aws: AwsFront) -> None:
    aws.faults["AssumeRole"] = Refusal(
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: sts:AssumeRole on resource: "
        + ROLE.arn,
    )
    with pytest.raises(AccessDenied) as caught:
        Session.open(SignIn(profile="ops", role=ROLE), REGION).identity()
    assert caught.value.what == "AWS refused: sts:AssumeRole on reader"
    assert caught.value.why == f"arn:aws:iam::123456789012:user/ops may not assume {ROLE.arn}."
    assert caught.value.field == "role_arn"


def test_an_assumed_role_renews_itself(aws: AwsFront) -> None:
    session = Session.open(SignIn(profile="ops", role=ROLE), REGION, name="U024BE7LH")
    assert aws.calls["AssumeRole"] == 0
    first = session.credentials.get_frozen_credentials()
    assert session.credentials.get_frozen_credentials() == first
    assert aws.calls["AssumeRole"] == 1
    body = next(body for body in aws.bodies if b"Action=AssumeRole" in body)
    assert b"RoleSessionName=U024BE7LH" in body
    assert b"ExternalId=external-7" in body
    assert session.expires_at is None


def test_an_endpoint_that_is_not_there_is_unreachable(aws: AwsFront, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="AWS does not answer in eu-west-1"):
        Session.open(SignIn(profile="ops"), REGION).identity()


def test_a_process_that_hangs_does_not_hold_anybody_elses_client(
    aws: AwsFront, aws_settings: Settings, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "never")
    aws_settings(
        f"[profile hung]\ncredential_process = cat {tmp_path / 'never'}\n[profile ops]\n",
        "[ops]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s3cret\n",
    )
    ended: list[Failure] = []

    def hang() -> None:
        try:
            Session.open(SignIn(profile="hung"), REGION)
        except Failure as failure:
            ended.append(failure)

    hung = threading.Thread(target=hang, daemon=True)
    hung.start()
    began = time.monotonic()
    assert Session.open(SignIn(profile="ops"), REGION).identity().account == ACCOUNT
    assert time.monotonic() - began < 5
    assert hung.is_alive()
    # It ends when somebody closes the other end, having said nothing that could be read.
    (tmp_path / "never").open("w").close()
    hung.join(5)
    assert [type(failure) for failure in ended] == [NoCredentials]


@pytest.mark.parametrize(
    ("given_", "sent"),
    [
        ("U024BE7LH", "U024BE7LH"),
        ("ada lovelace", "ada-lovelace"),
        ("x", "eks-chatops"),
        ("", "eks-chatops"),
        ("é" * 99, "-" * 64),
    ],
)
def test_a_persons_name_becomes_a_session_name(given_: str, sent: str) -> None:
    assert session_name(given_) == sent


@given(st.text())
def test_any_name_becomes_one_that_sts_takes(name: str) -> None:
    made = session_name(name)
    assert 2 <= len(made) <= 64
    assert made.isascii()
    assert all(char.isalnum() or char in "_+=,.@-" for char in made)


def test_a_sign_in_is_one_or_the_other(aws: AwsFront) -> None:
    with pytest.raises(InvalidRequest, match="cannot both sign in"):
        Session.open(SignIn(profile="ops", keys=KEYS), REGION)


SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYCANARYSECRET"
MALFORMED: list[tuple[SignIn, str]] = [
    (SignIn(keys=Keys("AKIA", SECRET)), "access_key_id"),
    (SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE\n", SECRET)), "access_key_id"),
    (SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", "CANARY")), "secret_access_key"),
    (SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", SECRET + "\r\nX: y")), "secret_access_key"),
    (SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", SECRET, "CANARY TOKEN WITH SPACES")), "session_token"),
    (SignIn(keys=Keys("ASIAIOSFODNN7EXAMPLE", SECRET)), "session_token"),
    (SignIn(profile="ops", role=Role("reader")), "role_arn"),
    (SignIn(profile="ops", role=Role("arn:aws:iam::123:role/reader")), "role_arn"),
    (SignIn(profile="ops", role=Role("arn:aws:iam::111122223333:user/ada")), "role_arn"),
    (SignIn(profile="ops", role=Role("arn:aws:iam::111122223333:role/reader\n")), "role_arn"),
    (SignIn(profile="ops", role=Role("arn:aws:iam::111122223333:role/reader", "CANARY!")), "external_id"),
    (SignIn(profile=""), "profile"),
    (SignIn(profile="a]\n[b"), "profile"),
]


@pytest.mark.parametrize(("sign_in", "field"), MALFORMED)
def test_what_is_malformed_is_told_at_its_field_and_never_sent(
    aws: AwsFront, sign_in: SignIn, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Session.open(sign_in, REGION)
    assert caught.value.field == field
    assert "CANARY" not in f"{caught.value.what}{caught.value.why}{caught.value.hint}"
    assert not aws.calls


@pytest.mark.parametrize("name", ["prod", "a", "0", "prod_eu-1", "x" * 100])
def test_cluster_names_that_eks_takes(name: str) -> None:
    formats.cluster_name(name)


@pytest.mark.parametrize("name", ["", "-a", "_a", "a b", "a/b", "ü", "x" * 101, "prod\n"])
def test_cluster_names_that_eks_does_not_take(name: str) -> None:
    with pytest.raises(InvalidRequest):
        formats.cluster_name(name)


def test_an_unknown_profile_and_region_come_with_the_nearest(aws: AwsFront) -> None:
    with pytest.raises(ProfileNotFound) as profile:
        Session.open(SignIn(profile="op"), REGION)
    assert profile.value.hint == "Did you mean `ops`?"
    with pytest.raises(InvalidRegion) as region:
        Session.open(SignIn(profile="ops"), "eu-wset-1")
    assert "`eu-west-1`" in region.value.hint
