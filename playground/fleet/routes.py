"""How traffic finds pods: ingresses, and the endpoints of services, ready or not."""

from __future__ import annotations

from typing import Any

from playground.fleet.objects import Object, ordered, owner, uid_of
from playground.fleet.pods import Pod
from playground.fleet.population import Content
from playground.fleet.services import Service

# A slice holds so many addresses (--max-endpoints-per-slice of the controller manager).
_SLICE = 100


def endpoints(content: Content) -> tuple[Object, ...]:
    pods_of = _pods_of(content)

    def make(service: Service, pods: list[Pod]) -> Object:
        def build() -> dict[str, Any]:
            ports = [
                {"name": p["name"], "port": p["targetPort"], "protocol": p["protocol"]} for p in service.ports
            ]
            found: dict[str, Any] = {"ports": ports}
            for key, ready in (("addresses", True), ("notReadyAddresses", False)):
                if addresses := [_address(pod) for pod in pods if pod.ready is ready]:
                    found[key] = addresses
            return {"subsets": [found]} if len(found) > 1 and ports else {}

        labels = dict(service.labels) | {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
        return Object("Endpoints", service.namespace, service.name, service.created, build, labels=labels)

    return ordered(
        make(s, pods_of.get((s.namespace, s.name), [])) for s in content.services if s.kind != "ExternalName"
    )


def endpoint_slices(content: Content) -> tuple[Object, ...]:
    pods_of = _pods_of(content)
    zones = {node.name: node.zone for node in content.nodes}

    def make(service: Service, at: int, pods: list[Pod]) -> Object:
        def build() -> dict[str, Any]:
            found = [
                {
                    "addresses": [pod.ip],
                    "conditions": {"ready": pod.ready, "serving": pod.ready, "terminating": False},
                    "nodeName": pod.node[0],
                    "targetRef": _target(pod),
                    "zone": zones[pod.node[0]],
                }
                for pod in pods
            ]
            ports = [
                {"name": p["name"], "port": p["targetPort"], "protocol": p["protocol"]} for p in service.ports
            ]
            return {"addressType": "IPv4", "endpoints": found, "ports": ports}

        uid = uid_of("EndpointSlice", service.namespace, f"{service.name}/{at}")
        labels = dict(service.labels) | {
            "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            "kubernetes.io/service-name": service.name,
        }
        name = f"{service.name}-{uid[:5]}"
        belongs = owner("v1", "Service", service.name, uid_of("Service", service.namespace, service.name))
        return Object(
            "EndpointSlice",
            service.namespace,
            name,
            service.created,
            build,
            labels=labels,
            owner=belongs,
            uid=uid,
        )

    made = []
    for service in content.services:
        if service.kind != "ExternalName":
            pods = pods_of.get((service.namespace, service.name), [])
            made += [make(service, at, pods[at : at + _SLICE]) for at in range(0, max(1, len(pods)), _SLICE)]
    return ordered(made)


def ingresses(content: Content) -> tuple[Object, ...]:
    """One for each load-balanced service, reached or still waiting for its address as the service is."""

    def make(service: Service) -> Object:
        team = service.namespace

        def build() -> dict[str, Any]:
            target = {"service": {"name": service.name, "port": {"name": "https"}}}
            path = {"path": "/", "pathType": "Prefix", "backend": target}
            hosts = [f"{team}.example.com", f"api.{team}.example.com"]
            spec = {
                "ingressClassName": "alb",
                "tls": [{"hosts": hosts, "secretName": f"{team}-tls"}],
                "rules": [{"host": host, "http": {"paths": [path]}} for host in hosts],
            }
            name = service.load_balancer
            balancer = {"ingress": [{"hostname": name}]} if name else {}
            return {"spec": spec, "status": {"loadBalancer": balancer}}

        annotations = {
            "alb.ingress.kubernetes.io/scheme": "internet-facing",
            "alb.ingress.kubernetes.io/target-type": "ip",
        }
        return Object(
            *("Ingress", team, service.name, service.created, build),
            labels=service.labels,
            annotations=annotations,
            generation=1,
        )

    return ordered(make(service) for service in content.services if service.kind == "LoadBalancer")


def ingress_classes(content: Content) -> tuple[Object, ...]:
    body = {"spec": {"controller": "ingress.k8s.aws/alb"}}
    return (Object("IngressClass", "", "alb", content.born, lambda: body, generation=1),)


def _pods_of(content: Content) -> dict[tuple[str, str], list[Pod]]:
    """The pods that a service of that namespace and name selects: it selects by the label `app`."""
    return {
        (w.namespace, w.name): [
            pod for pod in w.all_pods if pod.state.scheduled and pod.state.phase == "Running"
        ]
        for w in content.workloads
        if w.owner_kind != "Job"
    }


def _target(pod: Pod) -> dict[str, str]:
    return {"kind": "Pod", "namespace": pod.namespace, "name": pod.name, "uid": pod.uid_text}


def _address(pod: Pod) -> dict[str, Any]:
    return {"ip": pod.ip, "nodeName": pod.node[0], "targetRef": _target(pod)}
