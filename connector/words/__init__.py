"""What each foreign error says to a person: the fact, who and where, and what to do about it.

One module for AWS, one for a cluster's API server. Every function there takes the error and the Context
it happened in, and gives Words. Foreign text is quoted only where it helps, and only through `clean`.
"""

import difflib
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


def nearest(word: str, names: Iterable[str]) -> str:
    """A question naming up to three of `names` that look like `word`, or nothing."""
    alike = difflib.get_close_matches(word.lower(), list(names), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(f'`{name}`' for name in alike)}?" if alike else ""
