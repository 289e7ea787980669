"""The menu behind a bare /eks, and the help: both made from the grammar, so that they cannot fall behind it."""

from collections.abc import Mapping

from connector.resources import KINDS, Kind
from handlers.blocks.message import Message
from handlers.blocks.parts import actions, button, context, header, section
from handlers.blocks.text import code, escaped
from handlers.command import Command
from handlers.grammar import COMMAND, COMMON, GROUPS, NOTHING_KNOWN, VERBS, Flag, Verb, filled


def menu(connections: tuple[str, ...], known: Mapping[str, str] = NOTHING_KNOWN) -> Message:
    """What /eks can do, a line each, with buttons for the common ones; `connections` are the ids held."""
    text = f"{COMMAND}: your EKS clusters in this workspace"
    starts = [
        button("Find clusters…", "ask.clusters", Command(verb="clusters").value()),
        button("Connect…", "ask.connect", Command(verb="connect").value(), "" if connections else "primary"),
        button("Connections", "show.connections", Command(verb="connections").value()),
    ]
    looks = [button(plural, f"list.{plural}", Command(verb="get", kind=plural).value()) for plural in COMMON]
    held = (
        f"Connected: {', '.join(map(code, connections[:10]))}"
        if connections
        else "Not connected to a cluster yet."
    )
    if len(connections) > 10:
        held += f" and {len(connections) - 10} more"
    blocks = [header("Your EKS clusters"), context(held), actions(*starts)]
    if connections:
        blocks.append(actions(*looks))
    for group in GROUPS:
        lines = [_line(verb, known) for verb in VERBS.values() if verb.group == group]
        blocks.append(section(f"*{group}*\n" + "\n".join(lines)))
    blocks.append(context(f"All about one of them: {code(f'{COMMAND} help pods')}"))
    return Message(text, blocks)


def topic(verb: Verb, known: Mapping[str, str] = NOTHING_KNOWN) -> Message:
    """All about one verb: usage, flags with kubectl's names, examples."""
    lines = [f"*{COMMAND} {verb.name}*: {escaped(verb.summary)}", f"Usage: {code(verb.usage)}"]
    if verb.aliases:
        lines.append(f"Also: {', '.join(map(code, verb.aliases))}")
    blocks = [section("\n".join(lines))]
    if verb.name == "get":
        blocks.append(section(f"*Kinds*\n{', '.join(map(_kind, KINDS.values()))}"))
    if verb.flags:
        flags = [_flag(flag) for flag in verb.flags]
        blocks.append(section("*Flags*\n" + "\n".join(flags)))
    if verb.examples:
        blocks.append(
            section("*Examples*\n" + "\n".join(code(filled(example, known)) for example in verb.examples))
        )
    return Message(f"{COMMAND} {verb.name}: {verb.summary}", blocks)


def _kind(kind: Kind) -> str:
    short = f" ({', '.join(map(code, kind.short_names))})" if kind.short_names else ""
    return f"{code(kind.plural)}{short}"


def _flag(flag: Flag) -> str:
    names = ", ".join(map(code, flag.names))
    value = f" {code(flag.value)}" if flag.value else ""
    return f"{names}{value}  {escaped(flag.help)}"


def _line(verb: Verb, known: Mapping[str, str]) -> str:
    example = filled(verb.examples[-1], known)
    return f"{code(f'{COMMAND} {verb.name}')}  {escaped(verb.summary)}, as in {code(example)}"
