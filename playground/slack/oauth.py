"""The app as OAuth's client: the page that asks a person, and the code that is traded for tokens."""

import base64
import binascii
import html
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from playground.slack import installs
from playground.slack.calls import Call, Refused
from playground.slack.records import Enterprise, Json, Team
from playground.slack.state import World

CODE_SECONDS = 600.0


@dataclass
class _Code:
    """What a person has agreed to, until the app fetches the token for it."""

    place: Team | Enterprise
    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str | None
    created: float
    used: bool = False


class Client:
    """The app's id and secret, and the codes given for it.

    `org_ready`: it may be installed for a whole organisation; `rotates`: its tokens end and are refreshed.
    """

    def __init__(
        self, world: World, client_id: str, client_secret: str, *, org_ready: bool, rotates: bool
    ) -> None:
        self.id = client_id
        self.secret = client_secret
        self.rotates = rotates
        self._org_ready = org_ready
        self._world = world
        self._codes: dict[str, _Code] = {}

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """The page that asks a person; with `decision` (and `user`) it sends them back, as a press on a button does.

        With `org` the person decides for their organisation.
        """
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
            place = person.team.enterprise if "org" in asked and self._org_ready else person.team
            if place is None or ("org" in asked and place is person.team):
                return web.Response(status=400, text="This app cannot be installed for an organisation")
            code = self._world.secret(40, "0123456789abcdef")
            scopes = tuple(scope for scope in asked.get("scope", "").split(",") if scope)
            self._codes[code] = _Code(place, person.id, scopes, redirect_uri, self._world.clock.now())
            back = {"code": code}
        back["state"] = asked.get("state", "")
        joint = "&" if urlsplit(redirect_uri).query else "?"
        return web.Response(status=302, headers={"Location": f"{redirect_uri}{joint}{urlencode(back)}"})

    def _page(self, request: web.Request) -> str:
        choices = [({"decision": "deny"}, "Cancel")]
        for person in (person for team in self._world.teams for person in team.people):
            allow = {"decision": "allow", "user": person.id}
            choices.append((allow, f"Allow, as {person.name} of {person.team.name}"))
            if self._org_ready and person.team.enterprise:
                name = person.team.enterprise.name
                choices.append((allow | {"org": "1"}, f"Allow for all of {name}, as {person.name}"))
        links = [
            f'<p><a href="{html.escape(str(request.rel_url.update_query(choice)))}">{html.escape(label)}</a></p>'
            for choice, label in choices
        ]
        return "<!doctype html><title>Install eks-chatops</title>" + "".join(links)

    def access(self, arguments: Json) -> Json:
        """The answer of oauth.v2.access. Raises Refused."""
        if arguments.get("client_id") != self.id:
            raise Refused("invalid_client_id")
        if arguments.get("client_secret") != self.secret:
            raise Refused("bad_client_secret")
        match arguments.get("grant_type") or "authorization_code":
            case "refresh_token":
                place, grant = installs.refresh(self._world, str(arguments.get("refresh_token")))
                return self._answer(place, grant)
            case "authorization_code":
                code = self._take(arguments)
                grant = installs.install(self._world, code.place, code.scopes, self.rotates)
                return self._answer(code.place, grant) | {"authed_user": {"id": code.user_id}}
        raise Refused("invalid_grant_type")

    def _take(self, arguments: Json) -> _Code:
        code = self._codes.get(str(arguments.get("code")))
        if code is None or self._world.clock.now() - code.created > CODE_SECONDS:
            raise Refused("invalid_code")
        if code.used:
            raise Refused("code_already_used")
        if arguments.get("redirect_uri") not in (None, "", code.redirect_uri):
            raise Refused("bad_redirect_uri")
        code.used = True
        return code

    def _answer(self, place: Team | Enterprise, grant: installs.Grant) -> Json:
        organisation = place if isinstance(place, Enterprise) else place.enterprise
        return {
            **grant.json(),
            "scope": ",".join(self._world.tokens[grant.access_token].scopes),
            "bot_user_id": place.bot_user_id,
            "app_id": self._world.app_id,
            "team": {"id": place.id, "name": place.name} if isinstance(place, Team) else None,
            "enterprise": {"id": organisation.id, "name": organisation.name} if organisation else None,
            "is_enterprise_install": isinstance(place, Enterprise),
        }

    def uninstall(self, call: Call) -> Json:
        """apps.uninstall, which wants the app's id and secret beside its token."""
        if call.text("client_id") != self.id:
            raise Refused("invalid_client_id")
        if call.text("client_secret") != self.secret:
            raise Refused("bad_client_secret")
        installs.uninstall(self._world, self._world.place(call.token), "account_inactive")
        return {}


def basic(credentials: str) -> Json:
    """Client id and secret of an Authorization: Basic header; nothing when it cannot be read."""
    try:
        client, _, secret = base64.b64decode(credentials).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": client, "client_secret": secret}
