"""One object or a list of them, as JSON or as a table: pages, selectors, resource versions."""

from __future__ import annotations

import bisect
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, get_args

from playground.kubernetes.pages import Clock, Position, limit_of, position
from playground.kubernetes.resources import Resource
from playground.kubernetes.selectors import InvalidSelector, field_selector, label_selector
from playground.kubernetes.status import bad_request, not_found, refusal
from playground.kubernetes.store import Record, Store
from playground.kubernetes.tables import Include, table


@dataclass(frozen=True)
class Selection:
    """Which records a list or watch is about."""

    namespace: str
    labels: tuple[Any, ...]
    fields: tuple[Any, ...]

    @classmethod
    def of(cls, resource: Resource, namespace: str, query: Mapping[str, str]) -> Selection:
        """Reads the selectors of a query; raises the 400 of one that is none."""
        try:
            return cls(
                namespace,
                label_selector(query.get("labelSelector", "")),
                field_selector(query.get("fieldSelector", ""), resource.known_fields, resource.unknown_field),
            )
        except InvalidSelector as error:
            raise bad_request(str(error)) from error

    @property
    def has_selectors(self) -> bool:
        return bool(self.labels or self.fields)

    def matches(self, record: Record) -> bool:
        """Whether the selectors choose the record; its namespace is not looked at."""
        return all(label.matches(record.labels) for label in self.labels) and all(
            condition(record.field) for condition in self.fields
        )

    def covers(self, record: Record) -> bool:
        return self.namespace in {"", record.namespace} and self.matches(record)


@dataclass(frozen=True)
class Page:
    """Part of a list: its records and its metadata."""

    resource: Resource
    records: Sequence[Record]
    metadata: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> bytes:
        resource = self.resource
        head = {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.group_version,
            "metadata": self.metadata,
        }
        opening = json.dumps(head, separators=(",", ":"))[:-1].encode() + b',"items":['
        return opening + b",".join([record.json() for record in self.records]) + b"]}\n"

    def table(self, query: Mapping[str, str]) -> bytes:
        return _table(self.resource, self.records, self.metadata, query)


def one(store: Store, resource: Resource, namespace: str, name: str) -> Record:
    """The record of that name; raises the 404."""
    records = store.records(resource.stored_as)
    at = bisect.bisect_left(records, (namespace, name), key=_key)
    if at == len(records) or _key(records[at]) != (namespace, name):
        raise not_found(resource.plural, resource.group, name)
    return records[at]


def plain(resource: Resource, record: Record) -> bytes:
    """The JSON of one object, with its kind."""
    head = f'{{"kind":"{resource.kind}","apiVersion":"{resource.group_version}",'
    return head.encode() + record.json()[1:] + b"\n"


def table_of_one(resource: Resource, record: Record, query: Mapping[str, str]) -> bytes:
    version = json.loads(record.json())["metadata"].get("resourceVersion", "")
    return _table(resource, [record], {"resourceVersion": version}, query)


def page(store: Store, clock: Clock, resource: Resource, namespace: str, query: Mapping[str, str]) -> Page:
    """The records that a list is to hold; raises the refusals of a query that makes no sense."""
    limit = limit_of(query.get("limit", ""))
    selection = Selection.of(resource, namespace, query)
    start = (namespace, "")
    version = clock.now
    _check_version(query, version)
    if token := query.get("continue", ""):
        place = position(token, clock)
        version = version if place.version < 0 else place.version
        at, _, name = place.start.rpartition("/")
        start = (at, name + "\0")
    records = store.records(resource.stored_as)
    end = bisect.bisect_right(records, namespace, key=lambda r: r.namespace) if namespace else len(records)
    remaining = records[bisect.bisect_left(records, start, key=_key) : end]

    matching: Iterator[Record] = iter(remaining)
    if selection.has_selectors:
        matching = filter(selection.matches, remaining)
    taken = list(islice(matching, limit or None))
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if limit and len(taken) == limit:
        last = _key(taken[-1])
        left = len(remaining) - bisect.bisect_right(remaining, last, key=_key)
        if left:
            metadata["continue"] = Position("/".join(filter(None, last)), version).token()
            if not selection.has_selectors:
                metadata["remainingItemCount"] = left
    return Page(resource, taken, metadata)


def table_document(
    resource: Resource,
    bodies: Iterable[Mapping[str, Any]],
    metadata: Mapping[str, Any],
    query: Mapping[str, str],
) -> dict[str, Any]:
    """Objects as a table; raises the 400 of an `includeObject` that is none."""
    include = query.get("includeObject", "") or "Metadata"
    if include not in get_args(Include):
        raise bad_request(f"unrecognized includeObject value: {include!r}")
    return table(resource.kind, bodies, metadata, include, time.time())  # type: ignore[arg-type]


def _table(
    resource: Resource, records: Iterable[Record], metadata: Mapping[str, Any], query: Mapping[str, str]
) -> bytes:
    head = {"kind": resource.kind, "apiVersion": resource.group_version}
    bodies = (head | json.loads(record.json()) for record in records)
    document = table_document(resource, bodies, metadata, query)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _key(record: Record) -> tuple[str, str]:
    return record.namespace, record.name


def _check_version(query: Mapping[str, str], current: int) -> None:
    asked = query.get("resourceVersion", "")
    if not asked:
        return
    if query.get("continue"):
        raise bad_request("specifying resource version is not allowed when using continue")
    if version_of(asked) > current:
        raise refusal(504, f"Too large resource version: {asked}, current: {current}", {})


def version_of(asked: str) -> int:
    """A resource version as a number; raises the 400 of a text that is none."""
    if not (asked.isascii() and asked.isdigit() and len(asked) < 20):
        raise bad_request(f'resourceVersion: Invalid value: "{asked}": strconv.ParseUint: invalid syntax')
    return int(asked)
