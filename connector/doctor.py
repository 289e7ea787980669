"""The whole way from a profile to what may be done in a cluster, a hop at a time, each told as it is passed.

A hop that does not answer is left behind at its own time-out, and those that do not need it are still looked at. Who
asks decides by `admits` whether the account that the way leads to may be known, before anything in it is.
"""

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from connector.aws import Identity, Session, SignIn, check_profile, check_region, profiles, regions
from connector.calls import OnCall, unheard
from connector.clock import date_of, told
from connector.discovery import usable
from connector.endpoint import Endpoint, certificate, connected, is_private, is_proxied, resolved
from connector.errors import (
    AccessDenied,
    Failure,
    Forbidden,
    InvalidCredentials,
    InvalidRegion,
    RegionDisabled,
    Unreachable,
    translated,
)
from connector.examination import HOPS, Asker, Examination, Hop, State
from connector.kubeconfig import configuration, kubeconfig
from connector.lanes import Bulkhead, Deadline, Lanes
from connector.mending import Case, mending
from connector.reviews import Reviews, Right
from connector.shared_config import home_region, way_in
from connector.token import RENEW_AFTER, TokenSource, sts_host
from connector.words import Context
from connector.words import aws as aws_words

# Seconds for each hop.
_SECONDS: Mapping[str, float] = MappingProxyType(
    {
        "profile": 2.0,
        "credentials": 8.0,
        "role": 6.0,
        "region": 1.0,
        "cluster": 6.0,
        "dns": 3.0,
        "tcp": 4.0,
        "tls": 4.0,
        "token": 2.0,
        "access": 5.0,
        "rbac": 5.0,
    }
)
# What has to be passed before; a hop that is not needed counts as passed.
_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "credentials": ("profile",),
        "role": ("credentials",),
        "region": ("credentials",),
        "cluster": ("role", "region"),
        "dns": ("cluster",),
        "tcp": ("dns",),
        "tls": ("tcp",),
        "token": ("role", "region"),
        "access": ("tls", "token"),
        "rbac": ("access",),
    }
)

READING = (
    Right("list", "namespaces", namespaced=False),
    Right("list", "pods"),
    Right("get", "pods"),
    Right("list", "deployments.apps"),
    Right("list", "services"),
    Right("list", "nodes", namespaced=False),
    Right("get", "pods/log"),
)
"""What people ask of a cluster most."""


def examine(
    sign_in: SignIn,
    region: str,
    cluster: str,
    asker: Asker,
    lanes: Lanes,
    deadline: Deadline,
    on_call: OnCall = unheard,
) -> Examination:
    """The way to `cluster`, hop by hop, by the deadline. Raises only what `asker.admits` raises."""
    return _Walk(
        Case(sign_in, region, cluster, asker.acting, asker.namespace), asker, lanes, deadline, on_call
    ).all()


class _Unneeded(str):
    """Why a hop is not needed."""


_PASSED = frozenset({State.PASSED, State.UNNEEDED})
# Where AWS is asked who somebody is when a region does not know: one that is on for everybody, by partition.
_ALWAYS_ON: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
)
_ELSEWHERE_SECONDS = 3.0


class _Walk:
    """One examination, on the caller's thread; each hop's work is on a lane, so that it can be left behind."""

    # What a hop finds out for those that need it.
    _session: Session
    _who: Identity
    _config: dict[str, Any]
    _addresses: tuple[str, ...]
    _connection: socket.socket
    _tokens: TokenSource
    _reviews: Reviews

    def __init__(
        self,
        case: Case,
        asker: Asker,
        lanes: Lanes,
        deadline: Deadline,
        on_call: OnCall,
    ) -> None:
        self._case = case
        self._asker = asker
        self._lanes = lanes
        self._deadline = deadline
        self._on_call = on_call
        self._hops = {name: Hop(name) for name in HOPS}
        self._undo = ExitStack()
        self._admitted = False
        self._role_refused: Failure | None = None
        self._region_off: Failure | None = None

    def all(self) -> Examination:
        with self._undo:
            self._hop("profile", "What AWS's shared files say", self._profile)
            aws, server = f"AWS in {self._case.region}", f"The API server of `{self._case.cluster}`"
            self._hop("credentials", aws, self._credentials)
            self._hop("role", aws, self._role)
            self._hop("region", aws, self._region)
            self._hop("cluster", aws, self._cluster)
            self._hop("dns", "The DNS of where the bot runs", self._dns)
            self._hop("tcp", server, self._tcp)
            self._hop("tls", server, self._tls)
            self._hop("token", aws, self._token)
            self._hop("access", server, self._access)
            self._hop("rbac", server, self._rbac)
            return self._so_far()

    def _so_far(self) -> Examination:
        case, who = self._case, self._case.identity
        return Examination(
            case.cluster,
            case.region,
            case.sign_in.label,
            tuple(self._hops.values()),
            who.account if who else "",
            who.arn if who else "",
        )

    def _is(self, hop: Hop) -> None:
        self._hops[hop.name] = hop
        self._asker.on_hop(self._so_far())

    def _hop(self, name: str, place: str, job: Callable[[float], str]) -> None:
        """Looks at one hop, unless one that it needs was not passed; `place` is who answers, for when nobody does."""
        if any(self._hops[needed].state not in _PASSED for needed in _NEEDS.get(name, ())):
            self._is(Hop(name, State.UNREACHED))
            return
        self._is(Hop(name, State.UNDERWAY))
        limit = Deadline(min(_SECONDS[name], self._deadline.left()))
        try:
            # The job's own time-out comes a little before, so that it says in its own words what did not answer.
            detail = self._lane(place).call(lambda: job(limit.left() * 0.9), limit)
        except Failure as failure:
            self._is(Hop(name, State.BROKEN, "", failure, mending(name, failure, self._case)))
        else:
            if self._case.identity and not self._admitted:
                # Before anything is told of who that is.
                self._asker.admits(self._case.identity)
                self._admitted = True
            state = State.UNNEEDED if isinstance(detail, _Unneeded) else State.PASSED
            self._is(Hop(name, state, str(detail)))

    def _lane(self, place: str) -> Bulkhead:
        case = self._case
        return Bulkhead(self._lanes, (case.region, case.cluster, case.sign_in.label, place), place)

    # --- AWS

    def _profile(self, _seconds: float) -> str:
        sign_in = self._case.sign_in
        if sign_in.profile is None:
            return _Unneeded(f"signed in with {sign_in.label}")
        check_profile(sign_in.profile, profiles())
        return f"{sign_in.profile} signs in {way_in(sign_in.profile)}"

    def _credentials(self, _seconds: float) -> str:
        base = replace(self._case.sign_in, role=None)
        region = self._case.region
        try:
            check_region(region)
        except InvalidRegion as failure:
            self._region_off = failure
            region = home_region(base.profile) or _ALWAYS_ON["aws"]
        try:
            session, who, clock = self._signed_in(base, region)
        except (InvalidCredentials, RegionDisabled) as failure:
            # A region that is off knows no keys.
            session, who, clock = self._known_elsewhere(base, region, failure)
            self._region_off = self._region_off or self._off()
        except AccessDenied as failure:
            if getattr(failure.__cause__, "operation_name", "") != "AssumeRole":
                raise
            # AWS knew who asked for the profile's role: only the role is refused.
            self._role_refused = failure
            return "known to AWS"
        self._case.base = who
        if self._case.sign_in.role is None:
            self._session, self._who, self._case.identity = session, who, who
        return f"{who.arn}{clock}"

    def _known_elsewhere(self, base: SignIn, region: str, failure: Failure) -> tuple[Session, Identity, str]:
        """Who this is in a region that is on for everybody. Raises `failure` when it is nobody there, either.

        `region` is where the sign-in failed, which is not the one that was asked for where that is none.
        """
        partition = next(one.partition for one in regions() if one.name == region)
        other = _ALWAYS_ON.get(partition, "")
        if other in ("", region):
            raise failure
        lane = self._lane(f"AWS in {other}")
        try:
            return lane.call(lambda: self._signed_in(base, other), Deadline(_ELSEWHERE_SECONDS))
        except Failure:
            raise failure from failure.__cause__

    def _signed_in(self, sign_in: SignIn, region: str) -> tuple[Session, Identity, str]:
        session = Session.open(sign_in, region, name=self._asker.name, on_call=self._on_call)
        self._undo.callback(session.close)
        with translated(action="sts:GetCallerIdentity", **session.facts):
            answer = session.client("sts").get_caller_identity()
        clock = told(date_of(answer["ResponseMetadata"]["HTTPHeaders"].get("date")), "AWS")
        return session, Identity(answer["Account"], answer["Arn"]), clock

    def _off(self) -> Failure:
        sign_in = self._case.sign_in
        context = Context(region=self._case.region, sign_in=sign_in.label, profile=sign_in.profile)
        words = aws_words.region_disabled(None, context)
        return RegionDisabled(words.what, words.why, words.hint, field=words.field)

    def _role(self, _seconds: float) -> str:
        if self._role_refused:
            raise self._role_refused
        if self._case.sign_in.role is None:
            return _Unneeded("none is assumed on top")
        if self._region_off:
            return _Unneeded("assumed once the region is on")
        self._session, self._who, _ = self._signed_in(self._case.sign_in, self._case.region)
        self._case.identity = self._who
        return self._who.arn

    def _region(self, _seconds: float) -> str:
        if self._region_off:
            raise self._region_off
        known = next(one for one in regions() if one.name == self._case.region)
        return f"{known.name}, {known.description}: on for the account"

    def _cluster(self, seconds: float) -> str:
        case = self._case
        found = usable(
            self._session, case.cluster, self._who, self._lane(f"EKS in {case.region}"), Deadline(seconds)
        )
        case.found = found
        self._config = kubeconfig(
            arn=found["arn"],
            endpoint=found["endpoint"],
            ca_data=found.get("certificateAuthority", {}).get("data", ""),
            cluster=case.cluster,
            region=case.region,
            profile=case.sign_in.profile,
            role=case.sign_in.role.arn if case.sign_in.role else None,
        )
        open_to = found.get("resourcesVpcConfig", {})
        ways = [way for way in ("public", "private") if open_to.get(f"endpoint{way.capitalize()}Access")]
        endpoint = f", its endpoint {' and '.join(ways)}" if ways else ""
        return f"{found['status']}, Kubernetes {found['version']}{endpoint}"

    # --- the network

    @property
    def _facts(self) -> dict[str, Any]:
        return self._session.facts | {"cluster": self._case.cluster, "principal": self._who.arn}

    @property
    def _url(self) -> str:
        url: str = self._case.found["endpoint"]
        return url

    @property
    def _endpoint(self) -> Endpoint:
        return Endpoint.from_url(self._url)

    def _dns(self, _seconds: float) -> str:
        if is_proxied(self._url):
            return _Unneeded("the way is through a proxy")
        began = time.monotonic()
        self._addresses = resolved(self._endpoint, self._facts)
        took = ", no name to resolve" if self._endpoint.is_address else f" in {_milliseconds(began)}"
        private = any(map(is_private, self._addresses))
        where = ", private: reached only from inside its VPC and what is joined to it" if private else ""
        return f"{', '.join(self._addresses)}{took}{where}"

    def _tcp(self, seconds: float) -> str:
        if is_proxied(self._url):
            return _Unneeded("the way is through a proxy")
        began = time.monotonic()
        try:
            self._connection, address = connected(self._addresses, self._endpoint, self._facts, seconds)
        except Unreachable as failure:
            if any(map(is_private, self._addresses)):
                inside = f"{', '.join(self._addresses)}: a private address, reached only from inside its VPC."
                raise Unreachable(failure.what, inside, failure.hint) from failure
            raise
        self._undo.callback(self._connection.close)
        return f"{address} port {self._endpoint.port} in {_milliseconds(began)}"

    def _tls(self, seconds: float) -> str:
        if is_proxied(self._url):
            return _Unneeded("the way is through a proxy")
        began = time.monotonic()
        authority = configuration(self._config, str, connections=1).ca_cert_data
        shown = certificate(self._connection, self._endpoint, authority, self._facts, seconds)
        days = (shown.ends - datetime.now(UTC)).days
        return (
            f"{shown.protocol} in {_milliseconds(began)}, certificate by {shown.issuer}, "
            f"good until {shown.ends:%Y-%m-%d} ({days:,} days)"
        )

    # --- the cluster

    def _token(self, _seconds: float) -> str:
        taken_to = sts_host(self._case.region)
        began = time.monotonic()
        self._tokens = TokenSource(self._session.credentials, self._case.region, self._case.cluster)
        with translated(action="sts:GetCallerIdentity", **self._session.facts):
            self._tokens.token()
        return (
            f"made just now in {_milliseconds(began)}, signed for {taken_to}; "
            f"the bot makes another after {RENEW_AFTER / 60:.0f} minutes"
        )

    def _access(self, seconds: float) -> str:
        self._reviews = Reviews(self._config, self._tokens.token, self._facts)
        self._undo.callback(self._reviews.close)
        known = self._case.known = self._reviews.who(seconds)
        who = f"known as {known.user}" if known.user else "known to it"
        groups = f", in the groups {', '.join(known.groups)}" if known.groups else ""
        return f"{who}{groups}{told(known.server_time, 'the server')}"

    def _rbac(self, seconds: float) -> str:
        case = self._case
        rights = [right for right in READING if right.namespaced or not case.namespace]
        allowed = {right: self._reviews.may(right, case.namespace, case.acting, seconds) for right in rights}
        may = _listed(right for right in rights if allowed[right])
        who = f"{case.acting.user} " if case.acting else ""
        where = f" in {case.namespace}" if case.namespace else ""
        case.denied = [right for right in rights if not allowed[right]]
        if not case.denied:
            return f"{who}may {may}{where}"
        asked_as = case.acting.user if case.acting else case.known.user or self._who.arn
        raise Forbidden(
            f"`{case.cluster}` refuses: {_listed(case.denied)}{where}",
            f"{asked_as} may not do this{', only ' + may if may else ''}.",
            "Somebody who administers the cluster gives a role that allows it",
        )


def _listed(rights: Iterable[Right]) -> str:
    """`list pods, nodes; get pods/log`."""
    by_verb: dict[str, list[str]] = {}
    for right in rights:
        by_verb.setdefault(right.verb, []).append(right.resource)
    return "; ".join(f"{verb} {', '.join(resources)}" for verb, resources in by_verb.items())


def _milliseconds(began: float) -> str:
    took = (time.monotonic() - began) * 1000
    return f"{took:,.0f} ms" if took >= 1 else "under 1 ms"
