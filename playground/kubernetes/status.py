"""The answers with which an API server refuses, word for word as a real one gives them."""

from __future__ import annotations

import json
from typing import Any

_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    410: "Expired",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Refusal(Exception):  # noqa: N818 - what a server answers
    """An answer that is not the one asked for; `note` says to the playground's log why, the caller never sees it."""

    def __init__(
        self,
        code: int,
        body: bytes,
        *,
        content_type: str = "application/json",
        note: str = "",
        retry_after: int = 0,
    ) -> None:
        super().__init__(note or body.decode())
        self.code = code
        self.body = body
        self.content_type = content_type
        self.note = note
        self.retry_after = retry_after


def refusal(
    code: int,
    message: str,
    details: dict[str, Any] | None = None,
    *,
    metadata: dict[str, Any] | None = None,
    note: str = "",
) -> Refusal:
    status: dict[str, Any] = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": metadata or {},
        "status": "Failure",
        "message": message,
        "reason": _REASONS.get(code, ""),
        "details": details,
        "code": code,
    }
    if details is None:
        del status["details"]
    return Refusal(code, json.dumps(status, ensure_ascii=False).encode() + b"\n", note=note)


def unauthorized(note: str) -> Refusal:
    return refusal(401, "Unauthorized", note=note)


def bad_request(message: str) -> Refusal:
    return refusal(400, message)


def page_not_found() -> Refusal:
    return Refusal(404, b"404 page not found\n", content_type="text/plain; charset=utf-8")


def not_found(resource: str, group: str, name: str) -> Refusal:
    return refusal(404, f'{_qualified(resource, group)} "{name}" not found', _details(resource, group, name))


def forbidden(user: str, verb: str, resource: str, group: str, namespace: str, name: str) -> Refusal:
    """`resource` may name a part of it, such as `pods/log`."""
    whole = resource.partition("/")[0]
    subject = f'{_qualified(whole, group)} "{name}"' if name else _qualified(whole, group)
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    return refusal(
        403,
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource}" in API group "{group}" {where}',
        _details(whole, group, name),
    )


def forbidden_path(user: str, verb: str, path: str) -> Refusal:
    return refusal(403, f'forbidden: User "{user}" cannot {verb} path "{path}"', {})


def not_acceptable() -> Refusal:
    return refusal(406, "406: Not Acceptable\n\nAvailable representations: application/json", {})


def unsupported_body() -> Refusal:
    message = (
        "the body of the request was in an unknown format - accepted media types include: application/json"
    )
    return refusal(415, message, {})


def expired_continue(inconsistent: str) -> Refusal:
    """The list is too old to go on with; `inconsistent` is the token with which one may go on regardless."""
    message = (
        "The provided continue parameter is too old to display a consistent list result. You can start a new list "
        "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
        "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
        "modified, or deleted between the time the first chunk was returned and now may show up in the list."
    )
    return refusal(410, message, metadata={"continue": inconsistent})


def on_demand(code: int, retry_after: int) -> Refusal:
    """What a server in trouble answers with `code`: plain text for 429 (priority and fairness), else a Status."""
    if code == 429:
        text = b"Too many requests, please try again later.\n"
        answer = Refusal(429, text, content_type="text/plain; charset=utf-8", note="on demand")
    else:
        messages = {
            401: "Unauthorized",
            500: "Internal error occurred: etcdserver: request timed out",
            503: "the server is currently unable to handle the request",
            504: "Timeout: request did not complete within the allotted timeout",
        }
        answer = refusal(
            code, messages.get(code, f"the playground was told to answer {code}"), note="on demand"
        )
    answer.retry_after = retry_after
    return answer


def _qualified(resource: str, group: str) -> str:
    return f"{resource}.{group}" if group else resource


def _details(resource: str, group: str, name: str) -> dict[str, Any]:
    details = {"name": name, "group": group, "kind": resource}
    return {key: value for key, value in details.items() if value}
