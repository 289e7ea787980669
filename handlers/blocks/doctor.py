"""The way to a cluster as a task list: each hop as it is found, and what mends the broken ones."""

from connector.examination import Examination, Hop, State
from handlers.blocks.heading import titled
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.notices import BROKEN, failure_text
from handlers.blocks.parts import actions, button, context, section
from handlers.blocks.text import code, counted, cut, escaped, moment
from handlers.command import Command

NAMES = {
    "profile": "Profile",
    "credentials": "Credentials",
    "role": "Role",
    "region": "Region",
    "cluster": "DescribeCluster",
    "dns": "DNS",
    "tcp": "TCP",
    "tls": "TLS",
    "token": "Token",
    "access": "Access entry",
    "rbac": "RBAC",
}
_MARKS = {
    State.PASSED: "🟢",
    State.BROKEN: BROKEN,
    State.UNDERWAY: "🟡",
    State.AHEAD: "⚪",
    State.UNNEEDED: "⚪",
    State.UNREACHED: "⚪",
}
# Slack's words for a task; what is not needed is no open end.
_STATUS = {
    State.PASSED: "complete",
    State.BROKEN: "error",
    State.UNDERWAY: "in_progress",
    State.AHEAD: "pending",
    State.UNNEEDED: "complete",
    State.UNREACHED: "pending",
}
# Of what a message holds (see numbers.MESSAGE_BLOCKS_TEXT), for each hop: its figures, as the groups of a principal may
# be many; what is wrong; and the commands.
_DETAIL_CHARACTERS, _WRONG_CHARACTERS, _COMMANDS_CHARACTERS = 200, 1_500, 1_500
_NAME_CHARACTERS = 100


def drawn(
    examination: Examination, command: Command, now: float, rung: Rung, *, production: bool = False
) -> Message:
    """The whole way; below it each broken hop with why, what to do, and the commands for it.

    `command` examines the same again; where it names a connection, that is what was examined.
    """
    account = f" · account {code(cut(examination.account, 12))}" if examination.account else ""
    facts = f"by {escaped(cut(examination.sign_in, 2 * _NAME_CHARACTERS))}{account}"
    blocks = [
        titled("doctor", examination.cluster, examination.region, production=production),
        section(summary(examination)),
        context(f"{facts} · taken {moment(now, '{time_secs}')}"),
        *hops(examination, rung),
    ]
    for hop in examination.broken:
        blocks += _mended(hop)
    return Message(summary(examination), [*blocks, actions(*_ways(examination, command))])


def summary(examination: Examination) -> str:
    """The outcome in a line."""
    broken, way = examination.broken, f"The way to {code(cut(examination.cluster, _NAME_CHARACTERS))}"
    if not broken:
        return f"🟢 {way} is open: every hop is ok."
    names = " and ".join(NAMES[hop.name] for hop in broken)
    behind = sum(hop.state is State.UNREACHED for hop in examination.hops)
    rest = f", {counted(behind, 'hop')} not reached" if behind else ""
    return f"🔴 {way} is broken at {names}{rest}."


def hops(examination: Examination, rung: Rung) -> list[Block]:
    """Each hop with its state in words: a plan where the workspace takes one, else lines of text."""
    if rung is not Rung.CHART:
        return [section("\n".join(map(_line, examination.hops)))]
    tasks = [_task(hop) for hop in examination.hops]
    return [{"type": "plan", "title": f"The way to {examination.cluster}", "tasks": tasks}]


def _line(hop: Hop) -> str:
    detail = f" · {escaped(_detail(hop))}" if _detail(hop) else ""
    return f"{_MARKS[hop.state]} *{NAMES[hop.name]}*: {hop.state.value}{detail}"


def _task(hop: Hop) -> Block:
    task: Block = {
        "task_id": hop.name,
        "title": f"{NAMES[hop.name]}: {hop.state.value}",
        "status": _STATUS[hop.state],
    }
    if detail := _detail(hop):
        # Plain text, in which a backtick would only be one.
        said = {"type": "rich_text_section", "elements": [{"type": "text", "text": detail.replace("`", "")}]}
        task["details"] = {"type": "rich_text", "elements": [said]}
    return task


def _detail(hop: Hop) -> str:
    return cut(hop.failure.what if hop.failure else hop.detail, _DETAIL_CHARACTERS)


def _mended(hop: Hop) -> list[Block]:
    """What is wrong at a hop, and the commands that the hint does not hold already."""
    if hop.failure is None:
        return []
    lines = [line for line in hop.mending if line not in hop.failure.hint]
    commands = escaped("\n".join(lines).replace("`", "ˋ"))
    wrong = section(cut(failure_text(hop.failure), _WRONG_CHARACTERS))
    return [wrong, *([section(f"```{cut(commands, _COMMANDS_CHARACTERS)}```")] if lines else [])]


def _ways(examination: Examination, command: Command) -> list[Block]:
    again = button("Examine again", "refresh.doctor", command.value())
    if examination.broken:
        return [again]
    if command.connection:
        look = Command(
            verb="get", kind="pods", connection=command.connection, private=command.private
        ).value()
        return [again, button("pods", "list.pods", look)]
    connect = command.replaced(verb="connect", owner="").value()
    return [again, button(f"Connect to {examination.cluster}", "connect.examined", connect, "primary")]
