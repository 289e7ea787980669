"""A list says what it is of, what is wrong, and where to go on; every row is reachable by its buttons."""

from dataclasses import replace
from typing import Any

import pytest

from connector.resources import KINDS, Cell, Health
from handlers.blocks import listing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Rung
from tests.handlers import samples
from tests.handlers.listing_parts import asked, contexts, pods, whole
from tests.handlers.samples import CONNECTION, NOW, RUNGS, Plain, alive, buttons, command_of, mrkdwn

PODS = KINDS["pods"]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("plural", KINDS)
def test_a_real_clusters_objects_are_drawn_with_every_row_and_cell(plural: str, rung: Rung) -> None:
    rows = samples.recorded(plural)
    found = samples.listing(KINDS[plural], rows)
    message = listing.drawn(found, CONNECTION, asked(plural), rung)
    assert message_faults(whole(message)) == []
    assert message.blocks[0]["text"]["text"] == f"{plural} · prod-payments · eu-west-1 · v1.34"
    shown = samples.shown_rows(message.blocks)
    if shown is None:
        text = str(message.blocks)
        assert all(row.name in text for row in rows[:5])
        return
    columns = KINDS[plural].columns
    name = [column.header for column in columns].index(KINDS[plural].named_by)
    assert [row[name] for row in shown] == [row.name for row in rows]
    for row, cells in zip(rows, shown, strict=True):
        expected = [column.cell(row, NOW) for column in columns]
        assert [text for text, cell in zip(cells, expected, strict=True) if cell.time is None] == [
            cell.text or "-" for cell in expected if cell.time is None
        ]


@pytest.mark.parametrize("plural", KINDS)
def test_the_header_row_holds_the_kinds_columns_and_the_name_is_spoken(plural: str) -> None:
    found = samples.listing(KINDS[plural], samples.recorded(plural))
    (table,) = [
        block
        for block in listing.drawn(found, CONNECTION, asked(plural), Rung.DATA_TABLE).blocks
        if block["type"] == "data_table"
    ]
    headers = [cell["text"] for cell in table["rows"][0]]
    assert headers == [column.header for column in KINDS[plural].columns]
    assert headers[table["row_header_column_index"]] == ("OBJECT" if plural == "events" else "NAME")
    assert table["caption"].startswith(f"{plural} of {CONNECTION.id}, rows 1 to ")


def test_what_is_wrong_is_counted_first() -> None:
    rows = (*pods(6, Health.BROKEN), *pods(2, Health.CHANGING), *pods(76, namespaces=24))
    found = samples.listing(samples.plain_kind(1), rows)
    message = listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE)
    said = "🔴 6 not ready · 🟡 2 changing · 84 pods in 24 namespaces"
    assert contexts(message)[0].startswith(f"{said} · taken <!date^{int(NOW)}^{{time_secs}}|")
    assert message.text == f"pods of prod-payments: {said}"


@pytest.mark.parametrize(
    ("rows", "changes", "command", "said"),
    [
        (1, {"total": 1}, {}, "🟢 none in trouble · 1 pod in 1 namespace"),
        (2, {"total": 2}, {}, "🟢 none in trouble · 2 pods in 1 namespace"),
        (
            84,
            {"total": 1940, "namespaces": 24},
            {"words": ("cart",)},
            "🟢 none in trouble · 84 of 1,940 pods match `cart` in 1 namespace",
        ),
        (
            1,
            {"total": 1940},
            {"words": ("cart", "api"), "namespace": "checkout"},
            "🟢 none in trouble · 1 of 1,940 pods matches `cart` `api` in `checkout`",
        ),
        (
            3,
            {},
            {"namespace": "checkout", "selector": "app=cart,tier!=<x>"},
            "🟢 none in trouble · 3 pods in `checkout` with `app=cart,tier!=&lt;x&gt;`",
        ),
    ],
)
def test_the_count_says_of_how_many_and_where(
    rows: int, changes: dict[str, Any], command: dict[str, Any], said: str
) -> None:
    found = samples.listing(samples.plain_kind(1), pods(rows), **changes)
    message = listing.drawn(found, CONNECTION, asked(**command), Rung.DATA_TABLE)
    assert contexts(message)[0].split(" · taken ")[0] == said


def test_the_namespaces_are_those_of_the_matches() -> None:
    rows = pods(84, namespaces=24)
    found = samples.listing(samples.plain_kind(1), rows, 1940, namespaces=61)
    message = listing.drawn(found, CONNECTION, asked(words=("cart",)), Rung.DATA_TABLE)
    assert contexts(message)[0].startswith(
        "🟢 none in trouble · 84 of 1,940 pods match `cart` in 24 namespaces · taken "
    )


def test_nodes_are_in_no_namespace() -> None:
    found = samples.listing(KINDS["nodes"], samples.recorded("nodes"))
    message = listing.drawn(found, CONNECTION, asked("nodes"), Rung.DATA_TABLE)
    assert "namespace" not in contexts(message)[0]
    assert "choose.namespace" not in str(message.blocks)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (10_000, "🟡 Stopped for time with 8,200 of about 10,000 pods: the rest is missing."),
        (None, "🟡 Stopped for time with 8,200 pods: the rest is missing."),
    ],
)
def test_an_incomplete_list_says_so(expected: int | None, said: str) -> None:
    found = samples.listing(samples.plain_kind(1), pods(10), total=8200, complete=False, expected=expected)
    assert said in contexts(listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE))


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("count", [1, 99, 100, 101, 640])
def test_next_and_previous_reach_every_row_once_and_in_order(count: int, rung: Rung) -> None:
    rows = tuple(Plain((f"pod-{at:04}", "s" * (at * 37 % 390))) for at in range(count))
    found = samples.listing(samples.plain_kind(2), rows)
    pages, command = [], asked()
    while True:
        start, cells = listing.page(found, command, rung)
        message = listing.drawn(found, CONNECTION, command, rung)
        assert message_faults(whole(message)) == []
        pages.append((start, cells))
        if "next.page" not in buttons(message.blocks):
            break
        command = command_of(message.blocks, "next.page")
        assert command.connection == CONNECTION.id
    assert [start for start, _ in pages] == _starts(pages)
    seen = [cells[0].text for _, page in pages for cells in page]
    assert seen == [row.name for row in rows]
    if count > 101:
        place = f"Rows 1–{len(pages[0][1]):,} of {count}"
        assert any(
            text.startswith(place) for text in contexts(listing.drawn(found, CONNECTION, asked(), rung))
        )
    # And back again, as far as the first row, with no row left out between two pages.
    at = pages[-1][0]
    while "previous.page" in buttons(message.blocks):
        command = command_of(message.blocks, "previous.page")
        start, cells = listing.page(found, command, rung)
        assert start < at <= start + len(cells)
        assert cells[0][0].text == rows[start].name
        message, at = listing.drawn(found, CONNECTION, command, rung), start
        assert message_faults(whole(message)) == []
    assert at == 0


def _starts(pages: list[tuple[int, list[tuple[Cell, ...]]]]) -> list[int]:
    at, starts = 0, []
    for _, page in pages:
        starts.append(at)
        at += len(page)
    return starts


@pytest.mark.parametrize("rung", RUNGS)
def test_a_list_that_became_shorter_shows_its_last_page(rung: Rung) -> None:
    found = samples.listing(samples.plain_kind(1), pods(30))
    start, cells = listing.page(found, asked(offset=5000), rung)
    assert cells
    assert start + len(cells) == 30
    message = listing.drawn(found, CONNECTION, asked(offset=5000), rung)
    assert "next.page" not in buttons(message.blocks)


def test_a_whole_list_has_no_other_pages() -> None:
    message = listing.drawn(
        samples.listing(samples.plain_kind(1), pods(12)), CONNECTION, asked(), Rung.DATA_TABLE
    )
    assert {"next.page", "previous.page"}.isdisjoint(buttons(message.blocks))
    assert "Rows " not in str(message.blocks)


@pytest.mark.parametrize(
    ("plural", "said"),
    [
        ("events", "🟡 3 warnings · 5 events in 1 namespace"),
        ("jobs", "🔴 3 failed · 🟡 2 changing · 14 jobs in 1 namespace"),
        ("namespaces", "🔴 2 stuck · 🟡 1 terminating · 5 namespaces"),
        ("persistentvolumeclaims", "🔴 3 lost or not resized · 🟡 4 not bound or changing · 11"),
        ("horizontalpodautoscalers", "🔴 2 not able to scale · 🟡 4 at their most or scaling · 20"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_kind(plural: str, said: str) -> None:
    found = samples.listing(KINDS[plural], samples.recorded(plural))
    summary = contexts(listing.drawn(found, CONNECTION, asked(plural), Rung.DATA_TABLE))[0]
    assert summary.startswith(said)


@pytest.mark.parametrize(
    ("plural", "health", "said"),
    [
        ("events", (Health.CHANGING, Health.HEALTHY), "🟡 1 warning · 2 events in 1 namespace"),
        ("events", (Health.HEALTHY,), "🟢 no warnings · 1 event in 1 namespace"),
        ("configmaps", (Health.HEALTHY,), "1 configmap in 1 namespace"),
        ("secrets", (Health.HEALTHY, Health.HEALTHY), "2 secrets in 1 namespace"),
        ("secrets", (Health.HEALTHY, Health.CHANGING), "🟡 1 terminating · 2 secrets in 1 namespace"),
    ],
)
def test_only_what_can_ail_is_said_to_be_well(plural: str, health: tuple[Health, ...], said: str) -> None:
    kind = replace(KINDS[plural], columns=samples.plain_kind(1).columns, named_by="NAME")
    rows = tuple(Plain((str(at),), one, "shop") for at, one in enumerate(health))
    found = samples.listing(kind, rows)
    summary = contexts(listing.drawn(found, CONNECTION, asked(plural), Rung.DATA_TABLE))[0]
    assert summary.startswith(f"{said} · taken ")


@pytest.mark.parametrize("rows", [0, 3])
def test_two_clusters_of_one_name_are_told_apart_by_their_accounts(rows: int) -> None:
    found = samples.listing(samples.plain_kind(1), pods(rows))
    second = replace(CONNECTION, id=f"{CONNECTION.id}_{CONNECTION.account}")
    heads = [
        listing.drawn(found, connection, asked(), Rung.DATA_TABLE).blocks[0]["text"]["text"]
        for connection in (CONNECTION, second)
    ]
    assert heads == [
        "pods · prod-payments · eu-west-1 · v1.34",
        "pods · prod-payments · eu-west-1 · 111122223333 · v1.34",
    ]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_comes_alive(name: str, rung: Rung) -> None:
    rows = (Plain((name, name)), Plain(("other", name)))
    connection = replace(CONNECTION, cluster=name, version=name)
    command = asked(selector=name, words=(name,))
    for found in (
        samples.listing(samples.plain_kind(2), rows, 5),
        samples.listing(samples.plain_kind(2), (), 5),
        samples.listing(samples.plain_kind(2), (), 0),
    ):
        message = listing.drawn(found, connection, command, rung)
        assert message_faults(whole(message)) == []
        assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))
        if len(name) < 100:
            assert all(text.count("`") % 2 == 0 for text in mrkdwn(message))
