"""Lists: what they hold, how they turn, whose they are, and what becomes of them when Slack or the cluster balks."""

import json
from collections.abc import Mapping

import pytest

from connector.resources import kind_named
from playground.slack import Message
from playground.tour import rows, table
from tests.connector.api_server import wait_until
from tests.scenarios.conftest import PAYMENTS, WAIT, WEB, World, waiting


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")


def names(message: Message) -> list[tuple[str, str]]:
    return [(row.get("NAMESPACE", ""), row["NAME"]) for row in rows(message)]


def walked(world: World, first: Message) -> list[tuple[str, str]]:
    """Every row of a list, turned page by page to its end."""
    found, shown = names(first), first
    while "next.page" in str(shown.blocks):
        page = shown
        last = names(page)[-1]
        shown = world.changed(
            world.ada,
            page,
            lambda page=page: world.ada.clicks(page, "next.page"),  # type: ignore[misc]
            lambda seen, last=last: last not in names(seen),  # type: ignore[misc]
        )
        found += names(shown)
    return found


def test_every_pod_is_on_some_page_once(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods")
    cluster = world.playground.fleet.cluster("prod-web")
    there = [(pod.namespace, pod.name) for pod in cluster.pods]
    found = walked(world, shown)
    assert sorted(found) == sorted(there)
    assert len(found) == 1940


def test_the_answer_is_found_where_it_was_asked_for(world: World) -> None:
    public = world.ask(world.ada, "/eks services -n kube-system")
    assert not public.ephemeral
    assert [message.ts for message in world.dev.sees("ops")].count(public.ts) == 1
    private = world.ask(world.ada, "/eks services -n kube-system --private")
    assert private.ephemeral
    assert private.ts not in [message.ts for message in world.dev.sees("ops")]


def test_another_persons_click_makes_a_copy_and_leaves_the_list_alone(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods")
    before = str(shown.blocks)
    copy = world.answer(world.dev, lambda: world.dev.clicks(shown, "next.page"))
    assert copy.ephemeral
    assert table(copy), world.dev.reads(copy)
    assert names(copy)[0] != names(shown)[0]
    assert str(world.ada.wait_for("ops", lambda seen: seen.ts == shown.ts).blocks) == before
    turned = world.changed(
        world.dev,
        copy,
        lambda: world.dev.clicks(copy, "previous.page"),
        lambda seen: names(seen)[0] == names(shown)[0],
    )
    assert turned.ephemeral


def test_a_guest_may_not_turn_a_members_list(world: World) -> None:
    shown = world.ask(world.ada, "/eks nodes")
    refusal = world.answer(world.gus, lambda: world.gus.clicks(shown, "refresh.list"))
    assert refusal.ephemeral
    assert "Guests" in refusal.text


def test_a_refresh_that_fails_leaves_the_list_standing(world: World) -> None:
    # What the server selects is asked of it each time; what is watched would be shown as it was.
    shown = world.ask(world.ada, "/eks nodes -l kubernetes.io/os=linux")
    before = rows(shown)
    web = world.playground.fleet.cluster("prod-web")
    web.faults.hang()
    refusal = world.answer(
        world.ada,
        lambda: world.ada.clicks(shown, "refresh.list"),
        lambda message: "🔴" in str(message.blocks),
    )
    assert refusal.ephemeral
    now = world.ada.wait_for("ops", lambda seen: seen.ts == shown.ts and not waiting(seen), WAIT)
    assert rows(now) == before
    web.faults.clear()
    # The error's own button asks again.
    again = world.answer(world.ada, lambda: world.ada.clicks(refusal, "try.again"))
    assert [row["NAME"] for row in rows(again)] == [row["NAME"] for row in before]


def test_a_pod_that_starts_to_crash_comes_to_the_top(world: World) -> None:
    line = "/eks pods -n kube-system coredns"
    shown = world.ask(world.ada, line)
    victim = rows(shown)[0]["NAME"]
    world.playground.fleet.cluster("prod-web").faults.crash("kube-system", victim)
    # An answer may be a second old.
    wait_until(lambda: "CrashLoopBackOff" in str(world.ask(world.ada, line).blocks), WAIT)
    changed = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.list"),
        lambda seen: "CrashLoopBackOff" in str(seen.blocks),
    )
    assert rows(changed)[0]["NAME"] == victim
    assert "🔴 1 not ready" in str(changed.blocks)


def test_events_are_told_once_each_warnings_first_then_the_newest(world: World) -> None:
    shown = world.ask(world.ada, "/eks events")
    found = rows(shown)
    kinds = [row["TYPE"] for row in found]
    assert kinds == sorted(kinds, reverse=True)
    assert kinds[0] == "Warning"
    warnings = [row["LAST SEEN AT"] for row in found if row["TYPE"] == "Warning"]
    assert warnings == sorted(warnings, reverse=True)
    told = [
        tuple(row[name] for name in ("NAMESPACE", "TYPE", "REASON", "OBJECT", "MESSAGE")) for row in found
    ]
    assert len(told) == len(set(told))
    assert f"🟡 {kinds.count('Warning')} warnings · " in str(shown.blocks)
    about = found[0]["OBJECT"]
    narrowed = world.ask(world.ada, f"/eks events {about}")
    assert {row["OBJECT"] for row in rows(narrowed)} == {about}


KINDS = "namespaces sts ds rs jobs cronjobs ing pvc hpa cm"


@pytest.mark.parametrize("word", KINDS.split())
def test_every_other_kind_is_listed_by_get(world: World, word: str) -> None:
    shown = world.ask(world.ada, f"/eks get {word}")
    kind = kind_named(word)
    assert kind
    there = world.playground.fleet.cluster("prod-web").names(kind.plural)
    found = [name for _, name in walked(world, shown)]
    assert sorted(found) == sorted(there)
    assert len(found) > 0


def test_a_workload_leads_to_its_pods_and_its_claims_and_back(world: World) -> None:
    shown = world.ask(world.ada, "/eks get sts -n fraud")
    assert [row["NAME"] for row in rows(shown)] == ["fraud-redis"]
    claims = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "list.persistentvolumeclaims"),
        lambda seen: "data-fraud-redis" in str(seen.blocks),
    )
    assert {row["NAME"] for row in rows(claims)} == {f"data-fraud-redis-{at}" for at in range(3)}
    assert {row["STATUS"] for row in rows(claims)} == {"Bound"}
    back = world.changed(
        world.ada,
        claims,
        lambda: world.ada.clicks(claims, "list.statefulsets"),
        lambda seen: "data-fraud-redis" not in str(seen.blocks),
    )
    assert names(back) == [("fraud", "fraud-redis")]


def test_secrets_are_listed_without_a_value(world: World) -> None:
    cluster = world.playground.fleet.cluster("prod-web")
    secrets = [json.loads(record.json()) for record in cluster.records("secrets")]
    values = {value for record in secrets for value in record["data"].values()}
    assert min(map(len, values)) > 3
    shown = world.ask(world.ada, "/eks get secrets -n fraud")
    found = {row["NAME"]: (row["TYPE"], row["KEYS"]) for row in rows(shown)}
    assert found == {
        record["metadata"]["name"]: (record["type"], ", ".join(sorted(record["data"])))
        for record in secrets
        if record["metadata"]["namespace"] == "fraud"
    }
    text = str([message.blocks for message in world.ada.sees("ops")]) + world.bot.output
    assert [value for value in values if value in text] == []


def test_secrets_are_refused_where_the_clusters_rbac_does_not_allow_them(world: World) -> None:
    role = "arn:aws:iam::111122223333:role/eks-readonly"
    world.connect(world.ada, f"prod-payments --region eu-west-1 --profile payments-prod --role-arn {role}")
    shown = world.ask(world.ada, f"/eks get configmaps -n checkout -c {PAYMENTS}")
    assert "checkout-api-config" in [row["NAME"] for row in rows(shown)]
    refusal = world.ask(world.ada, f"/eks get secrets -c {PAYMENTS}")
    assert refusal.ephemeral
    assert table(refusal) is None
    assert "list secrets" in str(refusal.blocks)


def test_namespaces_are_offered_and_chosen(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods")
    offered = world.ada.suggestions(shown, "choose.namespace", "kube")
    values = [option["value"] for option in offered]
    assert "kube-system" in values
    assert "checkout" not in values
    narrowed = world.changed(
        world.ada,
        shown,
        lambda: world.ada.picks(shown, "choose.namespace", "kube-system"),
        lambda seen: "`kube-system`" in str(seen.blocks),
    )
    assert {row["NAMESPACE"] for row in rows(narrowed)} == {"kube-system"}
    world.ada.suggestions(narrowed, "choose.namespace", "")
    world.changed(
        world.ada,
        narrowed,
        lambda: world.ada.picks(narrowed, "choose.namespace", "*"),
        lambda seen: "1,940 pods" in str(seen.blocks),
    )


def test_words_that_match_nothing_offer_the_rest(world: World) -> None:
    empty = world.ask(world.ada, "/eks pods -n kube-system no-such-pod")
    assert table(empty) is None
    assert "are there" in str(empty.blocks)
    shown = world.changed(
        world.ada, empty, lambda: world.ada.clicks(empty, "widen.list"), lambda seen: table(seen) is not None
    )
    assert {row["NAMESPACE"] for row in rows(shown)} == {"kube-system"}


def test_a_selector_is_the_servers_to_judge(world: World) -> None:
    shown = world.ask(world.ada, "/eks nodes -l eks.amazonaws.com/nodegroup=general")
    assert {row["NODEGROUP"] for row in rows(shown)} == {"general"}
    refusal = world.ask(world.ada, "/eks pods -l '=cart'")
    assert refusal.ephemeral
    assert "🔴" in str(refusal.blocks)


def test_with_several_connections_the_bot_asks_which(world: World) -> None:
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    asked = world.ask(world.ada, "/eks nodes")
    assert asked.ephemeral
    shown = world.answer(world.ada, lambda: world.ada.picks(asked, "choose.connection", WEB))
    assert "prod-web" in shown.text
    assert asked.ts not in [message.ts for message in world.ada.sees("ops") if not message.deleted]
    # It was for this once: the next question is asked again, of everybody.
    assert "Which cluster?" in world.ask(world.ada, "/eks nodes").text
    assert PAYMENTS in str(world.ask(world.dev, "/eks nodes").blocks)


def test_ages_and_instants_are_for_the_reader(world: World) -> None:
    shown = world.ask(world.ada, "/eks nodes")
    found = table(shown)
    assert found is not None
    row: list[Mapping[str, object]] = found["rows"][1]
    kinds = {cell["type"] for cell in row}
    assert kinds == {"raw_text", "raw_number", "rich_text"}
    assert "<!date^" in str(shown.blocks)
