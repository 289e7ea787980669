"""EKSConnector: one workspace's way to its clusters. Discover, connect, look, disconnect.

Which connections there are is what the records say, which are read at each look, so that all replicas agree; what
this process holds open of them is a cache. Safe under threads.
"""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from connector import formats
from connector.aws import Keys, Role, Session, SignIn, facts_of
from connector.calls import OnCall, unheard
from connector.cluster import Cluster, Progress
from connector.connection import Connection, Step
from connector.connections import Connections, everybody, is_meant
from connector.discovery import ClusterInfo, Discovery, discover
from connector.errors import (
    Expired,
    Failure,
    InvalidRequest,
)
from connector.impersonation import Impersonate
from connector.lanes import Deadline, Lanes
from connector.opening import Opened, lane, opened
from connector.records import CHAIN, KEYS, PROFILE, MemoryRecords, Record, Records
from connector.resources import KINDS, Listing, Query, kind_named
from connector.vault import Vault
from connector.words import clean

T = TypeVar("T")

__all__ = ["ClusterInfo", "Connection", "Discovery", "EKSConnector", "Step"]

# How many answers of list_available_clusters are kept for those who would take one again.
_KEPT_DISCOVERIES = 64


class EKSConnector:
    """The clusters of one workspace; nothing of another's can be named through it."""

    def __init__(
        self,
        records: Records | None = None,
        vault: Vault | None = None,
        *,
        on_call: OnCall = unheard,
        keys_live: timedelta = timedelta(hours=1),
    ) -> None:
        """Connections made with AWS keys end after `keys_live`: what was typed in a chat should not live long.

        Without `records` connections live as long as the process. Without a `vault`, one by keys is of use in the
        process that made it, and nowhere else. `on_call` hears of each call to AWS and to a cluster.
        """
        self._on_call = on_call
        self._keys_live = keys_live
        self._lanes = Lanes(width=8)
        self._patient = Lanes(width=2, line=8)
        self._connections = Connections(
            MemoryRecords() if records is None else records, vault, self._lanes, on_call
        )
        self._lock = threading.Lock()
        self._discoveries: dict[tuple[str, SignIn], tuple[float, Discovery]] = {}

    # --- discover

    def list_available_clusters(
        self,
        region: str,
        sign_in: SignIn,
        *,
        deadline: float = 25.0,
        max_age: float = 0.0,
        asked_by: str = "",
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        """The clusters that `sign_in` sees in `region`, each described; `on_progress(described, found)` as they come.

        An answer at most `max_age` seconds old may be given again, never one that keys were needed for. `asked_by`
        names the person in CloudTrail when a role is assumed. At the deadline (seconds): what was found so far, with
        complete=False.
        Raises InvalidRegion, InvalidCredentials, ProfileNotFound, NoCredentials, AccessDenied, Unreachable …
        """
        asked = (region, sign_in)
        with self._lock:
            at, kept = self._discoveries.get(asked, (0.0, None))
        if kept is not None and time.monotonic() - at <= max_age:
            return kept
        limit = Deadline(deadline)
        # Who takes an older answer types in a form; who wants a fresh one has asked.
        lanes = self._patient if max_age > 0 else self._lanes
        aws = lane(lanes, facts_of(sign_in, region))
        session = aws.call(lambda: Session.open(sign_in, region, name=asked_by, on_call=self._on_call), limit)
        try:
            found = discover(session, aws, limit, on_progress)
        finally:
            session.close()
        if found.complete and sign_in.keys is None:
            with self._lock:
                self._discoveries.pop(asked, None)
                self._discoveries[asked] = (time.monotonic(), found)
                while len(self._discoveries) > _KEPT_DISCOVERIES:
                    del self._discoveries[next(iter(self._discoveries))]
        return found

    # --- connect

    def connect_with_aws_profile(
        self,
        cluster: str,
        region: str,
        profile: str | None,
        *,
        role: Role | None = None,
        connected_by: str,
        on_step: Callable[[Step], None] | None = None,
        deadline: float = 25.0,
    ) -> Connection:
        """Connect as a profile of the bot's AWS configuration, or by the default chain when it is None.

        `connected_by` names the person, in the connection and, when a role is assumed, in CloudTrail.
        Connecting again to the same cluster replaces the connection; a failure leaves nothing behind.
        Raises what AWS or the cluster say, and Unreachable at the deadline (seconds, over all steps).
        """
        return self._connect(
            cluster, region, SignIn(profile=profile, role=role), connected_by, on_step, deadline
        )

    def connect_with_aws_credentials(
        self,
        cluster: str,
        region: str,
        keys: Keys,
        *,
        role: Role | None = None,
        connected_by: str,
        on_step: Callable[[Step], None] | None = None,
        deadline: float = 25.0,
    ) -> Connection:
        """Connect with AWS keys: traded for a session where AWS allows, and dropped after `keys_live`.

        The rest is as in connect_with_aws_profile.
        """
        return self._connect(cluster, region, SignIn(keys=keys, role=role), connected_by, on_step, deadline)

    def _connect(
        self,
        cluster: str,
        region: str,
        sign_in: SignIn,
        connected_by: str,
        on_step: Callable[[Step], None] | None,
        seconds: float,
    ) -> Connection:
        formats.cluster_name(cluster)
        done = on_step or (lambda _step: None)
        deadline = Deadline(seconds)
        aws = lane(self._lanes, facts_of(sign_in, region))
        with ExitStack() as undo:
            way = opened(
                sign_in,
                region,
                cluster,
                aws,
                deadline,
                name=connected_by,
                keys_live=self._keys_live,
                on_step=done,
                on_call=self._on_call,
            )
            undo.callback(way.close)
            done(Step("api", way.ask(deadline, lambda: way.cluster.version(deadline))))
            names = way.ask(deadline, lambda: way.cluster.namespaces(deadline))
            done(Step("namespaces", f"{len(names):,} readable"))
            record = self._connections.add(_record(way, sign_in, cluster, connected_by), way)
            undo.pop_all()
        return record.connection

    # --- look

    def list_connected_clusters(self) -> tuple[Connection, ...]:
        """The workspace's connections, by id. Raises StateAway."""
        return tuple(record.connection for record in self._connections.live())

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> tuple[Connection, ...]:
        """The workspace's connections, by id, with the version and status that EKS gives now.

        One that AWS does not describe in time (seconds, over all) has the status UNKNOWN. Raises StateAway.
        """
        limit = Deadline(deadline)
        live = self._connections.live()
        with ThreadPoolExecutor(max_workers=8) as pool:
            return tuple(pool.map(lambda one: self._described(one, limit), live))

    def _described(self, record: Record, limit: Deadline) -> Connection:
        try:
            way = self._connections.opened(record, limit)
            found = way.aws.call(
                lambda: way.session.client("eks").describe_cluster(name=record.cluster)["cluster"], limit
            )
        except (Failure, BotoCoreError, ClientError):
            return replace(record.connection, status="UNKNOWN")
        return replace(record.connection, status=found["status"], version=found["version"])

    def connection(self, connection_id: str, *, sees: Callable[[Connection], bool] = everybody) -> Connection:
        """The connection of that id, or to the only cluster of that name, among those that `sees` is true of.

        Raises ConnectionNotFound, also when it has ended, and StateAway. The others do not exist: not in a hint.
        """
        return self._connections.find(connection_id, sees).connection

    def get_resources(
        self,
        connection_id: str,
        query: Query,
        *,
        deadline: float = 25.0,
        on_progress: Progress | None = None,
        impersonate: Impersonate | None = None,
    ) -> Listing:
        """What `query` finds; `on_progress(rows so far, expected or None)` after each page.

        At the deadline (seconds): what was found so far, with complete=False. With `impersonate` the cluster answers
        as it would answer them. A connection that this process does not hold yet is opened first.
        Raises ConnectionNotFound, InvalidRequest, Unauthorized, Forbidden, Expired, Unreachable, StateAway …
        """
        kind = kind_named(query.kind)
        if kind is None:
            raise InvalidRequest(
                f"`{clean(query.kind, 40)}` cannot be listed", "", f"One of these can: {', '.join(KINDS)}"
            )
        limit = Deadline(deadline)
        return self._ask(
            connection_id, limit, lambda cluster: cluster.list(kind, query, limit, on_progress, impersonate)
        )

    def list_namespaces(
        self,
        connection_id: str,
        *,
        deadline: float = 2.5,
        matching: tuple[str, ...] = (),
        impersonate: Impersonate | None = None,
    ) -> tuple[str, ...]:
        """Names of the namespaces that match a pattern of `matching`, or of all, in order.

        At the deadline (seconds): those found so far. Raises what get_resources raises.
        """
        limit = Deadline(deadline)
        return self._ask(
            connection_id, limit, lambda cluster: cluster.namespaces(limit, matching, impersonate)
        )

    # --- disconnect

    def disconnect(self, connection_id: str) -> Connection:
        """Forget the connection, its credentials and its sockets; what it was.

        Raises ConnectionNotFound, also when somebody else was quicker, and StateAway.
        """
        return self._connections.remove(connection_id).connection

    def forget(self) -> None:
        """Forget all connections of the workspace and their credentials. Raises StateAway; then do it again."""
        with self._lock:
            self._discoveries.clear()
        self._connections.forget()

    def tidy(self) -> None:
        """Close what is held of connections that have ended, or were disconnected elsewhere. Raises StateAway."""
        self._connections.live()

    def load(self) -> dict[str, int]:
        """How many connections are held `open` here, and how many jobs of AWS's lanes are `running` and `waiting`."""
        loads = [self._lanes.load(), self._patient.load()]
        return {"open": len(self._connections.holding)} | {
            name: sum(one[name] for one in loads) for name in ("running", "waiting")
        }

    def close(self) -> None:
        """Close all that this process holds, and refuse to open more from now on; what is remembered stays."""
        self._connections.holding.close()
        with self._lock:
            self._discoveries.clear()

    def _ask(self, connection_id: str, deadline: Deadline, job: Callable[[Cluster], T]) -> T:
        record = self._connections.find(connection_id, is_meant(connection_id))
        way = self._connections.opened(record, deadline)
        try:
            return way.ask(deadline, lambda: job(way.cluster))
        except Expired:
            if record.how == KEYS:
                # They cannot be renewed.
                self._connections.end(record)
            raise


def _record(way: Opened, sign_in: SignIn, cluster: str, connected_by: str) -> Record:
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
