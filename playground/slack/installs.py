"""Where the app is installed and with which tokens: given, refreshed, ended and taken away.

As docs.slack.dev/authentication/using-token-rotation and docs.slack.dev/enterprise tell it.
"""

from dataclasses import dataclass

from playground.slack.calls import Call, Refused
from playground.slack.records import Enterprise, Json, RefreshToken, Team, Token
from playground.slack.state import World

LIFETIME = 43_200
ACTIVE_TOKENS = 2
# How long a refresh token that was used is still good; Slack tells of a short time, not how short.
GRACE_SECONDS = 60.0


@dataclass(frozen=True)
class Grant:
    """The tokens of one installation or refresh; without rotation there is no refresh token."""

    access_token: str
    refresh_token: str | None

    def json(self) -> Json:
        """The fields of oauth.v2.access that hold them."""
        rotation = {"refresh_token": self.refresh_token, "expires_in": LIFETIME} if self.refresh_token else {}
        return {"access_token": self.access_token, "token_type": "bot", **rotation}


def install(world: World, place: Team | Enterprise, scopes: tuple[str, ...], rotates: bool) -> Grant:
    """Give the bot its token: the one it has with scopes added, a new one when that is gone or tokens rotate.

    Raises Refused for a workspace that has the app from its organisation.
    """
    if isinstance(place, Team) and place.org_wide:
        raise Refused("cannot_install_an_org_installed_app")
    token = world.tokens.get(place.bot_token)
    if token and token.gone is None:
        scopes = token.scopes = tuple(dict.fromkeys((*token.scopes, *scopes)))
        if not rotates:
            return Grant(place.bot_token, None)
    return _grant(world, place, scopes, rotates)


def _grant(world: World, place: Team | Enterprise, scopes: tuple[str, ...], rotates: bool) -> Grant:
    team_id = place.id if isinstance(place, Team) else None
    organisation = place.enterprise if isinstance(place, Team) else place
    enterprise_id = organisation.id if organisation else None
    refresh_token = None
    if rotates:
        place.bot_token = f"xoxe.xoxb-1-{world.secret(166)}"
        refresh_token = f"xoxe-1-{world.secret(147)}"
        world.refresh_tokens[refresh_token] = RefreshToken(team_id, enterprise_id)
    else:
        number = world.secret(12, "123456789")
        place.bot_token = f"xoxb-{number}-{number[::-1]}-{world.secret(24)}"
    ends = world.clock.now() + LIFETIME if rotates else None
    world.tokens[place.bot_token] = Token(team_id, scopes, None, enterprise_id, ends)
    if isinstance(place, Enterprise):
        for team in world.workspaces(place):
            if not team.org_wide:  # what was installed there alone gives way
                _end(world, team, "token_revoked")
            team.bot_token, team.org_wide = place.bot_token, True
    return Grant(place.bot_token, refresh_token)


def refresh(world: World, refresh_token: str) -> tuple[Team | Enterprise, Grant]:
    """New tokens for a refresh token, which is good once and for a short while after.

    The old token stays good until its time, but of three the oldest ends. Raises Refused.
    """
    now = world.clock.now()
    known = world.refresh_tokens.get(refresh_token)
    if known is None or (known.used is not None and now - known.used > GRACE_SECONDS):
        raise Refused("invalid_refresh_token")
    known.used = now if known.used is None else known.used
    place = world.place(known)
    grant = _grant(world, place, world.tokens[place.bot_token].scopes, rotates=True)
    active = [token for token in _tokens(world, place) if gone(world, token) is None]
    for token in active[:-ACTIVE_TOKENS]:
        token.gone = "token_revoked"
    return place, grant


def _tokens(world: World, place: Team | Enterprise) -> list[Token]:
    """All tokens that an installation was given, the oldest first."""
    return [token for token in world.tokens.values() if world.place(token) is place]


def gone(world: World, token: Token) -> str | None:
    """The word that a call with this token is answered with, or None while it is good."""
    if token.gone is None and token.ends is not None and world.clock.now() >= token.ends:
        return "token_expired"
    return token.gone


def revoke(call: Call) -> Json:
    """auth.revoke: one token of several when tokens rotate; else the whole installation goes with it."""
    if not call.flag("test"):
        if call.token.ends is not None:
            call.token.gone = "token_revoked"
        else:
            uninstall(call.world, call.world.place(call.token), "token_revoked")
    return {"revoked": not call.flag("test")}


def uninstall(world: World, place: Team | Enterprise, word: str) -> None:
    """Take every token of an installation away; calls with them are answered with `word` from now on."""
    with world.changing():
        _end(world, place, word)
        if isinstance(place, Enterprise):
            for team in world.workspaces(place):
                team.org_wide = False
    world.on_uninstall(place)


def _end(world: World, place: Team | Enterprise, word: str) -> None:
    for token in _tokens(world, place):
        token.gone = token.gone or word
    kept = world.refresh_tokens.items()
    world.refresh_tokens = {name: token for name, token in kept if world.place(token) is not place}
