"""What the listing of a kind says of one object: its health and its STATUS are decided there, and nowhere else."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from connector.cells import of_word
from connector.description.conditions import conditions
from connector.description.facts import section
from connector.description.fields import part, text
from connector.description.values import Section
from connector.resources import KINDS, Cell, Health, Kind, Row

_TERMINATING = "Terminating"


def kind_of(plural: str, group: str) -> Kind | None:
    """The kind that has ready-made rows."""
    kind = KINDS.get(plural)
    return kind if kind and kind.group == group else None


def row(kind: Kind, obj: Any) -> Row | None:
    """The object as a row of its list; None when it is not formed like one."""
    return next(iter(rows(kind, [obj])), None)


def rows(kind: Kind, objects: Iterable[Any]) -> list[Row]:
    """The same of several; those that are not formed like one are left out."""
    found: list[Row] = []
    for one in objects:
        try:
            found += kind.read(msgspec.json.encode({"metadata": {}, "items": [one]}))[1]
        except (msgspec.DecodeError, ValueError, TypeError, OverflowError, RecursionError):
            continue
    return found


def cell(kind: Kind, of: Row, header: str, now: float) -> Cell | None:
    """What the row shows in the column of that name; None for a kind without it."""
    return next((column.cell(of, now) for column in kind.columns if column.header == header), None)


def listed(
    kind: Kind, title: str, headers: tuple[str, ...], objects: Iterable[Any], now: float
) -> Iterator[Section]:
    """A section of these objects as their list shows them, sickest first, then the newest."""
    found = sorted(rows(kind, objects), key=lambda one: (one.health, -one.created, one.name))
    return section(
        title,
        headers,
        (tuple(cell(kind, one, header, now) or Cell("") for header in headers) for one in found),
    )


def status(kind: Kind | None, of: Row | None, obj: Any, now: float) -> str:
    """What `kubectl get` shows as STATUS; for other kinds the phase or state that the object tells of itself."""
    if kind is not None:
        shown = cell(kind, of, "STATUS", now) if of else None
        return shown.text if shown else ""
    if text(obj, "metadata", "deletionTimestamp"):
        return _TERMINATING
    return text(obj, "status", "phase") or text(obj, "status", "state")


def health(of: Row | None, kind: Kind | None, obj: Any) -> Health:
    """As the list has it; for other kinds what their phase and conditions let one think."""
    if kind is not None:
        return of.health if of else Health.UNKNOWN
    shown = status(None, None, obj, 0.0)
    said = conditions(obj)
    told = of_word(shown)
    if told is Health.BROKEN or any(one.is_bad for one in said):
        return Health.CHANGING if shown == _TERMINATING else Health.BROKEN
    if told is not None:
        return told
    if any(one.status == "Unknown" for one in said):
        return Health.CHANGING
    # What tells nothing of how it is has nothing that could go wrong.
    return Health.HEALTHY if said or not part(obj, "status") else Health.UNKNOWN
