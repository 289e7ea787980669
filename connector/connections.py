"""A workspace's connections: which there are, by its records, and the way into each, held or opened anew.

Records are read at each look, so a disconnect on one replica is seen by all of them at once.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from connector.aws import Keys, SignIn
from connector.calls import OnCall
from connector.connection import Connection
from connector.errors import Busy, ConnectionNotFound, Failure
from connector.holding import Holding
from connector.lanes import Deadline, Lanes
from connector.opening import Opened, lane, opened
from connector.records import KEYS, Record, Records
from connector.vault import Vault
from connector.watching import Budget
from connector.words import clean, nearest

log = logging.getLogger(__name__)

# Replicas that connect to clusters of one name at the same moment each take another id; this often at most.
_TRIES = 5


def everybody(_connection: Connection) -> bool:
    """Sees all."""
    return True


def is_meant(name: str) -> Callable[[Connection], bool]:
    """Sees only what this id or cluster name can mean: what then is not found gets no hint of the others."""
    return lambda connection: name in (connection.id, connection.cluster)


class Connections:
    """What is remembered, and what of it this process holds. All of it raises StateAway; safe under threads."""

    def __init__(
        self,
        records: Records,
        vault: Vault | None,
        lanes: Lanes,
        on_call: OnCall,
        budget: Budget | None = None,
    ) -> None:
        self.holding = Holding()
        self._records = records
        self._vault = vault
        self._lanes = lanes
        self._on_call = on_call
        self._budget = budget

    def add(self, record: Record, way: Opened) -> Record:
        """Remember and hold a new connection, under an id of its own, in place of an older one to its cluster.

        Raises Busy when that cannot be now; `way` is the caller's to close then.
        """
        for _ in range(_TRIES):
            record = replace(record, id=_id_for(record, self._records.all()))
            if self._records.put(record):
                break
        else:
            raise Busy(
                "Others are connecting to clusters of this name right now", "", "Try again in a moment"
            )
        try:
            self.holding.add(record, way)
        except Busy:
            self._records.remove(record)
            raise
        keys = way.session.keys
        if self._vault and keys and record.expires_at is not None:
            with self._vault_or_not(record):
                self._vault.put(record.id, record.made, keys, record.expires_at)
        return record

    def _look(self) -> tuple[list[Record], list[Record]]:
        """The records of now, those that are live and those that have ended; what is held of others is closed."""
        mark = self.holding.mark()
        records = self._records.all()
        live = [record for record in records if not record.is_over]
        self.holding.keep(live, mark)
        return live, [record for record in records if record.is_over]

    def live(self) -> list[Record]:
        """Those that have not ended, by id."""
        return self._look()[0]

    def find(self, connection_id: str, sees: Callable[[Connection], bool] = everybody) -> Record:
        """The one of that id, or the only one to a cluster of that name, among those that `sees` is true of.

        Raises ConnectionNotFound.
        """
        live, over = ([one for one in records if sees(one.connection)] for records in self._look())
        alike = [one for one in live if one.id == connection_id]
        alike = alike or [one for one in live if one.cluster == connection_id]
        if len(alike) == 1:
            return alike[0]
        if any(one.id == connection_id for one in over):
            raise ConnectionNotFound(
                f"The connection `{connection_id}` has ended",
                "It was made with AWS keys, and their session is over.",
                "Connect again, with a profile or with new keys",
            )
        raise _not_found(connection_id, live)

    def end(self, record: Record) -> None:
        """Have it ended now, by itself."""
        self._records.end(record, time.time())
        self._drop(record)

    def remove(self, connection_id: str) -> Record:
        """Forget it and its credentials. Raises ConnectionNotFound, also when somebody else was quicker."""
        record = self.find(connection_id, is_meant(connection_id))
        if not self._records.remove(record):
            raise _not_found(connection_id, ())
        self._drop(record)
        return record

    def forget(self) -> None:
        """Forget all of them and their credentials."""
        self.holding.keep((), self.holding.mark())
        self._records.forget()
        if self._vault:
            self._vault.forget()

    def opened(self, record: Record, deadline: Deadline) -> Opened:
        """The way that is held; else it is opened now, once for all who wait for it.

        Raises what AWS says, ConnectionNotFound when its keys are gone, Unreachable or Busy at the deadline.
        """
        way = self.holding.get(record)
        if way is not None:
            return way
        with self.holding.turn(record, deadline):
            way = self.holding.get(record)
            if way is not None:
                return way
            with ExitStack() as undo:
                way = self._open(record, deadline)
                undo.callback(way.close)
                self.holding.add(record, way)
                undo.pop_all()
        if record.made not in {one.made for one in self.live()}:
            self.holding.drop(record)
            raise _not_found(record.id, ())
        return way

    def sign_in(self, record: Record) -> SignIn:
        """How to sign in again; by keys with those that are held or kept. Raises ConnectionNotFound without them."""
        if record.how != KEYS:
            return record.sign_in
        way = self.holding.get(record)
        return replace(record.sign_in, keys=way.session.keys if way else self._keys(record))

    def _open(self, record: Record, deadline: Deadline) -> Opened:
        way = opened(
            self.sign_in(record),
            record.region,
            record.cluster,
            lane(self._lanes, record.facts),
            deadline,
            name=record.connected_by,
            on_call=self._on_call,
            budget=self._budget,
        )
        if way.identity.account != record.account:
            # What the profile or the chain means has changed since; this is not the cluster that was connected to.
            way.close()
            raise ConnectionNotFound(
                f"The connection `{record.id}` has to be made again",
                f"It was made in {record.account}; {record.connection.sign_in} leads to "
                f"{way.identity.account} now.",
                "Connect again",
            )
        return way

    def _keys(self, record: Record) -> Keys:
        keys = self._vault.get(record.id, record.made) if self._vault else None
        if keys is None:
            raise ConnectionNotFound(
                f"The connection `{record.id}` has to be made again",
                "It was made with AWS keys, which are never written down, and the process that held them is gone "
                "or another one.",
                "Connect again, with a profile or with new keys",
            )
        return keys

    def _drop(self, record: Record) -> None:
        self.holding.drop(record)
        if self._vault and record.how == KEYS:
            with self._vault_or_not(record):
                self._vault.remove(record.made)

    @contextmanager
    def _vault_or_not(self, record: Record) -> Iterator[None]:
        """Goes on without the vault: what this process holds serves it, and what the vault holds ends by itself."""
        try:
            yield
        except Failure as failure:
            log.warning("the store of AWS keys was of no use at %s: %s", record.id, failure.what)


def _id_for(new: Record, records: tuple[Record, ...]) -> str:
    """The id it has already; else `{region}_{cluster}`, with the account while another account has that."""
    live = [one for one in records if not one.is_over]
    for old in live:
        if (old.region, old.cluster, old.account) == (new.region, new.cluster, new.account):
            return old.id
    name = f"{new.region}_{new.cluster}"
    while any(one.id == name for one in live):
        name = f"{name}_{new.account}"
    return name


def _not_found(connection_id: str, known: Sequence[Record]) -> ConnectionNotFound:
    return ConnectionNotFound(
        f"There is no connection `{clean(connection_id, 120)}`",
        "",
        nearest(connection_id[:200], [one.id for one in known]) or "Connect to the cluster first",
    )
