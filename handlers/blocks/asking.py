"""The modal behind the shortcut "EKS": a whole question put together by choosing, each select helped by typing."""

from connector.resources import KINDS
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.parts import context, option, plain
from handlers.blocks.text import code
from handlers.grammar import COMMAND

VIEW = "ask.anything"
CONNECTION, KIND, NAMESPACE, NAME = "ask.connection", "ask.kind", "ask.namespace", "ask.name"
# The selects that ask us what there is to choose from.
SELECTS = (CONNECTION, KIND, NAMESPACE, NAME)

LIST, DESCRIBE, LOGS, EVENTS = "list", "describe", "logs", "events"
ACTIONS = {
    LIST: "List them",
    DESCRIBE: "Describe it",
    LOGS: "Its logs",
    EVENTS: "Its events",
}
ALONE, EVERYBODY = "alone", "everybody"


def form(metadata: str, connection: str = "") -> Block:
    """The modal as it opens; `connection` is the only one there is, if there is one only."""
    pods = KINDS["pods"].plural
    return {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": metadata,
        "title": plain("EKS", numbers.VIEW_TITLE),
        "submit": plain("Ask", numbers.VIEW_TITLE),
        "close": plain("Cancel", numbers.VIEW_TITLE),
        "blocks": [
            _input("connection", "Connection", _select(CONNECTION, "Which cluster", chosen=connection)),
            _input("action", "What", _actions()),
            _input("kind", "Kind", _select(KIND, "pods, deployments…", chosen=pods)),
            _input("namespace", "Namespace", _select(NAMESPACE, "all of them"), optional=True),
            _input(
                "name",
                "Name",
                _select(NAME, "Type a part of it", least=1),
                optional=True,
                hint="A list shows the names that hold this.",
            ),
            _input("where", "Where to answer", _conversations(), optional=True, hint=_WHERE),
            _input("audience", "Who reads the answer", _audience()),
            context(f"The same in one line: {code(f'{COMMAND} help')}"),
        ],
    }


_WHERE = "Without a conversation the answer comes to your messages with the bot."


def _input(block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, numbers.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": plain(hint, numbers.INPUT_LABEL)} if hint else {})


def _select(action_id: str, placeholder: str, *, chosen: str = "", least: int = 0) -> Block:
    select: Block = {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, numbers.PLACEHOLDER),
        "min_query_length": least,
    }
    if chosen and len(chosen) <= numbers.OPTION_VALUE:
        select["initial_option"] = option(chosen, chosen)
    return select


def _actions() -> Block:
    options = {value: option(text, value) for value, text in ACTIONS.items()}
    return {
        "type": "static_select",
        "action_id": "ask.action",
        "options": list(options.values()),
        "initial_option": options[LIST],
    }


def _conversations() -> Block:
    """Slack hands out a response_url for what is chosen here, so the bot need be no member there."""
    return {
        "type": "conversations_select",
        "action_id": "ask.where",
        "placeholder": plain("A channel or conversation", numbers.PLACEHOLDER),
        "default_to_current_conversation": True,
        "response_url_enabled": True,
    }


def _audience() -> Block:
    alone, everybody = option("only me", ALONE), option("everybody there", EVERYBODY)
    return {
        "type": "radio_buttons",
        "action_id": "ask.audience",
        "options": [alone, everybody],
        "initial_option": alone,
    }
