"""What the cells of a server's Table tell: their text, a number to sort by, and how the object is doing.

https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from connector.masking import masked_object, masked_text
from connector.resources import Cell, Health
from connector.words import clean

# A header as long as any that a person would put above a column.
_HEADER = 40
# Doubles hold whole numbers up to here.
_LARGEST = 2**53


class Definition(msgspec.Struct):
    """One column, as the server defines it."""

    name: str = ""
    type: str = ""
    format: str = ""
    priority: int = 0

    @property
    def header(self) -> str:
        """As kubectl prints it."""
        return clean(self.name, _HEADER).upper() or "-"

    @property
    def is_name(self) -> bool:
        return self.format == "name" or self.name.lower() == "name"

    @property
    def is_age(self) -> bool:
        """Whether its cells are lengths of time."""
        return self.type == "date" or self.header in ("AGE", "DURATION") or self.header.startswith("LAST ")


def text(value: Any) -> str:
    """A cell's value as kubectl prints it, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        value = msgspec.json.encode(value).decode()
    return " ".join(str(value).split())


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "y": 365 * 86_400}
_AGE = re.compile(r"(\d{1,9}[smhdy]){1,3}", re.ASCII)
_PART = re.compile(r"(\d+)([smhdy])", re.ASCII)
_RATIO = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
# Also as pods' restarts are told: 23 (4m42s ago).
_COUNT = re.compile(r"(\d{1,15})( \(.{1,20} ago\))?", re.ASCII)


def cell(definition: Definition, value: Any) -> Cell:
    """The cell to be shown; what is a number or a length of time sorts as one, 1/2 by the part that is there.

    What looks like a credential is masked, by what it is or by the column that it is in.
    """
    shown = _masked(definition, text(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(shown, number=value if abs(value) <= _LARGEST else None)
    if definition.is_age and _AGE.fullmatch(shown):
        return Cell(shown, number=sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(shown)))
    if ratio := _RATIO.fullmatch(shown):
        part, whole = map(int, ratio.groups())
        return Cell(shown, number=part / whole if whole else 1.0)
    if definition.type == "string" and (count := _COUNT.fullmatch(shown)):
        return Cell(shown, number=int(count[1]))
    return Cell(shown)


def _masked(definition: Definition, shown: str) -> str:
    # Such a column says which Secret is meant, as that of certificates does.
    if definition.header.endswith(("SECRET", "SECRETS")):
        return masked_text(shown)
    masked: str = masked_object({"kind": "Row", definition.name: shown})[definition.name]
    return masked


# Columns that tell how an object is doing, by their headers without what is no letter: those of conditions, whose
# cells are True, False, Unknown or 1/2; and those of states, whose cells are words.
_CONDITIONS = frozenset({"READY", "AVAILABLE", "SYNCED", "HEALTHY", "ESTABLISHED", "ACCEPTED", "PROGRAMMED"})
_STATES = frozenset({"STATUS", "STATE", "PHASE", "HEALTH", "HEALTHSTATUS", "SYNCSTATUS", "HEALTHY"})
_WORDS = {
    word: health
    for health, words in {
        Health.BROKEN: "failed failure error errored unhealthy invalid lost missing notready unavailable crashed "
        "rejected stalled expired broken",
        Health.CHANGING: "pending progressing creating updating deleting terminating waiting provisioning released "
        "syncing outofsync reconciling degraded paused initializing starting stopping scaling upgrading installing "
        "uninstalling inprogress issuing processing",
        Health.HEALTHY: "active available bound established healthy ok ready running synced valid issued approved "
        "true deployed applied installed enabled online reconciled",
        Health.OFF: "complete completed succeeded finished suspended inactive disabled stopped offline",
    }.items()
    for word in words.split()
}
_BY_CONDITION = {"true": Health.HEALTHY, "false": Health.BROKEN, "unknown": Health.CHANGING}


def health(definitions: Sequence[Definition], values: Sequence[Any]) -> Health:
    """How an object of a kind that nobody has rules for is doing: the sickest of what its cells tell.

    READY, AVAILABLE, SYNCED, HEALTHY and the like: True is healthy, False broken, Unknown changing; 2/2 is healthy, 1/2
    changing, 0/2 broken, 0/0 off. STATUS, STATE, PHASE and the like: by the word. UNKNOWN when none of them tells.
    """
    told = (
        _told(definition.header, text(value))
        for definition, value in zip(definitions, values, strict=False)
        if value is not None
    )
    return min((one for one in told if one is not None), default=Health.UNKNOWN)


def _told(header: str, said: str) -> Health | None:
    plain = re.sub(r"[^A-Z]", "", header)
    found: Health | None = None
    if plain in _CONDITIONS:
        if ratio := _RATIO.fullmatch(said):
            return _of_ratio(*map(int, ratio.groups()))
        found = _BY_CONDITION.get(said.lower())
    if found is None and (plain in _CONDITIONS or plain in _STATES):
        found = of_word(said)
    return found


def of_word(said: str) -> Health | None:
    """How an object of that state, status or phase is doing; None for a word that tells nothing of it."""
    return _WORDS.get(re.sub(r"[^a-z]", "", said.lower()))


def _of_ratio(part: int, whole: int) -> Health:
    if not whole:
        return Health.OFF
    if not part:
        return Health.BROKEN
    return Health.CHANGING if part < whole else Health.HEALTHY
