"""Who may do what. `Access.authorise` is the only maker of a Request, and nothing reaches the connector without one.

The policy decides; here is who asks, where, and what each command needs. Guests are nobody unless a rule names them,
and people of other workspaces are nobody.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from slack_sdk import WebClient

from connector.connector import Connection
from connector.workspaces import WorkspaceKey
from handlers.command import Command
from handlers.people import Member, People, stranger
from handlers.policy import NotAllowed, Policy, Rights, Scope
from handlers.policy.values import ADMIN, CONNECT, DISCOVER, IN_NAMESPACES, LOGS, READ, Target, Who

__all__ = ["NEEDS", "Access", "Caller", "NotAllowed", "Request"]

# What a command needs; nothing where it tells only about the bot and about oneself.
NEEDS: Mapping[str, str | None] = {
    "help": None,
    "whoami": None,
    "clusters": DISCOVER,
    "connect": CONNECT,
    "disconnect": CONNECT,
    "connections": READ,
    "get": READ,
    "describe": READ,
    "logs": LOGS,
    "top": READ,
    "rollout": READ,
    "yaml": READ,
    "kubeconfig": READ,
    "doctor": CONNECT,
    "use": READ,
    "audit": ADMIN,
}


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
    """A command that its caller may carry out, and how far. Only `Access.authorise` makes one."""

    command: Command
    caller: Caller
    rights: Rights = field(compare=False, repr=False)

    @property
    def workspace(self) -> WorkspaceKey:
        return self.caller.workspace

    @property
    def verb(self) -> str:
        """What the command needs; reading, for one that needs nothing."""
        return NEEDS[self.command.verb] or READ

    def about(self, command: Command) -> "Request":
        """The same with `command`, which says more of what is meant and nothing else: it needs no other right."""
        if NEEDS[command.verb] != NEEDS[self.command.verb]:
            raise ValueError("another right")
        return replace(self, command=command)

    def knows(self, connection: Connection) -> bool:
        """Whether the connection exists as far as this person is concerned."""
        return self.knows_of(Target.of(connection))

    def knows_of(self, target: Target) -> bool:
        """Whether a connection to that cluster would exist for them, were there one."""
        return any(self.rights.may(verb, target) for verb in (CONNECT, *IN_NAMESPACES))

    def sees(self, connection: Connection) -> bool:
        """Whether the command may be about this connection: only such ones are listed, offered and counted."""
        return self.rights.may(self.verb, Target.of(connection))

    def scope(self, connection: Connection, *, namespaced: bool = True) -> Scope:
        """How to ask the cluster for what the command wants: in which namespaces, and as whom. Raises NotAllowed.

        `namespaced` says whether the kind that is asked for is in namespaces, as most are.
        """
        # What is in no namespace is not made smaller by one that was typed.
        namespace = self.command.namespace if namespaced else ""
        return self.rights.scope(self.verb, Target.of(connection), namespace, namespaced=namespaced)

    def production(self, connection: Connection) -> bool:
        """Whether the policy counts the cluster as production, which each answer about it says."""
        return Target.of(connection).matches(self.rights.workspace.production)

    def reach(self, connection: Connection) -> Scope:
        """How to ask for the namespaces themselves, whichever one the command is about. Raises NotAllowed."""
        return self.rights.scope(self.verb, Target.of(connection))


class Access:
    """Decides, from the policy and from what Slack says of a person. Safe under threads."""

    def __init__(
        self,
        policy: Callable[[], Policy] = Policy.open,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`policy` gives what holds now; it is asked for each command."""
        self._policy = policy
        self._people = People(clock)

    def authorise(self, command: Command, caller: Caller, slack: WebClient) -> Request:
        """The Request for `command`. Raises NotAllowed with the reason and whom to ask.

        Asks Slack who the person is, and who is in the user groups that decide, once a minute for each; when Slack
        does not answer that, nothing is allowed.
        """
        key = caller.workspace
        member = self._member(caller, slack)
        policy = self._policy()
        own = _decides(caller, member)
        who = Who(
            user=caller.user,
            channel=caller.channel,
            workspace=own.team_id or own.enterprise_id or "",
            guest=member.guest,
            slack_admin=member.admin,
        )
        said = policy.workspace(own)
        if said and (groups := said.groups_to_ask_about(who)):
            team = "" if key.team_id else own.team_id or ""
            who = replace(who, groups=self._people.groups_of(caller.user, groups, key, team, slack))
        rights = policy.rights(own, who)
        if member.guest and not rights.rules:
            raise NotAllowed(
                "Guests of this workspace may not use /eks.",
                "It shows what runs in the company's clusters, so it is for full members.",
                "Ask an admin of this workspace to be made a member.",
            )
        if needed := NEEDS[command.verb]:
            rights.check(needed)
        return Request(command, caller, rights)

    def name(self, user: str, workspace: WorkspaceKey, slack: WebClient) -> str:
        """The name a person goes by, to be shown without calling them; the id when Slack does not say."""
        try:
            return self._people.member(user, workspace, slack).name
        except NotAllowed:
            return user

    def _member(self, caller: Caller, slack: WebClient) -> Member:
        """The caller, as somebody of this workspace. Raises NotAllowed."""
        key = caller.workspace
        if key.team_id and caller.home_team not in ("", key.team_id) and not key.enterprise_id:
            raise stranger()
        member = self._people.member(caller.user, key, slack)
        if member.deleted:
            raise NotAllowed("This account is deactivated.", hint="Ask an admin of this workspace.")
        # An app installed for a whole organisation has no team: everybody of the organisation is at home.
        organisation = key.enterprise_id
        at_home = (
            key.team_id in member.teams
            if key.team_id
            else bool(organisation) and organisation == member.enterprise
        )
        if member.stranger or not at_home:
            raise stranger()
        return member


def _decides(caller: Caller, member: Member) -> WorkspaceKey:
    """The workspace whose entry in the policy holds: after an org-wide install the one that the person asks from."""
    key = caller.workspace
    if key.team_id:
        return key
    # Slack may name the organisation as somebody's team; which of several workspaces they ask from is then not told.
    teams = member.teams - {key.enterprise_id}
    team = caller.home_team if caller.home_team in teams else min(teams, default=None)
    return WorkspaceKey(key.enterprise_id, team)
