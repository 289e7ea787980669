"""All that is watched of one cluster: each kind as each identity that asks, and nobody's as another's."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from connector.api import Api
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.resources import Kind, Row
from connector.resources.wire import Key, Reader
from connector.watching.budget import UNSEEN_SECONDS, Budget
from connector.watching.watched import Taken, Watched

_Place = tuple[str, str | None, Impersonate | None]


class Watches:
    """Of one cluster's API server. Safe under threads."""

    def __init__(self, api: Api, budget: Budget) -> None:
        self._api = api
        self._budget = budget
        self._lock = threading.Lock()
        self._watched: dict[_Place, Watched] = {}
        # Who may list may not always watch. When that was last tried, on time.monotonic's clock.
        self._refused: dict[_Place, float] = {}
        self._closed = False

    def taken(
        self, kind: Kind, namespace: str | None, impersonate: Impersonate | None, deadline: Deadline
    ) -> Taken | None:
        """What is known of that kind; None when it is not watched. Of one namespace, a watch of all knows too."""
        for place in dict.fromkeys((namespace, None)):
            with self._lock:
                watched = self._watched.get((kind.plural, place, impersonate))
            taken = watched.taken(deadline) if watched else None
            if taken and place != namespace:
                return Taken(tuple(row for row in taken.rows if row.namespace == namespace), taken.silent)
            if taken:
                return taken
        return None

    def room(self, kind: Kind, namespace: str | None, impersonate: Impersonate | None) -> int:
        """How many rows may be kept to begin a watch with; 0 where none is to begin."""
        place = (kind.plural, namespace, impersonate)
        with self._lock:
            tried = self._refused.get(place, float("-inf"))
            if self._closed or place in self._watched or time.monotonic() - tried < UNSEEN_SECONDS:
                return 0
        return self._budget.most

    def begin(
        self,
        kind: Kind,
        reader: Reader[Any, Any],
        namespace: str | None,
        impersonate: Impersonate | None,
        rows: Mapping[Key, Row],
        version: str,
        began: float,
    ) -> None:
        """Watch on from a whole list of that version, `began` on time.monotonic's clock; of two of the same, one."""
        place = (kind.plural, namespace, impersonate)

        def ended(one: Watched) -> None:
            self._budget.remove(one)
            with self._lock:
                if self._watched.get(place) is one:
                    del self._watched[place]
                if one.refused:
                    now = time.monotonic()
                    recent = {
                        at: tried for at, tried in self._refused.items() if now - tried < UNSEEN_SECONDS
                    }
                    self._refused = {**recent, place: now}

        new = Watched(self._api, kind, reader, namespace, impersonate, rows, version, began, ended)
        with self._lock:
            if self._closed or place in self._watched:
                return
            self._watched[place] = new
        self._budget.add(new)
        new.start()

    def close(self) -> None:
        """End all of them, and begin no more."""
        with self._lock:
            self._closed = True
            gone = list(self._watched.values())
        for one in gone:
            one.end()
