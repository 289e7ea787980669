"""What a kind of resource is to us: how it is listed, which rows come of it, and the columns they show."""

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

import msgspec

from connector.resources.age import UNKNOWN, age
from connector.resources.wire import ListMeta, moment
from connector.served import Resource


class Health(IntEnum):
    """How a row is doing, sickest first: rows are sorted by it."""

    BROKEN = 0
    CHANGING = 1
    """On its way to another state, or working in part."""
    UNKNOWN = 2
    HEALTHY = 3
    OFF = 4
    """Finished, or scaled to zero: nothing runs and nothing should."""


class Row(Protocol):
    """What all rows have in common; each kind's own row has what its columns need."""

    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str | None: ...
    @property
    def health(self) -> Health: ...
    @property
    def created(self) -> float:
        """Epoch seconds; 0 when the server does not say."""
        ...


class Cell(msgspec.Struct, frozen=True, gc=False):
    text: str
    number: float | None = None
    """What to sort by, where text sorts wrong."""
    time: float | None = None
    """Epoch seconds, when the cell is an instant that a reader wants in their own zone."""


@dataclass(frozen=True)
class Column:
    header: str
    cell: Callable[[Any, float], Cell]
    """(row, now in epoch seconds) -> Cell"""
    by_time: bool = False
    """Whether it tells when something was, or for how long: so it differs from one list to the next by itself."""


def _by_name(row: Row) -> tuple[str, str]:
    return row.namespace or "", row.name


@dataclass(frozen=True)
class Kind:
    """A kind that can be listed, with kubectl's names for it."""

    plural: str
    singular: str
    name: str
    """As manifests write it: `Pod`."""
    short_names: tuple[str, ...]
    namespaced: bool
    columns: tuple[Column, ...]
    read: Callable[[bytes], tuple[ListMeta, Iterable[Row]]]
    """A page's JSON -> its metadata and rows. Raises msgspec.DecodeError."""
    group: str = ""
    version: str = "v1"
    related: tuple[str, ...] = ()
    """Plurals of the kinds that one looks at next, the likeliest first."""
    broken: str = "not ready"
    """What is said of the BROKEN ones: "3 not ready"."""
    changing: str = "changing"
    """What is said of the CHANGING ones."""
    changing_one: str = ""
    """The same of a single one, where that is another word."""
    well: str = "none in trouble"
    """What is said when none of them is BROKEN or CHANGING; "" for a kind that can be nothing else."""
    named_by: str = "NAME"
    """Header of the column that holds a row's `name`."""
    order: Callable[[Any], tuple[Any, ...]] = _by_name
    """What rows of one health are sorted by."""
    folded: Callable[[Iterable[Any]], Iterable[Row]] | None = None
    """All rows of a list -> those to show, for a kind in which several objects tell the same."""
    sick_first: bool = True
    """Whether rows are sorted by their health before `order`."""
    called: Callable[[Any], str] = lambda row: row.name
    """The object's own name; a row's `name` is another one's where `about_others`."""
    about_others: bool = False
    """Whether each row is about an object of another kind, and called like it: `pod/cart-7d9`."""

    def key(self, row: Row) -> tuple[Any, ...]:
        """What rows are sorted by."""
        return ((row.health,) if self.sick_first else ()) + self.order(row)

    @property
    def resource(self) -> Resource:
        """What discovery says of it, as far as paths need it."""
        return Resource(
            self.plural,
            self.singular,
            self.name,
            self.group,
            self.version,
            self.short_names,
            self.namespaced,
        )


@dataclass(frozen=True)
class Query:
    """What to list."""

    kind: str
    namespace: str | None = None
    """None: all of them."""
    namespaces: tuple[str, ...] = ()
    """Patterns like `pay-*`: what is in no namespace of these is not there, for any count. Empty: all of them."""
    selector: str = ""
    """As `kubectl -l` takes it."""
    fields: str = ""
    """As `kubectl --field-selector` takes it."""
    words: tuple[str, ...] = ()
    """Each has to be in the row's name, in whatever case."""
    wide: bool = False
    """All the columns that the server has, as `kubectl -o wide` shows them."""
    labels: bool = False
    """A column of labels, the last one."""
    sort_by: str = ""
    """A column's header, or a path as `kubectl --sort-by` takes it; "" for the sickest first."""

    @property
    def shaped(self) -> bool:
        """Whether it takes more than the kind's own columns to answer it."""
        return self.wide or self.labels or bool(self.sort_by)

    def allows(self, resource: Resource) -> Callable[[Any], bool]:
        """Whether what has a `name` and a `namespace`, of that kind, is in a namespace that is looked into."""
        allowed = allowing(self.namespaces)
        # A namespace is in none, and is what its patterns are about.
        if resource.name == "namespaces":
            return lambda one: allowed(one.name)
        return lambda one: allowed(one.namespace)

    def names(self) -> Callable[[Any], bool]:
        """Whether what has a `name` has all the words in it."""
        words = [word.lower() for word in self.words]
        return lambda one: all(word in one.name.lower() for word in words)


@dataclass(frozen=True)
class Listing:
    """What was found."""

    kind: Kind
    rows: tuple[Row, ...]
    """Those that have all the words in their names, by the kind's key: sickest first, unless it says otherwise."""
    total: int
    """Rows before the words were looked at, in the namespaces that the query allows."""
    namespaces: int
    """Distinct namespaces in `total`."""
    sick: int
    """BROKEN and CHANGING ones in `rows`."""
    taken_at: float
    """Epoch seconds."""
    complete: bool
    """False: the deadline came first."""
    expected: int | None = None
    """How many there are, by the server's estimate, when the listing is not complete and it gave one.

    None when the query allows some namespaces only, as the server counts the others too, and for a kind that is
    folded."""
    silent: float = 0.0
    """For how many seconds the cluster has not answered, when these are the rows as they were before."""
    near: tuple[str, ...] = ()
    """Words that would find something, and look like the one that nothing has in its name."""


def allowing(namespaces: tuple[str, ...]) -> Callable[[str | None], bool]:
    """Whether a namespace is one of these patterns'; what has no namespace is, when there are no patterns."""
    if not namespaces:
        return lambda _namespace: True
    form = re.compile("|".join(fnmatch.translate(pattern) for pattern in namespaces))
    return lambda namespace: namespace is not None and form.match(namespace) is not None


def text(header: str, value: Callable[[Any], str]) -> Column:
    """A column of plain text."""
    return Column(header, lambda row, _now: Cell(value(row)))


def count(header: str, value: Callable[[Any], int]) -> Column:
    """A column of whole numbers."""
    return Column(header, lambda row, _now: Cell(str(value(row)), number=value(row)))


def ratio(header: str, value: Callable[[Any], tuple[int, int]]) -> Column:
    """A column like 1/2; it sorts by the part that is there, none out of none as all of it."""

    def cell(row: Any, _now: float) -> Cell:
        part, whole = value(row)
        return Cell(f"{part}/{whole}", number=part / whole if whole else 1.0)

    return Column(header, cell)


def _age(row: Row, now: float) -> Cell:
    if not row.created:
        return Cell(UNKNOWN)
    return Cell(age(now - row.created), number=now - row.created)


def _created(row: Row, _now: float) -> Cell:
    if not row.created:
        return Cell(UNKNOWN)
    return Cell(moment(row.created), number=row.created, time=row.created)


NAMESPACE = text("NAMESPACE", lambda row: row.namespace or "")
NAME = text("NAME", lambda row: row.name)
AGE = Column("AGE", _age, by_time=True)
CREATED = Column("CREATED", _created, by_time=True)


def named(kinds: Iterable[Kind]) -> Mapping[str, Kind]:
    """Every word that kubectl takes for one of `kinds`: plural, singular, short, each with its group too."""
    return {
        form: kind
        for kind in kinds
        for word in (kind.plural, kind.singular, *kind.short_names)
        for form in (
            (word, f"{word}.{kind.group}", f"{word}.{kind.version}.{kind.group}")
            if kind.group
            else (word, f"{word}.{kind.version}")
        )
    }
