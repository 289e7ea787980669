"""Services: where they are reached from inside and outside, as kubectl prints it.

The rules are those of printService in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

import msgspec

from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Health, Kind, text
from connector.resources.wire import Metadata, Reader

NONE = "<none>"
PENDING = "<pending>"


class Port(msgspec.Struct, rename="camel", gc=False):
    port: int = 0
    node_port: int = 0
    protocol: str = "TCP"


class Ingress(msgspec.Struct, gc=False):
    ip: str = ""
    hostname: str = ""


class LoadBalancer(msgspec.Struct):
    ingress: list[Ingress] | None = None


class ServiceSpec(msgspec.Struct, rename="camel"):
    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(name="clusterIP", default="")
    cluster_ips: list[str] | None = msgspec.field(name="clusterIPs", default=None)
    external_ips: list[str] | None = msgspec.field(name="externalIPs", default=None)
    external_name: str = ""
    ports: list[Port] | None = None


class ServiceStatus(msgspec.Struct, rename="camel"):
    load_balancer: LoadBalancer = msgspec.field(default_factory=LoadBalancer)


class Service(msgspec.Struct):
    metadata: Metadata
    spec: ServiceSpec = msgspec.field(default_factory=ServiceSpec)
    status: ServiceStatus = msgspec.field(default_factory=ServiceStatus)


class ServiceRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    type: str
    cluster_ip: str
    external_ip: str
    ports: str
    created: float
    health: Health


def row(service: Service) -> ServiceRow:
    """What the columns need of a service."""
    spec = service.spec
    external = _external(service)
    return ServiceRow(
        name=service.metadata.name,
        namespace=service.metadata.namespace,
        type=spec.type,
        cluster_ip=spec.cluster_ips[0] if spec.cluster_ips else spec.cluster_ip or NONE,
        external_ip=external,
        ports=",".join(_port(port) for port in spec.ports or ()) or NONE,
        created=service.metadata.created,
        health=Health.CHANGING if external == PENDING else Health.HEALTHY,
    )


def _port(port: Port) -> str:
    node = f":{port.node_port}" if port.node_port > 0 else ""
    return f"{port.port}{node}/{port.protocol}"


def _external(service: Service) -> str:
    spec = service.spec
    own = spec.external_ips or []
    if spec.type in {"ClusterIP", "NodePort"}:
        return ",".join(own) or NONE
    if spec.type == "LoadBalancer":
        given = {one.ip or one.hostname for one in service.status.load_balancer.ingress or ()} - {""}
        return ",".join([*sorted(given), *own]) or PENDING
    return spec.external_name if spec.type == "ExternalName" else "<unknown>"


SERVICES = Kind(
    plural="services",
    singular="service",
    name="Service",
    short_names=("svc",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("TYPE", lambda row: row.type),
        text("CLUSTER-IP", lambda row: row.cluster_ip),
        text("EXTERNAL-IP", lambda row: row.external_ip),
        text("PORT(S)", lambda row: row.ports),
        AGE,
        CREATED,
    ),
    related=("pods", "ingresses", "deployments", "events"),
    read=Reader(Service, row),
)
