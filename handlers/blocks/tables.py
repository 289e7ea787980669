"""Rows to blocks, on the rung that the workspace takes: data_table, table, or text in sections.

How many rows fit is found here: Slack counts characters over all cells, so it depends on what they hold.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from connector.resources import Cell
from connector.resources.wire import moment
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Rung
from handlers.blocks.parts import section
from handlers.blocks.text import cut, escaped

# Below each rung's limit: the header row and the cells' own keys are counted differently by different clients.
_TABLE_CHARACTERS = numbers.DATA_TABLE_TEXT - 500
_SECTION_CHARACTERS = 2_800
_SECTIONS_CHARACTERS = 9_000
# A phone shows few rows at a time; the client pages on through the rest by itself.
_ROWS_SHOWN = 10


class Mention(Cell, frozen=True):
    """A person or a channel by id, shown by the client under the name it has today; who is shown so is not called."""

    kind: Literal["user", "channel"] = "user"


@dataclass(frozen=True)
class Table:
    """What is to be drawn: headers and rows of cells, all of one length; `caption` says what it is."""

    caption: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    # The column that names a row for a screen reader.
    named_by: int = 0


def fitting(headers: tuple[str, ...], rows: Iterable[tuple[Cell, ...]], rung: Rung) -> int:
    """How many of `rows`, from the first on, one message holds: at least 1, if there is one."""
    widths = [len(header) for header in headers]
    used, count = sum(widths), 0
    # A table's header is one of its rows, a data_table's is not.
    most = numbers.TABLE_ROWS - 1 if rung is Rung.TABLE else numbers.TABLE_ROWS
    for row in itertools.islice(rows, most):
        lengths = [len(_text(cell)) for cell in row]
        if rung is Rung.SECTIONS:
            lengths = [len(escaped(_text(cell))) for cell in row]
            # Columns are padded to the widest cell so far, and every line pays for it.
            widths = [max(pair) for pair in zip(widths, lengths, strict=True)]
            used = (count + 2) * (sum(widths) + 2 * len(widths))
        else:
            used += sum(lengths)
        if count and used > (_SECTIONS_CHARACTERS if rung is Rung.SECTIONS else _TABLE_CHARACTERS):
            break
        count += 1
    return count


def page(
    headers: tuple[str, ...],
    cells: Callable[[int], tuple[Cell, ...]],
    total: int,
    rung: Rung,
    *,
    offset: int,
    backwards: bool = False,
) -> tuple[int, list[tuple[Cell, ...]]]:
    """Where the page of `total` rows starts, counted from 0, and its rows; `cells(index)` makes one.

    A page is as long as its rows allow, so "backwards" counts back from the row at `offset`. What has become shorter
    than the offset shows its last page.
    """
    start = min(offset, total)
    if backwards or start == total:
        start -= fitting(headers, (cells(index) for index in reversed(range(start))), rung)
    made: list[tuple[Cell, ...]] = []

    def rows() -> Iterator[tuple[Cell, ...]]:
        for index in range(start, total):
            made.append(cells(index))
            yield made[-1]

    return start, made[: fitting(headers, rows(), rung)]


def drawn(table: Table, rung: Rung) -> list[Block]:
    """The blocks of `table`, whose rows must fit (see `fitting`)."""
    match rung:
        case Rung.CHART | Rung.DATA_TABLE:
            return [
                {
                    "type": "data_table",
                    "caption": table.caption,
                    "page_size": min(_ROWS_SHOWN, max(1, len(table.rows))),
                    "row_header_column_index": table.named_by,
                    "rows": _rows(table),
                }
            ]
        case Rung.TABLE:
            return [
                {
                    "type": "table",
                    "column_settings": [{"is_wrapped": True} for _ in table.headers],
                    "rows": _rows(table),
                }
            ]
        case Rung.SECTIONS:
            return _sections(table)


def _rows(table: Table) -> list[list[Block]]:
    heads: list[Block] = [{"type": "raw_text", "text": header} for header in table.headers]
    return [heads, *([_cell(cell) for cell in row] for row in table.rows)]


def _cell(cell: Cell) -> Block:
    if cell.time is not None:
        return _rich(
            {
                "type": "date",
                "timestamp": int(cell.time),
                "format": "{date_num} {time}",
                "fallback": _text(cell),
            }
        )
    text = _text(cell)
    if isinstance(cell, Mention) and cell.text:
        return _rich({"type": cell.kind, f"{cell.kind}_id": text})
    if cell.number is not None:
        return {"type": "raw_number", "value": cell.number, "text": text}
    return {"type": "raw_text", "text": text}


def _rich(element: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


# The longest a single value may be, so that one hostile label cannot push a row out of its message.
_CELL_CHARACTERS = 400


def _text(cell: Cell) -> str:
    if cell.time is not None:
        return moment(cell.time).removesuffix(" UTC")
    # Slack refuses an empty cell.
    return cut(cell.text, _CELL_CHARACTERS) or "-"


def _sections(table: Table) -> list[Block]:
    texts = [table.headers, *(tuple(_text(cell) for cell in row) for row in table.rows)]
    widths = [max(len(line[column]) for line in texts) for column in range(len(table.headers))]
    blocks, held = [], ""
    for line in texts:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        for piece in _pieces([escaped(cell.replace("`", "ˋ")) for cell in padded]):
            if held and len(held) + len(piece) + 1 > _SECTION_CHARACTERS:
                blocks.append(section(f"```{held}```"))
                held = ""
            held = f"{held}\n{piece}" if held else piece
    return [*blocks, section(f"```{held}```")]


def _pieces(cells: list[str]) -> Iterator[str]:
    """A line in as many pieces as sections need to hold it, no cell broken: the longest is shorter than a section."""
    piece = cells[0]
    for cell in cells[1:]:
        if len(piece) + len(cell) + 2 > _SECTION_CHARACTERS:
            yield piece.rstrip()
            piece = cell
        else:
            piece += f"  {cell}"
    yield piece.rstrip()
