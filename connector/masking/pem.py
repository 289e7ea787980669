"""Private keys as PEM prints them: over several lines, on one with `\\n` in it, or only a piece of one."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from connector.masking.marks import MARK

_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
# A key of 16,384 bits with a stamp before each line.
_LONGEST = 32_000
# What follows a beginning whose end is missing: lines, or `\n`, of nothing but base64.
_BODY = re.compile(r"(?:(?:\s|\\[nr])*+[A-Za-z0-9+/=]{16,}+(?![^\s\\\"']))*+")
# A line of a key, of which the tail of a log may show no beginning. Both cases and a digit: a digest has one case.
_LINE = re.compile(r"(?=[^A-Z]*+[A-Z])(?=[^a-z]*+[a-z])(?=\D*+\d)[A-Za-z0-9+/]{62,64}={0,2}")
_WIDTH = 64
_PUBLIC = re.compile(r"-----BEGIN (?!(?:[A-Z0-9]+ ){0,3}PRIVATE)[A-Z0-9 ]{1,40}-----[\s\\A-Za-z0-9+/=]*+")


def without_private_keys(text: str) -> str:
    """The text with each line of a private key masked; there are as many lines as before."""
    if "PRIVATE KEY" in text:
        text = _without(text, _blocks(text))
    if len(text) >= _WIDTH and (pieces := list(_pieces(text))):
        public = [match.span() for match in _PUBLIC.finditer(text)]
        text = _without(text, (piece for piece in pieces if not _within(public, piece[0])))
    return text


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    ends = [match.end() for match in _END.finditer(text)]
    for begin in _BEGIN.finditer(text):
        nearest = bisect_left(ends, begin.end())
        if nearest < len(ends) and ends[nearest] - begin.start() <= _LONGEST:
            yield begin.start(), ends[nearest]
        elif body := _BODY.match(text, begin.end()):
            yield begin.start(), body.end()


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Lines that are a line of a key, or end in one behind a stamp."""
    start = 0
    for line in text.split("\n"):
        last = line[-_WIDTH - 2 :].split()
        if last and len(last[-1]) == _WIDTH and _LINE.fullmatch(last[-1]):
            end = start + len(line.rstrip())
            yield end - _WIDTH, end
        start += len(line) + 1


def _within(spans: list[tuple[int, int]], at: int) -> bool:
    nearest = bisect_right(spans, (at, at)) - 1
    return nearest >= 0 and at < spans[nearest][1]


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            lines = text[start:end].split("\n")
            pieces += [text[at:start], "\n".join(MARK if line.strip() else line for line in lines)]
            at = end
    pieces.append(text[at:])
    return "".join(pieces)
