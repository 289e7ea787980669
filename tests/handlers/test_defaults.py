"""A workspace that removes the app leaves no channel's defaults behind, and takes nobody else's along."""

import pytest
from sqlalchemy import Engine, insert, select

from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from handlers.defaults import CHANNEL_DEFAULTS, Defaults
from tests.databases import Postgres, opened

KEYS = (("", "T1"), ("E1", "T1"), ("E1", ""), ("", "T2"))


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        (WorkspaceKey(None, "T1"), {("E1", "T1"), ("E1", ""), ("", "T2")}),
        (WorkspaceKey("E1", None), {("", "T1"), ("E1", "T1"), ("", "T2")}),
        (WorkspaceKey("E2", "T1"), set(KEYS)),
    ],
)
def test_a_workspaces_defaults_go_with_it(
    engine: Engine, gone: WorkspaceKey, left: set[tuple[str, str]]
) -> None:
    common = {"connection": "eu-west-1_prod", "namespace": "shop", "set_by": "U1", "set_at": 1.5}
    rows = [
        {"enterprise_id": enterprise, "team_id": team, "channel": channel} | common
        for enterprise, team in KEYS
        for channel in ("C1", "C2")
    ]
    with engine.begin() as database:
        database.execute(insert(CHANNEL_DEFAULTS), rows)
    Defaults(engine).forget(gone)
    with engine.connect() as database:
        found = database.execute(select(CHANNEL_DEFAULTS)).all()
    assert {(row.enterprise_id, row.team_id) for row in found} == left
    assert len(found) == 2 * len(left)


def test_it_says_when_the_database_is_away(postgres: Postgres, postgres_url: str) -> None:
    with opened(postgres_url) as database:
        postgres.take_away(postgres_url)
        with pytest.raises(StateAway):
            Defaults(database.engine).forget(WorkspaceKey(None, "T1"))
        postgres.give_back(postgres_url)
