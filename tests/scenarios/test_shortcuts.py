"""Shortcuts: a question put together by choosing, and what a message names, looked up in its thread."""

from collections.abc import Callable

import pytest

from playground.slack import Message, View
from playground.tour import rows, table
from tests.scenarios.conftest import PAYMENTS, WAIT, WEB, World, waiting


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")


def said(world: World, text: str, thread: str | None = None) -> Message:
    """A message of dev's in #ops."""
    world.dev.types("ops", text, thread=thread)
    return world.ada.sees("ops")[-1]


def looked_up(world: World, message: Message) -> View:
    ack = world.ada.message_shortcut(message, "eks.lookup")
    assert ack.status == "acked"
    return world.ada.wait_view(
        lambda view: view.title == "Look this up" and "Looking" not in str(view.blocks), WAIT
    )


def press(view: View, action_id: str, words: str = "") -> str:
    """The value of the first button of that id whose value holds these words."""
    elements = [element for block in view.blocks for element in block.get("elements", ())]
    return next(
        str(one["value"])
        for one in elements
        if one.get("action_id", "").startswith(action_id) and words in one.get("value", "")
    )


def answered(
    world: World, view: View, action_id: str, value: str, expected: Callable[[Message], bool]
) -> Message:
    return world.answer(world.ada, lambda: world.ada.clicks(view, action_id, value=value), expected)


# --- look this up


def test_what_an_alert_names_is_found_and_looked_at_in_its_thread(world: World) -> None:
    pod = world.playground.fleet.cluster("prod-web").names("pods")[0]
    root = said(world, "who looks?")
    alert = said(world, f'FIRING pod="{pod}" namespace="checkout" on prod-web', root.ts)
    view = looked_up(world, alert)
    assert pod in str(view.blocks)
    value = press(view, "open.events", pod)
    shown = answered(world, view, "open.events", value, lambda message: not waiting(message))
    assert shown.thread_ts == root.ts
    assert f"pod/{pod}" in str(shown.blocks)
    assert not shown.ephemeral
    # The modal is still there for the next one.
    still = world.ada.wait_view(lambda view: "Asked" in str(view.blocks), WAIT)
    assert press(still, "open.events", pod) == value
    world.ada.closes(still)


def test_where_the_bot_is_no_member_it_works_too(world: World) -> None:
    node = world.playground.fleet.cluster("prod-web").names("nodes")[0]
    world.ada.types("payments", f"{node} again")
    message = world.ada.sees("payments")[-1]
    view = looked_up(world, message)
    value = press(view, "open.events", node)
    shown = world.answer(
        world.ada,
        lambda: world.ada.clicks(view, "open.events", value=value),
        lambda message: not waiting(message),
        "payments",
    )
    assert "events" in shown.text
    world.ada.closes(world.ada.wait_view(lambda view: True, WAIT))


def test_a_thread_is_given_its_default_there_and_nowhere_else(world: World) -> None:
    root = said(world, "deployment/checkout-cache in prod-web is slow")
    view = looked_up(world, root)
    use = answered(
        world, view, "default.0", press(view, "default.0"), lambda message: "now mean" in message.text
    )
    assert use.thread_ts == root.ts
    assert use.text.startswith(
        f"*PRODUCTION* · This thread's commands now mean `{WEB}`, namespace `checkout`"
    )
    world.ada.closes(world.ada.wait_view(lambda view: True, WAIT))
    # Both clusters have one: the thread's comes first now, and its own default is told.
    inside = looked_up(world, said(world, "deployment/checkout-api too", root.ts))
    described = [
        element["value"]
        for block in inside.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "open.object"
    ]
    assert WEB in described[0]
    assert f"This thread means `{WEB}`" in str(inside.blocks)
    cleared = answered(
        world,
        inside,
        "clear.default",
        press(inside, "clear.default"),
        lambda message: "any more" in message.text,
    )
    assert cleared.thread_ts == root.ts
    world.ada.closes(world.ada.wait_view(lambda view: True, WAIT))
    assert "Which cluster?" in world.ask(world.ada, "/eks nodes").text


def test_nothing_found_says_what_was_looked_for(world: World) -> None:
    view = looked_up(world, said(world, "pod/never-was-here is gone"))
    assert "Nothing that this message names is there now." in str(view.blocks)
    assert "never-was-here" in str(view.blocks)
    world.ada.closes(view)
    view = looked_up(world, said(world, "good morning"))
    assert "No pod, node or deployment is named in this message." in str(view.blocks)
    world.ada.closes(view)


def test_a_cluster_that_hangs_does_not_keep_the_others_back(world: World) -> None:
    pod = world.playground.fleet.cluster("prod-web").names("pods")[0]
    world.playground.fleet.cluster("prod-payments").faults.hang()
    view = looked_up(world, said(world, f"pod/{pod}"))
    assert pod in str(view.blocks)
    assert f"🔴 `{PAYMENTS}`" in str(view.blocks)
    world.ada.closes(view)


def test_a_guest_is_told_no(world: World) -> None:
    message = said(world, "pod/x-1")
    refusal = world.answer(
        world.gus,
        lambda: world.gus.message_shortcut(message, "eks.lookup"),
        lambda message: message.ephemeral,
    )
    assert "Guests" in refusal.text
    assert world.gus.view is None


# --- EKS


def form(world: World, channel: str) -> View:
    assert world.ada.shortcut("eks.ask", channel).status == "acked"
    return world.ada.wait_view(lambda view: view.title == "EKS", WAIT)


def filled(world: World, view: View, **choices: str) -> None:
    for name, value in choices.items():
        if name in ("connection", "kind", "namespace", "name"):
            assert value in [
                option["value"] for option in world.ada.suggestions(view, f"ask.{name}", value[:4])
            ]
        world.ada.picks(view, f"ask.{name}", value)


def test_choosing_asks_the_same_and_answers_where_one_looks(world: World) -> None:
    view = form(world, "payments")
    filled(world, view, connection=WEB, kind="deployments", namespace="kube-system", name="coredns")
    shown = world.answer(
        world.ada, lambda: world.ada.submits(view), lambda message: table(message) is not None, "payments"
    )
    # Nobody else was to read it.
    assert shown.ephemeral
    assert [row["NAME"] for row in rows(shown)] == ["coredns"]
    assert world.ada.view is None


def test_everybody_reads_it_when_that_is_chosen(world: World) -> None:
    view = form(world, "ops")
    filled(world, view, connection=WEB, kind="nodes", audience="everybody")
    shown = world.answer(
        world.ada, lambda: world.ada.submits(view), lambda message: table(message) is not None
    )
    assert shown.ts in [message.ts for message in world.dev.sees("ops")]


def test_without_a_conversation_it_comes_to_ones_own_messages(world: World) -> None:
    view = form(world, "ops")
    filled(world, view, connection=WEB, kind="nodes")
    world.ada.picks(view, "ask.where", None)
    own = world.ada.dm
    world.answer(
        world.ada, lambda: world.ada.submits(view), lambda message: table(message) is not None, own.id
    )


def test_what_is_missing_is_told_at_its_input(world: World) -> None:
    view = form(world, "ops")
    assert world.ada.submits(view).status == "local"
    filled(world, view, connection=WEB, action="describe")
    world.ada.submits(view)
    view = world.ada.wait_view(lambda view: bool(view.errors), WAIT)
    assert view.errors == {"name": "Which one? Type a part of its name and choose it."}
    world.ada.closes(view)


def test_kinds_of_the_cluster_are_offered_while_one_types(world: World) -> None:
    view = form(world, "ops")
    filled(world, view, connection=WEB)
    offered = [option["value"] for option in world.ada.suggestions(view, "ask.kind", "poddis")]
    assert "poddisruptionbudgets.policy" in offered
    world.ada.closes(view)
