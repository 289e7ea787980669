"""The pages of a list, the next one on its way while one still comes and is read.

An API server writes a list's metadata before its items, so the beginning of a page tells where the next one is; where
it stands behind them the next page is asked for once this one is read. One page ahead is asked for, and no more: who
reads slowly has no pages pile up.
"""

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from connector.errors import Busy
from connector.lanes import Deadline, Lanes, begun

Head = Callable[[bytes], None]
"""Takes the first bytes of a page, once they have come."""

HEAD_BYTES = 2_000

# No array comes before the items, so what an object says of itself is not taken for it.
_NEXT = re.compile(rb'[^\[]*?"continue": ?"([\w+/=.-]+)"')


class Pages:
    """The pages of one list for one reader. What a page's head says is only a guess, which the reader confirms."""

    def __init__(self, lanes: Lanes, get: Callable[[str, Head], bytes], deadline: Deadline) -> None:
        """`get` fetches the page at a token, "" for the first, and gives its head away as soon as it is there."""
        self._lanes = lanes
        self._get = get
        self._deadline = deadline
        self._lock = threading.Lock()
        # The page that the reader waits for, or reads.
        self._at = ""
        # The page behind it, on its way.
        self._coming: tuple[str, Future[bytes]] | None = None
        # Where the page behind that one is, if its head has come.
        self._known: tuple[str, str] | None = None

    def page(self, token: str) -> bytes:
        """The page at `token`, for the caller to read. Raises what getting it raises."""
        with self._lock:
            coming, self._coming = self._coming, None
            known, self._known = self._known, None
            self._at = token
            if known and known[0] == token:
                self._begin(known[1])
        if coming and coming[0] == token:
            return coming[1].result()
        return self._get(token, partial(self._headed, token))

    def _headed(self, token: str, head: bytes) -> None:
        found = _NEXT.match(head)
        if not found:
            return
        following = found[1].decode()
        with self._lock:
            if self._at == token:
                self._begin(following)
            else:
                self._known = (token, following)

    def _begin(self, token: str) -> None:
        # A page that broke off and is tried again has told it before.
        if self._coming or self._deadline.passed():
            return
        # Without a thread to be had it is asked for when it is needed.
        with suppress(Busy):
            job = partial(self._get, token, partial(self._headed, token))
            self._coming = (token, begun(self._lanes, object(), job))
