"""Thousands of alike JSON objects, cheaply: the text is made once, and each object fills in what differs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

# A private-use character: it stands in no object, and JSON leaves it as it is.
_MARK = "\ue000"
_SLOT = re.compile(f"{_MARK}(\\d+){_MARK}".encode())


class Template:
    """The JSON of an object in which `count` strings differ from one object to the next.

    `build` makes the object from those strings; it is called once, with marks in their place, so it must copy them
    through without looking at them.
    """

    def __init__(self, build: Callable[[Sequence[str]], Any], count: int) -> None:
        text = dumps(build([f"{_MARK}{number}{_MARK}" for number in range(count)]))
        pieces = _SLOT.split(text)
        self._pieces = pieces
        self._slots = [(at, int(pieces[at])) for at in range(1, len(pieces), 2)]

    def fill(self, values: Sequence[str]) -> bytes:
        """The JSON with `values` in their places; they must need no escaping in JSON."""
        encoded = [value.encode() for value in values]
        pieces = self._pieces.copy()
        for at, slot in self._slots:
            pieces[at] = encoded[slot]
        return b"".join(pieces)


def dumps(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
