"""What people type into a rich text input becomes a rich_text block that Slack takes, and no word is lost."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.limits import faults
from playground.slack.markup import rich_text

Json = dict[str, Any]


def text(words: str, **style: bool) -> Json:
    return {"type": "text", "text": words} | ({"style": style} if style else {})


def section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}


def block(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("", None),
        (" \n ", None),
        ("so it is", block(section(text("so it is")))),
        ("one\n\ntwo", block(section(text("one\n\ntwo")))),
        (
            "a *b* _c_ ~d~ `e *f*`",
            block(
                section(
                    text("a "),
                    text("b", bold=True),
                    text(" "),
                    text("c", italic=True),
                    text(" "),
                    text("d", strike=True),
                    text(" "),
                    text("e *f*", code=True),
                )
            ),
        ),
        ("*a _b_*", block(section(text("a ", bold=True), text("b", bold=True, italic=True)))),
        ("2*3*4 a_b_c * d *", block(section(text("2*3*4 a_b_c * d *")))),
        (
            "see https://example.org :tada:",
            block(
                section(
                    text("see "),
                    {"type": "link", "url": "https://example.org"},
                    text(" "),
                    {"type": "emoji", "name": "tada"},
                )
            ),
        ),
        ("at 10:30:45", block(section(text("at 10:30:45")))),
        (
            "- a\n- b\n  - c\n1. d",
            block(
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "indent": 0,
                    "elements": [section(text("a")), section(text("b"))],
                },
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(text("c"))]},
                {"type": "rich_text_list", "style": "ordered", "indent": 0, "elements": [section(text("d"))]},
            ),
        ),
        ("> a\n>b", block({"type": "rich_text_quote", "elements": [text("a\nb")]})),
        (
            "x\n```\nkubectl *get*\n```\ny",
            block(
                section(text("x")),
                {"type": "rich_text_preformatted", "elements": [text("kubectl *get*")]},
                section(text("y")),
            ),
        ),
    ],
)
def test_marks_are_read_as_slack_reads_them(typed: str, made: Json | None) -> None:
    assert rich_text(typed) == made


TYPED = st.text(st.sampled_from("ab1 \n*_~`>-•.:h"), max_size=60) | st.text(max_size=60)


@given(TYPED)
def test_whatever_is_typed_is_a_block_that_slack_takes(typed: str) -> None:
    made = rich_text(typed)
    assert made is None or faults([made], "message") == []


def words(part: Json) -> str:
    inside = "".join(words(each) for each in part.get("elements", []))
    return inside + str(part.get("text") or part.get("url") or part.get("name") or "")


@given(st.text(st.sampled_from("ab \n*_~`>-"), max_size=60))
def test_no_letter_is_lost(typed: str) -> None:
    made = rich_text(typed)
    letters = "".join(re.findall("[ab]", typed))
    assert "".join(re.findall("[ab]", words(made) if made else "")) == letters
