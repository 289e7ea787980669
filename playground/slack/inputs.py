"""What Slack's client does with inputs: find them, keep what is typed, and check it before anything is sent."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks.limits.numbers import FILES, INPUT_TEXT
from playground.slack.markup import rich_text
from playground.slack.records import Json, Key

_TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
_TYPED = (*_TEXTS, "rich_text_input")
# The field of a state that holds what was picked, by element type.
_PICKED = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
_STATELESS = ("button", "overflow", "image", "feedback_buttons", "icon_button", "workflow_button")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
REQUIRED = "Please complete this required field."
LARGEST_FILE = 10_000_000  # what a file input takes


@dataclass(frozen=True)
class Placed:
    """An interactive element and the block it stands in."""

    block: Json
    element: Json

    @property
    def key(self) -> Key:
        return self.block["block_id"], self.element["action_id"]

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")

    @property
    def dispatches(self) -> bool:
        """Whether touching it is told to the app at once."""
        return not self.is_input or self.block.get("dispatch_action") is True


# Blocks that hold blocks, and the field that does.
_NESTING = {"container": "child_blocks", "carousel": "elements"}


def _elements(block: Json) -> list[Json]:
    """The interactive elements of one block."""
    several = (
        block["elements"] if block["type"] in ("actions", "context_actions") else block.get("actions", [])
    )
    every = (block.get("accessory"), block.get("element"), *several)
    return [each for each in every if each and each["type"] != "image"]


def placed(blocks: Sequence[Json]) -> Iterator[Placed]:
    """Every element that a person can touch, in the order they see them."""
    for block in blocks:
        yield from placed(block[_NESTING[block["type"]]] if block["type"] in _NESTING else ())
        yield from (Placed(block, each) for each in _elements(block))


def with_ids(blocks: Sequence[Json], new_id: Callable[[int], str]) -> list[Json]:
    """A copy in which each block has a block_id and each element an action_id, as Slack gives them."""
    copy: list[Json] = json.loads(json.dumps(blocks))
    for block in copy:
        block.setdefault("block_id", new_id(5))
        if nesting := _NESTING.get(block["type"]):
            block[nesting] = with_ids(block[nesting], new_id)
        for each in _elements(block):
            each.setdefault("action_id", new_id(5))
    return copy


def initial(element: Json) -> Json:
    """The state of an element nobody has touched."""
    kind = element["type"]
    if kind in _TEXTS:
        return {"type": kind, "value": element.get("initial_value")}
    field = _PICKED[kind]
    nothing: list[str] | None = (
        [] if field in ("selected_options", "files") or kind.startswith("multi_") else None
    )
    name = "initial_value" if kind == "rich_text_input" else field.replace("selected_", "initial_")
    return {"type": kind, field: element.get(name, nothing)}


def values(blocks: Sequence[Json], typed: Mapping[Key, Json]) -> Json:
    """`state.values` of a view or message: each input's state by block_id and action_id."""
    found: dict[str, Json] = {}
    for each in placed(blocks):
        if each.kind not in _STATELESS:
            found.setdefault(each.key[0], {})[each.key[1]] = typed.get(each.key) or initial(each.element)
    return found


_CONVERSATIONS = ("conversations_select", "channels_select")


def at_hand(blocks: Sequence[Json], conversation: str) -> dict[Key, Json]:
    """What selects that begin with the conversation somebody looks at hold when they open."""
    return {
        each.key: {"type": each.kind, "selected_conversation": conversation}
        for each in placed(blocks)
        if each.element.get("default_to_current_conversation") is True and each.kind == "conversations_select"
    }


def destinations(blocks: Sequence[Json], typed: Mapping[Key, Json]) -> Iterator[tuple[Key, str]]:
    """The inputs whose choice an answer may go to, as their app asked for, with what is chosen there."""
    for each in placed(blocks):
        if each.is_input and each.element.get("response_url_enabled") is True and each.kind in _CONVERSATIONS:
            chosen = (typed.get(each.key) or initial(each.element)).get(_PICKED[each.kind])
            if chosen:
                yield each.key, str(chosen)


def kept(blocks: Sequence[Json], typed: Mapping[Key, Json]) -> dict[Key, Json]:
    """What stays typed when a view's blocks are replaced: inputs whose ids and type are still there."""
    kinds = {each.key: each.kind for each in placed(blocks)}
    return {key: state for key, state in typed.items() if kinds.get(key) == state["type"]}


def options(element: Json) -> list[Json]:
    """The options an element offers by itself, groups or not."""
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [option for group in groups for option in group["options"]]


def filled(element: Json, text: str | None) -> Json:
    """The state of a text input after someone has typed there; empty is nothing, and rich text takes marks."""
    if element["type"] == "rich_text_input":
        return {"type": element["type"], "rich_text_value": rich_text(text or "")}
    return {"type": element["type"], "value": text or None}


_FEEDBACK = ("positive_button", "negative_button")


def sendable(element: Json) -> list[Any]:
    """The values that pressing it can send: one, or either of feedback's two."""
    if element["type"] == "feedback_buttons":
        return [element[button]["value"] for button in _FEEDBACK]
    return [element.get("value")]


def feedback(element: Json, value: str | None) -> Json:
    """What is sent of the feedback button with that value. Raises AssertionError when it does not say which."""
    for button in (element[name] for name in _FEEDBACK):
        if button["value"] == value:
            return {"text": button["text"], "value": value}
    raise AssertionError(f"{element['action_id']} has two buttons: {sendable(element)}")


def is_text(element: Json) -> bool:
    return element["type"] in _TYPED


def picked(element: Json, chosen: str | Sequence[str] | None, offered: Sequence[Json]) -> Json:
    """The state after a pick by value. Raises AssertionError, naming what is offered, for a value that is not."""
    kind, field = element["type"], _PICKED[element["type"]]
    several = field in ("selected_options", "files") or kind.startswith("multi_")
    wanted = [] if chosen is None else [chosen] if isinstance(chosen, str) else list(chosen)
    found: list[Any] = list(wanted)
    if field in ("selected_option", "selected_options"):
        by_value = {option["value"]: option for option in (offered or options(element))}
        missing = [value for value in wanted if value not in by_value]
        if missing:
            raise AssertionError(
                f"{element.get('action_id')} does not offer {missing}, only {sorted(by_value)}"
            )
        found = [by_value[value] for value in wanted]
    if kind == "datetimepicker":
        found = [int(value) for value in found]
    return {"type": kind, field: found if several else found[0] if found else None}


def check_files(element: Json, held: int, added: Sequence[tuple[str, bytes]]) -> None:
    """Raises AssertionError for files that a file input does not take beside those it holds."""
    most, endings = element.get("max_files", FILES), element.get("filetypes")
    if held + len(added) > most:
        raise AssertionError(f"{element['action_id']} takes no more than {most} files")
    for name, content in added:
        if endings and name.rpartition(".")[2].lower() not in [each.lower() for each in endings]:
            raise AssertionError(f"{element['action_id']} takes only {', '.join(endings)}, not {name}")
        if len(content) > LARGEST_FILE:
            raise AssertionError(f"{name} is larger than 10 MB")


def action(place: Placed, change: Json) -> Json:
    """The entry of `actions` in a block_actions payload."""
    element = place.element
    copied: Json = {
        name: element[name] for name in ("placeholder", "text", "value", "style") if name in element
    }
    return {
        **copied,
        **change,
        "type": place.kind,
        "block_id": place.key[0],
        "action_id": place.key[1],
        "action_ts": f"{time.time():.6f}",
    }


def problems(blocks: Sequence[Json], typed: Mapping[Key, Json]) -> dict[str, str]:
    """What Slack tells the person at each block before it sends a submission; empty when all is well."""
    found = {}
    for each in placed(blocks):
        if each.is_input:
            state = typed.get(each.key) or initial(each.element)
            value = next((part for name, part in state.items() if name != "type"), None)
            sentence = _problem(each, value)
            if sentence:
                found[each.key[0]] = sentence
    return found


def _problem(each: Placed, value: Any) -> str | None:
    if value in (None, "", []):
        return None if each.block.get("optional") else REQUIRED
    element, sentence = each.element, None
    match each.kind:
        case "plain_text_input":
            least, most = element.get("min_length", 0), element.get("max_length", INPUT_TEXT)
            if len(value) < least:
                sentence = f"Please enter at least {least} characters."
            elif len(value) > most:
                sentence = f"Please enter no more than {most} characters."
        case "number_input":
            sentence = _number_problem(element, value)
        case "email_text_input" if not _EMAIL.fullmatch(value):
            sentence = "Please enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(value):
            sentence = "Please enter a valid URL."
        case kind if kind.startswith("multi_") and len(value) > element.get("max_selected_items", len(value)):
            sentence = f"Please select no more than {element['max_selected_items']} items."
    return sentence


def _number_problem(element: Json, value: str) -> str | None:
    try:
        number = float(value) if element["is_decimal_allowed"] else int(value)
    except ValueError:
        return "Please enter a valid number."
    if number < float(element.get("min_value", "-inf")):
        return f"Please enter a number no less than {element['min_value']}."
    if number > float(element.get("max_value", "inf")):
        return f"Please enter a number no more than {element['max_value']}."
    return None
