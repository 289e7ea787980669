"""The Web API's front door: reads a request in any encoding, checks token and scope, answers as Slack does."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from playground.slack import chat, directory, files, installs, oauth, threads, views
from playground.slack.calls import Call, Refused, workspace_of
from playground.slack.faults import Faults
from playground.slack.log import Entry, Log
from playground.slack.records import Json, Token
from playground.slack.state import World

Method = Callable[[Call], Json]

# Each method with the bot scope it needs; conversations.* look for theirs themselves, as it depends on the channel.
METHODS: dict[str, tuple[Method, str | None]] = {
    "auth.test": (directory.auth_test, None),
    "auth.revoke": (installs.revoke, None),
    "chat.postMessage": (chat.post_message, "chat:write"),
    "chat.postEphemeral": (chat.post_ephemeral, "chat:write"),
    "chat.update": (chat.update, "chat:write"),
    "chat.delete": (chat.delete, "chat:write"),
    "conversations.info": (directory.conversations_info, None),
    "conversations.list": (directory.conversations_list, None),
    "conversations.members": (directory.conversations_members, None),
    "conversations.open": (directory.conversations_open, "im:write"),
    "conversations.replies": (threads.replies, None),
    "files.completeUploadExternal": (files.complete_upload, "files:write"),
    "files.getUploadURLExternal": (files.get_upload_url, "files:write"),
    "files.info": (files.info, "files:read"),
    "team.info": (directory.team_info, "team:read"),
    "usergroups.list": (directory.usergroups_list, "usergroups:read"),
    "usergroups.users.list": (directory.usergroups_users_list, "usergroups:read"),
    "users.info": (directory.users_info, "users:read"),
    "users.list": (directory.users_list, "users:read"),
    "views.open": (views.open_view, None),
    "views.publish": (views.publish, None),
    "views.push": (views.push, None),
    "views.update": (views.update, None),
}
# Those that want `team_id` of an org-wide token.
_NAMING_TEAM = ("conversations.list", "usergroups.list", "usergroups.users.list", "users.list")
_SECRETS = ("token", "client_secret", "code", "access_token", "refresh_token", "upload_url")


class WebApi:
    """Serves /api/{method}. `open_socket` makes a Socket Mode address; `app_token` is the one that may ask for it."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        log: Log,
        *,
        app_token: str,
        client: oauth.Client,
        open_socket: Callable[[], str],
    ) -> None:
        self._world = world
        self._faults = faults
        self._log = log
        self._app_token = app_token
        self._client = client
        self._open_socket = open_socket
        self._methods = METHODS | {"apps.uninstall": (client.uninstall, None)}

    async def serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        entry: Entry | None = None
        headers: dict[str, str] = {}
        answer: Json
        status = 200
        try:
            arguments, token = await _read(request)
            known = self._world.tokens.get(token or "")
            hidden = {name: value for name, value in arguments.items() if name not in _SECRETS}
            entry = self._log.add("in", method, _home(known), hidden)
            await asyncio.sleep(self._faults.seconds_for(method))
            if known:
                headers["x-oauth-scopes"] = ",".join(known.scopes)
            if planned := self._faults.next_for(method):
                error, retry_after = planned
                if retry_after:
                    status, headers["Retry-After"] = 429, str(retry_after)
                raise Refused(error)
            answer = {"ok": True} | self._answer(method, arguments, token, known)
        except Refused as refused:
            answer = {"ok": False, "error": refused.error} | refused.more
            if entry:
                entry.faults = refused.more.get("response_metadata", {}).get("messages", [])
        if entry:
            entry.answer = {name: value for name, value in answer.items() if name not in _SECRETS}
        return web.json_response(answer, status=status, headers=headers)

    def _answer(self, method: str, arguments: Json, token: str | None, known: Token | None) -> Json:
        if method == "api.test":
            if error := arguments.get("error"):
                raise Refused(str(error), args=arguments)
            return {"args": arguments}
        if method == "oauth.v2.access":
            with self._world.changing():
                return self._client.access(arguments)
        if method == "apps.connections.open":
            return self._connection(token, known)
        if method not in self._methods:
            raise Refused("unknown_method", req_method=method)
        if not token:
            raise Refused("not_authed")
        if token == self._app_token:
            raise Refused("not_allowed_token_type")
        if known is None:
            raise Refused("invalid_auth")
        if word := installs.gone(self._world, known):
            raise Refused(word)
        act, scope = self._methods[method]
        if scope and scope not in known.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(known.scopes))
        with self._world.changing():
            team = workspace_of(self._world, known, arguments, named=method in _NAMING_TEAM)
            return act(Call(method, arguments, known, team, self._world, self._faults))

    def _connection(self, token: str | None, known: Token | None) -> Json:
        if not token:
            raise Refused("not_authed")
        if known:
            raise Refused("not_allowed_token_type")
        if token != self._app_token:
            raise Refused("invalid_auth")
        return {"url": self._open_socket()}


def _home(known: Token | None) -> str | None:
    """The workspace a token is of, or the organisation."""
    return known.team_id or known.enterprise_id if known else None


async def _read(request: web.Request) -> tuple[Json, str | None]:
    """The arguments, from the query and the body, and the token, from the header or the arguments."""
    arguments: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            arguments |= _object(await request.read())
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            arguments |= {
                name: value for name, value in (await request.post()).items() if isinstance(value, str)
            }
        elif request.body_exists:
            raise Refused("invalid_post_type")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":  # client id and secret, for oauth.v2.access
        arguments |= oauth.basic(token)
        return arguments, None
    given = arguments.pop("token", None)
    return arguments, token.strip() or (given if isinstance(given, str) else None)


def _object(body: bytes) -> Json:
    try:
        value: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused("invalid_json") from None
    if not isinstance(value, dict):
        raise Refused("json_not_object")
    return value
