"""Fifty connections in ten workspaces, two thousand pods each, all of them watched."""

from bench.measure import Measured, case, measured
from bench.row import Row, megabytes
from bench.world import plan, world

_CONNECTIONS, _WORKSPACES, _PODS = 50, 10, 2_000
_MOST = 600e6
_IDLE = 0.03


def rows(_rounds: int) -> list[Row]:
    found = watched(_CONNECTIONS, _WORKSPACES, _PODS)
    what = f"{_CONNECTIONS} connections in {_WORKSPACES} workspaces, {_PODS:,} pods each, watched"
    idle = found.told["idle"]
    return [
        Row(f"{what}: memory at its peak", megabytes(found.rss), "", "", "< 600 MB", found.rss < _MOST),
        Row(f"{what}: CPU while nothing happens", f"{idle:.1%}", "", "", "< 3 %", idle < _IDLE),
    ]


def watched(connections: int, workspaces: int, pods: int) -> Measured:
    """A process with so many connections, each of which watches so many pods."""
    with world(*(plan(f"c-{at}", pods) for at in range(connections))) as there:
        arena = {"MALLOC_ARENA_MAX": "2"}
        return measured(case("watched", str(connections), str(workspaces)), there.env | arena)
