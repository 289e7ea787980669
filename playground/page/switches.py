"""Faults at a switch: what can be made to fail from the page, and what that turns in the playground."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
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
# Names of pods that are offered at once.
_OFFERED = 50


@dataclass(frozen=True)
class _Switch:
    """A fault of everybody's; `left` is how many calls it has still to fail, when it ends by itself."""

    label: str
    apply: Callable[[], None]
    left: Callable[[], int] | None = None


class Switches:
    """All off at first. Turning one off turns the others of its part on afresh, as a part forgets all its faults."""

    def __init__(self, playground: Playground) -> None:
        self._slack = playground.slack
        self._aws = playground.aws
        self._clusters = {each.arn: each for each in playground.fleet.clusters if each.has_server}
        self._lock = threading.Lock()
        # By name, with the ARN of the cluster meant or nothing: the pod meant, as namespace/name, or nothing.
        self._on: dict[tuple[str, str], str] = {}
        self._spent: set[str] = set()
        slack, aws = self._slack.faults, self._aws.faults
        first, *others = _LIMITED
        self._everywhere = {
            "slack-429": _Switch(
                f"Slack answers the bot's next {_LIMITED_CALLS} posts with 429",
                lambda: slack.rate_limit(first, _LIMITED_CALLS, also=others),
                lambda: slack.left(first),
            ),
            "slack-data-table": _Switch(
                "Slack refuses data_table; the bot goes on without it for a day, also when this is off again",
                lambda: slack.refuse_block("data_table"),
            ),
            "aws-denies": _Switch("AWS denies eks:DescribeCluster", lambda: aws.deny("eks:DescribeCluster")),
            "aws-throttles": _Switch(
                f"AWS throttles the next {_THROTTLED_CALLS} calls of EKS",
                lambda: aws.throttle("eks:*", times=_THROTTLED_CALLS),
                aws.throttled,
            ),
        }
        self._in_cluster: dict[str, tuple[str, Callable[[Cluster, str], None]]] = {
            "cluster-hangs": (
                "It takes requests and never answers",
                lambda cluster, _: cluster.faults.hang(),
            ),
            "cluster-rejects": ("It rejects every token", lambda cluster, _: cluster.faults.reject_tokens()),
            "cluster-crash": ("A pod starts to crash", _crash),
        }

    @property
    def counting(self) -> bool:
        """Whether one is on that ends by itself."""
        with self._lock:
            return any(name in self._everywhere and self._everywhere[name].left for name, _ in self._on)

    def json(self) -> dict[str, Any]:
        """The switches as the page shows them; one whose calls are used up is off, and said to be `spent`."""
        with self._lock:
            self._end_spent()
            return {
                "type": "faults",
                "everywhere": [
                    {
                        "name": name,
                        "label": switch.label,
                        "on": (name, "") in self._on,
                        "left": switch.left() if switch.left and (name, "") in self._on else None,
                        "spent": name in self._spent,
                    }
                    for name, switch in self._everywhere.items()
                ],
                "clusters": [
                    {
                        "arn": arn,
                        "label": f"{cluster.name} · {cluster.region} · {cluster.account}",
                        "switches": [
                            {
                                "name": name,
                                "label": label,
                                "on": (name, arn) in self._on,
                                "pod": self._on.get((name, arn)) or None,
                            }
                            for name, (label, _) in self._in_cluster.items()
                        ],
                    }
                    for arn, cluster in self._clusters.items()
                ],
            }

    def turn(self, name: str, arn: str, on: bool, pod: str = "") -> str:
        """Turns one switch and gives what it is about; `arn` is empty for those that are no cluster's.

        `pod` is which one shall crash, without it the first. Raises LookupError for what is not there.
        """
        if name not in (self._in_cluster if arn else self._everywhere) or (arn and arn not in self._clusters):
            raise LookupError(f"no switch {name}")
        if name == "cluster-crash":
            pod = self._pod(arn, pod)
        with self._lock:
            self._end_spent()
            self._spent.discard(name)
            was = self._on.pop((name, arn), None)
            if was is not None:
                self._forget(arn, name)
                for (other, place), which in self._on.items():
                    if place == arn and _part(other) == _part(name):
                        self._apply(other, place, which)
            if on:
                self._on[name, arn] = pod
                self._apply(name, arn, pod)
        if not arn:
            return self._everywhere[name].label
        where = f"{self._clusters[arn].name} {pod if on else ''}".strip()
        return f"{where}: {self._in_cluster[name][0]}"

    def pods(self, arn: str, typed: str) -> list[str]:
        """The first pods of a cluster, as namespace/name, that hold every word typed. Raises LookupError."""
        if arn not in self._clusters:
            raise LookupError("no such cluster")
        wanted = typed.lower().split()
        found = (name for name in self._names(arn) if all(word in name for word in wanted))
        return list(islice(found, _OFFERED))

    def clear(self) -> None:
        """Turns off those that are on; faults that others asked for stay where none was."""
        with self._lock:
            for name, arn in self._on:
                self._forget(arn, name)
            self._on.clear()

    def _names(self, arn: str) -> Iterator[str]:
        return (f"{pod.namespace}/{pod.name}" for pod in self._clusters[arn].records("pods"))

    def _pod(self, arn: str, named: str) -> str:
        """The pod meant, or the first. Raises LookupError when there is none of that name."""
        for name in self._names(arn):
            if named in ("", name):
                return name
        raise LookupError(f"no pod {named}")

    def _end_spent(self) -> None:
        for name, switch in self._everywhere.items():
            if (name, "") in self._on and switch.left and switch.left() <= 0:
                del self._on[name, ""]
                self._spent.add(name)

    def _apply(self, name: str, arn: str, pod: str) -> None:
        if arn:
            self._in_cluster[name][1](self._clusters[arn], pod)
        else:
            self._everywhere[name].apply()

    def _forget(self, arn: str, name: str) -> None:
        if arn:
            self._clusters[arn].faults.clear()
        elif _part(name) == "slack":
            self._slack.faults.clear()
        else:
            self._aws.faults.clear()


def _part(name: str) -> str:
    """Whose fault it is: a part forgets all its faults at once."""
    return name.partition("-")[0]


def _crash(cluster: Cluster, pod: str) -> None:
    namespace, _, name = pod.partition("/")
    cluster.faults.crash(namespace, name)
