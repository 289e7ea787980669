"""What a person can do after a mistake, as buttons: run what was meant, correct the form, or try again."""

from connector.errors import ConnectionNotFound, Failure
from handlers.access import NotAllowed
from handlers.blocks import notices
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.parts import button
from handlers.blocks.text import cut
from handlers.command import Command, Usage


def ways(failure: Failure, command: Command | None) -> list[Block]:
    """Buttons for the message that tells of `failure`; none where nothing would help. `command` is what failed."""
    match failure:
        case Usage(suggestion=meant) if 0 < len(meant) <= numbers.BUTTON_VALUE:
            return [button(cut(f"Run {meant}", numbers.BUTTON_TEXT), notices.RUN, meant)]
        case ConnectionNotFound():
            return [
                button("Connections", "show.connections", Command(verb="connections").encoded()),
                button("Connect…", "ask.connect", Command(verb="connect").encoded()),
            ]
        case NotAllowed():
            return []
    if command is None:
        return []
    again = command.replaced(owner="")
    if failure.field and command.verb in ("clusters", "connect"):
        return [_button("Correct it…", "correct.form", again.replaced(form=True))]
    return [_button("Try again", "try.again", again)]


def _button(text: str, action_id: str, command: Command) -> Block:
    # A typed command always fits: see LONGEST_TEXT.
    return button(text, action_id, command.encoded())
