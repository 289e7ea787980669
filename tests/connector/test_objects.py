"""One object by its name: found wherever it may be seen, told apart from its namesakes, and read without a secret."""

import time
from typing import cast

import pytest

from connector.api import Api
from connector.cluster import Cluster
from connector.errors import Forbidden, InvalidRequest
from connector.impersonation import Impersonate
from connector.objects import ObjectNotFound, Ref, Several, digest, find, named, whole
from connector.resources import KINDS
from playground.fleet.words import CANARY
from tests.connector.conftest import Ask, soon
from tests.connector.table_parts import Server

PODS, NODES, SECRETS = (KINDS[plural].resource for plural in ("pods", "nodes", "secrets"))
ACCOUNTS = "serviceaccounts"


def test_a_pod_is_found_wherever_it_lives(ask: Ask) -> None:
    pods = ask(lambda cluster: list(named(cluster, PODS, soon())))
    ref = pods[-1]
    assert ask(lambda cluster: find(cluster, PODS, ref.name, soon())) == ref
    assert ask(lambda cluster: find(cluster, PODS, ref.name, soon(), namespace=ref.namespace)) == ref
    body = ask(lambda cluster: whole(cluster, ref, soon()))
    assert (body["kind"], body["metadata"]["name"]) == ("Pod", ref.name)
    assert "managedFields" not in body["metadata"]


def test_what_is_in_no_namespace_is_found_whatever_namespace_is_said(ask: Ask) -> None:
    node = ask(lambda cluster: next(iter(named(cluster, NODES, soon()))))
    assert node.namespace is None
    assert ask(lambda cluster: find(cluster, NODES, node.name, soon(), namespace="chaos")) == node


def test_namesakes_are_told_with_their_places(ask: Ask) -> None:
    def default(cluster: Cluster) -> Ref:
        return find(cluster, cluster.resource(ACCOUNTS, soon()), "default", soon())

    with pytest.raises(Several) as several:
        ask(default)
    places = [one.namespace for one in several.value.found]
    assert len(set(places)) == len(places) > 1
    assert "`chaos`" in several.value.why
    assert several.value.hint == "Say which with `-n NAMESPACE`"


def test_only_the_namespaces_that_may_be_seen_are_looked_into(ask: Ask) -> None:
    def default(cluster: Cluster) -> Ref:
        return find(cluster, cluster.resource(ACCOUNTS, soon()), "default", soon(), namespaces=("cha*",))

    assert ask(default).namespace == "chaos"
    pods = ask(lambda cluster: list(named(cluster, PODS, soon(), None, ("chaos",))))
    assert {one.namespace for one in pods} == {"chaos"}
    hidden = ask(
        lambda cluster: next(one for one in named(cluster, PODS, soon()) if one.namespace != "chaos")
    )
    with pytest.raises(ObjectNotFound) as missing:
        ask(lambda cluster: find(cluster, PODS, hidden.name, soon(), namespaces=("chaos",)))
    assert {one.namespace for one in missing.value.nearest} <= {"chaos"}


@pytest.mark.parametrize("namespace", [None, "chaos"])
def test_a_part_of_a_name_and_a_slip_lead_to_what_is_there(ask: Ask, namespace: str | None) -> None:
    there = ask(lambda cluster: next(one for one in named(cluster, PODS, soon()) if one.namespace == "chaos"))
    for wrong in (there.name[:-2], there.name[:-1] + "zz"):
        with pytest.raises(ObjectNotFound) as missing:
            ask(lambda cluster, wrong=wrong: find(cluster, PODS, wrong, soon(), namespace=namespace))
        assert there in missing.value.nearest
        assert missing.value.what.startswith(f"There is no pod `{wrong}`")
        assert f"`{missing.value.nearest[0].name}`" in missing.value.hint


def test_a_slip_in_the_deployments_name_leads_to_its_pods(ask: Ask) -> None:
    with pytest.raises(ObjectNotFound) as missing:
        ask(lambda cluster: find(cluster, PODS, "crashlop", soon(), namespace="chaos"))
    assert [one.name.rsplit("-", 2)[0] for one in missing.value.nearest] == ["crashloop"]
    with pytest.raises(ObjectNotFound) as missing:
        ask(lambda cluster: find(cluster, PODS, "payouts-aip", soon()))
    assert {one.name.rsplit("-", 2)[0] for one in missing.value.nearest} == {"payouts-api"}


def test_nothing_near_is_no_hint_at_names(ask: Ask) -> None:
    with pytest.raises(ObjectNotFound) as missing:
        ask(lambda cluster: find(cluster, PODS, "q" * 40, soon()))
    assert (missing.value.nearest, missing.value.hint) == ((), "It may be gone")


def test_what_went_between_a_look_and_a_click_is_said_to_be_gone(ask: Ask) -> None:
    with pytest.raises(ObjectNotFound) as gone:
        ask(lambda cluster: whole(cluster, Ref(PODS, "chaos", "went"), soon()))
    assert gone.value.what == "The pod `went` of `chaos` is gone"


def test_the_cluster_decides_for_whom_it_is_asked(ask: Ask) -> None:
    who = Impersonate("slack:ADA", ("strangers",))
    for job in (
        lambda cluster: find(cluster, PODS, "x", soon(), impersonate=who),
        lambda cluster: find(cluster, PODS, "x", soon(), namespace="chaos", impersonate=who),
        lambda cluster: whole(cluster, Ref(PODS, "chaos", "x"), soon(), impersonate=who),
    ):
        with pytest.raises(Forbidden):
            ask(job)


def test_a_secret_has_no_values_when_it_comes(ask: Ask) -> None:
    refs = ask(lambda cluster: list(named(cluster, SECRETS, soon())))
    assert refs
    for ref in refs[:20]:
        body = ask(lambda cluster, ref=ref: whole(cluster, ref, soon()))
        assert body["kind"] == "Secret"
        assert CANARY not in str(body)
        assert "Y2FuYXJ5" not in str(body)


def test_what_cannot_be_a_name_is_not_asked_for(ask: Ask) -> None:
    for name in ("..", "a/b", ""):
        with pytest.raises(InvalidRequest):
            ask(lambda cluster, name=name: find(cluster, PODS, name, soon()))


def test_a_digest_stands_for_the_name_it_was_made_of(ask: Ask) -> None:
    ref = ask(lambda cluster: list(named(cluster, PODS, soon())))[-1]
    short = digest(ref.name)
    assert len(short) < 20
    assert ask(lambda cluster: find(cluster, PODS, short, soon(), namespace=ref.namespace)) == ref
    assert ask(lambda cluster: find(cluster, PODS, short, soon())) == ref
    for namespaces, name in ((("no-such",), short), ((), digest("no-such"))):
        with pytest.raises(ObjectNotFound):
            ask(
                lambda cluster, namespaces=namespaces, name=name: find(
                    cluster, PODS, name, soon(), namespaces=namespaces
                )
            )


def test_very_many_pods_that_hold_the_name_are_no_work() -> None:
    rows = [{"object": {"metadata": {"name": f"checkout-{at}", "namespace": "shop"}}} for at in range(30_000)]
    server = Server({"/api/v1/pods": [{"metadata": {}, "rows": []}, {"metadata": {}, "rows": rows}]})
    began = time.process_time()
    with pytest.raises(ObjectNotFound) as missing:
        find(Cluster(cast(Api, server)), PODS, "checkout", soon())
    assert [one.name for one in missing.value.nearest[:2]] == ["checkout-0", "checkout-1"]
    assert time.process_time() - began < 5
