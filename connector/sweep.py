"""Every cluster of every region that some sign-ins can see: all asked at once, by a deadline.

Which regions an account has on is not asked: that takes a right of its own (account:ListRegions), and a region that is
off says so itself, by refusing keys that are good elsewhere. So a sweep needs eks:ListClusters and eks:DescribeCluster,
and nothing else.
"""

import functools
import queue
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from connector.aws import Identity, Session, SignIn, regions
from connector.calls import OnCall, unheard
from connector.discovery import ClusterInfo, info_of
from connector.errors import Failure, InvalidCredentials, RegionDisabled, translated
from connector.lanes import Deadline, Lanes
from connector.shared_config import home_region

WIDTH = 2
"""Calls at once to a region, of all sweeps of a connector together: a region that hangs keeps no other waiting."""
LINE = 1_000

# Seconds in which the sign-ins should be known, so that the first of those that lead to one account looks around in it.
# One that takes longer still comes in, after those that did not.
_TOGETHER = 3.0
# How many regions a sign-in tries before it is no good.
_TRIES = 3


@dataclass(frozen=True)
class Found:
    """A cluster, and the sign-in that found it."""

    region: str
    account: str
    sign_in: SignIn
    info: ClusterInfo


@dataclass(frozen=True)
class Missed:
    """Where nothing could be seen, and why: a region of an account, or all of a sign-in when no region is named."""

    sign_in: SignIn
    failure: Failure
    account: str = ""
    region: str = ""


@dataclass(frozen=True)
class Sweep:
    """What was found by the deadline, and what of it is missing. All in the order of sign-ins, regions, names."""

    found: tuple[Found, ...]
    missed: tuple[Missed, ...]
    off: tuple[tuple[str, tuple[str, ...]], ...]
    """For each account, by number, the regions that it has turned off."""
    silent: tuple[tuple[SignIn, str], ...]
    """Regions that had not answered at the deadline; an empty one is a sign-in that had not."""
    doubles: tuple[tuple[SignIn, SignIn, str], ...]
    """A sign-in that leads to the account of an earlier one, that one, and the account."""
    accounts: tuple[str, ...]
    regions: int
    """How many regions of accounts were asked, those that are off included."""

    @property
    def complete(self) -> bool:
        """Whether every region answered, and every cluster was described."""
        return not self.silent and all(one.info.status or one.info.error for one in self.found)


@dataclass(frozen=True)
class SoFar:
    """How far a sweep is: regions of accounts asked and answered, and clusters so far."""

    regions: int
    answered: int
    clusters: int


@dataclass
class _Account:
    """An account, the sign-ins that lead to it, and how its regions answered."""

    number: str
    # The next is asked where the one before it was refused.
    ways: list[tuple[SignIn, Session, Identity]] = field(default_factory=list)
    # Regions still asked, with the number of the way that asks; those that no way was let into.
    asking: dict[str, int] = field(default_factory=dict)
    stuck: dict[str, Missed] = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """What a sweep may look at: regions; accounts, for another of which `admits` raises a Failure; and clusters.

    Of a cluster for which `sees(region, account, name)` is false nothing is asked, counted or given.
    """

    within: Callable[[str], bool] = lambda _region: True
    admits: Callable[[str], None] = lambda _account: None
    sees: Callable[[str, str, str], bool] = lambda _region, _account, _cluster: True


def sweep(
    sign_ins: Iterable[SignIn],
    bounds: Bounds,
    lanes: Lanes,
    deadline: Deadline,
    *,
    asked_by: str = "",
    on_progress: Callable[[SoFar], None] = lambda _progress: None,
    on_call: OnCall = unheard,
) -> Sweep:
    """The clusters that the sign-ins see in every region of their partition, each described.

    A region that is off, or refuses, or does not answer by the deadline stops no other. An account is looked into
    once, however many sign-ins lead to it. `asked_by` is as in Session.open; `lanes` are shared by all sweeps.
    Raises only Busy.
    """
    return _Sweeping(tuple(dict.fromkeys(sign_ins)), bounds, lanes, deadline, asked_by, on_call).all(
        on_progress
    )


class _Sweeping:
    """One sweep: jobs on threads put what they found into a queue, and one loop takes it from there."""

    def __init__(
        self,
        sign_ins: tuple[SignIn, ...],
        bounds: Bounds,
        lanes: Lanes,
        deadline: Deadline,
        asked_by: str,
        on_call: OnCall,
    ) -> None:
        self._sign_ins = sign_ins
        self._bounds = bounds
        self._lanes = lanes
        self._deadline = deadline
        self._asked_by = asked_by
        self._on_call = on_call
        # Each is something to be done by the loop, so nothing below needs a lock but `_open`.
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._running = 0
        self._signing_in = set(sign_ins)
        self._together = True
        self._early: dict[SignIn, tuple[Session, Identity]] = {}
        self._accounts: dict[str, _Account] = {}
        self._doubles: list[tuple[SignIn, SignIn, str]] = []
        self._found: dict[tuple[str, str, str], Found] = {}
        self._missed: list[Missed] = []
        self._off: dict[str, set[str]] = {}
        self._answered = 0
        self._lock = threading.Lock()
        self._open: list[Session] | None = []

    def all(self, on_progress: Callable[[SoFar], None]) -> Sweep:
        try:
            for sign_in in self._sign_ins:
                self._start(sign_in, functools.partial(self._sign, sign_in))
            together = Deadline(min(_TOGETHER, self._deadline.left()))
            while self._signing_in and self._step(together):
                pass
            self._together = False
            # In their order, whoever was the quickest.
            for sign_in in self._sign_ins:
                if known := self._early.pop(sign_in, None):
                    self._enter(sign_in, *known)
            while self._running and self._step(self._deadline):
                on_progress(self._so_far())
            return self._outcome()
        finally:
            with self._lock:
                sessions, self._open = self._open or [], None
            for session in sessions:
                session.close()

    # --- the loop

    def _step(self, until: Deadline) -> bool:
        """Takes in what one job found; False when none came in time."""
        try:
            take_in = self._news.get(timeout=until.left())
        except queue.Empty:
            return False
        take_in()
        return True

    def _start(self, key: Hashable, job: Callable[[], Callable[[], None]]) -> None:
        """Runs `job` on a thread of `key`; the loop then does what it gives. Raises Busy."""

        def run() -> None:
            if not self._deadline.passed():
                self._news.put(job())

        self._running += 1
        self._lanes.submit(key, run)

    def _ended(self) -> None:
        self._running -= 1

    # --- sign-ins

    def _sign(self, sign_in: SignIn) -> Callable[[], None]:
        refusal: Failure | None = None
        try:
            candidates = self._candidates(sign_in)
        except Failure as failure:
            return functools.partial(self._refused, sign_in, failure)
        for region in candidates:
            try:
                session = self._kept(
                    Session.open(sign_in, region, name=self._asked_by, on_call=self._on_call)
                )
                return functools.partial(self._signed, sign_in, session, session.identity())
            except (InvalidCredentials, RegionDisabled) as failure:
                # This region may be off for the account; what the first one says is told, if all say so.
                refusal = refusal or failure
            except Failure as failure:
                return functools.partial(self._refused, sign_in, failure)
        return functools.partial(self._refused, sign_in, refusal or _nowhere(sign_in))

    def _candidates(self, sign_in: SignIn) -> tuple[str, ...]:
        """Regions to sign in at, those first that are likely on."""
        home = home_region(sign_in.profile)
        partition = next((one.partition for one in regions() if one.name == home), "aws")
        names = [
            one.name for one in regions() if one.partition == partition and self._bounds.within(one.name)
        ]
        likely = [name for name in (home, "us-east-1", "eu-west-1", "us-west-2") if name in names]
        return tuple(dict.fromkeys([*likely, *names]))[:_TRIES]

    def _kept(self, session: Session) -> Session:
        """Noted to be closed at the end; closed now when that was already."""
        with self._lock:
            if self._open is not None:
                self._open.append(session)
                return session
        session.close()
        return session

    def _signed(self, sign_in: SignIn, session: Session, identity: Identity) -> None:
        self._ended()
        self._signing_in.discard(sign_in)
        try:
            self._bounds.admits(identity.account)
        except Failure as failure:
            self._missed.append(Missed(sign_in, failure))
            return
        if self._together:
            self._early[sign_in] = (session, identity)
        else:
            self._enter(sign_in, session, identity)

    def _refused(self, sign_in: SignIn, failure: Failure) -> None:
        self._ended()
        self._signing_in.discard(sign_in)
        self._missed.append(Missed(sign_in, failure))

    def _enter(self, sign_in: SignIn, session: Session, identity: Identity) -> None:
        """Begins to look around in the account, or joins who does so already."""
        account = self._accounts.get(identity.account)
        way = (sign_in, session, identity)
        if account is not None:
            account.ways.append(way)
            self._doubles.append((sign_in, account.ways[0][0], account.number))
            for region in tuple(account.stuck):
                del account.stuck[region]
                self._answered -= 1
                self._ask(account, region, len(account.ways) - 1)
            return
        account = self._accounts[identity.account] = _Account(identity.account, [way])
        partition = identity.arn.split(":")[1]
        for known in regions():
            if known.partition == partition and self._bounds.within(known.name):
                self._ask(account, known.name, 0)

    # --- regions

    def _ask(self, account: _Account, region: str, at: int) -> None:
        account.asking[region] = at
        self._start(region, functools.partial(self._list, account, region, at))

    def _list(self, account: _Account, region: str, at: int) -> Callable[[], None]:
        sign_in, session, identity = account.ways[at]
        try:
            here = self._kept(session.in_region(region))
            with translated(action="eks:ListClusters", principal=identity.arn, **here.facts):
                pages = here.client("eks").get_paginator("list_clusters").paginate()
                # A name may move to a later page while they are read.
                names = dict.fromkeys(name for page in pages for name in page["clusters"])
        except Failure as failure:
            missed = Missed(sign_in, failure, account.number, region)
            return functools.partial(self._not_listed, account, region, at, missed)
        return functools.partial(self._listed, account, here, identity, sign_in, tuple(names))

    def _listed(
        self, account: _Account, here: Session, identity: Identity, sign_in: SignIn, names: tuple[str, ...]
    ) -> None:
        self._ended()
        del account.asking[here.region]
        self._answered += 1
        for name in names:
            if self._bounds.sees(here.region, account.number, name):
                found = Found(here.region, account.number, sign_in, ClusterInfo(name))
                self._found[account.number, here.region, name] = found
                describe = functools.partial(self._describe, account, here, identity, sign_in, name)
                self._start(here.region, describe)

    def _describe(
        self, account: _Account, here: Session, identity: Identity, sign_in: SignIn, name: str
    ) -> Callable[[], None]:
        info = info_of(here, identity, name)
        return functools.partial(self._described, account, Found(here.region, account.number, sign_in, info))

    def _described(self, account: _Account, found: Found) -> None:
        self._ended()
        self._found[account.number, found.region, found.info.name] = found

    def _not_listed(self, account: _Account, region: str, at: int, missed: Missed) -> None:
        self._ended()
        if isinstance(missed.failure, InvalidCredentials | RegionDisabled):
            # The sign-in is good elsewhere, or it would not be here.
            self._off.setdefault(account.number, set()).add(region)
        elif at + 1 < len(account.ways):
            self._ask(account, region, at + 1)
            return
        else:
            account.stuck[region] = missed
        del account.asking[region]
        self._answered += 1

    # --- the end

    def _so_far(self) -> SoFar:
        asked = sum(len(account.asking) for account in self._accounts.values()) + self._answered
        return SoFar(asked, self._answered, len(self._found))

    def _outcome(self) -> Sweep:
        order = {sign_in: at for at, sign_in in enumerate(self._sign_ins)}
        accounts = sorted(self._accounts.values(), key=lambda account: order[account.ways[0][0]])
        numbers = [account.number for account in accounts]
        found = sorted(
            self._found.values(), key=lambda one: (numbers.index(one.account), one.region, one.info.name)
        )
        stuck = [account.stuck[region] for account in accounts for region in sorted(account.stuck)]
        missed = sorted(self._missed, key=lambda one: order[one.sign_in])
        silent = [(sign_in, "") for sign_in in self._sign_ins if sign_in in self._signing_in]
        silent += [
            (account.ways[at][0], region)
            for account in accounts
            for region, at in sorted(account.asking.items())
        ]
        return Sweep(
            found=tuple(found),
            missed=(*missed, *stuck),
            off=tuple(
                (number, tuple(sorted(self._off[number]))) for number in numbers if number in self._off
            ),
            silent=tuple(silent),
            doubles=tuple(self._doubles),
            accounts=tuple(numbers),
            regions=self._so_far().regions,
        )


def _nowhere(sign_in: SignIn) -> Failure:
    return Failure(
        f"There is no region to look in with {sign_in.label}", "", "The policy leaves none of its partition"
    )
