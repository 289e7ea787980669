"""A Kubernetes object's JSON made fit to be shown: no secret's value, no copy of one, and no noise."""

import base64
import binascii
import re
from contextlib import suppress
from typing import Any

from connector.masking.marks import MARK, is_value, names_object
from connector.masking.names import names_secret
from connector.masking.text import masked_text

# Deeper than any schema, and well within what Python and the makers of YAML and JSON can follow.
_DEEPEST = 100
_TOO_DEEP = "[masked, nested too deep]"

_MARKED = re.compile(r"\[masked(?:, [\d,]+ bytes?)?\]")
# {"secrets": "10"} in a quota.
_COUNT = re.compile(r"\d{1,9}[kMG]?")
# It repeats all of the object as it was applied.
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# Bytes in base64; `data` is text in config maps.
_CODED = frozenset({"data", "binaryData"})
_SELECTORS = frozenset({"matchLabels", "selector", "nodeSelector"})
# Where a value is beside its name, {"name": "DB_PASSWORD", "value": "x"}, or below it, {"password": {"value": "x"}}.
_NAMED_BY = ("name", "key")
_VALUES = frozenset(
    {"value", "values", "default", "plaintext", "plain", "literal", "inline", "raw", "content"}
)
# A mapping that has one of these tells where secrets are; one that has none, below a plural, holds them.
_WHERE = frozenset(
    {"name", "namespace", "key", "kind", "type", "source", "provider", "path", "items", "enabled"}
)


def masked_object(obj: dict[str, Any]) -> dict[str, Any]:
    """A copy of an object's JSON with nothing in it that looks like a credential; a list is done item by item.

    Of a Secret, and of an object that does not say its kind, each value in `data` becomes its size. `managedFields` and
    kubectl's copy of the whole object are left out; every other key stays, and so do numbers and booleans. Takes any
    JSON, never raises, and replaces what is nested deeper than 100 levels.
    """
    masked: dict[str, Any] = _object(obj, _kind(obj), _DEEPEST)
    return masked


def _kind(obj: Any) -> str:
    kind = obj.get("kind") if isinstance(obj, dict) else None
    return kind if isinstance(kind, str) else ""


def _object(obj: Any, kind: str, depth: int) -> Any:
    """`kind` is what it says itself, or what the list says that it is in; "" when neither does."""
    if not isinstance(obj, dict) or depth <= 0:
        return _any(obj, depth)
    items = obj.get("items")
    if not kind.endswith("List") or not isinstance(items, list):
        return _mapping(obj, depth, of_secret=kind in {"", "Secret"})
    of = kind.removesuffix("List")
    done = [_object(item, of if of == "Secret" else _kind(item) or of, depth - 2) for item in items]
    return _mapping({**obj, "items": None}, depth) | {"items": done}


def _any(value: Any, depth: int, *, secret: bool = False, plural: bool = False) -> Any:
    """`secret`: the name above says so; `plural`: it says that there are several."""
    if isinstance(value, str):
        whole = secret and is_value(value) and not (plural and _COUNT.fullmatch(value))
        return MARK if whole else masked_text(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth <= 0:
        return _TOO_DEEP
    if isinstance(value, list):
        return _list(value, depth, secret=secret)
    return _mapping(value, depth, below=secret, holds=secret and plural and _WHERE.isdisjoint(value))


def _mapping(
    obj: dict[Any, Any], depth: int, *, of_secret: bool = False, below: bool = False, holds: bool = False
) -> dict[Any, Any]:
    """`below` a name of a secret its `value` is one too, and where it `holds` secrets all in it are."""
    of_secret = of_secret or _kind(obj) == "Secret"
    named = below or (not _VALUES.isdisjoint(obj) and any(_names_secret(obj.get(key)) for key in _NAMED_BY))
    masked: dict[Any, Any] = {}
    for key, value in obj.items():
        if key in _CODED or key == "stringData":
            masked[key] = (
                _sizes(value, coded=key in _CODED) if of_secret or key != "data" else _any(value, depth - 1)
            )
        elif key in _SELECTORS and _is_labels(value):
            # Labels that objects are found by are no secret by their names, and lead nowhere once they are masked.
            masked[key] = {name: masked_text(one) for name, one in value.items()}
        elif key == "metadata" and isinstance(value, dict):
            masked[key] = _any(_metadata(value, of_secret=of_secret), depth - 1)
        else:
            secret = (
                holds
                or (named and key in _VALUES)
                or (_names_secret(key) and not _is_reference(obj, key, value))
            )
            masked[key] = _any(value, depth - 1, secret=secret, plural=str(key).endswith("s"))
    return masked


def _list(items: list[Any], depth: int, *, secret: bool) -> list[Any]:
    masked, flag = [], False
    for item in items:
        # The flag and what it is given, as two: ["--password", "x"].
        given = flag and isinstance(item, str) and not item.startswith("-")
        masked.append(_any(item, depth - 1, secret=secret or given))
        flag = isinstance(item, str) and item.startswith("-") and "=" not in item and names_secret(item)
    return masked


def _is_labels(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in (*value, *value.values()))


def _names_secret(key: Any) -> bool:
    return isinstance(key, str) and names_secret(key)


def _is_reference(obj: dict[Any, Any], key: str, value: Any) -> bool:
    # An ExternalSecret has under `secretKey` the name of a key.
    return (isinstance(value, str) and names_object(key, value)) or (
        key == "secretKey" and "remoteRef" in obj
    )


def _metadata(metadata: dict[Any, Any], *, of_secret: bool) -> dict[Any, Any]:
    left = {key: value for key, value in metadata.items() if key != "managedFields"}
    annotations = left.get("annotations")
    if isinstance(annotations, dict):
        left["annotations"] = {
            # Tools besides kubectl keep copies of what they applied too, in JSON.
            key: _size(value) if of_secret and _is_copy(value) else value
            for key, value in annotations.items()
            if key != _LAST_APPLIED
        }
    return left


def _is_copy(value: Any) -> bool:
    return not isinstance(value, str) or value.lstrip().startswith(("{", "["))


def _sizes(data: Any, *, coded: bool) -> Any:
    if data is None:
        return None
    return {key: _size(value, coded=coded) for key, value in data.items()} if isinstance(data, dict) else MARK


def _size(value: Any, *, coded: bool = False) -> str:
    if not isinstance(value, str):
        return MARK
    if _MARKED.fullmatch(value):
        return value
    content = value.encode(errors="surrogatepass")
    if coded:
        with suppress(binascii.Error):
            content = base64.b64decode(content, validate=True)
    return f"[masked, {len(content):,} {'byte' if len(content) == 1 else 'bytes'}]"
