"""The pieces that sentences about an object are made of; foreign words are made fit for one line first."""

from connector.resources.age import age
from connector.words import clean

_LONGEST = 240


def message(text: str) -> str:
    """Foreign words on one line."""
    return clean(text, _LONGEST)


def quoted(name: str) -> str:
    """A name in `backticks`."""
    return f"`{clean(name, 100)}`"


def ago(epoch: float, now: float) -> str:
    return f"{age(now - epoch)} ago" if epoch else ""


def because(*parts: str) -> str:
    """`reason: message`, of what is there."""
    return ": ".join(part for part in parts if part)


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
