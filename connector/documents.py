"""Many objects whole, for files to be made of: read page by page, masked, handed on one at a time.

A list's rows hold a few values of each object; here comes all of it, so there is a bound to how many.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from connector.cluster import Cluster, Progress, parameters
from connector.decoding import OBJECT, decoded
from connector.errors import ListExpired, translated
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_object
from connector.resources import KINDS, Query
from connector.resources.wire import ListMeta, Metadata, Reader
from connector.served import Resource

MOST = 5_000
"""Objects that one call hands on."""


@dataclass(frozen=True)
class Extent:
    """How far a call of `documents` came."""

    taken: int
    expected: int | None
    """How many there are to take, where that is known: all of them, once it came to the end."""

    @property
    def complete(self) -> bool:
        return self.taken == self.expected


class _Named(msgspec.Struct):
    metadata: Metadata


_names = Reader(_Named, lambda one: one.metadata)
_raw = Reader(msgspec.Raw, lambda one: one)


def documents(
    cluster: Cluster,
    resource: Resource,
    query: Query,
    deadline: Deadline,
    take: Callable[[dict[str, Any]], bool],
    *,
    on_progress: Progress | None = None,
    impersonate: Impersonate | None = None,
) -> Extent:
    """Hands each object that `query` finds to `take`, until that says False, 5,000 are taken or the deadline comes.

    They come as the server has them, but for what looks like a credential, and in its order; the words are looked for
    where the list of the kind looks for them. `on_progress(taken so far, expected or None)` after each page.
    Raises what listing them raises.
    """
    action = f"list {resource.plural}"
    allowed, named = query.allows(resource), query.names()
    # The server's count knows nothing of these.
    filtered = bool(query.words or query.namespaces)
    taken = seen = 0
    expected: int | None = None
    pages = cluster.pages(
        action,
        resource.path(query.namespace),
        _reading(resource),
        deadline,
        query=parameters(query),
        impersonate=impersonate,
    )
    # What was taken cannot be taken again: a list that expires on the way ends there.
    with suppress(ListExpired):
        for meta, page in pages:
            found = list(page)
            seen += len(found)
            known = not filtered and (meta.remaining is not None or not meta.continue_)
            expected = seen + (meta.remaining or 0) if known else None
            for row, raw in found:
                if not (allowed(row) and named(row)):
                    continue
                if taken == MOST or deadline.passed() or not take(_whole(cluster, resource, raw, action)):
                    return Extent(taken, expected)
                taken += 1
            if on_progress:
                on_progress(taken, expected)
            if not meta.continue_:
                return Extent(taken, taken)
    return Extent(taken, expected)


def _reading(resource: Resource) -> Callable[[bytes], tuple[ListMeta, list[tuple[Any, msgspec.Raw]]]]:
    """A page's JSON as pairs: what tells an object's namespace and the name that is looked for, and all of it."""
    kind = KINDS.get(resource.plural)
    known = kind if kind and kind.resource.name == resource.name else None

    def read(body: bytes) -> tuple[ListMeta, list[tuple[Any, msgspec.Raw]]]:
        rows = known.read(body)[1] if known else _names(body)[1]
        meta, raws = _raw(body)
        return meta, list(zip(rows, raws, strict=True))

    return read


def _whole(cluster: Cluster, resource: Resource, raw: msgspec.Raw, action: str) -> dict[str, Any]:
    with translated(action=action, **cluster.api.facts):
        found = decoded(OBJECT, raw)
    version = f"{resource.group}/{resource.version}" if resource.group else resource.version
    # In a list an object does not say what it is, and what is masked depends on it.
    return masked_object({"apiVersion": version, "kind": resource.kind, **found})
