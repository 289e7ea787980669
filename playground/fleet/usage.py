"""What metrics-server would say of nodes and pods: CPU and memory, wandering a little with time."""

from __future__ import annotations

import time
import zlib
from typing import Any

from playground.fleet.nodes import Node
from playground.fleet.objects import Object
from playground.fleet.pods import Pod, timestamp
from playground.fleet.population import Content

# metrics-server scrapes every 15 s and averages over about as long.
_SCRAPE = 15
_MILLI = 1_000_000


def pod_metrics(content: Content) -> tuple[Object, ...]:
    """Of every pod that runs."""
    now = time.time()
    running = (pod for pod in content.pods if pod.state.phase == "Running")
    return tuple(_of_pod(pod, now) for pod in running)


def _of_pod(pod: Pod, now: float) -> Object:
    def build() -> dict[str, Any]:
        containers = [
            {"name": name, "usage": _usage(*container_usage(pod, at, now))}
            for at, (name, _) in enumerate(pod.workload.containers)
        ]
        return _window(now) | {"containers": containers}

    return Object("PodMetrics", pod.namespace, pod.name, now, build, labels=pod.labels)


def container_usage(pod: Pod, at: int, now: float) -> tuple[int, int]:
    """Millicores and MiB of one container; the requests are 250 and 512, the memory limit 768."""
    draw = zlib.crc32(f"{pod.uid}/{at}".encode())
    wander = zlib.crc32(f"{draw}/{int(now) // _SCRAPE}".encode()) % 21 - 10
    # One in fifty is busy: above its request, and near its memory limit.
    busy = draw % 50 == 0
    cpu = (310 + draw % 400) if busy else (4 + draw % 160)
    memory = (690 + draw % 70) if busy else (90 + draw % 330)
    return max(1, cpu + cpu * wander // 100), memory


def node_metrics(content: Content) -> tuple[Object, ...]:
    """Of every node that answers: its pods' usage, and what the machine needs for itself."""
    now = time.time()
    used: dict[str, list[int]] = {}
    for pod in content.pods:
        if pod.state.phase == "Running":
            total = used.setdefault(pod.node[0], [0, 0])
            for at in range(len(pod.workload.containers)):
                cpu, memory = container_usage(pod, at, now)
                total[0] += cpu
                total[1] += memory

    def make(node: Node) -> Object:
        cpu, memory = used.get(node.name, [0, 0])
        body = _window(now) | {"usage": _usage(cpu + 85, memory + 640)}
        return Object("NodeMetrics", "", node.name, now, lambda: body, labels=node.labels)

    return tuple(make(node) for node in content.nodes if node.ready)


def _usage(cpu: int, memory: int) -> dict[str, str]:
    return {"cpu": f"{cpu * _MILLI}n", "memory": f"{memory * 1024}Ki"}


def _window(now: float) -> dict[str, Any]:
    return {"timestamp": timestamp(now - now % _SCRAPE), "window": f"{_SCRAPE}.03s"}
