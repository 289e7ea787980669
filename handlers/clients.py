"""slack_sdk's clients over connections that stay open.

By themselves they make a connection for each call, and read the certificates of all authorities for it: 20 ms of
processor time, and two more round trips to Slack, before an answer is even sent.
"""

from functools import lru_cache
from http.client import HTTPException, HTTPMessage
from io import BytesIO
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

import urllib3
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse
from urllib3.exceptions import HTTPError as PoolError
from urllib3.exceptions import NewConnectionError, ProtocolError
from urllib3.exceptions import TimeoutError as PoolTimeout

# Of each of Slack's hosts: as many as commands that are being answered at once, usually.
_CONNECTIONS = 32


class Client(WebClient):
    """slack_sdk's client of the Web API."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        status, headers, body = _sent(url, req, self.timeout, self.proxy)
        return {"status": status, "headers": headers, "body": body}


class Hook(WebhookClient):
    """slack_sdk's client of a response_url."""

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        status, headers, body = _sent(url, req, self.timeout, self.proxy)
        return WebhookResponse(url=url, status_code=status, body=body, headers=dict(headers))


@lru_cache(maxsize=4)
def _pool(proxy: str | None) -> urllib3.PoolManager:
    how: dict[str, Any] = {"num_pools": 8, "maxsize": _CONNECTIONS, "retries": False}
    return urllib3.ProxyManager(proxy, **how) if proxy else urllib3.PoolManager(**how)


def _sent(url: str, request: Request, seconds: float, proxy: str | None) -> tuple[int, HTTPMessage, str]:
    """Status, headers and text of the answer. Raises what urllib.request does: slack_sdk and its handlers know that."""
    try:
        answer = _pool(proxy).request(
            request.get_method(),
            url,
            body=request.data,  # type: ignore[arg-type]
            headers=dict(request.header_items()),
            timeout=seconds,
            redirect=False,
        )
    except NewConnectionError as error:
        raise URLError(type(error).__name__) from error
    except PoolTimeout as error:
        raise TimeoutError("Slack did not answer in time") from error
    except PoolError as error:
        broken = error.args[-1] if isinstance(error, ProtocolError) and error.args else None
        if isinstance(broken, OSError | HTTPException):
            # The other end closed it, perhaps before it read anything: slack_sdk's handler tries that once more.
            raise broken from error
        raise URLError(type(error).__name__) from error
    headers = HTTPMessage()
    for name, value in answer.headers.items():
        headers[name] = value
    body = answer.data
    if not 200 <= answer.status < 300:
        raise HTTPError(url, answer.status, answer.reason or "", headers, BytesIO(body))
    return answer.status, headers, body.decode(headers.get_content_charset() or "utf-8")
