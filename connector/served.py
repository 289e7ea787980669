"""What a cluster serves: every kind there is, custom ones too, by all the names that kubectl takes for it.

Read from discovery, in one document for each of /api and /apis where the server knows that form (1.30 and later do),
else from one document for each group: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

import msgspec

from connector import formats
from connector.decoding import decoded
from connector.errors import NotFound
from connector.words import alike, clean, meant

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"


@dataclass(frozen=True)
class Resource:
    """One kind as the server serves it, in the version that it prefers."""

    plural: str
    singular: str
    kind: str
    group: str = ""
    version: str = "v1"
    short_names: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def name(self) -> str:
        """Its unmistakable name: `pods`, `dispatches.shipyard.example.com`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """Where all of them are served, those of a namespace, or the one of that name.

        Raises InvalidRequest for what cannot be the name of a namespace or an object.
        """
        parts = [f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"]
        if namespace is not None and self.namespaced:
            formats.namespace(namespace)
            parts += ["namespaces", namespace]
        parts.append(quote(self.plural, safe=""))
        if name is not None:
            formats.object_name(name)
            parts.append(quote(name, safe=""))
        return "/".join(parts)


@dataclass(frozen=True)
class Served:
    """All that a cluster serves and that can be listed."""

    resources: tuple[Resource, ...]

    def named(self, word: str) -> Resource | None:
        """The kind that kubectl would take `word` for: plural, singular, short name, Kind, each with its group too."""
        return self._names.get(word.lower())

    def need(self, word: str) -> Resource:
        """The same. Raises KindNotServed, which names those that are near."""
        found = self.named(word)
        if found is None:
            near = self.nearest(word)
            raise KindNotServed(
                f"This cluster has no kind `{clean(word, 60)}`",
                "",
                meant(*near) or "`/eks help get` shows the common ones",
                nearest=near,
            )
        return found

    def nearest(self, word: str) -> tuple[str, ...]:
        """Up to three plurals of kinds that have a name like `word`, the likest first."""
        spoken = {
            name: one.plural
            for one in reversed(self.resources)
            for name in (one.name, *one.short_names, one.singular, one.plural)
        }
        return tuple(dict.fromkeys(spoken[one] for one in alike(word.lower(), spoken, 6, 0.6)))[:3]

    @cached_property
    def _names(self) -> dict[str, Resource]:
        names: dict[str, Resource] = {}
        # The first to claim a name has it: kubectl asks groups in the server's order, the core one first.
        for one in self.resources:
            for word in (one.plural, one.singular, *one.short_names, one.kind.lower()):
                group = f".{one.group}" if one.group else ""
                for form in (word, f"{word}{group}", f"{word}.{one.version}{group}"):
                    if word:
                        names.setdefault(form, one)
        return names


class KindNotServed(NotFound):
    """The cluster serves no such kind; `nearest` are words for kinds that it serves."""

    def __init__(self, what: str, why: str = "", hint: str = "", *, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(what, why, hint)
        self.nearest = nearest


# --- the aggregated form


class _Scoped(msgspec.Struct, rename="camel"):
    resource: str
    response_kind: "_Kinded"
    scope: str = "Namespaced"
    singular_resource: str = ""
    verbs: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()


class _Kinded(msgspec.Struct):
    kind: str = ""


class _Version(msgspec.Struct):
    version: str
    resources: tuple[_Scoped, ...] = ()


class _Name(msgspec.Struct):
    name: str = ""


class _Group(msgspec.Struct):
    metadata: _Name = msgspec.field(default_factory=_Name)
    versions: tuple[_Version, ...] = ()


# --- the form of old


class _Listed(msgspec.Struct, rename="camel"):
    name: str
    kind: str = ""
    singular_name: str = ""
    namespaced: bool = True
    verbs: tuple[str, ...] = ()
    short_names: tuple[str, ...] = ()


class _ResourceList(msgspec.Struct):
    resources: tuple[_Listed, ...] = ()


class _Preferred(msgspec.Struct, rename="camel"):
    group_version: str


class _GroupOfOld(msgspec.Struct, rename="camel"):
    name: str
    preferred_version: _Preferred


class _Document(msgspec.Struct):
    """Either form of /apis and /api: which one came, its fields tell."""

    kind: str = ""
    items: tuple[_Group, ...] = ()
    groups: tuple[_GroupOfOld, ...] = ()


_document = msgspec.json.Decoder(_Document)
_resources = msgspec.json.Decoder(_ResourceList)


def served(read: Callable[[str, str], bytes]) -> Served:
    """All that is served; `read(path, accept)` gives the body of a discovery document.

    Raises what `read` raises for the core group, and msgspec.DecodeError. A group whose own server is down is left
    out, as kubectl leaves it out.
    """
    found: list[Resource] = []
    for root in ("/api", "/apis"):
        document = decoded(_document, read(root, AGGREGATED))
        if document.kind == "APIGroupDiscoveryList":
            found += _aggregated(document.items)
        elif root == "/api":
            found += _of_old(read("/api/v1", "application/json"), "", "v1")
        else:
            for group in document.groups:
                name, _, version = group.preferred_version.group_version.rpartition("/")
                try:
                    body = read(f"/apis/{name}/{version}", "application/json")
                except NotFound:
                    continue
                found += _of_old(body, name, version)
    return Served(tuple(found))


def _aggregated(groups: Iterable[_Group]) -> Iterator[Resource]:
    for group in groups:
        seen: set[str] = set()
        # The version that the server prefers comes first; a kind may be in a later one alone.
        for version in group.versions:
            for one in version.resources:
                if "list" in one.verbs and one.resource not in seen:
                    seen.add(one.resource)
                    yield Resource(
                        plural=one.resource,
                        singular=one.singular_resource or one.response_kind.kind.lower(),
                        kind=one.response_kind.kind,
                        group=group.metadata.name,
                        version=version.version,
                        short_names=one.short_names,
                        namespaced=one.scope == "Namespaced",
                    )


def _of_old(body: bytes, group: str, version: str) -> Iterator[Resource]:
    for one in decoded(_resources, body).resources:
        # A slash is a part of a kind, as in pods/log.
        if "list" in one.verbs and "/" not in one.name:
            yield Resource(
                plural=one.name,
                singular=one.singular_name or one.kind.lower(),
                kind=one.kind,
                group=group,
                version=version,
                short_names=one.short_names,
                namespaced=one.namespaced,
            )
