"""Rows that are watched are shown to the one identity that they were listed as, and for as long as it may see them."""

import pytest

from connector.cluster import Cluster
from connector.errors import Forbidden, Unauthorized
from connector.impersonation import Impersonate
from connector.watching import Budget
from tests.connector.api_server import Answer, ApiServer
from tests.connector.watching.conftest import (
    PODS,
    counted,
    listed,
    lists,
    names,
    pod,
    threads,
    until,
    watches,
)

pytestmark = pytest.mark.usefixtures("three_pods")


ADA, LEO = Impersonate("slack:ADA", ("viewers",)), Impersonate("slack:LEO", ("viewers",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, ADA),
        (ADA, None),
        (ADA, LEO),
        (ADA, Impersonate("slack:ADA")),
        (Impersonate("slack:ADA"), ADA),
        (ADA, Impersonate("slack:ADA", ("viewers", "admins"))),
        (Impersonate("u", ("a", "b")), Impersonate("u", ("a,b",))),
        (Impersonate("u", ("a", "b")), Impersonate("u", ("b", "a"))),
        (Impersonate("u", ("a", "a")), Impersonate("u", ("a",))),
    ],
)
def test_what_one_identity_was_shown_is_never_shown_to_another(
    cluster: Cluster, api: ApiServer, one: Impersonate | None, other: Impersonate | None
) -> None:
    assert names(listed(cluster, one)) == ["b", "a", "c"]
    api.put(PODS, [])
    assert names(listed(cluster, other)) == []
    assert lists(api) == 2
    asked = [(one.headers.get("impersonate-user"), one.groups) for one in api.asked(PODS)]
    for who in (one, other):
        assert (who.user if who else None, who.groups if who else ()) in asked


def test_each_watch_and_count_is_asked_for_as_the_one_who_listed(cluster: Cluster, api: ApiServer) -> None:
    def is_counted() -> bool:
        listed(cluster, ADA)
        return counted(api) > 0

    until(is_counted)
    assert watches(api)
    asked = {(one.headers.get("impersonate-user"), one.groups) for one in api.asked(PODS)}
    assert asked == {("slack:ADA", ("viewers",))}


@pytest.mark.parametrize(("answer", "failure"), [("403", Forbidden), ("401", Unauthorized)])
def test_when_the_permission_goes_so_do_the_rows(
    cluster: Cluster, api: ApiServer, budget: Budget, answer: str, failure: type[Exception]
) -> None:
    listed(cluster, ADA)
    api.will_answer(PODS, *[Answer.of(answer)] * 1000)

    def refused() -> bool:
        try:
            listed(cluster, ADA)
        except failure:
            return True
        return False

    until(refused)
    assert budget.load() == {"watches": 0, "rows": 0}
    until(lambda: not threads())


def test_who_may_still_see_a_namespace_sees_it(cluster: Cluster, api: ApiServer) -> None:
    listed(cluster)
    api.will_answer(PODS, *[Answer.of("403")] * 1000)
    path = "/api/v1/namespaces/shop/pods"
    api.put(path, [pod("a"), pod("new")])
    until(lambda: names(listed(cluster, namespace="shop")) == ["a", "new"])
