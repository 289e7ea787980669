"""Installing and uninstalling the app: OAuth v2's authorize page, the code for a token, and revocation."""

import base64
import binascii
import html
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from playground.slack.calls import Call, Refused
from playground.slack.state import Json, Team, Token, World

CODE_SECONDS = 600.0


@dataclass
class _Code:
    """What a person has agreed to, until the app fetches the token for it."""

    team_id: str
    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str | None
    created: float
    used: bool = False


class Client:
    """The app as OAuth's client: its id and secret, and the codes given for it."""

    def __init__(self, world: World, client_id: str, client_secret: str) -> None:
        self.id = client_id
        self.secret = client_secret
        self._world = world
        self._codes: dict[str, _Code] = {}

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """The page that asks a person; with `decision` (and `user`) it sends them back, as a press on a button does."""
        asked = request.query
        redirect_uri = asked.get("redirect_uri")
        if asked.get("client_id") != self.id:
            return web.Response(status=400, text="invalid_client_id")
        if redirect_uri is None or urlsplit(redirect_uri).scheme not in ("http", "https"):
            return web.Response(status=400, text="bad_redirect_uri")
        if "decision" not in asked:
            return web.Response(text=self._page(request), content_type="text/html")
        person = self._world.person(asked.get("user", ""))
        if asked["decision"] != "allow" or person is None:
            back = {"error": "access_denied"}
        else:
            code = self._world.secret(40, "0123456789abcdef")
            scopes = tuple(scope for scope in asked.get("scope", "").split(",") if scope)
            self._codes[code] = _Code(
                person.team.id, person.id, scopes, redirect_uri, self._world.clock.now()
            )
            back = {"code": code}
        back["state"] = asked.get("state", "")
        joint = "&" if urlsplit(redirect_uri).query else "?"
        return web.Response(status=302, headers={"Location": f"{redirect_uri}{joint}{urlencode(back)}"})

    def _page(self, request: web.Request) -> str:
        choices = [("deny", "", "Cancel")]
        for team in self._world.teams:
            choices += [
                ("allow", person.id, f"Allow, as {person.name} of {team.name}") for person in team.people
            ]
        links = [
            f'<p><a href="{html.escape(str(request.rel_url.update_query(decision=decision, user=user)))}">'
            f"{html.escape(label)}</a></p>"
            for decision, user, label in choices
        ]
        return "<!doctype html><title>Install eks-chatops</title>" + "".join(links)

    def access(self, arguments: Json) -> Json:
        """The answer of oauth.v2.access. Raises Refused."""
        if arguments.get("client_id") != self.id:
            raise Refused("invalid_client_id")
        if arguments.get("client_secret") != self.secret:
            raise Refused("bad_client_secret")
        code = self._codes.get(str(arguments.get("code")))
        if code is None or self._world.clock.now() - code.created > CODE_SECONDS:
            raise Refused("invalid_code")
        if code.used:
            raise Refused("code_already_used")
        if arguments.get("redirect_uri") not in (None, "", code.redirect_uri):
            raise Refused("bad_redirect_uri")
        code.used = True
        team = self._world.team(code.team_id)
        install(self._world, team, code.scopes)
        return {
            "access_token": team.bot_token,
            "token_type": "bot",
            "scope": ",".join(self._world.tokens[team.bot_token].scopes),
            "bot_user_id": team.bot_user_id,
            "app_id": self._world.app_id,
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "authed_user": {"id": code.user_id},
            "is_enterprise_install": False,
        }


def basic(credentials: str) -> Json:
    """Client id and secret of an Authorization: Basic header; nothing when it cannot be read."""
    try:
        client, _, secret = base64.b64decode(credentials).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client, "client_secret": secret}


def install(world: World, team: Team, scopes: tuple[str, ...]) -> None:
    """Give the workspace's bot its token: the one it has with scopes added, a new one after it was taken away."""
    token = world.tokens.get(team.bot_token)
    if token and token.gone is None:
        token.scopes = tuple(dict.fromkeys((*token.scopes, *scopes)))
        return
    number = world.secret(12, "123456789")
    team.bot_token = f"xoxb-{number}-{number[::-1]}-{world.secret(24)}"
    world.tokens[team.bot_token] = Token(team.id, scopes)


def revoke(call: Call) -> Json:
    """auth.revoke of a bot's token, which takes the app out of the workspace."""
    if not call.flag("test"):
        uninstall(call.world, call.team, "token_revoked")
    return {"revoked": not call.flag("test")}


def uninstall(world: World, team: Team, word: str) -> None:
    """Take the bot's token away; calls with it are answered with `word` from now on."""
    with world.changing():
        world.tokens[team.bot_token].gone = word
    world.on_uninstall(team)
