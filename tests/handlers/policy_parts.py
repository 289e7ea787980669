"""Policies for tests of what may be seen, and a connector that writes down what it is asked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from connector.aws import SignIn
from connector.connector import Connection, Discovery, EKSConnector, Step
from connector.errors import ClusterNotFound
from connector.impersonation import Impersonate
from connector.records import MemoryRecords, Record
from connector.resources import Listing, Query
from handlers.command import Command
from handlers.desk import Converse
from handlers.listeners import ROUTES
from tests.handlers import samples
from tests.handlers.desk_parts import Office

MINE, OTHERS = "eu-west-1_pay-prod", "eu-west-1_secret-prod"
ACCOUNT = samples.CONNECTION.account

# U1 may look into one cluster; all else is somebody else's.
ONE_CLUSTER = """
workspaces:
  T1:
    rules:
    - {name: mine, who: {users: [U1]}, may: [discover, connect, read], clusters: ["pay-*"]}
    - {name: all, who: {users: [U9]}, may: everything}
"""
READS_ONLY = """
workspaces:
  T1:
    rules:
    - {name: mine, who: {users: [U1]}, may: [read], clusters: ["pay-*"]}
"""
NAMESPACED = """
workspaces:
  T1:
    rules:
    - name: shop
      who: everyone
      may: [read]
      namespaces: [shop, "pay-*"]
      impersonate: {user: "slack:{user_id}", groups: [viewers]}
"""


LIMITED = """
workspaces:
  T1:
    profiles: [ops-*]
    regions: [eu-*]
    accounts: ["{0}"]
    rules:
    - {{name: all, who: everyone, may: everything}}
"""


def record(connection_id: str) -> Record:
    region, cluster = connection_id.split("_")
    one = samples.CONNECTION
    return Record(
        id=connection_id, region=region, cluster=cluster, account=one.account, principal=one.principal,
        version=one.version, status=one.status, endpoint=one.endpoint, how="profile", profile="ops", key_hint="",
        role_arn="", external_id="", connected_by="U9", connected_at=0.0, expires_at=None, made=connection_id,
    )  # fmt: skip


class Watched(EKSConnector):
    """A connector with connections, whose clusters are never asked: it writes down what it would have asked them."""

    def __init__(self, *ids: str, namespaces: tuple[str, ...] = ("shop", "pay-eu", "kube-system")) -> None:
        records = MemoryRecords()
        for one in ids:
            assert records.put(record(one))
        super().__init__(records=records)
        self.names = namespaces
        self.asked: list[tuple[str, Any, Any]] = []
        self.sign_ins: list[Any] = []

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> tuple[Connection, ...]:
        return self.list_connected_clusters()

    def get_resources(
        self, connection_id: str, query: Query, *, impersonate: Impersonate | None = None, **more: Any
    ) -> Listing:
        self.asked.append((connection_id, query, impersonate))
        more["on_progress"](3, 10_000)
        rows = tuple(samples.Plain((f"pod-{at}",)) for at in range(3))
        return samples.listing(samples.plain_kind(1), rows, complete=False, expected=10_000)

    def list_namespaces(
        self,
        connection_id: str,
        *,
        deadline: float = 2.5,
        matching: tuple[str, ...] = (),
        impersonate: Impersonate | None = None,
    ) -> tuple[str, ...]:
        self.asked.append((connection_id, matching, impersonate))
        return self.names

    def list_available_clusters(self, region: str, sign_in: SignIn, **more: Any) -> Discovery:
        self.sign_ins.append((region, sign_in))
        found = samples.discovery(2)
        infos = [
            replace(info, name=name)
            for info, name in zip(found.clusters, ("pay-prod", "secret-prod"), strict=True)
        ]
        if more.get("on_progress"):
            more["on_progress"](1, 2)
        return replace(found, clusters=tuple(infos))

    def connect_with_aws_profile(
        self, cluster: str, region: str, profile: str | None, **more: Any
    ) -> Connection:
        self.sign_ins.append((region, SignIn(profile)))
        more["on_step"](Step("credentials", samples.CONNECTION.principal))
        if cluster == "pay-prd":
            raise ClusterNotFound("There is no cluster `pay-prd`", "", "Did you mean `secret-prod`?")
        more["on_step"](Step("namespaces", "24 readable"))
        self.asked.append((cluster, None, None))
        return replace(samples.CONNECTION, id=f"{region}_{cluster}", cluster=cluster)


Seat = Callable[..., Office]


def answer(office: Office, command: Command, converse: Converse | None = None) -> str:
    """Everything that a command brought to Slack, as one text, without what differs from one to the next."""
    before = len(office.server.calls)
    ended = len(office.outcomes.ended)
    office.desk.take(office.turn(), lambda: command, converse or ROUTES[command.verb])
    office.outcomes.wait_for(ended + 1)
    office.at_rest()
    calls = [call for call in office.server.calls[before:] if call.method != "users.info"]
    return str([(call.method, call.arguments) for call in calls]).replace(
        office.outcomes.ended[-1].ref, "REF"
    )
