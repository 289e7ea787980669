"""How far the clock here is off, by what a server says in its answer's Date header."""

import email.utils
from datetime import UTC, datetime

# Seconds. AWS takes a request for five minutes; a clock that is off by a minute is on its way there.
_SKEW = 60
# A header tells whole seconds, and the answer took its time.
_SAME = 2


def date_of(header: str | None) -> datetime | None:
    """The moment in a Date header, if it holds one."""
    try:
        read = email.utils.parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read


def told(there: datetime | None, whose: str) -> str:
    """How far the clock here is off, as the end of a sentence; nothing when `whose` did not say."""
    if there is None:
        return ""
    off = round((datetime.now(UTC) - there).total_seconds())
    if abs(off) <= _SAME:
        return f"; the clock here is right by {whose}'s"
    way = "ahead of" if off > 0 else "behind"
    mend = ": set it (NTP), before requests are refused" if abs(off) >= _SKEW else ""
    return f"; the clock here is {abs(off):,} s {way} {whose}'s{mend}"
