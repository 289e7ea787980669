"""The pages through which people install the app in their own workspace: Slack's OAuth v2, by slack_bolt's flow.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import html
import logging
import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from flask import Request, Response
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.flask.handler import to_bolt_request, to_flask_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import Installation

from bot.grants import STATE_SECONDS, GrantStore, StateStore
from bot.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.settings import Settings
from connector.errors import StateAway
from handlers.grammar import COMMAND
from handlers.retries import UNREACHABLE

log = logging.getLogger(__name__)

# Relative: whatever stands before the paths in the bot's public address stays there.
_AGAIN = f'<a href="{INSTALL_PATH.rpartition("/")[2]}">Begin again</a>.'
# Reasons are Slack's words, but whoever makes a link chooses what stands there.
_TEAM = re.compile(r"[TE][A-Z0-9]{1,30}")
_REASON = re.compile(r"[a-z_]{1,60}")
_WHY = {
    "access_denied": "It was cancelled, or an admin of your workspace has to approve it first.",
    "invalid_browser": (
        "This page was opened in another browser than the one it began in, or it was reloaded; or the page before it"
        " was not reached over https."
    ),
    "invalid_state": "It took longer than ten minutes, or was done already.",
    "missing_code": "Slack's answer is not complete.",
    "invalid_code": "Slack does not accept its own answer any more: it was used already, or took too long.",
}
# The address holds Slack's code: nothing keeps it, and no other site hears of it.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class OAuth:
    """Two pages: one sends a person to Slack, the other takes what Slack sends them back with."""

    def __init__(
        self, settings: Settings, slack: WebClient, store: GrantStore, on_installed: Callable[[], None]
    ) -> None:
        """`on_installed` is called once an installation is kept."""
        self._on_installed = on_installed
        self._flow = OAuthFlow(
            client=slack,
            settings=OAuthSettings(
                client_id=settings.client_id,
                client_secret=settings.client_secret,
                scopes=SCOPES,
                user_scopes=(),
                install_path=INSTALL_PATH,
                install_page_rendering_enabled=False,
                redirect_uri_path=REDIRECT_PATH,
                callback_options=CallbackOptions(success=self._installed, failure=_not_installed),
                authorization_url=urljoin(settings.api_url, "/oauth/v2/authorize"),
                installation_store=store,
                state_store=StateStore(store.engine),
                state_expiration_seconds=STATE_SECONDS,
            ),
        )

    def install(self, request: Request) -> Response:
        """Sends the person to Slack, with a state that their browser and the database remember."""
        # Whatever else the address holds would be copied into Slack's.
        team = request.args.get("team", "")
        query = {"team": team} if _TEAM.fullmatch(team) else {}
        return _answered(lambda: self._flow.handle_installation(BoltRequest(body="", query=query)))

    def redirect(self, request: Request) -> Response:
        """Takes them back: checks the state, trades the code for the token, and keeps it."""
        return _answered(lambda: self._flow.handle_callback(to_bolt_request(request)))

    def _installed(self, given: SuccessArgs) -> BoltResponse:
        one = given.installation
        log.info(
            "installed in %s by %s",
            one.team_id if not one.is_enterprise_install else one.enterprise_id,
            one.user_id,
        )
        try:
            self._on_installed()
        except StateAway:
            log.warning("the installation is kept, and used once the database answers")
        return _page(200, "EKS is installed", *_next_steps(one))


def _answered(handle: Callable[[], BoltResponse]) -> Response:
    try:
        answer = handle()
    except StateAway as away:
        log.warning("not installed: %s", away.what)
        answer = _page(
            503, "EKS is not installed", "The bot's memory is out of reach. Try again in a minute.", _AGAIN
        )
    except UNREACHABLE as error:
        log.warning("not installed: Slack did not answer (%s)", type(error).__name__)
        answer = _page(
            502, "EKS is not installed", "Slack did not answer the bot. Try again in a minute.", _AGAIN
        )
    response = to_flask_response(answer)
    response.headers.update(_HEADERS)
    return response


def _not_installed(given: FailureArgs) -> BoltResponse:
    reason = given.reason if _REASON.fullmatch(given.reason) else "unknown"
    log.info("not installed: %s", reason)
    why = _WHY.get(reason, f"Slack says: {reason}.")
    return _page(given.suggested_status_code, "EKS is not installed", html.escape(why), _AGAIN)


def _next_steps(one: Installation) -> tuple[str, ...]:
    if not one.is_enterprise_install:
        name = html.escape(one.team_name or "your workspace")
        return (f"In {name}, type <code>{COMMAND}</code> in any channel.",)
    name = html.escape(one.enterprise_name or "your organisation")
    where = urlsplit(one.enterprise_url or "")
    if where.scheme != "https" or not one.app_id:
        return (f"An admin of {name} now adds it to workspaces.",)
    link = f"{one.enterprise_url}manage/organization/apps/profile/{one.app_id}/workspaces/add"
    return (f'<a href="{html.escape(link)}">Add it to workspaces of {name}</a>.',)


def _page(status: int, title: str, *lines: str) -> BoltResponse:
    """A page of plain HTML; `lines` are HTML already."""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><main><h1>{title}</h1>{''.join(f'<p>{line}</p>' for line in lines)}</main></body></html>"
    )
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
