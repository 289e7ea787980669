"""What a person can press, pick and type into, and the texts, options and dialogs these are made of."""

from collections.abc import Iterator
from typing import Any

from handlers.blocks.limits.numbers import (
    ALT_TEXT,
    BUTTON_TEXT,
    BUTTON_VALUE,
    CHOICES,
    CONFIRM_BUTTON,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    FILES,
    GROUP_LABEL,
    ICON_BUTTON_READERS,
    IDENTIFIER,
    INPUT_TEXT,
    OPTION_DESCRIPTION,
    OPTION_TEXT,
    OPTION_VALUE,
    OVERFLOW_OPTIONS,
    PLACEHOLDER,
    SELECT_OPTIONS,
    URL,
)
from handlers.blocks.limits.rich_text import rich_text
from handlers.blocks.limits.schema import (
    Check,
    by_type,
    element,
    fault,
    flag,
    items,
    one_of,
    shape,
    string,
    whole,
)

url, identifier = string(URL), string(IDENTIFIER)


def plain(longest: int) -> Check:
    """A text object of type plain_text."""
    return by_type(dict([element("plain_text", {"text": string(longest)}, {"emoji": flag})]))


def text(longest: int) -> Check:
    """A text object of either type."""
    mrkdwn = element("mrkdwn", {"text": string(longest)}, {"verbatim": flag})
    return by_type(dict((element("plain_text", {"text": string(longest)}, {"emoji": flag}), mrkdwn)))


def either(one: str, other: str) -> Check:
    """Exactly one of two fields."""

    def check(value: Any, at: str) -> Iterator[str]:
        if (one in value) == (other in value):
            yield fault(f"must define either `{one}` or `{other}`", at)

    return check


style = one_of("primary", "danger")
confirm = shape(
    {"title": plain(CONFIRM_TITLE), "text": text(CONFIRM_TEXT)},
    {"confirm": plain(CONFIRM_BUTTON), "deny": plain(CONFIRM_BUTTON), "style": style},
)
_described = {"description": text(OPTION_DESCRIPTION)}
_value = {"value": string(OPTION_VALUE)}
_option = shape({"text": plain(OPTION_TEXT)} | _value, _described)
_choice = shape({"text": text(OPTION_TEXT)} | _value, _described)
_overflow_option = shape({"text": plain(OPTION_TEXT)} | _value, _described | {"url": url})
_options = items(_option, SELECT_OPTIONS)
_group = shape({"label": plain(GROUP_LABEL), "options": _options})
_options_or_groups = {"options": _options, "option_groups": items(_group, SELECT_OPTIONS)}

# What an app may answer to a block_suggestion; none found is no fault.
suggestions = shape(
    {},
    {
        "options": items(_option, SELECT_OPTIONS, 0),
        "option_groups": items(_group, SELECT_OPTIONS, 0),
    },
    either("options", "option_groups"),
)


def _offered(value: Any, at: str) -> Iterator[str]:
    groups = value.get("option_groups") or [{"options": value.get("options", [])}]
    offered = [option for group in groups for option in group["options"]]
    for name in ("initial_option", "initial_options"):
        chosen = value.get(name, [])
        if any(option not in offered for option in (chosen if isinstance(chosen, list) else [chosen])):
            yield fault("must be among the options", f"{at}/{name}")


def _options_once(value: Any, at: str) -> Iterator[str]:
    yield from either("options", "option_groups")(value, at)
    yield from _offered(value, at)


def _bounds(low: str, high: str) -> Check:
    def check(value: Any, at: str) -> Iterator[str]:
        try:
            wrong = float(value.get(low, "-inf")) > float(value.get(high, "inf"))
        except ValueError:
            yield fault(f"{low} and {high} must be numbers", at)
        else:
            if wrong:
                yield fault(f"{low} must not exceed {high}", at)

    return check


_named = {"action_id": identifier}
_pick = _named | {"confirm": confirm, "focus_on_load": flag}
_hinted = _pick | {"placeholder": plain(PLACEHOLDER)}
_typed = _named | {
    "focus_on_load": flag,
    "placeholder": plain(PLACEHOLDER),
    "dispatch_action_config": shape(
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
    ),
}
_filter = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)


def _selects(prefix: str, plural: str, more: dict[str, Check]) -> Iterator[tuple[str, Check]]:
    """The five kinds of select, of which `prefix`, `plural` and `more` make the multi selects."""
    id_or_ids = items(string(), shortest=0) if plural else string()
    initial = items(_option, SELECT_OPTIONS, 0) if plural else _option
    answer = {} if plural else {"response_url_enabled": flag}
    yield element(
        f"{prefix}static_select",
        {},
        _hinted | more | _options_or_groups | {f"initial_option{plural}": initial},
        _options_once,
    )
    yield element(
        f"{prefix}external_select",
        {},
        _hinted | more | {f"initial_option{plural}": initial, "min_query_length": whole(0)},
    )
    yield element(f"{prefix}users_select", {}, _hinted | more | {f"initial_user{plural}": id_or_ids})
    yield element(
        f"{prefix}channels_select", {}, _hinted | more | answer | {f"initial_channel{plural}": id_or_ids}
    )
    yield element(
        f"{prefix}conversations_select",
        {},
        _hinted
        | more
        | answer
        | {
            f"initial_conversation{plural}": id_or_ids,
            "default_to_current_conversation": flag,
            "filter": _filter,
        },
    )


_button = element(
    "button",
    {"text": plain(BUTTON_TEXT)},
    _named
    | {
        "url": url,
        "value": string(BUTTON_VALUE, 0),
        "style": style,
        "confirm": confirm,
        "accessibility_label": string(BUTTON_TEXT),
    },
)
image = element(
    "image",
    {"alt_text": string(ALT_TEXT, 0)},
    {"image_url": url, "slack_file": shape({}, {"id": string(), "url": url})},
    either("image_url", "slack_file"),
)
_overflow = element(
    "overflow",
    {"options": items(_overflow_option, OVERFLOW_OPTIONS)},
    _named | {"confirm": confirm},
)
_choices = {"options": items(_choice, CHOICES)}
_singles = dict(
    (
        *_selects("", "", {}),
        element("checkboxes", _choices, _pick | {"initial_options": items(_choice, CHOICES, 0)}, _offered),
        element("radio_buttons", _choices, _pick | {"initial_option": _choice}, _offered),
        element("datepicker", {}, _hinted | {"initial_date": string()}),
        element("timepicker", {}, _hinted | {"initial_time": string(), "timezone": string()}),
    )
)
_multiple = dict(_selects("multi_", "s", {"max_selected_items": whole(1)}))
_datetime = dict([element("datetimepicker", {}, _pick | {"initial_date_time": whole(0)})])
_inputs = dict(
    (
        element(
            "plain_text_input",
            {},
            _typed
            | {
                "initial_value": string(INPUT_TEXT, 0),
                "multiline": flag,
                "min_length": whole(0, INPUT_TEXT),
                "max_length": whole(1, INPUT_TEXT),
            },
            _bounds("min_length", "max_length"),
        ),
        element(
            "number_input",
            {"is_decimal_allowed": flag},
            _typed | {"initial_value": string(), "min_value": string(), "max_value": string()},
            _bounds("min_value", "max_value"),
        ),
        element("email_text_input", {}, _typed | {"initial_value": string()}),
        element("url_text_input", {}, _typed | {"initial_value": string()}),
        element("rich_text_input", {}, _typed | {"initial_value": rich_text}),
        element("file_input", {}, _named | {"filetypes": items(string()), "max_files": whole(1, FILES)}),
    )
)
_feedback = shape(
    {"text": plain(BUTTON_TEXT), "value": string(BUTTON_VALUE)}, {"accessibility_label": string(BUTTON_TEXT)}
)

button = by_type(dict([_button]))
accessory = by_type(_singles | _multiple | dict((_button, image, _overflow)))
action = by_type(_singles | _datetime | dict((_button, _overflow)))
input_element = by_type(_singles | _multiple | _datetime | _inputs)
context_action = by_type(
    dict(
        (
            element(
                "feedback_buttons",
                {"positive_button": _feedback, "negative_button": _feedback},
                _named,
            ),
            element(
                "icon_button",
                {"icon": string(), "text": plain(BUTTON_TEXT)},
                _named
                | {
                    "value": string(BUTTON_VALUE),
                    "confirm": confirm,
                    "accessibility_label": string(BUTTON_TEXT),
                    "visible_to_user_ids": items(string(), ICON_BUTTON_READERS),
                },
            ),
        )
    )
)
