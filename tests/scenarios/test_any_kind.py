"""Any kind that a cluster serves, in any shape: by discovery and the server's tables, narrowed, sorted, and opened."""

import pytest

from playground.slack import Message
from playground.tour import rows, table
from tests.scenarios.conftest import World, waiting

STAGING = "eu-west-1_staging-payments"


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")


def headers(message: Message) -> list[str]:
    found = table(message)
    assert found is not None, message.blocks
    return [cell["text"] for cell in found["rows"][0]]


def says(message: Message, words: str) -> bool:
    return words in f"{message.text}{message.blocks}"


@pytest.mark.parametrize("word", ["dsp", "dispatches", "Dispatch", "dispatches.shipyard.example.com"])
def test_a_kind_of_somebodys_own_is_listed_by_any_of_its_names(world: World, word: str) -> None:
    shown = world.ask(world.ada, f"/eks get {word}")
    there = world.playground.fleet.cluster("staging-payments").names("dispatches")
    found = rows(shown)
    assert sorted(row["NAME"] for row in found) == sorted(there)
    assert headers(shown) == ["NAMESPACE", "NAME", "PHASE", "WEIGHT", "VERSION", "AGE", "CREATED"]
    # Those in trouble first.
    phases = [row["PHASE"] != "Healthy" for row in found]
    assert phases == sorted(phases, reverse=True)
    assert says(shown, "🟡")
    refreshed = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.list"),
        lambda seen: table(seen) is not None,
    )
    assert [row["NAME"] for row in rows(refreshed)] == [row["NAME"] for row in found]


@pytest.mark.parametrize(
    "word",
    ["sc", "pv", "sa", "pdb", "ep", "endpointslices", "leases", "crds", "ingressclasses"],
)
def test_every_kind_that_the_cluster_serves_is_listed(world: World, word: str) -> None:
    shown = world.ask(world.ada, f"/eks get {word}")
    assert not shown.ephemeral
    assert rows(shown), shown.blocks
    assert {"NAME", "CREATED"} <= set(headers(shown))


def test_all_columns_labels_and_another_order(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods -n chaos -o wide --show-labels")
    for header in ("IP", "NOMINATED NODE", "READINESS GATES", "CONTAINERS", "LABELS"):
        assert header in headers(shown)
    assert any("app=" in row["LABELS"] for row in rows(shown))
    by_count = world.ask(world.ada, "/eks pods -n chaos --sort-by restarts")
    counts = [int(row["RESTARTS"].split()[0]) for row in rows(by_count)]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert says(by_count, "by `restarts`")
    paths = world.ask(world.ada, "/eks nodes --sort-by '{.metadata.name}'")
    names = [row["NAME"] for row in rows(paths)]
    assert len(names) > 5
    refused = world.ask(world.ada, "/eks pods --sort-by restrts")
    assert refused.ephemeral
    again = world.answer(world.ada, lambda: world.ada.clicks(refused, "meant.0"))
    assert says(again, "by `RESTARTS`")


def test_a_field_selector_is_the_servers_to_judge(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods --field-selector status.phase=Pending")
    assert rows(shown)
    assert says(shown, "where `status.phase=Pending`")
    refused = world.ask(world.ada, "/eks pods --field-selector status.nope=x")
    assert says(refused, "field label not supported: status.nope")


def test_a_slip_in_a_kind_or_a_name_is_one_click_away(world: World) -> None:
    refused = world.ask(world.ada, "/eks get dispaches")
    assert refused.ephemeral
    assert says(refused, "Did you mean `dispatches`")
    shown = world.answer(world.ada, lambda: world.ada.clicks(refused, "meant.0"))
    name = rows(shown)[0]["NAME"]
    # One letter too many, as thumbs have it.
    empty = world.ask(world.ada, f"/eks get dsp {name[:3]}x{name[3:]}")
    assert table(empty) is None
    found = world.changed(
        world.ada,
        empty,
        lambda: world.ada.clicks(empty, "near.0"),
        lambda seen: table(seen) is not None,
    )
    assert name in [row["NAME"] for row in rows(found)]


def test_events_of_one_object_and_warnings_alone(world: World) -> None:
    everything = rows(world.ask(world.ada, "/eks events --warnings"))
    assert {row["TYPE"] for row in everything} == {"Warning"}
    about = next(row["OBJECT"] for row in everything if row["OBJECT"].startswith("pod/"))
    shown = world.ask(world.ada, f"/eks events --for po/{about.removeprefix('pod/')}")
    assert {row["OBJECT"] for row in rows(shown)} == {about}
    assert says(shown, f"about `po/{about.removeprefix('pod/')}`")


def test_events_of_what_is_not_there_lead_to_those_of_what_is_near(world: World) -> None:
    refused = world.ask(world.ada, "/eks events --for deploy/crashlop -n chaos")
    assert refused.ephemeral
    assert says(refused, "There is no deployment `crashlop` in the namespace `chaos`")
    assert says(refused, "Did you mean `crashloop`")
    shown = world.answer(world.ada, lambda: world.ada.clicks(refused, "meant.0"))
    assert says(shown, "about `deploy/crashloop`")


def test_a_row_opens_its_object_beside_the_list(world: World) -> None:
    shown = world.ask(world.ada, "/eks pods -n chaos --private")
    name = rows(shown)[0]["NAME"]
    opened = world.answer(
        world.ada,
        lambda: world.ada.picks(shown, "open.object", f"chaos/{name}"),
        lambda message: not waiting(message) and name in message.text,
    )
    assert opened.ephemeral
    assert table(world.ada.wait_for("ops", lambda seen: seen.ts == shown.ts)) is not None


def test_a_row_of_events_opens_what_it_is_about(world: World) -> None:
    shown = world.ask(world.ada, "/eks events --warnings -n chaos")
    about = next(row["OBJECT"] for row in rows(shown) if row["OBJECT"].startswith("pod/"))
    opened = world.answer(
        world.ada,
        lambda: world.ada.picks(shown, "open.object", f"chaos/{about}"),
        lambda message: not waiting(message) and about.removeprefix("pod/") in message.text,
    )
    assert not opened.ephemeral
