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
                button("Connections", "show.connections", Command(verb="connections").value()),
                button("Connect…", "ask.connect", Command(verb="connect").value()),
            ]
        case NotAllowed():
            return []
    if command is None:
        return []
    again = command.replaced(owner="")
    if failure.field and command.verb in ("clusters", "connect"):
        return [button("Correct it…", "correct.form", again.replaced(form=True).value())]
    return [button("Try again", "try.again", again.value())]
