"""What fails says what, why and what to do, with a reference that stands in the log; and says it to one person only."""

import re
from collections.abc import Callable

import pytest

from playground.slack import Message
from playground.tour import table
from tests.scenarios.conftest import WAIT, World

CONNECT = "/eks connect prod-web --region us-east-1 --profile web-prod"
FIND = "/eks clusters --region us-east-1 --profile web-prod"


def said(message: Message) -> str:
    """All the text of a message's blocks."""
    found: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            found.extend(value for key, value in node.items() if key == "text" and isinstance(value, str))
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(message.blocks)
    return "\n".join(found)


Break = Callable[[World], None]


def deny(action: str) -> Break:
    return lambda world: world.playground.aws.faults.deny(action)


@pytest.mark.parametrize(
    ("line", "breaks", "words"),
    [
        # AWS says no, in the seed's first class of errors.
        (FIND, deny("eks:ListClusters"), ["eks:ListClusters", "user/web-bot"]),
        (CONNECT, deny("eks:DescribeCluster"), ["eks:DescribeCluster", "user/web-bot", "prod-web"]),
        (FIND, lambda world: world.playground.aws.faults.disable_region("us-east-1"), ["us-east-1"]),
        (FIND, lambda world: world.playground.aws.faults.throttle("eks:ListClusters", 50), ["AWS"]),
        ("/eks clusters --region eu-west-1 --profile no-such", lambda world: None, ["no-such"]),
        (
            "/eks clusters --region eu-west-1 --profile expired-sso",
            lambda world: None,
            ["aws sso login", "expired-sso"],
        ),
        ("/eks clusters --region eu-west-1 --profile broken", lambda world: None, ["broken"]),
        # Kubernetes says no, in its second.
        (
            "/eks connect locked --region us-east-1 --profile web-prod",
            lambda world: None,
            ["namespaces is forbidden"],
        ),
        (
            "/eks connect prod-payments --region eu-west-1 --profile stranger",
            lambda world: None,
            ["aws eks create-access-entry", "user/contractor"],
        ),
        (CONNECT, lambda world: world.playground.fleet.cluster("prod-web").faults.status(500), ["prod-web"]),
        (
            CONNECT,
            lambda world: world.playground.fleet.cluster("prod-web").faults.reject_tokens(),
            ["prod-web"],
        ),
        # And what is neither, in its third.
        (CONNECT, lambda world: world.playground.fleet.cluster("prod-web").faults.reset(), ["prod-web"]),
        ("/eks connect island --region ap-southeast-2 --profile web-prod", lambda world: None, ["island"]),
        (CONNECT, lambda world: world.playground.aws.faults.hang("eks:DescribeCluster"), ["does not answer"]),
    ],
)
def test_a_failure_says_what_and_what_to_do(world: World, line: str, breaks: Break, words: list[str]) -> None:
    breaks(world)
    refusal = world.ask(world.ada, line, lambda message: "🔴" in str(message.blocks))
    text = said(refusal)
    assert [word for word in words if word not in text] == [], text
    assert refusal.ephemeral
    assert "Traceback" not in text
    assert "Exception" not in text
    found = re.search(r"\bref ([0-9a-f]{8})\b", text)
    assert found
    world.bot.wait_for(f"ref={found[1]}")
    world.playground.aws.faults.clear()
    world.playground.fleet.cluster("prod-web").faults.clear()
    # A failed connect leaves nothing behind.
    assert "not connected" in world.ask(world.ada, "/eks connections").text


def test_a_cluster_that_is_slow_shows_progress_that_becomes_the_answer(world: World) -> None:
    world.ask(world.ada, CONNECT)
    world.playground.fleet.cluster("prod-web").faults.hang()
    before = {message.ts for message in world.ada.sees("ops")}
    world.ada.types("ops", "/eks pods")
    progress = world.ada.wait_for(
        "ops", lambda message: message.ts not in before and "Listing pods" in message.text, WAIT
    )
    world.playground.fleet.cluster("prod-web").faults.clear()
    answer = world.ada.wait_for(
        "ops", lambda message: message.ts == progress.ts and table(message) is not None, WAIT
    )
    assert "1,940 pods" in said(answer)
    assert {message.ts for message in world.ada.sees("ops")} - before == {progress.ts}


def test_what_was_found_in_time_is_shown_and_marked(world: World) -> None:
    world.ask(world.ada, "/eks connect prod-payments --region eu-west-1 --profile payments-prod")
    world.playground.fleet.cluster("prod-payments").faults.slow(4)
    shown = world.ask(world.ada, "/eks pods", lambda message: table(message) is not None)
    assert re.search(r"Stopped for time with [\d,]+ of about 10,000 pods", said(shown)), said(shown)


def test_a_list_whose_continue_token_expires_is_read_again(world: World) -> None:
    world.ask(world.ada, CONNECT)
    world.playground.fleet.cluster("prod-web").faults.expire_continue()
    shown = world.ask(world.ada, "/eks pods")
    assert "1,940 pods" in said(shown)


def test_throttling_that_ends_is_not_seen(world: World) -> None:
    world.playground.aws.faults.throttle("eks:ListClusters", 1)
    shown = world.ask(world.ada, FIND)
    assert "3 clusters" in said(shown)
    world.ask(world.ada, CONNECT)
    world.playground.fleet.cluster("prod-web").faults.status(429, times=1, retry_after=1)
    assert "50 nodes" in said(world.ask(world.ada, "/eks nodes"))


def test_slacks_rate_limit_delays_an_answer_and_loses_none(world: World) -> None:
    world.playground.slack.faults.rate_limit("response_url", times=1, retry_after=1)
    assert "EKS clusters" in said(world.ask(world.ada, "/eks"))


def test_one_cluster_of_many_that_cannot_be_described_is_a_row_with_its_error(world: World) -> None:
    world.playground.aws.faults.deny("eks:DescribeCluster")
    shown = world.ask(world.ada, FIND)
    assert "prod-web" in str(shown.blocks)
    assert "could not be described" in said(shown)
    assert "eks:DescribeCluster" in said(shown)


def test_a_form_that_opens_too_late_says_so(world: World) -> None:
    world.playground.slack.faults.error("views.open", "expired_trigger_id")
    refusal = world.ask(world.ada, "/eks connect")
    assert "3 seconds" in said(refusal)
