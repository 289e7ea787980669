"""One list of many clusters: one table, sickest first, its pages and ways, and those that do not answer named."""

from itertools import pairwise

import pytest

from playground.slack import Message
from playground.tour import rows, table
from tests.scenarios.conftest import WEB, World

SYDNEY = "ap-southeast-2_edge-sydney"
STAGING = "eu-west-1_staging-payments"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "edge-sydney --region ap-southeast-2 --profile web-prod")
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")


def head(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"])


def test_every_row_of_every_cluster_is_on_some_page_once(world: World) -> None:
    shown = world.ask(world.ada, "/eks get nodes --clusters '*'")
    assert head(shown) == "PRODUCTION · nodes · 3 clusters"
    found = rows(shown)
    there = {
        (cluster, name)
        for cluster in ("prod-web", "edge-sydney", "staging-payments")
        for name in world.playground.fleet.cluster(cluster).names("nodes")
    }
    assert next(iter(found[0])) == "CLUSTER"
    assert sorted((row["CLUSTER"], row["NAME"]) for row in found) == sorted(there)
    broken = [row["STATUS"].startswith("NotReady") for row in found]
    assert any(broken)
    assert all(one >= other for one, other in pairwise(broken))


def test_words_namespaces_and_pages_work_over_all_of_them(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods coredns --clusters '*' -n kube-system")
    assert {row["CLUSTER"] for row in rows(shown)} == {"prod-web", "edge-sydney", "staging-payments"}
    assert {row["NAMESPACE"] for row in rows(shown)} == {"kube-system"}
    values = [one["value"] for one in world.ada.suggestions(shown, "choose.namespace", "kube")]
    assert "kube-system" in values
    many = world.ask(world.ada, "/eks pods --clusters 'p*-web'")
    assert head(many) == "PRODUCTION · pods · 1 cluster"
    both = world.ask(world.ada, "/eks pods --clusters '*' --sort-by name")
    first = rows(both)
    turned = world.changed(
        world.ada,
        both,
        lambda: world.ada.clicks(both, "next.page"),
        lambda seen: rows(seen) != first,
    )
    names = [row["NAME"] for row in (*first, *rows(turned))]
    assert len(names) == len(first) + len(rows(turned))
    assert head(turned) == "PRODUCTION · pods · 3 clusters"


def test_a_namespace_that_none_of_them_has_is_named_with_the_nearest(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods --clusters '*' -n kube-sistem")
    assert "There is no namespace `kube-sistem` in 3 clusters. Did you mean `kube-system`?" in str(
        shown.blocks
    )
    wider = world.changed(
        world.ada, shown, lambda: world.ada.clicks(shown, "widen.list"), lambda seen: bool(rows(seen))
    )
    assert {row["NAMESPACE"] for row in rows(wider)} == {"kube-system"}


def test_its_lines_for_a_terminal_are_those_of_each_cluster(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods coredns --clusters '*' -n kube-system")
    lines = world.answer(world.ada, lambda: world.ada.picks(shown, "more.ways", "kubectl"))
    assert head(lines) == "PRODUCTION · in your terminal · 3 clusters"
    said = str(lines.blocks)
    for name, region in (
        ("prod-web", "us-east-1"),
        ("edge-sydney", "ap-southeast-2"),
        ("staging-payments", "eu-west-1"),
    ):
        assert f"aws eks update-kubeconfig --name {name} --region {region}" in said
        assert f"cluster/{name} | grep -i -F -e coredns" in said
    assert said.count("kubectl get pods -n kube-system --context arn:aws:eks:") == 3
    assert lines.ephemeral


def test_a_cluster_that_does_not_answer_is_named_and_the_others_are_shown(world: World) -> None:
    web = world.playground.fleet.cluster("prod-web")
    web.faults.status(403)
    shown = world.ask(world.ada, "/eks nodes --clusters '*'")
    assert "🔴 1 of 3 clusters gave no list:" in str(shown.blocks)
    assert f"`{WEB}`" in str(shown.blocks)
    assert {row["CLUSTER"] for row in rows(shown)} == {"edge-sydney", "staging-payments"}
    web.faults.clear()
    whole = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.list"),
        lambda seen: "gave no list" not in str(seen.blocks) and table(seen) is not None,
    )
    assert {row["CLUSTER"] for row in rows(whole)} == {"prod-web", "edge-sydney", "staging-payments"}


def test_a_kind_that_only_some_serve_is_listed_of_those(world: World) -> None:
    shown = world.ask(world.ada, "/eks get dsp --clusters '*'")
    assert {row["CLUSTER"] for row in rows(shown)} == {"staging-payments"}
    assert "2 of 3 clusters gave no list:" in str(shown.blocks)
    assert f"`{SYDNEY}`: This cluster has no kind `dsp`." in str(shown.blocks)
    refused = world.ask(world.ada, "/eks get podz --clusters '*'")
    assert refused.ephemeral
    again = world.answer(world.ada, lambda: world.ada.clicks(refused, "meant.0"))
    assert head(again) == "PRODUCTION · pods · 3 clusters"


def test_a_pattern_that_means_nothing_says_how_many_there_are(world: World) -> None:
    said = world.ask(world.ada, "/eks nodes --clusters 'no-such-*'")
    assert said.ephemeral
    assert "No connection matches `no-such-*`. 3 connections are there." in said.text


def test_a_row_opens_its_object_in_its_own_cluster(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods coredns --clusters '*' -n kube-system")
    row = next(row for row in rows(shown) if row["CLUSTER"] == "edge-sydney")
    opened = world.answer(
        world.ada,
        lambda: world.ada.picks(shown, "open.object", f"{SYDNEY}|kube-system/{row['NAME']}"),
        lambda message: row["NAME"] in message.text,
    )
    assert "edge-sydney" in str(opened.blocks[0])
