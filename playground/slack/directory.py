"""What an app may ask about its workspace: auth.test, users.*, usergroups.*, conversations.*, team.info."""

from playground.slack.calls import Call, Refused
from playground.slack.records import Channel, Enterprise, Json, Usergroup

# Types of conversations, and what their scopes begin with.
_SCOPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def auth_test(call: Call) -> Json:
    """Who the token is. For an org-wide one the organisation stands where else the workspace does."""
    place = call.world.place(call.token)
    org_wide = isinstance(place, Enterprise)
    ends = call.token.ends
    return {
        "url": f"https://{place.domain}.{'enterprise.' if org_wide else ''}slack.com/",
        "team": place.name,
        "user": "eks-chatops",
        "team_id": place.id,
        "user_id": place.bot_user_id,
        "bot_id": place.bot_id,
        **({"enterprise_id": call.token.enterprise_id} if call.token.enterprise_id else {}),
        "is_enterprise_install": org_wide,
        **({"expires_in": int(ends - call.world.clock.now())} if ends is not None else {}),
    }


def team_info(call: Call) -> Json:
    team, organisation = call.team, call.team.enterprise
    named = {"enterprise_id": organisation.id, "enterprise_name": organisation.name} if organisation else {}
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, **named}}


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
    return page(call, "members", members)


def usergroups_list(call: Call) -> Json:
    groups = [group for group in call.team.usergroups if not group.disabled or call.flag("include_disabled")]
    return {"usergroups": [_usergroup(call, group) for group in groups]}


def _usergroup(call: Call, group: Usergroup) -> Json:
    given: Json = {
        "id": group.id,
        "team_id": call.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": group.disabled,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
    given |= {"users": sorted(group.users)} if call.flag("include_users") else {}
    return given | ({"user_count": len(group.users)} if call.flag("include_count") else {})


def usergroups_users_list(call: Call) -> Json:
    wanted = call.need("usergroup")
    group = next((each for each in call.team.usergroups if each.id == wanted), None)
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": sorted(group.users)}


def page(call: Call, name: str, everything: list[Json]) -> Json:
    """A page of `limit` with a cursor to the next; the cursor is a place in the list."""
    limit, start = call.number("limit", 100), call.number("cursor")
    if not limit:
        raise Refused("invalid_limit")
    if start is None:
        raise Refused("invalid_cursor")
    end = start + limit
    following = str(end) if end < len(everything) else ""
    return {name: everything[start:end], "response_metadata": {"next_cursor": following}}


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
        if name not in _SCOPES:
            raise Refused("invalid_types")
        want_scope(call, name, "read")
    seen = [each for each in call.team.channels if kind_of(each) in wanted]
    return page(call, "channels", [_channel(each) for each in seen if not each.is_private or each.is_member])


def kind_of(channel: Channel) -> str:
    """What conversations.list calls that type of conversation."""
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def want_scope(call: Call, kind: str, right: str) -> None:
    """Raises Refused (missing_scope) without the right, `read` or `history`, to that type of conversation."""
    scope = f"{_SCOPES[kind]}:{right}"
    if scope not in call.token.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(call.token.scopes))


def conversations_info(call: Call) -> Json:
    channel = call.channel()
    want_scope(call, kind_of(channel), "read")
    return {"channel": _channel(channel)}


def conversations_members(call: Call) -> Json:
    channel = call.channel()
    want_scope(call, kind_of(channel), "read")
    bot = [call.team.bot_user_id] if channel.is_member else []
    ids: list[Json] = [{"id": each} for each in [*sorted(channel.members), *bot]]
    listed = page(call, "members", ids)
    return listed | {"members": [each["id"] for each in listed["members"]]}


def conversations_open(call: Call) -> Json:
    """The conversation of the bot with one person; groups are not played."""
    person = next((each for each in call.team.people if each.id == call.need("users")), None)
    if person is None:
        raise Refused("user_not_found")
    return {"channel": {"id": person.dm.id}}
