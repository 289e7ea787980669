"""Processes measured from outside: how long, and how much memory at most."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WAITER = str(Path(__file__).with_name("waiter.py"))


@dataclass(frozen=True)
class Measured:
    """One run of a process."""

    seconds: float
    """What it says that its work took; of the whole process, where it says nothing."""
    rss: int
    """Bytes it held at most, as the kernel counts them."""
    told: Mapping[str, Any]
    """What else it says."""


def measured(argv: Sequence[str], env: Mapping[str, str] | None = None) -> Measured:
    """One run. A process that measures itself prints a line of JSON with `seconds`. Raises when it fails."""
    told_by, tell_to = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-I", "-S", _WAITER, str(tell_to), *argv],
        stdout=subprocess.PIPE,
        env={**os.environ, **(env or {})},
        pass_fds=(tell_to,),
    )
    os.close(tell_to)
    assert child.stdout
    said = b""
    while piece := os.read(child.stdout.fileno(), 1 << 20):
        # What a tool prints is read and thrown away, but for its end.
        said = (said + piece)[-(1 << 16) :]
    child.stdout.close()
    child.wait()
    with os.fdopen(told_by) as told_file:
        status, seconds, peak = told_file.read().split()
    if int(status):
        raise RuntimeError(f"{' '.join(argv[:4])} ended with {status}")
    last = said.strip().rpartition(b"\n")[2]
    told = json.loads(last) if last.startswith(b'{"seconds"') else {}
    return Measured(told.get("seconds", float(seconds)), int(peak) * 1024, told)


def case(name: str, *arguments: str) -> list[str]:
    """The command line of one of our own cases."""
    return [sys.executable, "-m", f"bench.cases.{name}", *arguments]


def medians(runs: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, Measured]:
    """The median of each, all of them once a round, so that a machine that slows down slows all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(run())
    return {name: _median(several) for name, several in found.items()}


def _median(several: list[Measured]) -> Measured:
    middle = sorted(several, key=lambda one: one.seconds)[len(several) // 2]
    return Measured(
        statistics.median(one.seconds for one in several),
        int(statistics.median(one.rss for one in several)),
        middle.told,
    )
