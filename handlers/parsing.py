"""The text behind /eks becomes a Command: kubectl's grammar, forgiving of what keyboards make of it."""

import re
import shlex
from collections.abc import Iterator
from typing import NoReturn

from connector.gauges import MEMORY
from connector.resources import KINDS, kind_named
from connector.usage import ORDERS
from connector.words import alike, meant
from handlers.command import KIND, LONGEST_TEXT, Command, Usage
from handlers.grammar import (
    ALL_NAMESPACES,
    COMMAND,
    COMMON,
    NAMESPACE,
    TOPICS,
    WORDS,
    Flag,
    Shape,
    Verb,
)

Flags = dict[str, str | bool]
"""Values of a Command's fields."""

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# Flags whose values have a form of their own, and what one that has not is.
_FORMS = {
    "user": (re.compile(r"[UW][A-Z0-9]{1,20}"), "no person: mention one, as in `--user @ada`"),
    "cluster": (re.compile(r"[\w-]{1,150}\*?", re.ASCII), "no name of a cluster"),
    "since": (re.compile(r"(\d{1,5}[smhdw])+", re.ASCII), "no time: write it as in `90m`, `2h` or `3d`"),
    "ref": (re.compile(r"[0-9a-f]{8}"), "no reference: it has 8 characters, as in `7f3a91c2`"),
    "output": (re.compile(r"wide|yaml|json|csv"), "no format: one of `wide`, `yaml`, `json`, `csv`"),
    "tail": (re.compile(r"[1-9]\d{0,5}", re.ASCII), "no number of lines"),
    "deadline": (
        re.compile(r"([1-9]|1\d|2[0-5])s?", re.ASCII),
        "no time to wait: 1 to 25 seconds, as in `20s`",
    ),
    "clusters": (re.compile(r"[\w*?-]{1,150}", re.ASCII), "no pattern of connections, as `prod-*` is"),
    "about": (re.compile(r"[^/\s]{1,120}/[^/\s]{1,253}"), "no object: write it as in `pod/cart-7d9`"),
}


def parsed(text: str) -> Command:
    """The Command in what somebody typed after /eks. Raises Usage with the nearest word and the usage."""
    words = _words(text)
    if not words:
        return Command(verb="help")
    name, rest = _first(words, text)
    if any(word in ("-h", "--help") for word in rest):
        return Command(verb="help", words=(name,))
    verb = TOPICS[name]
    # kubectl takes -n and -A with any kind; whether they make sense is said below, in words.
    everywhere = (NAMESPACE, ALL_NAMESPACES) if name in KINDS else ()
    flags, free = _flags(verb, (*everywhere, *verb.flags), rest)
    if verb.words == "[CONNECTION]" and free:
        flags.setdefault("connection", free.pop(0))
    if name in KINDS:
        read = Command(verb="get", kind=name, words=tuple(free))
    else:
        read = _READERS[verb.shape](verb, Command(verb=name), free)
    return read.replaced(**_checked(read.topic, flags, read.kind))


def _first(words: list[str], text: str) -> tuple[str, list[str]]:
    """The verb or plural that the first word means, and the words that follow it."""
    first, *rest = words
    name = WORDS.get(first.lower())
    if name:
        return name, rest
    if first.lower() in ("-h", "--help", "?"):
        return "help", rest
    # kubectl's other way of saying it: pod/cart-7d9.
    noun, slash, object_name = first.partition("/")
    kind = kind_named(noun)
    if kind is None:
        _unknown(first, text)
    return kind.plural, [object_name, *rest] if slash and object_name else rest


def _free(verb: Verb, read: Command, free: list[str]) -> Command:
    """The one word that a verb may take."""
    allowed = 1 if verb.words and verb.words != "[CONNECTION]" else 0
    if len(free) > allowed:
        raise _usage(
            verb, f"`{COMMAND} {verb.name}` does not know what to do with `{_short(free[allowed])}`."
        )
    return read.replaced(words=tuple(free))


def _listed(verb: Verb, read: Command, free: list[str]) -> Command:
    """`KIND [WORD…]`; a name behind a slash is a word."""
    if not free:
        raise _usage(verb, f"{verb.name.capitalize()} what?")
    noun, slash, object_name = free[0].partition("/")
    names = [object_name] if slash and object_name else []
    kind = _kind(verb, noun)
    if verb.name == "top" and kind not in ("pods", "nodes"):
        raise _usage(verb, f"There are no figures of `{_short(noun)}`: say `pods` or `nodes`.")
    return read.replaced(kind=kind, words=(*names, *free[1:]))


def _object(verb: Verb, read: Command, free: list[str]) -> Command:
    """`KIND NAME` or `KIND/NAME`."""
    if not free:
        raise _usage(verb, f"{verb.name.capitalize()} what?")
    noun, slash, object_name = free[0].partition("/")
    names = [object_name, *free[1:]] if slash else free[1:]
    kind = _kind(verb, noun)
    if not names or not names[0]:
        plural = kind if kind in COMMON else f"get {kind}"
        raise _usage(verb, f"Which of the {kind}? `{COMMAND} {plural}` lists them.")
    if len(names) > 1:
        raise _usage(verb, f"One at a time: `{_short(names[1])}` is too much.")
    return read.replaced(kind=kind, words=(names[0],))


def _target(verb: Verb, read: Command, free: list[str]) -> Command:
    """`NAME`, `KIND/NAME` or `KIND NAME`; a name alone is of the verb's own kind."""
    if not free:
        raise _usage(verb, "Of what? Give a name.")
    if len(free) > 1 or "/" in free[0]:
        return _object(verb, read, free)
    return read.replaced(kind=verb.default_kind, words=(free[0],))


def _rollout(verb: Verb, read: Command, free: list[str]) -> Command:
    """`status` or `history`, then as _target."""
    if not free or free[0].lower() not in ("status", "history"):
        raise _usage(verb, "Say `status` or `history`.")
    return _target(verb, read.replaced(action=free[0].lower()), free[1:])


_READERS = {
    Shape.WORDS: _free,
    Shape.LIST: _listed,
    Shape.OBJECT: _object,
    Shape.TARGET: _target,
    Shape.ROLLOUT: _rollout,
}


def _kind(verb: Verb, noun: str) -> str:
    """The plural of a kind that is known; of another, the word itself, for the cluster to say what it is."""
    known = kind_named(noun)
    if known:
        return known.plural
    if not KIND.fullmatch(noun.lower()):
        raise _usage(verb, f"`{_short(noun)}` is no kind.")
    return noun.lower()


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


def _flags(verb: Verb, flags: tuple[Flag, ...], words: list[str]) -> tuple[Flags, list[str]]:
    """The `flags` among `words`, and the free words; `verb` is for the usage in what it raises."""
    known = {name: flag for flag in flags for name in flag.names}
    found: Flags = {}
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
            near = meant(*alike(name.lower(), known, 1, 0.6))
            raise _usage(verb, f"`{COMMAND} {verb.name}` has no flag `{name}`. {near}".strip())
        given = _value(verb, flag, name, glued, value, rest)
        if flag.many:
            # Given again, or several at once with commas.
            given = ",".join(filter(None, f"{found.get(flag.field, '')},{given}".split(",")))
        found[flag.field] = given
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


def _checked(verb: Verb, flags: Flags, plural: str = "") -> Flags:
    """Flags that agree with each other, and with the kind that is listed, and have the form of their kind."""
    everywhere = flags.get("all_namespaces", False)
    namespace = flags.get("namespace")
    if everywhere and namespace:
        raise _usage(verb, "`-A` and `-n` contradict each other.")
    if plural in KINDS and not KINDS[plural].namespaced:
        flags.pop("all_namespaces", None)
        if namespace:
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
    if flags.get("clusters") and flags.get("connection"):
        raise _usage(verb, "`--clusters` and `-c` contradict each other.")
    if flags.get("clear") and flags.keys() & {"connection", "namespace"}:
        raise _usage(verb, "`--clear` takes the default away: leave out the connection and the namespace.")
    if verb.name == "clusters":
        _check_regions(verb, flags)
    if verb.name == "top" and flags.get("sort_by", MEMORY) not in ORDERS:
        raise _usage(verb, f"`{_short(str(flags['sort_by']))}` is no order: say `cpu`, `memory` or `name`.")
    if flags.get("follow") and flags.get("previous"):
        raise _usage(verb, "A container that has ended says no more: leave out `--follow` or `--previous`.")
    _check_forms(verb, flags)
    return flags


def _check_forms(verb: Verb, flags: Flags) -> None:
    for name, (form, what) in _FORMS.items():
        value = flags.get(name)
        if isinstance(value, str) and not form.fullmatch(value):
            raise _usage(verb, f"`{_short(value)}` is {what}.")


def _check_regions(verb: Verb, flags: Flags) -> None:
    if flags.get("all_regions"):
        if flags.get("region"):
            raise _usage(verb, "`--all-regions` and `--region` contradict each other.")
        return
    if "," in str(flags.get("profile", "")):
        raise _usage(verb, "Several profiles go with `--all-regions`; a region is asked with one.")
    if flags.get("deadline"):
        raise _usage(verb, "`--deadline` belongs to `--all-regions`: give that too.")


# kubectl's verbs that change something, or open a line into a container: https://kubernetes.io/docs/reference/kubectl/
_CHANGES = """
    annotate apply attach autoscale cordon cp create debug delete drain edit exec expose label patch port-forward
    replace run scale set taint uncordon
"""
_FOR_A_TERMINAL = frozenset(_CHANGES.split())


def _unknown(word: str, text: str) -> NoReturn:
    if word.lower() in _FOR_A_TERMINAL:
        raise Usage(
            f"`{word.lower()}` is for a terminal: the bot only reads.",
            hint=f"`{COMMAND} kubeconfig` leads there.",
        )
    near = alike(word.lower(), WORDS, 1, 0.7)
    usage = Usage(
        f"`{COMMAND} {_short(word)}` is no command here. {meant(*near)}".strip(),
        hint=f"`{COMMAND} help` shows what there is; other kinds are listed with `{COMMAND} get {_short(word)}`.",
    )
    if near:
        usage.suggestion = f"{COMMAND} {text.strip().replace(word, near[0], 1)}"
    raise usage


def _usage(verb: Verb, what: str) -> Usage:
    example = f"\nFor example: `{verb.examples[0]}`" if verb.examples else ""
    return Usage(what, hint=f"Usage: `{verb.usage}`{example}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
