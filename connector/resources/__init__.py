"""The kinds that can be listed: columns are data, a row is plain values. A new kind is one new file."""

from collections.abc import Mapping

from connector.resources.deployments import DEPLOYMENTS
from connector.resources.kind import Cell, Column, Health, Kind, Listing, Query, Row, allowing, named
from connector.resources.nodes import NODES
from connector.resources.pods import PODS
from connector.resources.services import SERVICES

__all__ = ["KINDS", "Cell", "Column", "Health", "Kind", "Listing", "Query", "Row", "allowing", "kind_named"]

KINDS: Mapping[str, Kind] = {kind.plural: kind for kind in (PODS, DEPLOYMENTS, SERVICES, NODES)}

_NAMES = named(KINDS.values())


def kind_named(word: str) -> Kind | None:
    """The kind that kubectl would take `word` for: pods, pod, po, deployments.apps …; in whatever case."""
    return _NAMES.get(word.lower())
