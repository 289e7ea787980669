"""Rollouts as a conversation: asked within the policy, followed until they are over, and while one may look."""

from collections import deque
from typing import Any

import pytest
from sqlalchemy import Engine

from connector.errors import Forbidden, Unreachable
from connector.impersonation import Impersonate
from handlers.command import Command
from handlers.following import MOST_OF_A_WORKSPACE
from handlers.policy import Policy
from tests.connector.api_server import wait_until
from tests.handlers.desk_parts import KEY, WAIT, Office
from tests.handlers.policy_parts import MINE, NAMESPACED, ONE_CLUSTER, Seat, answer
from tests.handlers.slack_server import SlackServer
from tests.handlers.told_parts import Asked

ALL, CART = "/apis/apps/v1/deployments", "/apis/apps/v1/namespaces/shop/deployments/cart"
STATUS = Command("rollout", "deployments", ("cart",), action="status")
IN_SHOP = STATUS.replaced(namespace="shop")
HISTORY = STATUS.replaced(action="history")


def cart(updated: int, namespace: str = "shop", name: str = "cart") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": namespace, "uid": "d1", "generation": 1},
        "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "cart"}}},
        "status": {
            "observedGeneration": 1,
            "replicas": 4,
            "updatedReplicas": updated,
            "availableReplicas": 4,
        },
    }


def connector(*answers: Any) -> Asked:
    """One with a deployment in a namespace that is allowed and one in another; `answers` are the first one's states."""
    return Asked({ALL: [cart(4), cart(4, "hidden")], CART: deque(answers)})


def shown(server: SlackServer) -> str:
    """What stands there now."""
    return str(server.asked("chat.postMessage", "chat.update")[-1])


def over(office: Office) -> None:
    """Waits until nothing is followed any more."""
    wait_until(lambda: office.follows.join(0) and not office.follows._running, WAIT)


@pytest.mark.parametrize("command", [STATUS, HISTORY])
def test_it_is_looked_for_where_one_may_look_and_as_the_person(seat: Seat, command: Command) -> None:
    told = connector(cart(4))
    said = answer(seat(told, NAMESPACED), command)
    assert "`cart` in `shop`" in said
    assert "hidden" not in said
    assert {who for _, who in told.api.asked} == {Impersonate("slack:U1", ("viewers",))}
    assert [path for path, _ in told.api.asked if "hidden" in path] == []


def test_a_namespace_that_is_not_allowed_is_refused_before_the_cluster_is_asked(seat: Seat) -> None:
    told = connector(cart(4))
    office = seat(told, NAMESPACED)
    answer(office, STATUS.replaced(namespace="hidden"))
    assert office.outcomes.ended[-1].outcome == "NotAllowed"
    assert told.api.asked == []


def test_it_is_followed_until_it_is_done(seat: Seat, server: SlackServer) -> None:
    office = seat(connector(cart(2), cart(2), cart(3), cart(4)), ONE_CLUSTER)
    answer(office, IN_SHOP)
    over(office)
    bars = [
        next(bar for bar in ("2 of 4", "3 of 4", "4 of 4") if f"{bar} updated" in str(call))
        for call in server.asked("chat.postMessage", "chat.update")
    ]
    # What nothing changed in is not sent again.
    assert bars == ["2 of 4", "3 of 4", "4 of 4"]
    assert "🟢 rolled out" in shown(server)
    assert "stop.following" not in shown(server)


def test_what_is_over_is_told_once(seat: Seat, server: SlackServer) -> None:
    for command in (IN_SHOP, IN_SHOP.replaced(action="history")):
        office = seat(connector(cart(4)), ONE_CLUSTER)
        answer(office, command)
        assert not office.follows._running
    assert server.asked("chat.postMessage", "chat.update") == []


def test_a_refresh_changes_the_message_and_follows_nothing(seat: Seat, server: SlackServer) -> None:
    office = seat(connector(cart(2)), ONE_CLUSTER)
    said = answer(office, IN_SHOP.replaced(owner="U1", connection=MINE))
    assert "2 of 4 updated" in said
    assert "follow.rollout" in said
    assert not office.follows._running
    assert server.asked("chat.postMessage", "chat.update") == []


def test_trouble_that_passes_is_said_and_waited_for(seat: Seat, server: SlackServer) -> None:
    office = seat(connector(cart(2), Unreachable("`pay-prod` does not answer"), cart(4)), ONE_CLUSTER)
    answer(office, IN_SHOP)
    over(office)
    texts = [str(call) for call in server.asked("chat.update")]
    assert "`pay-prod` does not answer, trying again" in texts[0]
    assert "🟢 rolled out" in texts[-1]


def test_what_the_cluster_refuses_ends_it_with_its_words(seat: Seat, server: SlackServer) -> None:
    office = seat(connector(cart(2), Forbidden("`pay-prod` refused: get deployments")), ONE_CLUSTER)
    answer(office, IN_SHOP)
    over(office)
    assert "⚪ `pay-prod` refused: get deployments." in shown(server)
    assert "2 of 4 updated" in shown(server)
    assert "follow.rollout" in shown(server)


def test_it_ends_when_the_person_may_not_look_any_more(server: SlackServer, memory: Engine) -> None:
    policies = deque([ONE_CLUSTER, ONE_CLUSTER.replace("U1", "U2")])

    def policy() -> Policy:
        return Policy.from_text(policies.popleft() if len(policies) > 1 else policies[0], "policy.yaml")

    told = connector(cart(2), cart(3))
    office = Office(server, memory, build=lambda: told, policy=policy)
    answer(office, IN_SHOP)
    over(office)
    assert "3 of 4 updated" not in str(server.asked("chat.postMessage", "chat.update"))
    assert "You may not" in shown(server)
    office.close()


def test_where_too_much_is_followed_it_is_shown_as_it_is(seat: Seat) -> None:
    office = seat(connector(cart(2)), ONE_CLUSTER)
    taken = [office.follows.reserve(KEY, "U9") for _ in range(MOST_OF_A_WORKSPACE)]
    said = answer(office, IN_SHOP)
    assert "not followed: Too much is being followed already" in said
    assert "2 of 4 updated" in said
    for one in taken:
        one.release()


def test_for_one_person_alone_it_is_shown_as_it_is_unless_they_ask_to_follow(
    seat: Seat, server: SlackServer
) -> None:
    office = seat(connector(cart(2)), ONE_CLUSTER)
    said = answer(office, IN_SHOP.replaced(private=True))
    assert "not followed here: a message for you alone cannot change" in said
    assert server.asked("chat.postMessage") == []
    assert not office.follows._running
    office = seat(connector(cart(2), cart(4)), ONE_CLUSTER)
    answer(office, IN_SHOP.replaced(private=True, follow=True))
    over(office)
    assert server.asked("chat.postMessage")[0]["channel"] == "U1"
    assert "🟢 rolled out" in shown(server)


def test_what_is_not_rolled_out_is_refused(seat: Seat) -> None:
    office = seat(connector(cart(4)), ONE_CLUSTER)
    assert "Pods are not rolled out" in answer(office, STATUS.replaced(kind="pods"))
    assert office.outcomes.ended[-1].outcome == "InvalidRequest"
