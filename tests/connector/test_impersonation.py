"""As whom a call is made: its own headers, the cluster's own RBAC, and nobody else's calls touched."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.connector import EKSConnector
from connector.errors import Failure, Forbidden, InvalidRequest
from connector.impersonation import Impersonate
from connector.resources import Query
from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.connector.api_server import ApiServer
from tests.connector.conftest import REGION, MakeCluster

ADA = Impersonate("slack:ADA", ("viewers", "on call, days", "viewers"))


@pytest.fixture
def connected(connector: EKSConnector, make_cluster: MakeCluster, api: ApiServer) -> EKSConnector:
    make_cluster("prod", api)
    api.put("/api/v1/pods", [])
    connector.connect_with_aws_profile("prod", REGION, "ops", connected_by="U1")
    api.requests.clear()
    return connector


def test_a_call_carries_the_user_and_each_group(connected: EKSConnector, api: ApiServer) -> None:
    connected.get_resources("prod", Query("pods"), impersonate=ADA)
    connected.list_namespaces("prod", impersonate=ADA)
    for request in api.requests:
        assert request.headers["impersonate-user"] == "slack:ADA"
        assert request.groups == ADA.groups
        # What every call has stays.
        assert request.headers["accept-encoding"] == "gzip"
        assert request.headers["user-agent"] == "eks-chatops"
        assert request.token


def test_the_next_call_is_the_bots_own(connected: EKSConnector, api: ApiServer) -> None:
    connected.list_namespaces("prod", impersonate=ADA)
    connected.list_namespaces("prod")
    connected.list_namespaces("prod", impersonate=Impersonate("slack:LEO"))
    users = [(one.headers.get("impersonate-user"), one.groups) for one in api.requests]
    assert users == [("slack:ADA", ADA.groups), (None, ()), ("slack:LEO", ())]


def test_calls_at_once_never_mix(connected: EKSConnector, api: ApiServer) -> None:
    together = threading.Barrier(8)

    def ask(number: int) -> None:
        together.wait(10)
        for _ in range(5):
            who = Impersonate(f"user-{number}", (f"group-{number}",)) if number else None
            connected.get_resources("prod", Query("pods", words=(str(number),)), impersonate=who)

    with ThreadPoolExecutor(8) as people:
        list(people.map(ask, range(8)))
    seen = [(one.headers.get("impersonate-user", "user-0"), *one.groups) for one in api.requests]
    assert sorted(seen) == sorted(
        [("user-0",)] * 5 + [(f"user-{n}", f"group-{n}") for n in range(1, 8) for _ in range(5)]
    )


def test_every_page_is_asked_for_as_the_same(connected: EKSConnector, api: ApiServer) -> None:
    api.put("/api/v1/namespaces", [{"metadata": {"name": f"ns-{at:04}"}} for at in range(1100)])
    assert len(connected.list_namespaces("prod", impersonate=ADA)) == 1100
    assert [one.headers["impersonate-user"] for one in api.requests] == ["slack:ADA"] * 3


@pytest.mark.parametrize(
    "name", ["", " ", " ada", "ada ", "a\r\nImpersonate-Group: system:masters", "a\0", "ü", "a" * 257]
)
def test_a_name_that_no_header_carries_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="is no user to act as"):
        Impersonate(name)
    with pytest.raises(InvalidRequest, match="is no group to act as"):
        Impersonate("ada", ("viewers", name))


def test_too_many_groups_are_refused() -> None:
    assert Impersonate("ada", ("g",) * 64)
    with pytest.raises(InvalidRequest, match="too many groups"):
        Impersonate("ada", ("g",) * 65)


@given(st.text(max_size=300), st.lists(st.text(max_size=50), max_size=3))
def test_whatever_is_accepted_is_one_line_of_ascii_as_it_was(user: str, groups: list[str]) -> None:
    try:
        headers = Impersonate(user, tuple(groups)).headers
    except InvalidRequest:
        return
    assert headers == {"Impersonate-User": [user], "Impersonate-Group": groups}
    for name in (user, *groups):
        assert name
        assert name == name.strip()
        assert name.isascii()
        assert name.isprintable()


# --- the cluster decides


def test_the_clusters_own_rbac_decides_for_the_person(
    fleet: tuple[Fleet, LocalAws], connector: EKSConnector
) -> None:
    made = connector.connect_with_aws_profile("prod-payments", REGION, "payments-prod", connected_by="U1")

    def pods(namespace: str | None, *groups: str) -> int:
        who = Impersonate("slack:ADA", groups)
        return connector.get_resources(made.id, Query("pods", namespace), impersonate=who).total

    assert pods("ledger", "strangers", "auditors") > 0
    for namespace, groups in ((None, ("auditors",)), ("fraud", ("auditors",)), ("ledger", ())):
        with pytest.raises(Forbidden) as refused:
            pods(namespace, *groups)
        assert 'User "slack:ADA" cannot list resource "pods"' in refused.value.why
    # The bot itself may do more.
    assert connector.get_resources(made.id, Query("pods", "fraud")).total > 0


def test_a_bot_that_may_not_act_as_others_says_what_it_needs(
    fleet: tuple[Fleet, LocalAws], connector: EKSConnector
) -> None:
    made = connector.connect_with_aws_profile("prod-payments", REGION, "readonly", connected_by="U1")
    calls: list[Any] = [
        lambda: connector.get_resources(made.id, Query("pods"), impersonate=Impersonate("slack:ADA")),
        lambda: connector.list_namespaces(made.id, impersonate=Impersonate("slack:ADA"), deadline=10),
    ]
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            call()
        failure: Failure = refused.value
        assert failure.what == "The bot may not act as somebody else in `prod-payments`"
        assert 'cannot impersonate resource "users"' in failure.why
        assert failure.hint == (
            f"{made.principal} needs a ClusterRole with this rule: "
            '`{apiGroups: [""], resources: [users, groups], verbs: [impersonate]}`'
        )
