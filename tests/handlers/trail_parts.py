"""A trail on a test's own database, and rows as it would have written them."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, insert

from bot.logs import scrubbed
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.trail import AUDIT, Asked, Outcome, Trail
from tests.connector.api_server import wait_until

KEY = WorkspaceKey("E1", "T1")
CALLER = Caller(KEY, "U1", "T1", "C1")
ARN = "arn:aws:iam::111122223333:role/chatops"
DONE = Outcome(CALLER, "pods", "ok", 1.23456, "7f3a91c2", "eu-west-1_prod", "checkout", ARN)
DAY = 24 * 3600.0
WAIT = 20.0


@dataclass
class Said:
    """Takes the lines of JSON."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def begin(engine: Engine, said: Said | None = None, **more: Any) -> Trail:
    return Trail(engine, "replica-1", scrub=scrubbed, say=said or Said(), **more)


def written(trail: Trail) -> None:
    """Waits until all that was recorded is in the database."""
    wait_until(lambda: not trail.waiting(), WAIT)


def filled(engine: Engine, *rows: dict[str, Any]) -> None:
    """Rows as they would have been written, each a second younger than the one before."""
    now = time.time() - len(rows)
    whole = {
        "enterprise_id": "E1",
        "team_id": "T1",
        "channel": "C1",
        "user": "U1",
        "verb": "pods",
        "cluster": "",
        "namespace": "",
        "principal": "",
        "outcome": "ok",
        "seconds": 0.5,
        "ref": "00000000",
        "replica": "replica-1",
    }
    with engine.begin() as database:
        database.execute(insert(AUDIT), [whole | {"at": now + at} | row for at, row in enumerate(rows)])


def refs(trail: Trail, asked: Asked | None = None, **where: Any) -> list[str]:
    return [entry.ref for entry in trail.find(KEY, asked or Asked(), **where).entries]
