"""The beginning of a watch: the rows of a whole list, kept while its pages are read."""

import time
from collections.abc import Iterable
from typing import Any

from connector.impersonation import Impersonate
from connector.resources import KINDS, Kind, Query, Row
from connector.resources.wire import Key, ListMeta, Reader
from connector.watching.watches import Watches

# A watch would carry their values for as long as it lasts.
_NEVER = KINDS["secrets"]


class Beginning:
    """Reads the pages of one list for its asker, and has them watched once they are whole."""

    def __init__(self, watches: Watches, kind: Kind, query: Query, impersonate: Impersonate | None) -> None:
        self._watches = watches
        self._kind = kind
        self._namespace = query.namespace
        self._impersonate = impersonate
        self._began = time.monotonic()
        self._rows: dict[Key, Row] = {}
        self._meta: ListMeta | None = None
        self._reader: Reader[Any, Any] | None = None
        self._room = 0
        if isinstance(kind.read, Reader) and kind is not _NEVER and not (query.selector or query.fields):
            self._reader = kind.read
            self._room = watches.room(kind, query.namespace, impersonate)

    def read(self, body: bytes) -> tuple[ListMeta, Iterable[Row]]:
        """As the kind's own `read`."""
        if self._reader is None or not self._room:
            return self._kind.read(body)
        self._meta, keyed = self._reader.keyed(body)
        self._rows.update(keyed)
        if len(self._rows) > self._room:
            self._rows, self._room = {}, 0
        return self._meta, [row for _, row in keyed]

    def watch(self) -> None:
        """Watch on from here; does nothing when the list is not whole, or is not to be watched."""
        meta = self._meta
        if self._reader and self._room and meta and meta.resource_version and not meta.continue_:
            self._watches.begin(
                self._kind,
                self._reader,
                self._namespace,
                self._impersonate,
                self._rows,
                meta.resource_version,
                self._began,
            )
