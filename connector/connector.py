"""EKSConnector: one workspace's way to its clusters. Discover, connect, look, disconnect.

Which connections there are is what the records say, which are read at each look, so that all replicas agree; what
this process holds open of them is a cache. Safe under threads.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from connector import formats
from connector.aws import Keys, Role, Session, SignIn, facts_of
from connector.calls import OnCall, unheard
from connector.cluster import Cluster, Progress
from connector.connection import Connection, Step
from connector.connections import Connections, everybody, is_meant
from connector.discovery import ClusterInfo, Discovery, discover
from connector.doctor import examine
from connector.errors import (
    Expired,
    Failure,
)
from connector.examination import Asker, Examination
from connector.impersonation import Impersonate
from connector.lanes import Deadline, Lanes
from connector.opening import lane, opened, recorded
from connector.records import KEYS, MemoryRecords, Record, Records
from connector.resources import Listing, Query
from connector.sweep import LINE, WIDTH, Bounds, SoFar, Sweep, sweep
from connector.tables import listed
from connector.vault import Vault
from connector.versions import Calendar, Support, told
from connector.watching import Budget

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
        budget: Budget | None = None,
    ) -> None:
        """Connections made with AWS keys end after `keys_live`: what was typed in a chat should not live long.

        Without `records` connections live as long as the process. Without a `vault`, one by keys is of use in the
        process that made it, and nowhere else. `on_call` hears of each call to AWS and to a cluster. What is listed is
        watched from then on, within `budget`, which connectors may share.
        """
        self._on_call = on_call
        self._keys_live = keys_live
        self._budget = budget
        self._lanes = Lanes(width=8)
        self._patient = Lanes(width=2, line=8)
        self._sweeps = Lanes(WIDTH, LINE)
        self._ways = Lanes(width=4, line=8)
        self._calendar = Calendar()
        self._connections = Connections(
            MemoryRecords() if records is None else records, vault, self._lanes, on_call, budget
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

    def sweep_clusters(
        self,
        sign_ins: Iterable[SignIn],
        bounds: Bounds,
        *,
        deadline: float = 20.0,
        asked_by: str = "",
        on_progress: Callable[[SoFar], None] = lambda _so_far: None,
    ) -> Sweep:
        """The clusters of every region that the sign-ins see, within bounds; all asked at once, as `sweep` tells.

        At the deadline (seconds): what was found so far, and which regions have not answered. Raises Busy.
        """
        return sweep(
            sign_ins,
            bounds,
            self._sweeps,
            Deadline(deadline),
            asked_by=asked_by,
            on_progress=on_progress,
            on_call=self._on_call,
        )

    # --- examine

    def examine(
        self, cluster: str, region: str, sign_in: SignIn, asker: Asker, *, deadline: float = 25.0
    ) -> Examination:
        """The way to a cluster, hop by hop: what works, and what mends the rest. Raises InvalidRequest for no name."""
        formats.cluster_name(cluster)
        return examine(sign_in, region, cluster, asker, self._ways, Deadline(deadline), self._on_call)

    def examine_connection(self, connection_id: str, asker: Asker, *, deadline: float = 25.0) -> Examination:
        """The same for a connection, signed in as it is. Raises ConnectionNotFound, StateAway."""
        record = self._connections.find(connection_id, is_meant(connection_id))
        sign_in = self._connections.sign_in(record)
        return self.examine(record.cluster, record.region, sign_in, asker, deadline=deadline)

    def support(self, connections: Iterable[Connection], *, deadline: float = 2.5) -> dict[str, Support]:
        """How long AWS supports the version of each connection, by its id; from AWS's pages where EKS says nothing.

        EKS is asked once a day and region. Raises StateAway.
        """
        limit = Deadline(deadline)
        records = {record.id: record for record in self._connections.live()}

        def supported(connection: Connection) -> Support:
            def ask() -> Mapping[str, Support]:
                way = self._connections.opened(records[connection.id], limit)
                return way.aws.call(lambda: told(way.session), limit)

            return self._calendar.support(connection.version, connection.region, ask)

        known = [one for one in connections if one.id in records]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = pool.map(supported, known)
            return {one.id: support for one, support in zip(known, found, strict=True)}

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
                budget=self._budget,
            )
            undo.callback(way.close)
            done(Step("api", way.ask(deadline, lambda: way.cluster.version(deadline))))
            names = way.ask(deadline, lambda: way.cluster.namespaces(deadline))
            done(Step("namespaces", f"{len(names):,} readable"))
            record = self._connections.add(recorded(way, sign_in, cluster, connected_by), way)
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

    def ask(self, connection_id: str, deadline: Deadline, job: Callable[[Cluster], T]) -> T:
        """What `job` gives when it is handed the cluster; a connection that is not held here is opened first.

        Raises what `job` raises, ConnectionNotFound, Expired, StateAway, and what AWS says of the sign-in.
        """
        record = self._connections.find(connection_id, is_meant(connection_id))
        way = self._connections.opened(record, deadline)
        try:
            return way.ask(deadline, lambda: job(way.cluster))
        except Expired:
            if record.how == KEYS:
                # They cannot be renewed.
                self._connections.end(record)
            raise

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
        Raises ConnectionNotFound, KindNotServed, InvalidRequest, Unauthorized, Forbidden, Expired, Unreachable …
        """
        limit = Deadline(deadline)
        return self.ask(
            connection_id, limit, lambda cluster: listed(cluster, query, limit, on_progress, impersonate)
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
        return self.ask(
            connection_id, limit, lambda cluster: cluster.namespaces(limit, matching, impersonate)
        )

    def kubeconfig(self, connection_id: str, *, deadline: float = 25.0) -> dict[str, Any]:
        """What `aws eks update-kubeconfig` writes for the cluster, for anybody's terminal: it names no profile.

        It holds no secret: whoever uses it signs in as themselves, in the role that the bot has, if it has one.
        Raises ConnectionNotFound, StateAway, and what AWS says of the sign-in when it is opened for this.
        """
        record = self._connections.find(connection_id, is_meant(connection_id))
        return self._connections.opened(record, Deadline(deadline)).kubeconfig(profile=None)

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
        """Close what is held of connections that have ended, or were disconnected elsewhere. Raises StateAway.

        And end the watches that nobody has looked at lately.
        """
        if self._budget:
            self._budget.tidy()
        self._connections.live()

    def load(self) -> dict[str, int]:
        """How many connections are held `open` here, and how many jobs of AWS's lanes are `running` and `waiting`."""
        loads = [lanes.load() for lanes in (self._lanes, self._patient, self._sweeps, self._ways)]
        return {"open": len(self._connections.holding)} | {
            name: sum(one[name] for one in loads) for name in ("running", "waiting")
        }

    def close(self) -> None:
        """Close all that this process holds, and refuse to open more from now on; what is remembered stays."""
        self._connections.holding.close()
        with self._lock:
            self._discoveries.clear()
