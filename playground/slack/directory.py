"""What an app may ask about its workspace: auth.*, users.*, conversations.*, team.info."""

from playground.slack.calls import Call, Refused
from playground.slack.state import Channel, Json

_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def api_test(call: Call) -> Json:
    if call.text("error"):
        raise Refused(call.need("error"), args=call.arguments)
    return {"args": call.arguments}


def auth_test(call: Call) -> Json:
    return {
        "url": f"https://{call.team.domain}.slack.com/",
        "team": call.team.name,
        "user": "eks-chatops",
        "team_id": call.team.id,
        "user_id": call.team.bot_user_id,
        "bot_id": call.team.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    return {"team": {"id": call.team.id, "name": call.team.name, "domain": call.team.domain}}


def users_info(call: Call) -> Json:
    """A person of another workspace is found through a shared channel; a stranger in none that the bot is in."""
    user_id = call.need("user")
    person = call.world.person(user_id)
    if user_id == call.team.bot_user_id:
        return {"user": _bot(call)}
    if person and person.team is call.team:
        return {"user": person.info()}
    shared = [channel for channel in call.team.channels if user_id in channel.members]
    if person is None or not shared:
        raise Refused("user_not_found")
    stranger = not any(channel.is_member for channel in shared)
    return {"user": person.info() | {"is_stranger": stranger}}


def _bot(call: Call) -> Json:
    return {
        "id": call.team.bot_user_id,
        "team_id": call.team.id,
        "name": "eks-chatops",
        "is_bot": True,
        "deleted": False,
        "profile": {"bot_id": call.team.bot_id, "api_app_id": call.world.app_id},
    }


def users_list(call: Call) -> Json:
    members = [person.info() for person in call.team.people] + [_bot(call)]
    return _page(call, "members", members)


def _page(call: Call, name: str, everything: list[Json]) -> Json:
    """A page of `limit` with a cursor to the next; the cursor is a place in the list."""
    text, cursor = call.text("limit") or "100", call.text("cursor") or "0"
    if not text.isdecimal() or int(text) < 1:
        raise Refused("invalid_limit")
    if not cursor.isdecimal():
        raise Refused("invalid_cursor")
    end = int(cursor) + int(text)
    following = str(end) if end < len(everything) else ""
    return {name: everything[int(cursor) : end], "response_metadata": {"next_cursor": following}}


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.is_im and not channel.is_private,
        "is_group": channel.is_private,
        "is_im": channel.is_im,
        "is_private": channel.is_private or channel.is_im,
        "is_member": channel.is_member,
        "is_archived": False,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "context_team_id": channel.team_id,
        "shared_team_ids": [channel.team_id, *channel.shared_with],
        "num_members": len(channel.members),
    }


def conversations_list(call: Call) -> Json:
    wanted = (call.text("types") or "public_channel").replace(" ", "").split(",")
    for name in wanted:
        if name not in _TYPES:
            raise Refused("invalid_types")
        _scope(call, f"{_TYPES[name]}:read")
    seen = [each for each in call.team.channels if _type(each) in wanted]
    return _page(call, "channels", [_channel(each) for each in seen if not each.is_private or each.is_member])


def _type(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def _scope(call: Call, scope: str) -> None:
    if scope not in call.token.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(call.token.scopes))


def conversations_info(call: Call) -> Json:
    channel = call.channel()
    _scope(call, f"{_TYPES[_type(channel)]}:read")
    return {"channel": _channel(channel)}


def conversations_members(call: Call) -> Json:
    channel = call.channel()
    _scope(call, f"{_TYPES[_type(channel)]}:read")
    bot = [call.team.bot_user_id] if channel.is_member else []
    ids: list[Json] = [{"id": each} for each in [*sorted(channel.members), *bot]]
    page = _page(call, "members", ids)
    return page | {"members": [each["id"] for each in page["members"]]}


def conversations_open(call: Call) -> Json:
    """The conversation of the bot with one person; groups are not played."""
    person = next((each for each in call.team.people if each.id == call.need("users")), None)
    if person is None:
        raise Refused("user_not_found")
    return {"channel": {"id": person.dm.id}}
