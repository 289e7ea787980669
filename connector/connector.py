"""EKSConnector: one workspace's way to its clusters. Discover, connect, look, disconnect.

Holds the workspace's connections in memory and nothing else; safe under threads.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from connector import formats
from connector.aws import Identity, Keys, Role, Session, SignIn, check_region, facts_of
from connector.cluster import Cluster, Progress
from connector.connection import Connection, Step
from connector.discovery import ClusterInfo, Discovery, discover, usable
from connector.errors import (
    Busy,
    ConnectionNotFound,
    Expired,
    Failure,
    InvalidRequest,
    ServerError,
    Throttled,
    Unauthorized,
    Unreachable,
)
from connector.kubeconfig import kubeconfig
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.resources import KINDS, Listing, Query, kind_named
from connector.token import RENEW_AFTER, TokenSource
from connector.words import clean, nearest

T = TypeVar("T")

__all__ = ["ClusterInfo", "Connection", "Discovery", "EKSConnector", "Step"]

# How many answers of list_available_clusters are kept for those who would take one again.
_KEPT_DISCOVERIES = 64
_KEPT_ENDED = 1000


@dataclass(frozen=True)
class _Held:
    connection: Connection
    cluster: Cluster
    session: Session
    timer: threading.Timer | None

    def close(self) -> None:
        if self.timer:
            self.timer.cancel()
        self.cluster.close()
        self.session.close()


class EKSConnector:
    """The clusters of one workspace; nothing of another's can be named through it."""

    def __init__(self, keys_live: timedelta = timedelta(hours=1)) -> None:
        """Connections made with AWS keys end after `keys_live`: what was typed in a chat should not live long."""
        self._keys_live = keys_live
        self._lanes = Lanes(width=8)
        self._patient = Lanes(width=2, line=8)
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        # Ids of connections whose keys have ended, in order: an id, and nothing else of them.
        self._ended: dict[str, None] = {}
        self._closed = False
        self._discoveries: dict[tuple[str, SignIn], tuple[float, Discovery]] = {}

    # --- discover

    def list_available_clusters(
        self,
        region: str,
        sign_in: SignIn,
        *,
        deadline: float = 25.0,
        max_age: float = 0.0,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Discovery:
        """The clusters that `sign_in` sees in `region`, each described; `on_progress(described, found)` as they come.

        An answer at most `max_age` seconds old may be given again, never one that keys were needed for. At
        the deadline (seconds): what was found so far, with complete=False.
        Raises InvalidRegion, InvalidCredentials, ProfileNotFound, NoCredentials, AccessDenied, Unreachable …
        """
        asked = (region, sign_in)
        with self._lock:
            at, kept = self._discoveries.get(asked, (0.0, None))
        if kept is not None and time.monotonic() - at <= max_age:
            return kept
        limit = Deadline(deadline)
        # Who takes an older answer types in a form; who wants a fresh one has asked.
        aws = self._aws(region, facts_of(sign_in, region), patient=max_age > 0)
        session = aws.call(lambda: Session.open(sign_in, region), limit)
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
        aws = self._aws(region, facts_of(sign_in, region))
        with ExitStack() as undo:
            session = aws.call(
                lambda: Session.open(sign_in, region, name=connected_by, keys_live=self._keys_live), deadline
            )
            undo.callback(session.close)
            identity = aws.call(session.identity, deadline)
            done(Step("credentials", identity.arn))

            found = usable(session, cluster, identity, aws, deadline)
            done(Step("cluster", f"{found['status']}, Kubernetes {found['version']}"))

            tokens = TokenSource(session.credentials, region, cluster)
            aws.call(tokens.token, deadline)
            done(Step("token", f"renewed every {RENEW_AFTER / 60:.0f} minutes"))

            target = _cluster(found, session, identity, tokens)
            undo.callback(target.close)
            done(Step("api", self._asking(aws, session, deadline, lambda: target.version(deadline))))

            names = self._asking(aws, session, deadline, lambda: target.namespaces(deadline))
            done(Step("namespaces", f"{len(names):,} readable"))

            connection = Connection(
                id=f"{region}_{cluster}",
                region=region,
                cluster=cluster,
                account=identity.account,
                principal=identity.arn,
                version=found["version"],
                status=found["status"],
                endpoint=found["endpoint"],
                sign_in=sign_in.label,
                connected_by=connected_by,
                connected_at=datetime.now(UTC),
                expires_at=session.expires_at,
            )
            connection = self._keep(connection, target, session)
            undo.pop_all()
        return connection

    def _keep(self, connection: Connection, cluster: Cluster, session: Session) -> Connection:
        with self._lock:
            if self._closed:
                raise Busy("The bot is stopping", "", "Try again in a minute")
            connection = replace(connection, id=self._id_for(connection))
            timer = None
            if connection.expires_at is not None:
                left = (connection.expires_at - datetime.now(UTC)).total_seconds()
                timer = threading.Timer(left, self._end, (connection,))
                timer.name = f"end of {connection.id}"
                timer.daemon = True
                timer.start()
            self._ended.pop(connection.id, None)
            replaced = self._held.get(connection.id)
            self._held[connection.id] = _Held(connection, cluster, session, timer)
        if replaced:
            replaced.close()
        return connection

    def _id_for(self, new: Connection) -> str:
        """The id it has already; else `{region}_{cluster}`, with the account while another account has that."""
        for held in self._held.values():
            old = held.connection
            if (old.region, old.cluster, old.account) == (new.region, new.cluster, new.account):
                return old.id
        name = new.id
        while name in self._held:
            name = f"{name}_{new.account}"
        return name

    # --- look

    def list_connected_clusters(self) -> tuple[Connection, ...]:
        """The workspace's connections, by id."""
        now = datetime.now(UTC)
        with self._lock:
            connections = [held.connection for held in self._held.values()]
        return tuple(sorted((one for one in connections if not _is_over(one, now)), key=lambda one: one.id))

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> tuple[Connection, ...]:
        """The workspace's connections, by id, with the version and status that EKS gives now.

        One that AWS does not describe in time (seconds, over all) has the status UNKNOWN.
        """
        limit = Deadline(deadline)
        with self._lock:
            held = list(self._held.values())
        now = datetime.now(UTC)
        live = sorted(
            (one for one in held if not _is_over(one.connection, now)), key=lambda one: one.connection.id
        )
        with ThreadPoolExecutor(max_workers=8) as pool:
            return tuple(pool.map(lambda one: self._described(one, limit), live))

    def _described(self, held: _Held, limit: Deadline) -> Connection:
        connection = held.connection
        try:
            found = self._aws(connection.region, held.session.facts).call(
                lambda: held.session.client("eks").describe_cluster(name=connection.cluster)["cluster"], limit
            )
        except (Failure, BotoCoreError, ClientError):
            return replace(connection, status="UNKNOWN")
        return replace(connection, status=found["status"], version=found["version"])

    def connection(self, connection_id: str) -> Connection:
        """The connection of that id, or to the only cluster of that name.

        Raises ConnectionNotFound, also when it has ended.
        """
        return self._find(connection_id).connection

    def get_resources(
        self, connection_id: str, query: Query, *, deadline: float = 25.0, on_progress: Progress | None = None
    ) -> Listing:
        """What `query` finds; `on_progress(rows so far, expected or None)` after each page.

        At the deadline (seconds): what was found so far, with complete=False.
        Raises ConnectionNotFound, InvalidRequest, Unauthorized, Forbidden, Expired, Unreachable …
        """
        kind = kind_named(query.kind)
        if kind is None:
            raise InvalidRequest(
                f"`{clean(query.kind, 40)}` cannot be listed", "", f"One of these can: {', '.join(KINDS)}"
            )
        limit = Deadline(deadline)
        return self._ask(connection_id, limit, lambda cluster: cluster.list(kind, query, limit, on_progress))

    def list_namespaces(self, connection_id: str, *, deadline: float = 2.5) -> tuple[str, ...]:
        """Names of the namespaces, in order; those found so far at the deadline (seconds).

        Raises what get_resources raises.
        """
        limit = Deadline(deadline)
        return self._ask(connection_id, limit, lambda cluster: cluster.namespaces(limit))

    # --- disconnect

    def disconnect(self, connection_id: str) -> Connection:
        """Forget the connection, its credentials and its sockets; what it was. Raises ConnectionNotFound."""
        held = self._find(connection_id)
        self._end(held.connection, by_itself=False)
        return held.connection

    def close(self) -> None:
        """Disconnect everything, and refuse to connect from now on."""
        with self._lock:
            self._closed = True
            held = list(self._held.values())
            self._held.clear()
            self._discoveries.clear()
        for one in held:
            one.close()

    # ---

    def _aws(self, region: str, facts: Mapping[str, Any], *, patient: bool = False) -> Bulkhead:
        """The lane of a sign-in in a region: one that hangs closes no other. The patient wait on lanes of their own."""
        check_region(region)
        who = (facts["profile"], facts["keys"], facts["role"])
        return Bulkhead(self._patient if patient else self._lanes, (region, *who), f"AWS in {region}")

    def _find(self, connection_id: str) -> _Held:
        with self._lock:
            held = self._held.get(connection_id)
            known = list(self._held)
            if held is None:
                named = [one for one in self._held.values() if one.connection.cluster == connection_id]
                held = named[0] if len(named) == 1 else None
            ended = held is None and connection_id in self._ended
        if ended:
            raise ConnectionNotFound(
                f"The connection `{connection_id}` has ended",
                "It was made with AWS keys, and their session is over.",
                "Connect again, with a profile or with new keys",
            )
        if held is None or _is_over(held.connection, datetime.now(UTC)):
            raise ConnectionNotFound(
                f"There is no connection `{clean(connection_id, 120)}`",
                "",
                nearest(connection_id[:200], known) or "Connect to the cluster first",
            )
        return held

    def _end(self, connection: Connection, *, by_itself: bool = True) -> None:
        """Forget this connection, unless another has taken its place."""
        with self._lock:
            held = self._held.get(connection.id)
            if held is None or held.connection is not connection:
                return
            del self._held[connection.id]
            if by_itself:
                self._ended[connection.id] = None
                while len(self._ended) > _KEPT_ENDED:
                    del self._ended[next(iter(self._ended))]
        held.close()

    def _ask(self, connection_id: str, deadline: Deadline, job: Callable[[Cluster], T]) -> T:
        held = self._find(connection_id)
        aws = self._aws(held.connection.region, held.session.facts)
        try:
            return self._asking(aws, held.session, deadline, lambda: job(held.cluster))
        except Expired:
            if held.session.facts["keys"]:
                # They cannot be renewed.
                self._end(held.connection)
            raise

    def _asking(self, aws: Bulkhead, session: Session, deadline: Deadline, job: Callable[[], T]) -> T:
        """What `job` gives. A cluster that knows nobody by these credentials says the same of ended ones: ask AWS."""
        try:
            return job()
        except Unauthorized:
            with suppress(Unreachable, Throttled, ServerError, Busy):
                aws.call(session.identity, deadline)
            raise


def _is_over(connection: Connection, now: datetime) -> bool:
    return connection.expires_at is not None and connection.expires_at <= now


def _cluster(found: dict[str, Any], session: Session, identity: Identity, tokens: TokenSource) -> Cluster:
    config = kubeconfig(
        arn=found["arn"],
        endpoint=found["endpoint"],
        ca_data=found.get("certificateAuthority", {}).get("data", ""),
        cluster=found["name"],
        region=session.region,
        profile=session.facts["profile"],
        role=session.facts["role"],
    )
    return Cluster(config, tokens, session.facts | {"cluster": found["name"], "principal": identity.arn})
