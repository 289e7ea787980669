"""The shape of each block, and on which surfaces it may stand."""

from collections.abc import Iterable, Iterator
from typing import Any

from handlers.blocks.limits.elements import (
    accessory,
    action,
    button,
    context_action,
    either,
    identifier,
    image,
    input_element,
    plain,
    text,
    url,
)
from handlers.blocks.limits.numbers import (
    ACTIONS_ELEMENTS,
    ALERT_TEXT,
    ALT_TEXT,
    AXIS_LABEL,
    CARD_BODY,
    CARD_BUTTONS,
    CARD_TITLE,
    CAROUSEL_CARDS,
    CHART_LABEL,
    CHART_PARTS,
    CHART_POINTS,
    CHART_TITLE,
    CONTAINER_BLOCKS,
    CONTAINER_TITLE,
    CONTEXT_ACTIONS,
    CONTEXT_ELEMENTS,
    CONTEXT_TEXT,
    DATA_TABLE_COLUMNS,
    DATA_TABLE_PAGE,
    DATA_TABLE_ROWS,
    DATA_TABLE_TEXT,
    FIELD_TEXT,
    HEADER_TEXT,
    IMAGE_TITLE,
    INPUT_LABEL,
    PLAN_TASKS,
    SECTION_FIELDS,
    SECTION_TEXT,
    TABLE_COLUMNS,
    TABLE_ROWS,
    TABLE_TEXT,
    VIDEO_AUTHOR,
    VIDEO_TITLE,
    VIDEO_TITLE_URL,
)
from handlers.blocks.limits.rich_text import rich_text
from handlers.blocks.limits.schema import (
    Check,
    by_type,
    element,
    fault,
    flag,
    is_number,
    items,
    number,
    one_of,
    shape,
    string,
    whole,
)


def characters(value: Any) -> int:
    """How many characters all `text` fields under a value hold together."""
    total, left = 0, [value]  # a list and not recursion: the value may be nested without end
    while left:
        each = left.pop()
        if isinstance(each, list):
            left += each
        elif isinstance(each, dict):
            total += len(each["text"]) if isinstance(each.get("text"), str) else 0
            left += each.values()
    return total


def unique(named: list[tuple[Any, str]]) -> Iterator[str]:
    """A sentence for each name that was there before; names come with their places."""
    seen: set[str] = set()
    for name, at in named:
        if isinstance(name, str):
            if name in seen:
                yield fault("must be unique", at)
            seen.add(name)


def _some(*names: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if not any(value.get(name) for name in names):
            yield fault("must define " + " or ".join(f"`{name}`" for name in names), at)

    return check


def _block(
    kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, also: Check | None = None
) -> tuple[str, Check]:
    return element(kind, required, {"block_id": identifier} | (optional or {}), also)


def _action_ids(value: Any, at: str) -> Iterator[str]:
    yield from unique(
        [
            (each.get("action_id"), f"{at}/elements/{index}/action_id")
            for index, each in enumerate(value["elements"])
        ]
    )


_cells = dict(
    (
        element("raw_text", {"text": string()}, {"emoji": flag}),
        element("raw_number", {"value": number, "text": string()}),
    )
)
_all_cells = by_type(_cells | {"rich_text": rich_text})


def _any_cell(value: Any, at: str) -> Iterable[str]:
    # Of a message with a list in it, nine of ten values that are checked are in cells like this.
    if isinstance(value, dict) and len(value) == 2 and value.get("type") == "raw_text":
        words = value.get("text")
        if isinstance(words, str) and words:
            return ()
    return _all_cells(value, at)


def _cell_text(most: int) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        if characters(value["rows"]) > most:
            yield fault(f"cells must hold less than {most + 1} characters together", f"{at}/rows")

    return check


def _settings(value: Any, at: str) -> Iterator[str]:
    # null leaves a column as it is
    if value is not None:
        yield from shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})(value, at)


def _data_table(value: Any, at: str) -> Iterator[str]:
    header = value["rows"][0]
    yield from items(by_type(_cells))(header, f"{at}/rows/0")
    for index, row in enumerate(value["rows"]):
        if len(row) != len(header):
            yield fault(f"must have {len(header)} cells, as the header row has", f"{at}/rows/{index}")
    index = value.get("row_header_column_index", 0)
    yield from whole(0, len(header) - 1)(index, f"{at}/row_header_column_index")
    yield from _cell_text(DATA_TABLE_TEXT)(value, at)


def _above_zero(value: Any, at: str) -> Iterator[str]:
    if not is_number(value) or value <= 0:
        yield fault("must be a number above 0", at)


def _points(value: Any, at: str) -> Iterator[str]:
    categories = value["axis_config"]["categories"]
    yield from unique([(name, f"{at}/axis_config/categories") for name in categories])
    yield from unique([(series["name"], f"{at}/series") for series in value["series"]])
    for index, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != categories:
            yield fault("must have one point for each category, in their order", f"{at}/series/{index}/data")


_label = string(CHART_LABEL)
_pie = element("pie", {"segments": items(shape({"label": _label, "value": _above_zero}), CHART_PARTS)})
_series = items(
    shape({"name": _label, "data": items(shape({"label": _label, "value": number}), CHART_POINTS)}),
    CHART_PARTS,
)
_axes = shape(
    {"categories": items(_label, CHART_POINTS)},
    {"x_label": string(AXIS_LABEL, 0), "y_label": string(AXIS_LABEL, 0)},
)
_charts = (
    element(kind, {"series": _series, "axis_config": _axes}, None, _points)
    for kind in ("bar", "line", "area")
)


def _alone(value: Any, at: str) -> Iterator[str]:
    if value["status"] == "pending":
        yield fault("only a task of a plan can be pending", f"{at}/status")


def _collapsing(value: Any, at: str) -> Iterator[str]:
    yield from _some("title", "rich_text_title")(value, at)
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield fault("default_collapsed needs is_collapsible", at)


def _tasks_once(value: Any, at: str) -> Iterator[str]:
    yield from unique(
        [(task["task_id"], f"{at}/tasks/{index}/task_id") for index, task in enumerate(value["tasks"])]
    )


_image = by_type(dict([image]))
_image_fields = {"image_url": url, "slack_file": shape({}, {"id": string(), "url": url})}
_task = {
    "task_id": string(),
    "title": string(),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_task_more = {
    "details": rich_text,
    "output": rich_text,
    "sources": items(shape({"type": one_of("url"), "url": url, "text": string()})),
}
_slack_icon = shape({"type": one_of("icon"), "name": string()})
_card = _block(
    "card",
    {},
    {
        "hero_image": _image,
        "icon": _image,
        "slack_icon": _slack_icon,
        "title": text(CARD_TITLE),
        "subtitle": text(CARD_TITLE),
        "body": text(CARD_BODY),
        "subtext": text(CARD_BODY),
        "actions": items(button, CARD_BUTTONS),
    },
    _some("hero_image", "title", "actions", "body"),
)

_everywhere: dict[str, Check] = dict(
    (
        _block(
            "section",
            {},
            {
                "text": text(SECTION_TEXT),
                "fields": items(text(FIELD_TEXT), SECTION_FIELDS),
                "accessory": accessory,
                "expand": flag,
            },
            _some("text", "fields"),
        ),
        _block("header", {"text": plain(HEADER_TEXT)}),
        _block("divider", {}),
        _block(
            "context",
            {
                "elements": items(
                    by_type(
                        dict(
                            (
                                image,
                                ("plain_text", plain(CONTEXT_TEXT)),
                                ("mrkdwn", text(CONTEXT_TEXT)),
                            )
                        )
                    ),
                    CONTEXT_ELEMENTS,
                )
            },
        ),
        _block("actions", {"elements": items(action, ACTIONS_ELEMENTS)}, None, _action_ids),
        _block(
            "image",
            {"alt_text": string(ALT_TEXT)},
            _image_fields | {"title": plain(IMAGE_TITLE)},
            either("image_url", "slack_file"),
        ),
        _block(
            "input",
            {"label": plain(INPUT_LABEL), "element": input_element},
            {"hint": plain(INPUT_LABEL), "optional": flag, "dispatch_action": flag},
        ),
        ("rich_text", rich_text),
        _block(
            "video",
            {
                "alt_text": string(ALT_TEXT),
                "title": plain(VIDEO_TITLE),
                "thumbnail_url": url,
                "video_url": url,
            },
            {
                "author_name": string(VIDEO_AUTHOR),
                "description": plain(VIDEO_TITLE),
                "provider_name": string(VIDEO_AUTHOR),
                "provider_icon_url": string(VIDEO_TITLE_URL),
                "title_url": string(VIDEO_TITLE_URL),
            },
        ),
    )
)
_table = _block(
    "table",
    {"rows": items(items(_any_cell, TABLE_COLUMNS), TABLE_ROWS)},
    {"column_settings": items(_settings, TABLE_COLUMNS)},
    _cell_text(TABLE_TEXT),
)
_file = _block("file", {"external_id": string(), "source": one_of("remote")})
_message_only: dict[str, Check] = dict(
    (
        _table,
        _file,
        _card,
        _block(
            "data_table",
            {
                "caption": string(),
                "rows": items(items(_any_cell, DATA_TABLE_COLUMNS), DATA_TABLE_ROWS, 2),
            },
            {"page_size": whole(1, DATA_TABLE_PAGE), "row_header_column_index": whole(0)},
            _data_table,
        ),
        _block(
            "data_visualization", {"title": string(CHART_TITLE), "chart": by_type(dict((_pie, *_charts)))}
        ),
        _block("markdown", {"text": string()}),
        _block("carousel", {"elements": items(by_type(dict([_card])), CAROUSEL_CARDS)}),
        _block(
            "container",
            {
                "child_blocks": items(by_type(_everywhere | dict((_table, _file))), CONTAINER_BLOCKS),
            },
            {
                "title": plain(CONTAINER_TITLE),
                "rich_text_title": rich_text,
                "subtitle": text(CONTAINER_TITLE),
                "width": one_of("narrow", "standard", "wide", "full"),
                "icon": _image,
                "is_collapsible": flag,
                "default_collapsed": flag,
                "has_header_divider": flag,
            },
            _collapsing,
        ),
        _block(
            "plan",
            {"title": string(), "tasks": items(shape(_task, _task_more), PLAN_TASKS)},
            None,
            _tasks_once,
        ),
        _block("task_card", _task, _task_more, _alone),
        _block("context_actions", {"elements": items(context_action, CONTEXT_ACTIONS)}, None, _action_ids),
    )
)
_modal_only: dict[str, Check] = dict(
    [
        _block(
            "alert",
            {"text": text(ALERT_TEXT)},
            {"level": one_of("default", "info", "warning", "error", "success")},
        )
    ]
)

# One check for each surface. App Home is taken to have neither tables nor charts; some pages allow them.
BLOCK: dict[str, Check] = {
    "message": by_type(_everywhere | _message_only),
    "modal": by_type(_everywhere | _modal_only),
    "home": by_type(_everywhere),
}
