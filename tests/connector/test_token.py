from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from connector.token import PREFIX, RENEW_AFTER, TokenSource, mint, sts_host
from tests.connector.api_server import presigned, wait_until

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "s3cretS3cretS3cret", "session/token=")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
        ("us-east-1", "sts.us-east-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
    ],
)
def test_sts_is_the_regions_own_whatever_is_set(
    region: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_STS_REGIONAL_ENDPOINTS": "legacy",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
    }.items():
        monkeypatch.setenv(name, value)
    sts_host.cache_clear()
    assert sts_host(region) == host


def test_a_token_is_a_presigned_question_who_is_there() -> None:
    token = mint(KEYS.get_frozen_credentials(), "eu-west-1", "prod")
    assert token.startswith(PREFIX)
    assert "=" not in token
    url = urlsplit(presigned(token))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.scheme, url.netloc, url.path) == ("https", "sts.eu-west-1.amazonaws.com", "/")
    day = query["X-Amz-Date"][:8]
    assert query.pop("X-Amz-Signature")
    assert query.pop("X-Amz-Date")
    assert query == {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"AKIAIOSFODNN7EXAMPLE/{day}/eu-west-1/sts/aws4_request",
        "X-Amz-Expires": "60",
        "X-Amz-Security-Token": "session/token=",
        "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    }


def test_the_clusters_name_is_signed() -> None:
    def signature(cluster: str) -> str:
        return parse_qs(urlsplit(presigned(mint(KEYS.get_frozen_credentials(), "eu-west-1", cluster))).query)[
            "X-Amz-Signature"
        ][0]

    assert signature("prod") != signature("dev")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Frozen(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None


class Renewing:
    """Credentials that change, as an assumed role's do."""

    def __init__(self) -> None:
        self.number = 0

    def get_frozen_credentials(self) -> Frozen:
        return Frozen(f"ASIAIOSFODNN7EXAMP{self.number}", "secret", None)


def key_of(token: str) -> str:
    return parse_qs(urlsplit(presigned(token)).query)["X-Amz-Credential"][0].split("/")[0]


def test_a_token_is_kept_for_fourteen_minutes() -> None:
    clock = Clock()
    credentials = Renewing()
    source = TokenSource(credentials, "eu-west-1", "prod", clock)
    first = source.token()
    clock.now += RENEW_AFTER - 1
    assert source.token() == first
    assert RENEW_AFTER == 14 * 60


def test_a_token_is_made_anew_when_its_time_its_credentials_or_its_welcome_end() -> None:
    clock = Clock()
    credentials = Renewing()
    source = TokenSource(credentials, "eu-west-1", "prod", clock)
    assert key_of(source.token()) == "ASIAIOSFODNN7EXAMP0"
    credentials.number = 1
    changed = source.token()
    assert key_of(changed) == "ASIAIOSFODNN7EXAMP1"
    assert date_of(changed) == date_of(source.token())
    # The date in a token has whole seconds: wait for another one to see that it was made anew.
    wait_until(lambda: datetime.now(UTC).strftime("%S") != date_of(changed)[-3:-1])
    assert source.token() == changed
    clock.now += RENEW_AFTER
    renewed = source.token()
    assert renewed != changed
    wait_until(lambda: datetime.now(UTC).strftime("%S") != date_of(renewed)[-3:-1])
    source.renew()
    assert source.token() != renewed


def date_of(token: str) -> str:
    return parse_qs(urlsplit(presigned(token)).query)["X-Amz-Date"][0]


def test_many_threads_get_one_token() -> None:
    source = TokenSource(Renewing(), "eu-west-1", "prod")
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: source.token(), range(200)))
    assert len(tokens) == 1
