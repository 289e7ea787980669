"""Lists that are watched, from Slack: as new as the cluster, old and marked so when it is silent, and nobody else's."""

import pytest

from playground.slack import Message
from playground.tour import rows
from tests.connector.api_server import wait_until
from tests.scenarios.conftest import WAIT, WEB, World, waiting

PODS = "/api/v1/pods"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")


def lists(world: World, path: str = PODS) -> int:
    """How many whole lists of all pods the cluster was asked for."""
    return sum(
        entry.path == path and entry.query.startswith("limit=500") and "continue=" not in entry.query
        for entry in world.playground.fleet.cluster("prod-web").log
    )


def test_all_pages_words_namespaces_and_orders_come_of_one_list(world: World) -> None:
    before = lists(world)
    shown = world.ask(world.ada, "/eks pods")
    turned = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "next.page"),
        lambda seen: rows(seen)[0] != rows(shown)[0],
    )
    for line in ("coredns", "-n kube-system", "--sort-by RESTARTS", "no-such-pod", "-n kube-system coredns"):
        world.ask(world.ada, f"/eks pods {line}")
    assert rows(turned)
    assert lists(world) - before == 1


def test_what_changes_is_seen_without_another_list(world: World) -> None:
    line = "/eks pods -n kube-system coredns"
    world.ask(world.ada, "/eks pods")
    before = lists(world)
    victim = rows(world.ask(world.ada, line))[0]["NAME"]
    web = world.playground.fleet.cluster("prod-web")
    web.faults.crash("kube-system", victim)

    def top() -> tuple[str, str]:
        first = rows(world.ask(world.ada, line))[0]
        return first["NAME"], first["STATUS"]

    wait_until(lambda: top() == (victim, "CrashLoopBackOff"), WAIT)
    web.faults.clear()
    wait_until(lambda: top()[1] == "Running", WAIT)
    assert lists(world) == before


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_a_cluster_that_does_not_answer_is_shown_as_it_was_and_says_so(world: World, fault: str) -> None:
    shown = rows(world.ask(world.ada, "/eks nodes"))
    web = world.playground.fleet.cluster("prod-web")
    getattr(web.faults, fault)()

    def old() -> Message | None:
        answer = world.ask(world.ada, "/eks nodes", lambda seen: not waiting(seen) and bool(rows(seen)))
        return answer if "s ago: `prod-web` is not answering now." in str(answer.blocks) else None

    wait_until(lambda: old() is not None, WAIT)
    answer = old()
    assert answer is not None
    assert [row["NAME"] for row in rows(answer)] == [row["NAME"] for row in shown]
    web.faults.clear()
    wait_until(lambda: old() is None, WAIT)


def test_disconnecting_forgets_what_was_known(world: World) -> None:
    world.ask(world.ada, "/eks pods")
    before = lists(world)
    asked = world.ask(world.ada, f"/eks disconnect -c {WEB}")
    world.answer(
        world.ada,
        lambda: world.ada.clicks(asked, "confirm.disconnect"),
        lambda message: "Disconnected" in message.text,
    )
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.ada, "/eks pods")
    assert lists(world) == before + 1


def test_another_workspace_begins_with_a_list_of_its_own(world: World) -> None:
    world.ask(world.ada, "/eks pods")
    before = lists(world)
    world.connect(world.hana, "prod-web --region us-east-1 --profile web-prod")
    world.ask(world.hana, "/eks pods")
    assert lists(world) == before + 1
