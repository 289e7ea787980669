"""Views and messages that another app would publish, with all that the bot itself does not use."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str) -> Json:
    return {"text": plain(text), "value": text}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    """An input block; its element's action_id is its block_id."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        **more,
    }


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }


def maintenance() -> Json:
    """A modal that asks for a day, an hour, a moment and a number, one of them wanted at once by the app."""
    return modal(
        "Maintenance",
        field("day", "Day", {"type": "datepicker", "initial_date": "2030-01-31"}),
        field("hour", "Hour", {"type": "timepicker", "initial_time": "09:30"}),
        field("moment", "Not before", {"type": "datetimepicker"}, optional=True),
        field("nodes", "Nodes", {"type": "number_input", "is_decimal_allowed": False, "max_value": "12"}),
    )


def everything() -> Json:
    """A modal with every element that a modal may hold."""
    few = [
        option("blue"),
        option("green"),
        option("a rather long name of a colour that nobody will ever use"),
    ]
    return modal(
        "Everything",
        *maintenance()["blocks"],
        field("mail", "E-mail", {"type": "email_text_input"}, hint=plain("Where the report goes.")),
        field("link", "Link", {"type": "url_text_input"}),
        field("words", "Words", {"type": "plain_text_input", "multiline": True}),
        field("one", "One", {"type": "static_select", "options": few}),
        field("many", "Many", {"type": "multi_static_select", "options": few, "initial_options": few[:2]}),
        field("who", "Who", {"type": "users_select"}),
        field("where", "Where", {"type": "multi_conversations_select"}, optional=True),
        field("boxes", "Boxes", {"type": "checkboxes", "options": few, "initial_options": few[:1]}),
        field("radio", "Radio", {"type": "radio_buttons", "options": few}),
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "press", "text": plain("Press")},
                {"type": "overflow", "action_id": "more", "options": few},
                {"type": "datepicker", "action_id": "date"},
            ],
        },
    )


def home(count: int) -> Json:
    """A Home tab with a number in it, a button that asks before it is pressed, and a select."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Clusters")},
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": f"*{count}* of them are healthy, see <#ops>."},
                "accessory": {
                    "type": "button",
                    "action_id": "restart",
                    "text": plain("Restart all"),
                    "style": "danger",
                    "confirm": confirm(),
                },
            },
            {"type": "divider"},
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "static_select",
                        "action_id": "colour",
                        "placeholder": plain("Which colour"),
                        "options": [option("blue"), option("green")],
                    }
                ],
            },
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "Since `12:00`"}]},
        ],
    }


def confirm() -> Json:
    return {
        "title": plain("Really?"),
        "text": plain("Everything stops for a while."),
        "confirm": plain("Restart"),
        "deny": plain("Not now"),
        "style": "danger",
    }
