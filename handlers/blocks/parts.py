"""The few block shapes everything is drawn from. Values are escaped by the callers, sizes are held here."""

from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.text import cut


def plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, numbers.HEADER_TEXT)}


def section(mrkdwn: str, accessory: Block | None = None, block_id: str = "") -> Block:
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": cut(mrkdwn, numbers.SECTION_TEXT)}}
    if accessory:
        block["accessory"] = accessory
    if block_id:
        block["block_id"] = block_id
    return block


def context(*mrkdwn: str) -> Block:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": cut(text, numbers.CONTEXT_TEXT)} for text in mrkdwn if text],
    }


def divider() -> Block:
    return {"type": "divider"}


def actions(*elements: Block, block_id: str = "") -> Block:
    block: Block = {"type": "actions", "elements": list(elements)}
    if block_id:
        block["block_id"] = block_id
    return block


def button(text: str, action_id: str, value: str, style: str = "", label: str = "") -> Block:
    """A button; `label` is what a screen reader speaks when the text alone says too little."""
    element: Block = {
        "type": "button",
        "text": plain(text, numbers.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    if label:
        element["accessibility_label"] = cut(label, numbers.BUTTON_TEXT)
    return element


def option(text: str, value: str) -> Block:
    return {"text": plain(text, numbers.OPTION_TEXT), "value": value}


def preformatted(text: str) -> Block:
    """Code as it is, to be copied: nothing in it is markup."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}],
    }
