"""What a pod asks for, how near each of its containers is to its limit, and how full a node is."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.description.nodes import asked as told
from connector.gauges import Gauge, Measured, Node, Pod, PodSpec, asked, of_node, of_pod
from connector.quantities import amount

_AMOUNTS = st.dictionaries(
    st.sampled_from(["cpu", "memory"]), st.sampled_from(["0", "100m", "1", "64Mi", "1Gi", "junk"])
)
_RESOURCES = st.fixed_dictionaries({}, optional={"requests": _AMOUNTS, "limits": _AMOUNTS})
_CONTAINERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("abc")},
        optional={"resources": _RESOURCES, "restartPolicy": st.sampled_from(["Always", "Never"])},
    ),
    max_size=4,
)
_SPECS = st.fixed_dictionaries(
    {},
    optional={
        "containers": _CONTAINERS,
        "initContainers": _CONTAINERS,
        "overhead": _AMOUNTS,
        "resources": _RESOURCES,
    },
)


@given(_SPECS, st.sampled_from(["requests", "limits"]), st.sampled_from(["cpu", "memory"]))
def test_a_pod_asks_for_what_its_description_says(spec: dict[str, Any], which: str, resource: str) -> None:
    mine = asked(msgspec.convert(spec, PodSpec), which, resource)
    theirs = told({"spec": spec}, which).get(resource)
    assert (mine is None) == (theirs is None)
    assert (mine or 0) == amount(theirs or "0")


def use(containers: list[dict[str, Any]], measured: dict[str, dict[str, str]], **spec: Any) -> Gauge:
    """The memory of a pod."""
    pod = {"metadata": {"name": "cart", "namespace": "shop"}, "spec": {"containers": containers, **spec}}
    usage = [{"name": name, "usage": amounts} for name, amounts in measured.items()]
    found = of_pod(
        msgspec.convert(pod, Pod),
        msgspec.convert({"metadata": pod["metadata"], "containers": usage}, Measured),
    )
    assert (found.name, found.namespace) == ("cart", "shop")
    return found.memory


def container(name: str, limit: str = "", request: str = "", **more: Any) -> dict[str, Any]:
    resources = {what: {"memory": text} for what, text in (("limits", limit), ("requests", request)) if text}
    return {"name": name, "resources": resources, **more}


def test_each_container_is_held_to_its_own_limit() -> None:
    found = use(
        [container("app", "100Mi", "50Mi"), container("proxy", "900Mi", "50Mi")],
        {"app": {"memory": "95Mi"}, "proxy": {"memory": "5Mi"}},
    )
    assert found == Gauge(amount("100Mi"), amount("100Mi"), amount("1000Mi"), 0, 0.95)


def test_a_sidecar_counts_and_an_init_container_does_not() -> None:
    inits = [container("mesh", "100Mi", restartPolicy="Always"), container("migrate", "1Mi")]
    found = use(
        [container("app", "100Mi")],
        {"app": {"memory": "10Mi"}, "mesh": {"memory": "110Mi"}},
        initContainers=inits,
    )
    assert (found.used, found.limit, found.share) == (amount("120Mi"), amount("200Mi"), 1.1)


def test_containers_without_a_limit_are_counted_beside_those_with_one() -> None:
    some = use([container("app", "100Mi"), container("proxy")], {"proxy": {"memory": "500Mi"}})
    assert (some.unlimited, some.limit, some.share) == (1, amount("100Mi"), 0.0)
    none = use([container("app"), container("proxy")], {"app": {"memory": "5Mi"}})
    assert (none.unlimited, none.limit, none.share, none.requested) == (0, None, None, None)


def test_a_limit_of_the_pod_as_a_whole_holds_for_all_its_containers_together() -> None:
    found = use(
        [container("app"), container("proxy")],
        {"app": {"memory": "60Mi"}, "proxy": {"memory": "36Mi"}},
        resources={"limits": {"memory": "100Mi"}},
    )
    assert (found.unlimited, found.limit, found.share) == (0, amount("100Mi"), 0.96)


@pytest.mark.parametrize(("allocatable", "share"), [({"cpu": "4"}, 0.25), ({}, None), ({"cpu": "0"}, None)])
def test_a_node_is_as_full_as_its_share_of_what_it_has_to_give(
    allocatable: dict[str, str], share: float | None
) -> None:
    node = msgspec.convert({"metadata": {"name": "n1"}, "status": {"allocatable": allocatable}}, Node)
    measured = msgspec.convert({"metadata": {"name": "n1"}, "usage": {"cpu": "1000000000n"}}, Measured)
    found = of_node(node, measured, (Decimal(2), Decimal(0)))
    assert (found.cpu.used, found.cpu.share, found.cpu.requested) == (Decimal(1), share, Decimal(2))
    assert of_node(node, measured, None).cpu.requested is None
