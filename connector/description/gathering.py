"""Reading what a description needs besides its object: events, owners, pods, endpoints; each may fail for itself."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.api import Parameters
from connector.cluster import Cluster
from connector.decoding import OBJECT, decoded
from connector.description.described import described, owners
from connector.description.fields import Json, part, parts, text
from connector.description.judged import rows
from connector.description.selectors import selector
from connector.description.services import SERVICE_OF, backends
from connector.description.told import Further
from connector.description.values import Description, Link
from connector.errors import Failure, Forbidden, NotFound, translated
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.masking import masked_object
from connector.resources import KINDS, allowing
from connector.resources.events import EventRow, folded
from connector.served import Resource
from connector.words import clean

MOST = 500
"""Objects of one list that is read besides; what is beyond is said to be left out."""
_LONGEST_CHAIN = 5
_MOST_BACKENDS = 20

_EVENTS = KINDS["events"]
_PODS = KINDS["pods"].resource

_SLICES = Resource("endpointslices", "endpointslice", "EndpointSlice", "discovery.k8s.io")
_VOLUMES = Resource("persistentvolumes", "persistentvolume", "PersistentVolume", namespaced=False)
_QUOTAS = Resource("resourcequotas", "resourcequota", "ResourceQuota")
_LIMITS = Resource("limitranges", "limitrange", "LimitRange")


def describe(
    cluster: Cluster,
    resource: Resource,
    obj: dict[str, Any],
    deadline: Deadline,
    *,
    namespaces: tuple[str, ...] = (),
    impersonate: Impersonate | None = None,
) -> Description:
    """What kubectl would tell of `obj`, which is masked already; what is read besides is masked here.

    `namespaces` are the patterns of those that may be seen: of a node's pods no others are told. What cannot be read
    is named in `missing`, so this raises nothing.
    """
    reading = _Reading(cluster, deadline, namespaces, impersonate)
    further = _GATHERED.get((resource.group, resource.kind), _nothing)(reading, obj)
    further = replace(
        further,
        owners=reading.chain(obj),
        events=() if resource.kind == "Event" else reading.events(resource, obj),
    )
    return described(resource, obj, replace(further, missing=tuple(reading.missing)), now=time.time())


class _Reading:
    """Further readings on behalf of one description, and what came of those that failed."""

    def __init__(
        self,
        cluster: Cluster,
        deadline: Deadline,
        namespaces: tuple[str, ...],
        impersonate: Impersonate | None,
    ) -> None:
        self._cluster = cluster
        self._deadline = deadline
        self._impersonate = impersonate
        self.sees_all = not namespaces
        self.allowed = allowing(namespaces)
        self.missing: list[str] = []

    def all(
        self, what: str, resource: Resource, namespace: str | None, **query: str
    ) -> tuple[Json, ...] | None:
        """The first objects of a list, not masked; None when they cannot be read, and for `what` that is noted."""
        body = self._body(
            what, f"list {resource.plural}", resource, namespace, None, {"limit": MOST, **query}
        )
        if body is None:
            return None
        if text(body, "metadata", "continue"):
            self.missing.append(f"{what}: only the first {MOST} were read")
        return tuple(parts(body, "items"))

    def one(self, what: str, resource: Resource, namespace: str | None, name: str) -> Json | None:
        """The object of that name, masked."""
        body = self._body(what, f"get {resource.plural}", resource, namespace, name, {})
        return None if body is None else masked_object(body)

    def _body(
        self,
        what: str,
        action: str,
        resource: Resource,
        namespace: str | None,
        name: str | None,
        query: Parameters,
    ) -> Json | None:
        try:
            path = resource.path(namespace, name)
            body = self._cluster.api.get(
                action, path, self._deadline, query=query, impersonate=self._impersonate
            )
            with translated(action=action, **self._cluster.api.facts):
                return decoded(OBJECT, body)
        except Failure as failure:
            self.missing.append(f"{what}: {_why(failure)}")
            return None

    def events(self, resource: Resource, obj: Json) -> tuple[EventRow, ...]:
        """Those about this very object, and not about another that had its name before; newest first."""
        name, namespace = text(obj, "metadata", "name"), text(obj, "metadata", "namespace") or None
        if not name:
            return ()
        selector = f"involvedObject.kind={_escaped(resource.kind)},involvedObject.name={_escaped(name)}"
        found = self.all("events", _EVENTS.resource, namespace, fieldSelector=selector) or ()
        # The kubelet calls a node by its name alone.
        own = {text(obj, "metadata", "uid"), "", name}
        about = [
            masked_object(one)
            for one in found
            if text(one, "involvedObject", "uid") in own
            and text(one, "involvedObject", "namespace") == (namespace or "")
        ]
        told = folded(one for one in rows(_EVENTS, about) if isinstance(one, EventRow))
        return tuple(sorted(told, key=lambda event: -event.last_seen))

    def chain(self, obj: Json) -> tuple[Link, ...]:
        """Who made it, who made that one, and so on, as far as that can be read; other owners of its own at the end."""
        links: list[Link] = []
        others: tuple[Link, ...] = ()
        at: Json | None = obj
        while at is not None and len(links) < _LONGEST_CHAIN and (found := owners(at)):
            if not links:
                others = found[1:]
            link, at = self._owner(found[0])
            if link in links:
                break
            links.append(link)
        return (*links, *others)

    def _owner(self, link: Link) -> tuple[Link, Json | None]:
        what = f"{link.kind} {clean(link.name, 80)}"
        try:
            resource = self._cluster.served(self._deadline, self._impersonate).named(link.word)
        except Failure as failure:
            self.missing.append(f"{what}: {_why(failure)}")
            return link, None
        if resource is None:
            return link, None
        if not resource.namespaced:
            # Nobody who may see some namespaces alone is to see it, and it is where chains end.
            return replace(link, namespace=None), None
        return link, self.one(what, resource, link.namespace, link.name)


def _why(failure: Failure) -> str:
    match failure:
        case Forbidden():
            return "forbidden"
        case NotFound():
            return "not there"
        case _:
            return failure.what


def _escaped(value: str) -> str:
    # https://pkg.go.dev/k8s.io/apimachinery/pkg/fields#EscapeValue
    return re.sub(r"([\\,=])", r"\\\1", value)


# --- what each kind needs


def _nothing(_reading: _Reading, _obj: Json) -> Further:
    return Further()


def _place(obj: Json) -> str | None:
    return text(obj, "metadata", "namespace") or None


def _owned(found: tuple[Json, ...] | None, *uids: str) -> tuple[Json, ...] | None:
    """Those that one of these has made: others may carry the same labels."""
    if found is None:
        return None
    return tuple(
        one
        for one in found
        if any(text(owner, "uid") in uids for owner in parts(one, "metadata", "ownerReferences"))
    )


def _selected(reading: _Reading, what: str, resource: Resource, obj: Json) -> tuple[Json, ...] | None:
    labels = selector(part(obj, "spec", "selector"))
    return reading.all(what, resource, _place(obj), labelSelector=labels) if labels else ()


def _deployment(reading: _Reading, obj: Json) -> Further:
    uid = text(obj, "metadata", "uid")
    sets = _owned(_selected(reading, "replica sets", KINDS["replicasets"].resource, obj), uid)
    found = _selected(reading, "pods", _PODS, obj)
    made_by = [text(one, "metadata", "uid") for one in sets or ()]
    return Further(
        # Masked as the deployment is, for their templates are compared.
        replica_sets=None if sets is None else tuple(map(masked_object, sets)),
        pods=found if sets is None else _owned(found, *made_by),
    )


def _workload(reading: _Reading, obj: Json) -> Further:
    return Further(pods=_owned(_selected(reading, "pods", _PODS, obj), text(obj, "metadata", "uid")))


def _cron_job(reading: _Reading, obj: Json) -> Further:
    found = reading.all("jobs", KINDS["jobs"].resource, _place(obj))
    return Further(jobs=_owned(found, text(obj, "metadata", "uid")))


def _service(reading: _Reading, obj: Json) -> Further:
    name = text(obj, "metadata", "name")
    if text(obj, "spec", "type") == "ExternalName":
        return Further()
    return Further(
        slices=reading.all("endpoints", _SLICES, _place(obj), labelSelector=f"{SERVICE_OF}={name}")
    )


def _ingress(reading: _Reading, obj: Json) -> Further:
    names = backends(obj)[:_MOST_BACKENDS]
    if not names:
        return Further()
    labels = f"{SERVICE_OF} in ({','.join(names)})"
    return Further(slices=reading.all("endpoints", _SLICES, _place(obj), labelSelector=labels))


def _node(reading: _Reading, obj: Json) -> Further:
    name = text(obj, "metadata", "name")
    there = f"spec.nodeName={_escaped(name)},status.phase!=Succeeded,status.phase!=Failed"
    found = reading.all("pods", _PODS, None, fieldSelector=there)
    if found is None or reading.sees_all:
        return Further(pods=found)
    seen = tuple(one for one in found if reading.allowed(_place(one)))
    if len(seen) < len(found):
        reading.missing.append("pods: those of other namespaces are not counted")
    return Further(pods=seen)


def _claim(reading: _Reading, obj: Json) -> Further:
    name = text(obj, "spec", "volumeName")
    return Further(
        pods=reading.all("pods", _PODS, _place(obj)),
        # It is in no namespace, so it is for those who may see all of them.
        volume=reading.one("volume", _VOLUMES, None, name) if name and reading.sees_all else None,
    )


def _namespace(reading: _Reading, obj: Json) -> Further:
    name = text(obj, "metadata", "name")
    if not reading.allowed(name):
        return Further()
    return Further(
        quotas=reading.all("resource quotas", _QUOTAS, name),
        limits=reading.all("limit ranges", _LIMITS, name),
    )


_GATHERED: Mapping[tuple[str, str], Callable[[_Reading, Json], Further]] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _workload,
    ("apps", "StatefulSet"): _workload,
    ("apps", "DaemonSet"): _workload,
    ("batch", "Job"): _workload,
    ("batch", "CronJob"): _cron_job,
    ("", "Service"): _service,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("", "Node"): _node,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Namespace"): _namespace,
}
