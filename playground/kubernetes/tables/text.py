"""How a server words cells: ages, label lists, images; after apimachinery's duration and labels packages."""

from __future__ import annotations

import calendar
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

NONE = "<none>"
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3_600, 86_400, 31_536_000

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column; `priority` 1 is printed with `-o wide` only."""

    name: str
    type: str = "string"
    priority: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": "name" if self.name == "Name" else "",
            "description": "",
            "priority": self.priority,
        }


@dataclass(frozen=True)
class Printer:
    """The columns of a kind, an object's cells in them (now in epoch seconds), and the conditions of its row."""

    columns: tuple[Column, ...]
    cells: Callable[[Body, float], list[Any]]
    conditions: Callable[[Body], list[dict[str, str]]] = lambda _body: []


NAME = Column("Name")
AGE = Column("Age")


def columns(*names: str, wide: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """Columns of text; a name that ends in `#` is one of whole numbers."""
    found = [(name, 0) for name in names] + [(name, 1) for name in wide]
    return tuple(
        Column(name.removesuffix("#"), "integer" if name.endswith("#") else "string", priority)
        for name, priority in found
    )


def epoch(timestamp: str) -> float:
    """Seconds since 1970 of an RFC 3339 time in UTC; fractions are dropped."""
    return float(calendar.timegm(time.strptime(timestamp[:19], "%Y-%m-%dT%H:%M:%S")))


def since(timestamp: str | None, now: float) -> str:
    return duration(now - epoch(timestamp)) if timestamp else "<unknown>"


def age(body: Body, now: float) -> str:
    return since(body["metadata"].get("creationTimestamp"), now)


def duration(seconds: float) -> str:
    """A length of time in at most two units, the finer one only while it matters."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 2 * _MINUTE:
        return f"{max(0, whole)}s"
    for limit, unit, letter, finer, finer_letter in (
        (10 * _MINUTE, _MINUTE, "m", 1, "s"),
        (3 * _HOUR, _MINUTE, "m", 0, ""),
        (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
        (2 * _DAY, _HOUR, "h", 0, ""),
        (8 * _DAY, _DAY, "d", _HOUR, "h"),
        (2 * _YEAR, _DAY, "d", 0, ""),
        (8 * _YEAR, _YEAR, "y", _DAY, "d"),
    ):
        if whole < limit:
            rest = whole % unit // finer if finer else 0
            return f"{whole // unit}{letter}" + (f"{rest}{finer_letter}" if rest else "")
    return f"{whole // _YEAR}y"


def pairs(labels: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) if labels else NONE


def selector(spec: Body) -> str:
    """A label selector with matchLabels only, which is all that there are here."""
    return pairs(spec.get("selector", {}).get("matchLabels"))


def containers(template: Body) -> list[str]:
    """The names and the images of a pod template, each joined by commas."""
    found = template["spec"]["containers"]
    return [",".join(c["name"] for c in found), ",".join(c["image"] for c in found)]
