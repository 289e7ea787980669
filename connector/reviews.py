"""What an API server says of whoever asks: who they are there, and what they may do. Nothing is changed by asking.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from urllib3 import HTTPHeaderDict, Timeout

from connector import kube
from connector.api import close_sockets
from connector.clock import date_of
from connector.decoding import decoded
from connector.errors import Forbidden, NotFound, translated
from connector.impersonation import Impersonate
from connector.kubeconfig import configuration

# An answer has a few hundred bytes; what is larger is none.
_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True)
class Right:
    """Something that may be done or not; `resource` as kubectl writes it: `pods`, `deployments.apps`, `pods/log`."""

    verb: str
    resource: str
    namespaced: bool = True

    @property
    def attributes(self) -> dict[str, str]:
        whole, _, part = self.resource.partition("/")
        resource, _, group = whole.partition(".")
        return {"verb": self.verb, "resource": resource, "group": group, "subresource": part}

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"


@dataclass(frozen=True)
class Known:
    """As whom the server knows who asks; "" where it does not tell."""

    user: str
    groups: tuple[str, ...]
    server_time: datetime | None


class _UserInfo(msgspec.Struct):
    username: str = ""
    groups: tuple[str, ...] = ()


class _Status(msgspec.Struct, rename="camel"):
    user_info: _UserInfo = msgspec.field(default_factory=_UserInfo)
    allowed: bool = False


class _Review(msgspec.Struct):
    status: _Status = msgspec.field(default_factory=_Status)


_review = msgspec.json.Decoder(_Review)


class Reviews:
    """Asks one API server, each question once: no retries, and no redirect followed."""

    def __init__(self, config: Mapping[str, Any], token: Callable[[], str], facts: Mapping[str, Any]) -> None:
        """`config`, `token` and `facts` are as those of an Api. Raises ServerError when its CA is no certificate."""
        self._facts = facts
        self._token = token
        self._settings = configuration(config, token, connections=1)
        self._client = kube.ApiClient(self._settings)

    def who(self, seconds: float) -> Known:
        """Who the server takes us for. Raises Unauthorized (401), Unreachable, and the rest."""
        asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            review, date = self._asked("POST", path, asked, None, seconds)
        except (Forbidden, NotFound):
            # Older than 1.28, or not for everybody here: that it is no 401 is told by any answer.
            _, date = self._asked("GET", "/version/", None, None, seconds)
            return Known("", (), date)
        user = review.status.user_info
        return Known(user.username, user.groups, date)

    def may(self, right: Right, namespace: str, acting: Impersonate | None, seconds: float) -> bool:
        """Whether we, or those we act as, have the right: in `namespace`, or in all when it is empty.

        Raises Forbidden when we may not act as them.
        """
        attributes = right.attributes | ({"namespace": namespace} if right.namespaced and namespace else {})
        asked = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        review, _ = self._asked("POST", path, asked, acting, seconds)
        return review.status.allowed

    def close(self) -> None:
        """Close the connection to the server."""
        close_sockets(self._client)

    def _asked(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        acting: Impersonate | None,
        seconds: float,
    ) -> tuple[_Review, datetime | None]:
        headers = HTTPHeaderDict(
            {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "eks-chatops"}
        )
        for name, values in (acting.headers if acting else {}).items():
            for value in values:
                headers.add(name, value)
        with translated(action="review", **self._facts):
            headers["Authorization"] = f"Bearer {self._token()}"
            answer = self._client.rest_client.pool_manager.request(
                method,
                self._settings.host + path,
                body=None if body is None else msgspec.json.encode(body),
                headers=headers,
                timeout=Timeout(connect=seconds, read=seconds),
                retries=False,
                preload_content=False,
            )
            try:
                text = answer.read(_ANSWER_BYTES)
            finally:
                answer.close()
            if not 200 <= answer.status <= 299:
                raise kube.ApiException(
                    status=answer.status, reason=answer.reason, body=text.decode("utf-8", "replace")
                )
            return decoded(_review, text), date_of(answer.headers.get("Date"))
