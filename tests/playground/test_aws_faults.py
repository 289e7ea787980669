"""What goes wrong at AWS on demand, and the log of it all."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.playground.aws_client import READONLY, client, refusal, session_keys


def test_a_denied_action_names_who_and_what(aws: LocalAws) -> None:
    aws.faults.deny("eks:DescribeCluster")
    eks = client("eks", profile="payments-prod")
    code, message = refusal(lambda: eks.describe_cluster(name="prod-payments"))
    assert code == "AccessDeniedException"
    assert message == (
        "User: arn:aws:iam::111122223333:user/payments-bot is not authorized to perform: "
        "eks:DescribeCluster on resource: arn:aws:eks:eu-west-1:111122223333:cluster/prod-payments"
    )
    assert eks.list_clusters()["clusters"]
    aws.faults.deny("eks:List*")
    assert refusal(eks.list_clusters)[1].endswith("cluster/*")
    aws.faults.clear()
    assert eks.describe_cluster(name="prod-payments")["cluster"]["status"] == "ACTIVE"


def test_an_action_can_be_denied_to_one_user_or_role(aws: LocalAws) -> None:
    aws.faults.deny("eks:ListClusters", principal=READONLY)
    assert refusal(client("eks", profile="readonly").list_clusters)[0] == "AccessDeniedException"
    assert client("eks", profile="payments-prod").list_clusters()["clusters"]
    aws.faults.deny("sts:GetSessionToken", principal=aws.keys.principal.arn)
    assert refusal(client("sts", keys=aws.keys).get_session_token)[0] == "AccessDenied"
    assert client("sts").get_session_token()


def test_a_throttled_call_passes_when_tried_again(aws: LocalAws) -> None:
    aws.faults.throttle("eks:ListClusters", times=2)
    eks = client("eks")
    for _ in range(2):
        assert refusal(eks.list_clusters) == ("ThrottlingException", "Rate exceeded")
    assert eks.list_clusters()["clusters"]
    aws.faults.throttle("sts:*")
    assert refusal(client("sts").get_caller_identity)[0] == "Throttling"
    aws.faults.throttle("eks:ListClusters")
    patient = client("eks", config=Config(retries={"mode": "standard", "total_max_attempts": 3}))
    assert patient.list_clusters()["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_region_can_be_off(aws: LocalAws) -> None:
    aws.faults.disable_region("us-east-1")
    assert refusal(client("eks", "us-east-1").list_clusters)[0] == "UnrecognizedClientException"
    assert refusal(client("sts", "us-east-1").get_caller_identity)[0] == "InvalidClientTokenId"
    assert client("eks", "eu-west-1").list_clusters()["clusters"]
    aws.faults.disable_region("us-east-1", code="OptInRequired")
    assert refusal(client("eks", "us-east-1").list_clusters)[0] == "OptInRequired"


def test_a_session_can_be_over(aws: LocalAws) -> None:
    session = session_keys(client("sts", keys=aws.keys).get_session_token(), aws.keys)
    aws.faults.expire_sessions()
    message = "The security token included in the request is expired"
    assert refusal(client("sts", keys=session).get_caller_identity) == ("ExpiredToken", message)
    assert refusal(client("eks", keys=session).list_clusters) == ("ExpiredTokenException", message)
    assert client("sts", keys=aws.keys).get_caller_identity()


def test_a_call_that_hangs_is_let_go_by_clear(aws: LocalAws) -> None:
    aws.faults.hang("eks:DescribeCluster")
    hasty = client("eks", config=Config(retries={"total_max_attempts": 1}, read_timeout=0.2))
    with pytest.raises(ReadTimeoutError):
        hasty.describe_cluster(name="prod-payments")
    assert client("eks").list_clusters()["clusters"]
    eks, answers = client("eks"), []
    waiting = threading.Thread(target=lambda: answers.append(eks.describe_cluster(name="prod-payments")))
    waiting.start()
    waiting.join(0.2)
    assert answers == []
    aws.faults.clear()
    waiting.join(30)
    assert answers[0]["cluster"]["name"] == "prod-payments"


def test_a_call_can_take_its_time(aws: LocalAws) -> None:
    aws.faults.slow("eks:ListClusters", 0.3)
    eks = client("eks")
    started = time.monotonic()
    eks.list_clusters()
    assert time.monotonic() - started >= 0.3


def test_the_log_tells_who_called_what(aws: LocalAws) -> None:
    heard: list[Any] = []
    unsubscribe = aws.log.subscribe(heard.append)
    client("eks", "us-east-1", profile="web-prod").list_clusters()
    refusal(lambda: client("eks").describe_cluster(name="nope"))
    refusal(client("sts", keys=replace(aws.keys, secret_access_key="wrong")).get_caller_identity)
    unsubscribe()
    told = [(c.service, c.action, c.region, c.principal, c.status, c.error) for c in heard]
    payments = "arn:aws:iam::111122223333:user/payments-bot"
    assert told == [
        ("eks", "eks:ListClusters", "us-east-1", "arn:aws:iam::444455556666:user/web-bot", 200, ""),
        ("eks", "eks:DescribeCluster", "eu-west-1", payments, 404, "ResourceNotFoundException"),
        ("sts", "sts:GetCallerIdentity", "eu-west-1", "", 403, "SignatureDoesNotMatch"),
    ]
    assert all(call.milliseconds > 0 for call in heard)


def test_no_secret_is_in_a_repr(aws: LocalAws, fleet: Fleet) -> None:
    session = session_keys(client("sts", keys=aws.keys).get_session_token(), aws.keys)
    found = fleet.keyring.find(session.access_key_id)
    assert found is not None
    assert found.session_token == session.session_token
    for credential in (aws.keys, found):
        assert credential.secret_access_key not in repr(credential)
        assert str(credential.session_token) not in repr(found)


def test_one_region_can_hang_while_the_others_answer(aws: LocalAws) -> None:
    aws.faults.hang("eks:ListClusters", "us-east-1")
    hasty = Config(retries={"total_max_attempts": 1}, read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        client("eks", "us-east-1", config=hasty).list_clusters()
    assert client("eks", "eu-west-1").list_clusters()["clusters"]
    assert client("sts", "us-east-1").get_caller_identity()["Account"]
