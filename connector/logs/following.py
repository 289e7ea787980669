"""Following logs: what is new at each look. Looks instead of a stream for each container.

A message changes every few seconds at most, and each look asks the cluster's RBAC again, finds pods that came or went,
and holds no thread or connection in between; twenty pods would take twenty streams.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from connector.cluster import Cluster
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.logs import lines as texts
from connector.logs import pods as choice
from connector.logs.lines import UNKNOWN, Line, Mark, Source
from connector.logs.reading import MOST_PODS, Logs, Reading, source_of

# Read once more before what is new, so that a private key is masked whole whose lines came with two looks.
_OVERLAP_SECONDS = 10
# Of each container at a look, the newest; the rest is said to be left out.
_LINES = 1_000


@dataclass(frozen=True)
class News:
    """What came since the last look, merged by time; with a text to look for, only lines that hold it."""

    lines: tuple[Line, ...]
    gap: bool
    """Whether there were more than are read at a look."""
    over: str
    """Why nothing more can come, as a sentence; "" while it may."""


class Following:
    """Follows what was asked for from where `first` ended. For one thread at a time."""

    def __init__(self, first: Logs) -> None:
        self._asked = first.asked
        self._marks: dict[Source, Mark | None] = dict(first.marks)

    def look(self, cluster: Cluster, deadline: Deadline, *, impersonate: Impersonate | None = None) -> News:
        """What is new now. Raises ObjectNotFound when the pod or workload is gone, and what the cluster says."""
        asked = self._asked
        pods = choice.of(cluster, asked.ref, deadline, impersonate)
        chosen = choice.meant(pods, asked.container)
        # Those followed so far come first, so that a pod which falls ill does not push another out.
        chosen.sort(key=lambda one: source_of(*one) not in self._marks)
        reading = Reading(cluster, asked.ref.namespace, deadline, impersonate)
        found = reading.all(chosen[:MOST_PODS], self._query)
        new = []
        gap = found.cut
        for source, lines in found.read.items():
            mark = self._marks.get(source)
            later = list(texts.newer(lines, mark))
            gap |= len(later) == len(lines) >= _LINES
            new.append(later)
            self._marks[source] = Mark.of(lines) or mark
        merged = texts.merged(new)
        held = texts.holding(merged, asked.grep) if asked.grep else merged
        return News(tuple(held), gap, _over(pods))

    def _query(self, source: Source) -> dict[str, str | int]:
        mark = self._marks.get(source)
        if mark is None or mark.at == UNKNOWN:
            return {"tailLines": _LINES}
        since = datetime.fromtimestamp(max(0, mark.at // 1_000_000_000 - _OVERLAP_SECONDS), UTC)
        return {"tailLines": _LINES, "sinceTime": since.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _over(pods: list[choice.Pod]) -> str:
    if not pods or not all(pod.ended for pod in pods):
        return ""
    return "The pod has ended." if len(pods) == 1 else "All pods have ended."
