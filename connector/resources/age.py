"""How long ago something was, as kubectl prints it.

The rules are those of HumanDuration in https://pkg.go.dev/k8s.io/apimachinery/pkg/util/duration
"""

import math

UNKNOWN = "<unknown>"

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_YEAR = 365 * _DAY


# Up to when (exclusive) which units are told: the larger, and the smaller one unless it would be 0.
_STEPS: tuple[tuple[float, tuple[int, str], tuple[int, str] | None], ...] = (
    (2 * _MINUTE, (1, "s"), None),
    (10 * _MINUTE, (_MINUTE, "m"), (1, "s")),
    (3 * _HOUR, (_MINUTE, "m"), None),
    (8 * _HOUR, (_HOUR, "h"), (_MINUTE, "m")),
    (2 * _DAY, (_HOUR, "h"), None),
    (8 * _DAY, (_DAY, "d"), (_HOUR, "h")),
    (2 * _YEAR, (_DAY, "d"), None),
    (8 * _YEAR, (_YEAR, "y"), (_DAY, "d")),
    (math.inf, (_YEAR, "y"), None),
)


def age(seconds: float) -> str:
    """`seconds` in at most two units, coarser the longer it is: 119s, 4m42s, 3h5m, 47h, 2d3h, 2y30d.

    A clock that is off by less than 2 s counts as now; further in the future is "<invalid>".
    """
    whole = int(seconds)
    if whole < 0:
        return "0s" if whole == -1 else "<invalid>"
    (unit, name), smaller = next((large, small) for limit, large, small in _STEPS if whole < limit)
    rest = whole % unit // smaller[0] if smaller else 0
    return f"{whole // unit}{name}" + (f"{rest}{smaller[1]}" if smaller and rest else "")
