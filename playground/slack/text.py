"""Slack's messages and modals as text for a terminal: what a person would see, without the colours.

Buttons are [Refresh], selects [Namespace ▾], tables are tables. Nothing is read here that the person could not see.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playground.slack.mrkdwn import escaped, moment, readable
from playground.slack.records import Json, Message
from playground.slack.tables import cut, pad, table, width

if TYPE_CHECKING:
    from playground.slack.surfaces import View

__all__ = ["escaped", "render"]

PAGE_SIZE = 5  # rows of a data_table that says nothing
_STATUS = {"pending": "○", "in_progress": "◔", "complete": "●", "error": "✕"}


def render(
    shown: Message | View | Sequence[Json],
    width: int = 100,
    *,
    tz: str = "UTC",
    names: Mapping[str, str] | None = None,
) -> str:
    """A message, a view or bare blocks as lines of at most `width` columns.

    `names` gives what to show for the ids of people and channels, `tz` the zone for times.
    """
    page = _Page(width, tz, names or {})
    if isinstance(shown, Sequence):
        lines = list(page.blocks(shown))
    elif isinstance(shown, Message):
        lines = list(page.blocks(shown.blocks)) if shown.blocks else page.wrapped(shown.text)
        lines += [f"(file: {file.title}, {file.pretty_type}, {file.size:,} bytes)" for file in shown.files]
    else:
        lines = list(page.view(shown))
    return "\n".join(line.rstrip() for line in lines)


class _Page:
    """One reader's page: how wide it is, their zone, the names they know, and what is typed in its inputs."""

    def __init__(self, columns: int, tz: str, names: Mapping[str, str]) -> None:
        self._columns = columns
        self._tz = tz
        self._names = names
        self._state: Json = {}
        self._errors: Mapping[str, str] = {}

    def view(self, view: View) -> Iterator[str]:
        self._state, self._errors = view.state, view.errors
        yield view.title
        yield "─" * self._columns
        yield from self.blocks(view.blocks)
        if view.notice:
            yield f"! {view.notice}"
        if view.type == "modal":
            buttons = f"[{view.close or 'Close'}]" + (f" [{view.submit}]" if view.submit else "")
            yield pad(buttons, self._columns, right=True)

    def blocks(self, blocks: Sequence[Json]) -> Iterator[str]:
        for block in blocks:
            draw = getattr(self, f"_{block['type']}", None)
            yield from draw(block) if draw else [f"({block['type']})"]

    def wrapped(self, text: str) -> list[str]:
        """Escaped text, read, in lines that fit; code keeps its lines and is cut."""
        lines: list[str] = []
        code = False
        for line in readable(text, self._tz, self._names).split("\n"):
            code ^= line.count("```") % 2 == 1
            if code or width(line) <= self._columns:
                lines.append(cut(line, self._columns))
            else:
                lines += textwrap.wrap(line, self._columns, break_on_hyphens=False)
        return lines

    def _text(self, text: Json | None) -> str:
        if text is None:
            return ""
        given = str(text["text"])
        return readable(given, self._tz, self._names) if text["type"] == "mrkdwn" else given

    # Blocks that are mostly text

    def _header(self, block: Json) -> Iterator[str]:
        yield cut(self._text(block["text"]), self._columns)

    def _section(self, block: Json) -> Iterator[str]:
        if "text" in block:
            text = block["text"]
            yield from self.wrapped(text["text"]) if text["type"] == "mrkdwn" else self._plain(text["text"])
        half = self._columns // 2
        fields = [" ".join(self._text(field).split("\n")) for field in block.get("fields", [])]
        for left, right in zip(fields[::2], [*fields[1::2], ""], strict=False):
            yield pad(cut(left, half - 1), half) + cut(right, half)
        if "accessory" in block:
            yield self._element(block["accessory"], block)

    def _plain(self, text: str) -> list[str]:
        return [part for line in text.split("\n") for part in textwrap.wrap(line, self._columns) or [""]]

    def _context(self, block: Json) -> Iterator[str]:
        parts = [
            f"({each['alt_text']})" if each["type"] == "image" else self._text(each)
            for each in block["elements"]
        ]
        yield from self._plain("  ".join(parts))

    def _divider(self, _: Json) -> Iterator[str]:
        yield "─" * self._columns

    def _markdown(self, block: Json) -> Iterator[str]:
        yield from self._plain(block["text"])

    def _alert(self, block: Json) -> Iterator[str]:
        yield from self._plain(f"({block.get('level', 'default')}) {self._text(block['text'])}")

    def _image(self, block: Json) -> Iterator[str]:
        title = self._text(block.get("title"))
        yield cut(f"(image: {title + ', ' if title else ''}{block['alt_text']})", self._columns)

    def _video(self, block: Json) -> Iterator[str]:
        yield cut(f"(video: {self._text(block['title'])})", self._columns)

    def _file(self, block: Json) -> Iterator[str]:
        yield f"(file {block['external_id']})"

    def _rich_text(self, block: Json) -> Iterator[str]:
        yield from self._plain(self._rich(block))

    def _rich(self, block: Json) -> str:
        return "\n".join(self._rich_part(part) for part in block["elements"])

    def _rich_part(self, part: Json) -> str:
        if part["type"] == "rich_text_list":
            ordered, indent = part["style"] == "ordered", "  " * part.get("indent", 0)
            return "\n".join(
                f"{indent}{f'{number}.' if ordered else '•'} {self._rich_part(item)}"
                for number, item in enumerate(part["elements"], part.get("offset", 0) + 1)
            )
        inside = "".join(map(self._leaf, part["elements"]))
        if part["type"] == "rich_text_quote":
            return "\n".join(f"> {line}" for line in inside.split("\n"))
        return inside

    def _leaf(self, leaf: Json) -> str:
        match leaf["type"]:
            case "text":
                return f"`{leaf['text']}`" if leaf.get("style", {}).get("code") else str(leaf["text"])
            case "link":
                return str(leaf.get("text") or leaf["url"])
            case "date":
                return moment(leaf["timestamp"], leaf["format"], self._tz) or str(leaf.get("fallback", ""))
            case "emoji":
                return f":{leaf['name']}:"
            case "broadcast":
                return f"@{leaf['range']}"
            case kind:
                given = str(leaf.get(f"{kind}_id") or leaf.get("value", ""))
                return self._names.get(given, given)

    # Tables, charts, tasks, cards

    def _cell(self, cell: Json) -> str:
        return self._rich(cell) if cell["type"] == "rich_text" else str(cell["text"])

    def _table(self, block: Json) -> Iterator[str]:
        settings = block.get("column_settings", [])
        aligned = [bool(each) and each.get("align") == "right" for each in settings]
        columns = max(len(row) for row in block["rows"])
        right = [*aligned, *[False] * (columns - len(aligned))]
        yield from table([[*map(self._cell, row)] for row in block["rows"]], right, self._columns)

    def _data_table(self, block: Json) -> Iterator[str]:
        header, *rows = block["rows"]
        size = block.get("page_size", PAGE_SIZE)
        right = [any(row[index]["type"] == "raw_number" for row in rows) for index in range(len(header))]
        yield from table([[*map(self._cell, row)] for row in [header, *rows[:size]]], right, self._columns)
        if len(rows) > size:
            yield f"rows 1–{size} of {len(rows)} in this table ›"

    def _data_visualization(self, block: Json) -> Iterator[str]:
        chart = block["chart"]
        yield f"{block['title']} ({chart['type']})"
        if chart["type"] == "pie":
            pairs = [[each["label"], str(each["value"])] for each in chart["segments"]]
            yield from table([["", ""], *pairs], [False, True], self._columns)
            return
        names = [series["name"] for series in chart["series"]]
        points = zip(*(series["data"] for series in chart["series"]), strict=True)
        rows = [[row[0]["label"], *(str(point["value"]) for point in row)] for row in points]
        yield from table([["", *names], *rows], [False, *[True] * len(names)], self._columns)

    def _plan(self, block: Json) -> Iterator[str]:
        yield block["title"]
        for task in block["tasks"]:
            yield from (f"  {line}" for line in self._task_card(task))

    def _task_card(self, block: Json) -> Iterator[str]:
        yield f"{_STATUS[block['status']]} {block['title']} ({block['status'].replace('_', ' ')})"
        for part in ("details", "output"):
            if part in block:
                yield from (f"  {line}" for line in self._rich_text(block[part]))

    def _card(self, block: Json) -> Iterator[str]:
        for part in ("title", "subtitle", "body", "subtext"):
            if part in block:
                yield from self._plain(self._text(block[part]))
        if "actions" in block:
            yield from self._actions({"elements": block["actions"]} | block)

    def _carousel(self, block: Json) -> Iterator[str]:
        for card in block["elements"]:
            yield from (f"│ {line}" for line in self._card(card))

    def _container(self, block: Json) -> Iterator[str]:
        title = self._text(block["title"]) if "title" in block else self._rich(block["rich_text_title"])
        folded = block.get("default_collapsed", False)
        mark = ("▸ " if folded else "▾ ") if block.get("is_collapsible") else ""
        yield f"{mark}{title}"
        if not folded:
            yield from (f"  {line}" for line in self.blocks(block["child_blocks"]))

    # What can be pressed and filled

    def _actions(self, block: Json) -> Iterator[str]:
        line = ""
        for each in block["elements"]:
            shown = self._element(each, block)
            if line and width(f"{line} {shown}") > self._columns:
                yield line
                line = ""
            line = f"{line} {shown}".strip()
        yield line

    _context_actions = _actions

    def _input(self, block: Json) -> Iterator[str]:
        optional = " (optional)" if block.get("optional") else ""
        yield f"{self._text(block['label'])}{optional}"
        yield f"  {self._element(block['element'], block)}"
        if "hint" in block:
            yield from (f"  {line}" for line in self._plain(self._text(block["hint"])))
        if block.get("block_id") in self._errors:
            yield f"  ! {self._errors[block['block_id']]}"

    def _element(self, element: Json, block: Json) -> str:
        state = self._state.get(str(block.get("block_id")), {}).get(element.get("action_id"), {})
        match element["type"]:
            case "button" | "icon_button" | "workflow_button":
                return f"[{self._text(element['text'])}]"
            case "image":
                return f"({element['alt_text']})"
            case "overflow":
                return "[⋯ " + ", ".join(self._text(each["text"]) for each in element["options"]) + "]"
            case "feedback_buttons":
                return " ".join(
                    f"[{self._text(element[part]['text'])}]"
                    for part in ("positive_button", "negative_button")
                )
            case "radio_buttons" | "checkboxes" as kind:
                chosen = _chosen(state or element)
                on, off = ("(•)", "( )") if kind == "radio_buttons" else ("[x]", "[ ]")
                return "  ".join(
                    f"{on if each['value'] in chosen else off} {self._text(each['text'])}"
                    for each in element["options"]
                )
            case kind:
                value = self._value(state or element)
                held = value or self._text(element.get("placeholder")) or "…"
                return f"[{held}{'' if kind.endswith('_input') else ' ▾'}]"

    def _value(self, state: Json) -> str:
        """What stands in a text input or select, from its state or from the element's initial value."""
        for name, value in state.items():
            if name in ("value", "rich_text_value") or name.startswith(("selected_", "initial_")):
                several = value if isinstance(value, list) else [value]
                return ", ".join(self._one(each) for each in several if each is not None)
        return ""

    def _one(self, value: Any) -> str:
        if isinstance(value, dict):
            return self._text(value["text"]) if "text" in value else self._rich(value)
        return self._names.get(str(value), str(value))


def _chosen(state: Json) -> set[str]:
    """The values that are chosen in a state, or at first in an element."""
    several = state.get("selected_options") or state.get("initial_options") or []
    one = state.get("selected_option") or state.get("initial_option")
    return {each["value"] for each in (*several, *([one] if one else []))}
