"""Blocks of ours built once more by slackblocks, from the same values."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import slackblocks as sb

from handlers.blocks.message import Block

# What rich text in a cell holds that slackblocks has no words for there.
_OTHERWISE = frozenset({"date", "user", "channel"})


def text(value: Block) -> Any:
    if value["type"] == "plain_text":
        return sb.PlainText(value["text"], emoji=value.get("emoji", False))
    return sb.Markdown(value["text"])


def option(value: Block | None) -> Any:
    return sb.Option(text(value["text"]), value["value"]) if value else None


def _options(of: Block) -> list[Any]:
    return [option(each) for each in of["options"]]


def _static_select(value: Block) -> Any:
    groups = [
        sb.OptionGroup(text(group["label"]), _options(group)) for group in value.get("option_groups", ())
    ]
    return sb.StaticSelectMenu(
        value["action_id"],
        options=_options(value) if "options" in value else None,
        option_groups=groups or None,
        initial_option=option(value.get("initial_option")),
        placeholder=_placeholder(value),
    )


def _placeholder(value: Block) -> Any:
    return text(value["placeholder"]) if "placeholder" in value else None


ELEMENTS: Mapping[str, Callable[[Block], Any]] = MappingProxyType({
    "button": lambda value: sb.Button(
        text(value["text"]),
        value["action_id"],
        value=value["value"],
        style=value.get("style"),
        accessibility_label=value.get("accessibility_label"),
    ),
    "static_select": _static_select,
    "external_select": lambda value: sb.ExternalSelectMenu(
        value["action_id"],
        option(value.get("initial_option")),
        value["min_query_length"],
        placeholder=_placeholder(value),
    ),
    "conversations_select": lambda value: sb.ConversationSelectMenu(
        value["action_id"],
        default_to_current_conversation=value["default_to_current_conversation"],
        response_url_enabled=value["response_url_enabled"],
        placeholder=_placeholder(value),
    ),
    "overflow": lambda value: sb.OverflowMenu(value["action_id"], _options(value)),
    "radio_buttons": lambda value: sb.RadioButtonGroup(
        value["action_id"], _options(value), option(value["initial_option"])
    ),
    "plain_text_input": lambda value: sb.PlainTextInput(
        value["action_id"],
        value.get("initial_value"),
        max_length=value["max_length"],
        placeholder=_placeholder(value),
    ),
})  # fmt: skip


def element(value: Block) -> Any:
    """The element as slackblocks builds it. Raises KeyError for one that is not among ours."""
    return ELEMENTS[value["type"]](value)


def cell(value: Block) -> Any:
    if value["type"] == "raw_number":
        return sb.RawNumber(value["value"], value["text"])
    if value["type"] == "raw_text":
        return sb.RawText(value["text"])
    return sb.RawText(in_words(value))


def in_words(rich: Block) -> str:
    """slackblocks has no date in rich text, and no rich text in a cell: what is shown without one stands for it."""
    (shown,) = rich["elements"][0]["elements"]
    return str(shown.get("fallback") or shown[f"{shown['type']}_id"])


def _is_cell(rich: Block) -> bool:
    return {one["type"] for part in rich["elements"] for one in part["elements"]} <= _OTHERWISE


_RICH: Mapping[str, Any] = MappingProxyType({
    "rich_text_section": sb.RichTextSection,
    "rich_text_preformatted": sb.RichTextCodeBlock,
})  # fmt: skip


def _rich_text(value: Block, block_id: str) -> Any:
    def one(of: Block) -> Any:
        assert of["type"] == "text"
        return sb.RichText(of["text"])

    parts = [_RICH[part["type"]]([one(each) for each in part["elements"]]) for part in value["elements"]]
    return sb.RichTextBlock(parts, block_id)


def _chart(value: Block) -> Any:
    assert value["type"] == "bar"
    series = [
        sb.DataSeries(one["name"], [sb.DataPoint(each["label"], each["value"]) for each in one["data"]])
        for one in value["series"]
    ]
    config = value["axis_config"]
    return sb.BarChart(series, sb.AxisConfig(config["categories"], y_label=config["y_label"]))


def _task(value: Block) -> Any:
    details = _rich_text(value["details"], "b") if "details" in value else None
    return sb.TaskCardBlock(value["task_id"], value["title"], details, status=value["status"])


BLOCKS: Mapping[str, Callable[[Block, str], Any]] = MappingProxyType({
    "header": lambda value, block_id: sb.HeaderBlock(text(value["text"]), block_id),
    "section": lambda value, block_id: sb.SectionBlock(
        text(value["text"]) if "text" in value else None,
        block_id,
        fields=[text(each) for each in value["fields"]] if "fields" in value else None,
    ),
    "context": lambda value, block_id: sb.ContextBlock([text(each) for each in value["elements"]], block_id),
    "divider": lambda _value, block_id: sb.DividerBlock(block_id),
    "actions": lambda value, block_id: sb.ActionsBlock(
        [element(each) for each in value["elements"]], block_id
    ),
    "input": lambda value, block_id: sb.InputBlock(
        text(value["label"]),
        element(value["element"]),
        value.get("dispatch_action", False),
        block_id,
        text(value["hint"]) if "hint" in value else None,
        value["optional"],
    ),
    "data_table": lambda value, block_id: sb.DataTableBlock(
        [[cell(each) for each in row] for row in value["rows"]],
        value["caption"],
        value["page_size"],
        value["row_header_column_index"],
        block_id,
    ),
    "data_visualization": lambda value, block_id: sb.DataVisualizationBlock(
        value["title"], _chart(value["chart"]), block_id
    ),
    "plan": lambda value, block_id: sb.PlanBlock(
        value["title"], [_task(each) for each in value["tasks"]], block_id
    ),
    "rich_text": _rich_text,
    "table": lambda value, block_id: sb.TableBlock(
        [[sb.RawText(cell(each).text) for each in row] for row in value["rows"]],
        [sb.ColumnSettings(is_wrapped=each["is_wrapped"]) for each in value["column_settings"]],
        block_id,
    ),
})  # fmt: skip

KNOWN = frozenset({
    *BLOCKS, *ELEMENTS, *_OTHERWISE, *_RICH, "bar", "mrkdwn", "plain_text", "raw_number", "raw_text", "text",
    # What blocks are put into.
    "home", "modal",
})  # fmt: skip
"""Every type that can be built once more."""


def block(value: Block) -> Any:
    """The block as slackblocks builds it. Raises KeyError for one that is not among ours."""
    return BLOCKS[value["type"]](value, value.get("block_id", "b"))


def plainly(value: Any) -> Any:
    """JSON without what both leave out or write as a default, and with dates and people in cells as their texts."""
    if isinstance(value, list):
        return [plainly(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "rich_text":
        if _is_cell(value):
            return {"type": "raw_text", "text": in_words(value)}
        value = {"block_id": "b", **value}
    return {key: plainly(each) for key, each in value.items() if each not in (None, False)}


def same(ours: list[Block]) -> None:
    """Asserts that slackblocks takes these and says the same of each."""
    assert ours
    for each in ours:
        theirs = json.loads(json.dumps(block(each)._resolve()))
        mine = {"block_id": "b", **each}
        if each["type"] == "table":
            # slackblocks knows texts only in a table.
            mine["rows"] = [
                [{"type": "raw_text", "text": cell(one).text} for one in row] for row in each["rows"]
            ]
        assert plainly(theirs) == plainly(mine)
