"""What there is to know of a connection, and of each step on the way to one: plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Step:
    """A step of connecting that is done: "credentials", "cluster", "token", "api", "namespaces", in this order."""

    name: str
    detail: str


@dataclass(frozen=True)
class Connection:
    """A cluster that this workspace is connected to."""

    id: str
    region: str
    cluster: str
    account: str
    principal: str
    """ARN of who the bot is there."""
    version: str
    """Kubernetes version, as EKS names it: 1.34."""
    status: str
    """EKS's status when it was connected or described; UNKNOWN when it was not described in time."""
    endpoint: str
    sign_in: str
    """SignIn.label."""
    connected_by: str
    connected_at: datetime
    expires_at: datetime | None
    """When the connection ends by itself; None when its credentials renew themselves."""
    role_arn: str = ""
    """The role that is assumed to get in, if one is."""

    @property
    def arn(self) -> str:
        """The cluster's, which is what `aws eks update-kubeconfig` calls it."""
        partition = self.principal.split(":")[1]
        return f"arn:{partition}:eks:{self.region}:{self.account}:cluster/{self.cluster}"
