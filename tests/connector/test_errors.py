"""Every error that the SDKs can raise becomes one of ours, with words that help and without secrets."""

import inspect
import json
import socket
import ssl
from types import ModuleType
from typing import Any

import botocore.exceptions
import kubernetes.client.exceptions
import msgspec
import pytest
import urllib3.exceptions
from sqlalchemy import exc as database

from connector.errors import (
    AccessDenied,
    ClusterNotFound,
    Expired,
    Failure,
    Forbidden,
    InvalidCredentials,
    InvalidRegion,
    InvalidRequest,
    ListExpired,
    Misconfigured,
    NoCredentials,
    NotFound,
    ProfileNotFound,
    RegionDisabled,
    ServerError,
    StateAway,
    Throttled,
    Unauthorized,
    Unexpected,
    Unreachable,
    Untrusted,
    translated,
)

aws = botocore.exceptions
kube = kubernetes.client.exceptions
http = urllib3.exceptions

FACTS = {
    "action": "eks:DescribeCluster",
    "region": "eu-west-1",
    "cluster": "prod",
    "principal": "arn:aws:sts::111122223333:assumed-role/chatops/U024BE7LH",
    "sign_in": "profile `ops`",
    "profile": "ops",
}


def classes_of(module: ModuleType) -> list[type[BaseException]]:
    """The errors a module defines; its warnings are printed, not raised."""
    return [
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, BaseException)
        and not issubclass(one, Warning)
        and one.__module__ == module.__name__
    ]


class Anything(dict[str, str]):
    """Fills whatever a botocore message asks for."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def made(cls: type[BaseException]) -> BaseException:
    """An instance as the SDK makes it, however many parts its constructor wants."""
    given: Any = cls
    if issubclass(cls, aws.ClientError):
        error: BaseException = given({"Error": {"Code": "Strange", "Message": "Odd"}}, "DescribeCluster")
    elif issubclass(cls, kube.ApiException):
        error = given(status=418, reason="I'm a teapot")
    elif issubclass(cls, http.MaxRetryError):
        error = given(None, "/", None)
    else:
        error = cls.__new__(cls)
        Exception.__init__(
            error, given.fmt.format_map(Anything()) if issubclass(cls, aws.BotoCoreError) else "odd"
        )
        error.__dict__["kwargs"] = {}
    return error


ALL = [*classes_of(aws), *classes_of(kube), *classes_of(http)]


def test_the_walk_finds_the_classes() -> None:
    assert len(classes_of(aws)) > 90
    assert len(classes_of(kube)) > 10
    assert len(classes_of(http)) > 25


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_class_of_the_sdks_is_translated(cls: type[BaseException]) -> None:
    with pytest.raises(Failure) as caught, translated(**FACTS):
        raise made(cls)
    assert type(caught.value) is not Failure
    assert caught.value.what
    assert isinstance(caught.value.__cause__, cls)
    # A class's name alone says nothing to a person.
    assert caught.value.what != cls.__name__


def refused(code: str, message: str = "", status: int = 400, operation: str = "DescribeCluster") -> Exception:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = aws.ClientError(answer, operation)
    return error


def answered(status: int, message: str = "", reason: str = "") -> Exception:
    body = json.dumps({"kind": "Status", "message": message, "reason": reason, "code": status})
    error: Exception = kube.ApiException(status=status, reason=reason, body=body)
    return error


def tls_error() -> Exception:
    """As the kubernetes client makes it of urllib3's: status 0, the real one behind it."""
    error: Exception = kube.ApiException(status=0, reason="SSLError")
    error.__context__ = http.SSLError("certificate verify failed: unable to get local issuer certificate")
    return error


def max_retry(reason: Exception) -> Exception:
    return http.MaxRetryError(None, "/", reason)  # type: ignore[arg-type]


def connect_timeout() -> Exception:
    return http.ConnectTimeoutError(None, "timed out")


NO_NAME = http.NameResolutionError("x", None, socket.gaierror())  # type: ignore[arg-type]

# The table of what a person has to be able to tell apart.
TOLD_APART: list[tuple[Exception, type[Failure], str, str]] = [
    (
        aws.ProfileNotFound(profile="opps"),
        ProfileNotFound,
        "no AWS profile `opps`",
        "aws configure --profile opps",
    ),
    (
        aws.NoCredentialsError(),
        NoCredentials,
        "Profile `ops` gives no credentials",
        "aws configure --profile ops",
    ),
    (
        aws.PartialCredentialsError(provider="x", cred_var="aws_secret_access_key"),
        NoCredentials,
        "half a key",
        "aws_secret",
    ),
    (
        aws.TokenRetrievalError(provider="sso", error_msg="x"),
        Expired,
        "SSO session of profile `ops`",
        "aws sso login --profile ops",
    ),
    (aws.UnauthorizedSSOTokenError(), Expired, "SSO session of profile `ops`", "aws sso login --profile ops"),
    (
        aws.SSOTokenLoadError(error_msg="x"),
        Expired,
        "SSO session of profile `ops`",
        "aws sso login --profile ops",
    ),
    (
        refused("UnauthorizedException", "Session token not found or invalid", 401, "GetRoleCredentials"),
        Expired,
        "SSO session",
        "sso login",
    ),
    (aws.LoginRefreshRequired(), Expired, "login of profile `ops`", "aws login --profile ops"),
    (
        aws.EndpointConnectionError(endpoint_url="https://x"),
        Unreachable,
        "AWS does not answer in eu-west-1",
        "firewall",
    ),
    (
        aws.EndpointConnectionError(endpoint_url="https://x", error=NO_NAME),
        Unreachable,
        "The name of AWS's endpoint in eu-west-1 does not resolve",
        "DNS",
    ),
    (
        aws.ConnectTimeoutError(endpoint_url="https://x"),
        Unreachable,
        "AWS does not answer in eu-west-1 in time",
        "VPC endpoints",
    ),
    (
        aws.ReadTimeoutError(endpoint_url="https://x"),
        Unreachable,
        "AWS does not answer in eu-west-1 in time",
        "VPC endpoints",
    ),
    (aws.SSLError(endpoint_url="https://x", error="x"), Untrusted, "AWS's certificate", "AWS_CA_BUNDLE"),
    (aws.InvalidRegionError(region_name="x"), InvalidRegion, "no EKS in a region", "eu-west-1"),
    (aws.NoRegionError(), InvalidRegion, "no EKS in a region", ""),
    (
        refused("UnrecognizedClientException"),
        InvalidCredentials,
        "does not know the keys of profile `ops`",
        "access key id",
    ),
    (refused("InvalidClientTokenId"), InvalidCredentials, "does not know the keys", "access key id"),
    (refused("SignatureDoesNotMatch"), InvalidCredentials, "secret key does not belong", "same key"),
    (refused("ExpiredToken"), Expired, "session of profile `ops` is over", "Renew it"),
    (refused("ExpiredTokenException"), Expired, "session of profile `ops` is over", "Renew it"),
    (refused("RequestExpired"), Expired, "too old or from the future", "clock"),
    (
        refused("AccessDenied"),
        AccessDenied,
        "AWS refused: eks:DescribeCluster on prod",
        "`eks:DescribeCluster`",
    ),
    (
        refused("AccessDeniedException"),
        AccessDenied,
        "AWS refused: eks:DescribeCluster on prod",
        "`eks:DescribeCluster`",
    ),
    (
        refused("ResourceNotFoundException"),
        ClusterNotFound,
        "no cluster `prod` in eu-west-1",
        "aws eks list-clusters",
    ),
    (refused("ThrottlingException"), Throttled, "slowing requests down", "in a minute"),
    (refused("TooManyRequestsException"), Throttled, "slowing requests down", "in a minute"),
    (
        refused("OptInRequired"),
        RegionDisabled,
        "eu-west-1 is off for this account",
        "enable-region --region-name eu-west-1",
    ),
    (
        refused("RegionDisabledException"),
        RegionDisabled,
        "eu-west-1 is off for this account",
        "enable-region",
    ),
    (refused("InvalidParameterException", "bad name"), InvalidRequest, "does not accept the request", ""),
    (refused("InternalFailure", status=500), ServerError, "fault of its own", "health.aws.amazon.com"),
    (refused("NeverHeardOf", status=503), ServerError, "fault of its own", "health.aws.amazon.com"),
    (refused("NeverHeardOf"), Unexpected, "AWS answered with an error", "log"),
    (aws.ConfigParseError(path="x"), Misconfigured, "settings are not right", "Correct"),
    (answered(400, "unable to parse"), InvalidRequest, "does not accept the request", "selector"),
    (answered(401), Unauthorized, "`prod` does not know who this is", "aws eks create-access-entry"),
    (answered(403, "no"), Forbidden, "The API server of `prod` refused", "role"),
    (answered(404, "gone"), NotFound, "has no such thing", ""),
    (answered(410), ListExpired, "expired before it was read", "Narrow"),
    (answered(422, "bad"), InvalidRequest, "does not accept", ""),
    (answered(429), Throttled, "too busy", "in a minute"),
    (answered(500, "etcd"), ServerError, "fault of its own \\(500\\)", "in a minute"),
    (answered(507), ServerError, "fault of its own \\(507\\)", "in a minute"),
    (answered(302), Unexpected, "sends elsewhere", "cluster.endpoint"),
    (
        tls_error(),
        Untrusted,
        "certificate of the API server of `prod` does not verify",
        "connect to it again",
    ),
    (connect_timeout(), Unreachable, "API server of `prod` does not answer", "inside the VPC"),
    (max_retry(connect_timeout()), Unreachable, "API server of `prod` does not answer", "inside the VPC"),
    (http.NewConnectionError(None, "refused"), Unreachable, "refuses connections", "cluster.status"),  # type: ignore[arg-type]
    (NO_NAME, Unreachable, "name of the API server of `prod` does not resolve", "VPC"),
    (http.ReadTimeoutError(None, "/", "timed out"), Unreachable, "did not answer in time", "private"),  # type: ignore[arg-type]
    (http.ProtocolError("reset"), Unreachable, "broke off", "again"),
    (http.ProxyError("no", OSError()), Unreachable, "proxy", "HTTPS_PROXY"),
    (http.DecodeError("gzip"), ServerError, "not Kubernetes", "proxy"),
    (msgspec.DecodeError("JSON"), ServerError, "not Kubernetes", "proxy"),
    (ssl.SSLCertVerificationError("bad"), Untrusted, "certificate", ""),
    (socket.gaierror("x"), Unreachable, "The name of AWS's endpoint", "DNS"),
    (ConnectionRefusedError("x"), Unreachable, "AWS does not answer", "firewall"),
    (ConnectionResetError("x"), Unreachable, "AWS does not answer", "firewall"),
    (TimeoutError("x"), Unreachable, "AWS does not answer in eu-west-1 in time", "firewall"),
    (PermissionError(13, "Permission denied", "config"), Misconfigured, "settings are not right", "Correct"),
    (
        json.JSONDecodeError("x", "", 0),
        NoCredentials,
        "gives something that cannot be read",
        "get-caller-identity",
    ),
]


@pytest.mark.parametrize(("error", "failure", "what", "hint"), TOLD_APART, ids=lambda value: str(value)[:40])
def test_what_a_person_has_to_tell_apart_is_told_apart(
    error: Exception, failure: type[Failure], what: str, hint: str
) -> None:
    with pytest.raises(failure, match=what) as caught, translated(**FACTS):
        raise error
    assert type(caught.value) is failure
    assert hint in caught.value.hint
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        database.OperationalError("SELECT CANARY", {"a": "CANARY"}, Exception("no route to CANARY")),
        database.InterfaceError("SELECT CANARY", {}, Exception("closed")),
        database.InternalError("INSERT", {}, Exception("read-only transaction")),
        database.DisconnectionError("gone"),
        database.TimeoutError("QueuePool limit of size 5 overflow 5 reached"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_is_told_without_what_it_was_asked(error: Exception) -> None:
    failure = told(error)
    assert type(failure) is StateAway
    assert failure.what == "The bot's memory is out of reach"
    assert failure.hint == "Try again in a minute; nothing was changed"
    assert "CANARY" not in str(vars(failure))


@pytest.mark.parametrize(
    "error",
    [
        database.IntegrityError("INSERT", {}, Exception("duplicate key")),
        database.ProgrammingError("SELECT", {}, Exception("no such column")),
        database.DataError("SELECT", {}, Exception("NUL")),
        database.ArgumentError("wrong"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_statement_of_ours_that_is_wrong_is_a_mistake(error: Exception) -> None:
    with pytest.raises(type(error)), translated():
        raise error


BELOW: list[tuple[Exception, type[Failure], str]] = [
    (ssl.SSLError("bad"), Untrusted, "The certificate of the API server of `prod` does not verify"),
    (socket.gaierror("x"), Unreachable, "The name of the API server of `prod` does not resolve"),
    (ConnectionRefusedError("x"), Unreachable, "The API server of `prod` refuses connections"),
    (BrokenPipeError("x"), Unreachable, "The API server of `prod` broke off its answer"),
    (TimeoutError("x"), Unreachable, "The API server of `prod` took the request and did not answer in time"),
]


@pytest.mark.parametrize(("error", "failure", "what"), BELOW, ids=lambda value: str(value)[:20])
def test_a_bare_sockets_error_names_the_cluster_when_one_was_asked(
    error: Exception, failure: type[Failure], what: str
) -> None:
    caught = told(error, action="list pods")
    assert (type(caught), caught.what) == (failure, what)


def test_a_mistake_of_our_own_is_not_dressed_up() -> None:
    with pytest.raises(KeyError), translated(**FACTS):
        raise KeyError("ours")
    with pytest.raises(NotFound) as caught, translated(**FACTS):
        raise NotFound("already ours")
    assert caught.value.what == "already ours"


def told(error: Exception, **facts: Any) -> Failure:
    with pytest.raises(Failure) as caught, translated(**{**FACTS, **facts}):
        raise error
    return caught.value
