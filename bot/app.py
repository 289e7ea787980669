"""Puts the bot together from its parts, and leads a payload through them: door, workspace, listener, work."""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from sqlalchemy import Engine

from bot.database import Database
from bot.door import Door, Verdict
from bot.installations import Installations, TokenEnded
from bot.logs import scrubbed
from bot.metrics import Metrics
from bot.refusal import NOT_SET_UP, in_words, nothing, refusal
from bot.settings import Settings
from bot.tokens import Given
from connector.connector import EKSConnector
from connector.errors import StateAway
from connector.saved import SavedRecords
from connector.watching import Budget
from connector.workspaces import WorkspaceKey, Workspaces
from handlers import departure
from handlers.access import Access
from handlers.claims import Claims
from handlers.clients import Client
from handlers.defaults import Defaults
from handlers.desk import Desk
from handlers.following import Follows
from handlers.listeners import AFTER_ACK, register
from handlers.policy import Policy, PolicyFile
from handlers.retries import SHORT, retries
from handlers.seal import Seal
from handlers.snapshots import Snapshots
from handlers.sweeper import Sweeper
from handlers.together import Together
from handlers.trail import Trail

if TYPE_CHECKING:
    from bot.oauth import OAuth

log = logging.getLogger(__name__)

SLACK_SECONDS = 10
# The key of a Bolt context under which the workspace's installation stands.
_INSTALLED = "installed"


class Bot:
    """The bot without a transport: give it a payload, send what `answer` gives, then call `after`.

    Making one sets up the database and asks Slack about the tokens that were given. Raises NoWorkspace, and BadDatabase
    or StateAway, which are Failures.
    """

    def __init__(self, settings: Settings) -> None:
        slack = Client(base_url=settings.api_url, timeout=SLACK_SECONDS, retry_handlers=retries(SHORT))
        replica = f"{socket.gethostname()}-{os.getpid()}"
        seal = Seal(settings.app_secret)
        self.metrics = Metrics()
        self.database = Database.open(settings.database_url or None)
        self.database.migrate()
        engine = self.database.engine
        self._budget = Budget(settings.watch_rows)
        self.workspaces = Workspaces(_connecting(settings, engine, self.metrics, self._budget))
        self.installations, self.oauth = self._installed(settings, slack)
        policy = _policy(settings, self.installations)
        together = Together(engine)
        claims = Claims(engine, seal, replica, together=together)
        self._trail = Trail(
            engine,
            replica,
            days=settings.audit_days,
            scrub=partial(scrubbed, secrets=settings.secrets),
            together=together,
        )
        self.desk = Desk(
            self.workspaces,
            Access(policy),
            seal,
            self.metrics.ended,
            claims=claims,
            trail=self._trail,
            defaults=Defaults(engine),
            # By itself: a list may have a megabyte, and nobody who waits for a claim waits for that.
            snapshots=Snapshots(engine),
            follows=Follows(engine),
        )
        self._sweeper = Sweeper(self.desk, claims, self._trail, self.installations.slack_of)
        self._watched(policy)
        self._door = Door()
        self.app = _bolt(slack, self.installations)
        register(self.app, self.desk)
        departure.register(self.app, self.installations.doubt)
        self.installations.start()
        self._sweeper.start()

    def _installed(self, settings: Settings, slack: WebClient) -> tuple[Installations, "OAuth | None"]:
        # What goes when the app leaves a workspace; the audit stays.
        engine = self.database.engine
        on_gone = (
            self.workspaces.forget,
            Defaults(engine).forget,
            Snapshots(engine).forget,
            Follows(engine).forget,
        )
        if not settings.oauth:
            return Installations(Given(slack, settings.bot_tokens), slack, on_gone), None
        # What only some bots need is imported by those: it takes its time.
        from slack_sdk.oauth.token_rotation import TokenRotator  # noqa: PLC0415

        from bot.granted import Granted  # noqa: PLC0415
        from bot.grants import GrantStore, seal_of  # noqa: PLC0415
        from bot.oauth import OAuth  # noqa: PLC0415

        seal = seal_of(settings.client_secret, settings.credentials_keys)
        store = GrantStore(self.database.engine, settings.client_id, seal)
        rotator = TokenRotator(
            client_id=settings.client_id, client_secret=settings.client_secret, client=slack
        )
        installations = Installations(Granted(store, rotator), slack, on_gone, verify=True)
        return installations, OAuth(settings, slack, store, installations.read)

    def answer(
        self, body: dict[str, Any], headers: dict[str, Any] | None = None
    ) -> tuple[BoltResponse, Callable[[], None]]:
        """What to send back for a payload, and what to call once it is sent. Never raises, never a 500."""
        started = time.perf_counter()
        verdict = self._door.verdict(body)
        self.metrics.arrived(verdict.value)
        if verdict is Verdict.MALFORMED:
            return BoltResponse(status=400, body="malformed payload"), nothing
        if verdict is Verdict.AGAIN:
            return BoltResponse(status=200), nothing
        try:
            request = BoltRequest(mode="socket_mode", body=body, headers=headers)
        except Exception as error:  # noqa: BLE001
            # Bolt looks into many more fields than we do, and trusts the shape of each.
            log.info("a payload that Bolt cannot read: %s", type(error).__name__)
            return BoltResponse(status=400, body="malformed payload"), nothing
        response = self.app.dispatch(request)
        self.metrics.acked(time.perf_counter() - started)
        return response, request.context.get(AFTER_ACK, nothing)

    def close(self, timeout: float) -> bool:
        """Ends what is under way within `timeout` seconds and drops all connections; False: something was cut off."""
        until = time.monotonic() + timeout
        ended = self.desk.drain(timeout)
        self._sweeper.stop(max(0.0, until - time.monotonic()))
        self.installations.stop()
        self.workspaces.close()
        written = self._trail.close(max(0.0, until - time.monotonic()))
        self.database.close()
        return ended and written

    def _watched(self, policy: Callable[[], Policy]) -> None:
        """Shows in the metrics what the process stands on."""
        self.metrics.watch(self.desk.load)
        self.metrics.watch_pool("entry", self.desk.entry)
        self.metrics.watch_pool("front", self.desk.front)
        self.metrics.watch_pool("lanes", self.desk.lanes)
        self.metrics.watch_state(
            connections=lambda: self.workspaces.load()["open"],
            database_up=lambda: self._sweeper.has_database,
            policy_broken=lambda: bool(policy().broken),
            trail_waiting=self._trail.waiting,
            watching=self._budget.load,
        )


def _connecting(
    settings: Settings, engine: Engine, metrics: Metrics, budget: Budget
) -> Callable[[WorkspaceKey], EKSConnector]:
    """How each workspace's connector is made. Raises BadVault, and StateAway, for the store of credentials."""
    store = None
    if settings.credentials_url:
        from bot.vault import RedisVault  # noqa: PLC0415

        store = RedisVault.open(settings.credentials_url, settings.credentials_keys)

    def build(key: WorkspaceKey) -> EKSConnector:
        vault = store.of(key) if store else None
        return EKSConnector(SavedRecords(engine, key), vault, on_call=metrics.called, budget=budget)

    return build


def _bolt(slack: WebClient, installations: Installations) -> App:
    app = App(
        client=slack,
        authorize=_authorise,
        before_authorize=_finding_its_workspace(installations),
        # The transport has checked the signature before the payload's shape, which Bolt would do after it.
        request_verification_enabled=False,
        # Listeners only ack and hand over, so the thread that received a payload runs them: no pool to exhaust.
        process_before_response=True,
        # Else Bolt logs the whole body of a payload nobody listens to.
        raise_error_for_unhandled_request=True,
    )
    app.error(_unhandled)
    return app


def _authorise(context: BoltContext) -> AuthorizeResult:
    return context[_INSTALLED].authorized()  # type: ignore[no-any-return]


def _finding_its_workspace(installations: Installations) -> Callable[..., Any]:
    # Bolt would post its refusal to the response_url before it acknowledges; ours is the acknowledgement.
    def find(context: BoltContext, body: dict[str, Any], next: Callable[[], Any]) -> Any:  # noqa: A002
        event = body.get("event")
        leaving = isinstance(event, dict) and event.get("type") in departure.EVENTS
        if body.get("type") == "url_verification" or leaving:
            return next()
        try:
            # A payload names the workspace of the person's own app, wherever the channel belongs to.
            found = installations.of(context.enterprise_id, context.team_id, context.is_enterprise_install)
        except (StateAway, TokenEnded) as failure:
            log.warning("a payload is turned away: %s", failure.what)
            said = in_words(failure)
        else:
            if found is not None:
                context[_INSTALLED] = found
                # Bolt makes one of slack_sdk's for each payload.
                context["client"] = installations.speaking_for(found, context.team_id)
                return next()
            log.info("a payload for a workspace that the app is not installed in")
            said = NOT_SET_UP
        response, context[AFTER_ACK] = refusal(body, said)
        return response

    return find


def _policy(settings: Settings, installations: Installations) -> Callable[[], Policy]:
    """What gives the policy of the moment. Raises BadPolicy."""
    if settings.policy_file:
        return PolicyFile(settings.policy_file).current
    if settings.oauth or len(settings.bot_tokens) > 1:
        return Policy.closed

    def of_one_token() -> Policy:
        # An org-wide install has no team: it stands for many workspaces.
        org_wide = any(found.workspace.team_id is None for found in installations.installed())
        return Policy.closed() if org_wide else Policy.open()

    return of_one_token


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
