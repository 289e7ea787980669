"""Ingresses: which hosts they serve, and at which address once a controller has given them one.

The rules are those of printIngress in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, text
from connector.resources.wire import Metadata, Reader
from connector.resources.workload import NONE

_HOSTS_SHOWN = 3


class Rule(msgspec.Struct, gc=False):
    host: str = ""


class Tls(msgspec.Struct, gc=False):
    """Only whether there is one is shown."""


class Point(msgspec.Struct, gc=False):
    ip: str = ""
    hostname: str = ""


class LoadBalancer(msgspec.Struct):
    ingress: list[Point] | None = None


class IngressSpec(msgspec.Struct, rename="camel"):
    ingress_class_name: str | None = None
    rules: list[Rule] | None = None
    tls: list[Tls] | None = None


class IngressStatus(msgspec.Struct, rename="camel"):
    load_balancer: LoadBalancer = msgspec.field(default_factory=LoadBalancer)


class Ingress(msgspec.Struct):
    metadata: Metadata
    spec: IngressSpec = msgspec.field(default_factory=IngressSpec)
    status: IngressStatus = msgspec.field(default_factory=IngressStatus)


class IngressRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    ingress_class: str
    hosts: str
    address: str
    ports: str
    created: float
    health: Health


def row(one: Ingress) -> IngressRow:
    """What the columns need of an ingress."""
    spec = one.spec
    given = {point.ip or point.hostname for point in one.status.load_balancer.ingress or ()} - {""}
    settled = given and not one.metadata.deletion_timestamp
    return IngressRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        ingress_class=NONE if spec.ingress_class_name is None else spec.ingress_class_name,
        hosts=_hosts(spec.rules or []),
        address=",".join(sorted(given)),
        ports="80, 443" if spec.tls else "80",
        created=one.metadata.created,
        health=Health.HEALTHY if settled else Health.CHANGING,
    )


def _hosts(rules: list[Rule]) -> str:
    shown: list[str] = []
    more = False
    for rule in rules:
        # kubectl counts a rule without a host among the others once it has shown enough.
        more = more or len(shown) == _HOSTS_SHOWN
        if rule.host and not more:
            shown.append(rule.host)
    hosts = ",".join(shown) or "*"
    return f"{hosts} + {len(rules) - _HOSTS_SHOWN} more..." if more else hosts


INGRESSES = Kind(
    plural="ingresses",
    singular="ingress",
    name="Ingress",
    short_names=("ing",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("CLASS", lambda row: row.ingress_class),
        text("HOSTS", lambda row: row.hosts),
        text("ADDRESS", lambda row: row.address),
        text("PORTS", lambda row: row.ports),
        AGE,
        CREATED,
    ),
    changing="without an address or going",
    related=("services", "pods", "events"),
    read=Reader(Ingress, row),
    group="networking.k8s.io",
)
