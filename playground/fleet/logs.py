"""What containers write: the same lines for the same pod at the same moment, and now and then a credential."""

from __future__ import annotations

import itertools
import time
import zlib
from collections.abc import Iterator

from playground.fleet.pods import Pod
from playground.fleet.states import Ended, Part
from playground.fleet.words import CANARY

# A line every so many seconds, and so many are kept: a kubelet rotates logs at 10 MiB.
_CADENCE = 2.0
_KEPT = 5_000

_PATHS = ("/v1/payments", "/v1/refunds", "/v1/ledger/entries", "/live", "/ready", "/v1/customers/c_18a2")
_ENDINGS = {
    "OOMKilled": ('level=warn msg="heap at 97% of limit" limit_mib=768', 'level=info msg="allocating batch"'),
    "Completed": ('level=info msg="all work done" records=18231',),
}
_CRASH = (
    'level=error msg="cannot reach database" error="dial tcp 10.20.7.4:5432: connect: connection refused"',
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "goroutine 1 [running]:",
    "main.(*Server).Start(0x0, {0x1b2c3d8, 0xc0000a4000})",
    "\t/src/cmd/server/main.go:118 +0x1d4",
)


def lines(
    pod: Pod, container: str, part: Part, *, previous: bool, since: float, until: float
) -> Iterator[tuple[float, str]]:
    """(moment, line), oldest first, from `since` on and before `until`, both in epoch seconds."""
    ended = part.last if previous or part.waiting else part.ended
    if ended is not None:
        written = _run(pod, container, ended)
    else:
        started = pod.created + 4
        if part.last:
            started = max(started, pod.taken_at - part.last[3] + 10)
        written = _service(pod, container, started, max(since, until - _KEPT * _CADENCE), until)
    return ((moment, line) for moment, line in written if since <= moment < until)


def _run(pod: Pod, container: str, ended: Ended) -> Iterator[tuple[float, str]]:
    """A run of a minute, down to how it ended."""
    reason, code, signal, seconds = ended
    end = pod.taken_at - seconds
    yield from _opening(pod, container, end - 60)
    for slot in range(12):
        yield _at(pod, container, int((end - 50) // _CADENCE) + slot)
    last_words = _ENDINGS.get(reason, () if code == 0 else _CRASH)
    for at, line in enumerate(last_words):
        yield end - 1 + at / 100, line
    if signal:
        yield end, f"received signal {signal}"


def _service(
    pod: Pod, container: str, started: float, since: float, until: float
) -> Iterator[tuple[float, str]]:
    if since <= started:
        yield from _opening(pod, container, started)
    open_since = started + 1
    for slot in itertools.count(int(max(since, open_since) // _CADENCE)):
        moment, line = _at(pod, container, slot)
        if moment >= until:
            return
        if moment >= open_since:
            yield moment, line


def _opening(pod: Pod, container: str, started: float) -> Iterator[tuple[float, str]]:
    name = pod.workload.name
    for at, line in enumerate(
        (
            f'level=info msg="starting" service={name} container={container} pod={pod.name}',
            f'level=debug msg="database" url=postgres://{name}:{CANARY}-dsn-{name}@db.{pod.namespace}:5432/{name}',
            'level=info msg="listening" port=8080',
        )
    ):
        yield started + at / 10, line


def _at(pod: Pod, container: str, slot: int) -> tuple[float, str]:
    """The line of one slot of the clock, somewhere within it."""
    draw = zlib.crc32(f"{pod.uid}/{container}/{slot}".encode())
    moment = slot * _CADENCE + (draw % 1_000) / 1_000 * _CADENCE * 0.9
    trace = f"{draw:08x}{zlib.crc32(str(draw).encode()):08x}"
    match draw % 40:
        case 0:
            line = f'level=debug msg="calling partner" header="Authorization: Bearer {CANARY}-bearer-{trace}"'
        case 1:
            line = f'level=debug msg="retrying with" api_key={CANARY}-apikey-{trace} password="{CANARY} pass {trace}"'
        case 2 | 3:
            line = f'level=error msg="request failed" path={_PATHS[draw % 4]} status=502 trace={trace}'
        case 4:
            line = f'level=warn msg="slow query" ms={900 + draw % 4_000} trace={trace}'
        case 5:
            line = (
                '{"level":"info","msg":"flushed","at":"'
                + time.strftime("%H:%M:%S", time.gmtime(moment))
                + '"}'
            )
        case _:
            path, status = _PATHS[draw % len(_PATHS)], 404 if draw % 31 == 0 else 200
            line = f'level=info msg="request" path={path} status={status} ms={2 + draw % 180} trace={trace}'
    return moment, line
