"""All that a description tells, as the pieces of text that kubectl would print for it, to look printed values up in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

from connector.description import Container, Description, Fact, State
from connector.resources import Cell


def pieces(told: Description) -> set[str]:
    return {piece for piece in _pieces(told) if piece}


def _pieces(told: Description) -> Iterator[str]:
    yield from (told.kind, told.name, told.namespace or "", told.status, told.selector)
    yield from (_time(told.created), _time(told.deleted))
    yield from (f"{key}={value}" for key, value in told.labels)
    yield from (f"{key}: {value}" for key, value in told.annotations)
    for fact in told.facts:
        yield from _fact(fact)
    for one in told.conditions:
        yield from (one.type, one.status, one.reason, one.message, _time(one.since), _time(one.heard))
    for container in told.containers:
        yield from _container(container)
    for volume in told.volumes:
        yield from (volume.name, volume.type, volume.source)
        yield from (*re.split(r", |=", volume.source), *re.findall(r"\d+", volume.source))
        yield from (link.name for link in volume.links)
    for link in (*told.owners, *told.related):
        yield from (link.name, f"{link.kind}/{link.name}")
    for cell in (cell for section in told.sections for row in section.rows for cell in row):
        yield from _cell(cell)


def _fact(fact: Fact) -> Iterator[str]:
    yield fact.text
    for cell in fact.values:
        yield from _cell(cell)
    if fact.label == "Volume claims":
        yield from fact.text.split()


def _time(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC)) if at else ""


def _cell(cell: Cell) -> Iterator[str]:
    yield cell.text
    yield _time(cell.time or 0)


def _container(one: Container) -> Iterator[str]:
    yield from (one.name, one.image, one.image_id, one.container_id, *one.ports, *one.host_ports)
    yield from (*one.command, *one.args, *one.mounts, *one.env_from)
    yield from (", ".join(one.ports), str(one.ready), str(one.restarts))
    for name, value in (*one.requests, *one.limits, *one.probes, *one.env):
        yield from (name, value)
    for state in (one.state, one.last_state):
        yield from _state(state)


def _state(state: State) -> Iterator[str]:
    yield from (state.name, state.reason, state.message, str(state.exit_code), str(state.signal))
    yield from (_time(state.started), _time(state.finished))
