"""Bad days on demand: rate limits, refusals and slowness that a test asks for."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from playground.slack.records import Json, Team


@dataclass
class _Planned:
    """Something to go wrong for the next `times` calls of a method."""

    error: str
    times: int
    retry_after: int = 0


@dataclass
class Faults:
    """What is to go wrong. Safe to set while calls are under way."""

    _planned: dict[str, list[_Planned]] = field(default_factory=dict)
    _refused: dict[str, set[str | None]] = field(default_factory=dict)
    _slow: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def rate_limit(
        self, method: str, times: int = 1, retry_after: int = 1, *, also: Sequence[str] = ()
    ) -> None:
        """Answer the next calls of a Web API method (or `response_url`) with 429 and `Retry-After`.

        Calls of the methods in `also` are answered so too, and count.
        """
        planned = _Planned("ratelimited", times, retry_after)
        for each in (method, *also):
            self._plan(each, planned)

    def left(self, method: str) -> int:
        """How many of its next calls are still to fail."""
        with self._lock:
            return sum(planned.times for planned in self._planned.get(method, ()))

    def error(self, method: str, error: str, times: int = 1) -> None:
        """Answer the next calls with one of Slack's error words, such as `internal_error`."""
        self._plan(method, _Planned(error, times))

    def slow(self, method: str, seconds: float) -> None:
        """Let every call of a method take that long."""
        with self._lock:
            self._slow[method] = seconds

    def refuse_block(self, kind: str, team: Team | None = None) -> None:
        """Take a block type as unknown, in one workspace or in all."""
        with self._lock:
            self._refused.setdefault(kind, set()).add(team.id if team else None)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()
            self._refused.clear()
            self._slow.clear()

    def _plan(self, method: str, planned: _Planned) -> None:
        with self._lock:
            self._planned.setdefault(method, []).append(planned)

    def next_for(self, method: str) -> tuple[str, int] | None:
        """The error word and Retry-After that this call gets, or None; counts it."""
        with self._lock:
            for planned in self._planned.get(method, ()):
                if planned.times > 0:
                    planned.times -= 1
                    return planned.error, planned.retry_after
        return None

    def seconds_for(self, method: str) -> float:
        return self._slow.get(method, 0.0)

    def refused(self, blocks: list[Json], team: str, at: str) -> list[str]:
        """A sentence for each block whose type is refused in that workspace."""
        return [
            f"[ERROR] unsupported type: {kind} [json-pointer:{at}/{index}/type]"
            for index, block in enumerate(blocks)
            if (kind := block.get("type")) in self._refused and self._refused[kind] & {None, team}
        ]
