"""What `kubectl describe` printed, as a flat mapping from path to value, so that it can be compared value by value."""

import re
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

_KEY = re.compile(r"^([^\s:](?:[^:]| (?! ))*?):(?:(\s+)(.*))?$")
_TIME = re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
NOTHING = {"", "<none>", "<unset>"}


@dataclass
class Entry:
    key: str
    indent: int
    lines: list[str] = field(default_factory=list)
    column: int = -1
    """Where its value begins, and so all further lines of it."""
    children: "list[Entry]" = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    """Lines of a table."""

    @property
    def value(self) -> str:
        return "\n".join(self.lines)

    def child(self, key: str) -> "Entry":
        return next(one for one in self.children if one.key == key)

    def table(self) -> list[dict[str, str]]:
        """Its rows by their headers."""
        told = [row for row in self.rows if not row.strip().startswith("(")]
        if not told:
            return []
        header, *rest = told
        names = [(found.start(), found[0]) for found in re.finditer(r"\S+(?: \S+)*", header)]
        ends = [start for start, _ in names[1:]] + [None]
        return [
            {name: row[start:end].strip() for (start, name), end in zip(names, ends, strict=True)}
            for row in rest
            if not set(row.strip()) <= {"-", " "}
        ]


def parsed(text: str) -> Entry:
    """The tree that its indentation makes."""
    root = Entry("", -1)
    open_: list[Entry] = [root]
    for line in text.splitlines():
        content = line.strip()
        if not content:
            continue
        indent = len(line) - len(line.lstrip())
        last = open_[-1]
        if last.lines and indent == last.column:
            last.lines.append(content)
            continue
        while indent <= open_[-1].indent:
            open_.pop()
        # In a table everything is a row, whatever colons there are.
        found = None if open_[-1].rows else _KEY.match(content)
        if found and "   " not in found[1]:
            value = (found[3] or "").strip()
            entry = Entry(found[1].strip(), indent, [value] if value else [])
            if value:
                entry.column = indent + found.start(3)
            open_[-1].children.append(entry)
            open_.append(entry)
        else:
            open_[-1].rows.append(line)
    return root


def flat(entry: Entry, path: str = "") -> dict[str, str]:
    """Path -> value, without those that say nothing; tables are left out."""
    found: dict[str, str] = {}
    for one in entry.children:
        here = f"{path}/{one.key}" if path else one.key
        if one.value not in NOTHING:
            found[here] = one.value
        found.update(flat(one, here))
    return found


def epoch(printed: str) -> float:
    return parsedate_to_datetime(printed).astimezone(UTC).timestamp()


def is_time(printed: str) -> bool:
    return bool(_TIME.fullmatch(printed))
