"""What differs between two lists, by values: rows that are new, gone or different, and which of them comes first."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.impersonation import Impersonate
from connector.resources import KINDS, Health, Listing
from handlers.command import Command
from handlers.comparison import Change, compared
from handlers.policy import Scope
from handlers.snapshots import Snapshot, question, snapshot
from tests.handlers import samples

PODS = KINDS["pods"]
ASKED = Command("get", "pods", connection="eu-west-1_prod")


def listing(*rows: Any, later: float = 0.0, kind: str = "pods") -> Listing:
    return samples.listing(KINDS[kind], rows, taken_at=samples.NOW + later)


def kept(found: Listing) -> Snapshot:
    return snapshot(found, ASKED, Scope())


def pod(name: str = "cart", **changes: Any) -> Any:
    return msgspec.structs.replace(MODEL, **{"name": name, **changes})


MODEL: Any = next(row for row in samples.recorded("pods") if row.name == "running-two")


def told(changes: tuple[Change, ...]) -> list[tuple[str, str, tuple[tuple[str, str, str], ...]]]:
    return [(change.how, change.row.name, change.differences) for change in changes]


def test_time_alone_changes_nothing() -> None:
    for plural in ("pods", "deployments", "services", "nodes", "events"):
        rows = samples.recorded(plural)
        before, now = (kept(listing(*rows, later=later, kind=plural)) for later in (0.0, 90_000.0))
        assert compared(before, now) == ()


@given(st.floats(1, 10**8))
def test_nor_does_a_restart_get_older(later: float) -> None:
    row = pod(restarts=3, restarted=samples.NOW - 60)
    assert compared(kept(listing(row)), kept(listing(row, later=later))) == ()


def test_a_row_is_told_by_the_columns_that_differ() -> None:
    before = listing(pod(), pod("web"))
    ill = pod(status="CrashLoopBackOff", ready=0, restarts=4, restarted=samples.NOW, health=Health.BROKEN)
    (change,) = compared(kept(before), kept(listing(ill, pod("web"))))
    ready = f"{MODEL.ready}/{MODEL.containers}"
    assert (change.how, change.health, change.anew) == ("different", Health.BROKEN, False)
    assert change.differences == (
        ("READY", ready, f"0/{MODEL.containers}"),
        ("STATUS", "Running", "CrashLoopBackOff"),
        ("RESTARTS", str(MODEL.restarts), "4"),
    )


def test_rows_that_came_and_went_are_told_by_name_and_namespace() -> None:
    before = listing(pod("a"), pod("b", namespace="pay"))
    now = listing(pod("b", namespace="web"), pod("a"))
    found = {
        (change.how, change.row.namespace, change.row.name) for change in compared(kept(before), kept(now))
    }
    assert found == {("gone", "pay", "b"), ("new", "web", "b")}


def test_another_object_of_the_same_name_is_told() -> None:
    (change,) = compared(kept(listing(pod("db-0"))), kept(listing(pod("db-0", created=MODEL.created + 60))))
    assert (change.how, change.anew, change.differences) == ("different", True, ())


def test_the_weightiest_comes_first() -> None:
    well, ill, off = Health.HEALTHY, Health.BROKEN, Health.CHANGING
    before = listing(
        pod("was-ill", health=ill, status="Error"),
        pod("was-well", health=well),
        pod("still-ill", health=ill, status="Error"),
        pod("going"),
        pod("gone-ill", health=ill),
    )
    now = listing(
        pod("was-ill", health=well),
        pod("was-well", health=ill, status="Error"),
        pod("still-ill", health=ill, status="OOMKilled"),
        pod("going", health=off, status="Terminating"),
        pod("new-ill", health=ill),
        pod("new"),
    )
    names = [change.row.name for change in compared(kept(before), kept(now))]
    assert names == ["was-well", "still-ill", "new-ill", "going", "was-ill", "new", "gone-ill"]


def test_events_are_the_same_when_they_tell_the_same_and_differ_by_their_count() -> None:
    event: Any = samples.recorded("events")[0]
    again = msgspec.structs.replace(event, event="another.name", count=event.count + 2, last_seen=samples.NOW)
    other = msgspec.structs.replace(event, message="Something else")
    before, now = listing(event, kind="events"), listing(again, other, kind="events")
    found = told(compared(kept(before), kept(now)))
    assert ("different", event.name, (("COUNT", str(event.count), str(event.count + 2)),)) in found
    assert [how for how, _, _ in found].count("new") == 1
    assert len(found) == 2


def test_a_column_that_only_one_of_them_has_is_no_change() -> None:
    before = kept(listing(pod()))
    now = kept(replace(listing(pod()), kind=replace(PODS, columns=PODS.columns[:3])))
    assert compared(before, now) == compared(now, before) == ()


@given(
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True, max_size=6),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), unique=True, max_size=6),
)
def test_every_row_is_there_gone_or_new(before: list[tuple[str, str]], now: list[tuple[str, str]]) -> None:
    made = [kept(listing(*(pod(name, namespace=place) for place, name in one))) for one in (before, now)]
    changes = compared(made[0], made[1])
    found = {(change.how, change.row.namespace, change.row.name) for change in changes}
    assert found == {("gone", *one) for one in set(before) - set(now)} | {
        ("new", *one) for one in set(now) - set(before)
    }


OTHERS = [
    (ASKED.replaced(kind="nodes"), Scope()),
    (ASKED.replaced(namespace="pay"), Scope()),
    (ASKED.replaced(selector="a=b"), Scope()),
    (ASKED.replaced(words=("x",)), Scope()),
    (ASKED.replaced(connection="eu-west-1_other"), Scope()),
    (ASKED.replaced(output="wide"), Scope()),
    (ASKED, Scope(("pay",))),
    (ASKED, Scope(impersonate=Impersonate("slack:U1"))),
    (ASKED, Scope(impersonate=Impersonate("slack:U1", ("admins",)))),
]


@pytest.mark.parametrize(("command", "scope"), OTHERS)
def test_lists_of_other_things_or_of_who_sees_other_things_are_not_compared(
    command: Command, scope: Scope
) -> None:
    assert question(command, scope) != question(ASKED, Scope())


def test_where_on_the_list_one_is_and_who_may_see_it_does_not_matter() -> None:
    shown = ASKED.replaced(offset=100, backwards=True, owner="U1", private=True, seen="x")
    assert question(shown, Scope()) == question(ASKED, Scope())
