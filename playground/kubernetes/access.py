"""Who may do what in a cluster: EKS access entries first, then a small RBAC."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from playground.principals import Principal

ANYTHING = frozenset({"*"})


@dataclass(frozen=True)
class Identity:
    """A signed-in caller as Kubernetes knows them."""

    user: str
    groups: tuple[str, ...]

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset((self.user, *self.groups))


ANONYMOUS = Identity("system:anonymous", ("system:unauthenticated",))


@dataclass(frozen=True)
class Rule:
    """What a user or group may do, or may not; `namespaces` None: everywhere, and in the whole cluster."""

    subject: str
    verbs: frozenset[str]
    resources: frozenset[str]
    namespaces: frozenset[str] | None

    def covers(self, identity: Identity, verb: str, resource: str, namespace: str) -> bool:
        return (
            self.subject in identity.subjects
            and not self.verbs.isdisjoint({"*", verb})
            and not self.resources.isdisjoint({"*", resource})
            and (self.namespaces is None or namespace in self.namespaces)
        )


class Access:
    """The access entries and RBAC rules of one cluster; `system:masters` may do everything that is not denied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[str, ...]] = {}
        self._allowed: list[Rule] = [Rule("system:masters", ANYTHING, ANYTHING, None)]
        self._denied: list[Rule] = []

    def map(self, arn: str, *groups: str) -> None:
        """Makes an access entry for an IAM user or role (its ARN), with its Kubernetes groups."""
        with self._lock:
            self._entries[arn] = groups

    def unmap(self, arn: str) -> None:
        """Removes the access entry: its principal gets 401 from now on."""
        with self._lock:
            self._entries.pop(arn, None)

    def allow(self, subject: str, verbs: str, resources: str, namespaces: str | None = None) -> None:
        """Lets a user or group do `verbs` on `resources`, in `namespaces` or everywhere.

        Each is a list of words, with `*` for all.
        """
        with self._lock:
            self._allowed.append(_rule(subject, verbs, resources, namespaces))

    def deny(self, subject: str, verbs: str, resources: str, namespaces: str | None = None) -> None:
        """The opposite of `allow`, and stronger; real RBAC has no such thing, tests like it."""
        with self._lock:
            self._denied.append(_rule(subject, verbs, resources, namespaces))

    def forget_denials(self) -> None:
        """Undoes every `deny`."""
        with self._lock:
            self._denied.clear()

    def identity(self, principal: Principal) -> Identity | None:
        """Who the AWS principal is in this cluster, or None without an access entry."""
        with self._lock:
            groups = self._entries.get(principal.entry_arn)
        return None if groups is None else Identity(principal.arn, (*groups, "system:authenticated"))

    def permits(self, identity: Identity, verb: str, resource: str, namespace: str = "") -> bool:
        with self._lock:
            if any(rule.covers(identity, verb, resource, namespace) for rule in self._denied):
                return False
            return any(rule.covers(identity, verb, resource, namespace) for rule in self._allowed)


def _rule(subject: str, verbs: str, resources: str, namespaces: str | None) -> Rule:
    where = None if namespaces is None else frozenset(namespaces.split())
    return Rule(subject, frozenset(verbs.split()), frozenset(resources.split()), where)
