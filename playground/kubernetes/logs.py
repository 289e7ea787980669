"""`pods/log`: which container, since when, how much; the refusals are those of the API server and the kubelet."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.kubernetes.status import bad_request, refusal
from playground.kubernetes.store import NoKubelet, Store
from playground.kubernetes.tables.text import epoch

_TRUE = frozenset({"1", "true"})
_FOLLOW_SECONDS = 0.25
_PULLS = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


@dataclass(frozen=True)
class _Options:
    """What of a log is asked for; `since` in epoch seconds."""

    previous: bool
    follow: bool
    timestamps: bool
    since: float
    tail: int | None
    limit_bytes: int | None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> _Options:
        tail = _number(query, "tailLines", 0)
        limit_bytes = _number(query, "limitBytes", 1)
        seconds = _number(query, "sinceSeconds", 1)
        since = 0.0 if seconds is None else time.time() - seconds
        if moment := query.get("sinceTime"):
            if seconds is not None:
                raise _invalid("at most one of `sinceTime` or `sinceSeconds` may be specified")
            try:
                since = epoch(moment)
            except ValueError as error:
                raise bad_request(f'parsing time "{moment}" as "2006-01-02T15:04:05Z07:00"') from error
        previous, follow, timestamps = (
            query.get(name, "") in _TRUE for name in ("previous", "follow", "timestamps")
        )
        return cls(previous, follow, timestamps, since, tail, limit_bytes)

    def text(self, lines: Iterable[tuple[float, str]]) -> bytes:
        if self.tail is not None:
            lines = deque(lines, maxlen=self.tail)
        return b"".join(self.line(moment, line) for moment, line in lines)[: self.limit_bytes]

    def line(self, moment: float, line: str) -> bytes:
        stamp = ""
        if self.timestamps:
            stamp = (
                time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e9):09d}Z "
            )
        return f"{stamp}{line}\n".encode()


def log(
    pod: Mapping[str, Any], query: Mapping[str, str], store: Store
) -> tuple[bytes, AsyncIterator[bytes] | None]:
    """What there is of a log now, and what follows if that was asked for; raises the refusals."""
    options = _Options.of(query)
    container = _container(pod, query.get("container", ""))
    if "nodeName" not in pod["spec"]:
        return b"", None
    status = _status(pod, container)
    _check(pod["metadata"]["name"], container, status, previous=options.previous)
    now = time.time()
    place = (pod["metadata"]["namespace"], pod["metadata"]["name"], container)
    try:
        lines = store.log(*place, previous=options.previous, since=options.since, until=now)
    except NoKubelet as error:
        raise refusal(500, f'Get "https://{_kubelet(pod, *place)}": {error}') from error
    body = options.text(lines)
    if options.limit_bytes is not None or not options.follow or "running" not in status["state"]:
        return body, None
    return body, _following(options, place, now, store)


async def _following(
    options: _Options, place: tuple[str, str, str], since: float, store: Store
) -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(_FOLLOW_SECONDS)
        until = time.time()
        for moment, line in store.log(*place, previous=False, since=since, until=until):
            yield options.line(moment, line)
        since = until


def _number(query: Mapping[str, str], name: str, least: int) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if int(text) < least:
        raise _invalid(
            f"{name}: Invalid value: {text}: must be greater than {'or equal to 0' if not least else '0'}"
        )
    return int(text)


def _invalid(why: str) -> Exception:
    return refusal(422, f'PodLogOptions "" is invalid: {why}', {"kind": "PodLogOptions"})


def _container(pod: Mapping[str, Any], asked: str) -> str:
    name, spec = pod["metadata"]["name"], pod["spec"]
    containers = [c["name"] for c in spec["containers"]]
    inits = [c["name"] for c in spec.get("initContainers", [])]
    if asked:
        if asked not in (*containers, *inits):
            raise bad_request(f"container {asked} is not valid for pod {name}")
        return asked
    if len(containers) == 1:
        return str(containers[0])
    message = f"a container name must be specified for pod {name}, choose one of: [{' '.join(containers)}]"
    if inits:
        message += f" or one of the init containers: [{' '.join(inits)}]"
    raise bad_request(message)


def _status(pod: Mapping[str, Any], container: str) -> Mapping[str, Any]:
    statuses = (
        each
        for key in ("containerStatuses", "initContainerStatuses")
        for each in pod["status"].get(key, [])
        if each["name"] == container
    )
    found = next(statuses, None)
    if found is None:
        raise bad_request(f'container "{container}" in pod "{pod["metadata"]["name"]}" is not available')
    return dict(found)


def _check(pod: str, container: str, status: Mapping[str, Any], *, previous: bool) -> None:
    """Raises what the kubelet says to a container that has written nothing yet."""
    ended_before = "terminated" in status["lastState"]
    if previous:
        if not ended_before:
            raise bad_request(f'previous terminated container "{container}" in pod "{pod}" not found')
        return
    waiting = status["state"].get("waiting")
    if waiting is not None and not ended_before:
        why = _PULLS.get(waiting["reason"], waiting["reason"])
        raise bad_request(f'container "{container}" in pod "{pod}" is waiting to start: {why}')


def _kubelet(pod: Mapping[str, Any], *place: str) -> str:
    return f"{pod['spec']['nodeName']}:10250/containerLogs/{'/'.join(place)}"
