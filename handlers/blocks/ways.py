"""The further ways on from an answer, the same under each: to a file, into the channel, to a terminal, to what changed.

A phone shows few buttons, so the rarer ways stand behind ⋯. An option of that menu holds 150 characters, too few for a
command: the row's block_id holds the command that was answered, and the option says what to make of it. A command too
long for that has plain buttons instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.errors import Failure
from handlers import terminal
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.parts import actions, button, option
from handlers.command import Command, decoded
from handlers.grammar import COMMAND

MORE = "more.ways"
CHANGED = "what.changed"


@dataclass(frozen=True)
class _Way:
    label: str
    command: Callable[[Command], Command]


def handed_over(here: Command) -> Command:
    """What shows the lines for a terminal that lead to the answer of `here`: it carries all of it along."""
    return here.replaced(verb="kubeconfig", action=f"{here.verb} {here.action}".strip(), private=True)


def answered(handed: Command) -> Command:
    """The command whose answer was handed over. Raises Failure for what no answer's button carries."""
    verb, _, action = handed.action.partition(" ")
    if not terminal.has_line(verb):
        raise Failure("This button is from an older version of the bot.", hint=f"Ask again with `{COMMAND}`.")
    return handed.replaced(verb=verb, action=action)


def _shared(here: Command) -> Command:
    # Asked anew for the channel: what somebody follows for themselves is shown there as it is then.
    return here.replaced(private=False, follow=False)


_WAYS: Mapping[str, _Way] = {
    "csv": _Way("Export CSV", lambda here: here.replaced(output="csv", offset=0)),
    "yaml": _Way("Export YAML", lambda here: here.replaced(output="yaml", offset=0)),
    "kubectl": _Way("In a terminal", handed_over),
    "share": _Way("Share in this channel", _shared),
}


def _offered(here: Command) -> list[str]:
    names = ["csv"] if here.verb == "get" else []
    # Objects of several clusters make no one list.
    names += ["yaml"] if here.verb == "get" and not here.clusters else []
    names += ["kubectl"] if terminal.has_line(here.verb) else []
    return [*names, "share"] if here.private else names


def fits(here: Command) -> bool:
    """Whether a block_id holds the command, so that the selects and menus of its row know what they are about."""
    return len(here.encoded()) <= numbers.IDENTIFIER


def row(here: Command, *shown: Block) -> Block:
    """The row under the answer to `here`: the elements that are `shown`, then what else can be done with it.

    `here` is what the buttons of this answer carry: with the connection that was chosen, and whose answer it is.
    """
    offered = _offered(here)
    if not offered:
        return actions(*shown)
    if fits(here):
        menu = {
            "type": "overflow",
            "action_id": MORE,
            "options": [option(_WAYS[name].label, name) for name in offered],
        }
        return actions(*shown, menu, block_id=here.encoded())
    plain = [button(_WAYS[name].label, f"way.{name}", _fresh(here, name).value()) for name in offered]
    return actions(*shown, *plain)


def turns(here: Command, start: int, end: int, total: int, what: str = "page") -> list[Block]:
    """The buttons to the rows before `start` and from `end` on, where there are some; `here` shows those between."""
    back, on = here.replaced(offset=start, backwards=True), here.replaced(offset=end, backwards=False)
    previous = button("‹ Previous", f"previous.{what}", back.value(), label="Previous page")
    following = button("Next ›", f"next.{what}", on.value(), label="Next page")
    return [*([previous] if start > 0 else []), *([following] if end < total else [])]


def changed(here: Command, seen: str) -> Block:
    """The button that tells what is different from the list that was kept under the id `seen`."""
    then = here.replaced(seen=seen, owner="", offset=0, backwards=False)
    return button("What changed", CHANGED, then.value(), label="What changed since then")


def chosen(here: Command, name: str) -> Command:
    """The command of the option `name` in the row of `here`. Raises Failure for one that there is not."""
    return _fresh(here, name) if name in _WAYS else decoded(name)


def _fresh(here: Command, name: str) -> Command:
    # Without an owner the answer is a message of its own, and the one that was clicked stays.
    return _WAYS[name].command(here).replaced(owner="", backwards=False)
