"""The message shortcut: it opens at once, finds what is there and may be seen, and offers to look at it."""

from typing import Any

import pytest

from connector.errors import Unreachable
from connector.objects import Ref
from connector.resources import KINDS
from handlers.blocks import lookup as drawing
from handlers.blocks.limits import view_faults
from handlers.command import Command, decoded
from handlers.defaults import Default, Where
from handlers.form import Carried
from handlers.mentions import Mention, Mentions
from handlers.payload import View, read_as
from handlers.surfaces import LOOKUP
from tests.handlers import payloads, samples
from tests.handlers.desk_parts import KEY, SEAL, Office
from tests.handlers.policy_parts import MINE, OTHERS, Seat
from tests.handlers.slack_server import Answer
from tests.handlers.test_conversations import application
from tests.handlers.told_clusters import Tellers, Told

POD = "cart-c6685664b-289kv"
NODE = "ip-10-0-1-2.eu-west-1.compute.internal"
OPEN = """
workspaces:
  T1:
    rules:
    - {name: all, who: {users: [U1]}, may: everything}
    - {name: looks, who: {users: [U2]}, may: [read]}
    - {name: one, who: {users: [U3]}, may: [read], clusters: ["pay-*"]}
    - {name: shop, who: {users: [U4]}, may: [read], clusters: ["pay-*"], namespaces: [shop]}
    - name: as
      who: {users: [U5]}
      may: [read]
      impersonate: {user: "slack:{user_id}"}
"""
PAY = {"pods": {"shop": (POD,), "other": (POD,)}, "deployments": {"shop": ("cart",)}, "nodes": {"": (NODE,)}}


def shortcut(text: str, user: str = "U1", **message: Any) -> dict[str, Any]:
    return {
        **payloads.PERSON,
        "user": {"id": user, "team_id": "T1"},
        "type": "message_action",
        "callback_id": LOOKUP,
        "trigger_id": f"trigger.{user}",
        "channel": {"id": "C1", "name": "ops"},
        "message": {"type": "message", "ts": "1700000000.000100", "text": text, **message},
    }


def opened(office: Office, payload: dict[str, Any]) -> dict[str, Any]:
    """The modal in the end; it stood there before anything was asked."""
    user = payload["user"]["id"]
    office.server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": user, "team_id": "T1", "name": "x"}}
    )
    office.server.always["views.open"] = Answer({"ok": True, "view": {"id": "V7"}})
    application(office)(payload | {"response_url": office.server.response_url})
    office.outcomes.wait_for(1)
    office.at_rest()
    (first,) = office.server.asked("views.open")
    assert first["view"]["callback_id"] == drawing.VIEW
    assert "Looking for" in str(first["view"]["blocks"])
    last = office.server.asked("views.update")[-1]
    assert last["view_id"] == "V7"
    view: dict[str, Any] = last["view"]
    assert view_faults(view) == []
    return view


def offers(view: dict[str, Any]) -> list[tuple[str, Command]]:
    """Each button's text with its command."""
    buttons = (one for one in samples.dicts(view["blocks"]) if one.get("type") == "button")
    return [(one["text"]["text"], decoded(one["value"])) for one in buttons]


def texts(view: dict[str, Any]) -> str:
    return "\n".join(str(one["text"]) for one in samples.dicts(view["blocks"]) if one.get("type") == "mrkdwn")


@pytest.fixture
def clusters() -> dict[str, Told]:
    return {MINE: Told(PAY), OTHERS: Told({"pods": {"vault": ("secret-x-0",)}})}


@pytest.fixture
def office(seat: Seat, clusters: dict[str, Told]) -> Office:
    return seat(Tellers(clusters), OPEN)


def test_what_is_there_can_be_looked_at_and_what_is_not_is_left_out(office: Office) -> None:
    view = opened(office, shortcut(f"{NODE} is bad, deployment/cart, pod/never-was"))
    base = Command("describe", connection=MINE)
    cart = base.replaced(kind="deployments", words=("cart",), namespace="shop")
    node = base.replaced(kind="nodes", words=(NODE,))
    events = Command("get", "events", connection=MINE)
    assert offers(view)[:5] == [
        ("Describe", cart),
        ("Logs", cart.replaced(verb="logs")),
        ("Events", events.replaced(about="deployment/cart", namespace="shop")),
        ("Describe", node),
        ("Events", events.replaced(about=f"node/{NODE}")),
    ]
    assert "never-was" not in str(view)


def test_one_name_in_several_namespaces_is_offered_in_each_the_one_that_was_named_first(
    office: Office,
) -> None:
    view = opened(office, shortcut(f'pod="{POD}", namespace="other"'))
    described = [command.namespace for text, command in offers(view) if text == "Describe"]
    assert described == ["other", "shop"]


def test_alerts_are_read_with_their_blocks_and_attachments(office: Office) -> None:
    attachment = {"color": "danger", "title": "FIRING", "fields": [{"title": "deployment", "value": "cart"}]}
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"*Pod:* `{POD}`"}}
    view = opened(office, shortcut("", attachments=[attachment], blocks=[block]))
    assert {command.word for text, command in offers(view) if text == "Describe"} == {"cart", POD}


def test_of_a_pod_that_is_gone_its_deployment_is_offered(office: Office) -> None:
    gone = "cart-c6685664b-zzzzz"
    view = opened(office, shortcut(f"pod {gone} crashed"))
    assert f"The pod `{gone}` is gone: this is its deployment." in texts(view)
    assert [command.kind for text, command in offers(view) if text == "Describe"] == ["deployments"]


def test_its_deployment_is_not_offered_when_the_pod_is_in_another_cluster(seat: Seat) -> None:
    twin = Told({"deployments": {"shop": ("cart",)}})
    office = seat(Tellers({MINE: Told(PAY), OTHERS: twin}), OPEN)
    view = opened(office, shortcut(f"pod {POD} crashed"))
    assert {command.connection for text, command in offers(view) if text == "Describe"} == {MINE}
    assert "is gone" not in texts(view)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("good morning", "No pod, node or deployment is named in this message."),
        ("deployment/never", "Nothing that this message names is there now."),
    ],
)
def test_when_nothing_is_found_it_says_what_it_looked_for(office: Office, text: str, said: str) -> None:
    view = opened(office, shortcut(text))
    assert said in texts(view)
    assert "Looked for" in texts(view)
    assert [text for text, _ in offers(view) if text in ("Describe", "Logs", "Events")] == []


def test_without_a_connection_it_says_so(seat: Seat) -> None:
    view = opened(seat(Tellers({}), OPEN), shortcut("deployment/cart"))
    assert "not connected to a cluster that you may look into" in texts(view)


def test_a_cluster_that_does_not_answer_is_named_and_keeps_nothing_back(seat: Seat) -> None:
    office = seat(Tellers({MINE: Told(PAY), OTHERS: Told(failure=Unreachable("no answer"))}), OPEN)
    view = opened(office, shortcut("deployment/cart"))
    assert f"🔴 `{OTHERS}`: no answer" in texts(view)
    assert "Describe" in dict(offers(view))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("deployment/cart", [MINE, OTHERS]),
        ("deployment/cart on secret-prod", [OTHERS]),
        (f"deployment/cart on {MINE}.", [MINE]),
    ],
)
def test_a_cluster_that_the_message_names_is_the_one_that_is_asked(
    office: Office, clusters: dict[str, Told], text: str, asked: list[str]
) -> None:
    opened(office, shortcut(text))
    assert [name for name, cluster in clusters.items() if cluster.asked] == asked


def test_the_default_comes_first_and_no_more_than_six_are_asked(seat: Seat) -> None:
    names = [f"eu-west-1_c{at}" for at in range(9)]
    clusters = {name: Told() for name in names}
    office = seat(Tellers(clusters), OPEN)
    office.defaults.put(Default(Where(KEY, "C1"), names[-1], "", "U1", 1.0))
    opened(office, shortcut("deployment/cart"))
    assert [name for name in names if clusters[name].asked] == [*names[:5], names[-1]]


# --- who asks


def test_a_cluster_that_one_may_not_know_of_is_not_asked(office: Office, clusters: dict[str, Told]) -> None:
    view = opened(office, shortcut("secret-x-0 on secret-prod", "U3"))
    assert clusters[OTHERS].asked == []
    assert OTHERS not in str(view)


def test_only_namespaces_that_may_be_seen_are_looked_in(office: Office, clusters: dict[str, Told]) -> None:
    view = opened(office, shortcut(f"{POD} on {NODE}", "U4"))
    assert {(command.word, command.namespace) for _, command in offers(view)} == {
        (POD, "shop"),
        ("", "shop"),
    }
    assert all("/namespaces/shop/" in path for path, _, _ in clusters[MINE].asked)


def test_it_is_asked_as_the_person(office: Office, clusters: dict[str, Told]) -> None:
    opened(office, shortcut("deployment/cart", "U5"))
    assert {one.user for _, _, one in clusters[MINE].asked} == {"slack:U5"}


def test_who_may_not_list_everywhere_is_helped_by_the_namespace_that_is_named(seat: Seat) -> None:
    told = Told(PAY, narrow=frozenset({"deployments"}))
    office = seat(Tellers({MINE: told}), OPEN)
    view = opened(office, shortcut("deployment=cart namespace=shop"))
    assert "Describe" in dict(offers(view))


def test_what_rbac_does_not_allow_keeps_the_rest_not_back(seat: Seat) -> None:
    told = Told(PAY, narrow=frozenset({"deployments"}))
    view = opened(seat(Tellers({MINE: told}), OPEN), shortcut(f"deployment/cart on {NODE}"))
    assert [command.kind for text, command in offers(view) if text == "Describe"] == ["nodes"]
    assert f"🟡 `{MINE}`: RBAC does not allow" in texts(view)


def test_who_may_do_nothing_gets_no_modal(office: Office) -> None:
    office.server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": "U8", "team_id": "T1", "name": "x"}}
    )
    application(office)(shortcut(f"pod/{POD}", "U8") | {"response_url": office.server.response_url})
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    office.at_rest()
    assert office.server.asked("views.open") == []
    (body,) = office.server.asked("respond")
    assert body["response_type"] == "ephemeral"


# --- its thread


def test_it_offers_to_use_what_was_found_for_the_thread(office: Office) -> None:
    view = opened(office, shortcut("deployment/cart"))
    (use,) = [(text, one) for text, one in offers(view) if one.verb == "use"]
    assert use == (
        "Use pay-prod / shop for this thread",
        Command("use", connection=MINE, namespace="shop", thread="1700000000.000100"),
    )


def test_in_a_thread_it_is_that_thread(office: Office) -> None:
    where = Where(KEY, "C1", "1.1")
    office.defaults.put(Default(where, MINE, "shop", "U1", 1e12))
    view = opened(office, shortcut("deployment/cart", thread_ts="1.1"))
    assert f"This thread means `{MINE}`." in texts(view)
    uses = [one for _, one in offers(view) if one.verb == "use"]
    assert uses == [Command("use", clear=True, thread="1.1")]
    carried = Carried.of(
        read_as({"id": "V", "type": "modal", "private_metadata": view["private_metadata"]}, View)
    )
    assert (carried.channel, carried.thread) == ("C1", "1.1")
    assert SEAL.open(carried.road, KEY) == office.server.response_url


def test_who_may_not_set_it_is_not_offered_it(office: Office) -> None:
    view = opened(office, shortcut("deployment/cart", "U2"))
    assert [one for _, one in offers(view) if one.verb == "use"] == []


def test_a_click_in_it_answers_in_the_thread_and_leaves_the_rest_to_be_clicked(office: Office) -> None:
    view = opened(office, shortcut("deployment/cart", thread_ts="1.1"))
    (value,) = [
        one["value"]
        for one in samples.dicts(view["blocks"])
        if one.get("action_id", "").startswith("default.")
    ]
    click = {
        **payloads.PERSON,
        "user": {"id": "U1", "team_id": "T1"},
        "type": "block_actions",
        "trigger_id": "trigger.click",
        "container": {"type": "view", "view_id": "V7"},
        "view": {**view, "id": "V7", "hash": "h"},
        "actions": [{"type": "button", "action_id": "default.0", "block_id": "b", "value": value}],
    }
    application(office)(click)
    office.outcomes.wait_for(2)
    office.at_rest()
    said = office.server.asked("respond")[-1]
    assert said["text"].startswith("This thread's commands now mean")
    assert said["thread_ts"] == "1.1"
    after = office.server.asked("views.update")[-1]["view"]
    assert "Asked: the answer stands where the message is." in texts(after)
    assert offers(after) == offers(view)
    assert view_faults(after) == []


# --- drawing


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_breaks_the_modal(name: str) -> None:
    held = samples.connections(8, name[:90])
    hits = tuple(drawing.Hit(held[0], Ref(KINDS["pods"].resource, name, name[:253]), name) for _ in range(30))
    found = drawing.LookedUp(
        Mentions((Mention("pods", name),), (), frozenset()),
        held,
        (drawing.Looked(held[0], hits), drawing.Looked(held[1], (), Unreachable(name), complete=False)),
        Default(Where(KEY, "C1"), name, name, "U1", 1.0),
    )
    for some in (found, drawing.LookedUp(found.mentions, held, ())):
        view = drawing.drawn(some, "", "1.1", held)
        assert view_faults(view) == []
        assert samples.alive(texts(view)) == ""
