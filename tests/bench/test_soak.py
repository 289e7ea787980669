"""A minute of commands and faults: nothing grows, nothing is lost. `make soak` takes its time."""

import pytest

from bench.soak import Sample, Soaked, soak

_MB = 1_000_000


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_a_minute_of_commands_and_faults_leaves_nothing_behind(transport: str) -> None:
    found = soak(30.0, transport)
    assert found.asked > 0
    assert found.faults() == []


def soaked(*samples: tuple[int, int, int], asked: int = 10, answered: int = 10) -> Soaked:
    return Soaked(tuple(Sample(float(at), *one) for at, one in enumerate(samples)), asked, answered)


def test_what_grows_while_warming_up_is_no_fault() -> None:
    warming = [(at * 10 * _MB, at, at) for at in range(3)]
    assert soaked(*warming, *[(100 * _MB, 20, 8)] * 7).faults() == []


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        ([(100 * _MB + at * 5 * _MB, 20, 8) for at in range(20)], "memory grew"),
        ([(100 * _MB, 20 + at * 2, 8) for at in range(20)], "threads grew"),
        ([(100 * _MB, 20, 8 + at * 2) for at in range(20)], "sockets grew"),
    ],
)
def test_what_grows_after_that_is_one(samples: list[tuple[int, int, int]], fault: str) -> None:
    (said,) = soaked(*samples).faults()
    assert fault in said


def test_an_answer_that_is_missing_is_one() -> None:
    assert soaked(*[(100 * _MB, 20, 8)] * 9, asked=10, answered=9).faults() == ["1 of 10 answers are missing"]


def test_the_slope_is_in_bytes_a_minute() -> None:
    assert soaked(*[(100 * _MB + at * 1_000, 20, 8) for at in range(10)]).slope == pytest.approx(60_000)
