"""Which clusters a sign-in can see in a region: every page of names, each described, many at a time."""

import functools
import queue
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.aws import Identity, Session, facts_of
from connector.errors import Failure, translated
from connector.lanes import Bulkhead, Deadline, Lanes

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


def describe(session: Session, name: str, principal: str = "") -> dict[str, Any]:
    """EKS's description of one cluster. Raises ClusterNotFound, AccessDenied and the rest."""
    facts = facts_of(session.sign_in, session.region)
    with translated(action="eks:DescribeCluster", cluster=name, principal=principal, **facts):
        answer: dict[str, Any] = session.client("eks").describe_cluster(name=name)["cluster"]
        return answer


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


def names_of(session: Session) -> list[str]:
    """The first page of names, to find one that was meant."""
    with translated(action="eks:ListClusters", **facts_of(session.sign_in, session.region)):
        return list(session.client("eks").list_clusters()["clusters"])


def _names(
    session: Session, identity: Identity, bulkhead: Bulkhead, deadline: Deadline
) -> tuple[list[str], bool]:
    names: list[str] = []
    token: str | None = None
    facts = facts_of(session.sign_in, session.region)
    while True:
        page = {"nextToken": token} if token else {}

        def listed(page: dict[str, str] = page) -> Any:
            with translated(action="eks:ListClusters", principal=identity.arn, **facts):
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


def _described(session: Session, identity: Identity, names: list[str], deadline: Deadline) -> Any:
    """Each cluster as its description comes in, until the deadline."""
    answers: queue.SimpleQueue[ClusterInfo] = queue.SimpleQueue()
    lanes = Lanes(_AT_ONCE, line=len(names))

    def ask(name: str) -> None:
        if not deadline.passed():
            answers.put(_info(session, identity, name))

    for name in names:
        lanes.submit("describe", functools.partial(ask, name))
    for _ in names:
        try:
            yield answers.get(timeout=deadline.left())
        except queue.Empty:
            return


def _info(session: Session, identity: Identity, name: str) -> ClusterInfo:
    try:
        found = describe(session, name, identity.arn)
    except Failure as failure:
        return ClusterInfo(name, error=failure)
    return ClusterInfo(
        name=name,
        status=found.get("status"),
        version=found.get("version"),
        endpoint=found.get("endpoint"),
        created=found.get("createdAt"),
    )
