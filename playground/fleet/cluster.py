"""One cluster of the fleet: what EKS says of it, and the server that answers at its endpoint."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import trustme

from playground.feed import Feed
from playground.fleet.inventory import Inventory
from playground.fleet.plan import ClusterPlan
from playground.fleet.pods import Pod
from playground.kubernetes.access import Access
from playground.kubernetes.faults import Faults
from playground.kubernetes.resources import RESOURCES
from playground.kubernetes.server import ApiServer, Entry, Loop
from playground.kubernetes.store import Record
from playground.principals import Keyring


class Cluster:
    """A cluster. `endpoint` and `certificate_authority` (PEM) are None while it is being created.

    `access` holds its access entries and RBAC, `log` the requests it got, `faults` what can go wrong with it.
    """

    def __init__(self, plan: ClusterPlan, seed: int, loop: Loop, keyring: Keyring) -> None:
        self.plan = plan
        self.name = plan.name
        self.region = plan.region
        self.account = plan.account
        self.version = f"1.{plan.minor}"
        self.status = plan.status
        self.arn = f"arn:aws:eks:{plan.region}:{plan.account}:cluster/{plan.name}"
        self.created = datetime.now(UTC).replace(microsecond=0) - timedelta(days=plan.age_days, minutes=4)
        self.access = _access(plan)
        self.log: Feed[Entry] = Feed()
        self.endpoint: str | None = None
        self.certificate_authority: str | None = None
        self._inventory = Inventory(plan, seed)
        self._server: ApiServer | None = None
        self._silence: socket.socket | None = None
        if plan.status != "CREATING":
            self._open(loop, keyring)

    @property
    def has_server(self) -> bool:
        """False for a cluster being created, and for one that never answers."""
        return self._server is not None

    @property
    def faults(self) -> Faults:
        """What can go wrong with it; raises LookupError when it has no server that could fail."""
        if self._server is None:
            raise LookupError(f"{self.name} has no server that could fail")
        return self._server.faults

    @property
    def pods(self) -> Sequence[Pod]:
        """Its pods, ordered by namespace and name."""
        return self._inventory.content.pods

    def records(self, resource: str) -> Sequence[Record]:
        """Its objects of one kind (plural), ordered by namespace and name; each gives its JSON."""
        return self._inventory.records(resource)

    def names(self, resource: str, namespace: str | None = None) -> tuple[str, ...]:
        """The names of its objects of one kind (plural), ordered as the server lists them."""
        return tuple(
            record.name for record in self.records(resource) if namespace in {None, record.namespace}
        )

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        if self._silence is not None:
            self._silence.close()

    def _open(self, loop: Loop, keyring: Keyring) -> None:
        if self.plan.answers:
            self._server = ApiServer(
                loop,
                cluster=self.name,
                region=self.region,
                minor=self.plan.minor,
                keyring=keyring,
                access=self.access,
                store=self._inventory,
                log=self.log,
            )
            self.endpoint = self._server.endpoint
            self.certificate_authority = self._server.certificate_authority
            return
        # The kernel completes the connection, and nobody ever says a word on it: no TLS, no answer.
        self._silence = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.endpoint = f"https://127.0.0.1:{self._silence.getsockname()[1]}"
        self.certificate_authority = trustme.CA(organization_name="kubernetes").cert_pem.bytes().decode()

    def __repr__(self) -> str:
        return f"<Cluster {self.arn} at {self.endpoint}>"


def _access(plan: ClusterPlan) -> Access:
    access = Access()
    for who, groups in plan.groups:
        access.map(f"arn:aws:iam::{plan.account}:{who}", *groups)
    reading = "get list watch"
    # As the built-in `view` role and a little more: everything but secrets.
    everything = {resource.plural for resource in RESOURCES.values()} - {"secrets"}
    access.allow("viewers", reading, " ".join(sorted(everything)))
    access.allow("viewers", "get", "pods/log")
    access.allow("auditors", reading, "namespaces")
    access.allow("auditors", reading, "pods services deployments", "payments ledger")
    return access
