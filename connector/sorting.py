"""What rows are sorted by when somebody says it: a column, or a path into the object, as `kubectl --sort-by` takes it.

https://kubernetes.io/docs/reference/kubectl/jsonpath/ has the paths; one that leads to a single value is understood
here. Always from the least on, as kubectl sorts, and what has no value comes first.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import InvalidRequest
from connector.quantities import amount
from connector.resources import Cell, Column
from connector.words import alike, clean, meant

Key = tuple[int, float, tuple[tuple[int, int, str], ...]]
"""Any two compare: first what is missing, then numbers, then text in which numbers count as such."""

MISSING: Key = (0, 0.0, ())
_NOTHING = frozenset({"", "-", "<none>", "<unknown>", "<unset>", "<nil>"})
_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_QUANTITY = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?([munk]|[KMGTPE]i?)", re.ASCII)
_DIGITS = re.compile(r"(\d+)", re.ASCII)
# No longer text decides anything.
_TEXT = 400

# A name up to a dot or a bracket, whose own dots are escaped; an index; a name in quotes.
_STEP = re.compile(
    r"""\.(?P<name>(?:\\.|[^\\.\[\]{}()'"*?@\s])+)"""
    r"""|\[\s*(?P<index>-?\d{1,4}|\*)\s*\]"""
    r"""|\[\s*(?P<quote>['"])(?P<quoted>(?:\\.|(?!(?P=quote))[^\\])+)(?P=quote)\s*\]""",
    re.ASCII,
)


class UnknownColumn(InvalidRequest):
    """No column is called so; `nearest` are some that are there."""

    def __init__(self, what: str, why: str = "", hint: str = "", *, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(what, why, hint)
        self.nearest = nearest


@dataclass(frozen=True)
class Path:
    """A way into an object: names of fields and places in lists, from its top."""

    text: str
    steps: tuple[str | int, ...]

    @classmethod
    def of(cls, text: str) -> "Path":
        """From `.a.b[0]`, `{.a['b.c']}` or `a.b\\.c`; `[*]` means the first. Raises InvalidRequest."""
        inside = text.strip()
        if inside.startswith("{") and inside.endswith("}"):
            inside = inside[1:-1].strip()
        inside = inside.removeprefix("$")
        if not inside.startswith((".", "[")):
            inside = f".{inside}"
        steps: list[str | int] = []
        at = 0
        while at < len(inside):
            step = _STEP.match(inside, at)
            if step is None:
                raise InvalidRequest(
                    f"`{clean(text, 60)}` is no path to sort by",
                    f"From `{clean(inside[at:], 30)}` on it cannot be read.",
                    "One looks like `.metadata.creationTimestamp` or `.status.containerStatuses[0].restartCount`; "
                    "dots inside a name are escaped, as in `.metadata.labels.app\\.kubernetes\\.io/name`",
                )
            at = step.end()
            if step["index"]:
                steps.append(0 if step["index"] == "*" else int(step["index"]))
            else:
                steps.append(re.sub(r"\\(.)", r"\1", step["name"] or step["quoted"]))
        return cls(text, tuple(steps))

    def value(self, found: Any) -> Any:
        """What is there in an object, as JSON has it; None where nothing is.

        Raises InvalidRequest for what is no single value.
        """
        for step in self.steps:
            if isinstance(step, str):
                found = found.get(step) if isinstance(found, dict) else None
            elif isinstance(found, list) and -len(found) <= step < len(found):
                found = found[step]
            else:
                found = None
        if isinstance(found, dict | list):
            raise InvalidRequest(
                f"`{clean(self.text, 60)}` is no single value to sort by",
                "",
                "Go on to a field of it, as in `.status.containerStatuses[0].restartCount`",
            )
        return found


def is_path(text: str) -> bool:
    """Whether it is meant for a path, and not for a column's header."""
    return any(mark in text for mark in ".[{")


def column(columns: Sequence[Column], header: str) -> Column:
    """The column of that header, in whatever case, `-` and spaces left out or not. Raises UnknownColumn."""
    known: dict[str, Column] = {}
    for one in columns:
        known.setdefault(_plain(one.header), one)
    found = known.get(_plain(header))
    if found is None:
        nearest = tuple(known[one].header for one in alike(_plain(header), known, 3, 0.5))
        raise UnknownColumn(
            f"There is no column `{clean(header, 60)}` to sort by",
            "",
            meant(*nearest) or f"These are there: {', '.join(f'`{one.header}`' for one in columns)}",
            nearest=nearest,
        )
    return found


def of_cell(cell: Cell) -> Key:
    return key(cell.text) if cell.number is None else _number(cell.number)


def key(value: Any) -> Key:
    """Where a value stands among others. Quantities like `500m` and `2Gi` are numbers too."""
    if isinstance(value, bool | int | float):
        return _number(value)
    text = "" if value is None else str(value)[:_TEXT].strip()
    if text in _NOTHING:
        return MISSING
    if _WHOLE.fullmatch(text):
        return _number(int(text))
    if _QUANTITY.fullmatch(text):
        return _number(float(amount(text)))
    parts = enumerate(_DIGITS.split(text.lower()))
    return 2, 0.0, tuple((0, int(part), "") if at % 2 else (1, 0, part) for at, part in parts if part)


def _number(value: float) -> Key:
    try:
        return 1, float(value), ()
    except OverflowError:
        return MISSING


def _plain(header: str) -> str:
    return re.sub(r"[\W_]", "", header).lower()
