"""`/eks clusters --all-regions`: one table of everything, what could not be looked into named and folded, in time."""

import pytest

from playground.slack import Message
from playground.tour import rows, table
from tests.scenarios.conftest import WAIT, World
from tests.scenarios.test_errors import said

ALL = "/eks clusters --all-regions"
# The aws partition, as botocore knows it.
REGIONS = 34


def found(message: Message) -> list[tuple[str, ...]]:
    """Name, region, account and sign-in of each row."""
    assert table(message) is not None, said(message)
    return [(row["NAME"], row["REGION"], row["ACCOUNT"], row["SIGN-IN"]) for row in rows(message)]


PAYMENTS_ROWS = [
    ("prod-payments", "eu-west-1", "111122223333", "payments-prod"),
    ("staging-payments", "eu-west-1", "111122223333", "payments-prod"),
]
WEB_ROWS = [
    ("edge-sydney", "ap-southeast-2", "444455556666", "web-prod"),
    ("island", "ap-southeast-2", "444455556666", "web-prod"),
    ("locked", "us-east-1", "444455556666", "web-prod"),
    ("newborn", "us-east-1", "444455556666", "web-prod"),
    ("prod-web", "us-east-1", "444455556666", "web-prod"),
]


def test_every_region_of_two_profiles_is_one_table(world: World) -> None:
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod --profile web-prod")
    assert found(shown) == [*PAYMENTS_ROWS, *WEB_ROWS]
    assert "7 clusters in 3 regions of 2 accounts" in said(shown)
    assert f"{2 * REGIONS} regions of 2 accounts asked" in said(shown)
    assert "🔴" not in said(shown)
    assert "🟡" not in said(shown)


def test_one_is_connected_to_by_the_sign_in_that_found_it(world: World) -> None:
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod,web-prod")
    (select,) = [
        element
        for block in shown.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["type"] == "static_select"
    ]
    # newborn has no API server yet.
    assert [option["text"]["text"].split()[0] for option in select["options"]] == [
        "prod-payments",
        "staging-payments",
        "edge-sydney",
        "island",
        "locked",
        "prod-web",
    ]
    (value,) = [one["value"] for one in select["options"] if one["text"]["text"].startswith("edge-sydney")]
    connected = world.answer(
        world.ada,
        lambda: world.ada.picks(shown, "choose.swept_cluster", value),
        lambda message: "Connected" in message.text,
    )
    assert "ap-southeast-2_edge-sydney" in connected.text
    assert "web-prod" in connected.text


def test_without_profiles_all_are_asked_and_those_of_one_account_look_once(world: World) -> None:
    shown = world.ask(world.ada, ALL)
    listed = found(shown)
    # Of the payments account the first profile, which is the default one; nothing is listed twice.
    assert [row[:3] for row in listed if row[2] == "111122223333"] == [row[:3] for row in PAYMENTS_ROWS]
    assert len(listed) == len(set(listed)) == 8
    text = said(shown)
    assert "lead to account `111122223333`, as profile `default` does: nothing is listed twice" in text
    for name in ("payments-prod", "readonly", "stranger", "the default chain"):
        assert name in text
    # Two of the profiles are no good, each said with its reason.
    assert "The SSO session of profile `expired-sso` is over" in text
    assert "aws sso login --profile expired-sso" in text
    assert "Profile `broken` has only half a key" in text


def test_a_profile_that_is_denied_is_one_line_and_stops_no_other(world: World) -> None:
    world.playground.aws.faults.deny("eks:ListClusters", "arn:aws:iam::444455556666:user/web-bot")
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod --profile web-prod")
    assert found(shown) == PAYMENTS_ROWS
    (line,) = [line for line in said(shown).splitlines() if "eks:ListClusters" in line]
    assert line.startswith("🔴 ")
    assert f"and {REGIONS - 6} more of account `444455556666`" in line


def test_where_the_first_of_two_profiles_is_denied_the_other_looks(world: World) -> None:
    world.playground.aws.faults.deny("eks:ListClusters", "arn:aws:iam::111122223333:user/contractor")
    shown = world.ask(world.ada, f"{ALL} --profile stranger --profile payments-prod")
    assert found(shown) == PAYMENTS_ROWS
    assert "🔴" not in said(shown)


@pytest.mark.parametrize("code", [None, "OptInRequired", "RegionDisabledException"])
def test_regions_that_are_off_are_one_line(world: World, code: str | None) -> None:
    for region in ("af-south-1", "ap-southeast-2", "me-south-1"):
        world.playground.aws.faults.disable_region(region, code)
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod --profile web-prod")
    assert found(shown) == [*PAYMENTS_ROWS, *WEB_ROWS[2:]]
    assert (
        "⚪ 3 regions are off for accounts `111122223333` and `444455556666`: "
        "`af-south-1`, `ap-southeast-2` and `me-south-1`" in said(shown)
    )
    assert "🔴" not in said(shown)


def test_a_region_that_hangs_is_named_at_the_deadline_and_the_rest_is_there(world: World) -> None:
    world.playground.aws.faults.hang("eks:ListClusters", "us-east-1")
    before = {message.ts for message in world.ada.sees("ops")}
    world.ada.types("ops", f"{ALL} --profile payments-prod --profile web-prod --deadline 12s")
    progress = world.ada.wait_for(
        "ops",
        lambda message: message.ts not in before and "Looking in 68 regions… 66 done" in message.text,
        WAIT,
    )
    assert "4 clusters so far" in progress.text
    shown = world.ada.wait_for(
        "ops", lambda message: message.ts == progress.ts and table(message) is not None, WAIT
    )
    assert found(shown) == [*PAYMENTS_ROWS, *WEB_ROWS[:2]]
    text = said(shown)
    assert "not all regions answered in time" in text
    for profile in ("payments-prod", "web-prod"):
        assert f"🟡 Stopped for time: `us-east-1` did not answer profile `{profile}`." in text


def test_a_cluster_that_cannot_be_described_is_a_row(world: World) -> None:
    world.playground.aws.faults.deny("eks:DescribeCluster")
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod")
    assert found(shown) == PAYMENTS_ROWS
    assert "2 clusters could not be described" in said(shown)


def test_an_unknown_profile_says_so_and_the_others_answer(world: World) -> None:
    shown = world.ask(world.ada, f"{ALL} --profile payments-prd --profile payments-prod")
    assert found(shown) == PAYMENTS_ROWS
    assert "There is no AWS profile `payments-prd`" in said(shown)
    assert "Did you mean `payments-prod`" in said(shown)


def test_refresh_asks_again_in_place(world: World) -> None:
    shown = world.ask(world.ada, f"{ALL} --profile payments-prod")
    world.playground.aws.faults.deny("eks:ListClusters")
    again = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.clusters"),
        lambda message: table(message) is None,
    )
    assert "No clusters were found" in again.text
