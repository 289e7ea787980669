"""What belongs to one workload, read from its namespace; each reading may fail for itself."""

from collections.abc import Iterable

import msgspec

from connector.api import Parameters
from connector.cluster import Cluster
from connector.decoding import OBJECT, decoded
from connector.description.fields import Json, part, parts, text
from connector.description.selectors import selector
from connector.errors import Failure, Forbidden, translated
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.objects import Ref
from connector.resources import KINDS, Row
from connector.resources.events import EventRow, folded
from connector.resources.wire import ListMeta
from connector.served import Resource

REVISION = "deployment.kubernetes.io/revision"
"""The annotation of a deployment and of its replica sets."""

_REVISIONS = Resource("controllerrevisions", "controllerrevision", "ControllerRevision", "apps")
# Of one list; a rollout is judged by its own numbers, whatever is beyond, which is told.
_MOST = 500


class _Page(msgspec.Struct):
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)


_page = msgspec.json.Decoder(_Page)


class Reading:
    """Reads around one workload, on behalf of one answer."""

    def __init__(
        self, cluster: Cluster, ref: Ref, obj: Json, deadline: Deadline, impersonate: Impersonate | None
    ) -> None:
        self._cluster = cluster
        self._ref = ref
        self._obj = obj
        self._deadline = deadline
        self._impersonate = impersonate
        self.missing: list[str] = []
        """What could not be read, and why."""

    def replica_sets(self) -> list[Json]:
        """Those of a deployment, the newest revision first."""
        found = self._owned(KINDS["replicasets"].resource, "replica sets", text(self._obj, "metadata", "uid"))
        return sorted(found, key=revision_of, reverse=True)

    def controller_revisions(self) -> list[Json]:
        """Those of a stateful set or a daemon set, the newest first."""
        found = self._owned(_REVISIONS, "controller revisions", text(self._obj, "metadata", "uid"))
        return sorted(found, key=revision_of, reverse=True)

    def pods(self, owner: str) -> list[tuple[Row, Json]]:
        """The pods that the object with this uid has made, each as its row and as it is; not masked."""
        kind = KINDS["pods"]
        body = self._body(kind.resource, "pods", self._labelled)
        if body is None:
            return []
        with translated(action="list pods", **self._cluster.api.facts):
            rows = list(kind.read(body)[1])
            items = parts(decoded(OBJECT, body), "items")
        return [pair for pair in zip(rows, items, strict=True) if _made_by(pair[1], owner)]

    def warnings(self) -> list[EventRow]:
        """The namespace's warnings, the newest first, the same told once; not masked."""
        kind = KINDS["events"]
        body = self._body(kind.resource, "events", {"fieldSelector": "type=Warning"})
        if body is None:
            return []
        with translated(action="list events", **self._cluster.api.facts):
            rows = [row for row in kind.read(body)[1] if isinstance(row, EventRow)]
        return sorted(folded(rows), key=lambda row: -row.last_seen)

    @property
    def _labelled(self) -> Parameters:
        return {"labelSelector": selector(part(self._obj, "spec", "selector"))}

    def _owned(self, resource: Resource, what: str, uid: str) -> Iterable[Json]:
        body = self._body(resource, what, self._labelled)
        if body is None:
            return ()
        with translated(action=f"list {resource.plural}", **self._cluster.api.facts):
            found = decoded(OBJECT, body)
        return [one for one in parts(found, "items") if _made_by(one, uid)]

    def _body(self, resource: Resource, what: str, query: Parameters) -> bytes | None:
        action = f"list {resource.plural}"
        try:
            body = self._cluster.api.get(
                action,
                resource.path(self._ref.namespace),
                self._deadline,
                query={"limit": _MOST, **query},
                impersonate=self._impersonate,
            )
            with translated(action=action, **self._cluster.api.facts):
                is_more = bool(decoded(_page, body).metadata.continue_)
        except Failure as failure:
            why = "forbidden" if isinstance(failure, Forbidden) else failure.what
            self.missing.append(f"{what}: {why}")
            return None
        if is_more:
            self.missing.append(f"{what}: only the first {_MOST} were read")
        return body


def _made_by(one: Json, uid: str) -> bool:
    return any(text(owner, "uid") == uid for owner in parts(one, "metadata", "ownerReferences"))


def revision_of(one: Json) -> int:
    """The number of the revision that a replica set or a controller revision stands for; 0 when it has none."""
    said = text(one, "metadata", "annotations", REVISION) or text(one, "revision")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 18 else 0
