"""Two snapshots of one list laid side by side: what is new, gone or different, by values alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from connector.resources import Health
from handlers.snapshots import Kept, Snapshot


@dataclass(frozen=True)
class Change:
    """One row that is not as it was; of a new one there is no `before`, of one that is gone no `now`.

    `differences` are columns, with what stood there and what stands there now.
    """

    before: Kept | None
    now: Kept | None
    differences: tuple[tuple[str, str, str], ...] = ()
    anew: bool = False
    """The object is another one now, of the same name."""

    @property
    def how(self) -> Literal["new", "gone", "different"]:
        if self.before is None:
            return "new"
        return "different" if self.now else "gone"

    @property
    def row(self) -> Kept:
        row = self.now or self.before
        if row is None:
            raise ValueError("a change of nothing")
        return row

    @property
    def health(self) -> Health:
        """How it is now; what is gone ails no more."""
        return Health(self.now.health) if self.now else Health.OFF

    @property
    def weight(self) -> tuple[object, ...]:
        """What changes are sorted by: what is sick now first, what became so before the others, then by name."""
        swing = abs(self.now.health - self.before.health) if self.now and self.before else 0
        rank = ("different", "new", "gone").index(self.how)
        return (self.health, -swing, rank, self.row.namespace, self.row.name)


def compared(before: Snapshot, now: Snapshot) -> tuple[Change, ...]:
    """The rows that differ, the weightiest first."""
    old, new = ({(row.namespace, row.name, row.more): row for row in one.rows} for one in (before, now))
    changes = [Change(None, row) for identity, row in new.items() if identity not in old]
    changes += [Change(row, None) for identity, row in old.items() if identity not in new]
    for identity, row in new.items():
        if was := old.get(identity):
            found = tuple(_differences(before.headers, was, now.headers, row))
            anew = bool(was.created and row.created) and was.created != row.created
            if found or anew:
                changes.append(Change(was, row, found, anew))
    return tuple(sorted(changes, key=lambda change: change.weight))


def _differences(
    then: tuple[str, ...], was: Kept, now: tuple[str, ...], row: Kept
) -> Iterable[tuple[str, str, str]]:
    before = dict(zip(then, was.cells, strict=True))
    for header, text in zip(now, row.cells, strict=True):
        # A column that the kind has got since then is no change of the object.
        if before.get(header, text) != text:
            yield (header, before[header], text)
