"""What the process counts, for Prometheus. Labels hold verbs, operations and outcomes: no name, no id."""

from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from connector.lanes import Lanes
from handlers.trail import Outcome

CONTENT_TYPE = CONTENT_TYPE_LATEST
_ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_ANSWER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 25.0)
_CALL_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)

_POOL = {
    "running": "Threads of the pool that work right now.",
    "waiting": "Jobs that wait for a thread of the pool right now.",
    "full": "Lanes of the pool (a cluster, a region, a workspace) whose threads are all at work right now.",
}


class Metrics:
    """A registry of its own, so that two bots in one process (as in tests) do not share counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._payloads = Counter(
            "eks_chatops_payloads_total",
            "Payloads from Slack, by what was done with them: new, again, malformed, unsigned.",
            ["verdict"],
            registry=self._registry,
        )
        self._commands = Counter(
            "eks_chatops_commands_total",
            "Commands, clicks and submits that ended, by verb and outcome (ok, or the error's name).",
            ["verb", "outcome"],
            registry=self._registry,
        )
        self._ack = Histogram(
            "eks_chatops_ack_seconds",
            "From a payload's arrival to its acknowledgement.",
            buckets=_ACK_SECONDS,
            registry=self._registry,
        )
        self._answer = Histogram(
            "eks_chatops_answer_seconds",
            "From a payload's arrival to the end of its answer.",
            ["verb"],
            buckets=_ANSWER_SECONDS,
            registry=self._registry,
        )
        self._pools = {
            name: Gauge(f"eks_chatops_pool_{name}", told, ["pool"], registry=self._registry)
            for name, told in _POOL.items()
        }
        self._calls = Counter(
            "eks_chatops_calls_total",
            "Calls to AWS (aws:sts, aws:eks) and to clusters (kubernetes), by outcome (ok, or the error's name).",
            ["service", "operation", "outcome"],
            registry=self._registry,
        )
        self._call = Histogram(
            "eks_chatops_call_seconds",
            "From a call's beginning to its answer, its retries included.",
            ["service", "operation"],
            buckets=_CALL_SECONDS,
            registry=self._registry,
        )

    def watch(self, load: Callable[[], Mapping[str, int]]) -> None:
        """Shows how many commands run and wait, asked whenever Prometheus asks."""
        for name in ("running", "waiting"):
            self._gauge(f"commands_{name}", f"Commands that are {name} right now.", partial(_one, load, name))

    def watch_pool(self, pool: str, lanes: Lanes) -> None:
        """Shows how full a pool of threads is."""
        for name in ("running", "waiting"):
            self._pools[name].labels(pool).set_function(partial(_one, lanes.load, name))
        self._pools["full"].labels(pool).set_function(lanes.full)

    def watch_state(
        self,
        *,
        connections: Callable[[], int],
        database_up: Callable[[], bool],
        policy_broken: Callable[[], bool],
        trail_waiting: Callable[[], int],
        watching: Callable[[], Mapping[str, int]],
    ) -> None:
        """Shows what the process stands on, asked whenever Prometheus asks; each answers at once."""
        self._gauge("connections", "Clusters that this process holds open right now.", connections)
        self._gauge("database_up", "Whether the database answers: 1 or 0.", database_up)
        self._gauge(
            "policy_broken",
            "Whether the policy file is broken and an earlier version of it holds: 1 or 0.",
            policy_broken,
        )
        self._gauge("trail_waiting", "Rows of the trail that are not in the database yet.", trail_waiting)
        self._gauge(
            "watches", "Kinds of clusters that are watched right now.", partial(_one, watching, "watches")
        )
        self._gauge("watched_rows", "Objects that watches hold right now.", partial(_one, watching, "rows"))

    def arrived(self, verdict: str) -> None:
        self._payloads.labels(verdict).inc()

    def acked(self, seconds: float) -> None:
        self._ack.observe(seconds)

    def ended(self, outcome: Outcome) -> None:
        self._commands.labels(outcome.verb, outcome.outcome).inc()
        self._answer.labels(outcome.verb).observe(outcome.seconds)

    def called(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """Counts a call to AWS or to a cluster."""
        self._calls.labels(service, operation, outcome).inc()
        self._call.labels(service, operation).observe(seconds)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, told: str, ask: Callable[[], float]) -> None:
        Gauge(f"eks_chatops_{name}", told, registry=self._registry).set_function(ask)


def _one(load: Callable[[], Mapping[str, int]], name: str) -> int:
    return load()[name]
