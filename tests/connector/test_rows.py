"""Rows against what a real API server and kubectl printed of the same objects."""

import json
from datetime import UTC, datetime

import pytest

from connector.resources import KINDS, Cell, Health, Kind, Row, kind_named
from tests.connector.api_server import RECORDED, recorded

TABLES_AT = datetime(2026, 11, 23, 7, 3, 32, tzinfo=UTC).timestamp()
KUBECTL_AT = TABLES_AT + 1

# Our header -> the server's, where both have the column.
SERVER_COLUMNS = {
    "pods": ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE"],
    "deployments": ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
    "services": ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
    "nodes": ["NAME", "STATUS", "ROLES", "VERSION", "AGE"],
}


def rows_of(kind: Kind) -> list[Row]:
    body = recorded(f"{kind.plural}.json")
    return list(kind.read(json.dumps(body).encode())[1])


def cells(kind: Kind, row: Row, now: float = TABLES_AT) -> dict[str, Cell]:
    return {column.header: column.cell(row, now) for column in kind.columns}


def row_named(plural: str, name: str) -> dict[str, Cell]:
    kind = KINDS[plural]
    return cells(kind, next(row for row in rows_of(kind) if row.name == name))


@pytest.mark.parametrize("plural", SERVER_COLUMNS)
def test_every_odd_object_has_the_cells_that_the_server_gives(plural: str) -> None:
    kind = KINDS[plural]
    table = recorded(f"{plural}.table.json")
    at = {name.upper(): index for index, name in enumerate(table["columns"])}
    rows = rows_of(kind)
    assert len(rows) == len(table["rows"]) > 0
    for row, theirs in zip(rows, table["rows"], strict=True):
        ours = cells(kind, row)
        shown = {header: ours[header].text for header in SERVER_COLUMNS[plural]}
        assert shown == {header: str(theirs[at[header]]) for header in SERVER_COLUMNS[plural]}


@pytest.mark.parametrize("plural", SERVER_COLUMNS)
def test_every_odd_object_has_the_cells_that_kubectl_prints(plural: str) -> None:
    kind = KINDS[plural]
    header, *lines = (RECORDED / f"{plural}.kubectl.txt").read_text().splitlines()
    starts = {name: header.index(name) for name in SERVER_COLUMNS[plural]}
    ends = sorted([*(header.index(name) for name in header.split("  ") if name.strip()), len(header) + 200])

    def printed(line: str, name: str) -> str:
        return line[starts[name] : next(end for end in ends if end > starts[name])].strip()

    rows = rows_of(kind)
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        ours = cells(kind, row, KUBECTL_AT)
        assert {name: ours[name].text for name in starts} == {name: printed(line, name) for name in starts}


def test_the_columns_are_those_promised() -> None:
    assert {plural: [column.header for column in KINDS[plural].columns] for plural in SERVER_COLUMNS} == {
        "pods": ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE", "CONTAINERS", "CREATED"],
        "deployments": [
            "NAMESPACE",
            "NAME",
            "READY",
            "UP-TO-DATE",
            "AVAILABLE",
            "REPLICAS",
            "AGE",
            "CREATED",
        ],
        "services": ["NAMESPACE", "NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE", "CREATED"],
        "nodes": [
            "NAME",
            "STATUS",
            "ROLES",
            "INSTANCE-TYPE",
            "ZONE",
            "NODEGROUP",
            "VERSION",
            "AGE",
            "CREATED",
        ],
    }


POD_HEALTH = {
    Health.BROKEN: "config-error crashloop err-image-pull evicted failed-error failed-exitcode failed-signal "
    "image-backoff init-crash init-error oomkilled two-waiting",
    Health.CHANGING: "gated init-first init-second just-created one-done-one-running pulling-image "
    "running-one-of-two sidecar-starting terminating unschedulable",
    Health.UNKNOWN: "node-lost",
    Health.HEALTHY: "done-but-ready oom-then-running restarted-lately running-two sidecar-running",
    Health.OFF: "completed",
}
HEALTH = {
    "pods": POD_HEALTH,
    "deployments": {
        Health.BROKEN: "never-seen",
        Health.CHANGING: "partly-up rolling",
        Health.HEALTHY: "all-up paused",
        Health.OFF: "scaled-to-zero",
    },
    "services": {
        Health.CHANGING: "lb-pending",
        Health.HEALTHY: "cluster external-ips external-name headless lb-ready no-ports node-port",
    },
    "nodes": {
        Health.BROKEN: "a-not-ready a-not-ready-cordoned a-unknown",
        Health.CHANGING: "a-cordoned a-pressure",
        Health.UNKNOWN: "a-no-conditions",
        Health.HEALTHY: "a-external a-fargate a-ready a-roles",
    },
}


@pytest.mark.parametrize("plural", HEALTH)
def test_health_tells_the_sick_from_the_well(plural: str) -> None:
    expected = {name: health for health, names in HEALTH[plural].items() for name in names.split()}
    assert {row.name: row.health for row in rows_of(KINDS[plural])} == expected


def test_sick_comes_before_well() -> None:
    assert sorted(Health) == [Health.BROKEN, Health.CHANGING, Health.UNKNOWN, Health.HEALTHY, Health.OFF]


def test_cells_sort_by_value_and_tell_instants() -> None:
    pod = row_named("pods", "crashloop")
    assert pod["RESTARTS"] == Cell("23 (4m42s ago)", number=23)
    assert pod["READY"] == Cell("0/1", number=0.0)
    assert pod["AGE"] == Cell("102s", number=102.0)
    created = datetime(2026, 11, 23, 7, 1, 50, tzinfo=UTC).timestamp()
    assert pod["CREATED"] == Cell("2026-11-23 07:01 UTC", number=created, time=created)
    assert pod["CONTAINERS"].text == "app"
    assert row_named("pods", "running-two")["CONTAINERS"].text == "app,proxy"
    assert row_named("deployments", "partly-up")["READY"] == Cell("1/3", number=1 / 3)
    assert row_named("deployments", "scaled-to-zero")["READY"].number == 1.0
    assert row_named("deployments", "rolling")["REPLICAS"] == Cell("4", number=4)


def test_a_node_tells_what_eks_says_of_its_machine() -> None:
    node = row_named("nodes", "a-ready")
    assert [node[header].text for header in ("INSTANCE-TYPE", "ZONE", "NODEGROUP")] == [
        "m7g.xlarge",
        "eu-west-1b",
        "general",
    ]
    fargate = row_named("nodes", "a-fargate")
    assert [fargate[header].text for header in ("INSTANCE-TYPE", "NODEGROUP")] == ["fargate", "<none>"]


@pytest.mark.parametrize("plural", KINDS)
def test_an_object_with_hardly_anything_in_it_is_a_row_too(plural: str) -> None:
    kind = KINDS[plural]
    meta, rows = kind.read(b'{"metadata":{},"items":[{"metadata":{"name":"x","creationTimestamp":null}}]}')
    shown = cells(kind, next(iter(rows)))
    assert shown["NAME"].text == "x"
    since = ("LAST SEEN", "LAST SEEN AT") if plural == "events" else ("AGE", "CREATED")
    assert [shown[header] for header in since] == [Cell("<unknown>")] * 2
    assert (meta.continue_, meta.remaining) == ("", None)


def test_a_list_without_items_is_empty() -> None:
    assert (
        list(KINDS["pods"].read(b'{"metadata":{"continue":"abc","remainingItemCount":7},"items":null}')[1])
        == []
    )


@pytest.mark.parametrize(
    ("words", "plural"),
    [
        (("pods", "pod", "po", "PODS", "Pod", "pods.v1"), "pods"),
        (
            ("deployments", "deployment", "deploy", "deployments.apps", "deploy.apps", "deployment.v1.apps"),
            "deployments",
        ),
        (("services", "service", "svc"), "services"),
        (("nodes", "node", "no"), "nodes"),
    ],
)
def test_a_kind_goes_by_all_of_kubectls_names(words: tuple[str, ...], plural: str) -> None:
    assert {kind_named(word) for word in words} == {KINDS[plural]}


@pytest.mark.parametrize("word", ["", "pds", "pods.apps", "leases", "hpa.v1.autoscaling", "po "])
def test_other_words_are_no_kind(word: str) -> None:
    assert kind_named(word) is None
