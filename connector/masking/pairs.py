"""Values that stand beside a name which says that they are secret, in the ways that texts write such pairs.

`key=value`, `key: value`, `"key": "value"` (in JSON within JSON too), `key => value`, `<key>value</key>`,
`--key value`, headers, YAML blocks, and `"name": "KEY", "value": "…"` as Kubernetes has it.
"""

import re
from collections.abc import Iterator

from connector.masking.marks import MARK, is_value, names_object, refers
from connector.masking.names import names_secret

# Every name that says so holds one of these.
_PARTS = "pass pw secret token cred auth key cookie conn dsn jwt bearer otp sess docker salt mnemonic"
HINTS = tuple(_PARTS.split())

# A key and what stands between it and its value. A flag needs no more than a space.
_NAME = re.compile(
    r"""
    (?<![\w./-])
    (?: (?P<key>[\w./-]++) (?P<close>\\{0,8}(?:["'`]|u0022)?) \]? [ \t]*+ (?P<sep>:=|=>|==?|:|>|%3[Dd]) (?P<gap>[ \t]*+)
      | (?P<flag>--?[A-Za-z][\w.-]*+) [ \t]++ (?=[^\s=:|>&;<-])
    )
    """,
    re.VERBOSE | re.ASCII,
)
# "API key: …", "connection string = …": the noun alone says nothing.
_NOUNS = frozenset({"key", "keys", "string"})
_WORD_BEFORE = re.compile(r"([A-Za-z]{2,20})[ \t]\Z")
_NAME_BEFORE = re.compile(
    r"""\b(?:[Nn]ame|[Kk]ey)\\*["']?\s*[:=]\s*\\*["']?([\w./-]{1,160})\\*["']?\s*+[,;]?(?:\s|\\n)*+\\*["']?\Z"""
)
# Where such a look back ends, so that a megabyte on one line is not gone through again for each of its keys.
_BACK, _WORD_BACK = 240, 24
_LINE_START = re.compile(r"""(?:\A|\n)([ \t]*(?:[-><*][ ]+)*)\Z""")

_OPEN = re.compile(r"""(?P<list>\[[ ]?)?(?P<slashes>\\{0,8})(?P<quote>["'`]|u0022)""")
_QUOTES = {quote: re.compile(rf"(\\*){quote}|[\r\n]") for quote in ('"', "'", "`", "u0022")}
# YAML and SQL write a quote twice within such.
_SINGLE = re.compile(r"(?:[^'\\\r\n]|''|\\[^\r\n])*+")
# What else is in a list; where quotes are not those of JSON, all of it.
_FURTHER_JSON = re.compile(r"""(?:[ ]?,[ ]?"(?:[^"\\\r\n]|\\[^\r\n])*+"?)++""")
_FURTHER = re.compile(r"[ ]?,[^\]\r\n]*+")
_BRACKETED = re.compile(r"[^\]\r\n{\[]*+")
# Up to a space; past punctuation only where the value goes on behind it.
_BARE = re.compile(
    r"""
    (?: [^\s"'`,;&|)\]}<>\\]
      | [,;&|] (?! \s | $ | ["'\w.-]{1,60} [ ]? [=:] | \\? ["'] )
      | [)\]}>"'`] (?! [)\]}>"'`]{0,3} (?: [\s,;:.|&\\] | $ ) )
      | < (?!/)
      | \\ (?! [\\"'nrtu/] )
    )*+
    """,
    re.VERBOSE,
)
_REST = re.compile(r"[^\r\n]*+")
_COOKIES = re.compile(r"""[^\s;,"'`\\]+(?:;[ ]?[^\s;"'`\\]+)*""")
_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*\r?(?=\n)")
_SCHEME = re.compile(
    r"(?:(?P<one>bearer|basic|token|negotiate|ntlm|apikey)|digest|aws4-hmac-sha256|oauth|hawk)[ ]+", re.I
)

# What else may stand beside a name that has other meanings too.
_PORT_OR_VERSION = re.compile(r"v?\d{1,5}(?:\.[\w.-]*)?|latest")
# A password may be made of words; other secrets are not, so that a word with more words behind it is a sentence.
_WORDY = re.compile(r"pass|pwd|mnemonic|cookie|authorization|dsn|conn|^value$|^default$")
_SENTENCE = re.compile(
    r"""(?:[A-Z]?[a-z]{0,14}|[A-Z]{2,5})[,:]?[ ]+[A-Za-z("'](?![\w.-]*[=:])|[\w.-]+:[ ]|[1-5]\d\d(?:[ ]|$)"""
)
_NEXT = re.compile(r"[A-Za-z_][\w.-]*=(?![=\s]|$)")
_COUNTED = ("tokens", "secrets", "credentials", "cookies", "keys", "passwords")
_AFTER_FLAG = frozenset(
    {"to", "flag", "flags", "option", "and", "or", "in", "for", "with", "as", "instead", "parameter"}
)

# Where a value begins and ends, and what to write there.
_Span = tuple[int, int, str]


def without_named_values(text: str) -> str:
    """The text with the values masked that stand beside a name of a secret."""
    pieces, at = [], 0
    for name in _names(text):
        if name.start() >= at and _is_secret(text, name) and (span := _value(text, name)):
            start, end, instead = span
            pieces += [text[at:start], instead]
            at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _names(text: str) -> Iterator[re.Match[str]]:
    """Whatever stands before a value, in lines that hold a hint or follow one that does."""
    start, near = 0, False
    for line in text.split("\n"):
        small = line.lower()
        hinted = [hint for hint in HINTS if hint in small]
        if hinted or near:
            yield from _NAME.finditer(text, start, start + len(line))
        start += len(line) + 1
        near = bool(hinted)


def _is_secret(text: str, name: re.Match[str]) -> bool:
    if flag := name["flag"]:
        return names_secret(flag)
    key, start = name["key"], name.start()
    if name["sep"] == ">" and text[start - 1 : start] != "<":
        return False
    noun = key.lower()
    if noun in {"value", "default"}:
        before = text[max(0, start - _BACK) : start]
        named = _NAME_BEFORE.search(before) if "ame" in before or "ey" in before else None
        return named is not None and names_secret(named[1])
    if noun in _NOUNS:
        word = _WORD_BEFORE.search(text[max(0, start - _WORD_BACK) : start])
        return word is not None and names_secret(f"{word[1]} {noun}")
    return names_secret(key)


def _value(text: str, name: re.Match[str]) -> _Span | None:
    """The value behind a name; None when what stands there is no credential."""
    start = name.end()
    if opened := _OPEN.match(text, start):
        return _quoted(text, name, opened)
    if text.startswith((MARK, "{"), start) or refers(text, start):
        return None
    column = _column(text, name)
    if column is not None and (block := _BLOCK.match(text, start)):
        return _below(text, block.end(), column)
    if text.startswith("[", start):
        start += 1
    scheme = _scheme(text, name, start)
    start = scheme.end() if scheme else start
    end = _end(text, name, start, scheme, on_its_line=column is not None)
    value = text[start:end]
    if value.startswith(("{", "[")) or not is_value(value):
        return None
    if _is_fact(name, value) or _is_else(text, name, start, value):
        return None
    # A number in JSON: its mark needs the quotes that the key has.
    quote = name["close"] if name["close"] and name["close"].endswith('"') else ""
    return start, end, f"{quote}{MARK}{quote}"


def _column(text: str, name: re.Match[str]) -> int | None:
    """How far a key is indented that begins its line as in YAML or a header; None for any other."""
    if name["sep"] != ":" or name["close"]:
        return None
    before = _LINE_START.search(text, max(0, name.start() - _BACK), name.start())
    # `\A` holds where the look back began, too.
    return len(before[1]) if before and (before.start() == 0 or text[before.start()] == "\n") else None


def _scheme(text: str, name: re.Match[str], start: int) -> re.Match[str] | None:
    """`Bearer` and its like stay to be seen, beside a name that speaks of them."""
    key = (name["key"] or name["flag"]).lower()
    return _SCHEME.match(text, start) if "auth" in key or "token" in key else None


def _end(
    text: str, name: re.Match[str], start: int, scheme: re.Match[str] | None, *, on_its_line: bool
) -> int:
    if "cookie" in (name["key"] or "").lower():
        found = _COOKIES.match(text, start)
    elif text[start - 1] == "[":
        found = _BRACKETED.match(text, start)
    elif (scheme and not scheme["one"]) or (not scheme and on_its_line and name["gap"]):
        rest = _REST.match(text, start)
        # Without a comment of YAML, and what JSON and its like separate lines with.
        return start + len(rest[0].partition(" #")[0].rstrip(" \t,")) if rest else start
    else:
        found = _BARE.match(text, start)
    return found.end() if found else start


def _is_fact(name: re.Match[str], value: str) -> bool:
    """Whether this tells which secret, how many, or where one is, under a name that may mean both."""
    if not name["key"]:
        return value in _AFTER_FLAG
    key = name["key"].lower()
    return (
        names_object(key, value)
        or (key in {"pwd", "oldpwd"} and value.startswith("/"))
        or (key.endswith(_COUNTED) and value.partition(" ")[0].isdigit())
    )


def _is_else(text: str, name: re.Match[str], start: int, value: str) -> bool:
    """Whether what is not in quotes is no pair at all: the next pair, a port, an image, a path, or prose."""
    key = name["key"] or ""
    if name["gap"] and name["sep"] == "=":
        # `password= next=1` has none; `password = a=b` has one.
        return not text[name.start("sep") - 1].isspace() and _NEXT.match(text, start) is not None
    if not key or name["close"] or name["sep"] != ":":
        return False
    if not name["gap"]:
        part = (
            "/" in key or text[name.start() - 1 : name.start()] in {":", "@"} or value.startswith((":", "//"))
        )
        return part or (not key.isidentifier() and _PORT_OR_VERSION.fullmatch(value) is not None)
    if key.lower() in _NOUNS:
        return len(value) < 16 and not any(char.isdigit() for char in value)
    is_path = key.startswith("/") or key.count("/") > 1
    return is_path or (not _WORDY.search(key.lower()) and _SENTENCE.match(text, start) is not None)


def _quoted(text: str, name: re.Match[str], opened: re.Match[str]) -> _Span | None:
    start = opened.end()
    close = _close(text, start, len(opened["slashes"]), opened["quote"])
    if scheme := _scheme(text, name, start):
        start = min(scheme.end(), close)
    value = text[start:close]
    if not is_value(value) or (name["key"] and _is_fact(name, value)):
        return None
    delimiter = opened["slashes"] + opened["quote"]
    if opened["list"]:
        others = _FURTHER_JSON if delimiter == '"' else _FURTHER
        if further := others.match(text, close + len(delimiter)):
            return start, further.end(), MARK + delimiter
    return start, close, MARK


def _close(text: str, start: int, slashes: int, quote: str) -> int:
    """Where a quotation ends: at its like, or with the line when that was cut off."""
    if quote == "'" and not slashes:
        single = _SINGLE.match(text, start)
        return single.end() if single else start
    for found in _QUOTES[quote].finditer(text, start):
        if found[1] is None:
            return found.start()
        # In JSON within JSON, a quote that belongs to the value has more slashes before it than the one that ends it.
        if len(found[1]) <= slashes if slashes else len(found[1]) % 2 == 0:
            return found.end() - len(quote) - min(slashes, len(found[1]))
    return len(text)


def _below(text: str, start: int, column: int) -> _Span | None:
    """A block of YAML: the lines that are indented further than their key."""
    lines, at = [], start
    while at < len(text):
        end = text.find("\n", at + 1)
        end = len(text) if end < 0 else end
        line = text[at + 1 : end]
        indent = len(line) - len(line.lstrip(" \t"))
        if line.strip() and indent <= column:
            break
        lines.append(f"\n{line[:indent]}{MARK}" if line.strip() else f"\n{line}")
        at = end
    return (start, at, "".join(lines)) if lines else None
