"""The bearer token of EKS: a presigned question to STS, checked here down to its signature.

What is checked follows aws-iam-authenticator's verifier, except that the regional STS of the cluster's own region is
the only host taken, where the real one takes any of its partition.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from playground.principals import Keyring, Principal
from playground.signature import Scope, same, signature

_PREFIX = "k8s-aws-v1."
_LIFETIME = timedelta(minutes=15)
_CLUSTER_HEADER = "x-k8s-aws-id"


class InvalidToken(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The token opens nothing; the text says why, for the log only: the caller just hears Unauthorized."""


def principal_of(
    token: str, *, cluster: str, region: str, keyring: Keyring, now: datetime | None = None
) -> Principal:
    """The AWS principal who minted `token` for `cluster`; raises InvalidToken."""
    url = _decoded(token)
    parts = urlsplit(url)
    host = sts_host(region)
    if (parts.scheme, parts.path, parts.fragment) != ("https", "/", ""):
        raise InvalidToken("not the https address of STS")
    if parts.netloc != host:
        raise InvalidToken(f"signed for {parts.netloc}, this cluster asks {host}")
    query = _parameters(parts.query)
    scope = _scope(query["x-amz-credential"])
    timestamp = query["x-amz-date"]
    _check_age(timestamp, query["x-amz-expires"], now or datetime.now(UTC))
    if scope.region != region or scope.service != "sts" or scope.date != timestamp[:8]:
        raise InvalidToken(f"signed for the scope {scope}")

    credential = keyring.find(scope.access_key_id)
    if credential is None:
        raise InvalidToken(f"no such access key: {scope.access_key_id}")
    if credential.expired:
        raise InvalidToken(f"the session of {scope.access_key_id} is over")
    if query.get("x-amz-security-token") != credential.session_token:
        raise InvalidToken("not the session token of this access key")
    unsigned = url[: url.rindex("&X-Amz-Signature=")]
    expected = signature(
        credential.secret_access_key,
        scope,
        timestamp,
        method="GET",
        url=unsigned,
        headers={_CLUSTER_HEADER: cluster},
    )
    if not same(expected, query["x-amz-signature"]):
        raise InvalidToken(f"the signature is not that of {scope.access_key_id} for the cluster {cluster}")
    return credential.principal


def sts_host(region: str) -> str:
    return f"sts.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def _decoded(token: str) -> str:
    encoded = token.removeprefix(_PREFIX)
    if encoded == token:
        raise InvalidToken(f"does not begin with {_PREFIX}")
    if "=" in encoded:
        raise InvalidToken("is padded")
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise InvalidToken("is not base64url of an address") from error


def _parameters(query: str) -> dict[str, str]:
    pairs = [(name.lower(), value) for name, value in parse_qsl(query, keep_blank_values=True)]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidToken("has a parameter twice")
    required = {
        "action": "GetCallerIdentity",
        "version": "2011-06-15",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-signedheaders": f"host;{_CLUSTER_HEADER}",
        "x-amz-credential": None,
        "x-amz-date": None,
        "x-amz-expires": None,
        "x-amz-signature": None,
    }
    for name, value in required.items():
        if name not in found or value not in {None, found[name]}:
            raise InvalidToken(f"the parameter {name} is missing or not what it has to be")
    strange = found.keys() - required.keys() - {"x-amz-security-token"}
    if strange:
        raise InvalidToken(f"has the parameters {sorted(strange)}")
    if not query.rpartition("&")[2].startswith("X-Amz-Signature="):
        raise InvalidToken("does not end in its signature")
    return found


def _scope(text: str) -> Scope:
    try:
        return Scope.from_text(text)
    except ValueError as error:
        raise InvalidToken("its credential scope is malformed") from error


def _check_age(timestamp: str, expires: str, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidToken("its date is malformed") from error
    if not re.fullmatch(r"\d{1,4}", expires, re.ASCII) or not 0 < int(expires) <= _LIFETIME.total_seconds():
        raise InvalidToken("X-Amz-Expires is not within 15 minutes")
    if abs(now - signed_at) > _LIFETIME:
        raise InvalidToken(f"was signed at {timestamp}, more than 15 minutes from now")
