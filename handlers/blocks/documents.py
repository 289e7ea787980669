"""What stands beside a file: what is in it, how much of it, where it is, and where to go from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.connector import Connection
from handlers.blocks.heading import heading, titled
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, button, context, preformatted, section
from handlers.blocks.text import code, escaped
from handlers.command import Command

_YOURSELF = (
    "You sign in as yourself there: with your default profile, or with a profile of yours, which is `--profile`"
    " behind the `aws` line and `AWS_PROFILE` for all of it."
)


@dataclass(frozen=True)
class Sent:
    """A file that was sent: `holds` says what is in it, in mrkdwn; `public`, that it stands in the channel."""

    name: str
    size: str
    holds: str
    public: bool


def answer(head: Block, sent: Sent, ways: list[Block], *, notes: Sequence[str] = ()) -> Message:
    """Tells of the file, of what is left out of it (`notes`, in mrkdwn), and shows `ways` on."""
    place = "here" if sent.public else "in your messages with the bot"
    text = f"{code(sent.name)} is {place}: {sent.holds}, {sent.size}."
    return Message(text, [head, section(text), *map(context, notes), *ways])


def nothing(head: Block, text: str, ways: list[Block], *, notes: Sequence[str] = ()) -> Message:
    """Tells why there is no file; `text` is mrkdwn."""
    return Message(text, [head, section(text), *map(context, notes), *ways])


def terminals(lines: list[str], clusters: str, *, production: bool = False) -> Message:
    """The lines for a terminal of several clusters, which `clusters` counts."""
    blocks = [
        titled("in your terminal", clusters, production=production),
        preformatted("\n".join(lines)),
        context(f"{_YOURSELF} Each cluster must have an access entry for you."),
    ]
    return Message(f"{clusters} in your terminal", blocks)


def terminal(
    lines: list[str], connection: Connection, *, production: bool = False, file: Sent | None = None
) -> Message:
    """The lines for a terminal, and the kubeconfig that goes with them, or the button for it."""
    said = f"{escaped(connection.cluster)} in your terminal"
    blocks = [heading("in your terminal", connection, production=production)]
    if file:
        said = f"{code(file.name)} is in your messages with the bot: {file.holds}, {file.size}."
        blocks.append(section(said))
    blocks += [
        preformatted("\n".join(lines)),
        context(f"{_YOURSELF} The cluster must have an access entry for you."),
    ]
    if not file:
        ask = Command("kubeconfig", connection=connection.id)
        blocks.append(actions(button("Send me the kubeconfig", "send.kubeconfig", ask.value())))
    return Message(said, blocks)
