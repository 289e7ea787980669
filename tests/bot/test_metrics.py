"""What the process counts: how often, how it ended and how long it took; never who or what it was about."""

import pytest

from bot.metrics import CONTENT_TYPE, Metrics
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.desk import Outcome

CALLER = Caller(WorkspaceKey("ECANARY", "TCANARY"), "UCANARY", "TCANARY", "CCANARY")


def lines(metrics: Metrics) -> list[str]:
    return [line for line in metrics.exposition().decode().splitlines() if not line.startswith("#")]


def value(metrics: Metrics, name: str) -> float:
    (line,) = [line for line in lines(metrics) if line.rpartition(" ")[0] == name]
    return float(line.rpartition(" ")[2])


def test_a_turn_is_counted_by_verb_and_outcome_and_timed() -> None:
    metrics = Metrics()
    for outcome, seconds in (("ok", 0.2), ("ok", 4.0), ("Unreachable", 30.0)):
        metrics.ended(Outcome(CALLER, "pods", outcome, seconds, "7f3a91c2"))
    assert value(metrics, 'eks_chatops_commands_total{outcome="ok",verb="pods"}') == 2
    assert value(metrics, 'eks_chatops_commands_total{outcome="Unreachable",verb="pods"}') == 1
    assert value(metrics, 'eks_chatops_answer_seconds_count{verb="pods"}') == 3
    assert value(metrics, 'eks_chatops_answer_seconds_sum{verb="pods"}') == pytest.approx(34.2)
    assert value(metrics, 'eks_chatops_answer_seconds_bucket{le="5.0",verb="pods"}') == 2


def test_nobody_and_nothing_is_named() -> None:
    metrics = Metrics()
    metrics.ended(Outcome(CALLER, "pods", "ok", 0.2, "7f3a91c2"))
    text = metrics.exposition().decode()
    assert "CANARY" not in text
    assert "7f3a91c2" not in text


def test_payloads_are_counted_by_what_was_done_with_them() -> None:
    metrics = Metrics()
    for verdict in ("new", "new", "again", "malformed", "unsigned"):
        metrics.arrived(verdict)
    counts = {
        verdict: value(metrics, f'eks_chatops_payloads_total{{verdict="{verdict}"}}')
        for verdict in ("new", "again", "malformed", "unsigned")
    }
    assert counts == {"new": 2, "again": 1, "malformed": 1, "unsigned": 1}


def test_acknowledgements_are_timed_finely() -> None:
    metrics = Metrics()
    for seconds in (0.002, 0.04, 2.9):
        metrics.acked(seconds)
    assert value(metrics, 'eks_chatops_ack_seconds_bucket{le="0.0025"}') == 1
    assert value(metrics, 'eks_chatops_ack_seconds_bucket{le="0.05"}') == 2
    assert value(metrics, 'eks_chatops_ack_seconds_bucket{le="3.0"}') == 3


def test_what_is_under_way_is_asked_for_when_somebody_looks() -> None:
    metrics, load = Metrics(), {"running": 0, "waiting": 0}
    metrics.watch(lambda: load)
    load |= {"running": 3, "waiting": 7}
    assert value(metrics, "eks_chatops_commands_running") == 3
    assert value(metrics, "eks_chatops_commands_waiting") == 7


def test_every_metric_says_what_it_is() -> None:
    metrics = Metrics()
    metrics.watch(lambda: {"running": 0, "waiting": 0})
    text = metrics.exposition().decode()
    named = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    told = {
        line.split()[2] for line in text.splitlines() if line.startswith("# HELP") and len(line.split()) > 5
    }
    assert named == told
    assert all(name.startswith("eks_chatops_") for name in named)
    assert CONTENT_TYPE.startswith("text/plain")
