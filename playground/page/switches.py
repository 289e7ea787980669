"""Faults at a switch: what can be made to fail from the page, and what that turns in the playground."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from playground import Playground
from playground.fleet import Cluster

_LIMITED = (
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "views.open",
    "views.update",
    "response_url",
)
_LIMITED_CALLS = 2
_THROTTLED_CALLS = 20


class Switches:
    """All off at first. Turning one off turns the others of its part on afresh, as a part forgets all its faults."""

    def __init__(self, playground: Playground) -> None:
        self._slack = playground.slack
        self._aws = playground.aws
        self._clusters = {each.arn: each for each in playground.fleet.clusters if each.has_server}
        self._lock = threading.Lock()
        self._on: list[tuple[str, str]] = []  # names with the ARN of the cluster meant, or nothing
        self._everywhere: dict[str, tuple[str, Callable[[], None]]] = {
            "slack-429": (
                f"Slack answers 429 to the next {_LIMITED_CALLS} calls of each method",
                self._rate_limit,
            ),
            "slack-data-table": (
                "Slack refuses data_table",
                lambda: self._slack.faults.refuse_block("data_table"),
            ),
            "aws-denies": (
                "AWS denies eks:DescribeCluster",
                lambda: self._aws.faults.deny("eks:DescribeCluster"),
            ),
            "aws-throttles": (
                f"AWS throttles the next {_THROTTLED_CALLS} calls of EKS",
                lambda: self._aws.faults.throttle("eks:*", times=_THROTTLED_CALLS),
            ),
        }
        self._in_cluster: dict[str, tuple[str, Callable[[Cluster], None]]] = {
            "cluster-hangs": ("It takes requests and never answers", lambda cluster: cluster.faults.hang()),
            "cluster-rejects": ("It rejects every token", lambda cluster: cluster.faults.reject_tokens()),
            "cluster-crash": ("Its first pod starts to crash", _crash),
        }

    def json(self) -> dict[str, Any]:
        """The switches as the page shows them."""
        with self._lock:
            on = list(self._on)
        return {
            "type": "faults",
            "everywhere": [
                {"name": name, "label": label, "on": (name, "") in on}
                for name, (label, _) in self._everywhere.items()
            ],
            "clusters": [
                {
                    "arn": arn,
                    "label": f"{cluster.name} · {cluster.region} · {cluster.account}",
                    "switches": [
                        {"name": name, "label": label, "on": (name, arn) in on}
                        for name, (label, _) in self._in_cluster.items()
                    ],
                }
                for arn, cluster in self._clusters.items()
            ],
        }

    def turn(self, name: str, arn: str, on: bool) -> None:
        """Turns one switch; `arn` is empty for those that are no cluster's. Raises LookupError for what isn't there."""
        if name not in (self._in_cluster if arn else self._everywhere) or (arn and arn not in self._clusters):
            raise LookupError(f"no switch {name}")
        with self._lock:
            was = (name, arn) in self._on
            if on and not was:
                self._on.append((name, arn))
                self._apply(name, arn)
            elif was and not on:
                self._on.remove((name, arn))
                self._forget(arn, name)
                for other, place in self._on:
                    if place == arn and _part(other) == _part(name):
                        self._apply(other, place)

    def clear(self) -> None:
        """Turns off those that are on; faults that others asked for stay where none was."""
        with self._lock:
            for name, arn in self._on:
                self._forget(arn, name)
            self._on.clear()

    def _apply(self, name: str, arn: str) -> None:
        if arn:
            self._in_cluster[name][1](self._clusters[arn])
        else:
            self._everywhere[name][1]()

    def _forget(self, arn: str, name: str) -> None:
        if arn:
            self._clusters[arn].faults.clear()
        elif _part(name) == "slack":
            self._slack.faults.clear()
        else:
            self._aws.faults.clear()

    def _rate_limit(self) -> None:
        for method in _LIMITED:
            self._slack.faults.rate_limit(method, times=_LIMITED_CALLS)


def _part(name: str) -> str:
    """Whose fault it is: a part forgets all its faults at once."""
    return name.partition("-")[0]


def _crash(cluster: Cluster) -> None:
    pod = cluster.records("pods")[0]
    cluster.faults.crash(pod.namespace, pod.name)
