"""Lines of logs: what is read of bytes, how sources are merged, what is found, and what is new."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.logs.lines import (
    LONGEST,
    UNKNOWN,
    Line,
    Mark,
    Source,
    cleaned,
    cut,
    holding,
    labels,
    merged,
    newer,
    read,
    short_names,
)

APP = Source("cart-7d9f-x2abc", "app")
SECOND = 1_000_000_000
# 2026-11-23T07:03:32Z
AT = 1_795_417_412 * SECOND


def lines_of(*ats: int, source: Source = APP) -> list[Line]:
    return [Line(at, source, f"line {number}") for number, at in enumerate(ats)]


def test_each_line_has_the_instant_before_it_to_the_nanosecond() -> None:
    body = b"2026-11-23T07:03:32.123456789Z GET /live\n2026-11-23T09:03:33+02:00 GET /ready\n"
    assert read(APP, body) == [
        Line(AT + 123_456_789, APP, "GET /live"),
        Line(AT + SECOND, APP, "GET /ready"),
    ]


def test_a_line_without_an_instant_stays_with_the_one_before() -> None:
    body = b"unable to retrieve\n2026-11-23T07:03:32Z panic\n\tat main.go\n2026-11-23T07:03:30Z late\n"
    assert [(line.at, line.text) for line in read(APP, body)] == [
        (UNKNOWN, "unable to retrieve"),
        (AT, "panic"),
        (AT, "\tat main.go"),
        # Its own order counts, whatever the clock says.
        (AT, "late"),
    ]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("2026-13-45T99:00:00Z no day", "2026-13-45T99:00:00Z no day"),
        ("2026-11-23T07:03:32.5Z", ""),
        ("2026-11-23T07:03:32.5Z  two spaces", " two spaces"),
        ("2026-11-23T07:03:32.5Z 2026-11-23T07:03:00Z own", "2026-11-23T07:03:00Z own"),
        ("1969-01-01T00:00:00Z before all time", "before all time"),
    ],
)
def test_what_looks_like_an_instant(line: str, text: str) -> None:
    assert [one.text for one in read(APP, line.encode())] == [text]


def test_nothing_is_no_line_and_an_empty_line_is_one() -> None:
    assert read(APP, b"") == []
    assert [line.text for line in read(APP, b"\n\nx")] == ["", "", "x"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\x1b[1;31merror\x1b[0m", "error"),
        ("\x1b]0;title\x07done", "done"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1b[", ""),
        ("\x1b]never ends", "never ends"),
        ("\x9b31mred", "red"),
        ("windows\r", "windows"),
        ("10%\r20%\r100%", "10% 20% 100%"),
        ("a\x00b\x07c\x7fd\x85e", "abcde"),
        ("pass\u200bword \u202egnp.exe", "password gnp.exe"),
        ("one\u2028two", "one two"),
        ("\tat main.go:1", "\tat main.go:1"),
        ("naïve 名前 😀", "naïve 名前 😀"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(raw: str, text: str) -> None:
    assert cleaned(raw) == text


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert [line.text for line in read(APP, b"2026-11-23T07:03:32Z caf\xe9 \xff\n")] == ["caf\ufffd \ufffd"]


def test_credentials_are_masked_also_over_lines_and_behind_colours() -> None:
    key = ["-----BEGIN RSA PRIVATE KEY-----", *["MIIEowIBAAKCAQEA" * 4] * 3, "-----END RSA PRIVATE KEY-----"]
    said = ["start", *key, "pass\x1b[0mword=\u200bhunter2222", "end"]
    body = "".join(f"2026-11-23T07:03:{32 + at}Z {line}\n" for at, line in enumerate(said)).encode()
    found = read(APP, body)
    assert [line.at for line in found] == [AT + at * SECOND for at in range(len(said))]
    assert [found[0].text, found[-2].text, found[-1].text] == ["start", "password=[masked]", "end"]
    text = "\n".join(line.text for line in found)
    assert "MIIE" not in text
    assert "hunter" not in text


def test_a_secret_is_masked_before_its_line_is_cut() -> None:
    long = "x" * (LONGEST - 12)
    (line,) = read(APP, f"2026-11-23T07:03:32Z {long} password=hunter2222 {'y' * 50}\n".encode())
    assert "hunter" not in line.text
    assert line.text.startswith(long)


def test_a_cut_says_how_much() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("a" * 1_240, 6) == "aaaaaa… (+1,234 characters)"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_line_by_line_in_order(body: bytes) -> None:
    found = read(APP, body)
    assert len(found) == body.decode(errors="replace").removesuffix("\n").count("\n") + bool(body)
    assert [line.at for line in found] == sorted(line.at for line in found)
    for line in found:
        assert "\n" not in line.text
        assert "\x1b" not in line.text


@given(st.text(alphabet=st.characters(exclude_characters="\n")))
def test_what_was_cleaned_is_clean(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


# --- merging

MANY = st.lists(st.lists(st.integers(UNKNOWN, 20), max_size=12).map(sorted), max_size=5)


@given(MANY)
def test_merging_sorts_loses_nothing_and_keeps_each_order(ats: list[list[int]]) -> None:
    sources = [lines_of(*each, source=Source(f"pod-{number}", "app")) for number, each in enumerate(ats)]
    whole = merged(sources)
    assert [line.at for line in whole] == sorted(at for each in ats for at in each)
    for number, lines in enumerate(sources):
        assert [line for line in whole if line.source.pod == f"pod-{number}"] == lines
    # What has one instant stands in the order of the sources.
    keys = [(line.at, line.source.pod) for line in whole]
    assert keys == sorted(keys)


# --- looking for a text


@given(st.lists(st.text(max_size=8)), st.text(max_size=3))
def test_what_holds_a_text_is_found_in_whatever_case(texts: list[str], wanted: str) -> None:
    lines = [Line(at, APP, text) for at, text in enumerate(texts)]
    found = holding(lines, wanted.upper())
    assert found == [line for line in lines if wanted.upper().casefold() in line.text.casefold()]


def test_a_text_is_no_pattern() -> None:
    lines = [Line(1, APP, text) for text in ("a.b", "axb", "ERROR x", "an Error")]
    assert [line.text for line in holding(lines, ".")] == ["a.b"]
    assert [line.text for line in holding(lines, "error")] == ["ERROR x", "an Error"]


# --- what stands before a line


def test_pods_are_told_apart_by_as_little_as_will_do() -> None:
    assert short_names(["cart-7d9f-x2abc", "cart-7d9f-k4def"]) == {
        "cart-7d9f-x2abc": "x2abc",
        "cart-7d9f-k4def": "k4def",
    }
    assert short_names(["redis-0", "cache-0"]) == {"redis-0": "redis-0", "cache-0": "cache-0"}
    assert short_names(["a", "a-b"]) == {"a": "a", "a-b": "b"}
    assert short_names([]) == {}


@given(st.lists(st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,2}){0,3}", fullmatch=True)))
def test_no_two_pods_are_called_the_same(pods: list[str]) -> None:
    short = short_names(pods)
    assert set(short) == set(pods)
    assert len(set(short.values())) == len(short)


def test_a_label_says_no_more_than_is_needed() -> None:
    one, two = Source("cart-x2", "app"), Source("cart-k4", "app")
    assert labels([one, one]) == {one: ""}
    assert labels([one, two]) == {one: "x2", two: "k4"}
    sidecar = Source("cart-x2", "envoy")
    assert labels([one, sidecar]) == {one: "app", sidecar: "envoy"}
    assert labels([one, two, sidecar]) == {one: "x2/app", two: "k4/app", sidecar: "x2/envoy"}


# --- what is new


@given(st.lists(st.integers(UNKNOWN, 6), max_size=20).map(sorted), st.data())
def test_reading_in_looks_that_overlap_gives_each_line_once(ats: list[int], data: st.DataObject) -> None:
    every = lines_of(*ats)
    end, mark = 0, None
    seen: list[Line] = []
    while end < len(every):
        start = 0 if mark is None else data.draw(st.integers(0, _first_at(every, mark.at)))
        end = data.draw(st.integers(end + 1, len(every)))
        # A look begins anywhere before the mark, at the first line of some instant.
        start = _first_at(every, every[start].at)
        look = every[start:end]
        seen += newer(look, mark)
        mark = Mark.of(look) or mark
    assert seen == every


def _first_at(lines: Sequence[Line], at: int) -> int:
    return next(index for index, line in enumerate(lines) if line.at == at)


def test_a_mark_is_behind_all_lines_of_its_instant() -> None:
    assert Mark.of([]) is None
    assert Mark.of(lines_of(1, 3, 3)) == Mark(3, 2)
    assert list(newer(lines_of(1, 3, 3, 3, 4), Mark(3, 2))) == lines_of(1, 3, 3, 3, 4)[3:]
    assert list(newer(lines_of(1, 2), None)) == lines_of(1, 2)
