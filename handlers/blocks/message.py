"""What every drawing ends in: a Message, on the rung of blocks that a workspace takes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

Block = dict[str, Any]


class Rung(IntEnum):
    """What a workspace draws rows with; the next one down is tried when Slack refuses a block."""

    # A data_table, and a chart above it where there is one to be drawn.
    CHART = 0
    DATA_TABLE = 1
    TABLE = 2
    SECTIONS = 3


@dataclass(frozen=True)
class Message:
    """A message as Slack takes it. `text` is the notification, and what a screen reader speaks."""

    text: str
    blocks: list[Block]


Draw = Callable[[Rung], Message]
