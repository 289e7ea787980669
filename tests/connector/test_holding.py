"""What is held is what the records say: no more of it, and nothing of it closed that is still theirs."""

from dataclasses import dataclass
from typing import Any

import pytest

from connector.errors import Busy
from connector.holding import Holding
from connector.lanes import Deadline
from tests.connector.test_records import record


@dataclass
class Way:
    """Something opened, that knows whether it was closed."""

    closed: int = 0

    def close(self) -> None:
        self.closed += 1


def held(holding: Holding, *records: Any) -> list[Any]:
    ways: list[Any] = [Way() for _ in records]
    for one, way in zip(records, ways, strict=True):
        holding.add(one, way)
    return ways


def test_what_is_held_is_found_by_its_making() -> None:
    holding = Holding()
    (way,) = held(holding, record())
    found: Any = holding.get(record())
    assert found is way
    assert holding.get(record(made="another")) is None
    assert holding.get(record("dev")) is None
    holding.drop(record(made="another"))
    assert (len(holding), way.closed) == (1, 0)
    holding.drop(record())
    holding.drop(record())
    assert (len(holding), way.closed) == (0, 1)


def test_a_new_making_takes_the_place_of_the_old_one() -> None:
    holding = Holding()
    old, new = held(holding, record(), record(made="new"))
    assert (old.closed, new.closed, len(holding)) == (1, 0, 1)
    assert holding.get(record()) is None


def test_what_has_no_record_is_closed_and_what_came_since_is_spared() -> None:
    holding = Holding()
    kept, gone = held(holding, record("kept"), record("gone"))
    mark = holding.mark()
    # Records were read before this one was put.
    (since,) = held(holding, record("since"))
    holding.keep([record("kept")], mark)
    assert (kept.closed, gone.closed, since.closed) == (0, 1, 0)
    holding.keep([record("kept")], holding.mark())
    assert (kept.closed, gone.closed, since.closed) == (0, 1, 1)


def test_one_at_a_time_opens_a_making_and_others_are_not_waited_for() -> None:
    holding = Holding()
    with holding.turn(record(), Deadline(1)):
        with pytest.raises(Busy) as busy, holding.turn(record(), Deadline(0.05)):
            pass
        with holding.turn(record(made="another"), Deadline(0.05)):
            pass
    assert busy.value.what == "`eu-west-1_prod` is still being opened"
    with holding.turn(record(), Deadline(0.05)):
        pass


def test_after_the_end_nothing_is_held() -> None:
    holding = Holding()
    (way,) = held(holding, record())
    holding.close()
    assert (way.closed, len(holding)) == (1, 0)
    with pytest.raises(Busy, match="stopping"):
        held(holding, record())
