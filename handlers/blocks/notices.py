"""The short messages: what is being done, what failed, what was typed wrongly."""

from collections.abc import Sequence

from connector.errors import Failure
from handlers.blocks import limits
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, context, section
from handlers.blocks.text import escaped, mentioning
from handlers.policy import NotAllowed

BROKEN = "🔴"
# Its value is a line to be read as if it had been typed.
RUN = "run.suggestion"
DISMISS = "dismiss.question"


def progress(text: str, above: Sequence[Block] = ()) -> tuple[str, list[Block]]:
    """Text and blocks of "still working", below what is known already."""
    return escaped(text), [*above, context(f"🟡 {escaped(text)}")]


def failure(failure: Failure, ref: str, ways: Sequence[Block] = ()) -> tuple[str, list[Block]]:
    """Text and blocks of a mistake: the fact first, then why, then what to do, and the reference to its log line."""
    buttons = [actions(*ways)] if ways else []
    return escaped(failure.what), [section(failure_text(failure)), *buttons, context(f"ref {ref}")]


def failure_text(failure: Failure) -> str:
    """A mistake as mrkdwn, for a message or beside an input."""
    lines = [f"{BROKEN} *{_bold(failure.what)}*", escaped(failure.why), escaped(failure.hint)]
    if isinstance(failure, NotAllowed):
        lines.append(mentioning(failure.ask))
    return "\n".join(line for line in lines if line)


def _bold(text: str) -> str:
    # An asterisk inside would end the bold early.
    return escaped(text).replace("*", "∗")


def noted(message: Message, note: str) -> list[Block]:
    """The blocks of `message` with a note in its first line of context, or below it where there is none with room."""
    if not note:
        return message.blocks
    line = context(note)
    blocks = list(message.blocks)
    for at, block in enumerate(blocks):
        if block["type"] == "context" and len(block["elements"]) < numbers.CONTEXT_ELEMENTS:
            blocks[at] = {**block, "elements": [*block["elements"], *line["elements"]]}
            break
    else:
        blocks.append(line)
    # What fills a message to its brim does without.
    return message.blocks if limits.message_faults({"text": message.text, "blocks": blocks}) else blocks


def said(mrkdwn: str, *more: Block) -> Message:
    """One sentence, and what may follow it, as a message."""
    return Message(mrkdwn, [section(mrkdwn), *more])
