"""What Slack sends to an app, field by field, as api.slack.com documents each payload."""

import time
from typing import TYPE_CHECKING

from playground.slack.state import Channel, Json, Message, Team, ViewRecord, World

if TYPE_CHECKING:
    from playground.slack.people import Person


def _named(channel: Channel) -> Json:
    name = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    return {"id": channel.id, "name": name}


def command(
    world: World,
    verification: str,
    person: "Person",
    channel: Channel,
    name: str,
    text: str,
    response_url: str,
) -> dict[str, str]:
    """The form of a slash command, every value a string; `enterprise_id` is left out as for any team without one."""
    return {
        "token": verification,
        "team_id": person.team.id,
        "team_domain": person.team.domain,
        "channel_id": channel.id,
        "channel_name": _named(channel)["name"],
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": world.new_trigger(person.team.id, person.id),
    }


def interaction(world: World, verification: str, kind: str, person: "Person", team: Team) -> Json:
    """What every interaction holds; `team` is where the app is installed whose thing was touched."""
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team.id,
        },
        "api_app_id": world.app_id,
        "token": verification,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(message: Message, channel: Channel) -> Json:
    """Where in a message it happened. Of an ephemeral message Slack gives no more than its place."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    if message.ephemeral:
        return {"container": container, "channel": _named(channel)}
    return {"container": container, "channel": _named(channel), "message": shown(message)}


def shown(message: Message) -> Json:
    """A message as the Web API and payloads give it."""
    given: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.bot_id:
        given |= {"bot_id": message.bot_id, "team": message.team_id}
    given |= {"blocks": message.blocks} if message.blocks else {}
    given |= {"attachments": message.attachments} if message.attachments else {}
    given |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
    given |= {"edited": {"user": message.user, "ts": message.ts}} if message.edited else {}
    return given


def event(world: World, verification: str, team: Team, event: Json) -> Json:
    """The wrapper of an Events API event."""
    return {
        "token": verification,
        "team_id": team.id,
        "api_app_id": world.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "context_team_id": team.id,
        "context_enterprise_id": None,
    }


def view(world: World, record: ViewRecord, values: Json) -> Json:
    """A view as the Web API and payloads give it."""
    team, person = world.team(record.team_id), world.person(record.user_id)
    empty: Json = dict.fromkeys(("title", "submit", "close"))
    defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
    return (
        empty
        | defaults
        | {"notify_on_close": False}
        | record.content
        | {
            "id": record.id,
            "team_id": person.team.id if person else team.id,
            "app_id": world.app_id,
            "app_installed_team_id": team.id,
            "bot_id": team.bot_id,
            "hash": record.hash,
            "root_view_id": record.root_id,
            "previous_view_id": record.previous_id,
            "state": {"values": values},
        }
    )
