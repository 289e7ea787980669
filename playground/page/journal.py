"""What the inspector shows: what people did, every payload of Slack, every call at AWS and the clusters, in order."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from playground import Playground
from playground.aws import AwsCall
from playground.kubernetes.server import Entry as Request
from playground.page.causes import Act, Causes
from playground.slack import Entry, Person

Json = dict[str, Any]

KEPT = 400
# When there can be no answer any more: Slack waits three seconds for an ack, a hanging Web API call a little longer.
_OVER = 12.0
# Somebody may type real keys into a form of the playground: the inspector does not repeat them, nor what gives
# whoever holds it a right.
_SECRET = re.compile(r"secret|token|password|trigger_id|response_url|upload_url", re.IGNORECASE)
_TICKET = re.compile(r"(?<=[?&]ticket=)[^&]+")
_HIDDEN = "•••"


@dataclass(frozen=True, eq=False)
class Record:
    """One line of the inspector; `number` grows by one. What it tells of may still get its answer."""

    number: int
    at: float
    source: str  # "act", "slack", "aws" or "kubernetes"
    what: Entry | AwsCall | Request | Json
    cause: int = 0  # the number of the act it came of; 0: of none
    team: str | None = None  # the workspace whose it is; None: nobody's in particular

    @property
    def final(self) -> bool:
        """Whether nothing can be added to it."""
        if not isinstance(self.what, Entry):
            return True
        return (
            self.what.answer is not None or self.what.ack_seconds is not None or time.time() - self.at > _OVER
        )

    def json(self) -> Json:
        told = dict(self.what) if isinstance(self.what, dict) else asdict(self.what)
        base: Json = {"n": self.number, "at": self.at, "source": self.source, "final": self.final}
        base |= {"cause": self.cause, "team": self.team}
        return base | {"what": masked(told)}


class Journal:
    """The latest records of one playground; `wake` is called, on any thread, when there are new ones."""

    def __init__(self, playground: Playground, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._records: deque[Record] = deque(maxlen=KEPT)
        self._number = 0
        self._causes = Causes(playground.slack)
        self._ends = [
            playground.slack.subscribe(self._payload),
            playground.aws.log.subscribe(lambda call: self._call("aws", call)),
        ]
        self._ends += [
            cluster.log.subscribe(lambda request: self._call("kubernetes", request))
            for cluster in playground.fleet.clusters
        ]

    def act(self, person: Person, did: str) -> None:
        """Somebody did something at the page: what follows from them came of it."""
        with self._lock:
            number = self._add("act", {"who": person.name, "did": did}, team=person.team.id)
            self._causes.act(number, person.id, person.team.id)
        self._wake()

    def switched(self, did: str) -> None:
        """A fault was turned on or off."""
        with self._lock:
            self._add("act", {"who": "", "did": did})
        self._wake()

    def after(self, number: int) -> list[Record]:
        """The records that came after that number, those that are still kept."""
        with self._lock:
            return [record for record in self._records if record.number > number]

    def close(self) -> None:
        for end in self._ends:
            end()

    def _payload(self, entry: Entry) -> None:
        with self._lock:
            self._add("slack", entry, self._causes.of(entry), entry.team)
        self._wake()

    def _call(self, source: str, call: AwsCall | Request) -> None:
        with self._lock:
            self._add(source, call, self._causes.latest())
        self._wake()

    def _add(
        self,
        source: str,
        what: Entry | AwsCall | Request | Json,
        cause: Act | None = None,
        team: str | None = None,
    ) -> int:
        # What came of an act stands under it, so it is of the workspace where that was done.
        number, team = (cause.number, cause.team) if cause else (0, team)
        self._number += 1
        self._records.append(Record(self._number, time.time(), source, what, number, team))
        return self._number


def masked(value: Any, secret: bool = False) -> Any:
    """A copy for JSON without what stands under a name that tells of a secret: a string, or an input's `value`."""
    if isinstance(value, dict):
        secret = secret or any(_SECRET.search(str(value.get(name, ""))) for name in ("block_id", "action_id"))
        return {
            name: _HIDDEN
            if isinstance(each, str) and (_SECRET.search(str(name)) or (secret and name == "value"))
            else masked(each, secret or bool(_SECRET.search(str(name))))
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(each, secret) for each in value]
    if isinstance(value, str):
        return _TICKET.sub(_HIDDEN, value)
    # Payloads are hostile, and no browser reads NaN.
    return value if isinstance(value, int | None) or _finite(value) else str(value)


def _finite(value: Any) -> bool:
    return isinstance(value, float) and math.isfinite(value)
