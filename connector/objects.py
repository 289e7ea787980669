"""One object of a cluster: found by the name that somebody gave, and read whole, masked.

Names are looked for in all namespaces that may be seen, so that nobody has to know where a pod lives.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from connector.api import Parameters
from connector.cluster import Cluster
from connector.decoding import OBJECT, decoded
from connector.errors import Failure, NotFound, translated
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_object
from connector.resources import allowing
from connector.resources.wire import ListMeta, Metadata
from connector.served import Resource
from connector.words import alike, beginnings, clean, meant

# Tables, whose rows hold no more of an object than its metadata: https://kubernetes.io/docs/reference/using-api/api-concepts/
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_METADATA: Parameters = {"includeObject": "Metadata"}

T = TypeVar("T")

# No name begins with it.
_DIGEST = "#"
# How many names that are near are told.
_NEAR = 5


@dataclass(frozen=True)
class Ref:
    """One object by its name; `namespace` is None for a kind that is in none."""

    resource: Resource
    namespace: str | None
    name: str

    @property
    def path(self) -> str:
        return self.resource.path(self.namespace, self.name)

    @property
    def typed(self) -> str:
        """As kubectl takes it: `deployments.apps/cart`."""
        return f"{self.resource.name}/{self.name}"


class ObjectNotFound(NotFound):
    """There is no such object, or it is gone; `nearest` are some that are there."""

    def __init__(self, what: str, why: str = "", hint: str = "", *, nearest: tuple[Ref, ...] = ()) -> None:
        super().__init__(what, why, hint)
        self.nearest = nearest


class Several(Failure):
    """More than one object has this name; `found` are they."""

    def __init__(self, what: str, why: str = "", hint: str = "", *, found: tuple[Ref, ...]) -> None:
        super().__init__(what, why, hint)
        self.found = found


class _Object(msgspec.Struct):
    metadata: Metadata


class _Row(msgspec.Struct):
    object: _Object


class _Table(msgspec.Struct):
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    rows: tuple[_Row, ...] | None = ()


_table = msgspec.json.Decoder(_Table)


def digest(name: str) -> str:
    """A short word for a name that is too long to be handed around; `find` takes it in the name's place."""
    return _DIGEST + hashlib.sha256(name.encode()).hexdigest()[:16]


def find(
    cluster: Cluster,
    resource: Resource,
    name: str,
    deadline: Deadline,
    *,
    namespace: str | None = None,
    namespaces: tuple[str, ...] = (),
    impersonate: Impersonate | None = None,
) -> Ref:
    """The object of that name, in `namespace`, or in whichever one of those that match `namespaces` it is.

    A digest of a name finds what has that name. Raises ObjectNotFound with names that are near, Several when more than
    one namespace has it, InvalidRequest for what is no name, and what the cluster says.
    """
    if name.startswith(_DIGEST):
        return _digested(cluster, resource, name, deadline, namespace, namespaces, impersonate)
    wanted = Ref(resource, namespace if resource.namespaced else None, name)
    path = wanted.path
    if wanted.namespace or not resource.namespaced:
        try:
            cluster.api.get(
                f"get {resource.plural}",
                path,
                deadline,
                query=_METADATA,
                accept=TABLE,
                impersonate=impersonate,
            )
        except NotFound:
            found: list[Ref] = []
        else:
            found = [wanted]
    else:
        alone = {"fieldSelector": f"metadata.name={name}"}
        found = list(named(cluster, resource, deadline, None, namespaces, impersonate, alone))
    if len(found) == 1:
        return found[0]
    what = f"{resource.singular} `{clean(name, 80)}`"
    if found:
        places = ", ".join(f"`{one.namespace}`" for one in found[:10])
        raise Several(
            f"There are {len(found)} objects called {what}",
            f"They are in {places}.",
            "Say which with `-n NAMESPACE`",
            found=tuple(found),
        )
    near = _near(name, named(cluster, resource, deadline, wanted.namespace, namespaces, impersonate))
    where = f" in the namespace `{namespace}`" if wanted.namespace else ""
    raise ObjectNotFound(
        f"There is no {what}{where}",
        "",
        meant(*(one.name for one in near[:3])) or "It may be gone",
        nearest=near,
    )


def _digested(
    cluster: Cluster,
    resource: Resource,
    short: str,
    deadline: Deadline,
    namespace: str | None,
    namespaces: tuple[str, ...],
    impersonate: Impersonate | None,
) -> Ref:
    within = namespace if resource.namespaced else None
    for one in named(cluster, resource, deadline, within, namespaces, impersonate):
        if digest(one.name) == short:
            return one
    raise ObjectNotFound(f"The {resource.singular} is gone", "", "List them again")


def named(
    cluster: Cluster,
    resource: Resource,
    deadline: Deadline,
    namespace: str | None = None,
    namespaces: tuple[str, ...] = (),
    impersonate: Impersonate | None = None,
    query: Parameters | None = None,
) -> Iterable[Ref]:
    """All objects of a kind that may be seen, by name alone; those found until the deadline."""
    allowed = allowing(namespaces)
    pages = cluster.pages(
        f"list {resource.plural}",
        resource.path(namespace),
        _refs(resource),
        deadline,
        query={**_METADATA, **(query or {})},
        accept=TABLE,
        impersonate=impersonate,
    )
    for _, page in pages:
        yield from (one for one in page if not resource.namespaced or allowed(one.namespace))


def whole(
    cluster: Cluster, ref: Ref, deadline: Deadline, *, impersonate: Impersonate | None = None
) -> dict[str, Any]:
    """The object as the server has it, but for what looks like a credential. Raises ObjectNotFound when it is gone."""
    return masked_object(read(cluster, ref, lambda body: decoded(OBJECT, body), deadline, impersonate))


def read(
    cluster: Cluster,
    ref: Ref,
    reader: Callable[[bytes], T],
    deadline: Deadline,
    impersonate: Impersonate | None = None,
) -> T:
    """What `reader` makes of the object's JSON, which is not masked. Raises ObjectNotFound when it is gone."""
    action = f"get {ref.resource.plural}"
    try:
        body = cluster.api.get(action, ref.path, deadline, impersonate=impersonate)
    except NotFound as error:
        where = f" of `{ref.namespace}`" if ref.namespace else ""
        raise ObjectNotFound(
            f"The {ref.resource.singular} `{ref.name}`{where} is gone", "", "List them again"
        ) from error
    with translated(action=action, **cluster.api.facts):
        return reader(body)


def _refs(resource: Resource) -> Any:
    def read(body: bytes) -> tuple[ListMeta, Iterable[Ref]]:
        table = decoded(_table, body)
        rows = (row.object.metadata for row in table.rows or ())
        return table.metadata, [Ref(resource, one.namespace, one.name) for one in rows]

    return read


def _near(name: str, there: Iterable[Ref]) -> tuple[Ref, ...]:
    """Those that hold the name, then those that look like it; a pod is often called by its deployment's name."""
    known = list(there)
    holding = sorted((one for one in known if name in one.name), key=lambda one: one.name)[:_NEAR]
    if len(holding) == _NEAR:
        return tuple(holding)
    by_name = {one.name: one for one in reversed(known) if name not in one.name}
    near = dict.fromkeys(holding)
    for start in alike(name, sorted(beginnings(name, by_name)), _NEAR, 0.7):
        near |= dict.fromkeys(by_name[one] for one in sorted(by_name) if f"{one}-".startswith(f"{start}-"))
    near |= dict.fromkeys(by_name[one] for one in alike(name, by_name, _NEAR, 0.6))
    return tuple(near)[:_NEAR]
