"""What is written in the place of a credential, and which texts in a credential's place are none."""

import re

MARK = "[masked]"

_OTHER_MARK = r"\[(?i:masked|redacted|hidden|omitted|filtered|sensitive|secret)\]"
_REFERENCE = r"\$\(\w+\) | \$\{[\w.]+\} | \$[A-Z_][A-Z0-9_]*\b | \{\{[^{}\n]*\}\} | <[^<>\n]*>"
# A reference or a mark, and nothing behind it that makes it a part of more.
_REFERS = re.compile(rf"""(?:{_REFERENCE} | {_OTHER_MARK})(?=[\s,;:&|@"'`)\]}}\\]|$)""", re.VERBOSE)
# What programs and people write where a value would be: references, other masks, places of files.
_STANDS_FOR = re.compile(
    rf"""
      \[masked(?:,[^\]\n]{{0,60}})?\]
    | {_REFERENCE} | %[A-Z_]+% | %[sdvq] | \{{\w*\}}
    | \*+ | x{{3,}} | X{{3,}} | \.{{2,}} | …+ | -+
    | {_OTHER_MARK} | (?i:redacted|omitted|filtered)
    | (?i:null|nil|none|true|false|undefined|yes|no|n/a)
    | /(?:var|run|etc|opt|mnt|tmp|home|usr|root|secrets?|vault|app)(?:/[\w.-]+)+/?
    | (?:)
    """,
    re.VERBOSE,
)

# How a sentence about a credential goes on: "password must be …", "token: expired", `"password": "is too short"`.
_SENTENCE = re.compile(
    r"""
    (?i:must|is|isn't|was|wasn't|were|are|has|have|had|can|cannot|can't|could|couldn't|should|may|might|will|would|does
       |doesn't|did|didn't|not|too|already|please
       |expired?|expires|invalid|missing|required|empty|incorrect|wrong|fail(?:ed|ure|ing)?|reject(?:ed|ing)?|refused
       |denied|revoked|unauthori[sz]ed|forbidden|unknown|unset|changed|updated|created|deleted|rotated|refreshed|renewed
       |verified|validated?|valid|accepted|ok|success|successful|succeeded|found|mismatch(?:ed)?|disabled|enabled|optional
       |authenticated|authori[sz]ed|unable|error|malformed|unsupported|unexpected|unavailable|permission|timeout|timed
       |context|dial|rpc|eof|x509|oauth2
    )(?=[\s,:;!)]|\.?$|\.\s)
    """,
    re.VERBOSE,
)

_NAMESPACE_AND_NAME = re.compile(r"[a-z0-9-]{1,63}/[a-z0-9.-]{1,253}")


def is_placeholder(text: str) -> bool:
    """Whether this only stands for a value: `$(DB_PASSWORD)`, `<set to the key …>`, `****`, a file's path, a mark."""
    return _STANDS_FOR.fullmatch(text) is not None


def refers(text: str, start: int) -> bool:
    """Whether a reference such as `$(DB_PASSWORD)` or `<set to the key …>` begins there, and no more."""
    return _REFERS.match(text, start) is not None


def is_value(text: str) -> bool:
    """Whether this may be a credential, given that it stands where one would.

    False for placeholders, for words such as `expired`, and for sentences that begin with one.
    """
    return not (is_placeholder(text) or _SENTENCE.match(text))


def names_object(name: str, value: str) -> bool:
    """Whether this says which Secret is meant, as NAMESPACE/NAME: `auth-secret: shop/db`, `secret="shop/db"`."""
    return name.lower().endswith(("secret", "secrets")) and _NAMESPACE_AND_NAME.fullmatch(value) is not None
