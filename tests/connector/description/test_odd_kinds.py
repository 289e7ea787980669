"""What is told of kinds without pods, and of kinds that nobody here knows."""

import base64
from typing import Any

from connector.description import Description, Further, Link, summary
from connector.description.generic import MOST_FACTS
from connector.masking import masked_object
from connector.resources import Health
from tests.connector.description.shapes import NOW, ago, condition, event, metadata, tell

PASSWORD = "correct-horse-battery-staple"


def cells(told: Description, title: str) -> list[tuple[str, ...]]:
    return [
        tuple(cell.text for cell in row) for one in told.sections if one.title == title for row in one.rows
    ]


def test_a_secret_tells_its_type_its_keys_and_their_sizes_and_no_value() -> None:
    coded = base64.b64encode(PASSWORD.encode()).decode()
    secret = {
        "kind": "Secret",
        "metadata": metadata("db"),
        "type": "Opaque",
        "immutable": True,
        "data": {"password": coded, "empty": "", "a": base64.b64encode(b"x" * 1500).decode()},
    }
    for obj in (secret, masked_object(secret)):
        told = tell("secrets", obj)
        assert cells(told, "Data") == [("a", "1,500 bytes"), ("empty", "0 bytes"), ("password", "28 bytes")]
        assert {fact.label: fact.text for fact in told.facts} == {"Type": "Opaque", "Immutable": "true"}
        assert PASSWORD not in repr(told)
        assert coded not in repr(told)


def test_a_config_map_tells_its_keys_and_their_sizes() -> None:
    obj = {
        "metadata": metadata(),
        "data": {"app.yaml": "port: 8080\n", "é": "é"},
        "binaryData": {"logo": "AAAA"},
    }
    told = tell("configmaps", obj)
    assert cells(told, "Data") == [("app.yaml", "11 bytes"), ("é", "2 bytes"), ("logo", "3 bytes")]
    assert "8080" not in repr(told)
    assert told.health is Health.HEALTHY


def test_a_service_account_tells_its_secrets_and_its_iam_role() -> None:
    role = "arn:aws:iam::111122223333:role/cart"
    obj = {
        "metadata": metadata(annotations={"eks.amazonaws.com/role-arn": role}),
        "imagePullSecrets": [{"name": "registry"}],
        "automountServiceAccountToken": False,
    }
    told = tell("serviceaccounts", obj)
    assert {fact.label: fact.text for fact in told.facts} == {
        "IAM role": role,
        "Image pull secrets": "registry",
        "Mountable secrets": "<none>",
        "Mounts its token": "false",
    }
    assert told.related == (Link("Secret", "registry", "shop", role="secret"),)
    assert told.health is Health.HEALTHY


def test_a_namespace_tells_its_quotas_and_limits() -> None:
    quota = {"metadata": {"name": "q"}, "status": {"hard": {"pods": "10", "cpu": "4"}, "used": {"pods": "3"}}}
    limits = {
        "spec": {
            "limits": [
                {
                    "type": "Container",
                    "max": {"cpu": "2"},
                    "default": {"memory": "1Gi"},
                    "defaultRequest": {"cpu": "100m"},
                }
            ]
        }
    }
    told = tell(
        "namespaces",
        {"metadata": {"name": "shop"}, "status": {"phase": "Active"}},
        Further(quotas=(quota,), limits=(limits,)),
    )
    assert told.status == "Active"
    assert cells(told, "Resource quotas") == [("q", "cpu", "", "4"), ("q", "pods", "3", "10")]
    assert cells(told, "Limits") == [
        ("Container", "cpu", "", "2", "100m", "", ""),
        ("Container", "memory", "", "", "", "1Gi", ""),
    ]
    assert summary(told, NOW) == ""


def test_a_namespace_that_does_not_go_tells_what_is_left_in_it() -> None:
    remains = condition(
        "NamespaceContentRemaining", "True", "SomeResourcesRemain", "pods. has 1 resource instances"
    )
    stuck = condition(
        "NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed", "metrics.k8s.io/v1beta1: stale"
    )
    obj = {
        "metadata": {"name": "old", "deletionTimestamp": ago(90)},
        "status": {"phase": "Terminating", "conditions": [remains, stuck]},
    }
    told = tell("namespaces", obj)
    assert told.status == "Terminating"
    assert summary(told, NOW) == "Terminating: overdue by 90m; metrics.k8s.io/v1beta1: stale"


def test_an_event_links_what_it_is_about() -> None:
    obj = {
        "metadata": metadata("cart.1"),
        "type": "Warning",
        "reason": "BackOff",
        "message": "Back-off restarting failed container",
        "involvedObject": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "namespace": "shop",
            "name": "cart",
        },
        "count": 4,
        "firstTimestamp": ago(9),
        "lastTimestamp": ago(1),
        "source": {"component": "kubelet", "host": "n1"},
    }
    told = tell("events", obj)
    assert told.related == (Link("Deployment", "cart", "shop", "apps", "object"),)
    assert (told.fact("Object"), told.fact("Count"), told.fact("Last seen")) == (
        "Deployment/cart",
        "4",
        "2026-11-23 07:02 UTC",
    )


WIDGET = {
    "apiVersion": "example.com/v1alpha1",
    "kind": "Widget",
    "metadata": {
        **metadata("w", labels={"b": "2", "a": "1"}, finalizers=["example.com/hold"]),
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "x" * 500},
        "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "uid": "1"},
            {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart", "uid": "2", "controller": True},
        ],
    },
    "spec": {
        "replicas": 3,
        "enabled": False,
        "selector": {"matchLabels": {"app": "w"}},
        "steps": [{"weight": 20}, {"pause": "10m"}],
        "hosts": ["a", "b"],
        "nothing": None,
        "empty": {},
        "startsAt": "2026-11-23T06:00:00Z",
    },
    "status": {
        "phase": "Degraded",
        "conditions": [condition("Ready", "False", "BackendDown", "no route to host", minutes=7)],
        "observedGeneration": 1,
    },
    "extra": "top",
}


def test_a_kind_that_nobody_knows_is_told_whole() -> None:
    told = tell("widgets", WIDGET)
    assert (told.kind, told.group, told.name, told.namespace) == ("Widget", "example.com", "w", "shop")
    assert {fact.label: fact.text for fact in told.facts} == {
        "spec.replicas": "3",
        "spec.enabled": "false",
        "spec.selector.matchLabels.app": "w",
        "spec.steps[0].weight": "20",
        "spec.steps[1].pause": "10m",
        "spec.hosts": "a, b",
        "spec.startsAt": "2026-11-23 06:00 UTC",
        "status.phase": "Degraded",
        "status.observedGeneration": "1",
        "extra": "top",
        "Finalizers": "example.com/hold",
    }
    assert [fact.values[0].time for fact in told.facts if fact.label == "spec.startsAt"] == [NOW - 3810]
    assert told.selector == "app=w"
    assert told.labels == (("a", "1"), ("b", "2"))
    assert told.annotations == (("note", "x" * 199 + "…"),)
    assert told.owners == (
        Link("Deployment", "cart", "shop", "apps", "owner"),
        Link("ConfigMap", "other", "shop", "", "owner"),
    )
    assert (told.status, told.health) == ("Degraded", Health.BROKEN)
    assert summary(told, NOW) == "Ready is False for 7m: BackendDown: no route to host"


def of_widget(**status: Any) -> Description:
    return tell("widgets", {"metadata": metadata(), "status": status})


def test_the_health_of_a_kind_that_nobody_knows_follows_what_it_says_of_itself() -> None:
    ready, progressing = condition("Ready", "True"), condition("Progressing", "False", "AsExpected")
    assert of_widget(conditions=[ready, progressing]).health is Health.HEALTHY
    assert of_widget(conditions=[condition("Degraded", "True")]).health is Health.BROKEN
    assert of_widget(conditions=[condition("Ready", "Unknown", "Progressing")]).health is Health.CHANGING
    assert of_widget(phase="Pending").health is Health.CHANGING
    assert of_widget(state="Running").health is Health.HEALTHY
    assert of_widget(phase="Succeeded").health is Health.OFF
    # As a list has it.
    assert of_widget(phase="Degraded").health is Health.CHANGING
    assert of_widget(state="Not Ready").health is Health.BROKEN
    assert of_widget(phase="Zweifelhaft").health is Health.UNKNOWN
    assert tell("widgets", {"metadata": metadata()}).health is Health.HEALTHY


def test_one_that_goes_says_so_whatever_its_kind() -> None:
    going = {"metadata": metadata(deletionTimestamp=ago(5), finalizers=["example.com/hold"])}
    told = tell("widgets", going)
    assert (told.status, told.health) == ("Terminating", Health.CHANGING)
    assert summary(told, NOW) == "Terminating: overdue by 5m; kept by its finalizers example.com/hold"


def test_the_newest_warning_is_told_of_one_that_says_nothing_itself() -> None:
    told = tell(
        "widgets",
        {"metadata": metadata(), "status": {"phase": "Pending"}},
        Further(events=(event("Failed", "no quota"),)),
    )
    assert summary(told, NOW) == "Failed: no quota"


def test_why_an_unknown_kind_is_unwell_is_told_as_it_says_it() -> None:
    status = {"phase": "Degraded", "reason": "ErrorRate", "message": "4.1% is above 1%: held at 20%"}
    unwell = tell(
        "widgets",
        {"metadata": metadata(), "status": status},
        Further(events=(event("Failed", "no quota"),)),
    )
    assert summary(unwell, NOW) == "ErrorRate: 4.1% is above 1%: held at 20%"
    assert summary(tell("widgets", {"status": status | {"phase": "Ready"}}), NOW) == ""


def test_what_is_too_much_is_left_out_and_counted() -> None:
    spec = {f"field{number}": number for number in range(MOST_FACTS + 5)}
    notes = {f"note-{number:02}": "x" for number in range(25)}
    told = tell("widgets", {"metadata": metadata(annotations=notes), "spec": spec})
    assert len(told.facts) == MOST_FACTS
    assert len(told.annotations) == 20
    assert told.notes == ("5 more fields: see its YAML", "5 more annotations: see its YAML")
