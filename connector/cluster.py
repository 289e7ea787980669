"""One authenticated Kubernetes client: its timeouts, its retries, its pages, and its bulkhead.

The kubernetes client gives configuration, TLS, pools and the named calls; msgspec reads the bytes. Every
call ends by its deadline, whatever the server does: connecting and reading have timeouts, a body is read in
pieces, and the call itself runs on one of the cluster's own few threads, which is left behind if need be.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from kubernetes import client
from kubernetes.client.exceptions import ApiException
from urllib3 import HTTPHeaderDict
from urllib3.exceptions import HTTPError, InvalidHeader, ProtocolError
from urllib3.util import Retry

from connector import formats
from connector.calls import OnCall, unheard
from connector.errors import ConnectionNotFound, Failure, ListExpired, ServerError, Unreachable, translated
from connector.impersonation import Impersonate
from connector.kubeconfig import configuration
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.resources import Health, Kind, Listing, Query, Row, allowing
from connector.resources.wire import ListMeta, Metadata, reader
from connector.token import TokenSource

T = TypeVar("T")
Progress = Callable[[int, int | None], None]

PAGE = 500
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
TRIES = 3
"""Of one call, for 429, 5xx and broken connections."""

# Seconds before the second try, doubled for each after it, when the server names no other.
_PAUSE = 0.25
# A page of 500 pods is 3.5 MB; objects may be 1.5 MB each. What is larger does not fit beside other work.
_PAGE_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
# Threads and connections; the callers' own lanes are narrower.
_WIDTH = 8


class _Named(msgspec.Struct):
    metadata: Metadata


_names = reader(_Named, lambda one: one.metadata.name)


class _Version(msgspec.Struct, rename="camel"):
    git_version: str


class _Client(client.ApiClient):  # type: ignore[misc]
    """The kubernetes client, with headers that may come more than once in a request, as Impersonate-Group does."""

    def call_api(self, method: str, url: str, header_params: Any = None, *rest: Any, **more: Any) -> Any:
        headers = HTTPHeaderDict()
        for name, values in (header_params or {}).items():
            for value in values if isinstance(values, list) else [values]:
                headers.add(name, value)
        return super().call_api(method, url, headers, *rest, **more)


class Cluster:
    """A cluster's API server, as one principal, or as whom that may act. Safe under threads."""

    def __init__(
        self, config: dict[str, Any], tokens: TokenSource, facts: dict[str, Any], on_call: OnCall = unheard
    ) -> None:
        """`config` is a kubeconfig; `facts` are what errors may name, as `translated` takes them.

        Raises ServerError when the kubeconfig's CA is no certificate.
        """
        self._tokens = tokens
        self._facts = facts
        self._on_call = on_call
        self._closed = threading.Event()
        self._bulkhead = Bulkhead(Lanes(_WIDTH), facts["cluster"], f"The API server of `{facts['cluster']}`")
        self._client = _Client(configuration(config, tokens.token, connections=_WIDTH))
        self._client.set_default_header("Accept-Encoding", "gzip")
        self._client.user_agent = "eks-chatops"

    def version(self, deadline: Deadline) -> str:
        """The API server's version, like v1.34.4-eks-3abbec1."""
        call = client.VersionApi(self._client).get_code
        body = self._get("get version", call, deadline)
        with translated(action="get version", **self._facts):
            return msgspec.json.decode(body, type=_Version).git_version

    def namespaces(
        self, deadline: Deadline, matching: tuple[str, ...] = (), impersonate: Impersonate | None = None
    ) -> tuple[str, ...]:
        """Names of the namespaces that match a pattern, or of all, in order; when cut short, those found so far."""
        names: list[str] = []
        allowed = allowing(matching)
        call = client.CoreV1Api(self._client).list_namespace
        for _, found in self._pages("list namespaces", call, _names, deadline, _as(impersonate)):
            names += filter(allowed, found)
        return tuple(sorted(names))

    def list(
        self,
        kind: Kind,
        query: Query,
        deadline: Deadline,
        on_progress: Progress | None = None,
        impersonate: Impersonate | None = None,
    ) -> Listing:
        """What matches `query`, sickest first; `on_progress(rows so far, expected or None)` after each page.

        Keeps only the rows that match, so that memory stays flat. When the deadline or the server cuts it
        short: what was found so far. Starts over once when the list expires under it (410).
        Raises InvalidRequest, Forbidden, Unauthorized, Unreachable when nothing was found in time, and the rest.
        """
        formats.selector(query.selector)
        parameters = _as(impersonate)
        if query.selector:
            parameters["label_selector"] = query.selector
        name = kind.list_all
        if kind.namespaced and query.namespace is not None:
            formats.namespace(query.namespace)
            parameters["namespace"] = query.namespace
            name = kind.list_in_namespace
        call = getattr(getattr(client, kind.api)(self._client), name)

        def once() -> Listing:
            pages = self._pages(f"list {kind.plural}", call, kind.read, deadline, parameters)
            return _gathered(kind, query, pages, on_progress)

        try:
            return once()
        except ListExpired:
            return once()

    def close(self) -> None:
        """Close the connections to the server; calls from now on raise ConnectionNotFound."""
        self._closed.set()
        pools = self._client.rest_client.pool_manager.pools
        for key in pools.keys():  # noqa: SIM118 - it is no dict: it cannot be iterated, only asked for its keys
            pool = pools.get(key)
            if pool is not None:
                # Clearing the manager alone leaves the sockets to the garbage collector.
                pool.close()
        self._client.close()

    def _pages(
        self,
        action: str,
        call: Callable[..., Any],
        read: Callable[[bytes], tuple[ListMeta, Iterable[T]]],
        deadline: Deadline,
        parameters: dict[str, Any] | None = None,
    ) -> Iterator[tuple[ListMeta, Iterable[T]]]:
        """Page after page, to the end or to the deadline; the last one's metadata tells which."""
        parameters = {"limit": PAGE, **(parameters or {})}
        while True:
            try:
                body = self._get(action, call, deadline, parameters)
            except Unreachable:
                if "_continue" in parameters:
                    return
                raise
            with translated(action=action, **self._facts):
                meta, rows = read(body)
            # Dropped before the next page comes, so that only one is ever held.
            del body
            yield meta, rows
            if not meta.continue_ or deadline.passed():
                return
            parameters["_continue"] = meta.continue_

    def _get(
        self,
        action: str,
        call: Callable[..., Any],
        deadline: Deadline,
        parameters: dict[str, Any] | None = None,
    ) -> bytes:
        """The answer's body, tried again while that makes sense and there is time."""
        began = time.monotonic()
        outcome = "ok"
        try:
            return self._tried(action, call, deadline, parameters or {})
        except Failure as failure:
            outcome = type(failure).__name__
            raise
        finally:
            self._on_call("kubernetes", action, outcome, time.monotonic() - began)

    def _tried(
        self, action: str, call: Callable[..., Any], deadline: Deadline, parameters: dict[str, Any]
    ) -> bytes:
        renewed = False
        tries = 0
        with translated(action=action, **self._facts):
            while True:
                self._check_open()
                try:
                    return self._bulkhead.call(lambda: self._fetch(call, deadline, parameters), deadline)
                except (ApiException, HTTPError) as error:
                    self._check_open()
                    if isinstance(error, ApiException) and error.status == 401 and not renewed:
                        renewed = True
                        self._tokens.renew()
                        continue
                    tries += 1
                    wait = _pause(error, tries)
                    if wait is None or tries == TRIES or wait >= deadline.left():
                        raise
                self._closed.wait(wait)

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise ConnectionNotFound(f"The connection to `{self._facts['cluster']}` was closed meanwhile")

    def _fetch(self, call: Callable[..., Any], deadline: Deadline, parameters: dict[str, Any]) -> bytes:
        left = max(deadline.left(), 0.001)
        timeout = (min(CONNECT_TIMEOUT, left), min(READ_TIMEOUT, left))
        response = call(**parameters, _preload_content=False, _request_timeout=timeout)
        body = bytearray()
        try:
            # read1 gives what one packet brought, so that a body which trickles is looked at in time.
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > _PAGE_BYTES:
                    raise ServerError(
                        f"A page of `{self._facts['cluster']}` is larger than {_PAGE_BYTES >> 20} MiB",
                        "Its objects are unusually large.",
                        "Narrow it to a namespace or a selector",
                    )
                if deadline.passed():
                    raise Unreachable(
                        f"The API server of `{self._facts['cluster']}` answers too slowly",
                        f"The bot waited {deadline.seconds:g} s.",
                        "Narrow it to a namespace or a selector",
                    )
        except BaseException:
            response.close()
            raise
        return bytes(body)


def _as(impersonate: Impersonate | None) -> dict[str, Any]:
    # With this call alone: the client and its default headers are everybody's.
    return {"_headers": impersonate.headers} if impersonate else {}


def _gathered(
    kind: Kind, query: Query, pages: Iterable[tuple[ListMeta, Iterable[Row]]], on_progress: Progress | None
) -> Listing:
    words = [word.lower() for word in query.words]

    def matches(row: Row) -> bool:
        return all(word in row.name.lower() for word in words)

    allowed = allowing(query.namespaces)
    rows: list[Row] = []
    namespaces: set[str | None] = set()
    total = 0
    expected = None
    complete = False
    taken_at = time.time()
    for meta, page in pages:
        for row in page:
            if not allowed(row.namespace):
                continue
            total += 1
            namespaces.add(row.namespace)
            # What is folded is looked at as a whole, below.
            if kind.folded or matches(row):
                rows.append(row)
        complete = not meta.continue_
        unknown = complete or meta.remaining is None or query.namespaces or kind.folded
        expected = None if unknown else total + (meta.remaining or 0)
        if on_progress:
            on_progress(total, expected)
    if kind.folded:
        rows = list(kind.folded(rows))
        total = len(rows)
        rows = list(filter(matches, rows))
    rows.sort(key=lambda row: (row.health, *kind.order(row)))
    return Listing(
        kind=kind,
        rows=tuple(rows),
        total=total,
        namespaces=len(namespaces - {None}),
        sick=sum(row.health in {Health.BROKEN, Health.CHANGING} for row in rows),
        taken_at=taken_at,
        complete=complete,
        expected=expected,
    )


def _pause(error: ApiException | HTTPError, tries: int) -> float | None:
    """Seconds to wait before it makes sense to try again; None when it does not."""
    pause = _PAUSE * 2.0 ** (tries - 1)
    if not isinstance(error, ApiException):
        return pause if isinstance(error, ProtocolError) else None
    if error.status != 429 and error.status < 500:
        return None
    asked = (error.headers or {}).get("Retry-After")
    try:
        # In either form that HTTP allows: seconds or a date.
        return float(Retry().parse_retry_after(asked)) if asked else pause
    except InvalidHeader:
        return pause
