"""What Slack says of people: who they are, and which user groups they are in. Remembered for a minute."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connector.workspaces import WorkspaceKey
from handlers.policy import NotAllowed
from handlers.retries import UNREACHABLE

T = TypeVar("T")

# A person made a guest, removed, or taken out of a user group, is treated so after this long at the latest.
SECONDS = 60.0
_MOST = 10_000

_LATER = "Try again in a moment."


@dataclass(frozen=True)
class Member:
    """What Slack's users.info says of a person, reduced to what decides."""

    name: str
    guest: bool
    # The workspaces they belong to: one, or on Enterprise Grid several.
    teams: frozenset[str]
    enterprise: str
    deleted: bool
    # An admin or owner of the workspace.
    admin: bool
    # Somebody of another workspace, met through a shared channel.
    stranger: bool


class People:
    """Asks Slack, and keeps what it said; never that it said nothing. Safe under threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._members: _Kept[Member] = _Kept(clock)
        self._groups: _Kept[Mapping[str, frozenset[str]]] = _Kept(clock)

    def member(self, user: str, workspace: WorkspaceKey, slack: WebClient) -> Member:
        """The person of that id, by users.info (scope users:read). Raises NotAllowed when Slack does not say."""
        return self._members.get((workspace, user), lambda: _member(user, slack))

    def groups_of(
        self, user: str, groups: frozenset[str], workspace: WorkspaceKey, team: str, slack: WebClient
    ) -> frozenset[str]:
        """Those of `groups` that the person is in, by usergroups.list (scope usergroups:read).

        `team` is asked about where the bot is installed for an organisation. All groups come with one call, of about
        20 a minute that Slack allows. One that is not there, or is disabled, has nobody in it: the policy of several
        workspaces names each one's own. Raises NotAllowed when Slack does not say.
        """
        known = self._groups.get((workspace, team), lambda: _groups(team, slack))
        return frozenset(group for group in groups if user in known.get(group, ()))


class _Kept(Generic[T]):
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        now = self._clock()
        with self._lock:
            known = self._known.get(key)
        if known and now - known[0] < SECONDS:
            return known[1]
        found = ask()
        with self._lock:
            self._known[key] = (now, found)
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found


def stranger() -> NotAllowed:
    """The refusal for somebody of another workspace."""
    return NotAllowed(
        "/eks answers only to members of the workspace that runs it.",
        "You are here through a shared channel.",
        "Ask a member of that workspace to run it for you.",
    )


def _member(user: str, slack: WebClient) -> Member:
    try:
        found: dict[str, Any] = slack.users_info(user=user).get("user") or {}
    except SlackApiError as error:
        if error.response.get("error") in ("user_not_found", "user_not_visible"):
            raise stranger() from error
        raise _unsaid("who you are", "users.info", "users:read", error) from error
    except UNREACHABLE as error:
        raise NotAllowed("Slack did not say who you are.", hint=_LATER) from error
    enterprise = found.get("enterprise_user") or {}
    profile = found.get("profile") or {}
    return Member(
        name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or user),
        guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
        teams=frozenset(
            str(team) for team in [found.get("team_id"), *(enterprise.get("teams") or [])] if team
        ),
        enterprise=str(enterprise.get("enterprise_id") or ""),
        deleted=bool(found.get("deleted")),
        admin=bool(found.get("is_admin") or found.get("is_owner")),
        stranger=bool(found.get("is_stranger")),
    )


def _groups(team: str, slack: WebClient) -> Mapping[str, frozenset[str]]:
    try:
        answer = slack.usergroups_list(include_users=True, team_id=team or None)
    except SlackApiError as error:
        # A workspace whose plan has no user groups.
        if error.response.get("error") == "plan_upgrade_required":
            return {}
        raise _unsaid("who is in its user groups", "usergroups.list", "usergroups:read", error) from error
    except UNREACHABLE as error:
        raise NotAllowed("Slack did not say who is in its user groups.", hint=_LATER) from error
    groups: list[dict[str, Any]] = answer.get("usergroups") or []
    return {str(group.get("id")): frozenset(map(str, group.get("users") or ())) for group in groups}


def _unsaid(what: str, method: str, scope: str, error: SlackApiError) -> NotAllowed:
    code = str(error.response.get("error", ""))
    hint = _LATER
    if code == "missing_scope":
        hint = f"Whoever runs the bot: add the scope `{scope}` and install the app again."
    return NotAllowed(f"Slack did not say {what}.", f"{method} answered `{code}`.", hint)
