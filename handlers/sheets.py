"""Rows as CSV (RFC 4180), for spreadsheets and scripts; nothing in it is run by the spreadsheet that opens it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from connector.resources import Cell

# A spreadsheet takes what begins so for a formula and runs it, and what stands in a cluster was written by whoever may
# write there: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """One line of headers, then the rows; instants as ISO 8601. A cell that would be a formula begins with a quote."""
    written = io.StringIO(newline="")
    lines = csv.writer(written)
    lines.writerow(map(_guarded, headers))
    lines.writerows([_guarded(_text(cell)) for cell in row] for row in rows)
    return written.getvalue()


def _text(cell: Cell) -> str:
    return cell.text if cell.time is None else datetime.fromtimestamp(cell.time, UTC).isoformat()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
