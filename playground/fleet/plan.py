"""The fleet as data: which accounts, people and clusters there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# The numbers that AWS's own documentation uses in examples.
PAYMENTS = "111122223333"
WEB = "444455556666"
SANDBOX = "777788889999"


@dataclass(frozen=True)
class UserPlan:
    """An IAM user with an access key; `profile` is its name in the shared AWS files, if it is there."""

    name: str
    account: str
    profile: str | None = None


@dataclass(frozen=True)
class RolePlan:
    """An IAM role and the users who may assume it."""

    name: str
    account: str
    trusted_users: tuple[str, ...]
    external_id: str | None = None


@dataclass(frozen=True)
class ClusterPlan:
    """One EKS cluster. `groups` maps users and roles, as `user/NAME` or `role/NAME`, to Kubernetes groups.

    `answers` False: a private endpoint seen from outside, which takes connections and then says nothing.
    """

    name: str
    region: str
    account: str
    minor: str
    pods: int
    nodes: int
    age_days: int
    status: Literal["ACTIVE", "CREATING"] = "ACTIVE"
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answers: bool = True
    cast: Literal["healthy", "few", "every"] = "few"
    absent_groups: frozenset[str] = frozenset()


# API groups that only some clusters have: the fleet's own kind, and metrics, which a metrics server brings.
_CUSTOM = "shipyard.example.com"
_METRICS = "metrics.k8s.io"
_NO_CUSTOM = frozenset({_CUSTOM})

USERS = (
    UserPlan("payments-bot", PAYMENTS, profile="payments-prod"),
    UserPlan("web-bot", WEB, profile="web-prod"),
    UserPlan("sandbox-bot", SANDBOX, profile="sandbox"),
    UserPlan("contractor", PAYMENTS, profile="stranger"),
    UserPlan("guest", PAYMENTS),
)

ROLES = (
    RolePlan("eks-readonly", PAYMENTS, ("payments-bot", "guest")),
    RolePlan("eks-auditor", PAYMENTS, ("web-bot", "guest"), external_id="chatops-demo"),
)

_PAYMENTS_GROUPS = (
    ("user/payments-bot", ("system:masters",)),
    ("user/guest", ("viewers",)),
    ("role/eks-readonly", ("viewers",)),
    ("role/eks-auditor", ("auditors",)),
)

CLUSTERS = (
    ClusterPlan(
        "prod-payments",
        "eu-west-1",
        PAYMENTS,
        "34",
        pods=10_000,
        nodes=180,
        age_days=812,
        groups=_PAYMENTS_GROUPS,
    ),
    ClusterPlan(
        "staging-payments",
        "eu-west-1",
        PAYMENTS,
        "35",
        pods=420,
        nodes=12,
        age_days=640,
        groups=_PAYMENTS_GROUPS,
        cast="every",
    ),
    ClusterPlan(
        "prod-web",
        "us-east-1",
        WEB,
        "33",
        pods=1_940,
        nodes=48,
        age_days=1_031,
        groups=(("user/web-bot", ("system:masters",)),),
        absent_groups=_NO_CUSTOM,
    ),
    ClusterPlan(
        "locked",
        "us-east-1",
        WEB,
        "32",
        pods=60,
        nodes=4,
        age_days=300,
        groups=(("user/web-bot", ("newcomers",)),),
        absent_groups=_NO_CUSTOM,
    ),
    ClusterPlan(
        "edge-sydney",
        "ap-southeast-2",
        WEB,
        "33",
        pods=84,
        nodes=5,
        age_days=96,
        groups=(("user/web-bot", ("system:masters",)),),
        cast="healthy",
        absent_groups=frozenset({_CUSTOM, _METRICS}),
    ),
    ClusterPlan(
        "island",
        "ap-southeast-2",
        WEB,
        "34",
        pods=0,
        nodes=0,
        age_days=410,
        groups=(("user/web-bot", ("system:masters",)),),
        answers=False,
    ),
    # Two more, seen while discovering: one too young to have an endpoint, and one with the name of another account's.
    ClusterPlan("newborn", "us-east-1", WEB, "35", pods=0, nodes=0, age_days=0, status="CREATING"),
    ClusterPlan(
        "staging-payments",
        "eu-west-1",
        SANDBOX,
        "35",
        pods=36,
        nodes=3,
        age_days=21,
        groups=(("user/sandbox-bot", ("system:masters",)),),
        cast="healthy",
        absent_groups=_NO_CUSTOM,
    ),
)
