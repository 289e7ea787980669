"""The one table that turns an error of AWS's, Kubernetes' or the database's libraries into one of ours."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from botocore import exceptions as aws
from sqlalchemy import exc as database
from urllib3 import exceptions as http

from connector import kube
from connector.errors.tree import (
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
)
from connector.words import Context, Words, network, state
from connector.words import aws as aws_words
from connector.words import kubernetes as kube_words

Key = type[BaseException] | str | int
# Of what the kubernetes client raises, when no status of a server tells more.
_NO_STATUS = 0
Entry = tuple[type[Failure], Callable[[Any, Context], Words]]


def _each(keys: tuple[Key, ...], failure: type[Failure], words: Callable[[Any, Context], Words]) -> Any:
    return dict.fromkeys(keys, (failure, words))


# A class stands for its subclasses too, the nearest one counts; a string is an AWS error code; a number
# is the status with which a Kubernetes API server answered.
TABLE: Mapping[Key, Entry] = {
    # --- botocore: who signs in
    aws.ProfileNotFound: (ProfileNotFound, aws_words.profile_not_found),
    aws.NoCredentialsError: (NoCredentials, aws_words.no_credentials),
    aws.NoAuthTokenError: (NoCredentials, aws_words.no_credentials),
    aws.PartialCredentialsError: (NoCredentials, aws_words.partial_credentials),
    aws.CredentialRetrievalError: (NoCredentials, aws_words.credentials_failed),
    aws.MetadataRetrievalError: (NoCredentials, aws_words.credentials_failed),
    aws.UnknownCredentialError: (Misconfigured, aws_words.misconfigured),
    aws.RefreshWithMFAUnsupportedError: (NoCredentials, aws_words.needs_mfa),
    aws.TokenRetrievalError: (Expired, aws_words.sso_expired),
    aws.SSOError: (Expired, aws_words.sso_expired),
    aws.LoginError: (Expired, aws_words.login_expired),
    aws.LoginInsufficientPermissions: (AccessDenied, aws_words.login_denied),
    # --- botocore: where to
    **_each(
        (
            aws.InvalidRegionError,
            aws.UnknownRegionError,
            aws.NoRegionError,
            aws.ServiceNotInRegionError,
            aws.BaseEndpointResolverError,
            aws.EndpointProviderError,
        ),
        InvalidRegion,
        aws_words.invalid_region,
    ),
    # --- botocore: the network
    aws.EndpointConnectionError: (Unreachable, aws_words.unreachable),
    aws.ConnectTimeoutError: (Unreachable, aws_words.timeout),
    aws.ReadTimeoutError: (Unreachable, aws_words.timeout),
    aws.ConnectionError: (Unreachable, aws_words.unreachable),
    aws.HTTPClientError: (Unreachable, aws_words.unreachable),
    aws.IncompleteReadError: (Unreachable, aws_words.unreachable),
    aws.ChecksumError: (Unreachable, aws_words.unreachable),
    aws.ProxyConnectionError: (Unreachable, aws_words.proxy_failed),
    aws.SSLError: (Untrusted, aws_words.untrusted),
    # --- botocore: what was asked
    aws.ValidationError: (InvalidRequest, aws_words.invalid),
    aws.ParamValidationError: (InvalidRequest, aws_words.invalid),
    aws.MissingParametersError: (InvalidRequest, aws_words.invalid),
    aws.CapacityNotAvailableError: (Throttled, aws_words.throttled),
    # --- botocore: how the bot is set up
    **_each(
        (
            aws.ConfigParseError,
            aws.ConfigNotFound,
            aws.InvalidConfigError,
            aws.InvalidIMDSEndpointError,
            aws.InvalidIMDSEndpointModeError,
            aws.InvalidProxiesConfigError,
            aws.InvalidRetryConfigurationError,
            aws.InvalidSTSRegionalEndpointsConfigError,
            aws.InvalidS3UsEast1RegionalEndpointConfigError,
            aws.InvalidEndpointDiscoveryConfigurationError,
            aws.InvalidEndpointConfigurationError,
            aws.InvalidChecksumConfigError,
            aws.InvalidDefaultsMode,
            aws.MissingDependencyException,
            aws.MD5UnavailableError,
            aws.UnknownTokenProviderError,
        ),
        Misconfigured,
        aws_words.misconfigured,
    ),
    # --- botocore: the rest
    aws.BotoCoreError: (Unexpected, aws_words.unexpected),
    aws.UndefinedModelAttributeError: (Unexpected, aws_words.unexpected),
    # --- AWS error codes
    **_each(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "AuthFailure",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        ),
        InvalidCredentials,
        aws_words.unknown_key,
    ),
    **_each(
        (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
        ),
        InvalidCredentials,
        aws_words.wrong_secret,
    ),
    **_each(
        (
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
        ),
        Expired,
        aws_words.session_expired,
    ),
    **_each(("RequestExpired", "RequestTimeTooSkewed"), Expired, aws_words.clock_is_off),
    **_each(
        (
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthorizationErrorException",
            "NotAuthorized",
            "NotAuthorizedException",
            "ForbiddenException",
        ),
        AccessDenied,
        aws_words.access_denied,
    ),
    # The SSO portal's own word for a session that is over.
    "UnauthorizedException": (Expired, aws_words.sso_expired),
    **_each(
        ("InvalidIdentityToken", "IDPRejectedClaim", "IDPCommunicationError"),
        NoCredentials,
        aws_words.credentials_failed,
    ),
    **_each(
        ("OptInRequired", "RegionDisabledException", "SubscriptionRequiredException"),
        RegionDisabled,
        aws_words.region_disabled,
    ),
    "ResourceNotFoundException": (ClusterNotFound, aws_words.cluster_not_found),
    **_each(
        (
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "SlowDown",
        ),
        Throttled,
        aws_words.throttled,
    ),
    **_each(
        (
            "InvalidParameterException",
            "InvalidParameterValue",
            "InvalidRequestException",
            "ValidationError",
            "ValidationException",
            "BadRequestException",
            "ClientException",
        ),
        InvalidRequest,
        aws_words.invalid,
    ),
    **_each(
        (
            "InternalError",
            "InternalFailure",
            "InternalServerException",
            "ServerException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ),
        ServerError,
        aws_words.server_error,
    ),
    aws.ClientError: (Unexpected, aws_words.unexpected),
    # --- Kubernetes statuses
    **_each((400, 406, 409, 413, 414, 415, 422), InvalidRequest, kube_words.invalid),
    401: (Unauthorized, kube_words.unauthorized),
    403: (Forbidden, kube_words.forbidden),
    404: (NotFound, kube_words.not_found),
    410: (ListExpired, kube_words.list_expired),
    429: (Throttled, kube_words.throttled),
    **_each((500, 502, 503, 504), ServerError, kube_words.server_error),
    _NO_STATUS: (Unexpected, kube_words.unexpected),
    # --- the way to the API server
    http.ConnectTimeoutError: (Unreachable, kube_words.connect_timeout),
    http.NameResolutionError: (Unreachable, kube_words.name_unknown),
    http.NewConnectionError: (Unreachable, kube_words.refused),
    http.ReadTimeoutError: (Unreachable, kube_words.read_timeout),
    http.TimeoutError: (Unreachable, kube_words.read_timeout),
    http.SSLError: (Untrusted, kube_words.untrusted),
    http.ProxyError: (Unreachable, aws_words.proxy_failed),
    http.ProxySchemeUnsupported: (Misconfigured, aws_words.misconfigured),
    http.ProxySchemeUnknown: (Misconfigured, aws_words.misconfigured),
    http.LocationValueError: (Unreachable, kube_words.name_unknown),
    http.DecodeError: (ServerError, kube_words.unreadable),
    http.HTTPError: (Unreachable, kube_words.broke_off),
    msgspec.DecodeError: (ServerError, kube_words.unreadable),
    # --- the database; what else it raises (a duplicate, a wrong statement) is a mistake of our own
    **_each(
        (
            database.OperationalError,
            database.InterfaceError,
            # A server that has become a standby in the meantime.
            database.InternalError,
            database.DisconnectionError,
            # All of the pool's connections are in use.
            database.TimeoutError,
        ),
        StateAway,
        state.away,
    ),
    # --- below all
    ssl.SSLError: (Untrusted, network.untrusted),
    socket.gaierror: (Unreachable, network.name_unknown),
    TimeoutError: (Unreachable, network.timeout),
    ConnectionRefusedError: (Unreachable, network.refused),
    ConnectionError: (Unreachable, network.broke_off),
    **_each((PermissionError, FileNotFoundError, IsADirectoryError), Misconfigured, aws_words.misconfigured),
    OSError: (Unreachable, network.refused),
    # What the parsers raise that botocore reads settings and a credential process's answer with.
    ValueError: (NoCredentials, aws_words.malformed),
}


_FOREIGN = tuple(key for key in TABLE if isinstance(key, type))


@contextmanager
def translated(**facts: Any) -> Iterator[None]:
    """What an SDK raises inside leaves as one of our errors; a mistake of our own (a TypeError) stays itself.

    `facts` are those of `connector.words.Context`: what was tried, where, and as whom.
    """
    try:
        yield
    except Exception as error:
        if not (isinstance(error, _FOREIGN) or kube.raised(error)) or _is_wrong_sql(error):
            raise
        raise failure_of(error, Context(**facts)) from error


def failure_of(error: BaseException, context: Context) -> Failure:
    """Our error for a foreign one: by its code or status first, then by its class, the nearest one first."""
    error = _innermost(error)
    failure, words = next(TABLE[key] for key in _keys(error) if key in TABLE)
    text = words(error, context)
    return failure(text.what, text.why, text.hint, field=text.field)


def _status(error: BaseException) -> int:
    return getattr(error, "status", None) or 0


def _is_wrong_sql(error: BaseException) -> bool:
    # SQLite's driver has one class for a wrong statement and for a file that is locked or gone.
    return getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_ERROR"


def _keys(error: BaseException) -> Iterator[Key]:
    if isinstance(error, aws.ClientError):
        yield str(error.response.get("Error", {}).get("Code", ""))
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            yield "ServiceUnavailable"
    if kube.raised(error):
        status = _status(error)
        if status:
            yield status
        if status >= 500:
            yield 500
        yield _NO_STATUS
    yield from type(error).__mro__
    yield aws.BotoCoreError


def _innermost(error: BaseException) -> BaseException:
    """The error that says what happened, out of those that only carry it."""
    while True:
        if isinstance(error, http.MaxRetryError):
            inner: BaseException | None = error.reason
        elif kube.raised(error, "ApiException") and not _status(error):
            # The kubernetes client makes an ApiException with status 0 out of a TLS error.
            inner = error.__context__
        else:
            return error
        if inner is None:
            return error
        error = inner
