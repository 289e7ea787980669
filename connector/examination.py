"""What the doctor is asked of the way to a cluster, and what was found there: a hop each, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from connector.aws import Identity
from connector.errors import Failure
from connector.impersonation import Impersonate

HOPS = (
    "profile",
    "credentials",
    "role",
    "region",
    "cluster",
    "dns",
    "tcp",
    "tls",
    "token",
    "access",
    "rbac",
)
"""In the order of the way."""


class State(Enum):
    AHEAD = "to come"
    UNDERWAY = "being looked at"
    PASSED = "ok"
    UNNEEDED = "not needed"
    BROKEN = "broken"
    UNREACHED = "not reached"


@dataclass(frozen=True)
class Hop:
    """One hop: what was found there, or what is wrong and the commands that mend it."""

    name: str
    state: State = State.AHEAD
    detail: str = ""
    failure: Failure | None = None
    mending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examination:
    """The way to a cluster as far as it was looked at; `hops` are all of HOPS, in their order."""

    cluster: str
    region: str
    sign_in: str
    """SignIn.label."""
    hops: tuple[Hop, ...]
    account: str = ""
    principal: str = ""

    @property
    def broken(self) -> tuple[Hop, ...]:
        return tuple(hop for hop in self.hops if hop.state is State.BROKEN)


@dataclass(frozen=True)
class Asker:
    """On whose behalf a way is examined, and what of it they may know.

    `admits` raises a Failure for who signed in, when its account is not to be known. `on_hop(so far)` is called
    whenever a hop changes. `acting` and `namespace` are what RBAC is asked about: as whom (None: whoever signed in),
    and where (all namespaces when it is empty).
    """

    name: str = ""
    admits: Callable[[Identity], None] = lambda _identity: None
    on_hop: Callable[[Examination], None] = lambda _so_far: None
    acting: Impersonate | None = None
    namespace: str = ""
