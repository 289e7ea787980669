"""Errors and answers as AWS words them: XML for STS, JSON for the rest."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

_XMLNS = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""


class AwsError(Exception):
    """An error by AWS's own code and message; how it is written down depends on the service that answers."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def answer(self, service: str) -> Answer:
        request_id = str(uuid.uuid4())
        headers = [("x-amzn-RequestId", request_id)]
        if service == "sts":
            kind = "Sender" if self.status < 500 else "Receiver"
            body = (
                f'<ErrorResponse xmlns="{_XMLNS}"><Error><Type>{kind}</Type><Code>{self.code}</Code>'
                f"<Message>{escape(self.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            ).encode()
            headers += [("Content-Type", "text/xml")]
        else:
            body = json.dumps({"__type": self.code, "message": self.message}).encode()
            headers += [("Content-Type", "application/json"), ("x-amzn-ErrorType", self.code)]
        return Answer(self.status, body, tuple(headers), error=self.code)


def missing_token(service: str) -> AwsError:
    if service == "sts":
        return AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    return AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token")


def unknown_key(service: str) -> AwsError:
    code = "InvalidClientTokenId" if service == "sts" else "UnrecognizedClientException"
    return AwsError(403, code, "The security token included in the request is invalid")


def wrong_signature(service: str, why: str = "") -> AwsError:
    code = "SignatureDoesNotMatch" if service == "sts" else "InvalidSignatureException"
    message = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )
    return AwsError(403, code, why or message)


def expired(service: str) -> AwsError:
    code = "ExpiredToken" if service == "sts" else "ExpiredTokenException"
    return AwsError(403, code, "The security token included in the request is expired")


def denied(service: str, principal: str, action: str, resource: str) -> AwsError:
    code = "AccessDenied" if service == "sts" else "AccessDeniedException"
    return AwsError(
        403, code, f"User: {principal} is not authorized to perform: {action} on resource: {resource}"
    )


def throttled(service: str) -> AwsError:
    if service == "sts":
        return AwsError(400, "Throttling", "Rate exceeded")
    return AwsError(429, "ThrottlingException", "Rate exceeded")


def invalid(message: str) -> AwsError:
    return AwsError(400, "ValidationError", message)


def xml(action: str, result: Iterable[str]) -> Answer:
    """A successful answer of STS; `result` is what stands inside `<{action}Result>`."""
    request_id = str(uuid.uuid4())
    body = (
        f'<{action}Response xmlns="{_XMLNS}"><{action}Result>{"".join(result)}</{action}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    ).encode()
    return Answer(200, body, (("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)))


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
