"""Free text, a line or many, with everything in it masked that looks like a credential."""

from collections.abc import Iterable

from connector.masking.pairs import HINTS, without_named_values
from connector.masking.pem import without_private_keys
from connector.masking.shapes import SHAPES, Shape

# A mark may bring to light what another pattern knows.
_ROUNDS = 4
_HINTED = tuple((hint, shape) for shape in SHAPES for hint in shape.hints)


def masked_text(text: str) -> str:
    """The text with each thing that looks like a credential replaced by a mark, as in `password=[masked]`.

    Lines stay as many as they were, so a log is best given whole: a private key or a YAML block is known by the line it
    begins with. Masking again changes nothing.
    """
    # Most texts hold no hint, and most others a few: only what may be there is looked for.
    small = text.lower()
    present = [(hint, shape) for hint, shape in _HINTED if hint in small]
    named = [hint for hint in HINTS if hint in small]
    for _ in range(_ROUNDS):
        before, text = text, without_private_keys(text)
        if present:
            text = "\n".join([_shaped(line, present) for line in text.split("\n")])
        if named:
            text = without_named_values(text)
        if text == before:
            break
    return text


def _shaped(line: str, present: Iterable[tuple[str, Shape]]) -> str:
    small = line.lower()
    for hint, shape in present:
        if hint in small:
            line = shape.pattern.sub(shape.instead, line)
    return line
