"""Logs as a message: whose they are, how much of them, the lines in a block, and where to go from here.

Inside a block of code Slack shows no time in the reader's zone: lines have theirs in UTC, and the line above says so.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.connector import Connection
from connector.logs import MOST_LINES, Line, Logs, Silent, cut, labels
from handlers.blocks import following, ways
from handlers.blocks.heading import heading
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, button, context, option, plain, section
from handlers.blocks.text import code, counted, escaped, moment, number
from handlers.blocks.text import cut as cut_text
from handlers.command import Command

CONTAINERS = "choose.container"

# What a phone shows of a block of code without making scrolling its own task.
_BLOCK_CHARACTERS = 2_900
_LINE_CHARACTERS = 400
_MOST_SILENT = 5
_MOST_NAMES = 8
# What a message says of many must leave room for the lines.
_NAME_CHARACTERS, _WHY_CHARACTERS = 120, 150


@dataclass(frozen=True)
class Sent:
    """The file with all lines: its name, and whether it stands in the channel or in the person's own messages.

    With a `refusal`, Slack's own word, it stands nowhere.
    """

    name: str
    in_channel: bool
    refusal: str = ""


def is_long(found: Logs) -> bool:
    """Whether the lines do not fit into a message."""
    return len(_fitting(found.lines)) < len(found.lines) or any(
        len(line.text) > _LINE_CHARACTERS for line in found.lines
    )


def whole(found: Logs) -> str:
    """All lines for a file, each with its instant in UTC."""
    shown = labels(line.source for line in found.lines)
    return "".join(f"{_instant(line)}{_prefix(shown[line.source])}{line.text}\n" for line in found.lines)


def comment(found: Logs, connection: Connection) -> str:
    """What is said beside the file."""
    what = f"{found.asked.ref.resource.singular} {code(found.asked.ref.name)}"
    return (
        f"Logs of {what} of {escaped(connection.cluster)}: {counted(len(found.lines), 'line')}, times in UTC"
    )


def drawn(
    found: Logs,
    connection: Connection,
    here: Command,
    *,
    sent: Sent | None = None,
    note: str = "",
    production: bool = False,
) -> Message:
    """The answer; `note` is one more line of context, as mrkdwn."""
    head = heading(f"logs of {found.asked.ref.name}", connection, production=production)
    summary = _counts(found, here)
    text = f"Logs of {escaped(found.asked.ref.name)} of {escaped(connection.cluster)}: {summary}"
    if not found.lines:
        return Message(
            text, [head, context(_whose(found)), section(_empty(found, here)), *_ways(found, here)]
        )
    shown = _fitting(found.lines)
    facts = [
        _whose(found),
        f"{summary} · {_span(found.lines)} · times below are UTC",
        _rest(found, shown, sent),
        *_silent(found.silent),
        note,
    ]
    return Message(text, [head, context(*facts), _block(shown), *_ways(found, here)])


def followed(
    found: Logs,
    lines: Sequence[Line],
    connection: Connection,
    here: Command,
    *,
    status: str,
    production: bool = False,
) -> Message:
    """A message that is kept up to date: the last of `lines`, and how it goes on as mrkdwn."""
    head = heading(f"logs of {found.asked.ref.name}", connection, production=production)
    shown = _fitting(lines)
    facts = [_whose(found)]
    if lines:
        facts.append(f"{_last(len(shown))} · {_span(shown)} · times below are UTC")
    if here.grep:
        facts.append(f"only lines that hold {code(here.grep)}")
    body = _block(shown) if shown else section("No line yet.")
    stop = actions(following.stop_button(here), block_id=following.STOPPING)
    text = f"Following the logs of {escaped(found.asked.ref.name)} of {escaped(connection.cluster)}"
    return Message(text, [head, context(*facts), body, following.status(status), stop])


def ended(
    found: Logs,
    lines: Sequence[Line],
    connection: Connection,
    here: Command,
    *,
    why: str,
    production: bool = False,
) -> Message:
    """The same once nobody follows any more."""
    message = followed(found, lines, connection, here, status="", production=production)
    text = f"Followed the logs of {escaped(found.asked.ref.name)}. {escaped(why)}"
    return Message(
        text, [*message.blocks[:-2], following.over(why), *_ways(found, here.replaced(follow=False))]
    )


def came(new: int, seconds: float, *, gap: bool = False) -> str:
    """What the last look found, as mrkdwn."""
    said = f"{counted(new, 'new line')} in {seconds:.0f} s" if new else "no new line"
    return f"{said}, and more that are left out" if gap else said


# --- what is said of the lines


def _whose(found: Logs) -> str:
    asked, ref = found.asked, found.asked.ref
    names = list(dict.fromkeys(source.container for source in found.sources))
    what = f"{_named(names)} of " if names else ""
    if ref.resource.plural == "pods":
        who = f"pod {code(ref.name)}"
    else:
        asked_pods = len({source.pod for source in found.sources})
        count = counted(found.pods, "pod")
        if asked_pods < found.pods:
            count = f"{number(asked_pods)} of {count}, those in trouble and the newest,"
        who = f"{count} of {ref.resource.singular} {code(ref.name)}"
    where = f" in {code(ref.namespace)}" if ref.namespace else ""
    others = [
        _name(one.name) + (f" ({one.role})" if one.role else "")
        for one in found.containers
        if one.name not in names
    ]
    rest = f" · other containers: {', '.join(others[:_MOST_NAMES])}" if others else ""
    before = " · before the last restart" if asked.previous else ""
    return f"{what}{who}{where}{before}{rest}"


def _named(names: list[str]) -> str:
    more = f" and {number(len(names) - _MOST_NAMES)} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(_name, names[:_MOST_NAMES])) + more


def _counts(found: Logs, here: Command) -> str:
    since = f" since {escaped(here.since)} ago" if here.since else ""
    if here.grep:
        verb = "holds" if found.held == 1 else "hold"
        last = f", the last {number(len(found.lines))} of them" if len(found.lines) < found.held else ""
        older = ", older ones were not looked at" if found.more else ""
        looked_at = f"{number(found.held)} of {counted(found.looked_at, 'line')}"
        return f"{looked_at}{since} {verb} {code(here.grep)}{last}{older}"
    bound = f" (at most {number(MOST_LINES)})" if found.asked.tail > MOST_LINES else ""
    if found.more:
        return f"{_last(len(found.lines))}{bound}{since}"
    return f"{counted(len(found.lines), 'line')}{since}, which is all there is" if found.lines else "no line"


def _last(count: int) -> str:
    return f"the last {number(count)} lines" if count != 1 else "the last line"


def _span(lines: Sequence[Line]) -> str:
    known = [line.seconds for line in lines if line.at > 0]
    if not known:
        return "at unknown times"
    first, last = moment(known[0], "{date_short_pretty} {time_secs}"), moment(known[-1], "{time_secs}")
    return f"{first} to {last}" if len(known) > 1 else first


def _rest(found: Logs, shown: Sequence[Line], sent: Sent | None) -> str:
    if sent and sent.refusal:
        return f"below: {_last(len(shown))} · Slack did not take the file: {code(sent.refusal)}"
    if sent:
        place = "in this channel" if sent.in_channel else "in your messages with the bot"
        return f"below: {_last(len(shown))} · all of them: {code(sent.name)} {place}"
    if is_long(found):
        return f"below: {_last(len(shown))} · all of them: *As a file*"
    return ""


def _silent(silent: Sequence[Silent]) -> list[str]:
    said = [f"🟡 {_name(one.source.pod)} {_escaped(one.why)}" for one in silent[:_MOST_SILENT]]
    if len(silent) > _MOST_SILENT:
        said.append(f"🟡 and {counted(len(silent) - _MOST_SILENT, 'more pod')} without a line")
    return said


def _name(name: str) -> str:
    return code(cut_text(name, _NAME_CHARACTERS))


def _escaped(why: str) -> str:
    return escaped(cut_text(why, _WHY_CHARACTERS).replace("`", "ˋ"))


def _empty(found: Logs, here: Command) -> str:
    if not found.pods:
        return f"The {found.asked.ref.resource.singular} {code(found.asked.ref.name)} has no pods now."
    if found.silent:
        one = found.silent[0]
        container = f"the container {_name(one.source.container)} of {_name(one.source.pod)}"
        return f"No line: {container} {_escaped(one.why)}."
    if here.grep and found.looked_at:
        older = " Older ones were not looked at." if found.more else ""
        return f"None of {counted(found.looked_at, 'line')} holds {code(here.grep)}.{older}"
    if here.since:
        return f"No line since {escaped(here.since)} ago. There may be older ones."
    return "No line: nothing has been written yet."


# --- the lines


def _fitting(lines: Sequence[Line]) -> Sequence[Line]:
    """As many of the last lines as a message holds, at least one if there is one."""
    shown = labels(line.source for line in lines)
    used = 0
    for count, line in enumerate(reversed(lines)):
        used += len(_drawn(line, shown[line.source])) + 1
        if count and used > _BLOCK_CHARACTERS:
            return lines[-count:]
    return lines


def _block(lines: Sequence[Line]) -> Block:
    shown = labels(line.source for line in lines)
    text = "\n".join(_drawn(line, shown[line.source]) for line in lines)
    inside: Block = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inside]}


def _drawn(line: Line, label: str) -> str:
    return f"{_clock(line)}{_prefix(label)}{cut(line.text, _LINE_CHARACTERS)}"


def _prefix(label: str) -> str:
    return f" {label}  " if label else " "


def _clock(line: Line) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(line.seconds)) if line.at > 0 else " " * 8


def _instant(line: Line) -> str:
    if line.at <= 0:
        return " " * 24
    return datetime.fromtimestamp(line.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


# --- where to go from here


def _ways(found: Logs, here: Command) -> list[Block]:
    here = here.replaced(output="", ref="")
    turns = [button("Refresh", "refresh.logs", here.value())]
    if found.asked.previous:
        turns.append(button("Current", "current.logs", here.replaced(previous=False).value()))
    elif found.restarted:
        turns.append(
            button("Previous", "previous.logs", here.replaced(previous=True).value(), label="Previous run")
        )
    if found.runs and not found.asked.previous:
        fresh = here.replaced(follow=True, owner="")
        turns.append(button("Follow", "follow.logs", fresh.value(), label="Follow for five minutes"))
    if found.lines and is_long(found):
        turns.append(button("As a file", "file.logs", here.replaced(output="file").value()))
    if not found.lines and here.since:
        turns.append(button(f"Before {here.since}", "widen.logs", here.replaced(since="").value()))
    if not found.lines and here.grep:
        turns.append(button("All lines", "all.logs", here.replaced(grep="").value()))
    turns.append(button("Describe", "describe.owner", _describing(here).value()))
    return [ways.row(here, *turns, *_choice(found, here))]


def _describing(here: Command) -> Command:
    return Command(
        verb="describe",
        kind=here.kind,
        words=here.words,
        namespace=here.namespace,
        connection=here.connection,
        private=here.private,
    )


def _choice(found: Logs, here: Command) -> list[Block]:
    """The other containers: a select, or buttons where the row cannot carry the command."""
    asked = {source.container for source in found.sources}
    others = [one for one in found.containers if one.name not in asked]
    if not others:
        return []
    if not ways.fits(here):
        return [
            button(one.name, f"container.at{at}", here.replaced(container=one.name).value())
            for at, one in enumerate(others[:_MOST_NAMES])
        ]
    options = [
        option(f"{one.name} ({one.role})" if one.role else one.name, one.name)
        for one in others[: numbers.SELECT_OPTIONS]
    ]
    return [
        {
            "type": "static_select",
            "action_id": CONTAINERS,
            "placeholder": plain("Container", numbers.PLACEHOLDER),
            "options": options,
        }
    ]
