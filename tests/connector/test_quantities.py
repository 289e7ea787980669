"""Quantities: what they come to, and the forms that kubectl gives them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.quantities import amount, cores, largest, mebibytes, share, shown, total

_UNITS = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1), "k": Decimal(10**3),
    "M": Decimal(10**6), "G": Decimal(10**9), "T": Decimal(10**12), "Ki": Decimal(2**10),
    "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40),
}  # fmt: skip
_COUNTS = st.integers(0, 10**6)


@given(_COUNTS, st.sampled_from(sorted(_UNITS)))
def test_a_quantity_is_its_number_times_its_unit(count: int, unit: str) -> None:
    assert amount(f"{count}{unit}") == count * _UNITS[unit]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", "1.5"), (".5Gi", "536870912"), ("1e3", "1000"), ("12E", "12e18"), ("-2", "-2"), ("+3k", "3000")],
)
def test_other_forms_of_a_quantity(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@given(st.text(max_size=60))
def test_what_is_no_quantity_is_nothing_and_no_error(text: str) -> None:
    assert isinstance(amount(text), Decimal)


@pytest.mark.parametrize(
    "text", ["", "Mi", "1 Gi", "1ki2", "NaN", "Infinity", "1e999999", "0x10", "1..2", "五"]
)
def test_nothing_is_made_of_words(text: str) -> None:
    assert amount(text) == 0


@given(st.lists(_COUNTS, max_size=6), st.sampled_from(["m", "", "Mi", "Gi"]))
def test_a_sum_is_written_so_that_it_reads_back(counts: list[int], unit: str) -> None:
    texts = [f"{count}{unit}" for count in counts]
    assert amount(total(texts)) == sum(map(amount, texts))


@given(st.lists(st.sampled_from(["250m", "1", "512Mi", "0", "2Gi"]), min_size=1))
def test_the_largest_is_one_of_them_and_none_is_larger(texts: list[str]) -> None:
    assert largest(texts) in texts
    assert all(amount(one) <= amount(largest(texts)) for one in texts)


@pytest.mark.parametrize(
    ("value", "binary", "text"),
    [
        ("0", False, "0"),
        ("1.25", False, "1250m"),
        ("1536", True, "1536"),
        ("2048", True, "2Ki"),
        ("3000", False, "3k"),
    ],
)
def test_the_largest_unit_without_a_fraction(value: str, binary: bool, text: str) -> None:
    assert shown(Decimal(value), is_binary=binary) == text


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [("500m", "2", 25), ("1999m", "2", 99), ("3", "2", 150), ("1", "0", 0), ("1", "", 0)],
)
def test_a_share_is_whole_percents_rounded_down(part: str, whole: str, percent: int) -> None:
    assert share(part, whole) == percent


@given(st.integers(0, 10**13))
def test_cores_are_rounded_up_as_kubectl_does(nano: int) -> None:
    text = cores(Decimal(nano) / 10**9)
    assert text.endswith("m")
    assert 0 <= int(text[:-1]) * 10**6 - nano < 10**6


@given(st.integers(0, 2**45))
def test_mebibytes_are_rounded_down_as_kubectl_does(count: int) -> None:
    text = mebibytes(Decimal(count))
    assert text.endswith("Mi")
    assert 0 <= count - int(text[:-2]) * 2**20 < 2**20
