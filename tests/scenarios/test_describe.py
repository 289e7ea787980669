"""All about one object: from a list or by its name, up to its owners, round to its pods, events, logs and YAML."""

import pytest

from playground.fleet.words import CANARY
from playground.slack import Message
from playground.tour import rows
from tests.scenarios.conftest import World

CRASHING = "crashloop"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")


def said(message: Message) -> str:
    return f"{message.text}{message.blocks}"


def head(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"])


def sick(world: World) -> Message:
    """The description of the pod that crashes, opened from a list."""
    listed = world.ask(world.ada, f"/eks pods -n chaos {CRASHING}")
    (name,) = [row["NAME"] for row in rows(listed)]
    return world.answer(world.ada, lambda: world.ada.picks(listed, "open.object", f"chaos/{name}"))


def test_a_sick_pod_is_two_clicks_away_and_says_why(world: World) -> None:
    shown = sick(world)
    assert not shown.ephemeral
    assert head(shown).startswith(f"pod {CRASHING}-")
    assert "🔴 *CrashLoopBackOff*" in said(shown)
    assert "exited 1 (Error)" in said(shown)
    assert "Warning BackOff" in said(shown)
    assert CANARY not in said(shown)


def test_the_way_up_leads_to_its_deployment_and_from_there_to_all_its_pods(world: World) -> None:
    shown = sick(world)
    owner = world.answer(world.ada, lambda: world.ada.clicks(shown, "owner.1"))
    assert head(owner).startswith(f"deployment {CRASHING} ")
    pods = world.answer(world.ada, lambda: world.ada.clicks(owner, "list.pods"))
    found = rows(pods)
    assert found
    assert all(row["NAME"].startswith(f"{CRASHING}-") for row in found)


def test_logs_yaml_and_events_are_a_click_each(world: World) -> None:
    shown = sick(world)
    logs = world.answer(world.ada, lambda: world.ada.clicks(shown, "open.logs"))
    assert head(logs).startswith(f"logs of {CRASHING}-")
    events = world.answer(world.ada, lambda: world.ada.clicks(shown, "list.events"))
    assert {row["OBJECT"].partition("/")[0] for row in rows(events)} == {"pod"}
    yaml = world.answer(
        world.ada,
        lambda: world.ada.clicks(shown, "open.yaml"),
        lambda message: ".yaml" in message.text and bool(message.blocks),
    )
    assert f"`pod-{CRASHING}-" in yaml.text
    assert ".yaml` is here: " in yaml.text


def test_what_is_around_it_opens_too_and_a_refresh_stays_in_its_place(world: World) -> None:
    shown = sick(world)
    (select,) = [
        element
        for block in shown.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "open.object"
    ]
    value = next(one["value"] for one in select["options"] if "/node/" in one["value"])
    node = world.answer(world.ada, lambda: world.ada.picks(shown, "open.object", value))
    assert head(node).startswith("node ip-")
    assert "Allocated resources" in said(node)
    before = shown.ts
    again = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.object"),
        lambda message: head(message).startswith("pod "),
    )
    assert again.ts == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/eks describe deploy rolling", "up to date"),
        ("/eks describe svc kube-dns -n kube-system", "Ready endpoints"),
        ("/eks describe ns chaos", "Active"),
        ("/eks describe dsp risk-api", "risk"),
    ],
)
def test_kinds_of_all_sorts_are_described_by_a_typed_line(world: World, line: str, words: str) -> None:
    assert words in said(world.ask(world.ada, line))


def test_a_secret_is_described_without_a_value(world: World) -> None:
    listed = world.ask(world.ada, "/eks get secrets -n chaos")
    name = rows(listed)[0]["NAME"]
    shown = world.ask(world.ada, f"/eks describe secret {name} -n chaos")
    assert "bytes" in said(shown)
    assert CANARY not in said(shown)
    assert "Y2FuYXJ5" not in said(shown)


def test_what_is_not_there_offers_what_is(world: World) -> None:
    refused = world.ask(world.ada, f"/eks describe pod {CRASHING}")
    assert refused.ephemeral
    assert "Did you mean" in said(refused)
    shown = world.answer(world.ada, lambda: world.ada.clicks(refused, "meant.0"))
    assert head(shown).startswith(f"pod {CRASHING}-")


def test_somebody_elses_click_makes_a_copy_of_their_own(world: World) -> None:
    shown = sick(world)
    copy = world.answer(
        world.dev, lambda: world.dev.clicks(shown, "refresh.object"), channel=shown.channel_id
    )
    assert copy.ephemeral
    assert head(copy).startswith("pod ")
