"""A list says what it is of, what is wrong, and where to go on; every row is reachable by its buttons."""

from dataclasses import replace
from typing import Any

import pytest

from connector.resources import KINDS, Cell, Health
from handlers.blocks import listing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command, decoded, parsed
from tests.handlers import samples
from tests.handlers.samples import CONNECTION, NOW, RUNGS, Plain, alive, buttons, command_of, mrkdwn

PODS = KINDS["pods"]


def asked(plural: str = "pods", **more: Any) -> Command:
    return Command("get", plural, connection=CONNECTION.id, owner="U0ADA00001").replaced(**more)


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def contexts(message: Message) -> list[str]:
    return [block["elements"][0]["text"] for block in message.blocks if block["type"] == "context"]


def labels(message: Message) -> dict[str, str]:
    """action_id of every button -> what stands on it."""
    return {
        each["action_id"]: each["text"]["text"]
        for each in samples.dicts(message.blocks)
        if each.get("type") == "button"
    }


def pods(count: int, health: Health = Health.HEALTHY, namespaces: int = 1) -> tuple[Plain, ...]:
    return tuple(Plain((f"pod-{at:04}",), health, f"team-{at % namespaces}") for at in range(count))


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
            "🟢 none in trouble · 1 of 1,940 pods match `cart` `api` in `checkout`",
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


def test_every_button_carries_the_command_that_it_names() -> None:
    here = asked(namespace="checkout", selector="app=cart", words=("cart",), private=True)
    found = samples.listing(samples.plain_kind(1), pods(250))
    message = listing.drawn(found, CONNECTION, here.replaced(offset=100), Rung.DATA_TABLE)
    carried = {name: decoded(value) for name, value in buttons(message.blocks).items()}
    assert carried == {
        "refresh.list": here.replaced(offset=100),
        "previous.page": here.replaced(offset=100, backwards=True),
        "next.page": here.replaced(offset=200),
        "list.deployments": asked("deployments", namespace="checkout", private=True),
        "list.services": asked("services", namespace="checkout", private=True),
        "list.nodes": asked("nodes", private=True),
        "list.events": asked("events", namespace="checkout", private=True),
    }


@pytest.mark.parametrize("plural", KINDS)
def test_a_list_leads_to_the_few_kinds_that_one_looks_at_next(plural: str) -> None:
    kind = KINDS[plural]
    message = listing.drawn(samples.listing(kind, ()), CONNECTION, asked(plural), Rung.DATA_TABLE)
    lists = {name: label for name, label in labels(message).items() if name.startswith("list.")}
    assert list(lists) == [f"list.{other}" for other in kind.related]
    assert 3 <= len(lists) <= 5
    assert all(len(label) <= 12 for label in lists.values())


def test_a_kind_with_a_long_name_goes_by_its_short_one_and_is_spoken_in_full() -> None:
    message = listing.drawn(
        samples.listing(KINDS["statefulsets"], ()), CONNECTION, asked("statefulsets"), Rung.DATA_TABLE
    )
    (button,) = [
        each
        for each in samples.dicts(message.blocks)
        if each.get("action_id") == "list.persistentvolumeclaims"
    ]
    assert button["text"]["text"] == "pvc"
    assert button["accessibility_label"] == "pvc: persistentvolumeclaims"


@pytest.mark.parametrize(
    ("plural", "said"),
    [
        ("events", "🟡 3 Warning · 5 events in 1 namespace"),
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


def test_the_namespace_select_carries_the_query_and_shows_what_is_chosen() -> None:
    here = asked(namespace="checkout", selector="app=cart")
    message = listing.drawn(
        samples.listing(samples.plain_kind(1), pods(3)), CONNECTION, here, Rung.DATA_TABLE
    )
    (row,) = [block for block in message.blocks if "choose.namespace" in str(block)]
    assert decoded(row["block_id"]) == here
    select = row["elements"][-1]
    assert select["type"] == "external_select"
    assert select["initial_option"]["value"] == "checkout"


def test_a_query_too_long_for_a_block_id_does_without_the_select() -> None:
    here = asked(selector="app=" + "x" * 250)
    message = listing.drawn(
        samples.listing(samples.plain_kind(1), pods(3)), CONNECTION, here, Rung.DATA_TABLE
    )
    assert message_faults(whole(message)) == []
    assert "choose.namespace" not in str(message.blocks)
    assert command_of(message.blocks, "refresh.list") == here


@pytest.mark.parametrize(
    ("several", "line"),
    [
        (False, "/eks pods WORD -l app=cart"),
        (True, "/eks pods WORD -l app=cart -c eu-west-1_prod-payments"),
    ],
)
def test_how_to_narrow_a_long_list_is_a_line_that_can_be_typed(several: bool, line: str) -> None:
    found = samples.listing(samples.plain_kind(1), pods(250))
    message = listing.drawn(found, CONNECTION, asked(selector="app=cart"), Rung.DATA_TABLE, several=several)
    assert contexts(message)[-1] == f"Rows 1–100 of 250 · narrow it: `{line}`"
    narrowed = Command("get", "pods", ("WORD",), selector="app=cart")
    assert parsed(line.removeprefix("/eks")) == (
        narrowed.replaced(connection=CONNECTION.id) if several else narrowed
    )


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


@pytest.mark.parametrize(
    ("command", "total", "said", "wider"),
    [
        ({}, 0, "There are no pods in `prod-payments`.", None),
        (
            {"namespace": "checkout"},
            0,
            "There are no pods in `checkout` in `prod-payments`.",
            ("All namespaces", {}),
        ),
        (
            {"selector": "app=<x>"},
            0,
            "There are no pods with `app=&lt;x&gt;` in `prod-payments`.",
            ("Without the selector", {}),
        ),
        (
            {"namespace": "checkout", "words": ("cart",)},
            41,
            "No pods in `checkout` match `cart`. 41 pods are there.",
            ("Show them", {"namespace": "checkout"}),
        ),
        ({"words": ("cart",)}, 1, "No pods match `cart`. 1 pod is there.", ("Show them", {})),
    ],
)
def test_an_empty_list_says_so_and_offers_a_wider_one(
    command: dict[str, Any], total: int, said: str, wider: tuple[str, dict[str, Any]] | None
) -> None:
    message = listing.drawn(samples.listing(PODS, (), total), CONNECTION, asked(**command), Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    assert message.text == said
    assert message.blocks[1]["text"]["text"] == said
    carried = {name: decoded(value) for name, value in buttons(message.blocks).items()}
    widened = carried.pop("widen.list", None)
    if wider is None:
        assert widened is None
    else:
        label, rest = wider
        assert (labels(message)["widen.list"], widened) == (label, asked(**rest))
    namespace = command.get("namespace", "")
    assert carried == {
        "refresh.list": asked(**command),
        "list.deployments": asked("deployments", namespace=namespace),
        "list.services": asked("services", namespace=namespace),
        "list.nodes": asked("nodes"),
        "list.events": asked("events", namespace=namespace),
    }
    (row,) = [block for block in message.blocks if listing.NAMESPACES in str(block)]
    assert decoded(row["block_id"]) == asked(**command)


@pytest.mark.parametrize("kind", ["pods", "nodes"])
@pytest.mark.parametrize("command", [{}, {"words": ("cart",)}])
def test_what_is_not_narrowed_to_a_namespace_is_not_widened_to_all(
    kind: str, command: dict[str, Any]
) -> None:
    message = listing.drawn(
        samples.listing(KINDS[kind], (), 0), CONNECTION, asked(kind, **command), Rung.DATA_TABLE
    )
    assert "All namespaces" not in labels(message).values()


def test_without_the_selector_is_what_its_button_says() -> None:
    here = asked(namespace="checkout", selector="app=cart")
    message = listing.drawn(samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE)
    assert labels(message)["widen.list"] == "Without the selector"
    assert command_of(message.blocks, "widen.list") == here.replaced(selector="")


@pytest.mark.parametrize(
    ("nearest", "said", "label", "namespace"),
    [
        (
            "checkout",
            "There is no namespace `chekout` in `prod-payments`. Did you mean `checkout`?",
            "Show checkout",
            "checkout",
        ),
        ("", "There is no namespace `chekout` in `prod-payments`.", "All namespaces", ""),
    ],
)
def test_a_namespace_that_is_not_there_is_said_with_the_nearest(
    nearest: str, said: str, label: str, namespace: str
) -> None:
    here = asked(namespace="chekout", selector="app=cart", words=("api",), private=True)
    message = listing.drawn(
        samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE, missing=listing.Missing(nearest)
    )
    assert message_faults(whole(message)) == []
    assert (message.text, message.blocks[1]["text"]["text"]) == (said, said)
    assert labels(message)["widen.list"] == label
    assert command_of(message.blocks, "widen.list") == here.replaced(namespace=namespace)


def test_an_empty_list_that_was_stopped_does_not_claim_that_there_is_nothing() -> None:
    found = samples.listing(PODS, (), 0, complete=False, expected=900)
    message = listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE)
    assert any("Stopped for time" in text for text in contexts(message))


@pytest.mark.parametrize("nearest", ["n" * 63, "&" * 63, "<!channel>"])
def test_no_namespace_that_is_near_breaks_a_message(nearest: str) -> None:
    here = asked(namespace="m" * 63, words=("w" * 300,))
    message = listing.drawn(
        samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE, missing=listing.Missing(nearest)
    )
    assert message_faults(whole(message)) == []
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))


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
