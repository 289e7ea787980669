"""What a policy consists of, as values, and which of its rules concerns whom and what. Knows no file and no Slack."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from connector.aws import SignIn
from connector.connection import Connection

DISCOVER = "discover"
CONNECT = "connect"
READ = "read"
LOGS = "logs"
OPERATE = "operate"
APPROVE = "approve"
ADMIN = "admin"

# What each verb allows, in words that follow "may".
VERBS = {
    DISCOVER: "find clusters",
    CONNECT: "connect and disconnect clusters",
    READ: "look into clusters",
    LOGS: "read logs",
    OPERATE: "change what runs",
    APPROVE: "approve changes",
    ADMIN: "see what others did, and how the bot is set up",
}
# Verbs that a rule may limit to namespaces; the others are about a whole cluster.
IN_NAMESPACES = frozenset({READ, LOGS, OPERATE, APPROVE})
# Verbs that a rule may limit to clusters; the other is about the whole workspace.
ON_CLUSTERS = frozenset(VERBS) - {ADMIN}

# Ids of connections, as the connector makes them: region_cluster, and the account behind it where two are named alike.
_ID = re.compile(r"(?P<region>[^_]*)_(?P<cluster>.+?)(?:_(?P<account>\d{12}))*", re.DOTALL)


@dataclass(frozen=True)
class Who:
    """Somebody who asks, and where, as far as rules look at it."""

    user: str
    channel: str = ""
    # Their workspace; the organisation where Slack names none of it.
    workspace: str = ""
    groups: frozenset[str] = frozenset()
    guest: bool = False
    # An admin or owner of the Slack workspace: counts only where there is no policy file.
    slack_admin: bool = False


@dataclass(frozen=True)
class Target:
    """A cluster, as far as rules look at it; the account is empty until it is known."""

    region: str
    cluster: str
    account: str = ""
    id: str = ""

    @classmethod
    def of(cls, connection: Connection) -> "Target":
        return cls(connection.region, connection.cluster, connection.account, connection.id)

    @classmethod
    def from_id(cls, connection_id: str) -> "Target":
        """The cluster that a connection of this id would lead to; without a region when it is the bare name."""
        parts = _ID.fullmatch(connection_id)
        if parts is None:
            return cls("", connection_id)
        return cls(parts["region"], parts["cluster"], parts["account"] or "", connection_id)

    @property
    def name(self) -> str:
        return self.id or (f"{self.region}_{self.cluster}" if self.region else self.cluster)

    def matches(self, patterns: Iterable[str]) -> bool:
        """Whether one of the patterns is that of its name, or of its id."""
        names = {self.cluster, self.name} | ({f"{self.region}_{self.cluster}"} if self.region else set())
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


@dataclass(frozen=True)
class Identity:
    """As whom a cluster is asked; `{user_id}` and `{workspace_id}` stand for the person's."""

    user: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Who may do what, where, and as whom. None as clusters or namespaces is all of them."""

    name: str
    verbs: frozenset[str]
    everyone: bool = False
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    # Only in what holds without a policy file.
    slack_admins: bool = False
    clusters: tuple[str, ...] | None = None
    namespaces: tuple[str, ...] | None = None
    identity: Identity | None = None

    def meets(self, who: Who) -> str:
        """Why the rule is about this person, in words; empty when it is not. A guest must be named."""
        if who.user in self.users:
            return "you are named"
        if who.guest:
            return ""
        if group := next(iter(sorted(self.groups & who.groups)), ""):
            return f"you are in the user group {group}"
        if who.channel in self.channels:
            return "you ask in this channel"
        if self.slack_admins and who.slack_admin:
            return "you are an admin of this Slack workspace"
        return "it is for everyone" if self.everyone else ""

    def gives(self, verb: str, target: Target | None) -> bool:
        """Whether it allows the verb, on that cluster if one is meant; namespaces are not looked at."""
        if verb not in self.verbs:
            return False
        return target is None or self.clusters is None or target.matches(self.clusters)

    def covers(self, namespace: str) -> bool:
        """Whether it reaches into this namespace; the empty one stands for what is in none, as nodes are."""
        if self.namespaces is None:
            return True
        return bool(namespace) and any(fnmatchcase(namespace, pattern) for pattern in self.namespaces)


@dataclass(frozen=True)
class Limits:
    """What a workspace may use at all, whoever asks. None is no limit; patterns otherwise."""

    profiles: tuple[str, ...] | None = None
    default_chain: bool = True
    roles: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    accounts: frozenset[str] | None = None
    clusters: tuple[str, ...] | None = None
    aws_keys: bool = True

    def profile(self, name: str) -> bool:
        return _within(name, self.profiles)

    def region(self, name: str) -> bool:
        return _within(name, self.regions)

    def refuses(self, target: Target) -> str:
        """Which of "region", "account" and "cluster" is outside; empty when the cluster is inside."""
        if target.region and not self.region(target.region):
            return "region"
        if target.account and self.accounts is not None and target.account not in self.accounts:
            return "account"
        if self.clusters is not None and not target.matches(self.clusters):
            return "cluster"
        return ""

    def refuses_sign_in(self, sign_in: SignIn) -> str:
        """What of it is outside: "access_key_id", "profile", "default_chain" or "role_arn"; empty when nothing is."""
        if sign_in.keys is not None:
            if not self.aws_keys:
                return "access_key_id"
        elif sign_in.profile is None:
            if not self.default_chain:
                return "default_chain"
        elif not self.profile(sign_in.profile):
            return "profile"
        if sign_in.role is not None and not _within(sign_in.role.arn, self.roles):
            return "role_arn"
        return ""


@dataclass(frozen=True)
class Workspace:
    """What the policy says of one workspace, of one organisation, or of all others."""

    rules: tuple[Rule, ...]
    limits: Limits = Limits()
    # Whom a person should ask; mrkdwn in which mentions live.
    ask: str = ""
    # Patterns of clusters whose answers are marked as production's.
    production: tuple[str, ...] = ()

    def groups_to_ask_about(self, who: Who) -> frozenset[str]:
        """User groups whose members decide for this person, because nothing else about them does."""
        if who.guest:
            return frozenset()
        return frozenset().union(*(rule.groups for rule in self.rules if not rule.meets(who)))


def _within(name: str, patterns: Iterable[str] | None) -> bool:
    return patterns is None or any(fnmatchcase(name, pattern) for pattern in patterns)
