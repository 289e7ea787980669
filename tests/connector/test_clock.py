"""What a Date header says of the clock here."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connector.clock import date_of, told


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "; the clock here is right by AWS's"),
        (1, "; the clock here is right by AWS's"),
        (-1, "; the clock here is right by AWS's"),
        (30, "; the clock here is 30 s ahead of AWS's"),
        (-30, "; the clock here is 30 s behind AWS's"),
        (4000, "; the clock here is 4,000 s ahead of AWS's: set it (NTP), before requests are refused"),
    ],
)
def test_how_far_the_clock_is_off_is_said(seconds: int, said: str) -> None:
    assert told(datetime.now(UTC) - timedelta(seconds=seconds), "AWS") == said


def test_who_says_nothing_of_the_time_is_not_believed_to() -> None:
    assert told(None, "AWS") == ""


def test_a_header_is_read_as_http_writes_it() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    assert date_of(format_datetime(now, usegmt=True)) == now
    assert date_of("Mon, 23 Nov 2026 17:04:00 -0000") == datetime(2026, 11, 23, 17, 4, tzinfo=UTC)


@pytest.mark.parametrize("header", [None, "", "yesterday", "Mon, 99 Nov 2026 99:99:99 GMT", "\x00"])
def test_what_is_no_date_is_none(header: str | None) -> None:
    assert date_of(header) is None
