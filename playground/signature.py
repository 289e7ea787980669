"""AWS Signature Version 4 seen from the receiving side: what must the signature be, given the secret?

The arithmetic is botocore's own signer, so that what boto3 sends is judged by boto3's rules.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


@dataclass(frozen=True)
class Scope:
    """Whose key signed, on which day, for which region and service: `AKIA…/20261123/eu-west-1/eks/aws4_request`."""

    access_key_id: str
    date: str
    region: str
    service: str

    @classmethod
    def from_text(cls, text: str) -> Scope:
        """Raises ValueError when `text` does not have the five parts of a credential scope."""
        access_key_id, date, region, service, terminator = text.split("/")
        if terminator != "aws4_request":
            raise ValueError(f"a credential scope ends in aws4_request, not {terminator}")
        return cls(access_key_id, date, region, service)

    def __str__(self) -> str:
        return f"{self.access_key_id}/{self.date}/{self.region}/{self.service}/aws4_request"


def signature(
    secret_access_key: str,
    scope: Scope,
    timestamp: str,
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
) -> str:
    """The signature (hex) of a request of which only `headers` are signed.

    `url` is the one on the wire, without X-Amz-Signature; `timestamp` is the value of X-Amz-Date.
    """
    signer = SigV4Auth(Credentials(scope.access_key_id, secret_access_key), scope.service, scope.region)
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    request.context["timestamp"] = timestamp
    canonical = signer.canonical_request(request)
    return str(signer.signature(signer.string_to_sign(request, canonical), request))


def same(one: str, other: str) -> bool:
    """Whether two signatures are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
