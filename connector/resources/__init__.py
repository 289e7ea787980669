"""The kinds that can be listed: columns are data, a row is plain values. A new kind is one new file."""

from collections.abc import Mapping

from connector.resources.configmaps import CONFIGMAPS
from connector.resources.cronjobs import CRONJOBS
from connector.resources.daemonsets import DAEMONSETS
from connector.resources.deployments import DEPLOYMENTS
from connector.resources.events import EVENTS
from connector.resources.horizontalpodautoscalers import HORIZONTALPODAUTOSCALERS
from connector.resources.ingresses import INGRESSES
from connector.resources.jobs import JOBS
from connector.resources.kind import Cell, Column, Health, Kind, Listing, Query, Row, allowing, named
from connector.resources.namespaces import NAMESPACES
from connector.resources.nodes import NODES
from connector.resources.persistentvolumeclaims import PERSISTENTVOLUMECLAIMS
from connector.resources.pods import PODS
from connector.resources.replicasets import REPLICASETS
from connector.resources.secrets import SECRETS
from connector.resources.services import SERVICES
from connector.resources.statefulsets import STATEFULSETS

__all__ = ["KINDS", "Cell", "Column", "Health", "Kind", "Listing", "Query", "Row", "allowing", "kind_named"]

KINDS: Mapping[str, Kind] = {
    kind.plural: kind
    for kind in (
        PODS,
        DEPLOYMENTS,
        SERVICES,
        NODES,
        EVENTS,
        NAMESPACES,
        STATEFULSETS,
        DAEMONSETS,
        REPLICASETS,
        JOBS,
        CRONJOBS,
        INGRESSES,
        PERSISTENTVOLUMECLAIMS,
        HORIZONTALPODAUTOSCALERS,
        CONFIGMAPS,
        SECRETS,
    )
}

_NAMES = named(KINDS.values())


def kind_named(word: str) -> Kind | None:
    """The kind that kubectl would take `word` for: pods, pod, po, deployments.apps …; in whatever case."""
    return _NAMES.get(word.lower())
