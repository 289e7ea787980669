"""The table of pods: what kubectl calls their status, after printPod of kube-apiserver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.kubernetes.tables.text import NONE, Body, Printer, age, columns, duration, epoch

_ENDS = {
    "Succeeded": "The pod has completed successfully.",
    "Failed": "The pod failed.",
}


@dataclass
class _Tally:
    """What the walk over a pod's containers finds out."""

    reason: str
    ready: int = 0
    restarts: int = 0
    restarted_at: float = 0.0

    def add(self, status: Body) -> None:
        self.restarts += status.get("restartCount", 0)
        finished = status.get("lastState", {}).get("terminated", {}).get("finishedAt")
        if finished:
            self.restarted_at = max(self.restarted_at, epoch(finished))


def _ended(terminated: Body) -> str:
    if reason := terminated.get("reason"):
        return str(reason)
    if signal := terminated.get("signal"):
        return f"Signal:{signal}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def _condition(body: Body, kind: str) -> Body:
    found = (c for c in body["status"].get("conditions", []) if c["type"] == kind)
    return next(found, {})


def _initializing(body: Body, tally: _Tally, running: _Tally, sidecars: set[str]) -> bool:
    """Walks the init containers up to the one that is not done; True when there is one."""
    specs = body["spec"].get("initContainers", [])
    for at, status in enumerate(body["status"].get("initContainerStatuses", [])):
        tally.add(status)
        sidecar = status["name"] in sidecars
        if sidecar:
            running.add(status)
        state = status.get("state", {})
        terminated, waiting = state.get("terminated"), state.get("waiting", {})
        if terminated is not None and terminated.get("exitCode", 0) == 0:
            continue
        if sidecar and status.get("started"):
            running.ready += bool(status.get("ready"))
            continue
        if terminated is not None:
            tally.reason = f"Init:{_ended(terminated)}"
        elif waiting.get("reason") not in {None, "", "PodInitializing"}:
            tally.reason = f"Init:{waiting['reason']}"
        else:
            tally.reason = f"Init:{at}/{len(specs)}"
        return True
    return False


def _status(body: Body) -> _Tally:
    status = body["status"]
    tally = _Tally(status.get("reason") or status.get("phase", ""))
    if _condition(body, "PodScheduled").get("reason") == "SchedulingGated":
        tally.reason = "SchedulingGated"
    sidecars = {
        c["name"] for c in body["spec"].get("initContainers", []) if c.get("restartPolicy") == "Always"
    }
    running = _Tally("")
    initializing = _initializing(body, tally, running, sidecars)
    tally.ready = running.ready
    if not initializing or _condition(body, "Initialized").get("status") == "True":
        running.reason = tally.reason
        tally = running
        has_running = False
        for each in reversed(status.get("containerStatuses", [])):
            tally.add(each)
            state = each.get("state", {})
            if reason := state.get("waiting", {}).get("reason"):
                tally.reason = reason
            elif "terminated" in state:
                tally.reason = _ended(state["terminated"])
            elif each.get("ready") and "running" in state:
                has_running = True
                tally.ready += 1
        if tally.reason == "Completed" and has_running:
            ready = _condition(body, "Ready").get("status") == "True"
            tally.reason = "Running" if ready else "NotReady"
    if body["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            tally.reason = "Unknown"
        elif status.get("phase") not in _ENDS:
            tally.reason = "Terminating"
    return tally


def _cells(body: Body, now: float) -> list[Any]:
    spec, status = body["spec"], body["status"]
    tally = _status(body)
    sidecars = sum(c.get("restartPolicy") == "Always" for c in spec.get("initContainers", []))
    restarts = str(tally.restarts)
    if tally.restarts and tally.restarted_at:
        restarts += f" ({duration(now - tally.restarted_at)} ago)"
    gates = [gate["conditionType"] for gate in spec.get("readinessGates", [])]
    passed = sum(_condition(body, gate).get("status") == "True" for gate in gates)
    return [
        body["metadata"]["name"],
        f"{tally.ready}/{len(spec['containers']) + sidecars}",
        tally.reason,
        restarts,
        age(body, now),
        status.get("podIP") or NONE,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        f"{passed}/{len(gates)}" if gates else NONE,
    ]


def _row_conditions(body: Body) -> list[dict[str, str]]:
    phase = body["status"].get("phase", "")
    if phase not in _ENDS:
        return []
    return [{"type": "Completed", "status": "True", "reason": phase, "message": _ENDS[phase]}]


PRINTERS = {
    "Pod": Printer(
        columns(
            *("Name", "Ready", "Status", "Restarts", "Age"),
            wide=("IP", "Node", "Nominated Node", "Readiness Gates"),
        ),
        _cells,
        _row_conditions,
    )
}
