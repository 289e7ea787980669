"""What the process counts, for Prometheus. Labels hold verbs and outcomes only: never a name, an id or a secret."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from handlers.desk import Outcome

CONTENT_TYPE = CONTENT_TYPE_LATEST
_ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_ANSWER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 25.0)


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

    def watch(self, load: Callable[[], dict[str, int]]) -> None:
        """Shows how many commands run and wait, asked whenever Prometheus asks."""
        for name in ("running", "waiting"):
            gauge = Gauge(
                f"eks_chatops_commands_{name}",
                f"Commands that are {name} right now.",
                registry=self._registry,
            )
            gauge.set_function(lambda name=name: load()[name])  # type: ignore[misc]

    def arrived(self, verdict: str) -> None:
        self._payloads.labels(verdict).inc()

    def acked(self, seconds: float) -> None:
        self._ack.observe(seconds)

    def ended(self, outcome: Outcome) -> None:
        self._commands.labels(outcome.verb, outcome.outcome).inc()
        self._answer.labels(outcome.verb).observe(outcome.seconds)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
