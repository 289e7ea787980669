"""What the process counts: how often, how it ended and how long it took; never who or what it was about."""

import threading

import pytest

from bot.metrics import CONTENT_TYPE, Metrics
from connector.lanes import Lanes
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.trail import Outcome

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


def test_calls_are_counted_by_what_was_called_and_how_it_ended() -> None:
    metrics = Metrics()
    for outcome, seconds in (("ok", 0.2), ("AccessDenied", 0.1)):
        metrics.called("aws:eks", "DescribeCluster", outcome, seconds)
    metrics.called("kubernetes", "list pods", "ok", 4.0)
    called = 'eks_chatops_calls_total{operation="DescribeCluster",outcome="%s",service="aws:eks"}'
    assert value(metrics, called % "ok") == 1
    assert value(metrics, called % "AccessDenied") == 1
    seconds_of = 'eks_chatops_call_seconds_sum{operation="%s",service="%s"}'
    assert value(metrics, seconds_of % ("DescribeCluster", "aws:eks")) == pytest.approx(0.3)
    assert value(metrics, seconds_of % ("list pods", "kubernetes")) == pytest.approx(4.0)


def test_a_full_pool_shows() -> None:
    metrics, lanes = Metrics(), Lanes(width=2, line=8)
    metrics.watch_pool("clusters", lanes)
    release, running = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        running.release()
        assert release.wait(10)

    # One cluster has all its threads at work and a line before them, the other a thread left.
    for key in ("prod", "prod", "prod", "dev"):
        lanes.submit(key, work)
    for _ in range(3):
        assert running.acquire(timeout=10)
    pool = {
        name: value(metrics, f'eks_chatops_pool_{name}{{pool="clusters"}}')
        for name in ("running", "waiting", "full")
    }
    assert pool == {"running": 3, "waiting": 1, "full": 1}
    release.set()
    assert lanes.drain(10)
    assert value(metrics, 'eks_chatops_pool_full{pool="clusters"}') == 0


def test_what_the_process_stands_on_shows() -> None:
    metrics = Metrics()
    state = {"connections": 3, "up": True, "broken": False, "waiting": 7, "watches": 2, "rows": 900}
    watch(metrics, state)
    names = ("connections", "database_up", "policy_broken", "trail_waiting", "watches", "watched_rows")
    assert [value(metrics, f"eks_chatops_{name}") for name in names] == [3, 1, 0, 7, 2, 900]
    state |= {"connections": 0, "up": False, "broken": True, "waiting": 0, "watches": 0, "rows": 0}
    assert [value(metrics, f"eks_chatops_{name}") for name in names] == [0, 0, 1, 0, 0, 0]


def watch(metrics: Metrics, state: dict[str, int]) -> None:
    metrics.watch_state(
        connections=lambda: state["connections"],
        database_up=lambda: bool(state["up"]),
        policy_broken=lambda: bool(state["broken"]),
        trail_waiting=lambda: state["waiting"],
        watching=lambda: {"watches": state["watches"], "rows": state["rows"]},
    )


def test_every_metric_says_what_it_is() -> None:
    metrics = Metrics()
    metrics.watch(lambda: {"running": 0, "waiting": 0})
    metrics.watch_pool("clusters", Lanes())
    watch(metrics, {"connections": 0, "up": True, "broken": False, "waiting": 0, "watches": 0, "rows": 0})
    text = metrics.exposition().decode()
    named = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    told = {
        line.split()[2] for line in text.splitlines() if line.startswith("# HELP") and len(line.split()) > 5
    }
    assert named == told
    assert all(name.startswith("eks_chatops_") for name in named)
    assert CONTENT_TYPE.startswith("text/plain")
