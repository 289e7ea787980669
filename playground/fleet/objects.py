"""A record for the kinds of which there are few: it knows its name and labels, and makes its JSON when asked."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from playground.fleet.pods import timestamp
from playground.fleet.template import dumps

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Object:
    """One object. `build` gives all of it but its metadata, anew at each question, so that counts are of now."""

    __slots__ = ("_build", "_fields", "_metadata", "labels", "name", "namespace")

    def __init__(
        self,
        kind: str,
        namespace: str,
        name: str,
        created: float,
        build: Callable[[], Mapping[str, Any]],
        *,
        labels: Mapping[str, str] = _NOTHING,
        annotations: Mapping[str, str] = _NOTHING,
        owner: Mapping[str, Any] | None = None,
        uid: str = "",
        generation: int = 0,
        fields: Mapping[str, str] = _NOTHING,
    ) -> None:
        self.namespace = namespace
        self.name = name
        self.labels = labels
        self._build = build
        self._fields = fields
        identity = uid or uid_of(kind, namespace, name)
        metadata: dict[str, Any] = {
            "name": name,
            "namespace": namespace,
            "uid": identity,
            "resourceVersion": str(10_000_000 + zlib.crc32(identity.encode()) % 900_000),
            "generation": generation,
            "creationTimestamp": timestamp(created),
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owner] if owner else None,
        }
        self._metadata = {key: dict(v) if isinstance(v, Mapping) else v for key, v in metadata.items() if v}

    @property
    def uid(self) -> str:
        return str(self._metadata["uid"])

    def field(self, name: str) -> str:
        match name:
            case "metadata.name":
                return self.name
            case "metadata.namespace":
                return self.namespace
            case _:
                return self._fields.get(name, "")

    def json(self) -> bytes:
        return dumps({"metadata": self._metadata, **self._build()})


def uid_of(kind: str, namespace: str, name: str) -> str:
    """The uid of an object, always the same for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{namespace}/{name}"))


def ordered(objects: Iterable[Object]) -> tuple[Object, ...]:
    return tuple(sorted(objects, key=lambda each: (each.namespace, each.name)))


def owner(api_version: str, kind: str, name: str, uid: str) -> dict[str, Any]:
    """An owner reference to a controller."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
