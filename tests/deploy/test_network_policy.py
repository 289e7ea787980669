"""Who may speak to whom: nothing but what the bot needs, and the metadata service never."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from tests.deploy.rendered import Object, Rendered, overlay

METADATA = ("169.254.169.254", "fd00:ec2::254")


def _rules(rendered: Rendered, component: str, way: str) -> Iterator[Object]:
    for policy in rendered.of("NetworkPolicy"):
        spec = policy["spec"]
        if spec["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == component:
            yield from spec.get(way, [])


def _reaches(rule: Object, address: str, port: int) -> bool:
    """Whether a rule for addresses lets `address` on `port` through."""
    if port not in [found["port"] for found in rule["ports"]]:
        return False
    for peer in rule["to"]:
        block = peer.get("ipBlock")
        if block is None:
            continue
        inside = ip_address(address) in ip_network(block["cidr"])
        if inside and not any(ip_address(address) in ip_network(left) for left in block.get("except", [])):
            return True
    return False


def _may(rendered: Rendered, address: str, port: int) -> bool:
    return any(_reaches(rule, address, port) for rule in _rules(rendered, "bot", "egress"))


def test_every_pod_is_under_a_policy_for_both_ways(rendered: Rendered) -> None:
    for found in rendered.of("Deployment"):
        labels = found["spec"]["template"]["metadata"]["labels"]
        ways = {
            way
            for policy in rendered.of("NetworkPolicy")
            if policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
            for way in policy["spec"]["policyTypes"]
        }
        assert ways == {"Ingress", "Egress"}


def test_no_rule_is_open_to_everybody_or_on_every_port(rendered: Rendered) -> None:
    for policy in rendered.of("NetworkPolicy"):
        spec = policy["spec"]
        for rule in spec.get("ingress", []):
            assert rule["from"]
            assert {"ipBlock": {"cidr": "0.0.0.0/0"}} not in rule["from"]
            assert rule["ports"]
        for rule in spec.get("egress", []):
            assert rule["to"]
            assert rule["ports"]


def test_slack_aws_and_clusters_are_reached_over_https_and_nothing_else(rendered: Rendered) -> None:
    # Addresses of the documentation ranges, and a cluster's private endpoint.
    for address in ("192.0.2.10", "2001:db8::10", "10.0.12.34"):
        assert _may(rendered, address, 443)
        for port in (22, 80, 8080, 6443):
            assert not _may(rendered, address, port)


def test_the_nodes_metadata_service_is_not_reached_but_pod_identity_is(rendered: Rendered) -> None:
    for address in METADATA:
        assert not any(_may(rendered, address, port) for port in (80, 443))
    for address in ("169.254.170.23", "fd00:ec2::23"):
        assert _may(rendered, address, 80)


def test_names_are_asked_for_within_the_cluster(rendered: Rendered) -> None:
    (rule,) = [
        rule for rule in _rules(rendered, "bot", "egress") if {"port": 53, "protocol": "UDP"} in rule["ports"]
    ]
    assert {"port": 53, "protocol": "TCP"} in rule["ports"]
    assert not _may(rendered, "192.0.2.53", 53)


def test_the_database_is_reached_at_private_addresses_and_only_where_there_is_one() -> None:
    for name in ("http-oauth-replicas", "socket-mode-replicas"):
        assert _may(overlay(name), "10.1.2.3", 5432)
        assert not _may(overlay(name), "192.0.2.10", 5432)
    for name in ("http-oauth", "socket-mode"):
        assert not _may(overlay(name), "10.1.2.3", 5432)


def test_the_store_hears_the_bot_alone_and_speaks_to_nobody() -> None:
    rendered = overlay("http-oauth-replicas")
    assert list(_rules(rendered, "credentials-store", "egress")) == []
    (rule,) = _rules(rendered, "credentials-store", "ingress")
    (peer,) = rule["from"]
    assert set(peer) == {"podSelector"}
    assert peer["podSelector"]["matchLabels"] == rendered.one("Deployment")["spec"]["selector"]["matchLabels"]


def test_over_socket_mode_only_prometheus_may_come_in() -> None:
    for name in ("socket-mode", "socket-mode-replicas"):
        (rule,) = _rules(overlay(name), "bot", "ingress")
        (peer,) = rule["from"]
        assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "monitoring"}
