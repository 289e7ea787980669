"""In which form a caller wants an answer: plain JSON, a table, or aggregated discovery, by the Accept header."""

from __future__ import annotations

from typing import Literal

from playground.kubernetes.status import not_acceptable

Form = Literal["plain", "table", "aggregated"]

_TABLE = {"as": "Table", "g": "meta.k8s.io", "v": "v1"}
_AGGREGATED = {"as": "APIGroupDiscoveryList", "g": "apidiscovery.k8s.io", "v": "v2"}
_PLAIN_TYPES = frozenset({"application/json", "application/*", "*/*"})


def form(accept: str, *special: Form) -> Form:
    """The first form in the header that can be had here: plain JSON, or one of `special`; raises the 406."""
    for entry in (accept or "*/*").split(","):
        kind, *rest = (part.strip() for part in entry.split(";"))
        parameters = dict(part.partition("=")[::2] for part in rest)
        wanted = {key: parameters[key] for key in ("as", "g", "v") if key in parameters}
        if not wanted:
            # A stream of watch events is JSON all the same.
            if kind in _PLAIN_TYPES:
                return "plain"
        elif kind == "application/json":
            if wanted == _TABLE and "table" in special:
                return "table"
            if wanted == _AGGREGATED and "aggregated" in special:
                return "aggregated"
    raise not_acceptable()
