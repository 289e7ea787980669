"""JSON that a server sent, read in one place: it may be a proxy's page, broken text, or nested without end."""

from contextlib import suppress
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

OBJECT = msgspec.json.Decoder(dict[str, Any])
"""Of one object as it is."""


def decoded(decoder: msgspec.json.Decoder[T], body: bytes | msgspec.Raw) -> T:
    """What `decoder` makes of it. Raises msgspec.DecodeError for whatever is not of its shape."""
    with suppress(UnicodeDecodeError, RecursionError):
        return decoder.decode(body)
    # Python's own error holds what could not be decoded, which may be anything; nothing may refer to it.
    raise msgspec.DecodeError("It is no text, or nested too deep")
