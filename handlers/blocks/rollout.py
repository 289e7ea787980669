"""A rollout as a message: how far it is as a bar, what keeps it, and the way to whoever is sick; and its revisions."""

from connector.connector import Connection
from connector.objects import Ref
from connector.resources import Cell
from connector.rollouts import History, Progress, Revision, Rollout, SickPod, Stage
from handlers.blocks import following, tables, ways
from handlers.blocks.heading import heading
from handlers.blocks.marks import MARKS
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.parts import actions, button, context, section
from handlers.blocks.text import code, counted, cut, escaped, moment, number
from handlers.command import Command

_BAR = 10
_NAMED = 5
# Of foreign words, so that five sick pods fit into a message.
_SAID, _WORD = 300, 120
_STAGES = {
    Stage.DONE: "🟢 rolled out",
    Stage.MOVING: "🟡 rolling out",
    Stage.STUCK: "🔴 stuck",
    Stage.WAITING: "⚪ waits for somebody",
    Stage.UNSEEN: "🟡 not begun",
}
_HEADERS = ("REVISION", "STATE", "CHANGE CAUSE", "CHANGED IMAGES", "IMAGES", "PODS", "CREATED")


def status(
    found: Rollout, connection: Connection, command: Command, *, production: bool = False, note: str = ""
) -> Message:
    """The rollout as it is now; `note` is mrkdwn on whether it is watched."""
    here = command.replaced(follow=False)
    buttons = [button("Refresh", "refresh.rollout", here.value())]
    if not found.progress.is_over:
        again = here.replaced(follow=True, owner="")
        buttons.append(button("Follow", "follow.rollout", again.value(), label="Follow for five minutes"))
    taken = f"taken {moment(found.taken_at, '{time_secs}')}"
    return Message(
        _text(found),
        [
            *_told(found, connection, here, production=production),
            context(" · ".join([*_facts(found), taken]), note),
            ways.row(here, *buttons, *_ways(found.ref, here, "history")),
        ],
    )


def watched(
    found: Rollout,
    connection: Connection,
    command: Command,
    *,
    until: float,
    trouble: str = "",
    production: bool = False,
) -> Message:
    """The same while it is kept up to date; `trouble` says why the last look came to nothing."""
    status = f"followed until {moment(until, '{time_secs}')}"
    status += f" · {following.troubled(trouble)}" if trouble else ""
    stop = following.stop_button(command)
    here = command.replaced(follow=False, ref="")
    facts = _facts(found)
    return Message(
        _text(found),
        [
            *_told(found, connection, here, production=production),
            *([context(" · ".join(facts))] if facts else []),
            following.status(status),
            actions(stop, *_ways(found.ref, here, "history"), block_id=following.STOPPING),
        ],
    )


def not_followed(*, private: bool) -> str:
    """Why an answer does not change by itself, as mrkdwn."""
    why = "a message for you alone cannot change" if private else "the bot is no member of this channel"
    return f"not followed here: {why}; *Follow* does so in your messages with the bot"


def _text(found: Rollout) -> str:
    return f"{_STAGES[found.progress.stage]} · {_named(found.ref)}: {_said(found.progress.said)}"


def _told(found: Rollout, connection: Connection, command: Command, *, production: bool) -> list[Block]:
    progress, ref = found.progress, found.ref
    said = f"*{_STAGES[progress.stage]}* · {_named(ref)}\n{bar(progress)}\n{_said(progress.said)}."
    return [
        heading("rollout status", connection, production=production),
        section(said),
        *_hint(progress, ref),
        *(_sick(one, found, command) for one in found.sick),
        *_rest(found),
    ]


def bar(progress: Progress) -> str:
    """`▰▰▰▰▰▱▱▱▱▱ 2 of 4 updated · 2 available`; full once it is done, and not before."""
    full = _BAR
    if progress.stage is not Stage.DONE:
        updated = min(progress.updated, progress.wanted)
        full = min(_BAR - 1, updated * _BAR // progress.wanted) if progress.wanted else 0
    said = f"{number(progress.updated)} of {number(progress.wanted)} updated · {number(progress.available)} available"
    old = f" · {number(progress.old)} old" if progress.old else ""
    return f"{'▰' * full}{'▱' * (_BAR - full)} {said}{old}"


def _said(foreign: str, most: int = _SAID) -> str:
    # Cut once it is escaped, as that makes it longer; an entity that is cut apart stays harmless.
    return cut(escaped(foreign), most)


def _named(ref: Ref) -> str:
    where = f" in {code(ref.namespace)}" if ref.namespace else ""
    return f"{ref.resource.singular} {code(ref.name)}{where}"


def _hint(progress: Progress, ref: Ref) -> list[Block]:
    if not progress.paused:
        return []
    line = f"kubectl rollout resume {ref.resource.singular}/{ref.name} -n {ref.namespace}"
    paused = "" if progress.stage is Stage.WAITING else "It is paused, so that a change to it will wait. "
    return [context(f"{paused}Whoever may change it lets it go on: {code(line)}")]


def _sick(one: SickPod, found: Rollout, command: Command) -> Block:
    status = f" {_said(one.status, _WORD)}" if one.status else ""
    # Names in it stand in backticks, which mrkdwn takes for code as well.
    reason = f"\n{_said(one.reason)}" if one.reason else ""
    opened = _beside(command, "logs").replaced(
        kind="pods", words=(one.name,), namespace=found.ref.namespace or ""
    )
    return section(
        f"{MARKS[one.health]}{status} · pod {code(one.name)}{reason}",
        button("Logs", "open.logs", opened.value(), label=f"Logs of {one.name}"),
    )


def _rest(found: Rollout) -> list[Block]:
    blocks: list[Block] = []
    if found.unwell > len(found.sick):
        left = found.unwell - len(found.sick)
        others = "more " if found.sick else ""
        blocks.append(
            context(f"{counted(left, f'{others}pod')} {'is' if left == 1 else 'are'} not ready yet.")
        )
    if found.warning:
        event = found.warning
        times = f", {number(event.count)} times" if event.count > 1 else ""
        when = f" {moment(event.last_seen, '{time_secs}')}" if event.last_seen else ""
        about = code(cut(event.name, _SAID))
        told = f"{_said(event.reason, _WORD)} on {about}: {_said(event.message)}"
        blocks.append(context(f"🟡 Newest warning,{when}{times}: {told}"))
    if found.missing:
        blocks.append(context(f"Not read: {_said('; '.join(found.missing))}."))
    return blocks


def _facts(found: Rollout) -> list[str]:
    said = [f"revision {code(cut(found.revision, _SAID))}"] if found.revision else []
    return [*said, *(code(cut(image, _WORD)) for image in found.images[:_NAMED])]


def history(
    found: History, connection: Connection, command: Command, rung: Rung, *, production: bool = False
) -> Message:
    """The page of revisions that `command` asks for, the newest first."""
    head = heading("rollout history", connection, production=production)
    missing = [context(f"Not read: {_said('; '.join(found.missing))}.")] if found.missing else []
    first = command.replaced(offset=0, backwards=False)
    turns = [button("Refresh", "refresh.rollout", first.value()), *_ways(found.ref, first, "status")]
    if not found.revisions:
        text = f"Nothing is kept of earlier revisions of {_named(found.ref)}."
        return Message(text, [head, section(text), *missing, ways.row(first, *turns)])
    total = len(found.revisions)
    start, cells = tables.page(
        _HEADERS,
        lambda at: _cells(found.revisions[at]),
        total,
        rung,
        offset=command.offset,
        backwards=command.backwards,
    )
    end = start + len(cells)
    here = command.replaced(offset=start, backwards=False)
    turns += ways.turns(here, start, end, total)
    summary = f"{counted(total, 'revision')} of {_named(found.ref)} kept, the newest first"
    caption = f"revisions of {found.ref.typed} in {connection.id}, {start + 1:,} to {end:,} of {total:,}"
    return Message(
        summary,
        [
            head,
            context(f"{summary} · taken {moment(found.taken_at, '{time_secs}')}"),
            *tables.drawn(tables.Table(caption, _HEADERS, cells), rung),
            *missing,
            ways.row(first, *turns),
        ],
    )


def _cells(one: Revision) -> tuple[Cell, ...]:
    return (
        Cell(str(one.number), number=one.number),
        Cell("🟢 current" if one.current else "-"),
        Cell(one.cause or "-"),
        Cell(", ".join(one.changes) or "-"),
        Cell(", ".join(one.images) or "-"),
        Cell("-") if one.replicas is None else Cell(str(one.replicas), number=one.replicas),
        Cell("", time=one.created) if one.created else Cell("-"),
    )


def _beside(command: Command, verb: str) -> Command:
    """What opens beside this answer, which stays: for the same eyes."""
    return Command(verb=verb, connection=command.connection, private=command.private)


def _ways(ref: Ref, command: Command, other: str) -> list[Block]:
    of = {"kind": ref.resource.plural, "words": (ref.name,), "namespace": ref.namespace or ""}
    return [
        button("Describe", "open.describe", _beside(command, "describe").replaced(**of).value()),
        button(
            other.capitalize(),
            f"open.{other}",
            _beside(command, "rollout").replaced(action=other, **of).value(),
            label=f"Rollout {other}",
        ),
    ]
