"""What a person can do after a mistake, as buttons: run what was meant, correct the form, or try again."""

from collections.abc import Iterator

from connector.errors import ClusterNotReady, ConnectionNotFound, Expired, Failure, InvalidRequest
from connector.logs import NoSuchContainer
from connector.objects import ObjectNotFound, Several
from connector.resources import kind_named
from connector.served import KindNotServed
from connector.sorting import UnknownColumn
from handlers.access import NotAllowed
from handlers.blocks import notices
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.parts import button
from handlers.blocks.text import cut
from handlers.command import Command, Usage
from handlers.snapshots import NotComparable

_MOST_CONTAINERS = 8
# As many as a phone shows without much scrolling.
_MEANT = 5


def ways(failure: Failure, command: Command | None) -> list[Block]:  # noqa: PLR0911 - one for each mistake
    """Buttons for the message that tells of `failure`; none where nothing would help.

    `command` is what failed, as the person who asked would ask it again.
    """
    match failure:
        case Usage(suggestion=meant) if 0 < len(meant) <= numbers.BUTTON_VALUE:
            return [button(cut(f"Run {meant}", numbers.BUTTON_TEXT), notices.RUN, meant)]
        case ConnectionNotFound() | Expired():
            return [
                button("Connections", "show.connections", Command(verb="connections").value()),
                button("Connect…", "ask.connect", Command(verb="connect").value()),
            ]
        case NoSuchContainer(containers=there) if command:
            return [
                button(name, f"container.at{at}", command.replaced(container=name).value())
                for at, name in enumerate(there[:_MOST_CONTAINERS])
            ]
        case NotAllowed() | Usage():
            return []
    if command is None:
        return []
    if isinstance(failure, NotComparable):
        return [button("Take the list", "take.list", command.replaced(seen="", offset=0).value())]
    others = [
        button(cut(label, numbers.BUTTON_TEXT), f"meant.{at}", one.value())
        for at, (label, one) in enumerate(_meant(failure, command))
    ][:_MEANT]
    if others:
        return others
    by_form = command.verb in ("clusters", "connect")
    if by_form and failure.field and not isinstance(failure, ClusterNotReady):
        return [button("Correct it…", "correct.form", command.replaced(form=True).value())]
    if isinstance(failure, InvalidRequest) and not by_form:
        return []
    if isinstance(failure, ObjectNotFound) and command.kind:
        # Nothing is near: what is there says more than another try.
        noun = command.about.partition("/")[0] or command.kind
        known = kind_named(noun)
        plural = known.plural if known else noun
        listed = Command(
            "get",
            plural,
            namespace=command.namespace,
            connection=command.connection,
            private=command.private,
        )
        return [button(cut(f"List {plural}", numbers.BUTTON_TEXT), "list.kind", listed.value())]
    if isinstance(failure, KindNotServed):
        return [button("Help", "show.help", Command("help", words=("get",)).value())]
    return [button("Try again", "try.again", command.value())]


def _meant(failure: Failure, command: Command) -> Iterator[tuple[str, Command]]:
    """What may have been meant: what a button says, and the command with that in the place of what was typed."""
    match failure:
        case ObjectNotFound(nearest=near):
            for one in near:
                where = f" ({one.namespace})" if one.namespace else ""
                yield f"{one.name}{where}", _about(command, one.name, one.namespace)
        case Several(found=found):
            for one in found:
                yield f"In {one.namespace}", _about(command, one.name, one.namespace)
        case KindNotServed(nearest=words):
            for word in words:
                known = kind_named(word)
                if command.about:
                    meant = command.replaced(about=f"{word}/{command.about.partition('/')[2]}")
                else:
                    meant = command.replaced(kind=known.plural if known else word)
                yield word, meant
        case UnknownColumn(nearest=headers):
            for header in headers:
                yield f"By {header}", command.replaced(sort_by=header)


def _about(command: Command, name: str, namespace: str | None) -> Command:
    named = {"about": f"{command.about.partition('/')[0]}/{name}"} if command.about else {"words": (name,)}
    return command.replaced(**named, namespace=namespace or "")
