"""The Home tab: drawn at once with what is known, then with what the clusters say, and each for its own person."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connector.errors import Unreachable
from connector.pulse import Counted
from connector.versions import EXTENDED, OVER, STANDARD, UNKNOWN, Support
from connector.workspaces import WorkspaceKey
from handlers.access import Access, Caller
from handlers.blocks import home as drawing
from handlers.blocks.limits import view_faults
from handlers.claims import CLAIMS
from handlers.command import Command, decoded
from handlers.home import OPENING, Home
from handlers.policy import Policy
from handlers.policy.values import Who
from handlers.trail import Outcome
from tests.connector.api_server import wait_until
from tests.handlers import samples
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import MINE, OTHERS, Seat
from tests.handlers.slack_server import Answer
from tests.handlers.test_conversations import application
from tests.handlers.told_clusters import Tellers, Told

KEY = WorkspaceKey(None, "T1")
RULES = """
workspaces:
  T1:
    production: ["pay-*"]
    ask: "<#C9> knows"
    rules:
    - {name: all, who: {users: [U1]}, may: everything}
    - {name: shop, who: {users: [U4]}, may: [read], clusters: ["pay-*"], namespaces: [shop]}
    - {name: as, who: {users: [U5]}, may: [read], impersonate: {user: "slack:{user_id}"}}
"""
PODS = ("ok-1", ("bad-1", "CrashLoopBackOff"), ("done-1", "Completed"), ("slow-1", "Pending"))
PAY: dict[str, Any] = {"pods": {"shop": PODS, "hidden": PODS}, "nodes": {"": ("n1", ("n2", False))}}


@pytest.fixture
def clusters() -> dict[str, Told]:
    return {MINE: Told(PAY), OTHERS: Told({"pods": {"a": ("x",)}, "nodes": {"": ("n3",)}})}


@pytest.fixture
def office(seat: Seat, clusters: dict[str, Told]) -> Office:
    return seat(Tellers(clusters), RULES)


def drawn(office: Office, home: Home, user: str = "U1", **how: Any) -> list[dict[str, Any]]:
    """The views that one look at the tab publishes, in order."""
    said = {"id": user, "team_id": "T1", "name": "ada", "profile": {"display_name": "ada"}}
    office.server.always["users.info"] = Answer({"ok": True, "user": said})
    before, ended = len(office.server.asked("views.publish")), len(office.outcomes.ended)
    turn = office.turn(user)
    turn.reply = home.reply(turn)
    office.desk.take(
        turn, lambda: OPENING, lambda request, turn: home.draw(request, turn, **how), label="home"
    )
    office.outcomes.wait_for(ended + 1)
    office.at_rest()
    published = office.server.asked("views.publish")[before:]
    assert {body["user_id"] for body in published} == {user}
    for body in published:
        assert view_faults(body["view"]) == []
        assert body["view"]["type"] == "home"
    return [body["view"] for body in published]


def text(view: dict[str, Any]) -> str:
    return "\n".join(str(one["text"]) for one in samples.dicts(view["blocks"]) if one.get("type") == "mrkdwn")


def test_it_is_drawn_at_once_and_then_with_what_the_clusters_say(office: Office) -> None:
    first, last = drawn(office, Home())
    assert f"*PRODUCTION* · *`{MINE}`*\n⚪ …" in text(first)
    assert "asking the clusters…" in text(first)
    assert f"*`{MINE}`*\n🟡 1 of 2 nodes ready · 🔴 4 of 8 pods not running" in text(last)
    assert f"*`{OTHERS}`*\n🟢 1 of 1 node ready · 🟢 all 1 pod running or done" in text(last)
    assert "…" not in text(last)
    assert "as of <!date^" in text(last)


def test_one_that_does_not_answer_says_so_and_keeps_nothing_back(seat: Seat) -> None:
    away = Told(failure=Unreachable("pay-prod does not answer"))
    office = seat(Tellers({MINE: away, OTHERS: Told({"nodes": {"": ("n1",)}})}), RULES)
    last = drawn(office, Home())[-1]
    assert "🔴 does not answer: pay-prod does not answer" in text(last)
    assert "🟢 1 of 1 node ready" in text(last)


def test_everybody_sees_their_own(office: Office, clusters: dict[str, Told]) -> None:
    home = Home()
    drawn(office, home)
    for told in clusters.values():
        told.asked.clear()
    last = drawn(office, home, "U4")[-1]
    assert OTHERS not in str(last)
    assert "⚪ nodes are not yours to see · 🔴 2 of 4 pods not running" in text(last)
    assert clusters[OTHERS].asked == []
    assert [path for path, _, _ in clusters[MINE].asked] == ["/api/v1/namespaces/shop/pods"]
    drawn(office, home, "U5")
    assert {who.user for _, _, who in clusters[OTHERS].asked} == {"slack:U5"}


def test_who_may_nothing_sees_whom_to_ask_and_no_connection(
    office: Office, clusters: dict[str, Told]
) -> None:
    (only,) = drawn(office, Home(), "U8")
    assert "You may do nothing here yet but read the help." in text(only)
    assert "<#C9> knows" in text(only)
    assert MINE not in str(only)
    assert [told.asked for told in clusters.values()] == [[], []]


def test_without_connections_it_offers_to_make_one(seat: Seat) -> None:
    (only,) = drawn(seat(Tellers({}), RULES), Home())
    assert "not connected to a cluster that you may look into" in text(only)
    first = samples.buttons(only["blocks"])
    assert decoded(first["ask.connect"]) == Command("connect", private=True)
    assert decoded(first["ask.clusters"]) == Command("clusters", private=True)


# --- how often


def test_the_clusters_are_asked_twice_a_minute_at_most_but_for_refresh(
    office: Office, clusters: dict[str, Told]
) -> None:
    now = [1000.0]
    home = Home(lambda: now[0])

    def looks(**how: Any) -> bool:
        clusters[MINE].asked.clear()
        views = drawn(office, home, **how)
        # What was seen last stands there all the same.
        assert "1 of 2 nodes ready" in text(views[-1])
        return bool(clusters[MINE].asked)

    assert looks()
    now[0] += 29
    assert not looks()
    assert looks(anew=True)
    now[0] += 29
    assert not looks()
    now[0] += 2
    assert looks()


def test_another_persons_look_is_their_own(office: Office, clusters: dict[str, Told]) -> None:
    home = Home()
    drawn(office, home)
    clusters[MINE].asked.clear()
    drawn(office, home, "U5")
    assert clusters[MINE].asked


def test_what_was_seen_with_more_rights_is_not_shown_with_fewer(office: Office) -> None:
    home = Home()
    assert "🔴 4 of 8 pods not running" in text(drawn(office, home)[-1])
    fewer = {"name": "fewer", "who": {"users": ["U1"]}, "may": ["read"], "namespaces": ["shop"]}
    changed = {"workspaces": {"T1": {"rules": [fewer]}}}
    office.desk.access = Access(lambda: Policy.from_text(json.dumps(changed), "policy.yaml"))
    first, last = drawn(office, home)
    assert "of 8 pods" not in text(first)
    assert "of 2 nodes" not in text(first)
    assert "⚪ nodes are not yours to see · 🔴 2 of 4 pods not running" in text(last)


def test_another_page_is_asked_at_once(seat: Seat) -> None:
    clusters = {f"eu-west-1_c{at:02}": Told({"nodes": {"": ("n",)}}) for at in range(20)}
    office, home = seat(Tellers(clusters), RULES), Home()
    first = drawn(office, home)[-1]
    assert "1–15 of 20" in text(first)
    assert samples.buttons(first["blocks"])["home.next"] == "15"
    second = drawn(office, home, start=15)[-1]
    assert "16–20 of 20" in text(second)
    assert samples.buttons(second["blocks"])["home.previous"] == "0"
    assert text(second).count("1 of 1 node ready") == 5
    assert "eu-west-1_c03" not in str(second)
    assert drawn(office, home, start=9_999)[-1]["blocks"] == second["blocks"]


# --- what one did


def test_lately_are_ones_own_lists_that_can_be_asked_again(office: Office) -> None:
    def did(user: str, verb: str, cluster: str, namespace: str = "", how: str = "ok") -> None:
        office.trail.record(
            Outcome(Caller(KEY, user, "T1", "C1"), verb, how, 0.1, "0" * 8, cluster, namespace)
        )

    did("U1", "pods", MINE, "shop")
    did("U1", "nodes", MINE)
    did("U1", "pods", MINE, "shop")
    did("U1", "describe", MINE, "shop")
    did("U1", "pods", "eu-west-1_gone")
    did("U1", "services", MINE, how="Forbidden")
    did("U9", "deployments", OTHERS)
    did("U4", "pods", OTHERS)
    until_written(office)
    last = drawn(office, Home())[-1]
    again = {
        name: decoded(value) for name, value in samples.buttons(last["blocks"]).items() if "again" in name
    }
    base = Command("get", "pods", connection=MINE, private=True)
    assert again == {"again.0": base.replaced(namespace="shop"), "again.1": base.replaced(kind="nodes")}
    # What they may not see any more is not offered again.
    assert "again" not in str(drawn(office, Home(), "U4")[-1])


def until_written(office: Office) -> None:
    wait_until(lambda: not office.trail.waiting(), 10)


# --- the payloads


def opening(user: Any = "U1", **more: Any) -> dict[str, Any]:
    event = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home", **more}
    return {"type": "event_callback", "team_id": "T1", "event": event, "event_id": f"Ev{user}"}


def test_slacks_event_draws_it_and_a_click_turns_it(office: Office) -> None:
    said = {"id": "U1", "team_id": "T1", "name": "ada"}
    office.server.always["users.info"] = Answer({"ok": True, "user": said})
    deliver = application(office)
    deliver(opening())
    office.outcomes.wait_for(1)
    office.at_rest()
    assert len(office.server.asked("views.publish")) == 2
    click = {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "team": {"id": "T1"},
        "trigger_id": "t.1",
        "container": {"type": "view"},
        "view": {"id": "V1", "type": "home"},
        "actions": [{"type": "button", "action_id": drawing.REFRESH, "block_id": "b", "value": "0"}],
    }
    deliver(click)
    office.outcomes.wait_for(2)
    office.at_rest()
    assert len(office.server.asked("views.publish")) == 4
    assert {ended.verb for ended in office.outcomes.ended} == {"home"}
    # Nobody is to be told when its process dies.
    with office.engine.connect() as database:
        assert database.execute(select(CLAIMS)).all() == []


@pytest.mark.parametrize(
    "event", [opening(tab="messages"), opening(user=None), opening(user=["U1"]), opening("")]
)
def test_another_tab_or_nobody_is_nothing(office: Office, event: dict[str, Any]) -> None:
    application(office)(event)
    office.at_rest()
    assert office.server.calls == []


def test_a_click_on_a_list_there_is_answered_in_ones_own_messages(office: Office) -> None:
    said = {"id": "U1", "team_id": "T1", "name": "ada"}
    office.server.always["users.info"] = Answer({"ok": True, "user": said})
    value = Command("get", "pods", connection=MINE, private=True).value()
    application(office)(
        {
            "type": "block_actions",
            "user": {"id": "U1", "team_id": "T1"},
            "team": {"id": "T1"},
            "trigger_id": "t.2",
            "container": {"type": "view"},
            "view": {"id": "V1", "type": "home"},
            "actions": [{"type": "button", "action_id": "list.pods", "block_id": "b", "value": value}],
        }
    )
    office.outcomes.wait_for(1)
    office.at_rest()
    assert [body["channel"] for body in office.server.asked("chat.postMessage")] == ["U1"]
    # A Home tab is no modal to be updated.
    assert office.server.asked("views.update") == []


def test_a_mistake_is_told_in_the_tab(office: Office) -> None:
    said = {"id": "U8", "team_id": "T1", "is_restricted": True}
    office.server.always["users.info"] = Answer({"ok": True, "user": said})
    application(office)(opening("U8"))
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    office.at_rest()
    (body,) = office.server.asked("views.publish")
    assert "Guests of this workspace may not use /eks." in text(body["view"])
    assert drawing.REFRESH in samples.buttons(body["view"]["blocks"])


# --- drawing

TODAY = date(2026, 11, 23)


def support(status: str, days: int | None, extended: int = 365) -> Support:
    def day(count: int) -> date:
        return TODAY + timedelta(days=count)

    return Support(
        "1.34", None if days is None else day(days), None if days is None else day(days + extended), status
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            support(STANDARD, 289),
            f"v1.34 · standard support until {TODAY + timedelta(days=289)}, 289 days left",
        ),
        (support(STANDARD, 1), f"v1.34 · 🟡 standard support until {TODAY + timedelta(days=1)}, 1 day left"),
        (
            support(EXTENDED, -10),
            f"🟡 extended support until {TODAY + timedelta(days=355)}, at extra cost: standard support ended",
        ),
        (support(OVER, -400), "v1.34 · 🔴 not supported since"),
        (support(UNKNOWN, None), "v1.34 · end of support unknown"),
        (None, "v1.34 · account"),
    ],
)
def test_how_long_the_version_is_supported(told: Support | None, said: str) -> None:
    tab = drawing.Tab(Policy.open().rights(KEY, Who("U1")), samples.connections(1), today=TODAY)
    (one,) = tab.connections
    look = drawing.Look(Counted(1, 1), Counted(1, 1), version="1.34", support=told)
    assert said in text(drawing.drawn(tab, drawing.Seen({one.id: look}, 1.0), asking=False))


@pytest.mark.parametrize(
    ("nodes", "pods", "said"),
    [
        (Counted(0, 2), Counted(0, 0), "🔴 0 of 2 nodes ready · 🟢 all 0 pods running or done"),
        (
            Counted(2, 2),
            Counted(9, 10, complete=False),
            "🔴 1 of 10 pods not running, and more that were not counted",
        ),
        (None, None, "⚪ nodes are not yours to see · ⚪ pods are not yours to see"),
    ],
)
def test_marks_stand_beside_words(nodes: Counted | None, pods: Counted | None, said: str) -> None:
    tab = drawing.Tab(Policy.open().rights(KEY, Who("U1")), samples.connections(1))
    seen = drawing.Seen({tab.connections[0].id: drawing.Look(nodes, pods)}, 1.0)
    assert said in text(drawing.drawn(tab, seen, asking=False))


@pytest.mark.parametrize("name", samples.HOSTILE)
@pytest.mark.parametrize("start", [0, 285])
def test_no_name_and_no_number_breaks_it(name: str, start: int) -> None:
    rules = Policy.open().workspaces["*"].rules
    many = tuple(replace(rules[0], name=f"{name}{at}", clusters=(name,) * 9) for at in range(50))
    rights = replace(Policy.open().rights(KEY, Who("U1")), rules=many)
    held = samples.connections(300, name[:90])
    looks = {one.id: drawing.Look(failure=Unreachable(name)) for one in held}
    recent = tuple(Command("get", "pods", connection=one.id, namespace=name[:63]) for one in held[:6])
    tab = drawing.Tab(rights, held, frozenset(one.id for one in held), recent, start)
    make: list[Callable[[], dict[str, Any]]] = [
        lambda: drawing.drawn(tab, drawing.Seen(looks, 1.0), asking=False),
        lambda: drawing.drawn(tab, drawing.Seen(), asking=True),
        lambda: drawing.broken(Unreachable(name, name, name), "ref"),
    ]
    for one in make:
        view = one()
        assert view_faults(view) == []
        assert samples.alive(text(view)) == ""
        assert not any("table" in block["type"] for block in view["blocks"])
