"""A request to AWS as it came over the wire: what is asked, and is it signed by whom it says?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from playground.aws.answers import expired, missing_token, unknown_key, wrong_signature
from playground.principals import Credential, Keyring
from playground.signature import Scope, same, signature

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<scope>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<value>\w+)"
)
_SKEW = timedelta(minutes=5)

# Method and path of the EKS actions; of others the log gets method and path as they are.
_EKS_ACTIONS = (
    ("GET", re.compile(r"/clusters"), "ListClusters"),
    ("POST", re.compile(r"/clusters"), "CreateCluster"),
    ("GET", re.compile(r"/clusters/[^/]+"), "DescribeCluster"),
    ("DELETE", re.compile(r"/clusters/[^/]+"), "DeleteCluster"),
    ("GET", re.compile(r"/clusters/[^/]+/node-groups"), "ListNodegroups"),
    ("GET", re.compile(r"/clusters/[^/]+/node-groups/[^/]+"), "DescribeNodegroup"),
    ("GET", re.compile(r"/clusters/[^/]+/addons"), "ListAddons"),
    ("GET", re.compile(r"/clusters/[^/]+/access-entries"), "ListAccessEntries"),
    ("GET", re.compile(r"/cluster-versions"), "DescribeClusterVersions"),
)


@dataclass(frozen=True)
class AwsRequest:
    """One request; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def from_wsgi(cls, environ: Mapping[str, Any]) -> AwsRequest:
        """Reads the body too, so it can be done once."""
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
        }
        length = headers.get("content-length", "")
        body = environ["wsgi.input"].read(int(length)) if length.isascii() and length.isdigit() else b""
        return cls(str(environ["REQUEST_METHOD"]), str(environ["RAW_URI"]), headers, body)

    @cached_property
    def scope(self) -> Scope | None:
        """The credential scope it claims, or None for a request that is not signed."""
        found = _AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))
        try:
            return Scope.from_text(found["scope"]) if found else None
        except ValueError:
            return None

    @property
    def service(self) -> str:
        return self.scope.service if self.scope else "sts" if b"Action=" in self.body else ""

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of a query action (STS)."""
        return dict(parse_qsl(urlsplit(self.target).query + "&" + self.body.decode("utf-8", "replace")))

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def action(self) -> str:
        """The action as IAM writes it: `eks:DescribeCluster`."""
        service = self.service
        if service == "eks":
            for method, path, name in _EKS_ACTIONS:
                if method == self.method and path.fullmatch(self.path):
                    return f"eks:{name}"
        named = self.parameters.get("Action") or self.headers.get("x-amz-target", "").rpartition(".")[2]
        return f"{service}:{named or f'{self.method} {self.path}'}"

    def resource(self, account: str) -> str:
        """The ARN that an AccessDenied names."""
        if self.service == "sts":
            return self.parameters.get("RoleArn", "*")
        # What IAM can limit to no cluster is on all there is.
        if self.service != "eks" or self.scope is None or self.path == "/cluster-versions":
            return "*"
        cluster = self.path.split("/")[2] if self.path.count("/") >= 2 else "*"
        return f"arn:aws:eks:{self.scope.region}:{account}:cluster/{cluster}"

    def credential(self, keyring: Keyring) -> Credential:
        """Whose signature it bears; raises the AwsError that AWS gives when it is nobody's."""
        found = _AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))
        scope, service = self.scope, self.service
        if found is None or scope is None:
            raise missing_token(service)
        credential = keyring.find(scope.access_key_id)
        if credential is None or self.headers.get("x-amz-security-token") != credential.session_token:
            raise unknown_key(service)
        self._check_signature(credential, scope, found["headers"].split(";"), found["value"])
        if credential.expired:
            raise expired(service)
        return credential

    def _check_signature(self, credential: Credential, scope: Scope, names: list[str], value: str) -> None:
        timestamp = self.headers.get("x-amz-date", "")
        try:
            signed_at = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            why = f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'."
            raise wrong_signature(scope.service, why) from error
        now = datetime.now(UTC)
        if abs(now - signed_at) > _SKEW:
            earliest = (now - _SKEW).strftime("%Y%m%dT%H%M%SZ")
            raise wrong_signature(
                scope.service, f"Signature expired: {timestamp} is now earlier than {earliest}"
            )
        if "host" not in names or timestamp[:8] != scope.date:
            raise wrong_signature(scope.service)
        expected = signature(
            credential.secret_access_key,
            scope,
            timestamp,
            method=self.method,
            url=f"http://{self.headers.get('host', '')}{self.target}",
            headers={name: self.headers.get(name, "") for name in names},
            body=self.body,
        )
        if not same(expected, value):
            raise wrong_signature(scope.service)
