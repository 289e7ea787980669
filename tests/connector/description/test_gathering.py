"""What is read besides the object, as whom, how much of it, and what happens when it cannot be read."""

import json
from typing import Any

import pytest

from connector.cluster import Cluster
from connector.description import Description, Link, describe
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from tests.connector.api_server import Answer, ApiServer
from tests.connector.description.shapes import RESOURCES, ago, metadata, pod

EVENTS = "/api/v1/namespaces/shop/events"
PODS = "/api/v1/namespaces/shop/pods"
SETS = "/apis/apps/v1/namespaces/shop/replicasets"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
JOBS = "/apis/batch/v1/namespaces/shop/jobs"


def answers(api: ApiServer, path: str, body: Any) -> None:
    api.will_answer(
        path, Answer(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    )


def serves(api: ApiServer, **kinds: tuple[str, str, bool]) -> None:
    """Discovery of these: plural -> (group, Kind, namespaced)."""

    def resource(plural: str, kind: str, namespaced: bool) -> dict[str, Any]:
        scope = "Namespaced" if namespaced else "Cluster"
        return {"resource": plural, "responseKind": {"kind": kind}, "scope": scope, "verbs": ["get", "list"]}

    for root in ("/api", "/apis"):
        items = [
            {
                "metadata": {"name": group},
                "versions": [{"version": "v1", "resources": [resource(plural, kind, namespaced)]}],
            }
            for plural, (group, kind, namespaced) in kinds.items()
            if bool(group) == (root == "/apis")
        ]
        answers(api, root, {"kind": "APIGroupDiscoveryList", "items": items})


def told(cluster: Cluster, plural: str, obj: Any, seconds: float = 10, **more: Any) -> Description:
    return describe(cluster, RESOURCES[plural], obj, Deadline(seconds), **more)


def an_event(name: str, message: str, minutes: float, uid: str = "uid-cart", **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart", "uid": uid},
        "type": "Warning",
        "reason": "BackOff",
        "message": message,
        "count": 1,
        "firstTimestamp": ago(minutes + 1),
        "lastTimestamp": ago(minutes),
        **more,
    }


def test_events_are_asked_for_by_the_objects_name_and_folded_newest_first(
    cluster: Cluster, api: ApiServer
) -> None:
    api.put(
        EVENTS,
        [
            an_event("a", "old", 9),
            an_event("b", "again", 8),
            an_event("c", "again", 1, count=3),
            an_event("d", "of a pod that had its name before", 2, uid="uid-before"),
            an_event("e", "without a uid", 5, uid=""),
        ],
    )
    one = told(cluster, "pods", pod())
    assert [(event.message, event.count) for event in one.events] == [
        ("again", 4),
        ("without a uid", 1),
        ("old", 1),
    ]
    (request,) = api.asked(EVENTS)
    assert request.query == {
        "limit": "500",
        "fieldSelector": "involvedObject.kind=Pod,involvedObject.name=cart",
    }
    assert one.missing == ()


def test_what_looks_like_a_credential_in_an_event_is_masked(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [an_event("a", "login failed with password=hunter2hunter2", 1)])
    one = told(cluster, "pods", pod())
    assert "hunter2" not in repr(one)
    assert one.events[0].message.startswith("login failed with password=")


def owner(kind: str, name: str, version: str = "apps/v1", **more: Any) -> dict[str, Any]:
    return {
        "ownerReferences": [{"apiVersion": version, "kind": kind, "name": name, "uid": f"uid-{name}", **more}]
    }


def test_the_chain_of_owners_is_followed_to_its_end(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    serves(api, replicasets=("apps", "ReplicaSet", True), deployments=("", "Unused", True))
    answers(api, f"{SETS}/cart-1", {"metadata": metadata("cart-1", **owner("Deployment", "cart"))})
    one = told(cluster, "pods", pod(meta=owner("ReplicaSet", "cart-1", controller=True)))
    assert one.owners == (
        Link("ReplicaSet", "cart-1", "shop", "apps", "owner"),
        Link("Deployment", "cart", "shop", "apps", "owner"),
    )
    assert one.missing == ()


def test_an_owner_that_is_gone_or_in_no_namespace_ends_the_chain(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    serves(api, replicasets=("apps", "ReplicaSet", True), nodes=("", "Node", False))
    gone = told(cluster, "pods", pod(meta=owner("ReplicaSet", "cart-1")))
    assert [link.name for link in gone.owners] == ["cart-1"]
    assert gone.missing == ("ReplicaSet cart-1: not there",)
    of_node = told(cluster, "pods", pod(meta=owner("Node", "n1", "v1")))
    assert of_node.owners == (Link("Node", "n1", None, "", "owner"),)
    assert of_node.missing == ()


def test_owners_in_a_circle_come_to_an_end(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    serves(api, replicasets=("apps", "ReplicaSet", True))
    for _ in range(10):
        answers(api, f"{SETS}/a", {"metadata": metadata("a", **owner("ReplicaSet", "b"))})
        answers(api, f"{SETS}/b", {"metadata": metadata("b", **owner("ReplicaSet", "a"))})
    one = told(cluster, "pods", pod(meta=owner("ReplicaSet", "a")))
    assert [link.name for link in one.owners] == ["a", "b"]


SELECTOR = {"matchLabels": {"app": "cart"}}


def deployment() -> dict[str, Any]:
    template = {"spec": {"containers": [{"name": "app"}]}}
    return {
        "metadata": metadata(),
        "spec": {"replicas": 1, "selector": SELECTOR, "template": template},
        "status": {},
    }


def test_a_deployments_replica_sets_and_pods_are_its_own(cluster: Cluster, api: ApiServer) -> None:
    template = deployment()["spec"]["template"]
    own = {
        "metadata": metadata("cart-1", **owner("Deployment", "cart")),
        "spec": {"replicas": 1, "template": template},
    }
    stray = {"metadata": metadata("other-1", **owner("Deployment", "other")), "spec": {"template": template}}
    its = pod(meta={"name": "cart-1-x", **owner("ReplicaSet", "cart-1")})
    not_its = pod(meta={"name": "other-1-x", **owner("ReplicaSet", "other-1")})
    api.put(EVENTS, [])
    api.put(SETS, [own, stray])
    api.put(PODS, [its, not_its])
    one = told(cluster, "deployments", deployment())
    assert one.fact("New replica set") == "cart-1 (0/1 replicas created)"
    assert one.fact("Old replica sets") == "<none>"
    assert [row[0].text for row in one.sections[0].rows] == ["cart-1-x"]
    for path in (SETS, PODS):
        (request,) = api.asked(path)
        assert request.query == {"limit": "500", "labelSelector": "app=cart"}
    assert one.missing == ()


def test_a_workload_without_a_selector_asks_for_no_pods(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    one = told(cluster, "statefulsets", {"metadata": metadata(), "spec": {}})
    assert (one.sections, one.selector) == ((), "")
    assert api.asked(PODS) == []


def test_a_services_endpoints_are_asked_for_by_its_name(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    api.put(SLICES, [{"endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"name": "", "port": 80}]}])
    obj = {"metadata": metadata(), "spec": {"type": "ClusterIP", "ports": [{"port": 80}]}}
    assert told(cluster, "services", obj).fact("Ready endpoints") == "1 of 1"
    (request,) = api.asked(SLICES)
    assert request.query["labelSelector"] == "kubernetes.io/service-name=cart"
    told(cluster, "services", {"metadata": metadata(), "spec": {"type": "ExternalName"}})
    assert len(api.asked(SLICES)) == 1


def test_the_services_behind_an_ingress_are_asked_for_at_once(cluster: Cluster, api: ApiServer) -> None:
    def path(name: str) -> dict[str, Any]:
        return {"path": "/", "backend": {"service": {"name": name, "port": {"number": 80}}}}

    api.put(EVENTS, [])
    api.put(SLICES, [])
    rules = [{"http": {"paths": [path("a"), path("b"), path("a")]}}]
    told(cluster, "ingresses", {"metadata": metadata(), "spec": {"rules": rules}})
    (request,) = api.asked(SLICES)
    assert request.query["labelSelector"] == "kubernetes.io/service-name in (a,b)"


NODE = {"metadata": {"name": "n1", "uid": "u"}, "spec": {}, "status": {"allocatable": {"cpu": "1"}}}


def guest(name: str, namespace: str) -> dict[str, Any]:
    spec = {"containers": [{"resources": {"requests": {"cpu": "250m"}}}]}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def test_a_nodes_pods_are_those_on_it_that_have_not_ended(cluster: Cluster, api: ApiServer) -> None:
    api.put("/api/v1/events", [])
    api.put("/api/v1/pods", [guest("a", "shop"), guest("b", "bank")])
    one = told(cluster, "nodes", NODE)
    (request,) = api.asked("/api/v1/pods")
    assert request.query["fieldSelector"] == "spec.nodeName=n1,status.phase!=Succeeded,status.phase!=Failed"
    assert [(section.title, section.total) for section in one.sections][1:] == [
        ("Allocated resources", 3),
        ("Pods", 2),
    ]
    assert one.missing == ()


def test_of_a_nodes_pods_only_those_are_told_that_one_may_see(cluster: Cluster, api: ApiServer) -> None:
    api.put("/api/v1/events", [])
    api.put("/api/v1/pods", [guest("a", "shop"), guest("b", "bank")])
    one = told(cluster, "nodes", NODE, namespaces=("sh*",))
    assert "bank" not in repr(one)
    assert [row[1].text for row in one.sections[-1].rows] == ["a"]
    assert one.missing == ("pods: those of other namespaces are not counted",)


def test_events_of_a_node_are_those_by_its_name(cluster: Cluster, api: ApiServer) -> None:
    def about(uid: str, namespace: str = "") -> dict[str, Any]:
        involved = {"kind": "Node", "name": "n1", "uid": uid, "namespace": namespace}
        return an_event(f"e-{uid}-{namespace}", f"{uid}{namespace}", 1, involvedObject=involved)

    api.put("/api/v1/pods", [])
    api.put("/api/v1/events", [about("u"), about("n1"), about("other"), about("u", "bank")])
    assert sorted(event.message for event in told(cluster, "nodes", NODE).events) == ["n1", "u"]


def test_a_claims_volume_is_for_those_who_may_see_all_namespaces(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    api.put(PODS, [])
    volume = {"metadata": {"name": "pv-1"}, "spec": {"csi": {"driver": "ebs.csi.aws.com"}}}
    obj = {"metadata": metadata(), "spec": {"volumeName": "pv-1"}, "status": {"phase": "Bound"}}
    answers(api, "/api/v1/persistentvolumes/pv-1", volume)
    assert told(cluster, "persistentvolumeclaims", obj).fact("Source driver") == "ebs.csi.aws.com"
    api.requests.clear()
    some = told(cluster, "persistentvolumeclaims", obj, namespaces=("shop",))
    assert (some.fact("Source driver"), some.missing) == ("", ())
    assert {request.path for request in api.requests} == {EVENTS, PODS}


def test_a_cron_jobs_runs_are_its_own(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    api.put(
        JOBS,
        [
            {"metadata": metadata("cart-1", **owner("CronJob", "cart", "batch/v1"))},
            {"metadata": metadata("other-1", **owner("CronJob", "other", "batch/v1"))},
        ],
    )
    one = told(cluster, "cronjobs", {"metadata": metadata(), "spec": {}})
    assert [row[0].text for row in one.sections[0].rows] == ["cart-1"]


def test_a_namespaces_quotas_are_asked_for_in_it(cluster: Cluster, api: ApiServer) -> None:
    api.put("/api/v1/events", [])
    api.put(
        "/api/v1/namespaces/shop/resourcequotas",
        [{"metadata": {"name": "q"}, "status": {"hard": {"pods": "9"}}}],
    )
    api.put("/api/v1/namespaces/shop/limitranges", [])
    one = told(cluster, "namespaces", {"metadata": {"name": "shop"}, "status": {"phase": "Active"}})
    assert [section.title for section in one.sections] == ["Resource quotas"]
    assert one.missing == ()


def test_every_reading_is_made_as_the_person(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    api.put(SETS, [])
    api.put(PODS, [])
    serves(api, replicasets=("apps", "ReplicaSet", True))
    as_ada = Impersonate("slack:ADA", ("viewers",))
    told(cluster, "pods", pod(meta=owner("ReplicaSet", "cart-1")), impersonate=as_ada)
    told(cluster, "deployments", deployment(), impersonate=as_ada)
    assert {(one.headers.get("impersonate-user"), one.groups) for one in api.requests} == {
        ("slack:ADA", ("viewers",))
    }
    assert {f"{SETS}/cart-1", SETS, PODS, EVENTS} < {one.path for one in api.requests}


def test_what_is_forbidden_is_named_and_the_rest_is_told(cluster: Cluster, api: ApiServer) -> None:
    api.will_answer(EVENTS, Answer.of("403-namespaced"))
    api.will_answer(SETS, Answer.of("403-namespaced"))
    api.put(PODS, [])
    one = told(cluster, "deployments", deployment())
    assert one.missing == ("replica sets: forbidden", "events: forbidden")
    assert one.fact("Replicas").startswith("1 desired")
    assert one.fact("New replica set") == ""


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"not json", headers={"Content-Type": "application/json"}),
        Answer(body=b"[]", headers={"Content-Type": "application/json"}),
        Answer(body=b"\xff", headers={"Content-Type": "application/json"}),
        Answer(status=500),
    ],
)
def test_what_cannot_be_read_is_named_in_our_words(cluster: Cluster, api: ApiServer, answer: Answer) -> None:
    api.will_answer(EVENTS, *[answer] * 3)
    (missing,) = told(cluster, "pods", pod()).missing
    assert missing.startswith("events: ")
    assert "prod" in missing


def test_a_server_that_hangs_costs_no_more_than_the_deadline(cluster: Cluster, api: ApiServer) -> None:
    api.will_answer(SETS, Answer(hang=True))
    api.put(PODS, [])
    api.put(EVENTS, [])
    one = told(cluster, "deployments", deployment(), seconds=0.3)
    assert one.name == "cart"
    assert one.missing[0].startswith("replica sets: The API server of `prod`")
    assert [what.split(":")[0] for what in one.missing] == ["replica sets", "pods", "events"]


def test_of_a_list_without_end_the_first_are_read_and_that_is_said(cluster: Cluster, api: ApiServer) -> None:
    api.put(EVENTS, [])
    api.put(PODS, [pod(meta={"name": f"cart-{n}", **owner("StatefulSet", "cart")}) for n in range(501)])
    obj = {"metadata": metadata(), "spec": {"selector": SELECTOR}, "status": {}}
    one = told(cluster, "statefulsets", obj)
    assert one.missing == ("pods: only the first 500 were read",)
    (section,) = one.sections
    assert (section.total, len(section.rows)) == (500, 50)
    assert len(api.asked(PODS)) == 1


@pytest.mark.parametrize(
    "obj", [{}, {"metadata": None}, {"metadata": {"name": "../../secrets", "namespace": ".."}}]
)
@pytest.mark.parametrize("plural", sorted(RESOURCES))
def test_no_object_makes_it_raise_or_ask_for_odd_paths(
    cluster: Cluster, api: ApiServer, plural: str, obj: dict[str, Any]
) -> None:
    one = told(cluster, plural, obj, seconds=2)
    assert one.kind == RESOURCES[plural].kind
    assert not any(".." in request.path for request in api.requests)
