"""What a channel or thread means when it names no connection: shown, said to everybody there, and taken away."""

from dataclasses import dataclass

from connector.words import meant
from handlers.blocks import notices
from handlers.blocks.heading import marked
from handlers.blocks.message import Block, Message
from handlers.blocks.parts import actions, button, context, section
from handlers.blocks.text import code, escaped, moment
from handlers.command import Command
from handlers.defaults import Default, Where
from handlers.grammar import COMMAND


@dataclass(frozen=True)
class Doubt:
    """The namespace of a new default is not there, or (`unknown`) nobody could say; `nearest` is one that is there."""

    nearest: str = ""
    unknown: bool = False


def announced(default: Default, *, production: bool, doubt: Doubt | None = None) -> Message:
    """The new default, for everybody in the place."""
    place = f"{marked(production)}{_capital(default.where.name)}"
    text = f"{place}'s commands now mean {_named(default)}, by <@{default.set_by}>."
    more: list[Block] = []
    if doubt:
        more.append(context(_doubted(default, doubt)))
    more.append(context(_scope(default)))
    return notices.said(text, *more)


def cleared(default: Default, user: str) -> Message:
    place = _capital(default.where.name)
    text = f"⚪ {place} has no default of its own any more, by <@{user}>. It was {_named(default)}."
    return notices.said(text)


def standing(default: Default, where: Where, who: str, *, may_change: bool, lost: bool) -> Message:
    """The default that holds in `where`, who set it and when; `may_change` gives the buttons for that."""
    place = _capital(default.where.name)
    text = f"{place}'s commands mean {_named(default)}."
    blocks: list[Block] = [section(text)]
    if lost:
        blocks.append(context("🟡 That connection is gone: commands here ask which one is meant."))
    blocks.append(context(f"set by {escaped(who)}, {moment(default.set_at)}", _scope(default)))
    if may_change:
        of_its_own = default.where == where
        clear = [button("Clear", "clear.default", _use(where, clear=True).value())] if of_its_own else []
        blocks.append(actions(_change(where), *clear))
    return Message(text, blocks)


def none(where: Where) -> Message:
    """There is no default that the asker may know of."""
    own = " of its own" if where.thread else ""
    text = f"{_capital(where.name)} has no default{own}."
    how = (
        f"{code(f'{COMMAND} use CONNECTION')} sets one: what commands here mean when they name no connection."
    )
    return Message(text, [section(text), context(how), actions(_change(where, "Choose…"))])


def _change(where: Where, label: str = "Change…") -> Block:
    return button(label, "change.default", _use(where, form=True).value())


def _use(where: Where, *, form: bool = False, clear: bool = False) -> Command:
    return Command(verb="use", thread=where.thread, form=form, clear=clear)


def _named(default: Default) -> str:
    namespace = f", namespace {code(default.namespace)}" if default.namespace else ""
    return f"{code(default.connection)}{namespace}"


def _scope(default: Default) -> str:
    if default.where.thread:
        return "That goes for “Look this up” in this thread, and for what follows from it."
    everywhere = f", all namespaces with {code('-A')}" if default.namespace else ""
    return f"Another connection for once with {code('-c')}{everywhere}; {code(f'{COMMAND} use --clear')} takes it away."


def _doubted(default: Default, doubt: Doubt) -> str:
    if doubt.unknown:
        return f"🟡 Whether the namespace {code(default.namespace)} is there could not be seen now."
    near = escaped(meant(doubt.nearest))
    return f"🟡 There is no namespace {code(default.namespace)} there now. {near}".strip()


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
