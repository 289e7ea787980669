"""Whole texts, of any make: private keys over several lines, logs of the playground, and what nobody thought of."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.masking import masked_text
from playground.fleet.inventory import Inventory
from playground.fleet.plan import CLUSTERS
from playground.fleet.words import CANARY
from playground.kubernetes.store import NoKubelet
from tests.connector.test_masking import B64, BASIC, JWT, KEY_LINE

LABELS = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK")


@pytest.mark.parametrize("label", LABELS)
def test_a_private_key_goes_line_by_line(label: str) -> None:
    key = f"-----BEGIN {label}-----\n{KEY_LINE}\nAb1=\n-----END {label}-----"
    masks = "\n".join(["[masked]"] * 4)
    assert masked_text(f"one\n{key}\ntwo\n{key}") == f"one\n{masks}\ntwo\n{masks}"
    assert masked_text(f'"{key}"'.replace("\n", "\\n")) == '"[masked]"'
    stamped = key.replace("\n", "\n2026-11-23T07:03:00Z ")
    assert masked_text(f"07:03 {stamped} x") == f"07:03 {masks} x"


def test_a_piece_of_a_private_key_is_known_too() -> None:
    begin, end = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    cut = f"{begin}\n{KEY_LINE}\n{KEY_LINE}\nlistening on 8080\n"
    assert masked_text(cut) == "[masked]\n[masked]\n[masked]\nlistening on 8080\n"
    tail = f"{KEY_LINE}\n07:03 {KEY_LINE}\r\nAb1=\n{end}"
    assert masked_text(tail) == f"[masked]\n07:03 [masked]\r\nAb1=\n{end}"
    both = f"-----BEGIN CERTIFICATE-----\n{KEY_LINE}\n-----END CERTIFICATE-----\n"
    assert masked_text(both + KEY_LINE) == both + "[masked]"


PIECES = st.one_of(
    st.sampled_from(
        [
            *(
                "password",
                "token",
                "secret",
                "auth",
                "cookie",
                "Authorization",
                "api key",
                "name",
                "value",
                "--token",
            ),
            *(
                "=",
                ":",
                ": ",
                " ",
                "\n",
                "  ",
                '"',
                "'",
                "\\",
                '\\"',
                "[",
                "]",
                "{",
                "}",
                ",",
                ";",
                "&",
                "|",
                ">",
                "<",
            ),
            *(
                "Bearer ",
                "Basic ",
                "[masked]",
                "://",
                "@",
                "AKIAIOSFODNN7EXAMPLE",
                B64,
                KEY_LINE,
                JWT,
                BASIC,
                "xoxb-",
            ),
            *(
                "-----BEGIN PRIVATE KEY-----",
                "-----END PRIVATE KEY-----",
                "expired",
                "x",
                "1",
                "$(A)",
                "- ",
                "#",
                "sk-",
            ),
            *(
                "curl -u ",
                "mysql -p",
                "identified by '",
                "$2a$10$",
                "X-Amz-Signature=",
                "=> ",
                "\r\n",
                "İ",
                "\ud800",
            ),
        ]
    ),
    st.text(max_size=4),
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_is_masked_for_good_and_keeps_its_lines(text: str) -> None:
    masked = masked_text(text)
    assert masked_text(masked) == masked
    assert masked.count("\n") == text.count("\n")


@given(st.text(alphabet="abc xyz0189 .,:/-_()\n", max_size=200))
def test_a_line_without_a_known_shape_is_unchanged(text: str) -> None:
    assert masked_text(text) == text


WORDS = st.text(alphabet="abcdefghABCDEFGH0123456789!#%*+./?^_~", min_size=9, max_size=40).map(
    "canary7".__add__
)


@settings(max_examples=200)
@given(
    st.sampled_from(["password", "DB_TOKEN", "X-Api-Key", "clientSecret"]),
    st.sampled_from(
        [
            "{}={}",
            "{}: {}",
            '"{}": "{}"',
            "{} = '{}'",
            'x="{}={}" y=1',
            "--{} {}",
            "{{{}: {}}}",
            "<{0}>{1}</{0}>",
        ]
    ),
    WORDS,
)
def test_a_credential_of_any_make_goes(name: str, form: str, value: str) -> None:
    assert "canary7" not in masked_text(f"before {form.format(name, value)} after")
    assert value[-3:] + " after" not in masked_text(f"before {form.format(name, value)} after")


def playground_lines(inventory: Inventory) -> Iterator[str]:
    """What every container of every pod wrote in its last minutes, and before it was started again."""
    now = time.time()
    for pod in inventory.content.pods:
        for container, _ in pod.workload.containers:
            for previous in (False, True):
                try:
                    log = inventory.log(
                        pod.namespace, pod.name, container, previous=previous, since=now - 100, until=now
                    )
                except NoKubelet:
                    continue
                yield from (line for _, line in log)
            yield f'level=debug msg="database" url=postgres://a:{CANARY}-dsn-a@db.{pod.namespace}:5432/a'


def test_no_credential_in_the_logs_of_the_playground_is_left() -> None:
    plan = next(plan for plan in CLUSTERS if plan.cast == "every")
    lines = list(playground_lines(Inventory(plan, 7)))
    assert {
        part
        for part in ("-bearer-", "-apikey-", " pass ", "-dsn-")
        if any(CANARY + part in line for line in lines)
    } == {"-bearer-", "-apikey-", " pass ", "-dsn-"}
    masked = [masked_text(line) for line in lines]
    assert [line for line in masked if CANARY in line] == []
    assert [
        line for line, before in zip(masked, lines, strict=True) if line != before and CANARY not in before
    ] == []
    assert masked_text("\n".join(lines)) == "\n".join(masked)


HOSTILE = (
    *("a", " ", "=", ")", "\\", '"', "[", "<", "\n", "password=", "password: x ", "password=x,"),
    *("token=)", "token=,a", "key: ", "name: password value: ", "--token x ", "password: |\n "),
    *("Cookie: a;", 'token=\\"', "token=[", "://a:", "://a:b@", "https://a-1"),
    *("-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\n", "Bearer a", "-eyJ", "a:"),
    *("eyJaaaaaaaa.", "curl -u ", "mysql -p", "identified by '", "login a password ", "AKIA", "sk-"),
    *("gl"),
    *("name: a" + " " * 220 + "value: ", KEY_LINE),
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_takes_longer_than_its_length_asks_for(unit: str) -> None:
    text = "x@ @tcp( token ghp_ curl login mysql bearer eyj akia password: x" + unit * (100_000 // len(unit))
    start = time.process_time()
    masked_text(text)
    # A tenth of a second or two; what went through the text again for each of its parts would take minutes.
    assert time.process_time() - start < 10
