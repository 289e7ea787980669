"""What each foreign error says to a person: the fact, who and where, and what to do about it.

One module for AWS, one for a cluster's API server. Every function there takes the error and the Context
it happened in, and gives Words. Foreign text is quoted only where it helps, and only through `clean`.
"""

import difflib
import heapq
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """What was being tried when an error came: all that a sentence about it may name."""

    action: str = ""
    """As IAM writes it (`eks:DescribeCluster`), or in kubectl's words for a cluster (`list pods`)."""
    region: str = ""
    cluster: str = ""
    principal: str = ""
    """ARN of who asked, where that is known already."""
    sign_in: str = ""
    """SignIn.label."""
    profile: str | None = None
    keys: bool = False
    role: str = ""
    """ARN of the role that is being assumed, while that is what is tried."""


@dataclass(frozen=True)
class Words:
    what: str
    why: str = ""
    hint: str = ""
    field: str | None = None


_SECRETS = (
    # A presigned URL signs whoever holds it in.
    (re.compile(r"https?://\S*X-Amz-\S*", re.IGNORECASE), "[presigned URL]"),
    (re.compile(r"k8s-aws-v1\.[\w=-]+"), "[token]"),
    (re.compile(r"\bBearer\s+\S+", re.IGNORECASE), "[token]"),
    (re.compile(r"encoded authorization failure message:?\s*\S*", re.IGNORECASE), ""),
    (re.compile(r"\b((?:AKIA|ASIA)\w{2})\w{6,}(\w{4})\b"), r"\1…\2"),
    # Session tokens and encoded blobs: nothing that a person reads is that long without a break.
    (re.compile(r"[\w+/=-]{120,}"), "[…]"),
)

# Of names that may be meant: how many are compared with a word, and how much of each.
_COMPARED = 1_000
_COMPARED_CHARACTERS = 100


def clean(text: object, limit: int = 300) -> str:
    """Foreign text made fit to be shown: on one line, at most `limit` characters, without known secrets."""
    words = "".join(
        " " if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else char
        # A megabyte of error is read no further than it can matter.
        for char in str(text)[: limit * 20]
    )
    for pattern, instead in _SECRETS:
        words = pattern.sub(instead, words)
    words = " ".join(words.replace("`", "'").split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def alike(word: str, names: Iterable[str], most: int, cutoff: float) -> list[str]:
    """Up to `most` of `names` that look like `word`, the likest first; `cutoff` is how alike, from 0 to 1.

    Comparing takes the time of both lengths multiplied, and thousands of pods share most of their names. So of many
    names those are compared that begin like the word, the shorter ones first, and of a name what a person would type.
    """
    word = word[:_COMPARED_CHARACTERS]
    short: dict[str, str] = {}
    for name in names:
        short.setdefault(name[:_COMPARED_CHARACTERS], name)

    def far(name: str) -> tuple[int, int]:
        letters = enumerate(zip(name, word, strict=False))
        common = next((at for at, (one, other) in letters if one != other), min(len(name), len(word)))
        return -common, len(name)

    near = heapq.nsmallest(_COMPARED, short, key=far) if len(short) > _COMPARED else list(short)
    return [short[one] for one in difflib.get_close_matches(word, near, most, cutoff)]


def beginnings(word: str, names: Iterable[str]) -> set[str]:
    """Of each name the beginnings that `word` may have been meant for: nobody types what controllers add to one."""
    # A slip of the finger may be one at a hyphen.
    lengths = {word.count("-") + more for more in (0, 1, 2)}
    return {"-".join(name.split("-")[:length]) for name in names for length in lengths if length}


def nearest(word: str, names: Iterable[str]) -> str:
    """A question naming up to three of `names` that look like `word`, or nothing."""
    return meant(*alike(word.lower(), names, 3, 0.5))


def meant(*names: str) -> str:
    """The question whether one of `names` is meant; nothing where they are none, or empty."""
    plain = [one.replace("`", "'") for one in names if one]
    return f"Did you mean {' or '.join(f'`{one}`' for one in plain)}?" if plain else ""
