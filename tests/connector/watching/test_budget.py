"""What all watches of a process hold is bounded, and what nobody looks at goes."""

import threading

import pytest

from connector.watching import Budget
from tests.connector.api_server import ApiServer, wait_until
from tests.connector.watching.conftest import PODS, MakeCluster, listed, pod, watches


class Held:
    """What holds rows."""

    def __init__(self, looked: float, rows: int = 1_000) -> None:
        self.looked = looked
        self.rows = rows
        self.ended = 0

    def __len__(self) -> int:
        return self.rows

    def end(self) -> None:
        self.ended += 1


def ended(*held: Held) -> list[int]:
    return [one.ended for one in held]


def test_what_was_looked_at_least_lately_goes_first() -> None:
    budget = Budget(3_000, clock=lambda: 100.0)
    held = [Held(looked) for looked in (3.0, 1.0, 2.0, 4.0, 5.0)]
    for one in held:
        budget.add(one)
    assert ended(*held) == [0, 1, 1, 0, 0]
    assert budget.load() == {"watches": 3, "rows": 3_000}


def test_what_grew_makes_room_at_the_next_tidying() -> None:
    budget = Budget(3_000, clock=lambda: 100.0)
    old, new = Held(1.0), Held(2.0)
    budget.add(old)
    budget.add(new)
    new.rows = 2_500
    assert ended(old, new) == [0, 0]
    budget.tidy()
    assert ended(old, new) == [1, 0]


@pytest.mark.parametrize(("now", "gone"), [(600.0, 0), (601.1, 1)])
def test_what_nobody_has_looked_at_for_ten_minutes_goes(now: float, gone: int) -> None:
    moment = 1.0
    budget = Budget(3_000, clock=lambda: moment)
    one = Held(looked=1.0)
    budget.add(one)
    moment = now
    budget.tidy()
    assert ended(one) == [gone]
    assert budget.load()["watches"] == 1 - gone


def test_many_small_ones_are_bounded_too() -> None:
    budget = Budget(10_000, clock=lambda: 100.0)
    held = [Held(float(at), rows=1) for at in range(100)]
    for one in held:
        budget.add(one)
    assert ended(*held) == [1] * 50 + [0] * 50


def test_what_is_removed_is_not_ended() -> None:
    budget = Budget(1_500, clock=lambda: 100.0)
    one = Held(1.0)
    budget.add(one)
    budget.remove(one)
    budget.remove(one)
    budget.add(Held(2.0))
    assert ended(one) == [0]


def test_clusters_share_it(make: MakeCluster, api: ApiServer) -> None:
    budget = Budget(1_000)
    api.put(PODS, [pod(f"p-{at:03}") for at in range(400)])
    clusters = [make(budget) for _ in range(3)]
    for one in clusters:
        listed(one)
    wait_until(lambda: len(watches(api)) >= 2)
    assert budget.load() == {"watches": 2, "rows": 800}
    # What had to go begins again when it is looked at.
    assert listed(clusters[0]).total == 400
    assert budget.load() == {"watches": 2, "rows": 800}
    for one in clusters:
        one.close()
    assert budget.load() == {"watches": 0, "rows": 0}
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("watch ")])
