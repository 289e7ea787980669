"""What somebody types into a rich text input, with Slack's own marks, as the rich_text block that the app is given.

Slack has two ways to write there: by buttons, or by the marks of its markup; the people here use the marks.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from playground.slack.records import Json

_FENCE = re.compile(r"^```\n?(.*?)\n?```$", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"^(?P<blanks> *)(?P<mark>[-•*]|\d+\.) +(?P<text>.+)$")
_QUOTE = re.compile(r"^> ?(?P<text>.*)$")
_DEEPEST = 8
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_LEAF = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?<!\w)(?P<mark>[*_~])(?=\S)(?P<inside>(?:(?!(?P=mark)).)+(?<=\S))(?P=mark)(?!\w)"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?<!\w):(?P<emoji>[a-z0-9_+'-]+):(?!\w)"
)


def rich_text(typed: str) -> Json | None:
    """A rich_text block of what was typed; None when that is nothing."""
    if not typed.strip():
        return None
    parts = _FENCE.split(typed)
    elements: list[Json] = []
    for index, part in enumerate(parts):
        if index % 2:
            elements.append({"type": "rich_text_preformatted", "elements": [_text(part or " ", {})]})
        elif part.strip("\n"):
            elements += _lines(part.strip("\n").split("\n"))
    return {"type": "rich_text", "elements": elements}


def _lines(lines: list[str]) -> Iterator[Json]:
    for (kind, indent), group in groupby(lines, _kind):
        held = list(group)
        if kind == "section":
            yield _section("\n".join(held))
        elif kind == "quote":
            inside = "\n".join(_QUOTE.sub(r"\g<text>", line) for line in held)
            yield {"type": "rich_text_quote", "elements": list(_leaves(inside or " ", {}))}
        else:
            items = [_section(_ITEM.sub(r"\g<text>", line)) for line in held]
            yield {"type": "rich_text_list", "style": kind, "indent": indent, "elements": items}


def _kind(line: str) -> tuple[str, int]:
    """What a line belongs to, and how far in a list it stands."""
    if item := _ITEM.match(line):
        style = "ordered" if item["mark"][0].isdigit() else "bullet"
        return style, min(len(item["blanks"]) // 2, _DEEPEST)
    return ("quote" if _QUOTE.match(line) else "section"), 0


def _section(text: str) -> Json:
    return {"type": "rich_text_section", "elements": list(_leaves(text, {}))}


def _leaves(text: str, style: dict[str, bool]) -> Iterator[Json]:
    at = 0
    for found in _LEAF.finditer(text):
        if found.start() > at:
            yield _text(text[at : found.start()], style)
        at = found.end()
        if found["code"]:
            yield _text(found["code"], style | {"code": True})
        elif found["mark"]:
            yield from _leaves(found["inside"], style | {_STYLES[found["mark"]]: True})
        elif found["url"]:
            yield {"type": "link", "url": found["url"]} | ({"style": style} if style else {})
        else:
            yield {"type": "emoji", "name": found["emoji"]}
    if at < len(text):
        yield _text(text[at:], style)


def _text(text: str, style: dict[str, bool]) -> Json:
    return {"type": "text", "text": text} | ({"style": style} if style else {})
