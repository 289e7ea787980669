"""What an API server answers to one request: who asks, what for, may they, and the objects."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from playground.kubernetes.access import ANONYMOUS, Access, Identity
from playground.kubernetes.pages import Clock, Position, limit_of, position
from playground.kubernetes.resources import RESOURCES, Resource, discovery, version
from playground.kubernetes.reviews import access_review, identity_review
from playground.kubernetes.selectors import InvalidSelector, field_selector, label_selector
from playground.kubernetes.status import (
    bad_request,
    forbidden,
    forbidden_path,
    not_acceptable,
    not_found,
    page_not_found,
    refusal,
    unauthorized,
    unsupported_body,
)
from playground.kubernetes.store import Record, Store
from playground.kubernetes.token import InvalidToken, principal_of
from playground.principals import Keyring

_PATH = re.compile(
    r"/api(?:s/(?P<group>[^/]+))?/v1(?:/namespaces/(?P<namespace>[^/]+))?/(?P<resource>[^/]+)(?:/(?P<name>[^/]+))?/?"
)
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_OPEN_PATHS = frozenset({"/version", "/healthz", "/livez", "/readyz"})
_PARAMETERS_WITHOUT_LIST = ("watch", "sendInitialEvents")


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
    status: int
    body: bytes
    content_type: str = "application/json"
    is_page: bool = False


@dataclass(frozen=True)
class Subject:
    """What a path names. `resource` is known to discovery or not; `name` is empty for a list."""

    resource: str
    group: str
    namespace: str
    name: str


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
    ) -> None:
        self._cluster = cluster
        self._region = region
        self._minor = minor
        self._keyring = keyring
        self._access = access
        self._store = store
        self._clock = clock

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
        document = discovery(call.path.rstrip("/"), call.headers.get("host", ""))
        if document is not None:
            if identity is ANONYMOUS:
                raise forbidden_path(identity.user, "get", call.path)
            _check_accept(call)
            return _json(document)
        subject = _subject(call.path)
        if subject is None:
            if identity is ANONYMOUS:
                raise forbidden_path(identity.user, call.method.lower(), call.path)
            raise page_not_found()
        return self._resource(call, subject, identity)

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
        verb = _VERBS.get(call.method, "get" if subject.name else "list")
        if not self._access.permits(identity, verb, subject.resource, subject.namespace):
            raise forbidden(
                identity.user, verb, subject.resource, subject.group, subject.namespace, subject.name
            )
        resource = RESOURCES.get(subject.resource)
        if resource is None or resource.group != subject.group:
            raise page_not_found()
        if call.method != "GET":
            raise refusal(405, "the server does not allow this method on the requested resource", {})
        if any(call.query.get(name, "") in {"1", "true"} for name in _PARAMETERS_WITHOUT_LIST):
            raise refusal(405, "the playground's servers do not serve watches", {})
        _check_accept(call)
        return (
            self._one(resource, subject)
            if subject.name
            else self._list(resource, subject.namespace, call.query)
        )

    def _one(self, resource: Resource, subject: Subject) -> Answer:
        records = self._store.records(resource.plural)
        at = bisect.bisect_left(records, (subject.namespace, subject.name), key=_key)
        if at == len(records) or _key(records[at]) != (subject.namespace, subject.name):
            raise not_found(resource.plural, resource.group, subject.name)
        head = f'{{"kind":"{resource.kind}","apiVersion":"{resource.api_version}",'
        return Answer(200, head.encode() + records[at].json()[1:] + b"\n")

    def _list(self, resource: Resource, namespace: str, query: Mapping[str, str]) -> Answer:
        limit = limit_of(query.get("limit", ""))
        labels, fields = self._selectors(resource, query)
        start = (namespace, "")
        version = self._clock.now
        _check_version(query, version)
        if token := query.get("continue", ""):
            place = position(token, self._clock)
            version = version if place.version < 0 else place.version
            at, _, name = place.start.rpartition("/")
            start = (at, name + "\0")
        records = self._store.records(resource.plural)
        end = (
            bisect.bisect_right(records, namespace, key=lambda r: r.namespace) if namespace else len(records)
        )
        remaining = records[bisect.bisect_left(records, start, key=_key) : end]

        matching: Iterator[Record] = iter(remaining)
        if labels or fields:
            matching = (
                record
                for record in remaining
                if all(label.matches(record.labels) for label in labels)
                and all(f(record.field) for f in fields)
            )
        taken = list(islice(matching, limit or None))
        metadata: dict[str, Any] = {"resourceVersion": str(version)}
        if limit and len(taken) == limit:
            last = _key(taken[-1])
            left = len(remaining) - bisect.bisect_right(remaining, last, key=_key)
            if left:
                metadata["continue"] = Position("/".join(filter(None, last)), version).token()
                if not (labels or fields):
                    metadata["remainingItemCount"] = left
        head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": metadata}
        opening = json.dumps(head, separators=(",", ":"))[:-1].encode() + b',"items":['
        body = opening + b",".join([record.json() for record in taken]) + b"]}\n"
        return Answer(200, body, is_page=True)

    @staticmethod
    def _selectors(resource: Resource, query: Mapping[str, str]) -> tuple[Any, Any]:
        try:
            return (
                label_selector(query.get("labelSelector", "")),
                field_selector(query.get("fieldSelector", ""), resource.fields, resource.unknown_field),
            )
        except InvalidSelector as error:
            raise bad_request(str(error)) from error


def _subject(path: str) -> Subject | None:
    """What `path` names; a namespace itself is an object of the cluster that RBAC finds in its own namespace."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    resource, group = match["resource"], match["group"] or ""
    return Subject(resource, group, match["namespace"] or "", match["name"] or "")


def _key(record: Record) -> tuple[str, str]:
    return record.namespace, record.name


def _check_accept(call: Call) -> None:
    """Only JSON is served: as a Table or as protobuf only when JSON would do too."""
    ranges = [part.strip() for part in call.headers.get("accept", "*/*").split(",")]
    plain = {part.split(";")[0] for part in ranges if "as=" not in part}
    if plain.isdisjoint({"application/json", "application/*", "*/*"}):
        raise not_acceptable()


def _check_version(query: Mapping[str, str], current: int) -> None:
    asked = query.get("resourceVersion", "")
    if not asked:
        return
    if query.get("continue"):
        raise bad_request("specifying resource version is not allowed when using continue")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 20):
        raise bad_request(f'resourceVersion: Invalid value: "{asked}": strconv.ParseUint: invalid syntax')
    if int(asked) > current:
        raise refusal(504, f"Too large resource version: {asked}, current: {current}", {})


def _json(document: Mapping[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(document, separators=(",", ":")).encode() + b"\n")
