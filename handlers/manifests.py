"""Kubernetes objects as text: YAML and JSON as kubectl writes them, one object or a List of many.

What is written here is read again by kubectl, whose YAML is not quite Python's: see `_AMBIGUOUS`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import yaml

try:
    # libyaml writes ten times as fast; a PyYAML that was built without it has only its own.
    from yaml import CSafeDumper as _Base
except ImportError:
    from yaml import SafeDumper as _Base  # type: ignore[assignment]

LARGEST = 20_000_000
"""Bytes of one file, about: what a person still opens, and Slack takes at once."""

# A manifest says first what it is.
_FIRST = ("apiVersion", "kind", "metadata")
# Texts that stand for something else in YAML 1.1 as Go reads it, or in 1.2, and that PyYAML writes without quotes: a
# commit like 5e12345 would come back as a number, a flag like y as true.
_AMBIGUOUS = re.compile(
    r"[-+]?(\.\d+|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?|[-+]?0[xXoObB]?[\da-fA-F_]+|[yYnN]|[-+]?\.(inf|nan)",
    re.IGNORECASE,
)
_WIDE = 2**31 - 1


class _Dumper(_Base):
    """Block style throughout, no anchors, texts of several lines as they read."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else "'" if _AMBIGUOUS.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(value: Any) -> str:
    """One object, or a list of them; what reads it gets the same values back."""
    text: str = yaml.dump(
        _ordered(value),
        Dumper=_Dumper,
        default_flow_style=False,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDE,
    )
    # libyaml ends a document of its own accord behind some texts; more may follow here.
    return text.removesuffix("\n...\n") + "\n" if text.endswith("\n...\n") else text


def as_json(value: Any) -> str:
    """One object, indented."""
    return msgspec.json.format(msgspec.json.encode(_ordered(value)), indent=2).decode() + "\n"


def _ordered(value: Any, *, top: bool = True) -> Any:
    """Keys as kubectl has them, by name, but for what an object says first."""
    if isinstance(value, dict):
        first = [key for key in _FIRST if top and key in value]
        rest = sorted(key for key in value if key not in first)
        return {key: _ordered(value[key], top=False) for key in (*first, *rest)}
    if isinstance(value, list):
        return [_ordered(one, top=top) for one in value]
    return value


class Manifests(ABC):
    """A List that grows object by object, up to LARGEST."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._size = 0

    def take(self, obj: dict[str, Any]) -> bool:
        """Whether there was room for it."""
        part = self._written(obj)
        self._size += len(part.encode())
        if self._size > LARGEST and self._parts:
            return False
        self._parts.append(part)
        return True

    @property
    def text(self) -> str:
        return self._whole(self._parts)

    @abstractmethod
    def _written(self, obj: dict[str, Any]) -> str: ...

    @abstractmethod
    def _whole(self, parts: list[str]) -> str: ...


class YamlManifests(Manifests):
    def _written(self, obj: dict[str, Any]) -> str:
        return as_yaml([obj])

    def _whole(self, parts: list[str]) -> str:
        return "".join(["apiVersion: v1\nkind: List\nitems:", *(["\n", *parts] if parts else [" []\n"])])


class JsonManifests(Manifests):
    def _written(self, obj: dict[str, Any]) -> str:
        # No text of JSON holds a bare line break, so these are all between its parts.
        return as_json(obj).rstrip("\n").replace("\n", "\n" + " " * 4)

    def _whole(self, parts: list[str]) -> str:
        items = ",\n".join(" " * 4 + part for part in parts)
        return '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": ' + (
            f"[\n{items}\n  ]\n}}\n" if parts else "[]\n}\n"
        )


FORMS: Mapping[str, Callable[[], Manifests]] = {"yaml": YamlManifests, "json": JsonManifests}
"""By what `-o` calls them."""
