"""docs/commands.md: every command, made from the grammar, so that it cannot fall behind what is parsed."""

from connector.resources import KINDS
from handlers.access import NEEDS
from handlers.grammar import COMMAND, COMMON, GROUPS, LISTS, VERBS, Flag, Verb

_HEAD = f"""\
# Commands

Everything that {COMMAND} does, as `make docs` writes it from the code. In Slack, `{COMMAND} help` has the same, with
examples that name your own clusters. Words are kubectl's; long dashes and curly quotes are read as what was meant.

Where a command names no connection, the channel's default counts (`{COMMAND} use`), or the only one there is; else it
asks. Words in capitals in the examples stand for what the workspace has.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD, _contents()]
    for group in GROUPS:
        parts.append(f"## {group}\n")
        parts += [_section(verb) for verb in VERBS.values() if verb.group == group]
    return "\n".join([*parts, _kinds()])


def picture(verb: Verb) -> str:
    """Where the picture of a command lies, from docs/ on."""
    return f"images/commands/{verb.name}.png"


def _contents() -> str:
    lines = ["| | |", "|---|---|"]
    for group in GROUPS:
        names = [verb.name for verb in VERBS.values() if verb.group == group]
        lines.append(f"| {group} | {', '.join(f'[{name}](#{name})' for name in names)} |")
    return "\n".join(lines) + "\n"


def _section(verb: Verb) -> str:
    lines = [f"### {verb.name}\n", f"{verb.summary[0].upper()}{verb.summary[1:]}.\n", f"`{verb.usage}`\n"]
    if verb.aliases:
        lines.append(f"Also: {', '.join(f'`{alias}`' for alias in verb.aliases)}.\n")
    needed = NEEDS["get" if verb.name in KINDS else verb.name]
    lines.append(
        f"Needs `{needed}` in the [policy](policy.md).\n" if needed else "Needs nothing in the policy.\n"
    )
    if verb.flags:
        lines += ["| flag | |", "|---|---|", *map(_flag, verb.flags), ""]
    if verb.examples:
        lines += ["```", *verb.examples, "```\n"]
    lines.append(f"![{COMMAND} {verb.name}]({picture(verb)})\n")
    return "\n".join(lines)


def _flag(flag: Flag) -> str:
    names = ", ".join(f"`{name}`" for name in flag.names)
    value = f" `{flag.value}`" if flag.value else ""
    return f"| {names}{value} | {flag.help.replace('|', '&#124;')} |"


def _kinds() -> str:
    """The kinds that are drawn with care; a cluster's other kinds come with the columns of its own."""
    told = (
        f"`{COMMAND} get` lists every kind that a cluster serves, custom ones too. "
        "These have rows of their own, those in trouble first:\n"
    )
    lines = ["## Kinds\n", told, "| kind | short | columns |", "|---|---|---|"]
    for plural, kind in KINDS.items():
        command = f"`{COMMAND} {plural}`" if plural in COMMON else f"`{COMMAND} {LISTS[plural].name}`"
        short = ", ".join(f"`{name}`" for name in kind.short_names)
        lines.append(f"| {command} | {short} | {', '.join(column.header for column in kind.columns)} |")
    return "\n".join(lines) + "\n"
