"""What goes into a kind's own rules and what comes out of them."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.description.fields import Json
from connector.description.values import Container, Fact, Link, Section, Volume
from connector.resources.events import EventRow


@dataclass(frozen=True)
class Further:
    """What was read besides the object. A list is None when it was not asked for, or could not be read."""

    owners: tuple[Link, ...] | None = None
    """The whole chain; None: only what the object itself says of it."""
    events: tuple[EventRow, ...] = ()
    pods: tuple[Json, ...] | None = None
    """Those that it selects, runs, or is used by."""
    replica_sets: tuple[Json, ...] | None = None
    """Those of a deployment."""
    slices: tuple[Json, ...] | None = None
    """Endpoint slices of a service, or of those behind an ingress."""
    jobs: tuple[Json, ...] | None = None
    """Those of a cron job."""
    volume: Json | None = None
    """The one that a claim is bound to."""
    quotas: tuple[Json, ...] | None = None
    limits: tuple[Json, ...] | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What a kind has to tell beyond what all have: metadata, conditions, owners, events."""

    facts: tuple[Fact, ...] = ()
    containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    related: tuple[Link, ...] = ()
    selector: str = ""
    field_selector: str = ""
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()


Telling = Callable[[Json, Further, float], Told]
"""(object, what else was read, now in epoch seconds) -> what its kind tells of it."""
