"""How the tests enter a cluster: tokens minted by hand, so that each part can be wrong, and the real client."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from kubernetes import client

from playground.fleet import Cluster
from playground.principals import Credential
from playground.signature import Scope, signature

_RECORDED = Path(__file__).parent.parent / "data" / "recorded"


def recorded(name: str) -> Any:
    """What a real server answered: its status and body."""
    return json.loads((_RECORDED / f"server-{name}.json").read_text())


def token(
    credential: Credential,
    cluster: str,
    region: str,
    *,
    age: timedelta = timedelta(),
    host: str = "",
    signed_with: str = "",
    scheme: str = "https",
    **changed: str | None,
) -> str:
    """A bearer token as `aws eks get-token` makes it; `changed` replaces parameters of the query (None: removes).

    Underscores in the names of `changed` stand for hyphens. The signature fits whatever was changed.
    """
    timestamp = (datetime.now(UTC) - age).strftime("%Y%m%dT%H%M%SZ")
    scope = Scope(credential.access_key_id, timestamp[:8], region, "sts")
    query: dict[str, str | None] = {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": str(scope),
        "X-Amz-Date": timestamp,
        "X-Amz-Expires": "60",
        "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
        "X-Amz-Security-Token": credential.session_token,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    kept = {name: value for name, value in query.items() if value is not None}
    address = f"{scheme}://{host or f'sts.{region}.amazonaws.com'}/?{urlencode(kept, quote_via=quote)}"
    secret = signed_with or credential.secret_access_key
    headers = {"x-k8s-aws-id": cluster}
    made = signature(secret, scope, timestamp, method="GET", url=address, headers=headers)
    return encoded(f"{address}&X-Amz-Signature={made}")


def encoded(address: str) -> str:
    return "k8s-aws-v1." + base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")


def core(cluster: Cluster, bearer: str) -> client.CoreV1Api:
    """The kubernetes client for a cluster, without retries of its own."""
    configuration = client.Configuration()
    configuration.host = cluster.endpoint
    configuration.ca_cert_data = cluster.certificate_authority
    configuration.retries = False
    configuration.api_key = {"authorization": f"Bearer {bearer}"}
    return client.CoreV1Api(client.ApiClient(configuration))


class Raw:
    """HTTP to a cluster as it is: for what the client would not send."""

    def __init__(self, cluster: Cluster, bearer: str = "") -> None:
        self._endpoint = cluster.endpoint
        self._pool = urllib3.PoolManager(ca_cert_data=cluster.certificate_authority, retries=False)
        self._headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def request(
        self,
        path: str,
        method: str = "GET",
        *,
        headers: dict[str, str] | urllib3.HTTPHeaderDict | None = None,
        body: Any = None,
        timeout: float = 30.0,
        preload: bool = True,
        query: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        given = urllib3.HTTPHeaderDict(self._headers)
        given.extend(headers or {})
        address = f"{self._endpoint}{path}" + (f"?{urlencode(query)}" if query else "")
        return self._pool.request(
            method, address, headers=given, json=body, timeout=timeout, preload_content=preload
        )

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        """Status and decoded body."""
        answer = self.request(path, query=query)
        return answer.status, json.loads(answer.data)

    def connections(self) -> int:
        """How many TCP connections it took so far."""
        return self._pool.connection_from_url(str(self._endpoint)).num_connections
