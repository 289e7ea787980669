"""The tables of what pods are reached through: services, endpoints, ingresses."""

from __future__ import annotations

from typing import Any

from playground.kubernetes.tables.text import NONE, Body, Printer, age, columns, pairs

_ENDPOINTS_SHOWN = 3


def _ports(spec: Body) -> str:
    return (
        ",".join(
            f"{port['port']}{':' + str(port['nodePort']) if port.get('nodePort') else ''}/{port['protocol']}"
            for port in spec.get("ports", [])
        )
        or NONE
    )


def _service(body: Body, now: float) -> list[Any]:
    spec = body["spec"]
    kind = spec["type"]
    outside = list(spec.get("externalIPs", []))
    if kind == "LoadBalancer":
        ingress = body["status"].get("loadBalancer", {}).get("ingress", [])
        outside = [each.get("ip") or each.get("hostname", "") for each in ingress] + outside
    external = ",".join(outside) or ("<pending>" if kind == "LoadBalancer" else NONE)
    if kind == "ExternalName":
        external = spec["externalName"]
    addresses = spec.get("clusterIPs") or [spec.get("clusterIP") or NONE]
    name = body["metadata"]["name"]
    return [name, kind, addresses[0], external, _ports(spec), age(body, now), pairs(spec.get("selector"))]


def _some(items: list[str]) -> str:
    shown = ",".join(items[:_ENDPOINTS_SHOWN])
    more = len(items) - _ENDPOINTS_SHOWN
    return (f"{shown} + {more} more..." if more > 0 else shown) or NONE


def _endpoints(body: Body, now: float) -> list[Any]:
    addresses = [
        f"{address['ip']}:{port['port']}"
        for subset in body.get("subsets", [])
        for port in subset["ports"]
        for address in subset.get("addresses", [])
    ]
    return [body["metadata"]["name"], _some(addresses), age(body, now)]


def _endpoint_slice(body: Body, now: float) -> list[Any]:
    ports = _some([str(port["port"]) for port in body.get("ports") or []])
    addresses = _some([address for each in body["endpoints"] or [] for address in each["addresses"]])
    kind = body["addressType"]
    return [body["metadata"]["name"], kind, "<unset>" if ports == NONE else ports, addresses, age(body, now)]


def _ingress(body: Body, now: float) -> list[Any]:
    spec = body["spec"]
    hosts = [rule.get("host") or "*" for rule in spec.get("rules", [])]
    addresses = [each["hostname"] for each in body["status"]["loadBalancer"].get("ingress", [])]
    return [
        body["metadata"]["name"],
        spec.get("ingressClassName") or NONE,
        ",".join(hosts) or "*",
        ",".join(addresses),
        "80, 443" if spec.get("tls") else "80",
        age(body, now),
    ]


def _ingress_class(body: Body, now: float) -> list[Any]:
    return [body["metadata"]["name"], body["spec"]["controller"], NONE, age(body, now)]


PRINTERS = {
    "Service": Printer(
        columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", wide=("Selector",)), _service
    ),
    "Endpoints": Printer(columns("Name", "Endpoints", "Age"), _endpoints),
    "EndpointSlice": Printer(columns("Name", "AddressType", "Ports", "Endpoints", "Age"), _endpoint_slice),
    "Ingress": Printer(columns("Name", "Class", "Hosts", "Address", "Ports", "Age"), _ingress),
    "IngressClass": Printer(columns("Name", "Controller", "Parameters", "Age"), _ingress_class),
}
