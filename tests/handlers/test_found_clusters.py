"""The clusters of a region, however many: each one's facts, each one's way to connect, every page reachable."""

from dataclasses import replace
from typing import Any

import pytest

from connector.connector import ClusterInfo
from connector.errors import AccessDenied
from handlers.blocks import clusters
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command, decoded
from tests.handlers import samples
from tests.handlers.samples import NOW, RUNGS, alive, buttons, command_of, dicts, mrkdwn

ASKED = Command("clusters", region="eu-west-1", profile="payments-prod", owner="U0ADA00001")
LONG = "c" * 96
"""With three digits and a dash behind it, as long as EKS lets a name be."""


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def offered(message: Message) -> list[str]:
    """Names of the clusters that this message can connect to, in order."""
    selects = [each for each in dicts(message.blocks) if each.get("action_id") == clusters.CHOOSE_CLUSTER]
    names = [option["value"] for select in selects for option in select["options"]]
    made = [value for name, value in buttons(message.blocks).items() if name.startswith("connect.")]
    return names + [decoded(value).word for value in made]


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", ["prod", LONG])
@pytest.mark.parametrize("count", [0, 1, 5, 6, 60, 300])
def test_every_cluster_is_shown_and_can_be_connected_to(count: int, name: str, rung: Rung) -> None:
    found = samples.discovery(count, name)
    message = clusters.found(found, ASKED, NOW, rung)
    assert message_faults(whole(message)) == []
    seen, way = offered(message), [message]
    while "next.clusters" in buttons(message.blocks):
        message = clusters.found(found, command_of(message.blocks, "next.clusters"), NOW, rung)
        assert message_faults(whole(message)) == []
        seen += offered(message)
        way.append(message)
    assert seen == [info.name for info in found.clusters]
    text = str([each.blocks for each in way])
    assert all(info.name in text for info in found.clusters)
    while "previous.clusters" in buttons(message.blocks):
        message = clusters.found(found, command_of(message.blocks, "previous.clusters"), NOW, rung)
    assert offered(message)[:1] == seen[:1]


def test_few_clusters_have_a_button_each_that_says_what_to_connect_with() -> None:
    asked = ASKED.replaced(role_arn="arn:aws:iam::111122223333:role/chatops", external_id="7", private=True)
    message = clusters.found(samples.discovery(2), asked, NOW, Rung.DATA_TABLE)
    assert command_of(message.blocks, "connect.1") == Command(
        "connect",
        words=("prod-001",),
        region="eu-west-1",
        profile="payments-prod",
        role_arn="arn:aws:iam::111122223333:role/chatops",
        external_id="7",
        private=True,
    )


def test_many_clusters_share_a_select_whose_block_says_what_to_connect_with() -> None:
    message = clusters.found(samples.discovery(60), ASKED, NOW, Rung.DATA_TABLE)
    (block,) = [each for each in message.blocks if clusters.CHOOSE_CLUSTER in str(each)]
    assert decoded(block["block_id"]) == Command("connect", region="eu-west-1", profile="payments-prod")


def test_the_facts_are_in_a_row() -> None:
    message = clusters.found(samples.discovery(1), ASKED, NOW, Rung.DATA_TABLE)
    (row,) = samples.shown_rows(message.blocks) or []
    assert row == ["prod-000", "ACTIVE", "1.34", samples.CONNECTION.endpoint, "2026-01-01 00:00"]
    assert message.text == "1 cluster in `eu-west-1` of account `111122223333`"


def test_a_cluster_that_could_not_be_described_is_a_row_with_its_error() -> None:
    error = AccessDenied("AWS refused: eks:DescribeCluster on *<!here>*", "", "Ask for `eks:DescribeCluster`")
    found = samples.discovery(2)
    found = replace(found, clusters=(*found.clusters, ClusterInfo("secret", error=error)))
    message = clusters.found(found, ASKED, NOW, Rung.DATA_TABLE)
    assert (samples.shown_rows(message.blocks) or [])[2] == [
        "secret",
        "unknown: AWS refused: eks:DescribeCluster on *<!here>*",
        "-",
        "-",
        "-",
    ]
    (said,) = [text for text in mrkdwn(message) if "could not be described" in text]
    assert said.startswith("🔴 1 cluster could not be described. AWS refused")
    assert "Ask for `eks:DescribeCluster`" in said
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))


def test_an_answer_cut_off_by_time_says_so() -> None:
    message = clusters.found(samples.discovery(3, complete=False), ASKED, NOW, Rung.DATA_TABLE)
    assert any("Stopped for time" in text for text in mrkdwn(message))
    none = clusters.found(samples.discovery(0, complete=False), ASKED, NOW, Rung.DATA_TABLE)
    assert any("Stopped for time" in text for text in mrkdwn(none))


def test_no_clusters_is_said_with_where_and_who_and_another_region_to_try() -> None:
    message = clusters.found(samples.discovery(0), ASKED.replaced(private=True), NOW, Rung.DATA_TABLE)
    assert message.text == "There are no clusters in `eu-west-1` of account `111122223333`."
    assert samples.CONNECTION.principal in str(message.blocks)
    assert command_of(message.blocks, "ask.clusters") == Command(
        "clusters", profile="payments-prod", private=True, form=True
    )


@pytest.mark.parametrize("count", [0, 1, 60])
@pytest.mark.parametrize(
    "way_in",
    [
        {"profile": "ops", "role_arn": "arn:aws:iam::111122223333:role/chatops", "external_id": "7"},
        {"default_chain": True},
        {"by_keys": True},
    ],
)
def test_another_region_is_asked_for_with_the_same_sign_in(count: int, way_in: dict[str, Any]) -> None:
    asked = Command("clusters", region="eu-west-1", owner="U0ADA00001", offset=5, backwards=True, **way_in)
    message = clusters.found(samples.discovery(count), asked, NOW, Rung.DATA_TABLE)
    assert command_of(message.blocks, "ask.clusters") == Command("clusters", form=True, **way_in)


@pytest.mark.parametrize(
    ("status", "connects"),
    [
        ("ACTIVE", True),
        ("UPDATING", True),
        ("PENDING", True),
        (None, True),
        ("CREATING", False),
        ("DELETING", False),
        ("FAILED", False),
    ],
)
@pytest.mark.parametrize("count", [2, 60])
def test_what_cannot_be_connected_to_now_has_no_way_to_try(
    status: str | None, connects: bool, count: int
) -> None:
    found = samples.discovery(count)
    first = replace(found.clusters[0], status=status)
    found = replace(found, clusters=(first, *found.clusters[1:]))
    message = clusters.found(found, ASKED, NOW, Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    names = [info.name for info in found.clusters]
    assert offered(message) == (names if connects else names[1:])
    assert first.name in str(samples.shown_rows(message.blocks))


def test_where_no_cluster_can_be_connected_to_there_is_no_row_of_buttons_for_it() -> None:
    found = samples.discovery(60)
    found = replace(found, clusters=tuple(replace(info, status="CREATING") for info in found.clusters))
    message = clusters.found(found, ASKED, NOW, Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    assert offered(message) == []
    assert set(buttons(message.blocks)) == {"refresh.clusters", "ask.clusters"}


def test_a_cluster_found_with_keys_is_connected_to_with_keys() -> None:
    asked = Command("clusters", region="eu-west-1", by_keys=True, owner="U0ADA00001")
    message = clusters.found(samples.discovery(1), asked, NOW, Rung.DATA_TABLE)
    assert command_of(message.blocks, "connect.0") == Command(
        "connect", words=("prod-000",), region="eu-west-1", by_keys=True
    )


@pytest.mark.parametrize("count", [1, 60])
def test_a_list_that_was_found_with_keys_cannot_be_taken_again_by_a_click(count: int) -> None:
    asked = Command("clusters", region="eu-west-1", by_keys=True, owner="U0ADA00001")
    message = clusters.found(samples.discovery(count), asked, NOW, Rung.DATA_TABLE)
    assert "refresh.clusters" not in buttons(message.blocks)


def test_clusters_found_with_keys_are_all_there_though_no_click_can_page() -> None:
    asked = Command("clusters", region="eu-west-1", by_keys=True, owner="U0ADA00001")
    message = clusters.found(samples.discovery(140), asked, NOW, Rung.DATA_TABLE)
    assert message_faults(whole(message)) == []
    # What a message cannot hold has at least to be said, with a way to reach it.
    assert "Rows 1–" in str(message.blocks)
    assert {"next.clusters", "ask.clusters"} & set(buttons(message.blocks))


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("count", [2, 60])
def test_the_longest_role_and_external_id_that_aws_takes_fit(count: int, rung: Rung) -> None:
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    asked = ASKED.replaced(role_arn="arn:aws:iam::111122223333:role/" + "r" * 2017, external_id="e" * 1224)
    message = clusters.found(samples.discovery(count), asked, NOW, rung)
    assert message_faults(whole(message)) == []


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_comes_alive(name: str, rung: Rung) -> None:
    one, *_ = samples.discovery(1).clusters
    # EKS names clusters in letters, digits, dashes and underscores, up to 100 of them.
    named = replace(one, name=name[:100], status=name, version=name, endpoint=name)
    found = replace(samples.discovery(0), clusters=(named,))
    message = clusters.found(found, ASKED, NOW, rung)
    assert message_faults(whole(message)) == []
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))
