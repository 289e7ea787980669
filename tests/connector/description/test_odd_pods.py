"""Pods in each odd state: what their description says, and the sentence that tells why."""

from typing import Any

import pytest

from connector.description import Description, Further, summary
from connector.resources import Health
from connector.resources.events import EventRow
from tests.connector.description.shapes import (
    NOT_READY,
    NOW,
    RUNNING,
    ago,
    condition,
    ended,
    event,
    pod,
    tell,
    waiting,
)


def why(obj: Any, *events: EventRow) -> str:
    return summary(told(obj, *events), NOW)


def told(obj: Any, *events: EventRow) -> Description:
    return tell("pods", obj, Further(events=events))


CRASHED = {
    "name": "app",
    "state": waiting("CrashLoopBackOff", "back-off 5m0s"),
    "lastState": ended(1),
    "ready": False,
    "restartCount": 4,
}
PULLING = {"name": "app", "ready": False, "restartCount": 0}
LIMITED = {"resources": {"limits": {"memory": "512Mi"}, "requests": {"cpu": "100m"}}}


def test_a_container_that_crashes_is_told_with_its_exit_code_and_how_often() -> None:
    one = told(pod(CRASHED, conditions=NOT_READY))
    assert (one.status, one.health) == ("CrashLoopBackOff", Health.BROKEN)
    assert summary(one, NOW) == "CrashLoopBackOff: container `app` exited 1 (Error) 2m ago, restarted 4 times"
    (container,) = one.containers
    assert container.state.text == "Waiting: CrashLoopBackOff"
    assert container.state.message == "back-off 5m0s"
    assert container.last_state.text == "Terminated: Error (exit code 1)"
    assert (container.last_state.started, container.last_state.finished) == (NOW - 180, NOW - 120)
    assert container.last_state.since == NOW - 120
    assert (container.ready, container.restarts) == (False, 4)


def test_its_last_words_are_told() -> None:
    said = {
        **CRASHED,
        "lastState": ended(1, message="panic: no `DATABASE_URL`\ngoroutine 1"),
        "restartCount": 1,
    }
    assert why(pod(said, conditions=NOT_READY)) == (
        "CrashLoopBackOff: container `app` exited 1 (Error) 2m ago, restarted once: "
        "panic: no 'DATABASE_URL' goroutine 1"
    )


@pytest.mark.parametrize(
    ("spec", "where"),
    [(LIMITED, ", at its memory limit of 512Mi"), ({}, ", without a memory limit of its own")],
)
def test_a_container_killed_for_its_memory_is_told_with_its_limit(spec: dict[str, Any], where: str) -> None:
    state = {"name": "app", "spec": spec, "ready": False, "restartCount": 0, "state": ended(137, "OOMKilled")}
    one = told(pod(state, phase="Failed"))
    assert one.status == "OOMKilled"
    assert summary(one, NOW) == f"Container `app` was OOMKilled 2m ago{where}"


def test_a_container_that_came_back_after_that_is_news_still() -> None:
    back = {"name": "app", "spec": LIMITED, "ready": True, "restartCount": 2, "state": RUNNING}
    one = told(
        pod({**back, "lastState": ended(137, "OOMKilled", 30)}, conditions=[condition("Ready", "True")])
    )
    assert one.health is Health.HEALTHY
    assert summary(one, NOW) == (
        "Container `app` was OOMKilled 30m ago, at its memory limit of 512Mi, and runs again, restarted 2 times"
    )


@pytest.mark.parametrize(
    ("reason", "message", "cause"),
    [
        ("ErrImagePull", "rpc error: not found", "rpc error: not found"),
        (
            "ImagePullBackOff",
            'Back-off pulling image "registry/app:1": ErrImagePull: unauthorized',
            'Back-off pulling image "registry/app:1": ErrImagePull: unauthorized',
        ),
        (
            "ImagePullBackOff",
            'Back-off pulling image "registry/app:1"',
            'Failed to pull image "registry/app:1": 403',
        ),
        ("InvalidImageName", "couldn't parse it", "couldn't parse it"),
    ],
)
def test_an_image_that_cannot_be_had_is_told_in_the_registrys_words(
    reason: str, message: str, cause: str
) -> None:
    remembered = event("Failed", 'Failed to pull image "registry/app:1": 403', part="spec.containers{app}")
    obj = pod({**PULLING, "state": waiting(reason, message)}, phase="Pending", conditions=NOT_READY)
    assert why(obj, remembered) == f"{reason}: container `app` cannot get `registry/app:1`: {cause}"


def test_a_config_error_is_told_in_the_kubelets_words() -> None:
    state = waiting("CreateContainerConfigError", 'secret "db" not found')
    assert why(pod({**PULLING, "state": state}, phase="Pending", conditions=NOT_READY)) == (
        'CreateContainerConfigError: container `app`: secret "db" not found'
    )


def test_two_sick_containers_are_both_told_and_a_third_is_counted() -> None:
    others = [{**CRASHED, "name": name} for name in ("one", "two", "three")]
    found = why(pod(*others, conditions=NOT_READY))
    assert found.count("CrashLoopBackOff: container") == 2
    assert found.endswith("; and 1 more")


def test_an_unschedulable_pod_tells_the_schedulers_reason() -> None:
    conditions = [
        condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available: 3 Insufficient cpu.")
    ]
    obj = pod(phase="Pending", conditions=conditions)
    obj["spec"]["nodeName"] = ""
    one = told(obj)
    assert summary(one, NOW) == "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu."
    assert [(c.type, c.is_bad) for c in one.conditions] == [("PodScheduled", True)]
    assert one.fact("Node") == ""


def test_without_a_message_the_schedulers_event_tells_it() -> None:
    obj = pod(phase="Pending", conditions=[condition("PodScheduled", "False", "Unschedulable")])
    assert why(obj, event("FailedScheduling", "0/3 nodes")) == "Unschedulable: 0/3 nodes"


def test_a_gated_pod_names_its_gates() -> None:
    obj = pod(phase="Pending", conditions=[condition("PodScheduled", "False", "SchedulingGated")])
    obj["spec"]["schedulingGates"] = [{"name": "example.com/quota"}]
    assert why(obj) == "Kept from being scheduled by its gates: example.com/quota"
    assert told(obj).status == "SchedulingGated"


def test_a_pod_that_nobody_has_placed_yet_says_so() -> None:
    assert why({"metadata": {"name": "new"}, "spec": {}, "status": {"phase": "Pending"}}) == (
        "No node has been chosen for it yet"
    )


def test_an_evicted_pod_tells_why() -> None:
    obj = pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory.")
    one = told(obj)
    assert (one.status, one.fact("Reason")) == ("Evicted", "Evicted")
    assert summary(one, NOW) == "Evicted: The node was low on resource: memory."


TERMINATING = {"deletionTimestamp": ago(2), "deletionGracePeriodSeconds": 30}


@pytest.mark.parametrize(
    ("meta", "status", "sentence"),
    [
        (
            {**TERMINATING, "finalizers": ["a.example.com/x", "b"]},
            {},
            "Terminating: overdue by 2m, after 30s of grace; kept by its finalizers a.example.com/x, b",
        ),
        (TERMINATING, {}, "Terminating: overdue by 2m, after 30s of grace"),
        (
            {"deletionTimestamp": ago(-0.5), "deletionGracePeriodSeconds": 60},
            {},
            "Terminating: 30s left of the 60s that it has",
        ),
        (
            TERMINATING,
            {"reason": "NodeLost", "message": "Node n which was running pod cart is unresponsive"},
            "Terminating: its node is lost; overdue by 2m, after 30s of grace",
        ),
    ],
)
def test_a_terminating_pod_tells_since_when_and_what_keeps_it(
    meta: dict[str, Any], status: dict[str, Any], sentence: str
) -> None:
    one = told(pod({"name": "app", "state": RUNNING, "ready": True}, meta=meta, **status))
    assert one.status == ("Unknown" if status else "Terminating")
    assert summary(one, NOW) == sentence


def first(name: str, state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "role": "init", "state": state, "ready": False, "restartCount": 0, **more}


WAITS = {"name": "app", "state": waiting("PodInitializing"), "ready": False, "restartCount": 0}
SIDECAR = {"spec": {"restartPolicy": "Always"}}


def test_the_init_container_that_fails_is_told_by_its_number() -> None:
    done = first("one", ended(0, "Completed"))
    bad = first("two", waiting("CrashLoopBackOff"), lastState=ended(3), restartCount=6)
    never = first("three", waiting("PodInitializing"))
    one = told(pod(done, bad, never, WAITS, phase="Pending", conditions=NOT_READY))
    assert one.status == "Init:CrashLoopBackOff"
    assert summary(one, NOW) == (
        "CrashLoopBackOff: init container `two` (2 of 3) exited 3 (Error) 2m ago, restarted 6 times"
    )
    assert [(c.name, c.role) for c in one.containers] == [
        ("one", "init"),
        ("two", "init"),
        ("three", "init"),
        ("app", "container"),
    ]


def test_an_init_container_that_ended_badly_for_good_is_told() -> None:
    one = told(pod(first("one", ended(2)), WAITS, phase="Failed", conditions=NOT_READY))
    assert one.status == "Init:Error"
    assert summary(one, NOW) == "Init container `one` (1 of 1) exited 2 (Error) 2m ago"


def test_an_init_container_that_takes_its_time_is_told() -> None:
    one = told(pod(first("one", RUNNING), WAITS, phase="Pending", conditions=NOT_READY))
    assert one.status == "Init:0/1"
    assert summary(one, NOW) == "The init container `one` (1 of 1) is not through, running for 30m"


def test_a_sidecar_is_told_from_the_init_containers() -> None:
    mesh = first("mesh", RUNNING, **SIDECAR, started=True, ready=True, restartCount=1, lastState=ended(1))
    app = {"name": "app", "state": RUNNING, "ready": True, "restartCount": 0}
    one = told(pod(mesh, app, conditions=[condition("Ready", "True"), condition("Initialized", "True")]))
    assert one.health is Health.HEALTHY
    assert summary(one, NOW) == ""
    sidecar = one.containers[0]
    assert (sidecar.name, sidecar.role, sidecar.restarts, sidecar.ready) == ("mesh", "sidecar", 1, True)
    assert sidecar.last_state.exit_code == 1


def test_a_sidecar_that_has_not_started_up_keeps_the_pod() -> None:
    mesh = first("mesh", RUNNING, **SIDECAR, started=False)
    assert why(pod(mesh, WAITS, phase="Pending", conditions=NOT_READY)) == (
        "The sidecar `mesh` (1 of 1) has not started up, running for 30m"
    )


def test_a_sidecar_that_crashes_while_the_others_run_is_told() -> None:
    mesh = first(
        "mesh", waiting("CrashLoopBackOff"), **SIDECAR, started=False, lastState=ended(1), restartCount=2
    )
    app = {"name": "app", "state": RUNNING, "ready": True, "restartCount": 0}
    assert why(pod(mesh, app, conditions=NOT_READY)) == (
        "CrashLoopBackOff: sidecar `mesh` (1 of 1) exited 1 (Error) 2m ago, restarted 2 times"
    )


def test_ephemeral_containers_come_last() -> None:
    app = {"name": "app", "state": RUNNING, "ready": True, "restartCount": 0}
    debug = {"name": "debugger", "role": "ephemeral", "state": RUNNING, "ready": False, "restartCount": 0}
    one = told(pod(debug, app, conditions=[condition("Ready", "True")]))
    assert [(c.name, c.role, c.state.name) for c in one.containers] == [
        ("app", "container", "Running"),
        ("debugger", "ephemeral", "Running"),
    ]
    assert summary(one, NOW) == ""


SLOW = {"name": "app", "state": RUNNING, "ready": False, "restartCount": 0}


def test_a_readiness_probe_that_fails_is_told_from_the_events() -> None:
    other = event("Unhealthy", "Liveness probe failed: other", part="spec.containers{proxy}")
    own = event(
        "Unhealthy",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        count=12,
        part="spec.containers{app}",
    )
    proxy = {"name": "proxy", "state": RUNNING, "ready": True, "restartCount": 0}
    obj = pod(SLOW, proxy, conditions=NOT_READY)
    assert why(obj, event("Scheduled", "ok", "Normal"), other, own) == (
        "Container `app`: Readiness probe failed: HTTP probe failed with statuscode: 503 (12 times, last 10s ago)"
    )
    assert why(obj) == "Not ready: ContainersNotReady: unready: [app]"


def test_a_readiness_gate_that_is_shut_is_told() -> None:
    said = [condition("Ready", "False", "ReadinessGatesNotReady", "target is not healthy")]
    app = {"name": "app", "state": RUNNING, "ready": True, "restartCount": 0}
    assert why(pod(app, conditions=said)) == "Not ready: ReadinessGatesNotReady: target is not healthy"


def test_one_that_is_being_created_tells_what_holds_it_up() -> None:
    making = {**SLOW, "state": waiting("ContainerCreating")}
    obj = pod(making, phase="Pending", conditions=NOT_READY)
    assert why(obj) == "Being created: container `app`"
    assert why(obj, event("FailedMount", 'configmap "x" not found')) == 'FailedMount: configmap "x" not found'


def test_a_container_that_is_done_while_others_run_is_told() -> None:
    done = {"name": "job", "state": ended(0, "Completed"), "ready": False, "restartCount": 0}
    app = {"name": "app", "state": RUNNING, "ready": True, "restartCount": 0}
    one = told(pod(done, app, conditions=NOT_READY))
    assert one.status == "NotReady"
    assert summary(one, NOW) == "Completed while the others go on: container `job`"


def test_a_completed_pod_tells_when() -> None:
    done = {"name": "app", "state": ended(0, "Completed", 11), "ready": False, "restartCount": 0}
    one = told(pod(done, phase="Succeeded", conditions=[condition("Ready", "False", "PodCompleted")]))
    assert (one.status, one.health) == ("Completed", Health.OFF)
    assert summary(one, NOW) == "Completed 11m ago"
    assert not any(c.is_bad for c in one.conditions)


def test_a_signal_is_told() -> None:
    dead = {"name": "app", "state": ended(137, "", signal=9), "ready": False, "restartCount": 0}
    one = told(pod(dead, phase="Failed"))
    assert one.status == "Signal:9"
    assert summary(one, NOW) == "Container `app` exited 137 (signal 9) 2m ago"
