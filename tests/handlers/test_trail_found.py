"""The trail is found again: by its workspace alone, by what is asked, page by page in one order."""

import time

import pytest
from sqlalchemy import Engine, func, select

from connector.workspaces import WorkspaceKey
from handlers.trail import AUDIT, PAGE, Asked, Trail
from tests.handlers.trail_parts import KEY, filled, refs


def test_a_workspace_finds_its_own_lines(engine: Engine, trail: Trail) -> None:
    filled(
        engine,
        {"ref": "mine"},
        {"ref": "theirs", "team_id": "T2"},
        {"ref": "other", "enterprise_id": ""},
        {"ref": "whole", "team_id": ""},
    )
    assert refs(trail) == ["mine"]
    assert [entry.ref for entry in trail.find(WorkspaceKey("E1", None), Asked()).entries] == ["whole"]
    assert [entry.ref for entry in trail.find(WorkspaceKey(None, "T1"), Asked()).entries] == ["other"]
    # Not by another's line, either.
    (theirs,) = trail.find(WorkspaceKey("E1", "T2"), Asked()).entries
    assert refs(trail, at=theirs.id) == ["mine"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked(), "dcba"),
        (Asked(user="U2"), "b"),
        (Asked(user="U3"), ""),
        (Asked(cluster="prod"), "cb"),
        (Asked(cluster="eu-west-1_prod"), "b"),
        # As a connection's id may be written.
        (Asked(cluster="eu-west-1_prod_111122223333"), "b"),
        (Asked(cluster="us-east-1_*"), "d"),
        (Asked(cluster="pro%"), ""),
        (Asked(cluster="rod"), ""),
        (Asked(ref="0000000a"), "a"),
        (Asked(cluster="prod", user="U2"), "b"),
        (Asked(cluster="prod", user="U1"), "c"),
    ],
)
def test_lines_are_found_by_what_is_asked(engine: Engine, trail: Trail, asked: Asked, found: str) -> None:
    filled(
        engine,
        {"ref": "0000000a", "cluster": ""},
        {"ref": "0000000b", "cluster": "eu-west-1_prod", "user": "U2"},
        {"ref": "0000000c", "cluster": "us-east-1_prod"},
        {"ref": "0000000d", "cluster": "us-east-1_*"},
    )
    assert "".join(ref[-1] for ref in refs(trail, asked)) == found


def test_lines_are_found_since_a_moment(engine: Engine, trail: Trail) -> None:
    now = time.time()
    filled(engine, {"ref": "old", "at": now - 7200}, {"ref": "new", "at": now - 60})
    assert refs(trail, Asked(since=now - 3600)) == ["new"]


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 2 * PAGE + 50])
def test_every_line_is_on_a_page_and_the_way_back_leads_over_the_same(
    engine: Engine, trail: Trail, count: int
) -> None:
    # Two of a moment each: replicas end turns at once.
    now = time.time()
    if count:
        filled(engine, *({"ref": str(at), "at": now - 1000 + at // 2} for at in range(count)))
    newest = [str(at) for at in reversed(range(count))]
    seen, at = list[str](), 0
    while page := trail.find(KEY, Asked(), at=at).entries:
        found = trail.find(KEY, Asked(), at=at)
        assert (found.newer, found.total) == (len(seen), count)
        seen += [entry.ref for entry in page]
        at = page[-1].id
    assert seen == newest
    if not count:
        return
    back = [trail.find(KEY, Asked(ref=newest[-1])).entries[0].ref]
    while page := trail.find(KEY, Asked(), at=at, newer=True).entries:
        back = [entry.ref for entry in page] + back
        at = page[0].id
    assert back == newest


def test_lines_that_come_meanwhile_move_no_page(engine: Engine, trail: Trail) -> None:
    filled(engine, *({"ref": str(at)} for at in range(PAGE + 2)))
    last = trail.find(KEY, Asked()).entries[-1]
    filled(engine, *({"ref": "new", "at": time.time() + 10} for _ in range(5)))
    assert refs(trail, at=last.id) == ["1", "0"]
    assert trail.find(KEY, Asked(), at=last.id).newer == PAGE + 5


def test_a_line_that_is_no_more_leads_to_the_newest(engine: Engine, trail: Trail) -> None:
    filled(engine, {"ref": "a"}, {"ref": "b"})
    assert refs(trail, at=2**31 - 1) == ["b", "a"]
    with engine.connect() as database:
        assert database.execute(select(func.count()).select_from(AUDIT)).scalar_one() == 2
