"""Writes of many go into few transactions, and each has its own outcome all the same."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, event, insert, select, text
from sqlalchemy.exc import IntegrityError

from connector.errors import StateAway
from handlers.together import Together
from tests.databases import Postgres, opened

NUMBERS = Table("numbers_together", MetaData(), Column("number", Integer, primary_key=True))
WAIT = 30.0


@pytest.fixture
def table(engine: Engine) -> Iterator[Engine]:
    NUMBERS.create(engine)
    yield engine
    NUMBERS.drop(engine)


def put(number: int, database: Connection) -> int:
    database.execute(insert(NUMBERS).values(number=number))
    return number


def there(engine: Engine) -> set[int]:
    with engine.connect() as database:
        return set(database.execute(select(NUMBERS.c.number)).scalars())


class Transactions:
    """Counts those of an engine, and can hold the first one back."""

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        event.listen(engine, "commit", self._committed)

    def _committed(self, _connection: Connection) -> None:
        self.count += 1


def run_all(together: Together, numbers: list[int]) -> list[int | str]:
    """What comes of writing each, all of them waiting while one that came first is not done."""
    begun, go = threading.Event(), threading.Event()

    def first(database: Connection) -> None:
        database.execute(text("SELECT 1"))
        begun.set()
        assert go.wait(WAIT)

    def write(number: int) -> int | str:
        try:
            return together.run(lambda database: put(number, database))
        except IntegrityError:
            return f"{number} is there"

    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        before = pool.submit(together.run, first)
        assert begun.wait(WAIT)
        found = [pool.submit(write, number) for number in numbers]
        while len(together._waiting) < len(numbers):
            threading.Event().wait(0.005)
        go.set()
        before.result(WAIT)
        return [each.result(WAIT) for each in found]


def test_what_comes_while_one_is_written_goes_into_the_next_transaction(table: Engine) -> None:
    transactions = Transactions(table)
    assert run_all(Together(table), list(range(20))) == list(range(20))
    assert there(table) == set(range(20))
    assert transactions.count == 2


def test_one_that_is_refused_costs_the_others_nothing(table: Engine) -> None:
    together = Together(table)
    together.run(lambda database: put(7, database))
    assert run_all(together, [6, 7, 8, 6]) == [6, "7 is there", 8, "6 is there"]
    assert there(table) == {6, 7, 8}


def test_one_after_the_other_is_written_at_once(table: Engine) -> None:
    together = Together(table)
    for number in range(5):
        assert together.run(partial(put, number)) == number
        assert there(table) == set(range(number + 1))


def test_a_mistake_in_a_job_is_its_own(table: Engine) -> None:
    together = Together(table)

    def wrong(_database: Connection) -> None:
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        together.run(wrong)
    assert together.run(lambda database: put(1, database)) == 1


def test_while_the_database_is_away_everybody_hears_so_and_afterwards_it_goes_on(
    postgres: Postgres, postgres_url: str
) -> None:
    with opened(postgres_url) as database:
        NUMBERS.create(database.engine)
        together = Together(database.engine)
        together.run(lambda connection: put(1, connection))
        postgres.take_away(postgres_url)
        with ThreadPoolExecutor(4) as pool:
            tried = [
                pool.submit(together.run, lambda connection, number=number: put(number, connection))
                for number in range(2, 6)
            ]
            assert all(isinstance(each.exception(WAIT), StateAway) for each in tried)
        postgres.give_back(postgres_url)
        assert together.run(lambda connection: put(2, connection)) == 2
        assert there(database.engine) == {1, 2}


def test_two_replicas_that_wait_for_each_other_both_get_there(postgres_url: str) -> None:
    # PostgreSQL ends one of two transactions that wait for each other; SQLite has one writer at a time.
    with opened(postgres_url) as database:
        engine = database.engine
        NUMBERS.create(engine)
        one, other = Together(engine), Together(engine)
        for batch in range(0, 40, 20):
            numbers = list(range(batch, batch + 20))
            with ThreadPoolExecutor(2) as pool:
                there_and_back = (
                    pool.submit(run_all, one, numbers),
                    pool.submit(run_all, other, numbers[::-1]),
                )
                found, back = (each.result(WAIT) for each in there_and_back)
            won = [each for each in (*found, *back) if isinstance(each, int)]
            assert sorted(won) == numbers
