"""Where the app is installed, and which token is for whom: of tokens that the bot was given, or by OAuth.

A payload's workspace is found in memory, so that no acknowledgement waits for a database or for Slack. A thread keeps
that memory up to date: it reads what other replicas have changed, renews tokens before they end, and takes away
what belonged to a workspace that Slack says the app has left.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.tokens import RENEW_SECONDS, Installed, Source, named
from connector.errors import Failure, StateAway
from connector.workspaces import WorkspaceKey
from handlers.retries import UNREACHABLE

log = logging.getLogger(__name__)

# What another replica installs, renews or removes is noticed after this long at the latest.
LOOK_SECONDS = 30.0
# After the database did not answer, nobody waits for it again for this long.
_PAUSE_SECONDS = 1.0
# How long a payload of an unknown workspace waits for its turn to look; it must be acknowledged within 3 seconds.
_PATIENCE_SECONDS = 1.0
# What Slack says of a token whose app is gone. Others, like invalid_auth, may have causes that pass.
_GONE = frozenset({"account_inactive", "token_revoked"})
_EXPIRED = "token_expired"


class TokenEnded(Failure):
    """The workspace's token is over and not renewed yet."""


@dataclass(frozen=True)
class _Doubt:
    """A reason to ask Slack whether the app is still in a workspace."""

    enterprise_id: str | None
    team_id: str | None
    org_wide: bool
    # Slack itself told of it, by an event.
    told: bool


class Installations:
    """The workspaces that the app is in. Safe under threads; `start` and `stop` once each.

    `on_gone` is called for a workspace that the app has left, with all that belongs to it still to be removed, on every
    replica; what it raises as Failure is tried again. `verify` asks Slack once about each: a workspace may have
    left while nobody listened.
    """

    def __init__(
        self,
        source: Source,
        client: WebClient,
        on_gone: Sequence[Callable[[WorkspaceKey], None]] = (),
        *,
        verify: bool = False,
    ) -> None:
        self._source = source
        self._client = client
        self._on_gone = on_gone
        self._verify = verify
        self._known: dict[WorkspaceKey, Installed] = {}
        self._by_team: dict[str, Installed] = {}
        # Whoever reads the source replaces what is known: one at a time, so that nothing older comes last.
        self._reading = threading.Lock()
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._doubts: set[_Doubt] = set()
        self._left: set[WorkspaceKey] = set()
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="installations", daemon=True)

    def start(self) -> None:
        """Reads what there is, and keeps it up to date from now on; a database that is away is waited for."""
        try:
            self.read()
        except StateAway as away:
            log.warning("installations are not known yet: %s", away.what)
        self._woken.set()
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; a call to Slack that is under way is not waited for longer than 2 seconds."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def installed(self) -> tuple[Installed, ...]:
        """All installations that are known here."""
        return tuple(self._known.values())

    def of(
        self, enterprise_id: str | None, team_id: str | None, org_wide: bool | None = False
    ) -> Installed | None:
        """The installation that a payload is for; None when the app is not installed there.

        Of memory, but for a workspace that is not known yet: then the database is asked. Raises StateAway, TokenEnded.
        """
        found = self._find(enterprise_id, team_id, org_wide)
        if found is None and (enterprise_id or team_id):
            self.read(patience=_PATIENCE_SECONDS)
            found = self._find(enterprise_id, team_id, org_wide)
        if found is not None and found.ends_at is not None and found.ends_at <= time.time():
            self._woken.set()
            raise TokenEnded(
                "Slack's token for this workspace is over, and is being renewed.",
                hint="Try again in a minute; if it stays so, whoever runs the bot finds the cause in its log.",
            )
        return found

    def slack_of(self, workspace: WorkspaceKey) -> WebClient | None:
        """A client that speaks as the app in that workspace, with nobody waiting there; None when it is not installed.

        Raises StateAway, TokenEnded.
        """
        found = self.of(workspace.enterprise_id, workspace.team_id, workspace.team_id is None)
        return self.speaking_for(found) if found else None

    def speaking_for(self, found: Installed, team_id: str | None = None) -> WebClient:
        """A client that speaks as the app where it is installed; about `team_id`, in an organisation of several."""
        # Each payload needs one of its own, and making it takes longer than all else before its acknowledgement.
        one = copy(self._client)
        one.token = found.bot_token
        one.default_params = {} if team_id is None else {"team_id": team_id}
        return one

    def doubt(self, enterprise_id: str | None, team_id: str | None, org_wide: bool | None = False) -> None:
        """Slack tells that the app may have left: whether it has is found out soon, and not waited for."""
        with self._lock:
            self._doubts.add(_Doubt(enterprise_id, team_id, bool(org_wide), told=True))
        self._woken.set()

    def read(self, patience: float = -1) -> None:
        """Takes over what the source holds now. Raises StateAway, also when it is not its turn within `patience`."""
        if not self._reading.acquire(timeout=patience):
            raise _away()
        # Being told to wait does not lengthen the wait.
        waiting = patience >= 0 and time.monotonic() < self._away_until
        try:
            if waiting:
                raise _away()
            known = {one.workspace: one for one in self._source.installed()}
            gone, new = self._known.keys() - known.keys(), known.keys() - self._known.keys()
            self._by_team = {key.team_id: one for key, one in known.items() if key.team_id}
            self._known = known
        except StateAway:
            if not waiting:
                self._away_until = time.monotonic() + _PAUSE_SECONDS
            raise
        finally:
            self._reading.release()
        with self._lock:
            self._left |= gone
        if self._verify:
            self._suspect(*new)
        if gone or (new and self._verify):
            self._woken.set()

    def look(self) -> None:
        """One round of upkeep. What cannot be done now is tried again in the next."""
        try:
            self.read()
            self._renew()
            self._settle()
            self._tidy()
        except StateAway as away:
            log.warning("installations are not looked after: %s", away.what)
        except Exception:
            # A fault of ours in one round must not end them all.
            log.exception("installations are not looked after")

    def _keep(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()
            if not self._stopped.is_set():
                self.look()

    def _find(
        self, enterprise_id: str | None, team_id: str | None, org_wide: bool | None
    ) -> Installed | None:
        # By the team alone: in a shared channel Slack may name the organisation of the person beside our team.
        found = None if org_wide else self._by_team.get(team_id or "")
        if found is None and enterprise_id:
            # An org-wide install speaks for every workspace of the organisation.
            found = self._known.get(WorkspaceKey(enterprise_id, None))
        return found

    def _renew(self) -> None:
        due = time.time() + RENEW_SECONDS
        for one in self.installed():
            if one.ends_at is None or one.ends_at > due or self._stopped.is_set():
                continue
            try:
                self._source.renew(one.workspace)
            except SlackApiError as error:
                said = error.response.get("error")
                log.error("Slack does not renew the token of %s: %s", named(one.workspace), said)  # noqa: TRY400
                self._suspect(one.workspace)
            except UNREACHABLE as error:
                log.warning(
                    "the token of %s is not renewed yet: %s", named(one.workspace), type(error).__name__
                )
            else:
                self.read()

    def _suspect(self, *workspaces: WorkspaceKey) -> None:
        with self._lock:
            self._doubts |= {
                _Doubt(key.enterprise_id, key.team_id, key.team_id is None, told=False) for key in workspaces
            }

    def _settle(self) -> None:
        with self._lock:
            doubts = list(self._doubts)
        for doubt in doubts:
            if self._stopped.is_set():
                return
            # Before Slack is asked: what it tells from then on is a reason to ask again.
            with self._lock:
                self._doubts.discard(doubt)
            settled = False
            try:
                settled = self._settled(doubt)
            finally:
                if not settled:
                    with self._lock:
                        self._doubts.add(doubt)

    def _settled(self, doubt: _Doubt) -> bool:
        """Whether Slack has said which it is, and what follows from that is done."""
        one = self._meant(doubt)
        word = _said_of(self._client, one) if one else ""
        if word is None:
            return False
        if one is None or not (word in _GONE or (word == _EXPIRED and doubt.told)):
            return True
        try:
            self.read()
            if self._meant(doubt) != one:
                # Installed again meanwhile: Slack's word was about the token before.
                return False
            self._remove(one.workspace)
        except Failure as failure:
            log.warning("what belonged to %s is not removed yet: %s", named(one.workspace), failure.what)
            return False
        return True

    def _meant(self, doubt: _Doubt) -> Installed | None:
        return self._find(doubt.enterprise_id, doubt.team_id, doubt.org_wide)

    def _remove(self, workspace: WorkspaceKey) -> None:
        # What belongs to it goes first: should this process end in between, the installation is still in doubt.
        self._farewell(workspace)
        self._source.remove(workspace)
        self.read()
        with self._lock:
            self._left.discard(workspace)
        log.info("the app has left %s: all that belonged to it is removed", named(workspace))

    def _tidy(self) -> None:
        """Drops what this process still holds for workspaces that another replica has removed."""
        with self._lock:
            left = list(self._left)
        for workspace in left:
            try:
                if workspace not in self._known:
                    self._farewell(workspace)
            except Failure as failure:
                log.warning("what belonged to %s is not dropped yet: %s", named(workspace), failure.what)
            else:
                with self._lock:
                    self._left.discard(workspace)

    def _farewell(self, workspace: WorkspaceKey) -> None:
        for forget in self._on_gone:
            forget(workspace)


def _said_of(client: WebClient, one: Installed) -> str | None:
    """What Slack says against a token; empty: it is good; None: Slack cannot be asked now."""
    try:
        client.auth_test(token=one.bot_token)
    except SlackApiError as error:
        # Slack says what it means with a 200; the others are a 429, or a fault on its side.
        return str(error.response.get("error")) if error.response.status_code == 200 else None
    except UNREACHABLE:
        return None
    return ""


def _away() -> StateAway:
    return StateAway(
        "The bot's memory is out of reach",
        "Its database does not answer.",
        "Try again in a minute; nothing was changed",
    )
