"""Kinds without pods of their own: config maps, secrets, service accounts, namespaces, events.

Of what config maps and secrets hold, the keys and sizes are told, and never a value.
"""

import re
from collections.abc import Iterable, Iterator

from connector.description.facts import counted, instant, said, section
from connector.description.fields import Json, flag, number, pairs, part, parts, text
from connector.description.fields import instant as instant_of
from connector.description.told import Further, Told
from connector.description.values import Fact, Link, Section
from connector.resources import Cell

_KEY_SIZE = ("KEY", "SIZE")


def config_map(obj: Json, _further: Further, _now: float) -> Told:
    # Of what was masked in part the size is not known any more.
    texts = [
        (key, None if "[masked" in value else len(value.encode(errors="replace")))
        for key, value in pairs(obj, "data").items()
    ]
    binaries = [(key, _size(value)) for key, value in pairs(obj, "binaryData").items()]
    return Told(facts=tuple(_immutable(obj)), sections=tuple(_keys([*texts, *binaries])))


def secret(obj: Json, _further: Further, _now: float) -> Told:
    sizes = [(key, _size(value)) for key, value in pairs(obj, "data").items()]
    facts = (*said("Type", text(obj, "type")), *_immutable(obj))
    return Told(facts=facts, sections=tuple(_keys(sizes)))


_MASKED = re.compile(r"\[masked(?:, ([\d,]+) bytes?)?\]")


def _size(code: str) -> int | None:
    """Bytes of a value as its mask says, or of one in base64; None when the mask does not say."""
    if masked := _MASKED.fullmatch(code):
        return int(masked[1].replace(",", "")) if masked[1] else None
    # Four characters stand for three bytes, the last ones for fewer by as many "=".
    return len(code) // 4 * 3 - code[-2:].count("=")


def _keys(sizes: Iterable[tuple[str, int | None]]) -> Iterator[Section]:
    rows = (
        (Cell(key), Cell("" if size is None else f"{size:,} {'byte' if size == 1 else 'bytes'}", number=size))
        for key, size in sizes
    )
    return section("Data", _KEY_SIZE, rows)


def _immutable(obj: Json) -> Iterator[Fact]:
    yield from said("Immutable", "true" if flag(obj, "immutable") else "")


def service_account(obj: Json, _further: Further, _now: float) -> Told:
    namespace = text(obj, "metadata", "namespace") or None
    named = {
        label: [name for one in parts(obj, key) if (name := text(one, "name"))]
        for label, key in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets"))
    }
    role = text(obj, "metadata", "annotations", "eks.amazonaws.com/role-arn")
    facts = (
        *said("IAM role", role),
        *(one for label, names in named.items() for one in said(label, *(names or ["<none>"]))),
        *said("Mounts its token", text(obj, "automountServiceAccountToken")),
    )
    links = dict.fromkeys(
        Link("Secret", name, namespace, role="secret") for names in named.values() for name in names
    )
    return Told(facts=facts, related=tuple(links))


def namespace(obj: Json, further: Further, _now: float) -> Told:
    return Told(
        facts=tuple(said("Phase", text(obj, "status", "phase"))),
        sections=(*_quotas(further.quotas or ()), *_limits(further.limits or ())),
    )


def _quotas(quotas: tuple[Json, ...]) -> Iterator[Section]:
    rows = (
        (
            Cell(text(one, "metadata", "name")),
            Cell(key),
            Cell(pairs(one, "status", "used").get(key, "")),
            Cell(hard),
        )
        for one in quotas
        for key, hard in pairs(one, "status", "hard").items()
    )
    return section("Resource quotas", ("NAME", "RESOURCE", "USED", "HARD"), rows)


_BOUNDS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")


def _limits(limits: tuple[Json, ...]) -> Iterator[Section]:
    rows = (
        (
            Cell(text(each, "type")),
            Cell(resource),
            *(Cell(pairs(each, bound).get(resource, "")) for bound in _BOUNDS),
        )
        for one in limits
        for each in parts(one, "spec", "limits")
        for resource in sorted({key for bound in _BOUNDS for key in pairs(each, bound)})
    )
    headers = ("TYPE", "RESOURCE", "MIN", "MAX", "DEFAULT REQUEST", "DEFAULT LIMIT", "MAX RATIO")
    return section("Limits", headers, rows)


def event(obj: Json, _further: Further, _now: float) -> Told:
    about = part(obj, "involvedObject") or part(obj, "regarding")
    kind, name = text(about, "kind"), text(about, "name")

    def facts() -> Iterator[Fact]:
        yield from said("Type", text(obj, "type"))
        yield from said("Reason", text(obj, "reason"))
        yield from said("Message", text(obj, "message") or text(obj, "note"))
        yield from said("Object", f"{kind}/{name}" if name else kind)
        yield from said("Part", text(about, "fieldPath"))
        yield from said("Source", text(obj, "source", "component") or text(obj, "reportingComponent"))
        yield from said("Host", text(obj, "source", "host") or text(obj, "reportingInstance"))
        count = number(obj, "series", "count") or number(obj, "count") or number(obj, "deprecatedCount")
        yield from counted("Count", count)
        first = instant_of(obj, "firstTimestamp") or instant_of(obj, "eventTime")
        yield from instant("First seen", first)
        last = instant_of(obj, "series", "lastObservedTime") or instant_of(obj, "lastTimestamp")
        yield from instant("Last seen", last or first)
        yield from said("Action", text(obj, "action"))

    where = text(about, "namespace") or None
    group = text(about, "apiVersion").rpartition("/")[0]
    links = (Link(kind, name, where, group, "object"),) if kind and name else ()
    return Told(facts=tuple(facts()), related=links)
