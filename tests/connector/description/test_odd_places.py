"""Services, ingresses, claims and volumes in odd states."""

from typing import Any

from connector.description import Further, Link, summary
from connector.resources import Health
from connector.resources.events import EventRow
from tests.connector.description.shapes import NOW, event, guest, metadata, sections, tell


def service(**spec: Any) -> dict[str, Any]:
    ports = [
        {"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP"},
        {"name": "dns", "port": 53, "protocol": "UDP"},
    ]
    return {
        "metadata": metadata(),
        "spec": {
            "type": "ClusterIP",
            "selector": {"app": "cart"},
            "clusterIPs": ["172.20.0.9"],
            "ports": ports,
            **spec,
        },
        "status": {},
    }


def endpoint(number: int, **conditions: bool) -> dict[str, Any]:
    return {
        "addresses": [f"10.0.0.{number}"],
        "conditions": conditions,
        "targetRef": {"kind": "Pod", "name": f"cart-{number}"},
        "nodeName": "n1",
        "zone": "eu-west-1a",
    }


def piece(*endpoints: dict[str, Any], of: str = "cart") -> dict[str, Any]:
    return {
        "metadata": {"labels": {"kubernetes.io/service-name": of}},
        "ports": [{"name": "http", "port": 8080}],
        "endpoints": list(endpoints),
    }


def why_service(obj: dict[str, Any], *slices: dict[str, Any], events: tuple[EventRow, ...] = ()) -> str:
    return summary(tell("services", obj, Further(slices=slices, events=events)), NOW)


def test_a_service_tells_its_endpoints_those_not_ready_first() -> None:
    ready = [endpoint(number) for number in range(1, 6)]
    told = tell(
        "services", service(), Further(slices=(piece(*ready, endpoint(9, ready=False, terminating=True)),))
    )
    found = sections(told)
    assert found["Ports"] == [
        ("http", "80/TCP", "web/TCP", "", "10.0.0.1:8080,10.0.0.2:8080,10.0.0.3:8080 + 2 more..."),
        ("dns", "53/UDP", "53/UDP", "", "<none>"),
    ]
    assert found["Endpoints"][0] == ("10.0.0.9", "no, terminating", "cart-9", "n1", "eu-west-1a")
    assert found["Endpoints"][1] == ("10.0.0.1", "yes", "cart-1", "n1", "eu-west-1a")
    assert told.fact("Ready endpoints") == "5 of 6"
    assert told.selector == "app=cart"
    assert summary(told, NOW) == ""


def test_a_service_without_ready_endpoints_says_so() -> None:
    assert why_service(service(), piece(endpoint(1, ready=False), endpoint(2, ready=False))) == (
        "None of its 2 endpoints is ready"
    )
    assert why_service(service(), piece()) == "No pod matches its selector"
    assert why_service(service(selector=None)) == "It has no endpoints"
    assert summary(tell("services", service()), NOW) == ""


def test_a_load_balancer_without_an_address_tells_what_its_controller_says() -> None:
    failed = event("SyncLoadBalancerFailed", "could not find any suitable subnets")
    assert why_service(service(type="LoadBalancer"), piece(endpoint(1)), events=(failed,)) == (
        "Its load balancer has no address yet: SyncLoadBalancerFailed: could not find any suitable subnets"
    )


def test_an_external_name_is_told() -> None:
    told = tell(
        "services", service(type="ExternalName", externalName="db.example.com", selector=None, ports=None)
    )
    assert told.fact("External name") == "db.example.com"
    assert summary(told, NOW) == ""


def ingress(**more: Any) -> dict[str, Any]:
    path = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": "cart", "port": {"number": 80}}},
    }
    named = {
        "path": "/x",
        "pathType": "Exact",
        "backend": {"service": {"name": "other", "port": {"name": "http"}}},
    }
    bucket = {"backend": {"resource": {"apiGroup": "k8s.example.com", "kind": "Bucket", "name": "static"}}}
    return {
        "metadata": metadata(),
        "spec": {
            "ingressClassName": "alb",
            "rules": [
                {"host": "shop.example.com", "http": {"paths": [path, named]}},
                {"http": {"paths": [bucket]}},
            ],
            "tls": [{"secretName": "shop-tls", "hosts": ["shop.example.com"]}],
            **more.pop("spec", {}),
        },
        "status": more,
    }


GIVEN = {"loadBalancer": {"ingress": [{"hostname": "k8s.elb.amazonaws.com"}]}}


def test_an_ingress_tells_its_rules_with_the_endpoints_behind() -> None:
    slices = (piece(endpoint(1), endpoint(2)), piece(endpoint(7), of="other"))
    told = tell("ingresses", ingress(**GIVEN), Further(slices=slices))
    assert sections(told) == {
        "Rules": [
            ("shop.example.com", "/", "Prefix", "cart:80 (10.0.0.1:8080,10.0.0.2:8080)"),
            ("shop.example.com", "/x", "Exact", "other:http (10.0.0.7:8080)"),
            ("*", "/", "", "Bucket/static"),
        ],
        "TLS": [("shop-tls", "shop.example.com")],
    }
    assert told.fact("Address") == "k8s.elb.amazonaws.com"
    assert told.fact("Default backend") == "<default>"
    assert told.related == (
        Link("Service", "cart", "shop", role="service"),
        Link("Service", "other", "shop", role="service"),
        Link("Secret", "shop-tls", "shop", role="certificate"),
        Link("IngressClass", "alb", None, "networking.k8s.io", "class"),
    )
    assert summary(told, NOW) == ""


def test_behind_an_ingress_by_number_the_port_is_told_where_there_is_one_alone() -> None:
    several = {
        **piece(endpoint(1)),
        "ports": [{"name": "http", "port": 8080}, {"name": "admin", "port": 9000}],
    }
    told = tell("ingresses", ingress(**GIVEN), Further(slices=(several, piece(of="other"))))
    assert sections(told)["Rules"][0][3] == "cart:80 (10.0.0.1)"
    assert sections(told)["Rules"][1][3] == "other:http (<none>)"


def test_a_pod_with_two_addresses_is_one_endpoint() -> None:
    six = {**endpoint(1), "addresses": ["fd00::1"]}
    told = tell(
        "services", service(), Further(slices=(piece(endpoint(1), endpoint(2, ready=False)), piece(six)))
    )
    assert told.fact("Ready endpoints") == "1 of 2"


def test_an_ingress_without_an_address_tells_why() -> None:
    failed = event("FailedBuildModel", "certificate ARN must be specified")
    assert summary(tell("ingresses", ingress(), Further(events=(failed,))), NOW) == (
        "No controller has given it an address yet: FailedBuildModel: certificate ARN must be specified"
    )
    assert summary(tell("ingresses", ingress(spec={"ingressClassName": None})), NOW) == (
        "No controller has given it an address yet: it names no class, so it depends on there being a default one"
    )


def claim(phase: str, volume: str = "", **more: Any) -> dict[str, Any]:
    return {
        "metadata": metadata("data", finalizers=["kubernetes.io/pvc-protection"]),
        "spec": {
            "volumeName": volume,
            "storageClassName": "gp3",
            "accessModes": ["ReadWriteOnce"],
            "volumeMode": "Filesystem",
            "resources": {"requests": {"storage": "10Gi"}},
            "dataSource": {"kind": "VolumeSnapshot", "name": "snap"},
        },
        "status": {"phase": phase, **more},
    }


def test_a_pending_claim_tells_what_its_event_says() -> None:
    waits = event("WaitForFirstConsumer", "waiting for first consumer to be created before binding", "Normal")
    told = tell("persistentvolumeclaims", claim("Pending"), Further(events=(waits,)))
    assert told.status == "Pending"
    assert summary(told, NOW) == (
        "Pending: WaitForFirstConsumer: waiting for first consumer to be created before binding"
    )


def test_a_lost_claim_names_its_volume() -> None:
    assert (
        summary(tell("persistentvolumeclaims", claim("Lost", "pvc-1")), NOW)
        == "Lost: its volume `pvc-1` is gone"
    )


DISK = {
    "metadata": {"name": "pvc-1"},
    "spec": {
        "capacity": {"storage": "10Gi"},
        "accessModes": ["ReadWriteOnce"],
        "claimRef": {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": "data"},
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": "gp3",
        "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1", "fsType": "ext4"},
        "nodeAffinity": {
            "required": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-west-1a"]}
                        ]
                    }
                ]
            }
        },
    },
    "status": {"phase": "Bound"},
}


def test_a_bound_claim_tells_its_volume_and_who_uses_it() -> None:
    user = guest("cart-0", volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}])
    other = guest("cart-1", volumes=[{"name": "d", "persistentVolumeClaim": {"claimName": "data-1"}}])
    obj = claim("Bound", "pvc-1", capacity={"storage": "10Gi"}, accessModes=["ReadWriteOnce"])
    told = tell("persistentvolumeclaims", obj, Further(pods=(user, other), volume=DISK))
    assert {fact.label: fact.text for fact in told.facts} == {
        "Storage class": "gp3",
        "Volume": "pvc-1",
        "Asked for": "10Gi",
        "Capacity": "10Gi",
        "Access modes": "ReadWriteOnce",
        "Volume mode": "Filesystem",
        "Data source": "VolumeSnapshot/snap",
        "Used by": "cart-0",
        "Source": "CSI",
        "Source driver": "ebs.csi.aws.com",
        "Source volumeHandle": "vol-1",
        "Source fsType": "ext4",
        "Finalizers": "kubernetes.io/pvc-protection",
    }
    assert [(one.role, one.name) for one in told.related] == [
        ("volume", "pvc-1"),
        ("storage class", "gp3"),
        ("pod", "cart-0"),
    ]
    assert summary(told, NOW) == ""


def test_the_claim_that_is_made_for_a_pod_is_used_by_it() -> None:
    user = guest("cart-0", volumes=[{"name": "own", "ephemeral": {"volumeClaimTemplate": {}}}])
    obj = {"metadata": metadata("cart-0-own"), "spec": {}, "status": {"phase": "Bound"}}
    assert tell("persistentvolumeclaims", obj, Further(pods=(user,))).fact("Used by") == "cart-0"


def test_a_volume_tells_its_disk_and_its_claim() -> None:
    told = tell("persistentvolumes", DISK)
    assert (told.status, told.health) == ("Bound", Health.HEALTHY)
    assert told.fact("Claim") == "shop/data"
    assert told.fact("Node affinity") == "topology.kubernetes.io/zone in [eu-west-1a]"
    assert told.related[0] == Link("PersistentVolumeClaim", "data", "shop", role="claim")
    released = {**DISK, "status": {"phase": "Released"}}
    assert summary(tell("persistentvolumes", released), NOW) == "Released: claim shop/data is gone"
    failed = {
        **DISK,
        "status": {"phase": "Failed", "reason": "VolumeFailedDelete", "message": "still attached"},
    }
    assert summary(tell("persistentvolumes", failed), NOW) == "Failed: VolumeFailedDelete: still attached"
    assert tell("persistentvolumes", failed).health is Health.BROKEN
