"""Limits of whole messages and views; and whatever else a dict may hold."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.limits import Surface, faults, message_faults, suggestion_faults, view_faults
from tests.handlers.block_samples import (
    ALERT,
    EVERYWHERE,
    MESSAGE_ONLY,
    Json,
    container,
    data_table,
    entry,
    grid,
    modal,
    options,
    plain,
    section,
)


def test_a_whole_message() -> None:
    assert message_faults({"text": "x", "blocks": [section()], "channel": "C1"}) == []
    assert message_faults({"text": "x" * 40_000}) == []
    assert message_faults({"text": "x" * 40_001}) == [
        "[ERROR] must be less than 40001 characters [json-pointer:/text]"
    ]
    assert message_faults({"blocks": []}) == ["[ERROR] no_text [json-pointer:/text]"]
    assert message_faults([]) == ["[ERROR] must provide an object [json-pointer:/]"]
    long = [section("x" * 2640)] * 5
    assert message_faults({"text": "x", "blocks": long}) == []
    assert message_faults({"text": "x", "blocks": [*long, section("x")]}) == [
        "[ERROR] msg_blocks_too_long [json-pointer:/blocks]"
    ]
    # A table has a cap of its own.
    assert message_faults({"text": "x", "blocks": [*long, data_table(grid(2, text="x" * 4000))]}) == []
    inside = {"attachments": [{"blocks": [section("x" * 3001)]}]}
    assert message_faults(inside) == [
        "[ERROR] must be less than 3001 characters [json-pointer:/attachments/0/blocks/0/text/text]"
    ]


@pytest.mark.parametrize(
    ("most", "view"),
    [
        (24, lambda n: modal(title=plain("x" * n))),
        (24, lambda n: modal(submit=plain("x" * n))),
        (24, lambda n: modal(close=plain("x" * n))),
        (3000, lambda n: modal(private_metadata="x" * n)),
        (255, lambda n: modal(callback_id="x" * n)),
        (255, lambda n: modal(external_id="x" * n)),
        (100, lambda n: modal(blocks=[section()] * n)),
        (100, lambda n: {"type": "home", "blocks": [section()] * n}),
    ],
)
def test_a_view_at_its_limits(most: int, view: Callable[[int], Json]) -> None:
    assert view_faults(view(most)) == []
    (sentence,) = view_faults(view(most + 1))
    assert "[json-pointer:/view/" in sentence


def test_a_view_of_250_kilobytes() -> None:
    blocks = [section("x" * 2450)] * 99
    rest = 250_000 - len(json.dumps(modal(blocks=[*blocks, section("")]), ensure_ascii=False))
    assert view_faults(modal(blocks=[*blocks, section("x" * rest)])) == []
    (sentence,) = view_faults(modal(blocks=[*blocks, section("x" * (rest + 1))]))
    assert "view_too_large" in sentence
    # Bytes are counted, not characters.
    assert "view_too_large" in view_faults(modal(blocks=[section("é" * 1300)] * 100))[0]


def test_an_input_wants_a_submit_button() -> None:
    assert view_faults(modal(blocks=[entry()], submit=plain("Go"))) == []
    assert view_faults(modal(blocks=[entry()])) == [
        "[ERROR] missing required field: submit, as there is an input block [json-pointer:/view]"
    ]
    assert view_faults({"type": "home", "blocks": [entry()]}) == []


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (None, "must provide an object [json-pointer:/view]"),
        ({"type": "dialog"}, "must be one of modal, home [json-pointer:/view/type]"),
        ({"type": "modal"}, "missing required field: blocks [json-pointer:/view]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (
            {"type": "home", "blocks": [], "title": plain("x")},
            "invalid additional property: title [json-pointer:/view]",
        ),
        (modal(blocks=[object()]), "must be JSON [json-pointer:/view]"),
    ],
)
def test_what_is_no_view(view: Any, sentence: str) -> None:
    assert f"[ERROR] {sentence}" in view_faults(view)


def test_suggestions() -> None:
    assert suggestion_faults({"options": []}) == []
    assert suggestion_faults({"options": options(100)}) == []
    assert len(suggestion_faults({"options": options(101)})) == 1
    assert suggestion_faults({"option_groups": [{"label": plain("l"), "options": options(2)}]}) == []
    assert suggestion_faults({}) == [
        "[ERROR] must define either `options` or `option_groups` [json-pointer:/]"
    ]
    assert suggestion_faults(None) == ["[ERROR] must provide an object [json-pointer:/]"]


# Whatever a dict may hold

KEYS = [
    *(
        "type",
        "text",
        "blocks",
        "elements",
        "element",
        "options",
        "option_groups",
        "rows",
        "chart",
        "series",
        "segments",
    ),
    *(
        "fields",
        "accessory",
        "label",
        "value",
        "title",
        "tasks",
        "child_blocks",
        "axis_config",
        "categories",
        "data",
    ),
    *(
        "confirm",
        "style",
        "initial_option",
        "initial_options",
        "min_value",
        "max_value",
        "min_length",
        "block_id",
    ),
    *(
        "action_id",
        "caption",
        "page_size",
        "row_header_column_index",
        "column_settings",
        "status",
        "attachments",
    ),
]
TYPES = [block["type"] for block in (*EVERYWHERE, *MESSAGE_ONLY, ALERT)] + [
    *(
        "modal",
        "home",
        "plain_text",
        "mrkdwn",
        "button",
        "static_select",
        "overflow",
        "number_input",
        "raw_text",
    ),
    *(
        "raw_number",
        "rich_text_list",
        "rich_text_section",
        "date",
        "pie",
        "bar",
        "checkboxes",
        "multi_static_select",
    ),
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(TYPES)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
SURFACES = st.sampled_from(["message", "modal", "home"])


@given(VALUES, SURFACES)
def test_garbage_gives_faults_and_never_an_exception(value: Any, surface: Surface) -> None:
    for found in (
        faults(value, surface),
        message_faults(value),
        view_faults(value),
        suggestion_faults(value),
    ):
        assert all(sentence.startswith("[ERROR] ") and sentence.endswith("]") for sentence in found)
    if not isinstance(value, list):
        assert faults(value, surface)


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """A good block with one value somewhere inside replaced by anything."""
    block = json.loads(json.dumps(draw(st.sampled_from([*EVERYWHERE, *MESSAGE_ONLY, ALERT]))))
    here, replacement = block, draw(VALUES)
    while True:
        key = draw(st.sampled_from(list(here) if isinstance(here, dict) else list(range(len(here)))))
        if not isinstance(here[key], dict | list) or not here[key] or draw(st.booleans()):
            here[key] = replacement
            return dict(block)
        here = here[key]


@given(damaged(), SURFACES)
@settings(max_examples=300)
def test_a_damaged_block_never_raises(block: Json, surface: Surface) -> None:
    faults([block], surface)
    message_faults({"text": "x", "blocks": [block, block]})
    view_faults(modal(blocks=[block]))


def test_nesting_without_end_is_taken_calmly() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for value in (deep, [{"type": "section", "text": deep}], {"text": deep, "blocks": deep}):
        faults(value, "message")
        message_faults(value)
        view_faults(value)
    container_in_container: Json = section()
    for _ in range(5000):
        container_in_container = container(child_blocks=[container_in_container])
    assert faults([container_in_container], "message")
