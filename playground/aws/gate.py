"""What stands in front of moto: signatures, permissions, faults, and a log, as moto itself takes anybody's word."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.test import run_wsgi_app

from playground.aws import versions
from playground.aws.answers import Answer, AwsError
from playground.aws.faults import AwsFaults
from playground.aws.requests import AwsRequest
from playground.aws.sts import Sts
from playground.feed import Feed
from playground.principals import Credential, Keyring

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class AwsCall:
    """One call answered; `principal` is empty when its keys were nobody's, `error` is AWS's code or empty."""

    service: str
    action: str
    region: str
    principal: str
    status: int
    milliseconds: float
    error: str


class Gate:
    """A WSGI application around moto's.

    moto's state belongs to the whole process, so each playground rents account numbers of its own there; `rented` maps
    the numbers that callers see to those.
    """

    def __init__(
        self,
        moto: WsgiApp,
        *,
        keyring: Keyring,
        sts: Sts,
        rented: Mapping[str, str],
        faults: AwsFaults,
        log: Feed[AwsCall],
    ) -> None:
        self._moto = moto
        self._keyring = keyring
        self._sts = sts
        self._rented = rented
        self._faults = faults
        self._log = log

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        request = AwsRequest.from_wsgi(environ)
        caller: Credential | None = None
        try:
            self._faults.pause(request.action, request.scope.region if request.scope else "")
            self._faults.check_rate(request.service, request.action)
            caller = request.credential(self._keyring)
            answer = self._answer(request, caller, environ)
        except AwsError as error:
            answer = error.answer(request.service)
        self._log.append(
            AwsCall(
                service=request.service,
                action=request.action,
                region=request.scope.region if request.scope else "",
                principal=caller.principal.arn if caller else "",
                status=answer.status,
                milliseconds=round((time.perf_counter() - started) * 1000, 2),
                error=answer.error,
            )
        )
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {HTTP_STATUS_CODES.get(answer.status, 'Unknown')}", headers)
        return [answer.body]

    def _answer(self, request: AwsRequest, caller: Credential, environ: dict[str, Any]) -> Answer:
        who, service = caller.principal, request.service
        if request.scope is not None:
            self._faults.check_region(service, request.scope.region)
        self._faults.check_permission(service, request.action, who, request.resource(who.account))
        if service == "sts":
            action = request.action.removeprefix("sts:")
            return self._sts.answer(action, caller, request.parameters)
        if request.action == "eks:DescribeClusterVersions":
            return versions.answer(request.parameters)
        return self._from_moto(environ, request, self._rented[who.account], who.account)

    def _from_moto(self, environ: dict[str, Any], request: AwsRequest, rented: str, account: str) -> Answer:
        body = request.body.replace(account.encode(), rented.encode())
        inner = environ | {
            "wsgi.input": io.BytesIO(body),
            "PATH_INFO": environ["PATH_INFO"].replace(account, rented),
            "HTTP_X_MOTO_ACCOUNT_ID": rented,
        }
        chunks, status, headers = run_wsgi_app(self._moto, inner, buffered=True)
        answered = b"".join(chunks).replace(rented.encode(), account.encode())
        kept = tuple((name, value) for name, value in headers.items() if name.lower() != "content-length")
        return Answer(int(status.split()[0]), answered, kept, error=headers.get("x-amzn-errortype", ""))
