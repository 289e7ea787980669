"""The Web API's front door: reads a request in any encoding, checks token and scope, answers as Slack does."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from playground.slack import chat, directory, oauth, views
from playground.slack.calls import Call, Refused
from playground.slack.faults import Faults
from playground.slack.log import Entry, Log
from playground.slack.state import Json, Token, World

Method = Callable[[Call], Json]

# Each method with the bot scope it needs; conversations.* look for theirs themselves, as it depends on the channel.
METHODS: dict[str, tuple[Method, str | None]] = {
    "auth.test": (directory.auth_test, None),
    "auth.revoke": (oauth.revoke, None),
    "chat.postMessage": (chat.post_message, "chat:write"),
    "chat.postEphemeral": (chat.post_ephemeral, "chat:write"),
    "chat.update": (chat.update, "chat:write"),
    "chat.delete": (chat.delete, "chat:write"),
    "conversations.info": (directory.conversations_info, None),
    "conversations.list": (directory.conversations_list, None),
    "conversations.members": (directory.conversations_members, None),
    "conversations.open": (directory.conversations_open, "im:write"),
    "team.info": (directory.team_info, "team:read"),
    "users.info": (directory.users_info, "users:read"),
    "users.list": (directory.users_list, "users:read"),
    "views.open": (views.open_view, None),
    "views.publish": (views.publish, None),
    "views.push": (views.push, None),
    "views.update": (views.update, None),
}
_SECRETS = ("token", "client_secret", "code", "access_token")


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
            entry = self._log.add("in", method, known.team_id if known else None, hidden)
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
            return {"args": arguments}
        if method == "oauth.v2.access":
            with self._world.changing():
                return self._client.access(arguments)
        if method == "apps.connections.open":
            return self._connection(token, known)
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        if not token:
            raise Refused("not_authed")
        if token == self._app_token:
            raise Refused("not_allowed_token_type")
        if known is None:
            raise Refused("invalid_auth")
        if known.gone:
            raise Refused(known.gone)
        act, scope = METHODS[method]
        if scope and scope not in known.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(known.scopes))
        team = self._world.team(known.team_id)
        with self._world.changing():
            return act(Call(method, arguments, known, team, self._world, self._faults))

    def _connection(self, token: str | None, known: Token | None) -> Json:
        if not token:
            raise Refused("not_authed")
        if known:
            raise Refused("not_allowed_token_type")
        if token != self._app_token:
            raise Refused("invalid_auth")
        return {"url": self._open_socket()}


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
