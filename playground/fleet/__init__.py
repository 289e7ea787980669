"""Six EKS clusters in three regions, with people who may enter them: the same fleet for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from types import TracebackType

from playground.fleet.cluster import Cluster
from playground.fleet.plan import CLUSTERS, ROLES, USERS, ClusterPlan
from playground.kubernetes.server import Loop
from playground.principals import Credential, Keyring, Principal, Role

__all__ = ["Cluster", "Fleet"]


class Fleet:
    """The clusters, each at its own address on 127.0.0.1, and the IAM people and roles of the accounts they are in.

    `users` holds the long-lived key of each IAM user by name; `keyring` every key that opens something.
    """

    def __init__(self, seed: int, plans: Sequence[ClusterPlan] = CLUSTERS) -> None:
        self.keyring = Keyring()
        rng = random.Random(f"{seed}/keys")
        self.users: Mapping[str, Credential] = {
            user.name: self.keyring.issue(
                Principal(
                    f"arn:aws:iam::{user.account}:user/{user.name}", user.account, _unique_id("AIDA", rng)
                ),
                rng,
            )
            for user in USERS
        }
        self.roles: Mapping[str, Role] = {
            f"arn:aws:iam::{role.account}:role/{role.name}": Role(
                arn=f"arn:aws:iam::{role.account}:role/{role.name}",
                account=role.account,
                unique_id=_unique_id("AROA", rng),
                trusted=frozenset(self.users[name].principal.arn for name in role.trusted_users),
                external_id=role.external_id,
            )
            for role in ROLES
        }
        self._loop = Loop()
        self.clusters = tuple(Cluster(plan, seed, self._loop, self.keyring) for plan in plans)

    @classmethod
    def start(cls, seed: int = 7, plans: Sequence[ClusterPlan] = CLUSTERS) -> Fleet:
        """Starts every server; what is in the clusters is made when somebody asks for it."""
        return cls(seed, plans)

    def cluster(self, name: str, account: str | None = None) -> Cluster:
        """The cluster of that name (the first, unless `account` says which); raises LookupError."""
        for cluster in self.clusters:
            if cluster.name == name and account in {None, cluster.account}:
                return cluster
        raise LookupError(f"no cluster {name} in the fleet")

    def stop(self) -> None:
        """Closes every server; what hangs is let go."""
        for cluster in self.clusters:
            cluster.stop()
        self._loop.stop()

    def __enter__(self) -> Fleet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _unique_id(prefix: str, rng: random.Random) -> str:
    return prefix + "PLAYGROUND" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=7))
