"""Usage of pods and nodes: figures with a chart, pages, orders, what opens, and what is told where nobody measures."""

import pytest

from playground.slack import Message
from playground.tour import rows
from tests.scenarios.conftest import World


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]


def mebibytes(message: Message) -> list[int]:
    return [int(row["MEMORY"].removesuffix("Mi")) for row in rows(message)]


def test_pods_are_shown_with_a_chart_the_largest_first(world: World) -> None:
    shown = world.ask(world.ada, "/eks top pods")
    assert kinds(shown)[2:4] == ["data_visualization", "data_table"]
    assert mebibytes(shown) == sorted(mebibytes(shown), reverse=True)
    first = rows(shown)[0]
    assert (first["CPU LIMIT"], first["MEMORY REQUEST"][-2:]) == ("-", "Mi")
    assert "averaged over 15 s" in str(shown.blocks)
    assert "pods have no figures" in str(shown.blocks)


def test_every_pod_with_figures_is_on_some_page(world: World) -> None:
    cluster = next(
        c for c in world.playground.fleet.clusters if (c.name, c.account[0]) == ("staging-payments", "1")
    )
    # By name, as figures change while one turns the pages.
    shown = world.ask(world.ada, "/eks top pods --sort-by name")
    found = [row["NAME"] for row in rows(shown)]
    while "next.page" in str(shown.blocks):
        page = shown
        last = rows(page)[-1]["NAME"]
        shown = world.changed(
            world.ada,
            page,
            lambda page=page: world.ada.clicks(page, "next.page"),  # type: ignore[misc]
            lambda seen, last=last: last not in [row["NAME"] for row in rows(seen)],  # type: ignore[misc]
        )
        assert "data_visualization" not in kinds(shown)
        found += [row["NAME"] for row in rows(shown)]
    assert sorted(found) == sorted(pod.name for pod in cluster.pods if pod.state.phase == "Running")


def test_it_is_sorted_and_narrowed_by_a_click(world: World) -> None:
    shown = world.ask(world.ada, "/eks top pods redis")
    by_cpu = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "sort.usage"),
        lambda seen: "CPU: the" in str(seen.blocks),
    )
    cores = [int(row["CPU"].removesuffix("m")) for row in rows(by_cpu)]
    assert cores == sorted(cores, reverse=True)
    assert {"redis" in row["NAME"] for row in rows(by_cpu)} == {True}
    namespaces = {row["NAMESPACE"] for row in rows(by_cpu)}
    one = sorted(namespaces)[0]
    world.ada.suggestions(by_cpu, "choose.namespace")
    narrowed = world.changed(
        world.ada,
        by_cpu,
        lambda: world.ada.picks(by_cpu, "choose.namespace", one),
        lambda seen: {row["NAMESPACE"] for row in rows(seen)} == {one},
    )
    assert f"in `{one}`" in str(narrowed.blocks)


def test_nodes_are_shown_with_what_was_asked_for_and_one_opens(world: World) -> None:
    shown = world.ask(world.ada, "/eks top nodes")
    first = rows(shown)[0]
    assert first["STATE"] == "🟢 has room"
    assert first["MEMORY REQUESTED"].endswith("%)")
    assert "1 node has no figures: not ready." in str(shown.blocks)
    opened = world.answer(world.ada, lambda: world.ada.picks(shown, "open.object", f"/{first['NAME']}"))
    assert first["NAME"] in str(opened.blocks)
    other = world.answer(
        world.dev, lambda: world.dev.clicks(shown, "top.other"), lambda message: "top pods" in message.text
    )
    assert other.ephemeral


def test_where_nobody_measures_it_is_said_what_to_install(world: World) -> None:
    world.connect(world.ada, "edge-sydney --region ap-southeast-2 --profile web-prod")
    refusal = world.ask(world.ada, "/eks top pods -c ap-southeast-2_edge-sydney")
    assert refusal.text == "`edge-sydney` has no metrics server"
    assert "aws eks create-addon --addon-name metrics-server --cluster-name edge-sydney" in str(
        refusal.blocks
    )
    usage = world.ask(world.ada, "/eks top pods --sort-by age")
    assert "`age` is no order" in usage.text
