import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.resources.age import age

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-2, "<invalid>"),
        (-1.9, "0s"),
        (0, "0s"),
        (119.9, "119s"),
        (120, "2m"),
        (121, "2m1s"),
        (10 * MINUTE - 1, "9m59s"),
        (10 * MINUTE, "10m"),
        (10 * MINUTE + 1, "10m"),
        (3 * HOUR - 1, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 5 * MINUTE, "3h5m"),
        (8 * HOUR - 1, "7h59m"),
        (8 * HOUR, "8h"),
        (2 * DAY - 1, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + 3 * HOUR, "2d3h"),
        (8 * DAY - 1, "7d23h"),
        (8 * DAY, "8d"),
        (2 * YEAR - 1, "729d"),
        (2 * YEAR, "2y"),
        (2 * YEAR + 30 * DAY, "2y30d"),
        (8 * YEAR - 1, "7y364d"),
        (8 * YEAR, "8y"),
        (99 * YEAR, "99y"),
    ],
)
def test_an_age_is_what_kubectl_prints(seconds: float, shown: str) -> None:
    assert age(seconds) == shown


UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY, "y": YEAR}


@given(st.floats(min_value=0, max_value=200 * YEAR))
def test_an_age_tells_the_time_no_coarser_than_its_last_unit(seconds: float) -> None:
    parts = re.findall(r"(\d+)([smhdy])", age(seconds))
    told = sum(int(count) * UNITS[unit] for count, unit in parts)
    assert "".join(count + unit for count, unit in parts) == age(seconds)
    assert 1 <= len(parts) <= 2
    # Years after which no days are told may be 364 days short, as in kubectl.
    assert 0 <= int(seconds) - told < (UNITS[parts[-1][1]] if len(parts) == 2 else YEAR)
