"""Lists of any kind that a cluster serves, as the tables that the server itself makes of them.

A kind that has rows of its own here keeps them, for its health, its order and what is folded; the server's table then
adds columns to it.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from connector import cells, sorting
from connector.cells import Definition
from connector.cluster import Cluster, Progress, gathered, parameters
from connector.decoding import decoded
from connector.errors import InvalidRequest, ListExpired
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_object, masked_text
from connector.objects import TABLE
from connector.resources import Cell, Column, Health, Kind, Listing, Query, Row, kind_named
from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, text
from connector.resources.wire import ListMeta, Metadata, Reader
from connector.served import Resource
from connector.words import clean

# A server that makes no tables, as some aggregated ones, sends the objects.
_ACCEPT = f"{TABLE},application/json"
_RELATED = ("pods", "deployments", "services", "events")
# Both say when the object was made, and so does our own last column.
_MADE = frozenset({"CREATED", "CREATED AT"})


class _Condition(msgspec.Struct, gc=False):
    type: str = ""
    status: str = ""


class _Row(msgspec.Struct):
    object: msgspec.Raw
    cells: list[Any] | None = None
    conditions: list[_Condition] | None = None


class _Page(msgspec.Struct, rename="camel"):
    """A table, or a list of whole objects."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    column_definitions: list[Definition] | None = None
    rows: list[_Row] | None = None
    items: list[msgspec.Raw] | None = None


class _Head(msgspec.Struct):
    metadata: Metadata


_NAMES_ONLY = [Definition("Name", "string", "name"), Definition("Age", "date")]
_pages = msgspec.json.Decoder(_Page)
_heads = msgspec.json.Decoder(_Head)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ANY = msgspec.json.Decoder(Any)


class TableRow(msgspec.Struct, frozen=True):
    """One object: what the server's table says of it, and the row that its kind has here, if it is one of ours."""

    name: str
    namespace: str | None
    created: float
    health: Health
    object_name: str
    cells: list[Any]
    labels: dict[str, str] | None
    own: Any = None
    sort: sorting.Key = sorting.MISSING


def _by_name(head: _Head) -> TableRow:
    metadata = head.metadata
    return TableRow(
        metadata.name,
        metadata.namespace,
        metadata.created,
        Health.UNKNOWN,
        metadata.name,
        [],
        metadata.labels,
    )


# Objects of any kind as they are, where no table is made of them.
_unshaped = Reader(_Head, _by_name)


def listed(
    cluster: Cluster,
    query: Query,
    deadline: Deadline,
    on_progress: Progress | None = None,
    impersonate: Impersonate | None = None,
) -> Listing:
    """What matches `query`, of any kind that the cluster serves, as `Cluster.list` gives it.

    Raises KindNotServed, UnknownColumn, InvalidRequest for a path that leads nowhere, and what `Cluster.list` raises.
    """
    base = kind_named(query.kind)
    resource = base.resource if base else cluster.resource(query.kind, deadline, impersonate)
    base = base or kind_named(resource.name)
    if base and not query.shaped:
        return cluster.list(base, query, deadline, on_progress, impersonate)
    if base and not (query.wide or query.labels or sorting.is_path(query.sort_by)):
        by = sorting.column(base.columns, query.sort_by)
        return _sorted(cluster.list(base, query, deadline, on_progress, impersonate), by)
    form = _Form(resource, base, query)
    said = {**parameters(query), **form.parameters}

    def once() -> Listing:
        pages = cluster.pages(
            f"list {resource.plural}",
            resource.path(query.namespace),
            form.read,
            deadline,
            query=said,
            accept=_ACCEPT,
            impersonate=impersonate,
        )
        return gathered(form.kind, query, pages, on_progress)

    try:
        found = once()
    except ListExpired:
        found = once()
    form.check(found)
    return replace(found, kind=replace(form.kind, columns=form.columns))


def _sorted(found: Listing, by: Column) -> Listing:
    cell, now, of_cell = by.cell, found.taken_at, sorting.of_cell

    def order(row: Row) -> tuple[Any, ...]:
        return of_cell(cell(row, now)), row.namespace or "", row.name

    kind = replace(found.kind, order=order, sick_first=False)
    return replace(found, kind=kind, rows=tuple(sorted(found.rows, key=order)))


class _Form:
    """How the pages of one list become rows; its columns are known once the first page is read."""

    def __init__(self, resource: Resource, base: Kind | None, query: Query) -> None:
        self._resource = resource
        self._base = base
        self._query = query
        self._path = sorting.Path.of(query.sort_by) if sorting.is_path(query.sort_by) else None
        self._by: Column | None = None
        self._led = False
        self._definitions: list[Definition] = []
        self._now = time.time()
        self.columns: tuple[Column, ...] = ()
        whole = base is not None or self._path is not None
        self.parameters = {"includeObject": "Object" if whole else "Metadata"}
        if base:
            kind = replace(
                base,
                order=lambda row: base.order(row.own),
                called=lambda row: row.object_name,
                folded=self._folded if base.folded else None,
            )
        else:
            kind = Kind(
                plural=resource.plural,
                singular=resource.singular,
                name=resource.kind,
                short_names=resource.short_names,
                namespaced=resource.namespaced,
                columns=(),
                read=_unshaped,
                group=resource.group,
                version=resource.version,
                related=_RELATED,
                broken="in trouble",
                called=lambda row: row.object_name,
            )
        if query.sort_by:
            kind = replace(
                kind, order=lambda row: (row.sort, row.namespace or "", row.name), sick_first=False
            )
        self.kind = kind

    def read(self, body: bytes) -> tuple[ListMeta, list[TableRow]]:
        """A page's metadata and rows. Raises msgspec.DecodeError, UnknownColumn, InvalidRequest."""
        page = decoded(_pages, body)
        rows = page.rows or []
        definitions = page.column_definitions or self._definitions
        if page.rows is None and page.items is not None:
            rows, definitions = [_Row(item) for item in page.items], _NAMES_ONLY
        if definitions is not self._definitions:
            self._define(definitions)
        owns: Iterable[Any] = [None] * len(rows)
        if self._base:
            items = b",".join(bytes(row.object) for row in rows)
            owns = self._base.read(b'{"metadata":{},"items":[' + items + b"]}")[1]
        return page.metadata, [self._row(row, own) for row, own in zip(rows, owns, strict=True)]

    def check(self, found: Listing) -> None:
        """Raises InvalidRequest when the path that was to be sorted by led to nothing in any object."""
        if self._path and found.total and not self._led:
            raise InvalidRequest(
                f"No {self._resource.singular} has `{clean(self._path.text, 60)}` to sort by",
                "",
                "`/eks yaml` shows what there is in one",
            )

    def _row(self, row: _Row, own: Any) -> TableRow:
        metadata = decoded(_heads, row.object).metadata
        values = row.cells or ([metadata.name] if self._definitions is _NAMES_ONLY else [])
        found = TableRow(
            name=own.name if own else metadata.name,
            namespace=metadata.namespace,
            created=metadata.created,
            health=own.health if own else _health(self._definitions, values, row, metadata),
            object_name=metadata.name,
            cells=values,
            labels=metadata.labels if self._query.labels else None,
            own=own,
        )
        if self._path:
            return msgspec.structs.replace(found, sort=self._value(self._path, row.object))
        return self._by_column(found)

    def _by_column(self, row: TableRow) -> TableRow:
        if self._by is None:
            return row
        return msgspec.structs.replace(row, sort=sorting.of_cell(self._by.cell(row, self._now)))

    def _value(self, path: sorting.Path, item: msgspec.Raw) -> sorting.Key:
        """What the path leads to. Only the part of the object that it goes into is ever decoded, and that is masked."""
        top = str(path.steps[0])
        if self._resource.name == "secrets" and top in ("data", "stringData"):
            raise InvalidRequest("The values of secrets are not read", "", "Sort by something else")
        part = decoded(_fields, item).get(top)
        if part is None:
            return sorting.MISSING
        value = path.value(masked_object({"kind": self._resource.kind, top: decoded(_ANY, part)}))
        self._led = self._led or value is not None
        return sorting.key(value)

    def _folded(self, rows: Iterable[TableRow]) -> list[TableRow]:
        """The kind's own rows folded, each with what the table says of the object that stands for it."""
        base, known = self._base, {}
        if base is None or base.folded is None:
            return list(rows)
        for row in rows:
            known[row.namespace, row.object_name] = row
        folded = base.folded(row.own for row in known.values())
        pairs = ((known[row.namespace, base.called(row)], row) for row in folded)
        return [self._by_column(msgspec.structs.replace(row, own=own)) for row, own in pairs]

    # --- columns

    def _define(self, definitions: list[Definition]) -> None:
        self._definitions = definitions
        shown = [(at, one) for at, one in enumerate(definitions) if self._query.wide or not one.priority]
        if self._base and self._query.wide:
            columns = _widened(self._base, shown)
        elif self._base:
            columns = [_lifted(column) for column in self._base.columns]
        else:
            columns = _plain(self._resource, shown)
        if self._query.labels:
            columns.append(text("LABELS", _labels))
        self.columns = tuple(columns)
        if self._query.sort_by and not self._path:
            self._by = sorting.column(self.columns, self._query.sort_by)


def _plain(resource: Resource, shown: list[tuple[int, Definition]]) -> list[Column]:
    """The server's columns, but that what all kinds have here is as it is in all of them."""
    columns = [NAMESPACE] if resource.namespaced else []
    if not any(one.is_name for _, one in shown):
        columns.append(NAME)
    named = False
    for at, one in shown:
        if one.is_name and not named:
            named = True
            columns.append(_named(at))
        elif one.header == "AGE":
            columns.append(AGE)
        elif one.header not in _MADE:
            columns.append(_served(at, one))
    return [*columns, CREATED]


def _widened(base: Kind, shown: list[tuple[int, Definition]]) -> list[Column]:
    """All of the server's columns, in its order: our own cells where we have them too, and then what only we have."""
    own = {column.header: column for column in base.columns}
    columns = [_lifted(own.pop("NAMESPACE"))] if "NAMESPACE" in own else []
    for at, one in shown:
        mine = own.pop(one.header, None)
        columns.append(_lifted(mine) if mine else _served(at, one))
    return [*columns, *map(_lifted, own.values())]


def _lifted(column: Column) -> Column:
    return replace(column, cell=lambda row, now: column.cell(row.own, now))


def _served(at: int, definition: Definition) -> Column:
    def cell(row: TableRow, _now: float) -> Cell:
        return cells.cell(definition, row.cells[at] if at < len(row.cells) else None)

    return Column(definition.header, cell, by_time=definition.is_age)


def _named(at: int) -> Column:
    """The name as the server shows it, which may say more: `gp3 (default)`."""
    return text("NAME", lambda row: cells.text(row.cells[at]) if at < len(row.cells) else row.name)


def _labels(row: TableRow) -> str:
    labels = ",".join(f"{name}={value}" for name, value in sorted((row.labels or {}).items()))
    return masked_text(labels) or "<none>"


def _health(definitions: list[Definition], values: list[Any], row: _Row, metadata: Metadata) -> Health:
    if metadata.deletion_timestamp:
        return Health.CHANGING
    if any(one.type == "Completed" and one.status == "True" for one in row.conditions or ()):
        return Health.OFF
    return cells.health(definitions, values)
