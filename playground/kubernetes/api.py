"""What an API server answers to one request: who asks, what for, may they, and the objects."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.kubernetes import objects
from playground.kubernetes.access import ANONYMOUS, Access, Identity
from playground.kubernetes.discovery import AGGREGATED_TYPE, aggregated, discovery
from playground.kubernetes.journal import Journal
from playground.kubernetes.logs import log
from playground.kubernetes.pages import Clock
from playground.kubernetes.representation import form
from playground.kubernetes.resources import RESOURCES, Resource, version
from playground.kubernetes.reviews import access_review, identity_review
from playground.kubernetes.status import (
    forbidden,
    forbidden_path,
    page_not_found,
    refusal,
    unauthorized,
    unsupported_body,
)
from playground.kubernetes.store import Store
from playground.kubernetes.token import InvalidToken, principal_of
from playground.kubernetes.watches import watch
from playground.principals import Keyring

_PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>v[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?"
    r"/(?P<resource>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<part>[^/]+))?)?/?"
)
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_OPEN_PATHS = frozenset({"/version", "/healthz", "/livez", "/readyz"})
_TRUE = frozenset({"1", "true"})


@dataclass(frozen=True)
class Call:
    """A request stripped of HTTP: header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    groups: Sequence[str] = ()
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What goes back; `stream`, if there is one, comes after the body and may take its time."""

    status: int
    body: bytes
    content_type: str = "application/json"
    is_page: bool = False
    stream: AsyncIterator[bytes] | None = None


@dataclass(frozen=True)
class Subject:
    """What a path names. `resource` is known to discovery or not; `name` is empty for a list, `part` mostly."""

    resource: str
    group: str
    version: str
    namespace: str
    name: str
    part: str

    @property
    def whole(self) -> str:
        """The resource as RBAC names it, such as `pods/log`."""
        return f"{self.resource}/{self.part}" if self.part else self.resource


class Api:
    """The rules of one cluster's server, without its sockets; refusals come as exceptions (status.Refusal)."""

    def __init__(
        self,
        *,
        cluster: str,
        region: str,
        minor: str,
        keyring: Keyring,
        access: Access,
        store: Store,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._cluster = cluster
        self._region = region
        self._minor = minor
        self._keyring = keyring
        self._access = access
        self._store = store
        self._clock = clock
        self._journal = journal

    def identify(self, call: Call) -> Identity:
        """Who asks, by the bearer token, then by impersonation; raises the 401 or 403."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        identity = ANONYMOUS
        if scheme.lower() == "bearer" and token:
            identity = self._signed_in(token.strip())
        return self._impersonated(identity, call)

    def answer(self, call: Call, identity: Identity) -> Answer:
        """The answer, or the refusal raised."""
        # The kubernetes client asks for /version/, kubectl for /version; a real API server answers both.
        if (path := call.path.rstrip("/")) in _OPEN_PATHS:
            return _json(version(self._minor)) if path == "/version" else Answer(200, b"ok", "text/plain")
        if (found := self._discovery(path, call, identity)) is not None:
            return found
        subject = _subject(call.path)
        if subject is None:
            if identity is ANONYMOUS:
                raise forbidden_path(identity.user, call.method.lower(), call.path)
            raise page_not_found()
        return self._resource(call, subject, identity)

    def _discovery(self, path: str, call: Call, identity: Identity) -> Answer | None:
        document = discovery(path, call.headers.get("host", ""), self._store.absent_groups)
        if document is None:
            return None
        if identity is ANONYMOUS:
            raise forbidden_path(identity.user, "get", call.path)
        everything = aggregated(path, self._store.absent_groups)
        if everything is None:
            form(call.headers.get("accept", ""))
        elif form(call.headers.get("accept", ""), "aggregated") == "aggregated":
            return _json(everything, content_type=AGGREGATED_TYPE)
        return _json(document)

    def _signed_in(self, token: str) -> Identity:
        try:
            principal = principal_of(token, cluster=self._cluster, region=self._region, keyring=self._keyring)
        except InvalidToken as error:
            raise unauthorized(f"the token {error}") from error
        identity = self._access.identity(principal)
        if identity is None:
            raise unauthorized(f"no access entry for {principal.entry_arn}")
        return identity

    def _impersonated(self, identity: Identity, call: Call) -> Identity:
        user = call.headers.get("impersonate-user", "")
        wanted = [("users", user)] if user else []
        wanted += [("groups", group) for group in call.groups]
        wanted += [("userextras", name) for name in call.headers if name.startswith("impersonate-extra-")]
        for resource, name in wanted:
            if not self._access.permits(identity, "impersonate", resource):
                raise forbidden(identity.user, "impersonate", resource, "", "", name)
        if not user:
            if wanted:
                raise refusal(
                    500, "Internal Server Error: requested impersonation without impersonating a user"
                )
            return identity
        return Identity(user, (*call.groups, "system:authenticated"))

    def _resource(self, call: Call, subject: Subject, identity: Identity) -> Answer:
        review = call.method == "POST" and subject.group in {"authentication.k8s.io", "authorization.k8s.io"}
        if review and identity is not ANONYMOUS:
            if not call.headers.get("content-type", "").startswith("application/json"):
                raise unsupported_body()
            if subject.resource == "selfsubjectreviews":
                return _json(identity_review(identity), 201)
            if subject.resource == "selfsubjectaccessreviews":
                return _json(access_review(call.body, identity, self._access), 201)
        watching = not subject.name and call.query.get("watch", "") in _TRUE
        verb = _VERBS.get(call.method, "get" if subject.name else "watch" if watching else "list")
        if not self._access.permits(identity, verb, subject.whole, subject.namespace):
            raise forbidden(
                identity.user, verb, subject.whole, subject.group, subject.namespace, subject.name
            )
        group_version = f"{subject.group}/{subject.version}" if subject.group else subject.version
        resource = RESOURCES.get((group_version, subject.resource))
        if (
            resource is None
            or resource.group in self._store.absent_groups
            or (subject.part and subject.part not in resource.subresources)
            or (subject.namespace and not resource.namespaced)
        ):
            raise page_not_found()
        if verb not in resource.verbs:
            raise refusal(405, "the server does not allow this method on the requested resource", {})
        if subject.part:
            return self._log(subject, call.query)
        if watching:
            return self._watch(call, subject, resource)
        return self._objects(call, subject, resource)

    def _watch(self, call: Call, subject: Subject, resource: Resource) -> Answer:
        as_table = form(call.headers.get("accept", ""), "table") == "table"
        what = (resource, subject.namespace, call.query)
        stream = watch(self._store, self._journal, self._clock, *what, as_table=as_table)
        return Answer(200, b"", stream=stream)

    def _objects(self, call: Call, subject: Subject, resource: Resource) -> Answer:
        as_table = form(call.headers.get("accept", ""), "table") == "table"
        if subject.name:
            record = objects.one(self._store, resource, subject.namespace, subject.name)
            if as_table:
                return Answer(200, objects.table_of_one(resource, record, call.query))
            return Answer(200, objects.plain(resource, record))
        page = objects.page(self._store, self._clock, resource, subject.namespace, call.query)
        return Answer(200, page.table(call.query) if as_table else page.plain(), is_page=True)

    def _log(self, subject: Subject, query: Mapping[str, str]) -> Answer:
        pods = RESOURCES["v1", "pods"]
        pod = json.loads(objects.one(self._store, pods, subject.namespace, subject.name).json())
        body, stream = log(pod, query, self._store)
        return Answer(200, body, "text/plain", stream=stream)


def _subject(path: str) -> Subject | None:
    """What `path` names; a namespace itself is an object of the cluster that RBAC finds in its own namespace."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    return Subject(
        match["resource"],
        match["group"] or "",
        match["version"],
        match["namespace"] or "",
        match["name"] or "",
        match["part"] or "",
    )


def _json(
    document: Mapping[str, Any], status: int = 200, *, content_type: str = "application/json"
) -> Answer:
    body = json.dumps(document, separators=(",", ":")).encode() + b"\n"
    return Answer(status, body, content_type)
