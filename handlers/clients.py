"""slack_sdk's clients over connections that stay open.

By themselves they make a connection for each call, and read the certificates of all authorities for it: 20 ms of
processor time, and two more round trips to Slack, before an answer is even sent.
"""

from copy import copy
from functools import lru_cache
from http.client import HTTPException, HTTPMessage
from io import BytesIO
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import unquote
from urllib.request import Request, proxy_bypass

import msgspec
import urllib3
from slack_sdk import WebClient
from slack_sdk.http_retry import RetryHandler
from slack_sdk.webhook import WebhookClient, WebhookResponse
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProtocolError
from urllib3.exceptions import HTTPError as PoolError
from urllib3.exceptions import TimeoutError as PoolTimeout
from urllib3.util import make_headers, parse_url

# Of each of Slack's hosts: as many as commands that are being answered at once, usually.
_CONNECTIONS = 32


class Client(WebClient):
    """slack_sdk's client of the Web API."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        status, headers, body = _sent(url, req, self.timeout, self.proxy)
        return {"status": status, "headers": headers, "body": body}


class Hook(WebhookClient):
    """slack_sdk's client of a response_url."""

    _json: bytes | None = None

    @staticmethod
    def to(url: str, seconds: int, retry_handlers: list[RetryHandler]) -> "Hook":
        """One for that address. What the environment says of proxies is read for the first one, and not for each."""
        one = copy(_pattern())
        one.url, one.timeout, one.retry_handlers = url, seconds, retry_handlers
        return one

    def post(self, body: dict[str, Any]) -> WebhookResponse:
        """As `send_dict`, which takes longer to write a list as JSON than it took to draw it."""
        try:
            self._json = msgspec.json.encode(body)
        except (TypeError, UnicodeEncodeError):
            # Half a surrogate pair is no text, but JSON has a way to write it.
            return self.send_dict(body)
        try:
            return self.send_dict({})
        finally:
            self._json = None

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        if self._json is not None:
            req.data = self._json
        status, headers, body = _sent(url, req, self.timeout, self.proxy)
        return WebhookResponse(url=url, status_code=status, body=body, headers=dict(headers))


@lru_cache(maxsize=1)
def _pattern() -> Hook:
    return Hook("")


@lru_cache(maxsize=4)
def _pool(proxy: str | None) -> urllib3.PoolManager:
    how: dict[str, Any] = {"num_pools": 8, "maxsize": _CONNECTIONS, "retries": False}
    if proxy is None:
        return urllib3.PoolManager(**how)
    # As urllib.request takes it from the environment: a scheme may be missing, a user and password may be there.
    address = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    headers = make_headers(proxy_basic_auth=unquote(address.auth)) if address.auth else None
    return urllib3.ProxyManager(address._replace(auth=None).url, proxy_headers=headers, **how)


def _sent(url: str, request: Request, seconds: float, proxy: str | None) -> tuple[int, HTTPMessage, str]:
    """Status, headers and text of the answer. Raises what urllib.request does: slack_sdk and its handlers know that."""
    pool = _pool(None if proxy and proxy_bypass(request.host) else proxy)
    try:
        answer = pool.request(
            request.get_method(),
            url,
            body=request.data,  # type: ignore[arg-type]
            headers=dict(request.header_items()),
            timeout=seconds,
            redirect=False,
        )
    except (NewConnectionError, ConnectTimeoutError) as error:
        raise URLError(type(error).__name__) from error
    except PoolTimeout as error:
        pool.clear()
        raise TimeoutError("Slack did not answer in time") from error
    except PoolError as error:
        # Where one connection has gone unnoticed so have the others that were idle; the next try begins with a new one.
        pool.clear()
        broken = error.args[-1] if isinstance(error, ProtocolError) and error.args else None
        if isinstance(broken, ConnectionResetError | HTTPException):
            # slack_sdk's handler tries these and each URLError once more: perhaps nothing had been read.
            raise broken from error
        raise URLError(type(error).__name__) from error
    headers = HTTPMessage()
    for name, value in answer.headers.items():
        headers[name] = value
    body = answer.data
    if not 200 <= answer.status < 300:
        raise HTTPError(url, answer.status, answer.reason or "", headers, BytesIO(body))
    return answer.status, headers, body.decode(headers.get_content_charset() or "utf-8")
