"""Rows of the kinds beyond pods, deployments, services and nodes: each odd state by its cells and its health."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.resources import KINDS, Cell, Health, Row, kind_named

WRITTEN = Path(__file__).parent.parent / "data" / "written"
NOW = datetime(2026, 11, 23, 7, 3, 32, tzinfo=UTC).timestamp()
PLURALS = sorted(path.stem for path in WRITTEN.glob("*.json"))


def read(plural: str, items: list[dict[str, Any]]) -> dict[str, Row]:
    body = json.dumps({"metadata": {}, "items": items}).encode()
    return {row.name: row for row in KINDS[plural].read(body)[1]}


def rows_of(plural: str) -> dict[str, Row]:
    return {row.name: row for row in KINDS[plural].read((WRITTEN / f"{plural}.json").read_bytes())[1]}


def cells(plural: str, name: str, now: float = NOW) -> dict[str, Cell]:
    row = rows_of(plural)[name]
    return {column.header: column.cell(row, now) for column in KINDS[plural].columns}


def texts(plural: str, name: str) -> dict[str, str]:
    return {header: cell.text for header, cell in cells(plural, name).items()}


HEALTH = {
    "namespaces": {
        Health.BROKEN: "stuck-content stuck-discovery",
        Health.CHANGING: "terminating",
        Health.UNKNOWN: "without-phase",
        Health.HEALTHY: "active",
    },
    "statefulsets": {
        Health.BROKEN: "none-up",
        Health.CHANGING: "partly-up scaling-to-zero too-many rolling not-seen going",
        Health.HEALTHY: "all-up held-by-partition on-delete",
        Health.OFF: "scaled-to-zero",
    },
    "daemonsets": {
        Health.BROKEN: "none-up",
        Health.CHANGING: "partly-up not-on-all-nodes ready-not-available not-counted leaving-nodes rolling "
        "not-seen going",
        Health.HEALTHY: "all-up on-delete",
        Health.OFF: "on-no-node",
    },
    "replicasets": {
        Health.BROKEN: "none-up over-quota",
        Health.CHANGING: "draining partly-up too-many going",
        Health.HEALTHY: "all-up selects-much",
        Health.OFF: "old",
    },
    "jobs": {
        Health.BROKEN: "failed failing failed-and-going",
        Health.CHANGING: "running-again going",
        Health.HEALTHY: "running resumed work-queue work-queue-of-one not-started",
        Health.OFF: "complete complete-at-second-try suspended nothing-to-do",
    },
    "cronjobs": {
        Health.BROKEN: "last-run-failed never-succeeded",
        Health.CHANGING: "going",
        Health.HEALTHY: "succeeded running never-ran suspend-unset",
        Health.OFF: "suspended",
    },
    "ingresses": {
        Health.CHANGING: "without-address going",
        Health.HEALTHY: "served with-tls any-host many-hosts one-without-host no-rules",
    },
    "persistentvolumeclaims": {
        Health.BROKEN: "lost not-resized not-resized-on-node",
        Health.CHANGING: "pending going resizing waiting-for-the-node",
        Health.UNKNOWN: "without-phase",
        Health.HEALTHY: "bound resized shared",
    },
    "horizontalpodautoscalers": {
        Health.BROKEN: "no-metrics no-target",
        Health.CHANGING: "at-max wants-more scaling-up going",
        Health.UNKNOWN: "just-made not-measured-yet",
        Health.HEALTHY: "in-range pinned at-min least-unset by-value by-container by-two by-many "
        "by-external-value by-something-new measured-otherwise",
        Health.OFF: "switched-off",
    },
    "configmaps": {Health.CHANGING: "going", Health.HEALTHY: "two-texts binary both empty"},
    "secrets": {Health.CHANGING: "going", Health.HEALTHY: "database tls empty registry"},
}


@pytest.mark.parametrize("plural", PLURALS)
def test_health_tells_the_sick_from_the_well(plural: str) -> None:
    expected = {name: health for health, names in HEALTH[plural].items() for name in names.split()}
    assert {name: row.health for name, row in rows_of(plural).items()} == expected


AGE = {"AGE": "60m", "CREATED": "2026-11-23 06:03 UTC"}
PODS = {"CONTAINERS": "app,proxy", "IMAGES": "img/app:1,img/proxy:2"}


@pytest.mark.parametrize(
    ("plural", "name", "row"),
    [
        ("namespaces", "terminating", {"NAME": "terminating", "STATUS": "Terminating", **AGE}),
        (
            "statefulsets",
            "partly-up",
            {"NAMESPACE": "odd", "NAME": "partly-up", "READY": "1/3", **AGE, **PODS},
        ),
        (
            "daemonsets",
            "all-up",
            {
                "NAMESPACE": "odd",
                "NAME": "all-up",
                "DESIRED": "4",
                "CURRENT": "4",
                "READY": "4",
                "UP-TO-DATE": "4",
                "AVAILABLE": "4",
                "NODE SELECTOR": "disk=ssd,kubernetes.io/os=linux",
                **AGE,
                **PODS,
                "SELECTOR": "app=cart",
            },
        ),
        (
            "replicasets",
            "partly-up",
            {
                "NAMESPACE": "odd",
                "NAME": "partly-up",
                "DESIRED": "3",
                "CURRENT": "3",
                "READY": "1",
                **AGE,
                **PODS,
                "SELECTOR": "app=cart",
            },
        ),
        (
            "jobs",
            "complete",
            {
                "NAMESPACE": "odd",
                "NAME": "complete",
                "STATUS": "Complete",
                "COMPLETIONS": "1/1",
                "DURATION": "4m30s",
                **AGE,
                **PODS,
                "SELECTOR": "batch.kubernetes.io/job-name=complete",
            },
        ),
        (
            "cronjobs",
            "succeeded",
            {
                "NAMESPACE": "odd",
                "NAME": "succeeded",
                "SCHEDULE": "*/5 * * * *",
                "TIMEZONE": "Europe/Zurich",
                "SUSPEND": "False",
                "ACTIVE": "0",
                "LAST SCHEDULE": "3m32s",
                **AGE,
                **PODS,
                "SELECTOR": "<none>",
            },
        ),
        (
            "ingresses",
            "with-tls",
            {
                "NAMESPACE": "odd",
                "NAME": "with-tls",
                "CLASS": "alb",
                "HOSTS": "a.example,b.example,c.example",
                "ADDRESS": "203.0.113.10,203.0.113.9",
                "PORTS": "80, 443",
                **AGE,
            },
        ),
        (
            "persistentvolumeclaims",
            "bound",
            {
                "NAMESPACE": "odd",
                "NAME": "bound",
                "STATUS": "Bound",
                "VOLUME": "pvc-1",
                "CAPACITY": "10Gi",
                "ACCESS MODES": "RWO",
                "STORAGECLASS": "gp3",
                "VOLUMEATTRIBUTESCLASS": "fast",
                **AGE,
                "VOLUMEMODE": "Filesystem",
            },
        ),
        (
            "horizontalpodautoscalers",
            "in-range",
            {
                "NAMESPACE": "odd",
                "NAME": "in-range",
                "REFERENCE": "Deployment/cart",
                "TARGETS": "cpu: 35%/70%",
                "MINPODS": "2",
                "MAXPODS": "5",
                "REPLICAS": "3",
                **AGE,
            },
        ),
        ("configmaps", "both", {"NAMESPACE": "odd", "NAME": "both", "DATA": "2", "BYTES": "7", **AGE}),
        (
            "secrets",
            "tls",
            {
                "NAMESPACE": "odd",
                "NAME": "tls",
                "TYPE": "kubernetes.io/tls",
                "DATA": "2",
                "KEYS": "tls.crt, tls.key",
                **AGE,
            },
        ),
    ],
)
def test_a_row_has_the_columns_promised(plural: str, name: str, row: dict[str, str]) -> None:
    assert texts(plural, name) == row
    columns = [column.header for column in KINDS[plural].columns]
    # Instants in the reader's zone come last, as kubectl has no such column.
    assert (columns[-1], columns.count("AGE")) == ("CREATED", 1)


ODD = {
    "namespaces": {"without-phase": {"STATUS": ""}},
    "statefulsets": {
        "scaled-to-zero": {"READY": "0/0"},
        "scaling-to-zero": {"READY": "1/0"},
        "too-many": {"READY": "3/2"},
    },
    "daemonsets": {
        "ready-not-available": {"READY": "4", "AVAILABLE": "2", "NODE SELECTOR": "<none>"},
        "rolling": {"UP-TO-DATE": "2"},
        "leaving-nodes": {"DESIRED": "0", "CURRENT": "2"},
    },
    "replicasets": {
        "selects-much": {"SELECTOR": "a,app=cart,!canary,env in (dev,prod),tier=web,zone notin (b)"},
        "draining": {"DESIRED": "0", "CURRENT": "2", "READY": "2"},
    },
    "jobs": {
        "failed": {"STATUS": "Failed", "COMPLETIONS": "0/1", "DURATION": "60m"},
        "failing": {"STATUS": "FailureTarget"},
        "running": {"STATUS": "Running", "COMPLETIONS": "3/5", "DURATION": "60m"},
        "suspended": {"STATUS": "Suspended", "DURATION": ""},
        "resumed": {"STATUS": "Running"},
        "work-queue": {"COMPLETIONS": "0/1 of 4"},
        "work-queue-of-one": {"COMPLETIONS": "0/1"},
        "nothing-to-do": {"COMPLETIONS": "0/0"},
        "not-started": {"STATUS": "Running", "DURATION": ""},
        "going": {"STATUS": "Terminating"},
        "failed-and-going": {"STATUS": "Failed"},
    },
    "cronjobs": {
        "running": {"ACTIVE": "1"},
        "never-ran": {"LAST SCHEDULE": "<none>", "TIMEZONE": "<none>"},
        "suspended": {"SUSPEND": "True"},
        "suspend-unset": {"SUSPEND": "<unset>", "SCHEDULE": "@daily"},
    },
    "ingresses": {
        "served": {"ADDRESS": "k8s-odd-1.eu-west-1.elb.amazonaws.com", "PORTS": "80"},
        "without-address": {"ADDRESS": ""},
        "any-host": {"HOSTS": "*", "CLASS": "<none>"},
        "no-rules": {"HOSTS": "*"},
        "many-hosts": {"HOSTS": "a.example,b.example,c.example + 2 more..."},
        "one-without-host": {"HOSTS": "a.example,b.example,c.example + 1 more..."},
    },
    "persistentvolumeclaims": {
        "pending": {"STATUS": "Pending", "VOLUME": "", "CAPACITY": "", "ACCESS MODES": ""},
        "lost": {"STATUS": "Lost", "VOLUME": "pvc-2", "CAPACITY": "0"},
        "going": {"STATUS": "Terminating", "CAPACITY": "1Ti"},
        "shared": {"ACCESS MODES": "RWO,ROX,RWX,RWOP", "STORAGECLASS": "efs"},
        "without-phase": {"STORAGECLASS": "", "VOLUMEATTRIBUTESCLASS": "<unset>", "VOLUMEMODE": "<unset>"},
    },
    "horizontalpodautoscalers": {
        "no-metrics": {"TARGETS": "cpu: <unknown>/70%"},
        "just-made": {"TARGETS": "cpu: <unknown>/70%", "REPLICAS": "0"},
        "least-unset": {"TARGETS": "<none>", "MINPODS": "<unset>"},
        "by-value": {"TARGETS": "memory: 123Mi/500Mi"},
        "by-container": {"TARGETS": "memory: 81%/80%"},
        "by-two": {"TARGETS": "92500m/100, 2500/10k"},
        "by-many": {"TARGETS": "12/30 (avg), <unknown>/5 (avg) + 2 more..."},
        "by-external-value": {"TARGETS": "<unknown>/300"},
        "by-something-new": {"TARGETS": "<unknown type>"},
        "measured-otherwise": {"TARGETS": "cpu: <unknown>/70%"},
    },
    "configmaps": {
        "two-texts": {"DATA": "2", "BYTES": "19"},
        "binary": {"DATA": "3", "BYTES": "6"},
        "empty": {"DATA": "0", "BYTES": "0"},
    },
    "secrets": {
        "empty": {"DATA": "0", "KEYS": ""},
        "registry": {"TYPE": "kubernetes.io/dockerconfigjson", "KEYS": ".dockerconfigjson"},
    },
}


@pytest.mark.parametrize(
    ("plural", "name"), [(plural, name) for plural, names in ODD.items() for name in names]
)
def test_an_odd_state_is_shown_as_kubectl_prints_it(plural: str, name: str) -> None:
    shown = texts(plural, name)
    assert {header: shown[header] for header in ODD[plural][name]} == ODD[plural][name]


def test_cells_sort_by_value() -> None:
    assert cells("jobs", "complete")["DURATION"].number == 270
    assert cells("jobs", "running")["COMPLETIONS"].number == 3 / 5
    assert cells("jobs", "nothing-to-do")["COMPLETIONS"].number == 1
    assert cells("cronjobs", "succeeded")["LAST SCHEDULE"].number == 212
    capacities = {
        name: cells("persistentvolumeclaims", name)["CAPACITY"].number for name in ("going", "resized")
    }
    assert capacities == {"going": 2.0**40, "resized": 500e6}
    assert cells("persistentvolumeclaims", "pending")["CAPACITY"].number is None
    assert cells("configmaps", "two-texts")["BYTES"] == Cell("19", number=19)


def test_a_capacity_that_is_no_quantity_is_shown_as_it_is() -> None:
    item = {
        "metadata": {"name": "x"},
        "spec": {"volumeName": "v"},
        "status": {"capacity": {"storage": "much"}},
    }
    (row,) = read("persistentvolumeclaims", [item]).values()
    (column,) = [column for column in KINDS["persistentvolumeclaims"].columns if column.header == "CAPACITY"]
    assert column.cell(row, NOW) == Cell("much")


@pytest.mark.parametrize(
    ("words", "plural"),
    [
        ("namespaces namespace ns NS", "namespaces"),
        ("statefulset sts sts.apps statefulset.v1.apps", "statefulsets"),
        ("daemonset ds daemonsets.apps", "daemonsets"),
        ("replicaset rs", "replicasets"),
        ("job jobs.batch", "jobs"),
        ("cronjob cj cj.batch", "cronjobs"),
        ("ingress ing ingresses.networking.k8s.io ingress.v1.networking.k8s.io", "ingresses"),
        ("pvc persistentvolumeclaim pvc.v1", "persistentvolumeclaims"),
        ("hpa hpa.autoscaling hpa.v2.autoscaling", "horizontalpodautoscalers"),
        ("cm configmap", "configmaps"),
        ("secret secrets", "secrets"),
        ("event ev", "events"),
    ],
)
def test_a_kind_goes_by_all_of_kubectls_names(words: str, plural: str) -> None:
    assert {kind_named(word) for word in words.split()} == {KINDS[plural]}


def test_each_kind_leads_to_a_few_others() -> None:
    for plural, kind in KINDS.items():
        assert 3 <= len(kind.related) <= 5
        assert set(kind.related) <= set(KINDS) - {plural}
