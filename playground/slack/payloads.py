"""What Slack sends to an app, field by field, as api.slack.com documents each payload."""

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from playground.slack.records import Channel, Enterprise, File, Json, Message, Team, ViewRecord
from playground.slack.state import World

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
    """The form of a slash command, every value a string; the enterprise's are left out for a team without one."""
    team = person.team
    organisation = team.enterprise
    named = {"enterprise_id": organisation.id, "enterprise_name": organisation.name} if organisation else {}
    return {
        "token": verification,
        "team_id": team.id,
        "team_domain": team.domain,
        **named,
        "channel_id": channel.id,
        "channel_name": _named(channel)["name"],
        "user_id": person.id,
        "user_name": person.name,
        "command": name,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": str(team.org_wide).lower(),
        "response_url": response_url,
        "trigger_id": world.new_trigger(team.id, person.id),
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
        **installed_at(team),
    }


def installed_at(team: Team) -> Json:
    """Where the app is installed. Of an org-wide install Slack names the organisation alone, and `team` is null."""
    organisation = team.enterprise
    enterprise = {"id": organisation.id, "name": organisation.name} if organisation else None
    return {
        "team": None if team.org_wide else workspace(team),
        "enterprise": enterprise,
        "is_enterprise_install": team.org_wide,
    }


def workspace(team: Team) -> Json:
    organisation = team.enterprise
    named = {"enterprise_id": organisation.id, "enterprise_name": organisation.name} if organisation else {}
    return {"id": team.id, "domain": team.domain, **named}


def shortcut(world: World, verification: str, person: "Person", callback_id: str) -> Json:
    """A global shortcut: it has no channel, and so no response_url."""
    return {
        "type": "shortcut",
        "token": verification,
        "action_ts": world.new_ts(),
        **installed_at(person.team),
        "user": {"id": person.id, "username": person.name, "team_id": person.team.id},
        "callback_id": callback_id,
        "trigger_id": world.new_trigger(person.team.id, person.id),
    }


def message_shortcut(
    world: World,
    verification: str,
    person: "Person",
    message: Message,
    channel: Channel,
    callback_id: str,
    response_url: str,
) -> Json:
    """A shortcut from a message's menu, with the whole message, whoever wrote it."""
    whole = shortcut(world, verification, person, callback_id)
    return whole | {
        "type": "message_action",
        "user": whole["user"] | {"name": person.name},
        "channel": _named(channel),
        "message_ts": message.ts,
        "message": shown(message, world.url),
        "response_url": response_url,
    }


def in_message(message: Message, channel: Channel, url: str) -> Json:
    """Where in a message it happened. Of an ephemeral message Slack gives no more than its place."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    if message.ephemeral:
        return {"container": container, "channel": _named(channel)}
    return {"container": container, "channel": _named(channel), "message": shown(message, url)}


def file(file: File, url: str) -> Json:
    """A file as the Web API and payloads give it; `url` is where Slack is."""
    given: Json = {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.pretty_type,
        "user": file.user,
        "user_team": file.team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": url + file_path(file),
        "url_private_download": url + file_path(file, "download/"),
        "file_access": "visible",
    }
    return given | ({"alt_txt": file.alt_txt} if file.alt_txt else {})


def file_path(file: File, way: str = "") -> str:
    return f"/files-pri/{file.team_id}-{file.id}/{way}{quote(file.name.lower(), safe='')}"


def shown(message: Message, url: str) -> Json:
    """A message as the Web API and payloads give it."""
    given: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if message.bot_id:
        given |= {"bot_id": message.bot_id, "team": message.team_id}
    given |= {"blocks": message.blocks} if message.blocks else {}
    given |= {"attachments": message.attachments} if message.attachments else {}
    if message.files:
        given |= {"files": [file(each, url) for each in message.files], "upload": True}
    given |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
    given |= {"edited": {"user": message.user, "ts": message.ts}} if message.edited else {}
    return given


def event(world: World, verification: str, team: Team, event: Json) -> Json:
    """The wrapper of an Events API event."""
    enterprise_id = team.enterprise.id if team.enterprise else None
    return {
        **farewell(world, verification, team, event),
        "authorizations": [
            {
                "enterprise_id": enterprise_id,
                "team_id": None if team.org_wide else team.id,
                "user_id": team.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": team.org_wide,
            }
        ],
        "is_ext_shared_channel": False,
        "context_team_id": team.id,
        "context_enterprise_id": enterprise_id,
    }


def farewell(world: World, verification: str, place: Team | Enterprise, event: Json) -> Json:
    """The wrapper of an event about the end of an install: nobody is authorised any more.

    Of a whole organisation it has no `team_id`.
    """
    organisation = place.enterprise if isinstance(place, Team) else place
    return {
        "token": verification,
        **({"team_id": place.id} if isinstance(place, Team) else {}),
        **({"enterprise_id": organisation.id} if organisation else {}),
        "api_app_id": world.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(time.time()),
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
            "app_installed_team_id": team.enterprise.id if team.enterprise and team.org_wide else team.id,
            "bot_id": team.bot_id,
            "hash": record.hash,
            "root_view_id": record.root_id,
            "previous_view_id": record.previous_id,
            "state": {"values": values},
        }
    )
