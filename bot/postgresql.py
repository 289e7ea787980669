"""PostgreSQL as the bot uses it: nobody waits for a server that has gone without a word.

Imported by those that use it: its driver takes its time.
"""

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Engine, create_engine, event

from bot.database import STATEMENT_SECONDS, BadDatabase

T = TypeVar("T")

# libpq takes no less for connecting.
CONNECT_SECONDS = 2
# How long a server may say nothing to a statement that it took: longer than it lets one run itself.
ANSWER_SECONDS = STATEMENT_SECONDS + 2


class Answering(psycopg.Connection[Any]):
    """A connection that is given up when the server takes a statement and says nothing: TCP finds no fault in that."""

    seconds: float = ANSWER_SECONDS

    def wait(self, gen: PQGen[T], *how: Any, **more: Any) -> T:
        return super().wait(self._bounded(gen), *how, **more)

    def _bounded(self, gen: PQGen[T]) -> PQGen[T]:
        end = time.monotonic() + self.seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                # psycopg comes by several times a second with nothing to read.
                if not ready and time.monotonic() > end:
                    self.close()
                    raise psycopg.OperationalError(f"the server did not answer in {self.seconds:g} s")
                wanted = gen.send(ready)
        except StopIteration as done:
            answer: T = done.value
            return answer


def postgresql(url: URL) -> Engine:
    """The engine for that address. Raises BadDatabase for an option that there is not."""
    url = url.set(drivername="postgresql+psycopg")
    try:
        make_conninfo(**{**url.translate_connect_args(username="user", database="dbname"), **url.query})
    except (psycopg.Error, TypeError, ValueError):
        raise BadDatabase(
            "DATABASE_URL has an option that PostgreSQL does not know",
            "",
            "Options are those of libpq, like `?sslmode=verify-full`",
        ) from None
    given = {
        "connect_timeout": CONNECT_SECONDS,
        # Milliseconds, and seconds: a server that is gone without a word is noticed in time.
        "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        "keepalives_idle": STATEMENT_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "application_name": "eks-chatops",
    }
    # Poolers between the bot and the database (PgBouncer, RDS Proxy) lose prepared statements.
    arguments = {name: value for name, value in given.items() if name not in url.query}
    engine = create_engine(
        url,
        connect_args={**arguments, "prepare_threshold": None},
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=STATEMENT_SECONDS,
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, place: Any, options: Any) -> Answering:
        return Answering.connect(*place, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # Said here, not among the options of the connection: poolers refuse those.
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{STATEMENT_SECONDS * 2}s'")
        connection.commit()

    return engine
