"""Watches: what there is, then each change as it happens, as lines of JSON."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from playground.kubernetes.journal import Journal
from playground.kubernetes.objects import Selection, table_document, version_of
from playground.kubernetes.pages import Clock, limit_of
from playground.kubernetes.resources import Resource
from playground.kubernetes.status import refusal
from playground.kubernetes.store import Store

# As a real server: half an hour at least when no timeoutSeconds is given, and a bookmark about once a minute.
_LONGEST = 1_800.0
_BOOKMARK_EVERY = 60.0
_LOOK_EVERY = 0.05
_TRUE = frozenset({"1", "true"})

Body = dict[str, Any]


def watch(
    store: Store,
    journal: Journal,
    clock: Clock,
    resource: Resource,
    namespace: str,
    query: Mapping[str, str],
    *,
    as_table: bool,
) -> AsyncIterator[bytes]:
    """The events of a watch; refusals of its parameters are raised at once, an old version is an ERROR event."""
    selection = Selection.of(resource, namespace, query)
    asked = version_of(query.get("resourceVersion", "") or "0")
    seconds = float(limit_of(query.get("timeoutSeconds", "")) or _LONGEST)
    now = clock.now
    if asked > now:
        raise refusal(504, f"Too large resource version: {asked}, current: {now}", {})
    if as_table:
        # A bad includeObject is refused before the stream begins.
        table_document(resource, (), {}, query)
    initial = query.get("sendInitialEvents", "") in _TRUE
    bookmarks = query.get("allowWatchBookmarks", "") in _TRUE

    def shown(body: Body) -> Body:
        return table_document(resource, [body], {}, query) if as_table else body

    def head() -> Body:
        return {"kind": resource.kind, "apiVersion": resource.group_version}

    def bookmark(version: int, *, ends_initial: bool = False) -> bytes:
        metadata: Body = {"resourceVersion": str(version)}
        if ends_initial:
            metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
        return _line("BOOKMARK", head() | {"metadata": metadata})

    async def events() -> AsyncIterator[bytes]:
        seen = asked
        if asked and not initial and asked < clock.oldest:
            yield _line("ERROR", _expired(asked, clock.oldest))
            return
        if initial or not asked:
            seen = now
            for record in store.records(resource.stored_as):
                if selection.covers(record):
                    yield _line("ADDED", shown(head() | json.loads(record.json())))
            if initial and bookmarks:
                yield bookmark(seen, ends_initial=True)
        async for line in later(seen):
            yield line

    async def later(seen: int) -> AsyncIterator[bytes]:
        marked = time.monotonic()
        ends = marked + seconds
        while True:
            moment = time.monotonic()
            # Read before the journal, so that a bookmark never passes over a change.
            current = clock.now
            for entry in journal.since(seen):
                seen = entry.version
                if entry.change.resource == resource.stored_as and selection.covers(entry.change.record):
                    body = head() | json.loads(entry.json)
                    body["metadata"]["resourceVersion"] = str(entry.version)
                    yield _line(entry.change.type, shown(body))
            over = moment >= ends
            if bookmarks and (over or moment - marked > _BOOKMARK_EVERY):
                marked = moment
                yield bookmark(seen := max(seen, current))
            if over:
                return
            await asyncio.sleep(min(_LOOK_EVERY, ends - moment))

    return events()


def _line(kind: str, body: Body) -> bytes:
    event = {"type": kind, "object": body}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _expired(asked: int, oldest: int) -> Body:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f"too old resource version: {asked} ({oldest})",
        "reason": "Expired",
        "code": 410,
    }
