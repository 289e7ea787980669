"""Calls: what is told of each call to AWS and to a cluster, for whoever counts them. No name, no id."""

import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from connector.errors import failure_of
from connector.words import Context

OnCall = Callable[[str, str, str, float], None]
"""(service, operation, outcome, seconds): service is "aws:sts", "aws:eks" … or "kubernetes"; outcome is "ok" or the
name of a Failure's class; the seconds are those of all tries together."""

_BEGAN = "eks_chatops_began"


def unheard(_service: str, _operation: str, _outcome: str, _seconds: float) -> None:
    """An OnCall for when nobody counts."""


def reported(boto: boto3.Session, on_call: OnCall) -> boto3.Session:
    """The same session; each call of the clients made from it from now on is told to `on_call`."""

    def begin(context: dict[str, Any], **_rest: object) -> None:
        context[_BEGAN] = time.monotonic()

    def tell(event_name: str, context: dict[str, Any], error: BaseException | None) -> None:
        _, service, operation = event_name.split(".", 2)
        outcome = "ok" if error is None else type(failure_of(error, Context())).__name__
        on_call(f"aws:{service}", operation, outcome, time.monotonic() - context[_BEGAN])

    def answered(
        event_name: str, http_response: Any, parsed: Any, context: dict[str, Any], **_rest: object
    ) -> None:
        refused = http_response.status_code >= 300
        tell(event_name, context, ClientError(parsed, "") if refused else None)

    def failed(event_name: str, exception: BaseException, context: dict[str, Any], **_rest: object) -> None:
        tell(event_name, context, exception)

    boto.events.register("before-call", begin)
    boto.events.register("after-call", answered)
    boto.events.register("after-call-error", failed)
    return boto
