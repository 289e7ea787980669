"""Who may do what. `Access.authorise` is the only maker of a Request, and nothing reaches the connector without one.

There is no policy file yet: members of the workspace may do everything, guests and people of other workspaces nothing.
A policy is one more decision inside `authorise`; nothing else would change.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connector.errors import Failure
from connector.workspaces import WorkspaceKey
from handlers.command import Command
from handlers.retries import UNREACHABLE


class NotAllowed(Failure):
    """This person may not do this here."""


@dataclass(frozen=True)
class Caller:
    """Who asks, and from where: the workspace whose app was addressed, and the channel."""

    workspace: WorkspaceKey
    user: str
    # The workspace the person belongs to, where Slack says so; another one's in a shared channel.
    home_team: str
    channel: str


@dataclass(frozen=True)
class Request:
    """A command that its caller may carry out. Only `Access.authorise` makes one."""

    command: Command
    caller: Caller

    @property
    def workspace(self) -> WorkspaceKey:
        return self.caller.workspace


@dataclass(frozen=True)
class Member:
    """What Slack's users.info says of a person, reduced to what decides."""

    name: str
    guest: bool
    # The workspaces they belong to: one, or on Enterprise Grid several.
    teams: frozenset[str]
    enterprise: str
    deleted: bool


# A person made a guest, or removed, is treated so after this long at the latest.
MEMBER_SECONDS = 60.0
_MOST_MEMBERS = 10_000


class Access:
    """Decides, from what Slack says of a person. Safe under threads; remembers people for a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._members: OrderedDict[tuple[WorkspaceKey, str], tuple[float, Member]] = OrderedDict()

    def authorise(self, command: Command, caller: Caller, slack: WebClient) -> Request:
        """The Request for `command`. Raises NotAllowed with the reason and whom to ask.

        Asks Slack's users.info (scope users:read) once a minute for each person; when Slack does not answer that,
        nothing is allowed.
        """
        team = caller.workspace.team_id
        if team and caller.home_team and caller.home_team != team and not caller.workspace.enterprise_id:
            raise _stranger()
        member = self._member(caller.workspace, caller.user, slack)
        if member.deleted:
            raise NotAllowed("This account is deactivated.", hint="Ask an admin of this workspace.")
        if member.guest:
            raise NotAllowed(
                "Guests of this workspace may not use /eks.",
                "It shows what runs in the company's clusters, so it is for full members.",
                "Ask an admin of this workspace to be made a member.",
            )
        # An app installed for a whole organisation has no team: everybody of the organisation is at home.
        organisation = caller.workspace.enterprise_id
        at_home = team in member.teams if team else bool(organisation) and organisation == member.enterprise
        if not at_home:
            raise _stranger()
        return Request(command, caller)

    def name(self, user: str, workspace: WorkspaceKey, slack: WebClient) -> str:
        """The name a person goes by, to be shown without calling them; the id when Slack does not say."""
        try:
            return self._member(workspace, user, slack).name
        except NotAllowed:
            return user

    def _member(self, workspace: WorkspaceKey, user: str, slack: WebClient) -> Member:
        key, now = (workspace, user), self._clock()
        with self._lock:
            known = self._members.get(key)
        if known and now - known[0] < MEMBER_SECONDS:
            return known[1]
        member = _asked(user, slack)
        with self._lock:
            self._members[key] = (now, member)
            self._members.move_to_end(key)
            while len(self._members) > _MOST_MEMBERS:
                self._members.popitem(last=False)
        return member


def _asked(user: str, slack: WebClient) -> Member:
    try:
        found = slack.users_info(user=user).get("user") or {}
    except SlackApiError as error:
        code = str(error.response.get("error", ""))
        if code == "missing_scope":
            hint = "Whoever runs the bot: add the scope `users:read` and install the app again."
        elif code in ("user_not_found", "user_not_visible"):
            raise _stranger() from error
        else:
            hint = "Try again in a moment."
        raise NotAllowed("Slack did not say who you are.", f"users.info answered `{code}`.", hint) from error
    except UNREACHABLE as error:
        raise NotAllowed("Slack did not say who you are.", hint="Try again in a moment.") from error
    enterprise = found.get("enterprise_user") or {}
    profile = found.get("profile") or {}
    return Member(
        name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or user),
        guest=bool(
            found.get("is_restricted") or found.get("is_ultra_restricted") or found.get("is_stranger")
        ),
        teams=frozenset(
            str(team) for team in [found.get("team_id"), *(enterprise.get("teams") or [])] if team
        ),
        enterprise=str(enterprise.get("enterprise_id") or ""),
        deleted=bool(found.get("deleted")),
    )


def _stranger() -> NotAllowed:
    return NotAllowed(
        "/eks answers only to members of the workspace that runs it.",
        "You are here through a shared channel.",
        "Ask a member of that workspace to run it for you.",
    )
