"""Tables of a terminal: columns that line up, whatever the characters' width, cut to fit and never wrapped."""

import unicodedata
from collections.abc import Sequence

NARROWEST = 4


def width(text: str) -> int:
    """How many columns a terminal gives to a text: two for wide characters and emoji, none for combining marks."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, most: int) -> str:
    """The text in at most so many columns, ending in … when something is left out; line breaks become spaces."""
    text = " ".join(text.split("\n"))
    if width(text) <= most:
        return text
    kept, used = "", 0
    for character in text:
        used += _width(character)
        if used > most - 1:
            break
        kept += character
    return kept + "…"


def pad(text: str, columns: int, right: bool = False) -> str:
    """The text filled up with spaces, on the left when it is to stand right."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def table(rows: Sequence[Sequence[str]], right: Sequence[bool], most: int) -> list[str]:
    """The lines of a boxed table, the first row its header; the widest columns give way until it fits `most`."""
    columns = max(len(row) for row in rows)
    grid = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(1, *(width(" ".join(row[index].split("\n"))) for row in grid)) for index in range(columns)]
    room = most - 3 * columns - 1
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    lines = [
        "│"
        + "│".join(
            f" {pad(cut(cell, size), size, stands)} "
            for cell, size, stands in zip(row, widths, right, strict=False)
        )
        + "│"
        for row in grid
    ]
    top, middle, bottom = (
        ends[0] + ends[1].join("─" * (size + 2) for size in widths) + ends[2]
        for ends in ("┌┬┐", "├┼┤", "└┴┘")
    )
    return [top, lines[0], middle, *lines[1:], bottom]
