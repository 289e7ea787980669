"""The way to one API server, as bytes: its timeouts, its retries, and its bulkhead.

The kubernetes client gives configuration, TLS and pools; paths are asked for as they are. Every call ends by its
deadline, whatever the server does: connecting and reading have timeouts, a body is read in pieces, and the call itself
runs on one of the cluster's own few threads, which is left behind if need be.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, InvalidHeader, ProtocolError
from urllib3.util import Retry

from connector import kube
from connector.calls import OnCall, unheard
from connector.errors import ConnectionNotFound, Failure, ServerError, Unreachable, translated
from connector.impersonation import Impersonate
from connector.kubeconfig import configuration
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.paging import HEAD_BYTES, Head
from connector.resources import KINDS
from connector.token import TokenSource

T = TypeVar("T")

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 10.0
TRIES = 3
"""Of one call, for 429, 5xx and broken connections."""

JSON = "application/json"
Parameters = Mapping[str, str | int]
"""Of a request's query; what is None or empty is not to be in it."""

# Seconds before the second try, doubled for each after it, when the server names no other.
_PAUSE = 0.25
# A page of 500 pods is 3.5 MB; objects may be 1.5 MB each. What is larger does not fit beside other work.
_PAGE_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
# Threads and connections; who reads a list uses one, and one more for its next page.
_WIDTH = 8
# Streams beside them, of watches; more than these are opened, and not kept.
_STREAMS = 4
# What is asked for besides KINDS. All else is counted as one: it is the cluster that names it, and without end.
_BESIDES = frozenset(
    {
        *("version", "its kinds", "pods/log", "pods.metrics.k8s.io", "nodes.metrics.k8s.io"),
        *("endpointslices", "persistentvolumes", "resourcequotas", "limitranges", "controllerrevisions"),
    }
)


class Api:
    """One API server, as one principal, or as whom that may act. Safe under threads."""

    def __init__(
        self, config: dict[str, Any], tokens: TokenSource, facts: dict[str, Any], on_call: OnCall = unheard
    ) -> None:
        """`config` is a kubeconfig; `facts` are what errors may name, as `translated` takes them.

        Raises ServerError when the kubeconfig's CA is no certificate.
        """
        self.facts = facts
        self._tokens = tokens
        self._on_call = on_call
        self._closed = threading.Event()
        self._bulkhead = Bulkhead(Lanes(_WIDTH), facts["cluster"], f"The API server of `{facts['cluster']}`")
        self._client = kube.Client(configuration(config, tokens.token, connections=_WIDTH + _STREAMS))
        self._client.user_agent = "eks-chatops"

    def get(
        self,
        action: str,
        path: str,
        deadline: Deadline,
        *,
        query: Parameters | None = None,
        accept: str = JSON,
        impersonate: Impersonate | None = None,
        head: Head | None = None,
    ) -> bytes:
        """The answer's body, tried again while that makes sense and there is time; `action` is in kubectl's words.

        `head` is given its beginning as soon as that has come, and again when it is tried again.
        Raises what the server says, Unreachable at the deadline, Busy, ConnectionNotFound once closed.
        """

        def fetch() -> bytes:
            left = max(deadline.left(), 0.001)
            timeout = (min(CONNECT_TIMEOUT, left), min(READ_TIMEOUT, left))
            return self._body(self._open(path, query, accept, impersonate, timeout), deadline, head)

        began = time.monotonic()
        outcome = "ok"
        try:
            return self._tried(action, lambda: self._bulkhead.call(fetch, deadline), deadline)
        except Failure as failure:
            outcome = type(failure).__name__
            raise
        finally:
            self._on_call("kubernetes", _operation(action), outcome, time.monotonic() - began)

    @contextmanager
    def stream(
        self,
        action: str,
        path: str,
        *,
        query: Parameters | None = None,
        accept: str = JSON,
        impersonate: Impersonate | None = None,
        idle: float = READ_TIMEOUT,
    ) -> Iterator["Stream"]:
        """The answer's body as it comes, for what ends late or never; closed when the block is left.

        Its pieces raise Unreachable when the server says nothing for `idle` seconds. It is read on the caller's
        thread: who calls sees to it that this is not one of a lane that others wait for.
        """
        response = self._tried(
            action,
            lambda: self._open(path, query, accept, impersonate, (CONNECT_TIMEOUT, idle), packed=False),
            Deadline(CONNECT_TIMEOUT + READ_TIMEOUT),
        )
        try:
            yield Stream(self, action, response)
        finally:
            # Its end has not come, so the connection is of no more use.
            response.close()

    def close(self) -> None:
        """Close the connections to the server; calls from now on raise ConnectionNotFound."""
        self._closed.set()
        close_sockets(self._client)

    def _tried(self, action: str, call: Callable[[], T], deadline: Deadline) -> T:
        renewed = False
        tries = 0
        with translated(action=action, **self.facts):
            while True:
                self.check_open()
                try:
                    return call()
                except (kube.ApiException, HTTPError) as error:
                    self.check_open()
                    if isinstance(error, kube.ApiException) and error.status == 401 and not renewed:
                        renewed = True
                        self._tokens.renew()
                        continue
                    tries += 1
                    wait = _pause(error, tries)
                    if wait is None or tries == TRIES or wait >= deadline.left():
                        raise
                self._closed.wait(wait)

    def check_open(self) -> None:
        """Raises ConnectionNotFound once it is closed."""
        if self._closed.is_set():
            raise ConnectionNotFound(f"The connection to `{self.facts['cluster']}` was closed meanwhile")

    def _open(
        self,
        path: str,
        query: Parameters | None,
        accept: str,
        impersonate: Impersonate | None,
        timeout: tuple[float, float],
        *,
        packed: bool = True,
    ) -> HTTPResponse:
        """The answer, its body still to be read. Raises ApiException for anything but a success."""
        # What is packed comes late: packers wait until they have enough.
        encoding = {"Accept-Encoding": "gzip"} if packed else {}
        # Who is acted as goes with this call alone: the client and its default headers are everybody's.
        acting = impersonate.headers if impersonate else {}
        method, url, headers, body, form = self._client.param_serialize(
            "GET",
            path,
            query_params=list((query or {}).items()),
            header_params={"Accept": accept, **encoding, **acting},
            auth_settings=["BearerToken"],
        )
        answer = self._client.call_api(method, url, headers, body, form, _request_timeout=timeout)
        if not 200 <= answer.status <= 299:
            answer.read()
            raise kube.ApiException.from_response(http_resp=answer, body=None, data=None)
        response: HTTPResponse = answer.response
        return response

    def _body(self, response: HTTPResponse, deadline: Deadline, head: Head | None) -> bytes:
        body = bytearray()
        try:
            # read1 gives what one packet brought, so that a body which trickles is looked at in time.
            while chunk := response.read1(_CHUNK):
                body += chunk
                if head and len(body) >= HEAD_BYTES:
                    head(bytes(body[:HEAD_BYTES]))
                    head = None
                if len(body) > _PAGE_BYTES:
                    raise ServerError(
                        f"A page of `{self.facts['cluster']}` is larger than {_PAGE_BYTES >> 20} MiB",
                        "Its objects are unusually large.",
                        "Narrow it to a namespace or a selector",
                    )
                if deadline.passed():
                    raise Unreachable(
                        f"The API server of `{self.facts['cluster']}` answers too slowly",
                        f"The bot waited {deadline.seconds:g} s.",
                        "Narrow it to a namespace or a selector",
                    )
        except BaseException:
            response.close()
            raise
        if head:
            head(bytes(body))
        return bytes(body)


class Stream:
    """A body that is still coming: its pieces, and a way to end it from another thread."""

    def __init__(self, api: Api, action: str, response: HTTPResponse) -> None:
        self._api = api
        self._action = action
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with translated(action=self._action, **self._api.facts):
            while chunk := self._response.read1(_CHUNK):
                self._api.check_open()
                yield chunk

    def shutdown(self) -> None:
        """Have whoever waits for a piece get none, or an error."""
        # It has ended by itself meanwhile.
        with suppress(ValueError, RuntimeError):
            self._response.shutdown()


def _operation(action: str) -> str:
    """What a call is counted as."""
    verb, _, noun = action.partition(" ")
    return action if noun in KINDS or noun in _BESIDES else f"{verb} other kinds"


def close_sockets(made: Any) -> None:
    """Close a client and every connection that it keeps open."""
    pools = made.rest_client.pool_manager.pools
    for key in pools.keys():  # noqa: SIM118 - it is no dict: it cannot be iterated, only asked for its keys
        pool = pools.get(key)
        if pool is not None:
            # Clearing the manager alone leaves the sockets to the garbage collector.
            pool.close()
    made.close()


def _pause(error: Any, tries: int) -> float | None:
    """Seconds to wait before it makes sense to try again; None when it does not."""
    pause = _PAUSE * 2.0 ** (tries - 1)
    if not isinstance(error, kube.ApiException):
        return pause if isinstance(error, ProtocolError) else None
    if error.status != 429 and error.status < 500:
        return None
    asked = (error.headers or {}).get("Retry-After")
    try:
        # In either form that HTTP allows: seconds or a date.
        return float(Retry().parse_retry_after(asked)) if asked else pause
    except InvalidHeader:
        return pause
