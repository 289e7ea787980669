"""What a tab may have its person do, each checked before it is done: a tab's words are as hostile as any."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.slack import Ack, Channel, LocalSlack, Message, Person, View
from playground.slack.records import Key

Json = dict[str, Any]

LONGEST = 12_000
_LONGEST_NAME = 255


class RefusalError(Exception):
    """A tab asked for what makes no sense; the sentence is for it."""


@dataclass(frozen=True)
class Deed:
    """Something to run on a thread that may wait, and what the journal says of it."""

    run: Callable[[], Any]
    told: str


def deed(slack: LocalSlack, person: Person, asked: Json) -> Deed:
    """What the person is asked to do. Raises RefusalError, AssertionError or KeyError for what they cannot."""
    match asked.get("do"):
        case "types":
            channel, said = person.team.channel(text(asked, "channel")), text(asked, "text")
            where = "the direct message" if channel.is_im else f"#{channel.name}"
            thread = _thread(person, channel, text(asked, "thread")) if "thread" in asked else None
            where = f"a thread of {where}" if thread else where
            return Deed(lambda: _ack(person.types(channel, said, thread=thread)), f"typed {said} in {where}")
        case "dismisses":
            message = _message(person, asked)
            return Deed(lambda: person.dismisses(message), "dismissed a message")
        case "opens_home":
            return Deed(lambda: _ack(person.opens_home()), "opened the Home tab")
        case "submits" | "closes" as act:
            view = _view(slack, person, text(asked, "view"))
            kept = _typed(asked)
            if act == "closes":
                whole = asked.get("everything") is True
                return Deed(lambda: _ack(person.closes(view, everything=whole)), f"closed “{view.title}”")

            def submit() -> Json | None:
                person.keeps(view, kept)
                return _ack(person.submits(view))

            return Deed(submit, f"submitted “{view.title}”")
    return _touch(person, _target(slack, person, asked), asked)


def _touch(person: Person, target: Message | View, asked: Json) -> Deed:
    block, action, kept = text(asked, "block"), text(asked, "action"), _typed(asked)

    def after(act: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            person.keeps(target, kept)
            return act()

        return run

    match asked.get("do"):
        case "clicks":
            which = text(asked, "value") if "value" in asked else None
            return Deed(
                after(lambda: _ack(person.clicks(target, action, block_id=block, value=which))),
                f"pressed {action}",
            )
        case "picks":
            value = _values(asked.get("value"))
            return Deed(
                after(lambda: _ack(person.picks(target, action, value, block_id=block))),
                f"picked in {action}",
            )
        case "fills":
            said = text(asked, "text")
            return Deed(
                after(lambda: person.fills(target, {action: said}, block_id=block)), f"typed in {action}"
            )
        case "attaches":
            held = _values(asked.get("keep"))
            keep = [held] if isinstance(held, str) else held or []
            added = _files(asked.get("files"))
            return Deed(
                after(lambda: person.attaches(target, action, added, keep=keep, block_id=block)),
                f"put files into {action}",
            )
        case "suggestions":
            said = text(asked, "typed")
            looked = f"looked for “{said}” in {action}" if said else f"opened {action}"
            return Deed(after(lambda: _offer(person.looks_up(target, action, said, block_id=block))), looked)
    raise RefusalError("there is no such deed")


def text(asked: Json, name: str) -> str:
    """A string the tab must give, of a length that somebody could have typed. Raises RefusalError."""
    value = asked.get(name)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise RefusalError(f"{name} must be text of at most {LONGEST} characters")
    return value


def _values(value: Any) -> str | list[str] | None:
    several = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(each, str) for each in several):
        raise RefusalError("value must be text, several texts, or null")
    return value  # type: ignore[no-any-return]


def _thread(person: Person, channel: Channel, ts: str) -> str:
    """The thread that a message begins or stands in, also when its first message is gone. Raises RefusalError."""
    for each in person.sees(channel):
        if ts in (each.ts, each.thread_ts):
            return each.thread_ts or each.ts
    raise RefusalError("that thread is not there any more")


def _files(given: Any) -> list[tuple[str, bytes]]:
    """Files as [name, content in base64] each."""
    found = []
    for each in given if isinstance(given, list) else [None]:
        match each:
            case [str() as name, str() as content] if 0 < len(name) <= _LONGEST_NAME:
                found.append((name, b64decode(content, validate=True)))
            case _:
                raise RefusalError("files holds [name, content] each")
    return found


def _typed(asked: Json) -> dict[Key, str]:
    """What stands in text inputs, as [block_id, action_id, text] each."""
    given = asked.get("typed_in", [])
    if not isinstance(given, list):
        raise RefusalError("typed_in must be a list")
    found: dict[Key, str] = {}
    for each in given:
        match each:
            case [str() as block, str() as action, str() as said] if len(said) <= LONGEST:
                found[block, action] = said
            case _:
                raise RefusalError("typed_in holds [block_id, action_id, text] each")
    return found


def _target(slack: LocalSlack, person: Person, asked: Json) -> Message | View:
    if "view" in asked:
        return _view(slack, person, text(asked, "view"))
    return _message(person, asked)


def _message(person: Person, asked: Json) -> Message:
    channel, ts = person.team.channel(text(asked, "channel")), text(asked, "ts")
    found = next((each for each in person.sees(channel) if each.ts == ts), None)
    if found is None:
        raise RefusalError("that message is not there any more")
    return found


def _view(slack: LocalSlack, person: Person, view_id: str) -> View:
    with slack.world.changed:
        record = slack.world.views.get(view_id)
        if record is None or record.closed or record.user_id != person.id:
            raise RefusalError("that view is not open any more")
        return View.of(record)


def _offer(ack: Ack) -> Json:
    """What an external select is to show: how the app answered, and its options in their groups."""
    body = ack.body if ack.status == "acked" else {}
    return {
        "status": ack.status,
        "groups": body.get("option_groups") or [{"options": body.get("options", [])}],
    }


def _ack(ack: Ack | None) -> Json | None:
    """How the app answered, for the tab; None when the app is not told of such things."""
    return {"status": ack.status, "seconds": ack.seconds} if ack else None
