"""Reading logs: of one container, or of all pods of a workload at once, bounded in pods, lines and bytes."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from connector.cluster import Cluster
from connector.errors import (
    Busy,
    Failure,
    InvalidRequest,
    NotFound,
    ServerError,
    Throttled,
    Unreachable,
)
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.logs import lines as texts
from connector.logs import pods as choice
from connector.logs.lines import Line, Mark, Source
from connector.logs.pods import Container, Pod
from connector.objects import Ref
from connector.resources import KINDS
from connector.words import clean

MOST_PODS = 20
"""Of one workload; those in trouble first, then the newest."""
MOST_LINES = 10_000
"""Of all pods together, however many are wanted."""
SEARCHED = 20_000
"""Of all pods together, when a text is looked for in them."""

# Read before what is wanted, so that a private key is masked whole that begins there: 16,384 bits take 213 lines.
_MARGIN_LINES = 250
_MARGIN_SECONDS = 5
# Of all containers together, as they come from the server.
_BYTES = 32 * 1024 * 1024
# Half of the threads that a cluster's calls have: others want to know something, too.
_AT_ONCE = 4
_ACCEPT = "application/json, */*"
# A kubelet that does not answer, as the API server puts it.
_KUBELET = re.compile(r"https://([\w.:-]+?):10250/containerLogs")
# What becomes of one pod's logs does not keep the others' from being read.
_ITS_OWN = (InvalidRequest, NotFound, ServerError, Unreachable, Throttled, Busy)
# What the server says of a container that has just not started yet, or of a pod that is gone.
_OF_THE_POD = (InvalidRequest, NotFound)


@dataclass(frozen=True)
class Asked:
    """What is wanted of whose logs. `since` is in seconds, 0 for all there is."""

    ref: Ref
    container: str = ""
    previous: bool = False
    since: int = 0
    tail: int = 200
    grep: str = ""


@dataclass(frozen=True)
class Silent:
    """A container that gave no lines, and why, as the end of a sentence."""

    source: Source
    why: str


@dataclass(frozen=True)
class Logs:
    """What was found."""

    asked: Asked
    lines: tuple[Line, ...]
    """Merged by time, the newest last: those that hold the text that was looked for, and no more than were wanted."""
    looked_at: int
    """How many lines were read, of the time that was asked for."""
    held: int
    """How many of these hold the text."""
    more: bool
    """Whether there may be older lines, which were not looked at."""
    sources: tuple[Source, ...]
    """The containers that were asked."""
    silent: tuple[Silent, ...]
    """Those of them that had nothing to give."""
    pods: int
    """How many pods there are, asked or not."""
    containers: tuple[Container, ...]
    """All containers that may be asked for instead, one of each name."""
    restarted: bool
    """Whether one of those asked ran before, so that there are previous logs."""
    runs: bool
    """Whether one of those asked may still write."""
    taken_at: float
    """Epoch seconds."""
    marks: Mapping[Source, Mark | None]
    """How far each was read."""


class NodeSilent(Unreachable):
    """The kubelet that has the logs does not answer."""


def logs(
    cluster: Cluster, asked: Asked, deadline: Deadline, *, impersonate: Impersonate | None = None
) -> Logs:
    """The logs of a pod, or of the pods of a workload, masked.

    Raises ObjectNotFound when it is gone, NoSuchContainer, InvalidRequest for what selects no pods, NodeSilent, and
    what the cluster says; of several pods, when it says so of each.
    """
    taken_at = time.time()
    pods = choice.of(cluster, asked.ref, deadline, impersonate)
    chosen = choice.meant(pods, asked.container)[:MOST_PODS]
    wanted = min(asked.tail, MOST_LINES)
    searched = SEARCHED // max(1, len(chosen)) if asked.grep else wanted
    since = {"sinceSeconds": asked.since + _MARGIN_SECONDS} if asked.since else {}
    reading = Reading(cluster, asked.ref.namespace, deadline, impersonate, previous=asked.previous)
    found = reading.all(chosen, lambda _source: {"tailLines": searched + _MARGIN_LINES, **since})
    earliest = int((taken_at - asked.since) * 1e9) if asked.since else texts.UNKNOWN
    # Each source has as many as are wanted, so the whole has the right ones.
    asked_for = [[line for line in each if _since(line, earliest)] for each in found.read.values()]
    every = texts.merged(each[-searched:] for each in asked_for)
    looked_at = every if asked.grep else every[-wanted:]
    held = texts.holding(looked_at, asked.grep) if asked.grep else looked_at
    return Logs(
        asked=asked,
        lines=tuple(held[-wanted:]),
        looked_at=len(looked_at),
        held=len(held),
        more=found.cut or len(looked_at) < sum(map(len, asked_for)),
        sources=tuple(source_of(pod, container) for pod, container in chosen),
        silent=tuple(found.silent),
        pods=len(pods),
        containers=choice.choices(pods),
        restarted=any(container.restarted for _, container in chosen),
        runs=any(not pod.ended for pod in pods) or not pods,
        taken_at=taken_at,
        marks={source: Mark.of(each) for source, each in found.read.items()},
    )


def _since(line: Line, earliest: int) -> bool:
    # What has no instant is the kubelet's own word.
    return line.at >= earliest or line.at == texts.UNKNOWN


@dataclass
class Found:
    """What reading came to."""

    read: dict[Source, list[Line]]
    """In the order in which they were asked."""
    silent: list[Silent]
    cut: bool = False
    """Whether some gave fewer lines than were wanted, because these are so long."""


class Reading:
    """Reads containers of one namespace, several at once."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str | None,
        deadline: Deadline,
        impersonate: Impersonate | None,
        *,
        previous: bool = False,
    ) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._deadline = deadline
        self._impersonate = impersonate
        self._previous = previous

    def all(
        self,
        chosen: Sequence[tuple[Pod, Container]],
        query: Callable[[Source], Mapping[str, str | int]],
    ) -> Found:
        """The lines of each; `query` says how many of a container's, and since when.

        Raises what the cluster says of each of them, NodeSilent, and what is not one pod's own matter, as Forbidden.
        """
        found, asked = Found({}, []), []
        for pod, container in chosen:
            source = source_of(pod, container)
            if why := choice.silent(pod, container, previous=self._previous):
                found.silent.append(Silent(source, why))
            else:
                asked.append(source)
        failures: list[Failure] = []
        most_bytes = _BYTES // max(1, len(asked))

        def one(source: Source) -> list[Line] | Failure:
            try:
                body, cut = self._body(source, query(source), most_bytes)
            except _ITS_OWN as failure:
                return failure
            if cut:
                # Set and never taken back, as several threads are here at once.
                found.cut = True
            return texts.read(source, body)

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="logs") as pool:
            for source, outcome in zip(asked, pool.map(one, asked), strict=True):
                if isinstance(outcome, Failure):
                    if not isinstance(outcome, _OF_THE_POD):
                        failures.append(outcome)
                    found.silent.append(Silent(source, _why(outcome)))
                else:
                    found.read[source] = outcome
        if failures and len(failures) == len(asked):
            raise _of_a_node(failures[0])
        return found

    def _body(self, source: Source, query: Mapping[str, str | int], most_bytes: int) -> tuple[bytes, bool]:
        """What the container wrote last, and whether these are fewer lines than `query` wants.

        The server counts bytes from the first line that is wanted on, so with too many the newest would be cut off.
        """
        path = f"{KINDS['pods'].resource.path(self._namespace, source.pod)}/log"
        wanted: dict[str, str | int] = {
            "container": source.container,
            "timestamps": "true",
            "limitBytes": most_bytes,
            **query,
        }
        if self._previous:
            wanted["previous"] = "true"
        while True:
            body = self._cluster.api.get(
                "get pods/log",
                path,
                self._deadline,
                query=wanted,
                accept=_ACCEPT,
                impersonate=self._impersonate,
            )
            tail = int(wanted["tailLines"])
            if len(body) < most_bytes or tail == 1:
                return body, wanted["tailLines"] != query["tailLines"]
            wanted["tailLines"] = max(1, tail // 4)


def source_of(pod: Pod, container: Container) -> Source:
    return Source(pod.metadata.name, container.name)


def _why(failure: Failure) -> str:
    match failure:
        case NotFound():
            return "is gone"
        case ServerError() if node := _KUBELET.search(failure.why):
            return f"is on the node {node[1]}, which does not answer"
        case InvalidRequest():
            return f"gave nothing: {failure.why or failure.what}"
        case _:
            return f"gave nothing: {failure.what}"


def _of_a_node(failure: Failure) -> Failure:
    node = _KUBELET.search(failure.why) if isinstance(failure, ServerError) else None
    if node is None:
        return failure
    return NodeSilent(
        f"The node `{clean(node[1], 120)}` does not answer, and has the logs",
        failure.why,
        "Look at it: it may be down, or its kubelet cannot be reached",
    )
