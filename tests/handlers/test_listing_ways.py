"""Where a list leads: other kinds and namespaces, a narrower line, and from an empty one to a wider."""

from typing import Any

import pytest

from connector.resources import KINDS
from handlers.blocks import listing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Rung
from handlers.command import Command, decoded
from handlers.parsing import parsed
from tests.handlers import samples
from tests.handlers.listing_parts import asked, contexts, labels, pods, whole
from tests.handlers.samples import CONNECTION, alive, buttons, command_of, mrkdwn

PODS = KINDS["pods"]


def test_every_button_carries_the_command_that_it_names() -> None:
    here = asked(namespace="checkout", selector="app=cart", words=("cart",), private=True)
    found = samples.listing(samples.plain_kind(1), pods(250))
    message = listing.drawn(found, CONNECTION, here.replaced(offset=100), Rung.DATA_TABLE)
    carried = {name: decoded(value) for name, value in buttons(message.blocks).items()}
    assert carried == {
        "refresh.list": here.replaced(offset=100),
        "previous.page": here.replaced(offset=100, backwards=True),
        "next.page": here.replaced(offset=200),
        "list.deployments": asked("deployments", namespace="checkout", private=True),
        "list.services": asked("services", namespace="checkout", private=True),
        "list.nodes": asked("nodes", private=True),
        "list.events": asked("events", namespace="checkout", private=True),
    }


def test_a_list_that_is_kept_can_be_asked_what_changed_and_no_other() -> None:
    found = samples.listing(samples.plain_kind(1), pods(3))
    here = asked(namespace="checkout")
    kept = listing.drawn(found, CONNECTION, here, Rung.DATA_TABLE, seen="an-id")
    assert command_of(kept.blocks, "what.changed") == here.replaced(seen="an-id", owner="")
    assert "what.changed" not in buttons(listing.drawn(found, CONNECTION, here, Rung.DATA_TABLE).blocks)


@pytest.mark.parametrize("plural", KINDS)
def test_a_list_leads_to_the_few_kinds_that_one_looks_at_next(plural: str) -> None:
    kind = KINDS[plural]
    message = listing.drawn(samples.listing(kind, ()), CONNECTION, asked(plural), Rung.DATA_TABLE)
    lists = {name: label for name, label in labels(message).items() if name.startswith("list.")}
    assert list(lists) == [f"list.{other}" for other in kind.related]
    assert 3 <= len(lists) <= 5
    assert all(len(label) <= 12 for label in lists.values())


def test_a_kind_with_a_long_name_goes_by_its_short_one_and_is_spoken_in_full() -> None:
    message = listing.drawn(
        samples.listing(KINDS["statefulsets"], ()), CONNECTION, asked("statefulsets"), Rung.DATA_TABLE
    )
    (button,) = [
        each
        for each in samples.dicts(message.blocks)
        if each.get("action_id") == "list.persistentvolumeclaims"
    ]
    assert button["text"]["text"] == "pvc"
    assert button["accessibility_label"] == "pvc: persistentvolumeclaims"


def test_the_namespace_select_carries_the_query_and_shows_what_is_chosen() -> None:
    here = asked(namespace="checkout", selector="app=cart")
    message = listing.drawn(
        samples.listing(samples.plain_kind(1), pods(3)), CONNECTION, here, Rung.DATA_TABLE
    )
    (row,) = [block for block in message.blocks if "choose.namespace" in str(block)]
    assert decoded(row["block_id"]) == here
    (select,) = [each for each in row["elements"] if each["type"] == "external_select"]
    assert select["initial_option"]["value"] == "checkout"


def test_a_query_too_long_for_a_block_id_does_without_the_select() -> None:
    here = asked(selector="app=" + "x" * 250)
    message = listing.drawn(
        samples.listing(samples.plain_kind(1), pods(3)), CONNECTION, here, Rung.DATA_TABLE
    )
    assert message_faults(whole(message)) == []
    assert "choose.namespace" not in str(message.blocks)
    assert command_of(message.blocks, "refresh.list") == here


@pytest.mark.parametrize(
    ("several", "line"),
    [
        (False, "/eks pods WORD -l app=cart"),
        (True, "/eks pods WORD -l app=cart -c eu-west-1_prod-payments"),
    ],
)
def test_how_to_narrow_a_long_list_is_a_line_that_can_be_typed(several: bool, line: str) -> None:
    found = samples.listing(samples.plain_kind(1), pods(250))
    message = listing.drawn(found, CONNECTION, asked(selector="app=cart"), Rung.DATA_TABLE, several=several)
    assert contexts(message)[-1] == f"Rows 1–100 of 250 · narrow it: `{line}`"
    narrowed = Command("get", "pods", ("WORD",), selector="app=cart")
    assert parsed(line.removeprefix("/eks")) == (
        narrowed.replaced(connection=CONNECTION.id) if several else narrowed
    )


@pytest.mark.parametrize(
    ("command", "total", "said", "wider"),
    [
        ({}, 0, "There are no pods in `prod-payments`.", None),
        (
            {"namespace": "checkout"},
            0,
            "There are no pods in `checkout` in `prod-payments`.",
            ("All namespaces", {}),
        ),
        (
            {"selector": "app=<x>"},
            0,
            "There are no pods with `app=&lt;x&gt;` in `prod-payments`.",
            ("Without the selector", {}),
        ),
        (
            {"namespace": "checkout", "words": ("cart",)},
            41,
            "No pods in `checkout` match `cart`. 41 pods are there.",
            ("Show them", {"namespace": "checkout"}),
        ),
        ({"words": ("cart",)}, 1, "No pods match `cart`. 1 pod is there.", ("Show them", {})),
    ],
)
def test_an_empty_list_says_so_and_offers_a_wider_one(
    command: dict[str, Any], total: int, said: str, wider: tuple[str, dict[str, Any]] | None
) -> None:
    message = listing.drawn(samples.listing(PODS, (), total), CONNECTION, asked(**command), Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    assert message.text == said
    assert message.blocks[1]["text"]["text"] == said
    carried = {name: decoded(value) for name, value in buttons(message.blocks).items()}
    widened = carried.pop("widen.list", None)
    if wider is None:
        assert widened is None
    else:
        label, rest = wider
        assert (labels(message)["widen.list"], widened) == (label, asked(**rest))
    namespace = command.get("namespace", "")
    assert carried == {
        "refresh.list": asked(**command),
        "list.deployments": asked("deployments", namespace=namespace),
        "list.services": asked("services", namespace=namespace),
        "list.nodes": asked("nodes"),
        "list.events": asked("events", namespace=namespace),
    }
    (row,) = [block for block in message.blocks if listing.NAMESPACES in str(block)]
    assert decoded(row["block_id"]) == asked(**command)


@pytest.mark.parametrize("kind", ["pods", "nodes"])
@pytest.mark.parametrize("command", [{}, {"words": ("cart",)}])
def test_what_is_not_narrowed_to_a_namespace_is_not_widened_to_all(
    kind: str, command: dict[str, Any]
) -> None:
    message = listing.drawn(
        samples.listing(KINDS[kind], (), 0), CONNECTION, asked(kind, **command), Rung.DATA_TABLE
    )
    assert "All namespaces" not in labels(message).values()


def test_without_the_selector_is_what_its_button_says() -> None:
    here = asked(namespace="checkout", selector="app=cart")
    message = listing.drawn(samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE)
    assert labels(message)["widen.list"] == "Without the selector"
    assert command_of(message.blocks, "widen.list") == here.replaced(selector="")


@pytest.mark.parametrize(
    ("nearest", "said", "label", "namespace"),
    [
        (
            "checkout",
            "There is no namespace `chekout` in `prod-payments`. Did you mean `checkout`?",
            "Show checkout",
            "checkout",
        ),
        ("", "There is no namespace `chekout` in `prod-payments`.", "All namespaces", ""),
    ],
)
def test_a_namespace_that_is_not_there_is_said_with_the_nearest(
    nearest: str, said: str, label: str, namespace: str
) -> None:
    here = asked(namespace="chekout", selector="app=cart", words=("api",), private=True)
    message = listing.drawn(
        samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE, missing=listing.Missing(nearest)
    )
    assert message_faults(whole(message)) == []
    assert (message.text, message.blocks[1]["text"]["text"]) == (said, said)
    assert labels(message)["widen.list"] == label
    assert command_of(message.blocks, "widen.list") == here.replaced(namespace=namespace)


def test_an_empty_list_that_was_stopped_does_not_claim_that_there_is_nothing() -> None:
    found = samples.listing(PODS, (), 0, complete=False, expected=900)
    message = listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE)
    assert any("Stopped for time" in text for text in contexts(message))


@pytest.mark.parametrize("nearest", ["n" * 63, "&" * 63, "<!channel>"])
def test_no_namespace_that_is_near_breaks_a_message(nearest: str) -> None:
    here = asked(namespace="m" * 63, words=("w" * 300,))
    message = listing.drawn(
        samples.listing(PODS, (), 0), CONNECTION, here, Rung.DATA_TABLE, missing=listing.Missing(nearest)
    )
    assert message_faults(whole(message)) == []
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))


@pytest.mark.parametrize(
    ("seconds", "old"), [(0.2, "1 s"), (40.4, "40 s"), (119.4, "119 s"), (120.0, "2 min"), (590.0, "9 min")]
)
@pytest.mark.parametrize("count", [0, 3])
def test_a_list_of_a_cluster_that_does_not_answer_says_how_old_it_is(
    seconds: float, old: str, count: int
) -> None:
    found = samples.listing(PODS, samples.recorded("pods")[:count], silent=seconds)
    message = listing.drawn(found, CONNECTION, asked(), Rung.DATA_TABLE)
    assert f"🟡 As of {old} ago: `prod-payments` is not answering now." in contexts(message)
    assert message_faults(whole(message)) == []


def test_a_list_of_a_cluster_that_answers_says_nothing_of_that() -> None:
    message = listing.drawn(samples.listing(PODS, ()), CONNECTION, asked(), Rung.DATA_TABLE)
    assert "is not answering" not in str(message.blocks)
