"""Usage as a conversation: asked within the policy, as the person; what is told when there are no figures."""

from typing import Any

import pytest

from connector.errors import NotFound
from connector.impersonation import Impersonate
from handlers.command import Command, Usage
from handlers.parsing import parsed
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import MINE, NAMESPACED, ONE_CLUSTER, READS_ONLY, Seat, answer
from tests.handlers.told_parts import Asked

METRICS = "/apis/metrics.k8s.io/v1beta1/pods"
METADATA = ({"namespace": "shop", "name": "cart"}, {"namespace": "hidden", "name": "vault"})
USAGE = {"cpu": "100m", "memory": "100Mi"}


def asked(**answers: Any) -> Asked:
    """A connector whose one cluster has a pod in a namespace that is allowed, and one in another."""
    pods = [{"metadata": each, "status": {"phase": "Running"}} for each in METADATA]
    used = [{"metadata": each, "containers": [{"name": "app", "usage": USAGE}]} for each in METADATA]
    return Asked({"/api/v1/pods": pods, METRICS: used, **answers})


def shown(office: Office, command: Command) -> str:
    return answer(office, command)


def test_figures_are_those_of_the_namespaces_that_are_allowed_asked_as_the_person(seat: Seat) -> None:
    connector = asked()
    said = shown(seat(connector, NAMESPACED), Command("top", "pods"))
    assert "cart" in said
    assert "vault" not in said
    assert "hidden" not in said
    assert "1 pod in 1 namespace" in said
    assert connector.api.asked == [
        (METRICS, Impersonate("slack:U1", ("viewers",))),
        ("/api/v1/pods", Impersonate("slack:U1", ("viewers",))),
    ]


def test_a_namespace_that_is_not_allowed_is_refused_before_the_cluster_is_asked(seat: Seat) -> None:
    connector = asked()
    for command in (Command("top", "pods", namespace="hidden"), Command("top", "nodes")):
        office = seat(connector, NAMESPACED)
        shown(office, command)
        assert office.outcomes.ended[-1].outcome == "NotAllowed"
    assert connector.api.asked == []


def test_somebody_elses_cluster_is_nobodys(seat: Seat) -> None:
    connector = asked()
    said = shown(seat(connector, READS_ONLY.replace("pay-*", "other-*")), Command("top", "pods"))
    assert MINE not in said
    assert connector.api.asked == []


def test_the_way_to_a_metrics_server_stands_in_the_error(seat: Seat) -> None:
    connector = asked(**{METRICS: NotFound("no such thing")})
    office = seat(connector, ONE_CLUSTER)
    said = shown(office, Command("top", "pods"))
    assert office.outcomes.ended[-1].outcome == "NoFigures"
    assert (
        "aws eks create-addon --addon-name metrics-server --cluster-name pay-prod --region eu-west-1" in said
    )
    assert "try.again" in said


def test_other_kinds_in_a_button_have_no_figures(seat: Seat) -> None:
    office = seat(asked(), ONE_CLUSTER)
    assert "pods` and of `nodes` only" in shown(office, Command("top", "deployments"))
    assert office.outcomes.ended[-1].outcome == "InvalidRequest"


def test_what_to_sort_by_is_one_of_three() -> None:
    assert parsed("top pods --sort-by cpu").sort_by == "cpu"
    assert parsed("top nodes --sort-by=name").sort_by == "name"
    with pytest.raises(Usage, match="`age` is no order"):
        parsed("top pods --sort-by age")


def test_a_namespace_that_is_not_there_is_told_with_the_nearest(seat: Seat) -> None:
    connector = asked(**{"/api/v1/namespaces/shp/pods": [], f"{METRICS[:-4]}namespaces/shp/pods": []})
    said = shown(seat(connector, ONE_CLUSTER), Command("top", "pods", namespace="shp"))
    assert "There is no namespace `shp` in `pay-prod`. Did you mean `shop`?" in said
    assert "near.namespace" in said
