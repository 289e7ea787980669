"""Several replicas on one database: what one does all know, and no answer is lost or given twice."""

import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from handlers.claims import LOST_SECONDS
from playground.slack import Ack, Message
from playground.tour import table
from tests.connector.api_server import wait_until
from tests.scenarios.conftest import PAYMENTS, WAIT, waiting
from tests.scenarios.forms import choose, with_inputs
from tests.scenarios.replicas import Replicas, replicas

# The others look that long at a silent replica before they take over what it worked on.
LOST_AFTER = LOST_SECONDS + WAIT
A_SECOND = 20


@pytest.fixture(params=["socket", "http"])
def group(request: pytest.FixtureRequest) -> Iterator[Replicas]:
    with replicas(request.param) as group:
        yield group


def test_what_one_connects_another_lists_and_a_third_disconnects() -> None:
    with replicas("http") as group:
        world, (one, two, three) = group.world, (group.add() for _ in range(3))
        group.only(one)
        world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
        group.only(two)
        listed = world.ask(world.ada, "/eks nodes")
        assert table(listed) is not None
        group.only(three)
        asked = world.ask(world.ada, "/eks disconnect", lambda message: "Disconnect" in message.text)
        world.answer(world.ada, lambda: world.ada.clicks(asked, "confirm.disconnect"))
        group.only(two)
        gone = world.answer(world.ada, lambda: world.ada.clicks(listed, "refresh.list"))
        assert gone.ephemeral
        assert f"no connection `{PAYMENTS}`" in gone.text


def test_a_connection_by_keys_is_shared_sealed_and_ends_everywhere() -> None:
    with replicas("http") as group:
        world, one, two = group.world, group.add(), group.add()
        group.only(one)
        keys = world.playground.keys
        view = world.form(world.ada, "/eks connect prod-payments --region eu-west-1")
        choose(world, view, sign_in="keys")
        view = with_inputs(world, "access_key_id", "secret_access_key")
        choose(world, view, access_key_id=keys.access_key_id, secret_access_key=keys.secret_access_key)
        world.answer(world.ada, lambda: world.ada.submits(view), lambda message: "Connected" in message.text)
        group.only(two)
        assert table(world.ask(world.ada, "/eks nodes")) is not None
        for bot in group.running.values():
            assert keys.secret_access_key not in bot.output


def test_a_restart_is_not_noticed(group: Replicas) -> None:
    world, first = group.world, group.add()
    group.only(first)
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    listed = world.ask(world.ada, "/eks nodes")
    group.remove(first)
    group.only(group.add())
    if group.transport == "socket":
        world.playground.slack.app_connected(WAIT)
    again = world.changed(
        world.ada, listed, lambda: world.ada.clicks(listed, "refresh.list"), lambda message: message.edited
    )
    assert table(again) is not None


def test_a_replica_killed_at_work_leaves_one_clear_word() -> None:
    with replicas("http") as group:
        world, one, two = group.world, group.add(), group.add()
        group.only(one)
        world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
        world.playground.fleet.cluster("prod-web").faults.hang()
        before = {message.ts for message in world.ada.sees("ops")}

        def words() -> list[Message]:
            return [message for message in world.ada.sees("ops") if message.ts not in before]

        world.ada.types("ops", "/eks nodes --private")
        group.running[one].wait_for("verb=nodes claimed")
        group.kill(one)
        group.only(two)
        told = world.ada.wait_for(
            "ops", lambda message: message.ts not in before and not waiting(message), LOST_AFTER
        )
        assert "/eks nodes" in str(told.blocks)
        world.ask(world.ada, "/eks help nodes")
        assert len([message for message in words() if not waiting(message)]) == 2


def test_what_waits_in_line_at_a_replica_that_is_killed_is_told_of_too() -> None:
    topics = [f"topic{at:03}" for at in range(40)]
    with replicas("http") as group:
        world, one, two = group.world, group.add(), group.add()
        group.only(one)
        before = {message.ts for message in world.ada.sees("ops")}
        # More than are worked on at a time, and none of them gets any further.
        world.playground.slack.faults.slow("users.info", 10)
        with ThreadPoolExecutor(16) as pool:
            acks = list(pool.map(lambda topic: world.ada.types("ops", f"/eks help {topic}"), topics))
        assert {ack.status for ack in acks} == {"acked"}
        wait_until(lambda: group.running[one].output.count("verb=help claimed") == len(topics), WAIT)
        group.kill(one)
        world.playground.slack.faults.clear()
        group.only(two)

        def told() -> Counter[str]:
            new = [message for message in world.ada.sees("ops") if message.ts not in before]
            return Counter(topic for message in new for topic in topics if topic in str(message.blocks))

        wait_until(lambda: len(told()) == len(topics), LOST_AFTER)
        assert set(told().values()) == {1}


def test_while_the_database_is_away_commands_say_so_and_afterwards_all_is_there() -> None:
    with replicas("socket") as group:
        world, address = group.world, group.add()
        world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
        database = group.own["DATABASE_URL"]
        group.postgres.take_away(database)
        said = world.ask(world.ada, "/eks connections", lambda message: "🔴" in str(message.blocks))
        assert "memory is out of reach" in said.text
        with pytest.raises(urllib.error.HTTPError) as away:
            urllib.request.urlopen(f"{address}/readyz")
        assert away.value.code == 503
        group.postgres.give_back(database)
        wait_until(lambda: is_ready(address), WAIT)
        assert table(world.ask(world.ada, "/eks nodes")) is not None


def is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def test_rolling_all_of_them_under_load_loses_and_doubles_nothing(group: Replicas) -> None:
    world = group.world
    for _ in range(3):
        group.add()
    group.only(*group.running)
    before = {message.ts for message in world.ada.sees("ops")}

    def roll() -> None:
        for old in list(group.running):
            group.add()
            group.balancer.backends = [address for address in group.running if address != old]
            group.remove(old)

    topics: dict[str, Future[Ack]] = {}
    with ThreadPoolExecutor(17) as pool:
        rolling = pool.submit(roll)
        while not rolling.done():
            topic = f"topic{len(topics):04}"
            topics[topic] = pool.submit(world.ada.types, "ops", f"/eks help {topic}")
            futures.wait([rolling], 1 / A_SECOND)
        rolling.result()
    statuses = Counter(ack.result().status for ack in topics.values())

    def answered() -> Counter[str]:
        new = [message for message in world.ada.sees("ops") if message.ts not in before]
        return Counter(topic for message in new for topic in set(re.findall(r"`(topic\d+)`", message.text)))

    lost = [topic for topic, ack in topics.items() if ack.result().status != "acked"]
    changed = world.playground.slack.world.changed
    with changed:
        assert changed.wait_for(lambda: len(answered()) >= len(topics) - len(lost), WAIT), statuses
    # What was not acknowledged, Slack has told the person itself: one clear error, and no answer besides.
    assert {topic: count for topic, count in answered().items() if count != 1} == {}
    assert not set(lost) & set(answered())
    assert len(lost) <= len(topics) / 20, statuses
