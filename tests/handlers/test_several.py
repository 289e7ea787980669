"""One list of several clusters: all asked at once, each within its own scope, and those that fail are named."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from connector.connector import Connection
from connector.errors import Failure, Forbidden, InvalidRequest, Unreachable
from connector.impersonation import Impersonate
from connector.resources import KINDS, Cell, Column, Health, Listing, Query
from connector.served import KindNotServed
from handlers import several
from handlers.blocks import fleet, listing, opening
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command, decoded
from handlers.trail import AUDIT
from tests.handlers import samples
from tests.handlers.desk_parts import WAIT
from tests.handlers.listing_parts import contexts, labels, whole
from tests.handlers.policy_parts import MINE, NAMESPACED, ONE_CLUSTER, OTHERS, Seat, Watched, answer
from tests.handlers.samples import RUNGS, Plain, alive, command_of, mrkdwn

DEV = "eu-west-1_pay-dev"
ALL = Command("get", "pods", clusters="*")
OPEN = """
workspaces:
  T1:
    production: ["*prod*"]
    rules:
    - {name: all, who: everyone, may: everything}
"""


class Fleet(Watched):
    """Clusters that answer as they are told to, by connection."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(*(f"eu-west-1_{name.replace('_', '-')}" for name in answers))
        self.answers = {f"eu-west-1_{name.replace('_', '-')}": one for name, one in answers.items()}

    def get_resources(
        self, connection_id: str, query: Query, *, impersonate: Impersonate | None = None, **more: Any
    ) -> Listing:
        self.asked.append((connection_id, query, impersonate))
        found = self.answers[connection_id]
        found = found() if callable(found) else found
        if isinstance(found, Exception):
            raise found
        return samples.listing(samples.plain_kind(1), found)


def rows(message: Any) -> list[tuple[str, ...]]:
    return [tuple(row) for row in samples.shown_rows(message.blocks) or ()]


# --- who is asked


def test_all_that_match_and_may_be_listed_are_asked_and_no_other(seat: Seat) -> None:
    connector = Watched(MINE, DEV, OTHERS)
    shown = answer(seat(connector, ONE_CLUSTER), ALL)
    assert sorted(one for one, _, _ in connector.asked) == sorted([MINE, DEV])
    assert "pods · 2 clusters" in shown
    assert "secret" not in shown
    connector.asked.clear()
    answer(seat(connector, ONE_CLUSTER), ALL.replaced(clusters="pay-d*"))
    assert [one for one, _, _ in connector.asked] == [DEV]
    # By its id as well.
    connector.asked.clear()
    answer(seat(connector, ONE_CLUSTER), ALL.replaced(clusters=MINE))
    assert [one for one, _, _ in connector.asked] == [MINE]


@pytest.mark.parametrize("pattern", ["secret*", "nothing-*"])
def test_what_may_not_be_seen_is_not_there_for_a_pattern_either(seat: Seat, pattern: str) -> None:
    said = [
        answer(seat(connector, ONE_CLUSTER), ALL.replaced(clusters=pattern))
        for connector in (Watched(MINE, OTHERS), Watched(MINE))
    ]
    assert said[0] == said[1]
    assert f"No connection matches `{pattern}`. 1 connection is there." in said[0]


@pytest.mark.parametrize(("held", "way"), [(0, "ask.connect"), (2, "show.connections")])
def test_where_no_connection_is_meant_the_button_leads_to_one(held: int, way: str) -> None:
    assert way in str(fleet.none_meant(ALL, held).blocks)


def test_each_cluster_is_asked_within_its_own_scope(seat: Seat) -> None:
    connector = Watched(MINE, DEV)
    answer(seat(connector, NAMESPACED), ALL.replaced(words=("cart",), selector="a=b"))
    acting = Impersonate("slack:U1", ("viewers",))
    query = Query("pods", None, ("shop", "pay-*"), "a=b", words=("cart",))
    assert {one for one, _, _ in connector.asked} == {MINE, DEV}
    assert [one[1:] for one in connector.asked] == [(query, acting)] * 2


def test_a_cluster_that_may_be_known_and_not_asked_is_named_with_why(seat: Seat) -> None:
    rule = "    - {name: dev, who: everyone, may: [read], clusters: [pay-dev]}\n"
    policy = NAMESPACED.replace("    rules:\n", f"    rules:\n{rule}")
    connector = Watched(MINE, DEV)
    shown = answer(seat(connector, policy), Command("get", "nodes", clusters="*"))
    assert [one for one, _, _ in connector.asked] == [DEV]
    assert "1 of 2 clusters gave no list" in shown
    assert f"`{MINE}`: You may not see what is in no namespace" in shown


def test_they_are_asked_at_once(seat: Seat) -> None:
    together = threading.Barrier(3, timeout=WAIT)

    def wait() -> tuple[Plain, ...]:
        together.wait()
        return (Plain(("cart",)),)

    connector = Fleet(a=wait, b=wait, c=wait)
    assert "pods · 3 clusters" in answer(seat(connector, OPEN), ALL)


def test_each_asked_cluster_is_a_line_of_the_trail(seat: Seat) -> None:
    office = seat(Fleet(a=(Plain(("cart",)),), b=Unreachable("no answer")), OPEN)
    answer(office, ALL)
    office.trail.close(WAIT)
    with office.engine.connect() as database:
        lines = [(row.cluster, row.outcome) for row in database.execute(select(AUDIT))]
    assert sorted(lines) == [("*", "ok"), ("eu-west-1_a", "ok"), ("eu-west-1_b", "Unreachable")]


# --- what is answered


def test_those_that_did_not_answer_are_named_and_the_rest_is_shown(seat: Seat) -> None:
    connector = Fleet(
        a=(Plain(("cart",)),),
        b=Unreachable("The API server of `b` does not answer", "The bot waited 10 s."),
        c=Forbidden("The cluster refuses: list pods", "User x cannot."),
    )
    shown = answer(seat(connector, OPEN), ALL)
    assert "2 of 3 clusters gave no list" in shown
    assert "`eu-west-1_b`: The API server of `b` does not answer. The bot waited 10 s." in shown
    assert "`eu-west-1_c`: The cluster refuses: list pods. User x cannot." in shown
    assert "'cart'" in shown


def test_when_none_answers_that_is_said_with_a_way_to_try_again(seat: Seat) -> None:
    connector = Fleet(a=Unreachable("no answer"), b=Forbidden("no"))
    shown = answer(seat(connector, OPEN), ALL)
    assert "None of the 2 clusters gave its list." in shown
    assert "try.again" in shown


@pytest.mark.parametrize(
    "failure",
    [
        KindNotServed("This cluster has no kind `podz`", nearest=("pods",)),
        InvalidRequest("`.a..b` is no path to sort by"),
    ],
)
def test_a_mistake_that_all_find_is_said_once(seat: Seat, failure: Failure) -> None:
    shown = answer(seat(Fleet(a=failure, b=failure), OPEN), ALL)
    assert shown.count(failure.what) < 4
    assert "clusters gave" not in shown


# --- what is shown


def connections(*names: str) -> tuple[Connection, ...]:
    return tuple(replace(samples.CONNECTION, id=f"eu-west-1_{name}", cluster=name) for name in names)


def drawn(
    lists: list[tuple[Connection, Listing]],
    command: Command = ALL,
    rung: Rung = Rung.DATA_TABLE,
    failed: tuple[tuple[Connection, Failure], ...] = (),
    production: bool = False,
) -> Message:
    found = several.together(lists)
    place = fleet.place(found, len(lists) + len(failed), failed, lists, production=production)
    message = listing.drawn_at(found, place, command.replaced(owner="U1"), rung)
    assert message_faults(whole(message)) == []
    return message


def pods(*named: tuple[str, Health], **more: Any) -> Listing:
    rows = tuple(Plain((name,), health, "shop") for name, health in named)
    return samples.listing(samples.plain_kind(1), rows, **more)


def test_the_sickest_of_all_come_first_and_each_says_whose_it_is() -> None:
    a, b = connections("a", "b")
    first = pods(("x", Health.BROKEN), ("y", Health.HEALTHY))
    second = pods(("w", Health.BROKEN), ("v", Health.CHANGING), ("y", Health.HEALTHY))
    message = drawn([(a, first), (b, second)])
    assert rows(message) == [("b", "w"), ("a", "x"), ("b", "v"), ("a", "y"), ("b", "y")]
    assert message.blocks[0]["text"]["text"] == "pods · 2 clusters"
    assert contexts(message)[0].startswith("🔴 2 not ready · 🟡 1 changing · 5 pods in 1 namespace · taken ")
    assert message.text.startswith("pods of 2 clusters: ")
    (table,) = [block for block in message.blocks if block["type"] == "data_table"]
    assert table["row_header_column_index"] == 1


def test_clusters_of_one_name_go_by_their_ids() -> None:
    (a,) = connections("a")
    other = replace(a, id="us-east-1_a", region="us-east-1")
    message = drawn([(a, pods(("x", Health.HEALTHY))), (other, pods(("x", Health.HEALTHY)))])
    assert rows(message) == [("eu-west-1_a", "x"), ("us-east-1_a", "x")]


def test_one_order_holds_over_all_clusters() -> None:
    a, b = connections("a", "b")

    def by_name(found: Listing) -> Listing:
        kind = replace(found.kind, order=lambda row: (row.name,), sick_first=False)
        return replace(found, kind=kind, rows=tuple(sorted(found.rows, key=kind.key)))

    first = by_name(pods(("x", Health.BROKEN), ("c", Health.HEALTHY)))
    second = by_name(pods(("w", Health.CHANGING), ("d", Health.HEALTHY)))
    message = drawn([(a, first), (b, second)], ALL.replaced(sort_by="name"))
    assert rows(message) == [("a", "c"), ("b", "d"), ("b", "w"), ("a", "x")]
    assert "by `name`" in contexts(message)[0]


def test_columns_that_only_some_have_are_empty_for_the_others() -> None:
    a, b = connections("a", "b")
    more = Column("EXTRA", lambda row, _now: Cell(row.name.upper()))
    wide = pods(("x", Health.HEALTHY))
    wide = replace(wide, kind=replace(wide.kind, columns=(*wide.kind.columns, more)))
    message = drawn([(a, pods(("y", Health.HEALTHY))), (b, wide)])
    assert rows(message) == [("b", "x", "X"), ("a", "y", "-")]


def test_its_ways_on_are_those_of_all_the_clusters() -> None:
    a, b = connections("prod-a", "prod-b")
    lists = [(one, pods(*((f"pod-{at:03}", Health.HEALTHY) for at in range(150)))) for one in (a, b)]
    command = ALL.replaced(clusters="prod-*", private=True)
    message = drawn(lists, command, production=True)
    here = command.replaced(owner="U1")
    assert message.blocks[0]["text"]["text"] == "PRODUCTION · pods · 2 clusters"
    assert command_of(message.blocks, "refresh.list") == here
    assert command_of(message.blocks, "next.page") == here.replaced(offset=100)
    assert command_of(message.blocks, "list.nodes") == here.replaced(kind="nodes")
    line = "Rows 1–100 of 300 · narrow it: `/eks pods WORD --clusters 'prod-*' --private`"
    assert line in contexts(message)
    assert listing.NAMESPACES in str(message.blocks)
    block_id, options = next(
        (block["block_id"], block["elements"][0]["options"])
        for block in message.blocks
        if opening.OBJECT in str(block)
    )
    assert decoded(block_id) == Command("describe", "pods", private=True)
    # Of two that are called the same it is told which is where.
    ends = [one["text"]["text"].removeprefix("pod-000 (shop) · ").split(" · ")[0] for one in options[:2]]
    assert ends == [a.id, b.id]
    picked = [opening.picked(block_id, one["value"]) for one in options[:2]]
    assert picked == [
        Command("describe", "pods", ("pod-000",), "shop", connection=one.id, private=True) for one in (a, b)
    ]


def test_a_cluster_that_was_stopped_for_time_is_named() -> None:
    a, b = connections("a", "b")
    message = drawn([(a, pods(("x", Health.HEALTHY))), (b, pods(("y", Health.HEALTHY), complete=False))])
    said = contexts(message)
    assert "🟡 Stopped for time with 2 pods: the rest is missing." in said
    assert "🟡 `eu-west-1_b` was stopped for time with 1." in said


def test_a_cluster_of_which_only_the_past_is_known_is_named() -> None:
    a, b = connections("a", "b")
    message = drawn([(a, pods(("x", Health.HEALTHY))), (b, pods(("y", Health.HEALTHY), silent=40.0))])
    (said,) = [text for text in contexts(message) if "40 s" in text]
    assert "`eu-west-1_b`" in said
    assert "eu-west-1_a" not in said


def test_a_cluster_that_does_not_answer_now_is_named_with_how_old_its_rows_are() -> None:
    a, b = connections("a", "b")
    message = drawn([(a, pods(("x", Health.HEALTHY))), (b, pods(("y", Health.HEALTHY), silent=41.3))])
    assert "🟡 As of 41 s ago: `eu-west-1_b` is not answering now." in contexts(message)


@pytest.mark.parametrize("count", [1, 12, 13, 40])
def test_of_many_that_failed_a_dozen_are_named_and_the_rest_counted(count: int) -> None:
    good, *bad = connections("good", *(f"bad-{at:02}" for at in range(count)))
    failed = tuple((one, Unreachable("x" * 500, "y" * 500)) for one in bad)
    said = "\n".join(contexts(drawn([(good, pods(("x", Health.HEALTHY)))], failed=failed)))
    assert f"🔴 {count} of {count + 1} clusters gave no list:" in said
    assert said.count("`eu-west-1_bad-") == min(count, 12)
    assert (f"and {count - 12} more" in said) is (count > 12)


@pytest.mark.parametrize(
    ("near", "command", "said"),
    [
        ((), {}, "There are no pods in 2 clusters."),
        (("cart",), {"words": ("crat",)}, "No pods match `crat`. 4 pods are there. Did you mean `cart`?"),
    ],
)
def test_nothing_in_any_of_them_is_said_with_a_way_on(
    near: tuple[str, ...], command: dict[str, Any], said: str
) -> None:
    a, b = connections("a", "b")
    found = samples.listing(KINDS["pods"], (), 2 if near else 0, near=near)
    message = drawn([(a, found), (b, found)], ALL.replaced(**command))
    assert message.text == said
    assert ("near.0" in labels(message)) is bool(near)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", samples.HOSTILE)
def test_nothing_hostile_comes_alive(name: str, rung: Rung) -> None:
    a, b = (replace(one, cluster=name, id=name) for one in connections("a", "b"))
    failed = ((replace(a, id=name), Unreachable(name, name)),)
    found = pods((name, Health.BROKEN))
    for lists in ([(a, found), (b, found)], [(a, samples.listing(samples.plain_kind(1), ()))]):
        message = drawn(lists, ALL.replaced(clusters="x*"), rung, failed)
        assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))
