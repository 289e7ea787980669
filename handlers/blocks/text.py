"""Text as Slack reads it: escaped, cut to size, with instants in the reader's own time zone."""

import html
import re
from datetime import UTC, datetime

# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MENTION = re.compile(r"&lt;(@[UW]|#C|!subteam\^S)[A-Z0-9]+&gt;")


def escaped(text: str) -> str:
    """`text` so that mrkdwn shows it as it is: no mention, link or channel comes to life from a name."""
    return text.translate(_ESCAPES)


def mentioning(text: str) -> str:
    """`text` in which mentions of a person, a channel or a user group live, and nothing else does."""
    return _MENTION.sub(lambda mention: html.unescape(mention[0]), escaped(text))


def code(text: str) -> str:
    """`text` as inline code."""
    return f"`{escaped(text.replace('`', 'ˋ'))}`"


def cut(text: str, most: int) -> str:
    """At most `most` characters, the last one an ellipsis when something is left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def moment(epoch: float, shape: str = "{date_short_pretty} at {time}") -> str:
    """An instant in the reader's zone; clients that cannot show UTC."""
    fallback = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"<!date^{int(epoch)}^{shape}|{fallback}>"


def number(count: int) -> str:
    return f"{count:,}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """`1 pod`, `1,940 pods`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def rows_of(start: int, end: int, total: int) -> str:
    """`Rows 101–200 of 1,940`, `Row 7 of 7`: the page from `start` to before `end`, counted from 0."""
    rows = f"Row {number(end)}" if end == start + 1 else f"Rows {number(start + 1)}–{number(end)}"
    return f"{rows} of {number(total)}"
