"""Wires the Bolt app: which workspaces it answers for, the desk behind its listeners, and the way a payload takes."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.door import Door, Verdict
from bot.metrics import Metrics
from bot.settings import Settings
from connector.workspaces import Workspaces
from handlers.access import Access
from handlers.desk import Desk
from handlers.listeners import AFTER_ACK, register
from handlers.retries import SHORT, UNREACHABLE, retries
from handlers.seal import Seal

log = logging.getLogger(__name__)

SLACK_SECONDS = 10
NOT_SET_UP = (
    "This bot is not set up for this workspace. Ask whoever runs it to add the workspace's bot token."
)


class NoWorkspace(Exception):  # noqa: N818 - a condition, as all our errors are named
    """Slack does not accept a bot token; the text names it by its place and Slack's word, never by its value."""


@dataclass(frozen=True)
class Installations:
    """The workspaces whose tokens the bot was given, by enterprise and team."""

    by_team: dict[str, AuthorizeResult] = field(repr=False)

    @classmethod
    def from_tokens(cls, client: WebClient, tokens: tuple[str, ...]) -> "Installations":
        """Asks Slack whose each token is. Raises NoWorkspace for one that Slack does not accept."""
        found = {}
        for place, token in enumerate(tokens, 1):
            which = "the bot token" if len(tokens) == 1 else f"bot token {place} of {len(tokens)}"
            try:
                said = client.auth_test(token=token)
            except SlackApiError as error:
                raise NoWorkspace(f"Slack does not accept {which}: {error.response.get('error')}.") from error
            except UNREACHABLE as error:
                raise NoWorkspace(
                    f"Slack could not be asked about {which}: {type(error).__name__}."
                ) from error
            result = AuthorizeResult.from_auth_test_response(bot_token=token, auth_test_response=said)
            org_wide = said.get("is_enterprise_install") in (True, "true")
            found[str(result.enterprise_id if org_wide else result.team_id)] = result
        return cls(found)

    def of(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        """The workspace that a payload is for; None when the bot is not installed there."""
        found = self.by_team.get(team_id or "")
        if found is not None or not enterprise_id:
            return found
        # A token of an org-wide install names the organisation where others name a team.
        return self.by_team.get(enterprise_id)


class Bot:
    """The bot without a transport: give it a payload, send what `answer` gives, then call `after`."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics()
        self.workspaces = Workspaces()
        secret = settings.signing_secret or settings.bot_tokens[0]
        self.desk = Desk(self.workspaces, Access(), Seal(secret), self.metrics.ended)
        self.metrics.watch(self.desk.load)
        self._door = Door()
        client = WebClient(
            base_url=settings.api_url,
            timeout=SLACK_SECONDS,
            retry_handlers=retries(SHORT),
        )
        self.installations = Installations.from_tokens(client, settings.bot_tokens)
        self.app = App(
            client=client,
            authorize=_authorising(self.installations),
            before_authorize=_turning_away(self.installations),
            # The transport has checked the signature before the payload's shape, which Bolt would do after it.
            request_verification_enabled=False,
            signing_secret=settings.signing_secret,
            # Listeners only ack and hand over, so the thread that received a payload runs them: no pool to exhaust.
            process_before_response=True,
            # Else Bolt logs the whole body of a payload nobody listens to.
            raise_error_for_unhandled_request=True,
        )
        self.app.error(_unhandled)
        register(self.app, self.desk)

    def answer(
        self, body: dict[str, Any], headers: dict[str, Any] | None = None
    ) -> tuple[BoltResponse, Callable[[], None]]:
        """What to send back for a payload, and what to call once it is sent. Never raises, never a 500."""
        started = time.perf_counter()
        verdict = self._door.verdict(body)
        self.metrics.arrived(verdict.value)
        if verdict is Verdict.MALFORMED:
            return BoltResponse(status=400, body="malformed payload"), _nothing
        if verdict is Verdict.AGAIN:
            return BoltResponse(status=200), _nothing
        try:
            request = BoltRequest(mode="socket_mode", body=body, headers=headers)
        except Exception as error:  # noqa: BLE001
            # Bolt looks into many more fields than we do, and trusts the shape of each.
            log.info("a payload that Bolt cannot read: %s", type(error).__name__)
            return BoltResponse(status=400, body="malformed payload"), _nothing
        response = self.app.dispatch(request)
        self.metrics.acked(time.perf_counter() - started)
        return response, request.context.get(AFTER_ACK, _nothing)

    def close(self, timeout: float) -> bool:
        """Ends what is under way within `timeout` seconds and drops all connections; False: something was cut off."""
        ended = self.desk.drain(timeout)
        self.workspaces.close()
        return ended


def _authorising(installations: Installations) -> Callable[..., Any]:
    # A function, not a method: Bolt passes arguments by name and would fill `self` too.
    def authorise(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        return installations.of(enterprise_id, team_id)

    return authorise


def _turning_away(installations: Installations) -> Callable[..., Any]:
    # Bolt would post its refusal to the response_url before it acknowledges; ours is the acknowledgement.
    def turn_away(context: BoltContext, body: dict[str, Any], next: Callable[[], Any]) -> Any:  # noqa: A002
        if body.get("type") == "url_verification" or installations.of(context.enterprise_id, context.team_id):
            return next()
        log.info("a payload for a workspace that the bot has no token for")
        return BoltResponse(status=200, body=NOT_SET_UP if "command" in body else "")

    return turn_away


def _nothing() -> None:
    """A payload that asks for nothing more."""


def _unhandled(error: Exception, body: dict[str, Any]) -> BoltResponse:
    # Errors of the work end at the desk; here ends what no listener takes, and a fault in a listener itself.
    if isinstance(error, BoltUnhandledRequestError):
        log.info("a payload that no listener takes")
        return BoltResponse(status=404, body="unhandled")
    ref = secrets.token_hex(4)
    log.error("ref=%s a listener failed: %s", ref, type(error).__name__, exc_info=error)
    # The acknowledgement of a command is the only one that Slack shows.
    said = f"This is a fault in eks-chatops itself. Whoever runs the bot finds it in the log: ref {ref}"
    return BoltResponse(status=200, body=said if "command" in body else "")
