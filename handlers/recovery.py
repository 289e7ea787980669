"""What a person can do after a mistake, as buttons: run what was meant, correct the form, or try again."""

from connector.errors import ClusterNotReady, ConnectionNotFound, Expired, Failure, InvalidRequest
from handlers.access import NotAllowed
from handlers.blocks import notices
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.parts import button
from handlers.blocks.text import cut
from handlers.command import Command, Usage


def ways(failure: Failure, command: Command | None) -> list[Block]:  # noqa: PLR0911 - one for each mistake
    """Buttons for the message that tells of `failure`; none where nothing would help.

    `command` is what failed, as the person who asked would ask it again.
    """
    match failure:
        case Usage(suggestion=meant) if 0 < len(meant) <= numbers.BUTTON_VALUE:
            return [button(cut(f"Run {meant}", numbers.BUTTON_TEXT), notices.RUN, meant)]
        case ConnectionNotFound() | Expired():
            return [
                button("Connections", "show.connections", Command(verb="connections").value()),
                button("Connect…", "ask.connect", Command(verb="connect").value()),
            ]
        case NotAllowed() | Usage():
            return []
    if command is None:
        return []
    by_form = command.verb in ("clusters", "connect")
    if by_form and failure.field and not isinstance(failure, ClusterNotReady):
        return [button("Correct it…", "correct.form", command.replaced(form=True).value())]
    if isinstance(failure, InvalidRequest) and not by_form:
        return []
    return [button("Try again", "try.again", command.value())]
