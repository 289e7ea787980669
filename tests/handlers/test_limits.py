"""Each limit of a block at its last allowed value and one past it, and what is said about it."""

from collections.abc import Callable

import pytest

from handlers.blocks.limits import Surface, faults
from tests.handlers.block_samples import (
    ALERT,
    EVERYWHERE,
    MESSAGE_ONLY,
    Json,
    acts,
    button,
    card,
    chart,
    confirm,
    container,
    data_table,
    entry,
    grid,
    mrkdwn,
    option,
    options,
    picture,
    pie,
    plain,
    raw,
    rich,
    section,
    select,
    table,
    task,
    video,
)

# What a number counts, as a block that holds so many of it; where it may stand; the largest that is allowed.
LIMITS: list[tuple[str, Surface, int, Callable[[int], Json]]] = [
    ("section text", "message", 3000, lambda n: section("x" * n)),
    ("section fields", "message", 10, lambda n: {"type": "section", "fields": [mrkdwn("x")] * n}),
    ("section field", "message", 2000, lambda n: {"type": "section", "fields": [mrkdwn("x" * n)]}),
    ("header", "message", 150, lambda n: {"type": "header", "text": plain("x" * n)}),
    ("context elements", "message", 10, lambda n: {"type": "context", "elements": [plain("x")] * n}),
    ("actions elements", "message", 25, lambda n: acts(*(button(action_id=str(i)) for i in range(n)))),
    ("image url", "message", 3000, lambda n: picture(image_url="x" * n)),
    ("image alt_text", "message", 2000, lambda n: picture(alt_text="x" * n)),
    ("image title", "message", 2000, lambda n: picture(title=plain("x" * n))),
    ("input label", "modal", 2000, lambda n: entry() | {"label": plain("x" * n)}),
    ("input hint", "modal", 2000, lambda n: entry() | {"hint": plain("x" * n)}),
    ("table rows", "message", 100, lambda n: table(grid(n))),
    ("table columns", "message", 20, lambda n: table(grid(2, n))),
    ("table characters", "message", 10_000, lambda n: table([[raw("x" * (n - 1)), raw("x")]])),
    ("table column_settings", "message", 20, lambda n: table(grid(1), column_settings=[None] * n)),
    ("data_table rows", "message", 101, lambda n: data_table(grid(n))),
    ("data_table columns", "message", 20, lambda n: data_table(grid(2, n))),
    ("data_table characters", "message", 9_999, lambda n: data_table([[raw("x" * (n - 1))], [raw("x")]])),
    ("data_table page_size", "message", 100, lambda n: data_table(grid(2), page_size=n)),
    ("data_table row header", "message", 1, lambda n: data_table(grid(2, 2), row_header_column_index=n)),
    ("chart title", "message", 50, lambda n: pie(1) | {"title": "x" * n}),
    ("chart segments", "message", 6, pie),
    ("chart segment label", "message", 20, lambda n: pie(1, label="x" * n)),
    ("chart series", "message", 6, lambda n: chart(series=n)),
    ("chart points", "message", 20, lambda n: chart(points=n)),
    ("chart point label", "message", 20, lambda n: chart(points=1, label="x" * (n - 1))),
    ("chart axis", "message", 50, lambda n: chart(x_label="x" * n)),
    ("markdown", "message", 12_000, lambda n: {"type": "markdown", "text": "x" * n}),
    ("alert", "modal", 200, lambda n: {"type": "alert", "text": mrkdwn("x" * n)}),
    ("card title", "message", 150, lambda n: card(title=plain("x" * n))),
    ("card subtitle", "message", 150, lambda n: card(subtitle=plain("x" * n))),
    ("card body", "message", 200, lambda n: card(body=plain("x" * n))),
    ("card buttons", "message", 3, lambda n: card(actions=[button()] * n)),
    ("carousel", "message", 10, lambda n: {"type": "carousel", "elements": [card()] * n}),
    ("container", "message", 10, lambda n: container(child_blocks=[section()] * n)),
    ("container title", "message", 150, lambda n: container(title=plain("x" * n))),
    ("plan", "message", 50, lambda n: {"type": "plan", "title": "t", "tasks": [task(i) for i in range(n)]}),
    ("video title", "message", 200, lambda n: video(title=plain("x" * n))),
    ("video author", "message", 50, lambda n: video(author_name="x" * n)),
    ("block_id", "message", 255, lambda n: {"type": "divider", "block_id": "x" * n}),
    ("action_id", "message", 255, lambda n: acts(button(action_id="x" * n))),
    ("button text", "message", 75, lambda n: acts(button(text=plain("x" * n)))),
    ("button value", "message", 2000, lambda n: acts(button(value="x" * n))),
    ("button url", "message", 3000, lambda n: acts(button(url="x" * n))),
    ("select options", "message", 100, lambda n: select(options=options(n))),
    (
        "select groups",
        "message",
        100,
        lambda n: select(option_groups=[{"label": plain("l"), "options": [option()]}] * n),
    ),
    (
        "group label",
        "message",
        75,
        lambda n: select(option_groups=[{"label": plain("x" * n), "options": [option()]}]),
    ),
    ("option text", "message", 75, lambda n: select(options=[option() | {"text": plain("x" * n)}])),
    ("option value", "message", 150, lambda n: select(options=[option() | {"value": "x" * n}])),
    (
        "option description",
        "message",
        75,
        lambda n: select(options=[option() | {"description": plain("x" * n)}]),
    ),
    ("placeholder", "message", 150, lambda n: select("external_select", placeholder=plain("x" * n))),
    ("checkboxes", "message", 10, lambda n: select("checkboxes", options=options(n))),
    ("radio buttons", "message", 10, lambda n: select("radio_buttons", options=options(n))),
    ("overflow", "message", 5, lambda n: select("overflow", options=options(n))),
    ("input initial_value", "modal", 3000, lambda n: entry(initial_value="x" * n)),
    ("input min_length", "modal", 3000, lambda n: entry(min_length=n)),
    ("input max_length", "modal", 3000, lambda n: entry(max_length=n)),
    ("confirm title", "message", 100, lambda n: confirm(title=n)),
    ("confirm text", "message", 300, lambda n: confirm(text=n)),
    ("confirm yes", "message", 30, lambda n: confirm(yes=n)),
    ("confirm no", "message", 30, lambda n: confirm(no=n)),
]


@pytest.mark.parametrize(
    ("surface", "most", "block"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS]
)
def test_the_largest_is_allowed_and_one_more_is_not(
    surface: Surface, most: int, block: Callable[[int], Json]
) -> None:
    assert faults([block(most)], surface) == []
    found = faults([block(most + 1)], surface)
    assert len({sentence.partition(" [json-pointer:/blocks")[0] for sentence in found}) == 1, found


def test_a_fault_reads_as_slack_writes_it() -> None:
    assert faults([section(), section("x" * 3001)], "message") == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]
    assert faults([{"type": "context", "elements": [plain("x")] * 11}], "message") == [
        "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/elements]"
    ]


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_how_many_blocks_a_surface_takes(surface: Surface, most: int) -> None:
    divider = {"type": "divider"}
    assert faults([divider] * most, surface) == []
    assert faults([divider] * (most + 1), surface) == [
        f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"
    ]


@pytest.mark.parametrize("block", [*EVERYWHERE, *MESSAGE_ONLY, ALERT], ids=lambda block: block["type"])
def test_each_block_stands_on_its_surfaces_only(block: Json) -> None:
    def allowed(surface: Surface) -> bool:
        return faults([block], surface) == []

    assert [allowed("message"), allowed("modal"), allowed("home")] == [
        block is not ALERT,
        block in EVERYWHERE or block is ALERT,
        block in EVERYWHERE,
    ]


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"type": "hologram"}, "unsupported type: hologram [json-pointer:/blocks/0/type]"),
        ({}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "section"}, "must define `text` or `fields` [json-pointer:/blocks/0]"),
        (
            {"type": "header", "text": mrkdwn("x")},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            {"type": "divider", "colour": "red"},
            "invalid additional property: colour [json-pointer:/blocks/0]",
        ),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (acts(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            acts(button(style="loud")),
            "must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            acts(button(action_id="a"), button(action_id="a")),
            "must be unique [json-pointer:/blocks/0/elements/1/action_id]",
        ),
        (
            select(options=options(1), option_groups=[{"label": plain("l"), "options": options(1)}]),
            "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
        ),
        (
            select(options=options(2), initial_option=option(5)),
            "must be among the options [json-pointer:/blocks/0/elements/0/initial_option]",
        ),
        (
            entry(min_length=4, max_length=3),
            "min_length must not exceed max_length [json-pointer:/blocks/0/element]",
        ),
        (
            {"type": "data_table", "rows": grid(2)},
            "missing required field: caption [json-pointer:/blocks/0]",
        ),
        (data_table(grid(1)), "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]"),
        (data_table(grid(2), page_size=0), "must be at least 1 [json-pointer:/blocks/0/page_size]"),
        (
            data_table([*grid(1, 2), *grid(1, 3)]),
            "must have 2 cells, as the header row has [json-pointer:/blocks/0/rows/1]",
        ),
        (
            data_table([[rich("x")], [raw("x")]]),
            "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]",
        ),
        (
            data_table(grid(2, text="")),
            "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
        ),
        (
            data_table([[raw("x")], [{"type": "raw_number", "value": float("nan"), "text": "x"}]]),
            "must be a number [json-pointer:/blocks/0/rows/1/0/value]",
        ),
        (pie(1, value=0), "must be a number above 0 [json-pointer:/blocks/0/chart/segments/0/value]"),
        (
            {"type": "task_card", **task(status="pending")},
            "only a task of a plan can be pending [json-pointer:/blocks/0/status]",
        ),
        (
            container(child_blocks=[data_table(grid(2))]),
            "unsupported type: data_table [json-pointer:/blocks/0/child_blocks/0/type]",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(block: Json, sentence: str) -> None:
    assert f"[ERROR] {sentence}" in faults([block], "message")


def test_cells_count_whatever_their_type() -> None:
    number = {"type": "raw_number", "value": 1, "text": "x" * 4000}
    assert faults([data_table([[raw("h")], [rich("x" * 5998)]])], "message") == []
    assert faults([data_table([[raw("h"), raw("h")], [rich("x" * 5998), number]])], "message") == [
        "[ERROR] cells must hold less than 10000 characters together [json-pointer:/blocks/0/rows]"
    ]


def test_a_series_has_one_point_a_category() -> None:
    block = chart(points=3)
    block["chart"]["series"][0]["data"].pop()
    assert faults([block], "message") == [
        "[ERROR] must have one point for each category, in their order [json-pointer:/blocks/0/chart/series/0/data]"
    ]


def test_what_holds_for_all_blocks_together() -> None:
    one = {"type": "divider", "block_id": "same"}
    assert faults([one, one], "message") == ["[ERROR] must be unique [json-pointer:/blocks/1/block_id]"]
    assert faults([table(grid(1)), data_table(grid(2))], "message") == [
        "[ERROR] only_one_table_allowed [json-pointer:/blocks/1]"
    ]
    assert faults([container(child_blocks=[table(grid(1))]), table(grid(1))], "message") == [
        "[ERROR] only_one_table_allowed [json-pointer:/blocks/1]"
    ]
    assert faults([pie(1), pie(1)], "message") == []
    assert faults([pie(1), pie(1), chart()], "message") == [
        "[ERROR] no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"
    ]
    halves = [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6001}]
    assert faults(halves, "message") == [
        "[ERROR] markdown must be less than 12001 characters together [json-pointer:/blocks]"
    ]
    focused = entry(focus_on_load=True)
    assert faults([focused], "modal") == []
    assert faults([focused, focused], "modal") == [
        "[ERROR] only one element may have focus_on_load [json-pointer:/blocks]"
    ]
