"""Every limit of Slack's Block Kit that we know of, so that a payload can be checked before Slack refuses it.

Pure functions over plain dicts. They give sentences as Slack does in `response_metadata.messages` and never
raise, whatever they are given. They know neither what a message is about nor how it is sent.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from handlers.blocks.limits.blocks import BLOCK, characters, unique
from handlers.blocks.limits.elements import identifier, plain, suggestions
from handlers.blocks.limits.numbers import (
    CHARTS,
    MARKDOWN_TEXT,
    MESSAGE_ATTACHMENTS,
    MESSAGE_BLOCKS,
    MESSAGE_BLOCKS_TEXT,
    MESSAGE_TEXT,
    PRIVATE_METADATA,
    VIEW_BLOCKS,
    VIEW_BYTES,
    VIEW_TITLE,
)
from handlers.blocks.limits.schema import fault, flag, items, one_of, shape, string

__all__ = ["Surface", "blocks_text", "faults", "message_faults", "suggestion_faults", "view_faults"]

Surface = Literal["message", "modal", "home"]

_TABLES = ("table", "data_table")


def faults(payload_blocks: Any, surface: Surface) -> list[str]:
    """Each limit that these blocks break on that surface, as Slack would word it; an empty list: none.

    Every sentence ends in the place as a JSON pointer: `[ERROR] must be less than 3001 characters
    [json-pointer:/blocks/0/text/text]`.
    """
    return list(_block_faults(payload_blocks, surface, "/blocks"))


def message_faults(message: Any) -> list[str]:
    """Each limit that a whole message breaks: its text, its blocks and its attachments' blocks.

    Slack takes a message with blocks and no text, so this does, though no screen reader can speak it.
    """
    if not isinstance(message, dict):
        return [fault("must provide an object", "")]
    found: list[str] = []
    if not any(message.get(part) for part in ("text", "blocks", "attachments")):
        found.append(fault("no_text", "/text"))
    if message.get("text") is not None:
        found += string(MESSAGE_TEXT, 0)(message["text"], "/text")
    if message.get("blocks") is not None:
        found += _block_faults(message["blocks"], "message", "/blocks")
        if blocks_text(message["blocks"]) > MESSAGE_BLOCKS_TEXT:
            found.append(fault("msg_blocks_too_long", "/blocks"))
    if message.get("attachments") is not None:
        found += items(_attachment, MESSAGE_ATTACHMENTS, 0)(message["attachments"], "/attachments")
    return found


def view_faults(view: Any) -> list[str]:
    """Each limit that a whole modal or App Home breaks."""
    if not isinstance(view, dict):
        return [fault("must provide an object", "/view")]
    try:
        size = len(json.dumps(view, ensure_ascii=False).encode(errors="surrogatepass"))
    except (TypeError, ValueError, RecursionError):
        return [fault("must be JSON", "/view")]
    if size > VIEW_BYTES:
        return [fault(f"view_too_large: must be less than {VIEW_BYTES + 1} bytes", "/view")]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [fault("must be one of modal, home", "/view/type")]
    surface: Surface = "modal" if kind == "modal" else "home"
    found = list((_MODAL if surface == "modal" else _HOME)(view, "/view"))
    if "blocks" in view:
        found += _block_faults(view["blocks"], surface, "/view/blocks")
    if surface == "modal" and "submit" not in view and "input" in map(_kind, _flat(view.get("blocks"))):
        found.append(fault("missing required field: submit, as there is an input block", "/view"))
    return found


def suggestion_faults(answer: Any) -> list[str]:
    """Each limit that an answer to a block_suggestion breaks: `options` or `option_groups`, at most 100."""
    return list(suggestions(answer, ""))


def blocks_text(payload_blocks: Any) -> int:
    """How many characters count towards Slack's cap on a message's blocks; tables have a cap of their own."""
    return sum(
        characters(block) for block in _flat(payload_blocks) if _kind(block) not in (*_TABLES, "markdown")
    )


def _any(value: Any, at: str) -> Iterator[str]:  # noqa: ARG001 - a check that has no objection
    yield from ()


_VIEW = {
    "callback_id": identifier,
    "external_id": identifier,
    "private_metadata": string(PRIVATE_METADATA, 0),
}
_HOME = shape({"type": one_of("home"), "blocks": _any}, _VIEW)
_MODAL = shape(
    {"type": one_of("modal"), "title": plain(VIEW_TITLE), "blocks": _any},
    _VIEW
    | {
        "submit": plain(VIEW_TITLE),
        "close": plain(VIEW_TITLE),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)


def _attachment(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield fault("must provide an object", at)
    elif value.get("blocks") is not None:
        yield from _block_faults(value["blocks"], "message", f"{at}/blocks")


def _block_faults(value: Any, surface: Surface, at: str) -> Iterator[str]:
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    yield from items(BLOCK[surface], most, 0)(value, at)
    if not isinstance(value, list):
        return
    places = [(block, f"{at}/{index}") for index, block in enumerate(value) if isinstance(block, dict)]
    yield from unique([(block.get("block_id"), f"{place}/block_id") for block, place in places])
    tables = [place for block, place in places if any(_kind(each) in _TABLES for each in _flat([block]))]
    if len(tables) > 1:
        yield fault("only_one_table_allowed", tables[1])
    blocks = list(_flat(value))
    if sum(_kind(block) == "data_visualization" for block in blocks) > CHARTS:
        yield fault(f"no more than {CHARTS} data_visualization blocks allowed", at)
    if sum(characters(block) for block in blocks if _kind(block) == "markdown") > MARKDOWN_TEXT:
        yield fault(f"markdown must be less than {MARKDOWN_TEXT + 1} characters together", at)
    if sum(_focused(block) for block in blocks) > 1:
        yield fault("only one element may have focus_on_load", at)


def _flat(value: Any) -> Iterator[dict[str, Any]]:
    """The blocks, and those inside a container."""
    for block in _dicts(value):
        yield block
        if _kind(block) == "container":
            yield from _dicts(block.get("child_blocks"))


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def _kind(block: dict[str, Any]) -> Any:
    kind = block.get("type")
    return kind if isinstance(kind, str) else None


def _focused(block: dict[str, Any]) -> bool:
    elements = block.get("elements")
    inside = [block.get("element"), block.get("accessory"), *(elements if isinstance(elements, list) else ())]
    return any(isinstance(each, dict) and each.get("focus_on_load") is True for each in inside)
