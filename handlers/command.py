"""A Command is what was asked, as a value: typed after /eks, or carried by a button, which says the same.

It knows nothing of who asks.
"""

import re
import shlex
from typing import Annotated

import msgspec

from connector.errors import Failure
from connector.resources import KINDS
from handlers.grammar import COMMAND, LISTS, VERBS, Shape, Verb

# A command must fit into a button (2,000 characters of JSON) however it is escaped.
LONGEST_TEXT = 800
LONGEST_VALUE = 2000

# A kind by any of its names; what a cluster makes of it, discovery says.
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
KIND = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)

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
    # Of a list: how it is shaped, and of which connections it is taken.
    output: Text = msgspec.field(name="g", default="")
    sort_by: Text = msgspec.field(name="z", default="")
    field_selector: Text = msgspec.field(name="j", default="")
    show_labels: bool = msgspec.field(name="lb", default=False)
    clusters: Text = msgspec.field(name="cs", default="")
    # Of events: about which object, as KIND/NAME, and warnings only.
    about: Text = msgspec.field(name="ab", default="")
    warnings: bool = msgspec.field(name="wa", default=False)
    # Of logs.
    container: Text = msgspec.field(name="cn", default="")
    previous: bool = msgspec.field(name="pv", default=False)
    tail: Text = msgspec.field(name="tl", default="")
    grep: Text = msgspec.field(name="gr", default="")
    follow: bool = msgspec.field(name="fo", default=False)
    # Of rollout: status or history.
    action: Text = msgspec.field(name="ac", default="")
    # Of clusters: each region of each profile (then `profile` holds several, with commas), and how long to wait.
    all_regions: bool = msgspec.field(name="ar", default=False)
    deadline: Text = msgspec.field(name="dl", default="")
    # Of describe: all of it, not what matters first alone.
    whole: bool = msgspec.field(name="wh", default=False)
    # Of use: no default any more.
    clear: bool = msgspec.field(name="cl", default=False)
    # All namespaces are meant, whatever the channel's default is.
    all_namespaces: bool = msgspec.field(name="an", default=False)
    # What was shown before, to tell what changed since: the id of a kept list.
    seen: Text = msgspec.field(name="sn", default="")
    # Of use: the thread that is meant, by its ts, where it is not the one that was asked from.
    thread: Text = msgspec.field(name="th", default="")
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
        if self.kind and not KIND.fullmatch(self.kind):
            raise ValueError("no kind")

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

    @property
    def topic(self) -> Verb:
        """What the grammar says of it: for a list of a kind that is known, that list's own entry."""
        return LISTS[self.kind] if self.verb == "get" and self.kind in LISTS else VERBS[self.verb]

    @property
    def label(self) -> str:
        """What it is called where things are counted: one of a few names, whatever was typed."""
        return self.kind if self.verb == "get" and self.kind in KINDS else self.verb

    def typed(self) -> str:
        """The line that a person would type for it."""
        verb = self.topic
        flags = []
        for flag in verb.flags:
            value = getattr(self, flag.field, False)
            if flag.many:
                flags += [f"{flag.names[0]} {shlex.quote(one)}" for one in str(value or "").split(",") if one]
            elif value:
                flags.append(f"{flag.names[0]} {shlex.quote(str(value))}" if flag.value else flag.names[0])
        words = self._said(verb)
        said = [shlex.quote(word) for word in words]
        if any(word.startswith("-") for word in words):
            return " ".join([COMMAND, verb.name, *flags, "--", *said])
        return " ".join([COMMAND, verb.name, *said, *flags])

    def _said(self, verb: Verb) -> tuple[str, ...]:
        """The free words of the line."""
        match verb.shape:
            case Shape.LIST if self.verb == "get" and verb.name != "get":
                return self.words
            case Shape.LIST | Shape.OBJECT:
                return (self.kind, *self.words)
            case Shape.TARGET | Shape.ROLLOUT:
                action = (self.action,) if verb.shape is Shape.ROLLOUT else ()
                return (*action, self.word if self.kind == verb.default_kind else f"{self.kind}/{self.word}")
            case _:
                # What is handed over to a terminal carries the words of another verb.
                return () if verb.words == "[CONNECTION]" else self.words


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
