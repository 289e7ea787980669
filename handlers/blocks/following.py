"""What messages that are kept up to date have in common: until when, the Stop button, and what stands there then."""

import time
from collections.abc import Sequence

from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, button, context
from handlers.blocks.text import escaped, moment
from handlers.command import Command

STOP = "stop.following"
# Where such a message says how it goes on, and where its Stop button is.
STATUS, STOPPING = "following.status", "following.stop"


def until(end: float, came: str) -> str:
    """How it goes on, as mrkdwn: should its process die, this says from when on nobody follows it any more."""
    return f"following until {moment(end, '{time_secs}')} · {came}"


def troubled(what: str) -> str:
    """That the last look came to nothing, as mrkdwn to follow `until`."""
    return f"🟡 {escaped(what)}, trying again"


def status(mrkdwn: str) -> Block:
    return {**context(f"🟢 {mrkdwn}"), "block_id": STATUS}


def stop_button(here: Command) -> Block:
    """`here` holds the key of what is followed as its `ref`."""
    return button("Stop", STOP, here.value(), style="danger", label="Stop following")


def over(why: str) -> Block:
    """The line in the status' place once nobody follows it any more."""
    return context(f"⚪ {escaped(why)} Ended {moment(time.time(), '{time_secs}')}")


def stopped(blocks: Sequence[Block], here: Command, why: str) -> Message:
    """The message as it was when somebody clicked on Stop, without the button.

    Whoever follows it draws all other buttons, if it is alive to do so; if not, these are enough.
    """
    kept = [block for block in blocks if block.get("block_id") not in (STATUS, STOPPING)]
    ways = actions(
        button("Refresh", "refresh.answer", here.replaced(follow=False, ref="").value()),
        button("Follow", "follow.answer", here.replaced(ref="", owner="").value()),
    )
    return Message(escaped(why), [*kept, over(why), ways])
