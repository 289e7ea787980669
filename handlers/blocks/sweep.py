"""The clusters of every region as one table; below it what could not be looked into, folded, and a way to connect."""

from collections.abc import Iterable, Iterator

from connector.aws import SignIn
from connector.errors import Failure
from connector.resources import Cell
from connector.sweep import Found, Sweep
from handlers.blocks import tables
from handlers.blocks.clusters import connectable
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Message, Rung
from handlers.blocks.notices import BROKEN
from handlers.blocks.parts import actions, button, context, header, option, plain, section
from handlers.blocks.text import code, counted, escaped, moment, number, rows_of
from handlers.command import Command

CONNECT = "choose.swept_cluster"
_HEADERS = ("NAME", "REGION", "ACCOUNT", "SIGN-IN", "STATUS", "VERSION")
# Up to so many clusters each get a button, one tap; more of them share a select.
_FEW = 5
# Of a folded line, and of the lines themselves beside the table (see numbers.MESSAGE_BLOCKS_TEXT): the rest is counted.
_REGIONS_NAMED = 6
_LINES, _LINES_CHARACTERS = 20, 3_000


def drawn(sweep: Sweep, command: Command, now: float, rung: Rung) -> tuple[Message, int]:
    """The page from `command.offset` on, and where it ends. What is missing stands on the first one."""
    rows = [_row(one) for one in sweep.found]
    start = min(command.offset, len(rows))
    end = start + tables.fitting(_HEADERS, rows[start:], rung)
    head = header("clusters · all regions")
    summary = _summary(sweep)
    seen = context(f"{summary} · {_asked(sweep)} · taken {moment(now, '{time_secs}')}")
    missing = list(_missing(sweep)) if start == 0 else []
    refresh = button("Refresh", "refresh.clusters", command.replaced(offset=0).value())
    if not rows:
        text = "No clusters were found." if missing else "There are no clusters."
        return Message(text, [head, section(text), seen, *missing, actions(refresh)]), 0
    table = tables.Table("EKS clusters of all regions", _HEADERS, rows[start:end])
    blocks = [head, seen, *tables.drawn(table, rung)]
    if end - start < len(rows):
        blocks.append(context(rows_of(start, end, len(rows))))
    blocks += [*missing, *_connect(sweep.found[start:end], command), actions(refresh)]
    return Message(summary, blocks), end


def _summary(sweep: Sweep) -> str:
    count = counted(len(sweep.found), "cluster")
    regions = counted(len({one.region for one in sweep.found}), "region")
    accounts = counted(len({one.account for one in sweep.found}), "account")
    said = f"{count} in {regions} of {accounts}" if sweep.found else count
    return said if sweep.complete else f"{said}, not all regions answered in time"


def _asked(sweep: Sweep) -> str:
    accounts = len(sweep.accounts)
    of = f" of {counted(accounts, 'account')}" if accounts > 1 else ""
    return f"{counted(sweep.regions, 'region')}{of} asked"


def _row(one: Found) -> tuple[Cell, ...]:
    info = one.info
    unknown = f"unknown: {info.error.what}" if info.error else "not described in time"
    return (
        Cell(info.name),
        Cell(one.region),
        Cell(one.account),
        Cell(_named(one.sign_in)),
        Cell(info.status or unknown),
        Cell(info.version or "-"),
    )


def _named(sign_in: SignIn) -> str:
    by = sign_in.profile or "the default chain"
    return f"{by} as {sign_in.role.arn.rpartition('/')[2]}" if sign_in.role else by


# --- what is missing


def _missing(sweep: Sweep) -> Iterator[Block]:
    """A line for each thing that could not be looked into; alike ones are folded, and none is left out uncounted."""
    lines = [*_silent(sweep), *_failed(sweep), *_undescribed(sweep), *_off(sweep), *_doubles(sweep)]
    shown, characters = 0, 0
    for line in lines:
        if shown < _LINES and characters + len(line) <= _LINES_CHARACTERS:
            shown, characters = shown + 1, characters + len(line)
            yield context(line)
    if more := len(lines) - shown:
        yield context(f"and {number(more)} more like these: name fewer profiles with `--profile`")


def _silent(sweep: Sweep) -> Iterator[str]:
    late = [sign_in for sign_in, region in sweep.silent if not region]
    if late:
        yield f"🟡 Stopped for time: {_all(_sign_in(one) for one in late)} had not signed in."
    by_sign_in: dict[SignIn, list[str]] = {}
    for sign_in, region in sweep.silent:
        if region:
            by_sign_in.setdefault(sign_in, []).append(region)
    for sign_in, names in by_sign_in.items():
        yield f"🟡 Stopped for time: {_regions(names)} did not answer {_sign_in(sign_in)}."


def _failed(sweep: Sweep) -> Iterator[str]:
    folded: dict[tuple[SignIn, str, str], list[tuple[str, Failure]]] = {}
    for one in sweep.missed:
        folded.setdefault((one.sign_in, one.account, one.failure.what), []).append((one.region, one.failure))
    for (sign_in, account, what), alike in folded.items():
        regions = [region for region, _ in alike if region]
        failure = alike[0][1]
        where = f"{_regions(regions)} of account {code(account)}" if regions else _sign_in(sign_in)
        # Why it is so names the region, of which there are several; once is enough.
        why = f" {escaped(failure.why)}" if failure.why and len(alike) == 1 else ""
        hint = f" {escaped(failure.hint)}" if failure.hint else ""
        yield f"{BROKEN} {where}: {escaped(what)}.{why}{hint}"


def _undescribed(sweep: Sweep) -> Iterator[str]:
    failed = [one.info.error for one in sweep.found if one.info.error]
    if failed:
        count = counted(len(failed), "cluster")
        yield f"{BROKEN} {count} could not be described. {escaped(failed[0].what)}. {escaped(failed[0].hint)}"


def _off(sweep: Sweep) -> Iterator[str]:
    folded: dict[tuple[str, ...], list[str]] = {}
    for account, regions in sweep.off:
        folded.setdefault(regions, []).append(account)
    for regions, accounts in folded.items():
        whose = "account" if len(accounts) == 1 else "accounts"
        verb = "is" if len(regions) == 1 else "are"
        count = counted(len(regions), "region")
        yield f"⚪ {count} {verb} off for {whose} {_all(map(code, accounts))}: {_regions(regions)}"


def _doubles(sweep: Sweep) -> Iterator[str]:
    folded: dict[tuple[SignIn, str], list[SignIn]] = {}
    for sign_in, first, account in sweep.doubles:
        folded.setdefault((first, account), []).append(sign_in)
    for (first, account), others in folded.items():
        lead = "leads" if len(others) == 1 else "lead"
        yield (
            f"⚪ {_all(map(_sign_in, others))} {lead} to account {code(account)}, as {_sign_in(first)} does: "
            "nothing is listed twice."
        )


def _sign_in(sign_in: SignIn) -> str:
    return escaped(sign_in.label)


def _regions(names: Iterable[str]) -> str:
    several = list(names)
    more = len(several) - _REGIONS_NAMED
    if more > 1:
        return f"{', '.join(map(code, several[:_REGIONS_NAMED]))} and {more} more"
    return _all(map(code, several))


def _all(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


# --- where to go from here


def _connect(found: Iterable[Found], command: Command) -> list[Block]:
    ready = [(one, _connecting(one, command)) for one in found if connectable(one.info)]
    if len(ready) > _FEW:
        options = [
            option(f"{one.info.name}  {one.region}  {_named(one.sign_in)}", way.encoded())
            for one, way in ready
            if len(way.encoded()) <= numbers.OPTION_VALUE
        ]
        if not options:
            return []
        select = {
            "type": "static_select",
            "action_id": CONNECT,
            "placeholder": plain("Connect to…", numbers.PLACEHOLDER),
            "options": options[: numbers.SELECT_OPTIONS],
        }
        return [actions(select)]
    buttons = [
        button(f"Connect to {one.info.name}", f"connect.{at}", way.value(), label=f"Connect to {_full(one)}")
        for at, (one, way) in enumerate(ready)
    ]
    return [actions(*buttons)] if buttons else []


def _connecting(one: Found, command: Command) -> Command:
    return Command(
        verb="connect",
        words=(one.info.name,),
        region=one.region,
        profile=one.sign_in.profile or "",
        default_chain=one.sign_in.profile is None,
        role_arn=command.role_arn,
        external_id=command.external_id,
        private=command.private,
    )


def _full(one: Found) -> str:
    return f"{one.info.name} in {one.region} of {one.account}"
