"""How the tests call AWS: boto3, with nothing in between."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from playground.principals import Credential

READONLY = "arn:aws:iam::111122223333:role/eks-readonly"
AUDITOR = "arn:aws:iam::111122223333:role/eks-auditor"

_ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=30)


def client(
    service: str,
    region: str = "eu-west-1",
    *,
    profile: str | None = None,
    keys: Credential | None = None,
    config: Config | None = None,
) -> Any:
    """A boto3 client of a profile, or of given keys, that tries everything once."""
    if keys is None:
        return boto3.Session(profile_name=profile).client(
            service, region, config=_ONCE.merge(config) if config else _ONCE
        )
    return boto3.client(
        service,
        region,
        config=_ONCE.merge(config) if config else _ONCE,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
    )


def session_keys(answer: Any, keys: Credential) -> Credential:
    given = answer["Credentials"]
    return Credential(given["AccessKeyId"], given["SecretAccessKey"], keys.principal, given["SessionToken"])


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """Code and message of the error that AWS answers."""
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]
