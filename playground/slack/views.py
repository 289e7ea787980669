"""What an app may do with modals and Home tabs: views.*, and the response_action of a submission."""

import hashlib
from typing import Any

from handlers.blocks.limits import view_faults
from handlers.blocks.limits.numbers import VIEW_STACK
from playground.slack import inputs, payloads
from playground.slack.calls import Call, Refused
from playground.slack.faults import Faults
from playground.slack.records import Json, Team, Trigger, ViewRecord
from playground.slack.state import TRIGGER_SECONDS, World

TROUBLE = "We had some trouble connecting. Try again?"


def checked(view: Any, team: Team, faults: Faults, kind: str) -> Json:
    """A view that Slack takes. Raises Refused (view_too_large, or invalid_arguments with the broken limits)."""
    sentences = view_faults(view)
    if any("view_too_large" in sentence for sentence in sentences):
        raise Refused("view_too_large")
    if not sentences and view["type"] != kind:
        sentences = [f"[ERROR] must be of type {kind} [json-pointer:/view/type]"]
    if not sentences:
        sentences = faults.refused(view["blocks"], team.id, "/view/blocks")
    if sentences:
        raise Refused.for_faults("invalid_arguments", sentences)
    return dict(view)


def values(record: ViewRecord) -> Json:
    return inputs.values(record.content["blocks"], record.typed)


def shown(world: World, record: ViewRecord) -> Json:
    """The view as the Web API and payloads give it, with what is typed in it now."""
    return payloads.view(world, record, values(record))


def _fresh_hash(world: World) -> str:
    return f"{world.new_ts().split('.')[0]}.{hashlib.sha256(world.new_ts().encode()).hexdigest()[:8]}"


def _record(world: World, team_id: str, user_id: str, content: Json, under: ViewRecord | None) -> ViewRecord:
    view_id = world.new_id("V")
    record = ViewRecord(
        id=view_id,
        team_id=team_id,
        user_id=user_id,
        content=content | {"blocks": inputs.with_ids(content["blocks"], world.secret)},
        hash=_fresh_hash(world),
        root_id=under.root_id if under else view_id,
        previous_id=under.id if under else None,
    )
    world.views[view_id] = record
    return record


def replace(world: World, record: ViewRecord, content: Json) -> None:
    """Give a view new content; what was typed stays in inputs that are still there."""
    record.content = content | {"blocks": inputs.with_ids(content["blocks"], world.secret)}
    record.typed = inputs.kept(record.content["blocks"], record.typed)
    record.errors, record.notice = {}, None
    record.hash = _fresh_hash(world)


def push_on(world: World, under: ViewRecord, content: Json) -> ViewRecord:
    """A new view over another. Raises Refused (push_limit_reached)."""
    stack = world.stacks[under.user_id]
    if len(stack) >= VIEW_STACK:
        raise Refused("push_limit_reached")
    stack.append(_record(world, under.team_id, under.user_id, content, stack[-1]))
    return stack[-1]


def close(world: World, record: ViewRecord, whole_stack: bool = False) -> None:
    """Take a view off the person's stack, or all of them."""
    stack = world.stacks.get(record.user_id, [])
    gone = list(stack) if whole_stack else [each for each in stack if each is record]
    for each in gone:
        each.closed = True
        stack.remove(each)


def _exchange(call: Call) -> Trigger:
    trigger = call.world.triggers.get(call.need("trigger_id"))
    if trigger is None or trigger.team_id != call.team.id:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if call.world.clock.now() - trigger.created > TRIGGER_SECONDS:
        raise Refused("expired_trigger_id")
    return trigger


def _view(call: Call, kind: str = "modal") -> Json:
    return checked(call.data("view", "invalid_arguments"), call.team, call.faults, kind)


def _once(call: Call, content: Json) -> None:
    name = content.get("external_id")
    known = (each for each in call.world.views.values() if not each.closed and each.team_id == call.team.id)
    if name and any(each.content.get("external_id") == name for each in known):
        raise Refused("duplicate_external_id")


def open_view(call: Call) -> Json:
    """A first modal; one that the person still has open goes."""
    trigger, content = _exchange(call), _view(call)
    _once(call, content)
    trigger.used = True
    for each in list(call.world.stacks.get(trigger.user_id, ())):
        close(call.world, each)
    record = _record(call.world, call.team.id, trigger.user_id, content, None)
    if current := call.world.current.get(trigger.user_id):
        record.typed |= inputs.at_hand(record.content["blocks"], current)
    call.world.stacks[trigger.user_id] = [record]
    return {"view": shown(call.world, record)}


def push(call: Call) -> Json:
    """A modal over the one whose button was pressed."""
    trigger, content = _exchange(call), _view(call)
    under = call.world.views.get(trigger.view_id or "")
    if under is None or under.closed or under.content["type"] != "modal":
        raise Refused("not_found")
    _once(call, content)
    record = push_on(call.world, under, content)
    trigger.used = True
    return {"view": shown(call.world, record)}


def update(call: Call) -> Json:
    view_id, external = call.text("view_id"), call.text("external_id")
    record = call.world.views.get(view_id or "")
    if external and not view_id:
        known = [each for each in call.world.views.values() if each.content.get("external_id") == external]
        record = next((each for each in known if not each.closed), None)
    if record is None or record.closed or record.team_id != call.team.id:
        raise Refused("not_found")
    content = _view(call, record.content["type"])
    if call.text("hash") not in (None, record.hash):
        raise Refused("hash_conflict")
    replace(call.world, record, content)
    return {"view": shown(call.world, record)}


def publish(call: Call) -> Json:
    """The Home tab of one person."""
    user_id, content = call.need("user_id"), _view(call, "home")
    if not any(person.id == user_id for person in call.team.people):
        raise Refused("user_not_found")
    record = call.world.homes.get(user_id)
    if call.text("hash") and (record is None or call.text("hash") != record.hash):
        raise Refused("hash_conflict")
    if record:
        replace(call.world, record, content)
    else:
        record = call.world.homes[user_id] = _record(call.world, call.team.id, user_id, content, None)
    return {"view": shown(call.world, record)}


def answered(world: World, faults: Faults, record: ViewRecord, body: Any) -> list[str]:
    """Do what the ack of a view_submission says: errors, update, push, clear, or close when it says nothing.

    What Slack cannot make sense of shows as trouble to the person, and the view stays; gives what was wrong.
    """
    answer = body if isinstance(body, dict) else {}
    team = world.team(record.team_id)
    try:
        match answer.get("response_action"):
            case None if not body:
                close(world, record)
            case "clear":
                close(world, record, whole_stack=True)
            case "errors":
                record.errors = _errors(record, answer.get("errors"))
            case "update":
                replace(world, record, checked(answer.get("view"), team, faults, "modal"))
            case "push":
                push_on(world, record, checked(answer.get("view"), team, faults, "modal"))
            case action:
                raise Refused(f"unknown response_action: {action}")
    except Refused as refused:
        record.notice = TROUBLE
        return refused.more.get("response_metadata", {}).get("messages") or [refused.error]
    return []


def _errors(record: ViewRecord, errors: Any) -> dict[str, str]:
    known = {block["block_id"] for block in record.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= known:
        raise Refused("invalid_arguments")
    return {block: str(sentence) for block, sentence in errors.items()}
