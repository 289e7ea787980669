"""Threads, as an app may read them: conversations.replies."""

from playground.slack import payloads
from playground.slack.calls import Call, Refused
from playground.slack.directory import kind_of, page, want_scope
from playground.slack.records import Json


def replies(call: Call) -> Json:
    """The message that `ts` means, or is an answer to, and the answers below it; ephemeral ones are not kept."""
    channel = call.channel()
    want_scope(call, kind_of(channel), "history")
    if not channel.is_member:
        raise Refused("not_in_channel")
    meant = call.world.message(channel.id, call.need("ts"))
    if meant is None or meant.ephemeral:
        raise Refused("thread_not_found")
    root = meant.thread_ts or meant.ts
    line = [
        each
        for each in call.world.messages[channel.id]
        if root in (each.ts, each.thread_ts) and not each.deleted and not each.ephemeral
    ]
    answers = [each for each in line if each.ts != root]
    thread: Json = {"thread_ts": root} if answers else {}
    heads: Json = {
        "reply_count": len(answers),
        "reply_users_count": len({each.user for each in answers}),
        "reply_users": sorted({each.user for each in answers}),
        "latest_reply": answers[-1].ts if answers else None,
    }
    shown = [
        payloads.shown(each, call.world.url) | thread | (heads if thread and each.ts == root else {})
        for each in line
    ]
    answer = page(call, "messages", shown)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"])}
