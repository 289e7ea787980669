"""Slack's own markup: what the client makes of typed text, and what it shows of escaped text."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

_URL = re.compile(r"https?://[^\s<>]+")
_DOMAIN = re.compile(r"(?<![\w.@/-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev)(?![\w.-])", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\S)[@#][\w.-]+")
_TAG = re.compile(r"<([^<>]+)>")
_DATE = re.compile(r"!date\^(-?\d+)\^([^|]*?)(?:\^([^|]*))?\|(.*)", re.DOTALL)
# The tokens of <!date> with what they show, as docs.slack.dev/messaging/formatting-message-text lists them.
_TOKENS = {
    "{date_num}": "%Y-%m-%d",
    "{date_slash}": "%Y/%m/%d",
    "{date_long}": "%A, %B {day}, %Y",
    "{date_short}": "%b {day}, %Y",
    "{date}": "%B {day}, %Y",
    "{time_secs}": "%H:%M:%S",
    "{time}": "%H:%M",
}


def escaped(typed: str, mentions: Mapping[str, str]) -> str:
    """Typed text as a command gets it with `should_escape`: entities, and mentions, channels and links in tags."""
    text = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _URL.sub(lambda found: f"<{found[0]}>", text)
    text = _DOMAIN.sub(lambda found: f"<http://{found[0]}|{found[0]}>", text)
    return _MENTION.sub(lambda found: mentions.get(found[0], found[0]), text)


def readable(text: str, tz: str, names: Mapping[str, str]) -> str:
    """Escaped text as a person reads it: tags as names, links and times in their zone, entities as characters."""
    shown = _TAG.sub(lambda found: _tag(found[1], tz, names), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _tag(tag: str, tz: str, names: Mapping[str, str]) -> str:
    if date := _DATE.match(tag):
        return moment(int(date[1]), date[2], tz) or date[4]
    target, _, label = tag.partition("|")
    if target.startswith(("@", "#")):
        return names.get(target[1:], target[0] + (label or target[1:]))
    if target.startswith("!subteam^"):
        return label or names.get(target.removeprefix("!subteam^"), "@usergroup")
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return label or target


def moment(timestamp: int, form: str, tz: str) -> str:
    """A date format of Slack's with its tokens filled in, in a zone; empty for a time no calendar holds."""
    try:
        when = datetime.fromtimestamp(timestamp, ZoneInfo(tz))
    except (OverflowError, ValueError, OSError):
        return ""
    for token, pattern in _TOKENS.items():
        for name in (token, token.replace("}", "_pretty}")):
            form = form.replace(name, when.strftime(pattern).replace("{day}", str(when.day)))
    return form
