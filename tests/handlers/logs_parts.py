"""Logs as the connector gives them, for tests of how they are drawn."""

from typing import Any

from connector.logs import Asked, Container, Line, Logs, Source
from connector.objects import Ref
from connector.resources import KINDS
from handlers.command import Command
from tests.handlers.samples import CONNECTION, NOW

APP = Source("cart-7d9f-x2abc", "app")


def command(**more: Any) -> Command:
    return Command(
        "logs",
        "pods",
        words=(APP.pod,),
        namespace="checkout",
        connection=CONNECTION.id,
        owner="U0ADA00001",
    ).replaced(**more)


def lines(count: int, text: str = "GET /live", source: Source = APP) -> tuple[Line, ...]:
    """So many lines, one a second, the last one now."""
    first = int(NOW) - count + 1
    return tuple(Line((first + at) * 1_000_000_000, source, f"{text} {at}") for at in range(count))


def logs(found: tuple[Line, ...] = (), kind: str = "pods", name: str = APP.pod, **changes: Any) -> Logs:
    asked = {field: changes.pop(field) for field in ("previous", "since", "tail", "grep") if field in changes}
    values: dict[str, Any] = {
        "asked": Asked(Ref(KINDS[kind].resource, "checkout", name), **asked),
        "lines": found,
        "looked_at": len(found),
        "held": len(found),
        "more": False,
        "sources": (APP,),
        "silent": (),
        "pods": 1,
        "containers": (Container("app", "", None),),
        "restarted": False,
        "runs": True,
        "taken_at": NOW,
        "marks": {},
    }
    return Logs(**{**values, **changes})
