"""The way into a cluster: sign in, find it, make a token; each step asked of AWS on its lane, by the deadline."""

import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from connector.api import Api
from connector.aws import Identity, Session, SignIn, check_region
from connector.calls import OnCall
from connector.cluster import Cluster
from connector.connection import Step
from connector.discovery import usable
from connector.errors import Busy, ServerError, Throttled, Unauthorized, Unreachable
from connector.kubeconfig import kubeconfig
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.records import CHAIN, KEYS, PROFILE, Record
from connector.token import RENEW_AFTER, TokenSource
from connector.watching import Budget

T = TypeVar("T")


def lane(lanes: Lanes, facts: Mapping[str, Any]) -> Bulkhead:
    """AWS's lane of a sign-in in a region: one that hangs closes no other. Raises InvalidRegion."""
    region = facts["region"]
    check_region(region)
    return Bulkhead(lanes, (region, facts["profile"], facts["keys"], facts["role"]), f"AWS in {region}")


@dataclass(frozen=True)
class Opened:
    """A cluster that can be asked, and the sign-in by which."""

    session: Session
    identity: Identity
    found: Mapping[str, Any]
    """EKS's description of it."""
    cluster: Cluster
    aws: Bulkhead

    def ask(self, deadline: Deadline, job: Callable[[], T]) -> T:
        """What `job` gives. A cluster that knows nobody by these credentials says the same of ended ones: ask AWS."""
        try:
            return job()
        except Unauthorized:
            with suppress(Unreachable, Throttled, ServerError, Busy):
                self.aws.call(self.session.identity, deadline)
            raise

    def kubeconfig(self, *, profile: str | None) -> dict[str, Any]:
        """The cluster's, for who signs in by that profile, or as they please."""
        return _kubeconfig(self.session, self.found, profile)

    def close(self) -> None:
        self.cluster.close()
        self.session.close()


def opened(
    sign_in: SignIn,
    region: str,
    cluster: str,
    aws: Bulkhead,
    deadline: Deadline,
    *,
    name: str,
    on_call: OnCall,
    budget: Budget | None = None,
    keys_live: timedelta | None = None,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Opened:
    """The cluster, ready to be asked; `name` and `keys_live` are as in Session.open, `budget` as in Cluster.

    Nothing is left of a failure.
    Raises what AWS says, and Unreachable at the deadline.
    """
    with ExitStack() as undo:
        session = aws.call(
            lambda: Session.open(sign_in, region, name=name, keys_live=keys_live, on_call=on_call), deadline
        )
        undo.callback(session.close)
        identity = aws.call(session.identity, deadline)
        on_step(Step("credentials", identity.arn))

        found = usable(session, cluster, identity, aws, deadline)
        on_step(Step("cluster", f"{found['status']}, Kubernetes {found['version']}"))

        tokens = TokenSource(session.credentials, region, cluster)
        aws.call(tokens.token, deadline)
        on_step(Step("token", f"renewed every {RENEW_AFTER / 60:.0f} minutes"))

        config = _kubeconfig(session, found, session.facts["profile"])
        facts = session.facts | {"cluster": cluster, "principal": identity.arn}
        made = Opened(session, identity, found, Cluster(Api(config, tokens, facts, on_call), budget), aws)
        undo.pop_all()
    return made


def _kubeconfig(session: Session, found: Mapping[str, Any], profile: str | None) -> dict[str, Any]:
    return kubeconfig(
        arn=found["arn"],
        endpoint=found["endpoint"],
        ca_data=found.get("certificateAuthority", {}).get("data", ""),
        cluster=found["name"],
        region=session.region,
        profile=profile,
        role=session.facts["role"],
    )


def recorded(way: Opened, sign_in: SignIn, cluster: str, connected_by: str) -> Record:
    """What is to be remembered of a way that was opened just now."""
    region = way.session.region
    ends = way.session.expires_at
    role = sign_in.role
    return Record(
        id=f"{region}_{cluster}",
        region=region,
        cluster=cluster,
        account=way.identity.account,
        principal=way.identity.arn,
        version=way.found["version"],
        status=way.found["status"],
        endpoint=way.found["endpoint"],
        how=KEYS if sign_in.keys else PROFILE if sign_in.profile else CHAIN,
        profile=sign_in.profile or "",
        key_hint=sign_in.keys.hint if sign_in.keys else "",
        role_arn=role.arn if role else "",
        external_id=(role.external_id or "") if role else "",
        connected_by=connected_by,
        connected_at=time.time(),
        expires_at=ends.timestamp() if ends else None,
        made=uuid.uuid4().hex,
    )
