"""Logs of pods, and of what runs pods: read, merged, searched, followed, and always masked."""

from connector.logs.following import Following, News
from connector.logs.lines import Line, Source, cut, labels
from connector.logs.pods import WORKLOADS, Container, NoSuchContainer, check
from connector.logs.reading import MOST_LINES, MOST_PODS, Asked, Logs, NodeSilent, Silent, logs

__all__ = [
    "MOST_LINES",
    "MOST_PODS",
    "WORKLOADS",
    "Asked",
    "Container",
    "Following",
    "Line",
    "Logs",
    "News",
    "NoSuchContainer",
    "NodeSilent",
    "Silent",
    "Source",
    "check",
    "cut",
    "labels",
    "logs",
]
