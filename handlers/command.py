"""The text behind /eks becomes a Command: kubectl's grammar, forgiving of what keyboards make of it.

A Command is also what a button carries, so that a click says the same as a line typed. It knows nothing of who asks.
"""

import difflib
import re
import shlex
from collections.abc import Iterator
from typing import Annotated, NoReturn

import msgspec

from connector.errors import Failure
from connector.resources import KINDS, kind_named
from handlers.grammar import COMMAND, LISTS, TOPICS, VERBS, WORDS, Flag, Verb

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# A command must fit into a button (2,000 characters of JSON) however it is escaped.
LONGEST_TEXT = 800
LONGEST_VALUE = 2000

# Flags whose values have a form of their own, and what one that has not is.
_FORMS = {
    "user": (re.compile(r"[UW][A-Z0-9]{1,20}"), "no person: mention one, as in `--user @ada`"),
    "cluster": (re.compile(r"[\w-]{1,150}\*?", re.ASCII), "no name of a cluster"),
    "since": (re.compile(r"(\d{1,5}[smhdw])+", re.ASCII), "no time: write it as in `90m`, `2h` or `3d`"),
    "ref": (re.compile(r"[0-9a-f]{8}"), "no reference: it has 8 characters, as in `7f3a91c2`"),
}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]


class Usage(Failure):
    """What was typed does not make a command. `suggestion` is a whole command that would."""

    suggestion: str = ""


class Command(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was asked. Field names are short in JSON because a block_id holds 255 characters."""

    verb: Text = msgspec.field(name="v")
    kind: Text = msgspec.field(name="k", default="")
    words: Annotated[tuple[Text, ...], msgspec.Meta(max_length=100)] = msgspec.field(name="w", default=())
    namespace: Text = msgspec.field(name="n", default="")
    selector: Text = msgspec.field(name="l", default="")
    connection: Text = msgspec.field(name="c", default="")
    region: Text = msgspec.field(name="r", default="")
    profile: Text = msgspec.field(name="p", default="")
    default_chain: bool = msgspec.field(name="d", default=False)
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    role_arn: Annotated[str, msgspec.Meta(max_length=2048)] = msgspec.field(name="a", default="")
    external_id: Annotated[str, msgspec.Meta(max_length=1224)] = msgspec.field(name="x", default="")
    # The sign-in was by AWS keys, which are never in a command: they are asked for again.
    by_keys: bool = msgspec.field(name="s", default=False)
    private: bool = msgspec.field(name="e", default=False)
    # Of the trail: whose lines, about which cluster, how far back, and the one of a reference.
    user: Text = msgspec.field(name="i", default="")
    cluster: Text = msgspec.field(name="m", default="")
    since: Text = msgspec.field(name="t", default="")
    ref: Text = msgspec.field(name="q", default="")
    # Where the page starts: a row's place in a list, a line's id in the trail.
    offset: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = msgspec.field(name="o", default=0)
    # Rows before `offset` are wanted instead of those from it on: a click on "previous".
    backwards: bool = msgspec.field(name="b", default=False)
    # Whose list this is: another person's click is answered with a copy of their own.
    owner: Text = msgspec.field(name="u", default="")
    # The form is wanted although everything is said: something in it was wrong.
    form: bool = msgspec.field(name="f", default=False)
    # The person has answered the question that this verb asks first.
    confirmed: bool = msgspec.field(name="y", default=False)

    def __post_init__(self) -> None:
        # A kind is a word to type, for "get" and that kind.
        if self.verb not in VERBS or self.verb in KINDS:
            raise ValueError("unknown verb")
        if self.kind and self.kind not in KINDS:
            raise ValueError("unknown kind")

    @property
    def word(self) -> str:
        """The one free word of a verb that takes one: a cluster, a topic."""
        return self.words[0] if self.words else ""

    def encoded(self) -> str:
        """As JSON, for a block_id, which holds 255 characters."""
        return msgspec.json.encode(self).decode()

    def value(self) -> str:
        """As JSON, for a button, which holds 2,000; a role that makes it longer is left for the form to ask for."""
        whole = self.encoded()
        if len(whole) <= LONGEST_VALUE:
            return whole
        return self.replaced(role_arn="", external_id="", form=True).encoded()

    def replaced(self, **changes: object) -> "Command":
        """The same with some fields changed."""
        return msgspec.structs.replace(self, **changes)

    def typed(self) -> str:
        """The line that a person would type for it."""
        verb = LISTS[self.kind] if self.kind else VERBS[self.verb]
        parts = [COMMAND, verb.name]
        for flag in verb.flags:
            value = getattr(self, flag.field, False)
            if value:
                parts.append(f"{flag.names[0]} {shlex.quote(str(value))}" if flag.value else flag.names[0])
        words = [shlex.quote(word) for word in self.words]
        if any(word.startswith("-") for word in self.words):
            return " ".join([*parts, "--", *words])
        parts[2:2] = words
        return " ".join(parts)


def decoded(value: str) -> Command:
    """The Command that a button carries. Raises Failure when the value is none of ours, or an older version's."""
    try:
        return msgspec.json.decode(value, type=Command)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Failure(
            "This button is from an older version of the bot.",
            hint=f"Ask again with `{COMMAND}`.",
        ) from None


def seconds(since: str) -> int:
    """How long ago `2h` or `1d12h` is; 0 for what is no time."""
    return sum(
        int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d{1,5})([smhdw])", since, re.ASCII)
    )


def parsed(text: str) -> Command:
    """The Command in what somebody typed after /eks. Raises Usage with the nearest word and the usage."""
    words = _words(text)
    if not words:
        return Command(verb="help")
    first, *rest = words
    name = WORDS.get(first.lower())
    if name is None and first.lower() in ("-h", "--help", "?"):
        name = "help"
    if name is None:
        # kubectl's other way of saying it: pod/cart-7d9.
        noun, slash, object_name = first.partition("/")
        kind = kind_named(noun)
        name = kind.plural if kind else _unknown(first, text)
        if slash and object_name:
            rest.insert(0, object_name)
    if any(word in ("-h", "--help") for word in rest):
        return Command(verb="help", words=(name,))
    verb = TOPICS[name]
    # kubectl takes -n and -A with any kind; whether they make sense is said below, in words.
    flags, free = _flags(verb, VERBS["get"].flags if name in KINDS else verb.flags, rest)
    if name == "get":
        name, free = _kind(free)
    if name in KINDS:
        return Command(verb="get", kind=name, words=tuple(free)).replaced(
            **_checked(LISTS[name], flags, name)
        )
    if len(free) > (1 if verb.words else 0):
        extra = free[1 if verb.words else 0]
        raise _usage(verb, f"`{COMMAND} {verb.name}` does not know what to do with `{extra}`.")
    if verb.name == "disconnect" and free:
        flags.setdefault("connection", free.pop())
    return Command(verb=verb.name, words=tuple(free)).replaced(**_checked(verb, flags))


# What phones and word processors put in place of plain characters.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2002\u2003\u2009\u3000\t\n\r", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
        "…": "...",
    }
)
# Whom --user means is their id; elsewhere a mention is the name that is shown.
_PERSON = re.compile(r"([-‐‑‒–—―−]user(?:\s*=\s*|\s+))<@([^<>|]*)(?:\|[^<>]*)?>", re.IGNORECASE)
_DASHES = re.compile(r"^([-‐‑‒–—―−]+)(?=[A-Za-z])([^=\s]*)")
_LINK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def _words(text: str) -> list[str]:
    """The words as typed on a plain keyboard: quotes, dashes, mentions and links undone."""
    if len(text) > LONGEST_TEXT:
        raise Usage(
            f"That is {len(text):,} characters; a command has at most {LONGEST_TEXT:,}.",
            hint=f"`{COMMAND} help` shows what there is.",
        )
    text = _LINK.sub(_linked, _PERSON.sub(r"\1\2", text))
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = text.translate(_PLAIN).replace("`", " ")
    text = "".join(" " if ord(char) < 32 or ord(char) == 127 else char for char in text)
    try:
        words = shlex.split(text)
    except ValueError:
        raise Usage(
            "A quote is opened and not closed.", text.strip()[:200], "Close it, or leave it out."
        ) from None
    words = [_DASHES.sub(_dashed, word) for word in words]
    # "/eks /eks pods" is what a pasted example makes.
    return words[1:] if words and words[0].lower() == COMMAND else words


def _linked(match: re.Match[str]) -> str:
    mark, target, label = match.groups()
    if label:
        return label
    return target if mark else re.sub(r"^(https?://|mailto:)", "", target)


def _dashed(match: re.Match[str]) -> str:
    dashes, name = match.groups()
    if set(dashes) == {"-"}:
        return match.group()
    # "–n" can only have been "-n"; a longer name behind a long dash had two.
    return ("-" if len(name) == 1 else "--") + name


def _flags(verb: Verb, flags: tuple[Flag, ...], words: list[str]) -> tuple[dict[str, str | bool], list[str]]:
    """The `flags` among `words`, and the free words; `verb` is for the usage in what it raises."""
    known = {name: flag for flag in flags for name in flag.names}
    found: dict[str, str | bool] = {}
    free: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            free.extend(rest)
            break
        if not word.startswith("-") or word == "-":
            free.append(word)
            continue
        name, glued, value = word.partition("=")
        if not word.startswith("--") and len(name) > 2:
            name, glued, value = word[:2], "=", word[2:].removeprefix("=")
        flag = known.get(name) or known.get(name.lower() if name.startswith("--") else name)
        if flag is None:
            near = difflib.get_close_matches(name.lower(), known, 1)
            said = f" Did you mean `{near[0]}`?" if near else ""
            raise _usage(verb, f"`{COMMAND} {verb.name}` has no flag `{name}`.{said}")
        found[flag.field] = _value(verb, flag, name, glued, value, rest)
    return found, free


def _value(verb: Verb, flag: Flag, name: str, glued: str, value: str, rest: Iterator[str]) -> str | bool:
    if not flag.value:
        if glued and value.lower() not in ("true", "false"):
            raise _usage(verb, f"`{name}` takes no value.")
        return value.lower() != "false"
    if not glued:
        value = next(rest, "")
    if not value or (not glued and value.startswith("-")):
        raise _usage(verb, f"`{name}` needs a value: `{name} {flag.value}`.")
    return value


def _kind(free: list[str]) -> tuple[str, list[str]]:
    if not free:
        raise _usage(VERBS["get"], "Get what?")
    noun, slash, object_name = free[0].partition("/")
    kind = kind_named(noun)
    if kind and slash and object_name:
        return kind.plural, [object_name, *free[1:]]
    if kind is None or slash:
        nouns = [word for word, name in WORDS.items() if name in KINDS]
        near = difflib.get_close_matches(free[0].lower(), nouns, 1, cutoff=0.7)
        usage = _usage(VERBS["get"], f"No kind is called `{_short(free[0])}` here.")
        if near:
            usage.suggestion = " ".join([COMMAND, "get", near[0], *map(shlex.quote, free[1:])])
        raise usage
    return kind.plural, free[1:]


def _checked(verb: Verb, flags: dict[str, str | bool], plural: str = "") -> dict[str, str | bool]:
    """Flags that agree with each other, and with the kind that is listed, and have the form of their kind."""
    everywhere = flags.pop("all_namespaces", False)
    namespace = flags.get("namespace")
    if everywhere and namespace:
        raise _usage(verb, "`-A` and `-n` contradict each other.")
    if namespace and plural and not KINDS[plural].namespaced:
        raise _usage(verb, f"{plural.capitalize()} are in no namespace.")
    if isinstance(namespace, str) and not _NAMESPACE.fullmatch(namespace):
        raise _usage(
            verb,
            f"`{_short(namespace)}` is no namespace: lower-case letters, digits and `-`, at most 63 of them.",
        )
    if flags.get("profile") and flags.get("default_chain"):
        raise _usage(verb, "`--profile` and `--default-chain` contradict each other.")
    if flags.get("external_id") and not flags.get("role_arn"):
        raise _usage(verb, "`--external-id` belongs to a role: give `--role-arn` too.")
    for name, (form, what) in _FORMS.items():
        value = flags.get(name)
        if isinstance(value, str) and not form.fullmatch(value):
            raise _usage(verb, f"`{_short(value)}` is {what}.")
    return flags


def _unknown(word: str, text: str) -> NoReturn:
    near = difflib.get_close_matches(word.lower(), WORDS, 1, cutoff=0.7)
    usage = Usage(
        f"`{COMMAND} {_short(word)}` is no command here." + (f" Did you mean `{near[0]}`?" if near else ""),
        hint=f"`{COMMAND} help` shows what there is.",
    )
    if near:
        usage.suggestion = f"{COMMAND} {text.strip().replace(word, near[0], 1)}"
    raise usage


def _usage(verb: Verb, what: str) -> Usage:
    example = f"\nFor example: `{verb.examples[0]}`" if verb.examples else ""
    return Usage(what, hint=f"Usage: `{verb.usage}`{example}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
