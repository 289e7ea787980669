"""What leads to pods: services with their endpoints, and ingresses with the services behind them.

The forms are those of describeService and describeIngressV1 in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubectl/pkg/describe/describe.go
"""

from collections.abc import Iterator

from connector.description.facts import counted, said, seconds, section
from connector.description.fields import Json, at, flag, number, part, parts, text, texts
from connector.description.selectors import plain
from connector.description.told import Further, Told
from connector.description.values import Fact, Link, Section
from connector.resources import Cell

SERVICE_OF = "kubernetes.io/service-name"
"""Label of an endpoint slice: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"""
_MOST_SHOWN = 3
NONE = "<none>"


def service(obj: Json, further: Further, _now: float) -> Told:
    return Told(
        facts=tuple(_reached(obj, further)),
        selector=plain(part(obj, "spec", "selector")),
        sections=(*_ports(obj, further), *_endpoints(further)),
    )


def _reached(obj: Json, further: Further) -> Iterator[Fact]:
    spec = part(obj, "spec")
    kind = text(spec, "type")
    yield from said("Type", kind)
    yield from said("IP family policy", text(spec, "ipFamilyPolicy"))
    yield from said("IP families", *texts(spec, "ipFamilies"))
    yield from said("IP", *(texts(spec, "clusterIPs") or [text(spec, "clusterIP")]))
    yield from said("External IPs", *texts(spec, "externalIPs"))
    yield from said("Desired load balancer IP", text(spec, "loadBalancerIP"))
    yield from said("External name", text(spec, "externalName"))
    yield from said("Load balancer", *_addresses(obj))
    if kind == "LoadBalancer" and not _addresses(obj):
        yield from said("Load balancer", "<pending>")
    yield from said("Load balancer class", text(spec, "loadBalancerClass"))
    yield from said("Source ranges", *texts(spec, "loadBalancerSourceRanges"))
    yield from said("Session affinity", text(spec, "sessionAffinity"))
    lasts = number(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds")
    yield from seconds("Session affinity lasts", lasts)
    yield from said("External traffic policy", text(spec, "externalTrafficPolicy"))
    yield from said("Internal traffic policy", text(spec, "internalTrafficPolicy"))
    yield from said("Traffic distribution", text(spec, "trafficDistribution"))
    yield from counted("Health check node port", number(spec, "healthCheckNodePort") or None)
    unready = flag(spec, "publishNotReadyAddresses")
    yield from said("Publishes pods that are not ready", "true" if unready else "")
    if further.slices is not None:
        found = [one for each in further.slices for one in parts(each, "endpoints")]
        # Where there are two families of addresses, a pod is in a slice of each.
        there, ready = ({_who(one) for one in some} for some in (found, filter(_is_ready, found)))
        yield from said("Ready endpoints", f"{len(ready)} of {len(there)}")


def _who(endpoint: Json) -> str:
    return text(endpoint, "targetRef", "name") or ", ".join(texts(endpoint, "addresses"))


def _addresses(obj: Json) -> list[str]:
    """Where it is reached from outside, by the load balancer that it was given."""
    found = parts(obj, "status", "loadBalancer", "ingress")
    return [address for one in found if (address := text(one, "ip") or text(one, "hostname"))]


def _is_ready(endpoint: Json) -> bool:
    # What is not said is true: https://pkg.go.dev/k8s.io/api/discovery/v1#EndpointConditions
    return at(endpoint, "conditions", "ready") is not False


def _ports(obj: Json, further: Further) -> Iterator[Section]:
    def row(port: Json) -> tuple[Cell, ...]:
        protocol = text(port, "protocol") or "TCP"
        return tuple(
            map(
                Cell,
                (
                    text(port, "name"),
                    f"{text(port, 'port')}/{protocol}",
                    f"{text(port, 'targetPort') or text(port, 'port')}/{protocol}",
                    f"{node}/{protocol}" if (node := number(port, "nodePort")) else "",
                    ready(further.slices, text(port, "name")),
                ),
            )
        )

    headers = ("NAME", "PORT", "TARGET", "NODE PORT", "ENDPOINTS")
    return section("Ports", headers, map(row, parts(obj, "spec", "ports")))


def ready(slices: tuple[Json, ...] | None, port: str | None, of: str = "") -> str:
    """The first addresses that are ready at the port of that name, of one service or of all.

    `port` None: at the only one there is; where there are several, the addresses alone.
    """
    if slices is None:
        return ""
    found = [
        address + at_port
        for each in slices
        if not of or text(each, "metadata", "labels", SERVICE_OF) == of
        for at_port in _at(parts(each, "ports"), port)
        for one in parts(each, "endpoints")
        if _is_ready(one)
        for address in texts(one, "addresses")
    ]
    if not found:
        return NONE
    more = f" + {len(found) - _MOST_SHOWN} more..." if len(found) > _MOST_SHOWN else ""
    return ",".join(found[:_MOST_SHOWN]) + more


def _at(open_: list[Json], port: str | None) -> list[str]:
    if port is None and len(open_) > 1:
        return [""]
    return [f":{text(one, 'port')}" for one in open_ if port is None or text(one, "name") == port]


def _endpoints(further: Further) -> Iterator[Section]:
    found = [one for each in further.slices or () for one in parts(each, "endpoints")]
    # Those that are missed first.
    found.sort(key=_is_ready)
    headers = ("ADDRESS", "READY", "POD", "NODE", "ZONE")
    rows = (
        tuple(
            map(
                Cell,
                (
                    ", ".join(texts(one, "addresses")),
                    _readiness(one),
                    text(one, "targetRef", "name"),
                    text(one, "nodeName"),
                    text(one, "zone"),
                ),
            )
        )
        for one in found
    )
    return section("Endpoints", headers, rows)


def _readiness(one: Json) -> str:
    if _is_ready(one):
        return "yes"
    return "no, terminating" if flag(one, "conditions", "terminating") else "no"


def ingress(obj: Json, further: Further, _now: float) -> Told:
    spec = part(obj, "spec")
    return Told(
        facts=tuple(_entrance(obj, further)),
        related=tuple(dict.fromkeys(_behind(obj))),
        sections=(*_rules(spec, further), *_certificates(spec)),
    )


def _entrance(obj: Json, further: Further) -> Iterator[Fact]:
    spec = part(obj, "spec")
    yield from said("Class", text(spec, "ingressClassName") or NONE)
    yield from said("Address", *(_addresses(obj) or ["<pending>"]))
    default = part(spec, "defaultBackend")
    yield from said("Default backend", _backend(default, further) if default else "<default>")


def _backend(backend: Json, further: Further) -> str:
    if found := part(backend, "service"):
        name = text(found, "name")
        port = text(found, "port", "name") or text(found, "port", "number")
        ends = ready(further.slices, text(found, "port", "name") or None, name)
        return f"{name}:{port} ({ends})" if ends else f"{name}:{port}"
    if found := part(backend, "resource"):
        return f"{text(found, 'kind')}/{text(found, 'name')}"
    return NONE


def _rules(spec: Json, further: Further) -> Iterator[Section]:
    rows = (
        tuple(
            map(
                Cell,
                (
                    text(rule, "host") or "*",
                    text(path, "path") or "/",
                    text(path, "pathType"),
                    _backend(part(path, "backend"), further),
                ),
            )
        )
        for rule in parts(spec, "rules")
        for path in parts(rule, "http", "paths")
    )
    return section("Rules", ("HOST", "PATH", "TYPE", "BACKEND"), rows)


def _certificates(spec: Json) -> Iterator[Section]:
    rows = (
        (Cell(text(one, "secretName") or NONE), Cell(", ".join(texts(one, "hosts"))))
        for one in parts(spec, "tls")
    )
    return section("TLS", ("SECRET", "HOSTS"), rows)


def backends(obj: Json) -> tuple[str, ...]:
    """The names of the services behind an ingress, each once."""
    found = [text(obj, "spec", "defaultBackend", "service", "name")]
    found += [
        text(path, "backend", "service", "name")
        for rule in parts(obj, "spec", "rules")
        for path in parts(rule, "http", "paths")
    ]
    return tuple(name for name in dict.fromkeys(found) if name)


def _behind(obj: Json) -> Iterator[Link]:
    namespace = text(obj, "metadata", "namespace") or None
    for name in backends(obj):
        yield Link("Service", name, namespace, role="service")
    for one in parts(obj, "spec", "tls"):
        if name := text(one, "secretName"):
            yield Link("Secret", name, namespace, role="certificate")
    if name := text(obj, "spec", "ingressClassName"):
        yield Link("IngressClass", name, None, "networking.k8s.io", "class")
