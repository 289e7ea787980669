"""What an app may do with messages: chat.*, the answers it posts to a response_url, and acks that are messages."""

from typing import Any

from handlers.blocks.limits import blocks_text, message_faults
from handlers.blocks.limits.numbers import MESSAGE_BLOCKS_TEXT, MESSAGE_TEXT, UPDATE_TEXT
from playground.slack.calls import Call, Refused
from playground.slack.faults import Faults
from playground.slack.inputs import with_ids
from playground.slack.payloads import shown
from playground.slack.records import Channel, Json, Message, ResponseUrl, Team
from playground.slack.state import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, World


def checked(content: Json, team: Team, world: World, faults: Faults, longest: int = MESSAGE_TEXT) -> Json:
    """The text, blocks and attachments of a message that Slack takes, with ids. Raises Refused."""
    blocks, attachments = content.get("blocks") or [], content.get("attachments") or []
    text = content.get("text") or ""
    if not isinstance(text, str) or not (text or blocks or attachments):
        raise Refused("no_text")
    if len(text) > longest:
        raise Refused("msg_too_long")
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if blocks_text(blocks) > MESSAGE_BLOCKS_TEXT:
        raise Refused("msg_blocks_too_long")
    sentences = message_faults({"text": text, "blocks": blocks, "attachments": attachments})
    if not sentences:
        sentences = faults.refused(blocks, team.id, "/blocks")
    if sentences:
        raise Refused.for_faults("invalid_blocks", sentences)
    return {"text": text, "blocks": with_ids(blocks, world.secret), "attachments": attachments}


def post_from_bot(
    world: World,
    team: Team,
    channel: Channel,
    content: Json,
    reader: str | None = None,
    thread: str | None = None,
) -> Message:
    return world.post(
        Message(
            ts=world.new_ts(),
            channel_id=channel.id,
            team_id=team.id,
            user=team.bot_user_id,
            bot_id=team.bot_id,
            reader=reader,
            thread_ts=thread,
            **content,
        )
    )


def _content(call: Call) -> Json:
    return {
        "text": call.text("text"),
        "blocks": call.data("blocks", "invalid_blocks_format"),
        "attachments": call.data("attachments", "invalid_attachments"),
    }


def post_message(call: Call) -> Json:
    channel = call.conversation(call.need("channel"))
    if not channel.is_member and "chat:write.public" not in call.token.scopes:
        raise Refused("not_in_channel")
    content = checked(_content(call), call.team, call.world, call.faults)
    message = post_from_bot(call.world, call.team, channel, content, thread=call.text("thread_ts"))
    return {"channel": channel.id, "ts": message.ts, "message": shown(message, call.world.url)}


def post_ephemeral(call: Call) -> Json:
    channel, user = call.channel(), call.need("user")
    if not channel.is_member:
        raise Refused("not_in_channel")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    content = checked(_content(call), call.team, call.world, call.faults)
    message = post_from_bot(call.world, call.team, channel, content, user, call.text("thread_ts"))
    return {"message_ts": message.ts}


def _own(call: Call, error: str) -> Message:
    """The message that `channel` and `ts` mean; an ephemeral one is not to be found by its ts."""
    message = call.world.message(call.channel().id, call.need("ts"))
    if message is None or message.ephemeral:
        raise Refused("message_not_found")
    if message.user != call.team.bot_user_id:
        raise Refused(error)
    return message


def update(call: Call) -> Json:
    """Blocks and attachments that are not given stay; an empty list takes them away."""
    message = _own(call, "cant_update_message")
    content = _content(call)
    if not any(content.values()) and content["blocks"] is None:
        raise Refused("no_text")
    before = {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}
    whole = before | {name: part for name, part in content.items() if part is not None}
    changes = checked(whole, call.team, call.world, call.faults, UPDATE_TEXT)
    message = call.world.change(message, edited=True, **changes)
    return {
        "channel": message.channel_id,
        "ts": message.ts,
        "text": message.text,
        "message": shown(message, call.world.url),
    }


def delete(call: Call) -> Json:
    message = _own(call, "cant_delete_message")
    call.world.change(message, deleted=True)
    return {"channel": message.channel_id, "ts": message.ts}


def respond(url: ResponseUrl, body: Any, world: World, faults: Faults) -> None:
    """Take what an app posts to a response_url. Raises Refused.

    Only a click's response_url knows an original: what a slash command's has posted before can be neither replaced
    nor deleted through it, so there `replace_original` posts anew and `delete_original` does nothing. Every post
    counts as a use, also a refused one: Slack does not say, and an app that lives with this lives with the other.
    """
    if world.clock.now() - url.created > RESPONSE_URL_SECONDS:
        raise Refused("expired_url")
    if url.uses >= RESPONSE_URL_USES:
        raise Refused("used_url")
    url.uses += 1
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    team = world.team(url.team_id)
    channel = team.channel(url.channel_id)
    original = world.message(channel.id, url.message_ts) if url.message_ts else None
    if body.get("delete_original") is True:
        if original:
            world.change(original, deleted=True)
        if not (body.get("text") or body.get("blocks")):
            return
    content = checked(body, team, world, faults)
    if body.get("replace_original") is True and url.message_ts:
        if original is None:
            raise Refused("message_not_found")
        world.change(original, edited=True, **content)
        return
    reader = None if body.get("response_type") == "in_channel" else url.user_id
    thread = body.get("thread_ts")
    post_from_bot(world, team, channel, content, reader, thread if isinstance(thread, str) else None)
