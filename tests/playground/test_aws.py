"""AWS as boto3 meets it: profiles, signatures, sessions, roles, clusters."""

import base64
import os
import stat
import threading
import time
import urllib.error
import urllib.request
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import PartialCredentialsError, SSOTokenLoadError

from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.playground.aws_client import AUDITOR, READONLY, client, refusal, session_keys
from tests.playground.eks_client import Raw, token


@pytest.mark.parametrize(
    ("profile", "arn"),
    [
        (None, "arn:aws:iam::111122223333:user/payments-bot"),
        ("payments-prod", "arn:aws:iam::111122223333:user/payments-bot"),
        ("web-prod", "arn:aws:iam::444455556666:user/web-bot"),
        ("sandbox", "arn:aws:iam::777788889999:user/sandbox-bot"),
        ("stranger", "arn:aws:iam::111122223333:user/contractor"),
        ("readonly", "arn:aws:sts::111122223333:assumed-role/eks-readonly/botocore-session-"),
    ],
)
def test_each_profile_is_somebody(aws: LocalAws, profile: str | None, arn: str) -> None:
    who = client("sts", profile=profile).get_caller_identity()
    assert who["Arn"].startswith(arn)
    assert who["Account"] == arn.split(":")[4]
    assert len(who["UserId"]) >= 20


@pytest.mark.parametrize(
    ("profile", "region", "clusters"),
    [
        ("payments-prod", "eu-west-1", ["prod-payments", "staging-payments"]),
        ("payments-prod", "us-east-1", []),
        ("readonly", "eu-west-1", ["prod-payments", "staging-payments"]),
        ("web-prod", "us-east-1", ["locked", "newborn", "prod-web"]),
        ("web-prod", "ap-southeast-2", ["edge-sydney", "island"]),
        ("web-prod", "eu-west-1", []),
        ("sandbox", "eu-west-1", ["staging-payments"]),
    ],
)
def test_each_account_has_its_own_clusters(
    aws: LocalAws, profile: str, region: str, clusters: list[str]
) -> None:
    assert client("eks", region, profile=profile).list_clusters()["clusters"] == clusters


def test_clusters_come_in_pages(aws: LocalAws) -> None:
    pages = client("eks", "us-east-1", profile="web-prod").get_paginator("list_clusters")
    found = [page["clusters"] for page in pages.paginate(PaginationConfig={"PageSize": 2})]
    assert found == [["locked", "newborn"], ["prod-web"]]


def test_every_cluster_is_described_as_it_is(aws: LocalAws, fleet: Fleet) -> None:
    profiles = {"111122223333": "payments-prod", "444455556666": "web-prod", "777788889999": "sandbox"}
    for cluster in fleet.clusters:
        eks = client("eks", cluster.region, profile=profiles[cluster.account])
        found = eks.describe_cluster(name=cluster.name)["cluster"]
        assert (found["name"], found["arn"], found["status"], found["version"], found.get("endpoint")) == (
            cluster.name,
            cluster.arn,
            cluster.status,
            cluster.version,
            cluster.endpoint,
        )
        assert found["createdAt"] == cluster.created
        authority = found.get("certificateAuthority", {}).get("data", "")
        assert base64.b64decode(authority).decode() == (cluster.certificate_authority or "")
        assert cluster.account in found["roleArn"]


def test_a_namesake_has_another_endpoint(aws: LocalAws) -> None:
    found = {
        client("eks", profile=profile).describe_cluster(name="staging-payments")["cluster"]["endpoint"]
        for profile in ("payments-prod", "sandbox")
    }
    assert len(found) == 2


def test_an_unknown_cluster_is_not_found(aws: LocalAws) -> None:
    code, message = refusal(lambda: client("eks").describe_cluster(name="prod-paymnets"))
    assert (code, message) == ("ResourceNotFoundException", "No cluster found for name: prod-paymnets.")


def test_half_a_key_and_nobody_signed_in_fail_before_any_call(aws: LocalAws) -> None:
    calls = len(aws.log)
    with pytest.raises(PartialCredentialsError):
        client("eks", profile="broken").list_clusters()
    with pytest.raises(SSOTokenLoadError):
        client("eks", profile="expired-sso").list_clusters()
    assert len(aws.log) == calls


def test_an_unknown_access_key(aws: LocalAws) -> None:
    keys = replace(aws.keys, access_key_id="AKIAIOSFODNN7EXAMPLE")
    assert refusal(client("sts", keys=keys).get_caller_identity)[0] == "InvalidClientTokenId"
    assert refusal(client("eks", keys=keys).list_clusters)[0] == "UnrecognizedClientException"


def test_a_wrong_secret(aws: LocalAws) -> None:
    keys = replace(aws.keys, secret_access_key=aws.keys.secret_access_key[::-1])
    assert refusal(client("sts", keys=keys).get_caller_identity)[0] == "SignatureDoesNotMatch"
    assert refusal(client("eks", keys=keys).list_clusters)[0] == "InvalidSignatureException"


def test_a_session_token_that_does_not_belong(aws: LocalAws) -> None:
    keys = replace(aws.keys, session_token="stray")
    assert refusal(client("sts", keys=keys).get_caller_identity)[0] == "InvalidClientTokenId"
    assert refusal(client("eks", keys=keys).list_clusters)[0] == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "MissingAuthenticationToken"),
        ({"Authorization": "Bearer x"}, "MissingAuthenticationToken"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"}, "Missing"),
    ],
)
def test_an_unsigned_call_is_refused(aws: LocalAws, headers: dict[str, str], code: str) -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    request = urllib.request.Request(f"{aws.endpoint}/", data=body, headers=headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert raised.value.code == 403
    assert code in raised.value.read().decode()


def test_a_signature_grows_old(aws: LocalAws, fleet: Fleet) -> None:
    scope = f"{aws.keys.access_key_id}/20200101/eu-west-1/sts/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=00"
    headers = {"Authorization": signed, "X-Amz-Date": "20200101T000000Z"}
    request = urllib.request.Request(f"{aws.endpoint}/", data=b"Action=GetCallerIdentity", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request)
    assert "Signature expired: 20200101T000000Z is now earlier than" in raised.value.read().decode()


def test_moto_cannot_be_reached_around_the_gate(aws: LocalAws) -> None:
    for path in ("/moto-api/data.json", "/latest/meta-data/", "/clusters"):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(aws.endpoint + path)
        assert raised.value.code == 403


def test_keys_are_traded_for_a_session_that_works_everywhere_but_for_another(
    aws: LocalAws, fleet: Fleet
) -> None:
    answer = client("sts", keys=aws.keys).get_session_token(DurationSeconds=900)
    session = session_keys(answer, aws.keys)
    assert 890 < answer["Credentials"]["Expiration"].timestamp() - time.time() <= 900
    sts = client("sts", keys=session)
    assert sts.get_caller_identity()["Arn"] == aws.keys.principal.arn
    assert client("eks", keys=session).list_clusters()["clusters"] == ["prod-payments", "staging-payments"]
    code, message = refusal(sts.get_session_token)
    assert (code, message) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")
    cluster = fleet.cluster("prod-payments")
    assert Raw(cluster, token(session, cluster.name, cluster.region)).get("/api/v1/namespaces")[0] == 200
    wrong = client("sts", keys=replace(session, session_token="stray"))
    assert refusal(wrong.get_caller_identity)[0] == "InvalidClientTokenId"


@pytest.mark.parametrize("seconds", [900, 129_600])
def test_a_session_lasts_as_long_as_asked(aws: LocalAws, seconds: int) -> None:
    answer = client("sts", keys=aws.keys).get_session_token(DurationSeconds=seconds)
    assert seconds - 10 < answer["Credentials"]["Expiration"].timestamp() - time.time() <= seconds


@pytest.mark.parametrize("seconds", [0, 899, 129_601])
def test_a_session_lasts_between_fifteen_minutes_and_a_day_and_a_half(aws: LocalAws, seconds: int) -> None:
    sts = client("sts", keys=aws.keys, config=Config(parameter_validation=False))
    assert refusal(lambda: sts.get_session_token(DurationSeconds=seconds))[0] == "ValidationError"


def test_a_role_is_assumed_and_opens_clusters(aws: LocalAws, fleet: Fleet) -> None:
    sts = client("sts", keys=aws.keys)
    answer = sts.assume_role(RoleArn=READONLY, RoleSessionName="U024BE7LH", DurationSeconds=900)
    name = "arn:aws:sts::111122223333:assumed-role/eks-readonly/U024BE7LH"
    assert answer["AssumedRoleUser"]["Arn"] == name
    session = session_keys(answer, aws.keys)
    assert client("sts", keys=session).get_caller_identity()["Arn"] == name
    cluster = fleet.cluster("prod-payments")
    raw = Raw(cluster, token(session, cluster.name, cluster.region))
    assert raw.get("/api/v1/pods", limit="1")[0] == 200
    assert list(cluster.log)[-1].identity == name


def test_a_role_of_another_account_wants_its_external_id(aws: LocalAws) -> None:
    sts = client("sts", profile="web-prod")
    wanted = {"RoleArn": AUDITOR, "RoleSessionName": "audit"}
    for extra in ({}, {"ExternalId": "wrong"}):
        code, message = refusal(partial(sts.assume_role, **wanted, **extra))
        assert code == "AccessDenied"
        assert message == (
            "User: arn:aws:iam::444455556666:user/web-bot is not authorized to perform: sts:AssumeRole "
            f"on resource: {AUDITOR}"
        )
    answer = sts.assume_role(**wanted, ExternalId="chatops-demo")
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::111122223333:assumed-role/eks-auditor/audit"


@pytest.mark.parametrize(
    ("profile", "arn", "name", "code"),
    [
        ("stranger", READONLY, "x1", "AccessDenied"),
        ("payments-prod", "arn:aws:iam::111122223333:role/nope", "x1", "AccessDenied"),
        ("payments-prod", "arn:aws:iam::nope:role/nope", "x1", "ValidationError"),
        ("payments-prod", READONLY, "no spaces", "ValidationError"),
        ("payments-prod", READONLY, "x" * 65, "ValidationError"),
    ],
)
def test_not_everything_is_assumed_by_everybody(
    aws: LocalAws, profile: str, arn: str, name: str, code: str
) -> None:
    sts = client("sts", profile=profile)
    assert refusal(lambda: sts.assume_role(RoleArn=arn, RoleSessionName=name))[0] == code


def test_another_action_of_sts_is_named_as_missing(aws: LocalAws) -> None:
    sts = client("sts")
    assert refusal(lambda: sts.get_federation_token(Name="somebody"))[0] == "InvalidAction"


def test_the_calls_the_demo_keys_may_do_are_those_of_a_viewer(aws: LocalAws, fleet: Fleet) -> None:
    cluster = fleet.cluster("prod-payments")
    raw = Raw(cluster, token(aws.keys, cluster.name, cluster.region))
    assert raw.get("/api/v1/pods", limit="1")[0] == 200
    assert raw.get("/api/v1/secrets")[0] == 403
    assert aws.keys.session_token is None


def test_the_shared_files_are_private_and_go_when_it_stops(fleet: Fleet) -> None:
    with LocalAws.start(fleet) as other:
        files = [Path(other.env()[name]) for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")]
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
        assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert not files[0].parent.exists()


def test_two_playgrounds_in_one_process_do_not_share_their_clusters(
    aws: LocalAws, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Fleet.start(seed=7) as second, LocalAws.start(second) as other:
        for cluster, one in ((fleet.cluster("prod-web"), aws), (second.cluster("prod-web"), other)):
            monkeypatch.setenv("AWS_ENDPOINT_URL", one.endpoint)
            eks = client("eks", "us-east-1", profile="web-prod")
            assert eks.describe_cluster(name="prod-web")["cluster"]["endpoint"] == cluster.endpoint
        eks.delete_cluster(name="prod-web")
        assert "prod-web" not in eks.list_clusters()["clusters"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    found = client("eks", "us-east-1", profile="web-prod").list_clusters()["clusters"]
    assert "prod-web" in found


def test_it_leaves_no_thread_and_no_port_behind() -> None:
    before = set(threading.enumerate())
    with Fleet.start(seed=3) as fleet, LocalAws.start(fleet) as aws:
        endpoints = [aws.endpoint, *(c.endpoint for c in fleet.clusters if c.endpoint)]
        assert {t.name for t in set(threading.enumerate()) - before} >= {
            "playground-kubernetes",
            "playground-aws",
        }
    left = [t for t in set(threading.enumerate()) - before if t.name.startswith("playground")]
    assert left == []
    for endpoint in endpoints:
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(endpoint.replace("https", "http"), timeout=2)


def test_the_environment_names_only_this_aws(aws: LocalAws) -> None:
    assert aws.env().keys() == {
        "AWS_ENDPOINT_URL",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
        "NO_PROXY",
    }
    assert "AWS_PROFILE" not in os.environ
