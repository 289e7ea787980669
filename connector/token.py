"""The bearer token with which an AWS principal enters an EKS cluster: made in-process, renewed in time.

It is a presigned `sts:GetCallerIdentity`, which the cluster sends to STS to learn who is there. Format:
https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
"""

import base64
import functools
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.credentials import CredentialResolver, Credentials
from botocore.hooks import HierarchicalEmitter
from botocore.model import ServiceId
from botocore.signers import RequestSigner

from connector.unconfigured import unconfigured

PREFIX = "k8s-aws-v1."

RENEW_AFTER = 14 * 60.0
"""Seconds. EKS takes a token for 15 minutes, whatever its X-Amz-Expires says."""

_EXPIRES = 60


@functools.cache
def sts_host(region: str) -> str:
    """The region's own STS host in its partition, as botocore resolves it when no setting says otherwise."""
    session = unconfigured()
    session.set_config_variable("sts_regional_endpoints", "regional")
    plain = Config(
        ignore_configured_endpoint_urls=True, use_fips_endpoint=False, use_dualstack_endpoint=False
    )
    # No keys are needed to resolve a name, and botocore shall not look for any.
    session.register_component("credential_provider", CredentialResolver([]))
    sts = session.create_client("sts", region, config=plain)
    return str(urlsplit(sts.meta.endpoint_url).hostname)


def mint(credentials: Any, region: str, cluster: str) -> str:
    """A token for `cluster`, signed with frozen botocore credentials; 0.1 ms, no network.

    It names the real STS whatever AWS_ENDPOINT_URL says, because the cluster asks no other.
    """
    # The signer keeps only a weak reference to it.
    emitter = HierarchicalEmitter()
    signer = RequestSigner(ServiceId("STS"), region, "sts", "v4", Credentials(*credentials[:3]), emitter)
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://{sts_host(region)}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": cluster},
            "context": {},
        },
        operation_name="GetCallerIdentity",
        region_name=region,
        expires_in=_EXPIRES,
    )
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


class TokenSource:
    """A token that is always good: made anew after 14 minutes, and when the credentials under it changed."""

    def __init__(
        self, credentials: Any, region: str, cluster: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._credentials = credentials
        self._region = region
        self._cluster = cluster
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._signed_by: Any = None
        self._renew_at = 0.0

    def token(self) -> str:
        """The token to send now. Asks AWS when credentials have to renew themselves; raises botocore's errors."""
        # Outside the lock: it may wait for the network, and has a lock of its own.
        frozen = self._credentials.get_frozen_credentials()
        with self._lock:
            now = self._clock()
            if not self._token or now >= self._renew_at or frozen != self._signed_by:
                self._token = mint(frozen, self._region, self._cluster)
                self._signed_by = frozen
                self._renew_at = now + RENEW_AFTER
            return self._token

    def renew(self) -> None:
        """Make a new token at the next call: the cluster refused this one."""
        with self._lock:
            self._token = ""
