"""Events: as kubectl prints them, the same told once, warnings first and each newest first."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.connector import EKSConnector
from connector.resources import KINDS, Cell, Health, Listing, Query
from connector.resources.events import EventRow
from tests.connector.api_server import RECORDED, ApiServer, recorded
from tests.connector.conftest import REGION, MakeCluster

EVENTS = KINDS["events"]
PATH = "/api/v1/events"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC).timestamp()


def at(minute: int, second: int = 0) -> str:
    return f"2026-11-23T06:{minute:02}:{second:02}Z"


def event(name: str, last: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": at(0)},
        "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart"},
        "reason": "BackOff",
        "message": "Back-off restarting failed container",
        "type": "Warning",
        "firstTimestamp": at(1) if last else None,
        "lastTimestamp": last,
        "count": 1,
        "source": {"component": "kubelet"},
        **more,
    }


def rows_of(*items: dict[str, Any]) -> list[EventRow]:
    return list(EVENTS.read(json.dumps({"metadata": {}, "items": items}).encode())[1])  # type: ignore[arg-type]


def cells(row: EventRow, now: float = NOW) -> dict[str, Cell]:
    return {column.header: column.cell(row, now) for column in EVENTS.columns}


def test_every_recorded_event_has_the_cells_that_kubectl_prints() -> None:
    header, *lines = (RECORDED / "events.kubectl.txt").read_text().splitlines()
    names = [name.strip() for name in header.split("  ") if name.strip()]
    starts = [header.index(name) for name in names]
    # Recorded half a minute after the newest of them was made.
    now = datetime(2026, 11, 23, 7, 3, 33, tzinfo=UTC).timestamp()
    rows = rows_of(*recorded("events.json")["items"])
    assert len(rows) == len(lines) == 5
    for row, line in zip(rows, lines, strict=True):
        printed = {
            name: line[start:end].strip()
            for name, start, end in zip(names, starts, [*starts[1:], len(line)], strict=True)
        }
        shown = cells(row, now)
        assert {name: shown[name].text for name in names} == printed


def test_the_columns_are_those_promised() -> None:
    assert [column.header for column in EVENTS.columns] == [
        "NAMESPACE",
        "LAST SEEN",
        "TYPE",
        "REASON",
        "OBJECT",
        "MESSAGE",
        "COUNT",
        "FIRST SEEN",
        "SOURCE",
        "SUBOBJECT",
        "NAME",
        "LAST SEEN AT",
    ]
    assert EVENTS.named_by == "OBJECT"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"lastTimestamp": at(58)}, {"LAST SEEN": "2m", "FIRST SEEN": "59m", "COUNT": "1"}),
        # One that was told once has a first time only.
        ({"lastTimestamp": None}, {"LAST SEEN": "59m", "FIRST SEEN": "59m"}),
        # The newer API: microseconds, no count, perhaps a series.
        (
            {
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": "2026-11-23T06:30:00.123456Z",
                "count": 0,
            },
            {"LAST SEEN": "29m", "FIRST SEEN": "29m", "COUNT": "1"},
        ),
        (
            {
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": "2026-11-23T06:30:00.000000Z",
                "series": {"count": 7, "lastObservedTime": "2026-11-23T06:59:00.000000Z"},
            },
            {"LAST SEEN": "60s", "FIRST SEEN": "30m", "COUNT": "7"},
        ),
        (
            {"firstTimestamp": None, "lastTimestamp": None},
            {"LAST SEEN": "<unknown>", "FIRST SEEN": "<unknown>", "LAST SEEN AT": "<unknown>"},
        ),
        ({"source": {"component": "kubelet", "host": "ip-10-0-0-1"}}, {"SOURCE": "kubelet, ip-10-0-0-1"}),
        (
            {"source": {}, "reportingComponent": "karpenter", "reportingInstance": "karpenter-0"},
            {"SOURCE": "karpenter, karpenter-0"},
        ),
        ({"message": "\n Two\nlines \n"}, {"MESSAGE": "Two\nlines"}),
        ({"involvedObject": {"kind": "Node"}}, {"OBJECT": "node"}),
        (
            {"involvedObject": {"kind": "Pod", "name": "cart", "fieldPath": "spec.containers{app}"}},
            {"OBJECT": "pod/cart", "SUBOBJECT": "spec.containers{app}"},
        ),
    ],
)
def test_an_odd_event_is_shown_as_kubectl_prints_it(said: dict[str, Any], shown: dict[str, str]) -> None:
    (row,) = rows_of(event("a", at(58), **said))
    assert {header: cells(row)[header].text for header in shown} == shown


@pytest.mark.parametrize(
    ("kind", "health"),
    [("Warning", Health.CHANGING), ("Normal", Health.HEALTHY), ("", Health.UNKNOWN), ("Odd", Health.UNKNOWN)],
)
def test_a_warning_is_trouble(kind: str, health: Health) -> None:
    (row,) = rows_of(event("a", at(5), type=kind))
    assert row.health is health


@pytest.fixture
def connected(connector: EKSConnector, api: ApiServer, make_cluster: MakeCluster) -> tuple[EKSConnector, str]:
    make_cluster("prod", api)
    return connector, connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1").id


def listed(connected: tuple[EKSConnector, str], **query: Any) -> Listing:
    connector, connection = connected
    return connector.get_resources(connection, Query("events", **query))


def test_the_same_is_told_once_with_its_counts_added(
    connected: tuple[EKSConnector, str], api: ApiServer
) -> None:
    # More than a page, so that what agrees comes in different ones.
    api.put(PATH, [event(f"e{n}", at(10 + n % 40), count=2, firstTimestamp=at(n % 9)) for n in range(700)])
    found = listed(connected)
    (row,) = found.rows
    assert found.total == 1
    shown = {header: cell.text for header, cell in cells(row).items()}  # type: ignore[arg-type]
    assert shown["COUNT"] == "1400"
    assert (shown["FIRST SEEN"], shown["LAST SEEN"]) == ("60m", "11m")
    assert shown["OBJECT"] == "pod/cart"


@pytest.mark.parametrize(
    "other",
    [
        {"metadata": {"name": "b", "namespace": "elsewhere"}},
        {"involvedObject": {"kind": "Pod", "name": "till"}},
        {"involvedObject": {"kind": "Job", "name": "cart"}},
        {"involvedObject": {"kind": "Pod", "name": "cart", "fieldPath": "spec.containers{app}"}},
        {"reason": "Failed"},
        {"message": "Back-off pulling image"},
        {"type": "Normal"},
    ],
)
def test_what_differs_stands_for_itself(
    connected: tuple[EKSConnector, str], api: ApiServer, other: dict[str, Any]
) -> None:
    api.put(PATH, [event("a", at(5)), event("b", at(6), **other)])
    assert listed(connected).total == 2


def test_warnings_come_first_and_of_each_the_newest(
    connected: tuple[EKSConnector, str], api: ApiServer
) -> None:
    def about(name: str, minute: int, kind: str) -> dict[str, Any]:
        return event(name, at(minute), type=kind, involvedObject={"kind": "Pod", "name": name})

    api.put(
        PATH,
        [
            about("a", 5, "Normal"),
            about("b", 50, "Normal"),
            about("c", 7, "Warning"),
            about("d", 40, "Warning"),
        ],
    )
    found = listed(connected)
    assert [row.name for row in found.rows] == ["pod/d", "pod/c", "pod/b", "pod/a"]
    assert (found.sick, found.total, found.expected) == (2, 4, None)


def test_words_look_for_the_object(connected: tuple[EKSConnector, str], api: ApiServer) -> None:
    about = [
        {"kind": "Pod", "name": "cart-7d9"},
        {"kind": "Node", "name": "ip-1"},
        {"kind": "Pod", "name": "till"},
    ]
    api.put(PATH, [event(f"e{n}.17c", at(n), involvedObject=one) for n, one in enumerate(about)] * 2)
    found = listed(connected, words=("pod/CART",))
    assert ([row.name for row in found.rows], found.total) == (["pod/cart-7d9"], 3)
    assert [row.name for row in listed(connected, words=("node",)).rows] == ["node/ip-1"]


def test_only_the_namespaces_that_are_allowed_are_folded_and_counted(
    connected: tuple[EKSConnector, str], api: ApiServer
) -> None:
    hidden = event("b", at(6), metadata={"name": "b", "namespace": "hidden"})
    api.put(PATH, [event("a", at(5)), event("c", at(7)), hidden])
    found = listed(connected, namespaces=("sh*",))
    assert ([row.namespace for row in found.rows], found.total, found.namespaces) == (["shop"], 1, 1)


def test_a_message_that_quotes_a_credential_is_masked_in_every_shape(
    connected: tuple[EKSConnector, str], api: ApiServer
) -> None:
    message = "exec failed: psql postgres://shop:hunter2@db/shop with DB_PASSWORD=hunter2"
    api.put(PATH, [event("a", at(5), message=message)])
    for query in ({}, {"sort_by": "message"}):
        (row,) = (found := listed(connected, **query)).rows
        texts = [column.cell(row, NOW).text for column in found.kind.columns]
        assert "exec failed: psql postgres://shop:[masked]@db/shop with DB_PASSWORD=[masked]" in texts
        assert "hunter2" not in str(texts)
