"""Events: what happened to what, the same thing told once however often it did; warnings first, each newest first.

The rules are those of printEvent in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from connector.masking import masked_text
from connector.resources.age import UNKNOWN, age
from connector.resources.kind import NAMESPACE, Cell, Column, Health, Kind, count, text
from connector.resources.wire import Metadata, Reader, moment


class Involved(msgspec.Struct, rename="camel", gc=False):
    kind: str = ""
    name: str = ""
    field_path: str = ""


class Source(msgspec.Struct, gc=False):
    component: str = ""
    host: str = ""


class Series(msgspec.Struct, rename="camel", gc=False):
    count: int = 0
    last_observed_time: datetime | None = None


class Event(msgspec.Struct, rename="camel"):
    metadata: Metadata
    involved_object: Involved = msgspec.field(default_factory=Involved)
    reason: str = ""
    message: str = ""
    type: str = ""
    source: Source = msgspec.field(default_factory=Source)
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    # The newer API has this and the series instead of the two above.
    event_time: datetime | None = None
    series: Series | None = None
    count: int = 0
    reporting_component: str = ""
    reporting_instance: str = ""


class EventRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    """The object it is about, as kubectl writes it: pod/cart-7d9."""
    namespace: str | None
    event: str
    """Its own name; of several, the newest one's."""
    type: str
    reason: str
    part: str
    """Of the object, as a path to a field of it; "" for all of it."""
    source: str
    message: str
    count: int
    first_seen: float
    """Epoch seconds; 0 when the server does not say."""
    last_seen: float
    """Epoch seconds; 0 when the server does not say."""
    created: float
    health: Health


def row(event: Event) -> EventRow:
    """What the columns need of an event."""
    about = event.involved_object
    first = event.first_timestamp or event.event_time
    last = event.last_timestamp or first
    times = event.count or 1
    if event.series:
        last, times = event.series.last_observed_time, event.series.count
    source = (
        event.source.component or event.reporting_component,
        event.source.host or event.reporting_instance,
    )
    return EventRow(
        name=f"{about.kind.lower()}/{about.name}" if about.name else about.kind.lower(),
        namespace=event.metadata.namespace,
        event=event.metadata.name,
        type=event.type,
        reason=event.reason,
        part=about.field_path,
        source=", ".join(source) if source[1] else source[0],
        message=event.message.strip(),
        count=times,
        first_seen=first.timestamp() if first else 0.0,
        last_seen=last.timestamp() if last else 0.0,
        created=event.metadata.created,
        health=_HEALTH.get(event.type, Health.UNKNOWN),
    )


_HEALTH = {"Warning": Health.CHANGING, "Normal": Health.HEALTHY}


def folded(rows: Iterable[EventRow]) -> list[EventRow]:
    """One row for all events that tell the same of the same object: their counts added, from the first to the last."""
    found: dict[tuple[str | None, ...], EventRow] = {}
    for row in rows:
        key = (row.namespace, row.name, row.part, row.type, row.reason, row.message)
        seen = found.get(key)
        found[key] = _both(seen, row) if seen else row
    return list(found.values())


def _both(one: EventRow, other: EventRow) -> EventRow:
    newest = max(one, other, key=lambda row: row.last_seen)
    firsts = [row.first_seen for row in (one, other) if row.first_seen]
    return msgspec.structs.replace(newest, count=one.count + other.count, first_seen=min(firsts, default=0.0))


def _ago(seen: float, now: float) -> Cell:
    return Cell(age(now - seen), number=now - seen) if seen else Cell(UNKNOWN)


def _last_seen_at(row: EventRow, _now: float) -> Cell:
    seen = row.last_seen
    return Cell(moment(seen), number=seen, time=seen) if seen else Cell(UNKNOWN)


EVENTS = Kind(
    plural="events",
    singular="event",
    name="Event",
    short_names=("ev",),
    namespaced=True,
    columns=(
        NAMESPACE,
        Column("LAST SEEN", lambda row, now: _ago(row.last_seen, now), by_time=True),
        text("TYPE", lambda row: row.type),
        text("REASON", lambda row: row.reason),
        text("OBJECT", lambda row: row.name),
        # Whoever reports may quote what was run, or a connection that failed.
        text("MESSAGE", lambda row: masked_text(row.message)),
        count("COUNT", lambda row: row.count),
        Column("FIRST SEEN", lambda row, now: _ago(row.first_seen, now), by_time=True),
        text("SOURCE", lambda row: row.source),
        text("SUBOBJECT", lambda row: row.part),
        text("NAME", lambda row: row.event),
        Column("LAST SEEN AT", _last_seen_at, by_time=True),
    ),
    named_by="OBJECT",
    changing="warnings",
    changing_one="warning",
    well="no warnings",
    related=("pods", "deployments", "nodes", "persistentvolumeclaims"),
    order=lambda row: (-row.last_seen, row.namespace or "", row.name),
    folded=folded,
    called=lambda row: row.event,
    about_others=True,
    read=Reader(Event, row),
)
