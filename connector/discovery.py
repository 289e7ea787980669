"""Which clusters a sign-in can see in a region: every page of names, each described, many at a time."""

import functools
import queue
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.aws import Identity, Session
from connector.errors import ClusterNotFound, ClusterNotReady, Failure, translated
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.words import nearest

# EKS gives 100 names a page; describing goes at this many at once, which its API bears.
_AT_ONCE = 8


@dataclass(frozen=True)
class ClusterInfo:
    """A cluster as EKS describes it; the rest is None when it was not described, with `error` when that failed."""

    name: str
    status: str | None = None
    version: str | None = None
    endpoint: str | None = None
    created: datetime | None = None
    error: Failure | None = None


@dataclass(frozen=True)
class Discovery:
    region: str
    identity: Identity
    clusters: tuple[ClusterInfo, ...]
    """Sorted by name."""
    complete: bool
    """False: the deadline came before all were found and described."""


def discover(
    session: Session,
    bulkhead: Bulkhead,
    deadline: Deadline,
    on_progress: Callable[[int, int], None] | None = None,
) -> Discovery:
    """The clusters of the session's account and region; `on_progress(described, found)` as they come.

    A cluster that cannot be described is a row with its error. At the deadline: what was found so far.
    Raises what AWS says when it does not even tell who is asking, or gives no first page of names.
    """
    identity = bulkhead.call(session.identity, deadline)
    names, all_named = _names(session, identity, bulkhead, deadline)
    found = {name: ClusterInfo(name) for name in names}
    described = 0
    for info in _described(session, identity, names, deadline):
        found[info.name] = info
        described += 1
        if on_progress:
            on_progress(described, len(names))
    return Discovery(
        region=session.region,
        identity=identity,
        clusters=tuple(found[name] for name in sorted(found)),
        complete=all_named and described == len(found),
    )


def usable(
    session: Session, cluster: str, identity: Identity, bulkhead: Bulkhead, deadline: Deadline
) -> dict[str, Any]:
    """EKS's description of a cluster that can be connected to.

    Raises ClusterNotFound with the nearest names, ClusterNotReady, AccessDenied and the rest.
    """
    try:
        found = bulkhead.call(lambda: _describe(session, cluster, identity), deadline)
    except ClusterNotFound as failure:
        names: list[str] = []
        with suppress(Failure):
            names = bulkhead.call(lambda: _first_names(session), deadline)
        raise ClusterNotFound(failure.what, failure.why, nearest(cluster, names) or failure.hint) from failure
    target = f"--name {cluster} --region {session.region}"
    status = found.get("status", "")
    if status in {"CREATING", "PENDING"} or not found.get("endpoint"):
        raise ClusterNotReady(
            f"`{cluster}` is still being made ({status})",
            "It has no API server yet; that takes some ten minutes.",
            f"Connect when it is active: `aws eks wait cluster-active {target}`",
        )
    if status == "DELETING":
        raise ClusterNotReady(f"`{cluster}` is being deleted", "", "Choose another cluster")
    if status == "FAILED":
        raise ClusterNotReady(
            f"`{cluster}` has failed",
            "EKS could not make it.",
            f"See why: `aws eks describe-cluster {target} --query cluster.health`",
        )
    return found


def _describe(session: Session, name: str, identity: Identity) -> dict[str, Any]:
    with translated(action="eks:DescribeCluster", cluster=name, principal=identity.arn, **session.facts):
        answer: dict[str, Any] = session.client("eks").describe_cluster(name=name)["cluster"]
        return answer


def _first_names(session: Session) -> list[str]:
    with translated(action="eks:ListClusters", **session.facts):
        return list(session.client("eks").list_clusters()["clusters"])


def _names(
    session: Session, identity: Identity, bulkhead: Bulkhead, deadline: Deadline
) -> tuple[list[str], bool]:
    names: list[str] = []
    token: str | None = None
    while True:
        page = {"nextToken": token} if token else {}

        def listed(page: dict[str, str] = page) -> Any:
            with translated(action="eks:ListClusters", principal=identity.arn, **session.facts):
                return session.client("eks").list_clusters(**page)

        try:
            answer = bulkhead.call(listed, deadline)
        except Failure:
            if names and deadline.passed():
                return names, False
            raise
        names += answer["clusters"]
        token = answer.get("nextToken")
        if not token:
            # A name may move to a later page while they are read.
            return list(dict.fromkeys(names)), True


def _described(
    session: Session, identity: Identity, names: list[str], deadline: Deadline
) -> Iterator[ClusterInfo]:
    """Each cluster as its description comes in, until the deadline."""
    answers: queue.SimpleQueue[ClusterInfo] = queue.SimpleQueue()
    lanes = Lanes(_AT_ONCE, line=len(names))

    def ask(name: str) -> None:
        if not deadline.passed():
            answers.put(info_of(session, identity, name))

    for name in names:
        lanes.submit("describe", functools.partial(ask, name))
    for _ in names:
        try:
            yield answers.get(timeout=deadline.left())
        except queue.Empty:
            return


def info_of(session: Session, identity: Identity, name: str) -> ClusterInfo:
    """What EKS says of one cluster, or why it says nothing."""
    try:
        found = _describe(session, name, identity)
    except Failure as failure:
        return ClusterInfo(name, error=failure)
    return ClusterInfo(
        name=name,
        status=found.get("status"),
        version=found.get("version"),
        endpoint=found.get("endpoint"),
        created=found.get("createdAt"),
    )
