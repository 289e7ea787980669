"""`/eks doctor` says hop by hop how far the way to a cluster goes, and what mends the hop where it ends."""

import re

import pytest

from playground.slack import Message, Person
from tests.scenarios.conftest import WAIT, WEB, World
from tests.scenarios.test_errors import said

NAMES = (
    "Profile",
    "Credentials",
    "Role",
    "Region",
    "DescribeCluster",
    "DNS",
    "TCP",
    "TLS",
    "Token",
    "Access entry",
    "RBAC",
)


def hops(message: Message) -> dict[str, str]:
    """The state of each hop, in the words that are shown."""
    plans = [block for block in message.blocks if block["type"] == "plan"]
    titles = (
        [task["title"] for task in plans[0]["tasks"]]
        if plans
        else re.findall(r"^\S+ \*([\w ]+\*: [a-z ]+)", said(message), re.MULTILINE)
    )
    pairs = [title.replace("*", "").split(": ") for title in titles]
    return {name: state.strip() for name, state in pairs}


def examined(world: World, line: str, person: Person | None = None) -> Message:
    return world.ask(person or world.ada, f"/eks doctor {line}", lambda message: "The way to" in message.text)


def states(*, ok: str = "", broken: str = "", unreached: str = "") -> dict[str, str]:
    """A state for each hop, by the first letters of their names; what is not named is not needed."""
    words = {"ok": ok, "broken": broken, "not reached": unreached}
    return {
        name: next((state for state, names in words.items() if name in names.split(", ")), "not needed")
        for name in NAMES
    }


READONLY = "arn:aws:iam::111122223333:role/eks-readonly"
UP_TO_TOKEN = "Profile, Credentials, Region, DescribeCluster, DNS, TCP, TLS, Token"


def test_a_healthy_way_is_ok_from_end_to_end_with_its_figures(world: World) -> None:
    shown = examined(world, "prod-web --region us-east-1 --profile web-prod")
    assert hops(shown) == states(ok=f"{UP_TO_TOKEN}, Access entry, RBAC")
    text = said(shown)
    for figure in (
        "user/web-bot",
        "the clock here is right by AWS's",
        "Kubernetes 1.33",
        "certificate by kubernetes, good until",
        "signed for sts.us-east-1.amazonaws.com",
        "in the groups system:masters",
        "may list namespaces, pods, deployments.apps, services, nodes; get pods, pods/log",
    ):
        assert figure in text, text
    # And from here the cluster is one click away.
    connected = world.answer(
        world.ada,
        lambda: world.ada.clicks(shown, "connect.examined"),
        lambda message: "Connected" in message.text,
    )
    assert WEB in connected.text


@pytest.mark.parametrize(
    ("line", "expected", "words"),
    [
        (
            "prod-payments --region eu-west-1 --profile stranger",
            states(ok=UP_TO_TOKEN, broken="Access entry", unreached="RBAC"),
            ["aws eks create-access-entry --cluster-name prod-payments", "user/contractor"],
        ),
        (
            "locked --region us-east-1 --profile web-prod",
            states(ok=f"{UP_TO_TOKEN}, Access entry", broken="RBAC"),
            ["kubectl create clusterrolebinding", "--group=newcomers", "list namespaces, pods"],
        ),
        (
            "island --region ap-southeast-2 --profile web-prod",
            states(
                ok="Profile, Credentials, Region, DescribeCluster, DNS, TCP, Token",
                broken="TLS",
                unreached="Access entry, RBAC",
            ),
            ["does not answer", "aws eks update-cluster-config --name island", "publicAccessCidrs"],
        ),
        (
            "prod-payments --region eu-west-1 --profile expired-sso",
            states(
                ok="Profile",
                broken="Credentials",
                unreached="Role, Region, DescribeCluster, DNS, TCP, TLS, Token, Access entry, RBAC",
            ),
            ["aws sso login --profile expired-sso"],
        ),
        (
            "prod-payments --region eu-west-1 --profile broken",
            states(
                ok="Profile",
                broken="Credentials",
                unreached="Role, Region, DescribeCluster, DNS, TCP, TLS, Token, Access entry, RBAC",
            ),
            ["only half a key", "aws configure --profile broken"],
        ),
        (
            "prod-payments --region eu-west-1 --profile no-such",
            states(
                broken="Profile",
                unreached="Credentials, Role, Region, DescribeCluster, DNS, TCP, TLS, Token, Access entry, RBAC",
            ),
            ["There is no AWS profile", "aws configure sso --profile no-such"],
        ),
        (
            "prod-paymens --region eu-west-1 --profile payments-prod",
            states(
                ok="Profile, Credentials, Region, Token",
                broken="DescribeCluster",
                unreached="DNS, TCP, TLS, Access entry, RBAC",
            ),
            [
                "Did you mean `prod-payments`",
                "aws eks list-clusters --region eu-west-1 --profile payments-prod",
            ],
        ),
        (
            "newborn --region us-east-1 --profile web-prod",
            states(
                ok="Profile, Credentials, Region, Token",
                broken="DescribeCluster",
                unreached="DNS, TCP, TLS, Access entry, RBAC",
            ),
            ["still being made", "aws eks wait cluster-active --name newborn"],
        ),
        (
            f"prod-payments --region eu-west-1 --profile web-prod --role-arn {READONLY}",
            states(
                ok="Profile, Credentials, Region",
                broken="Role",
                unreached="DescribeCluster, DNS, TCP, TLS, Token, Access entry, RBAC",
            ),
            ["sts:AssumeRole on eks-readonly", "user/web-bot", "aws iam update-assume-role-policy"],
        ),
    ],
)
def test_a_broken_way_says_where_it_ends_and_what_mends_it(
    world: World, line: str, expected: dict[str, str], words: list[str]
) -> None:
    shown = examined(world, line)
    assert hops(shown) == expected
    text = said(shown)
    assert [word for word in words if word not in text] == [], text


def test_a_region_that_is_off_is_told_from_keys_that_are_wrong(world: World) -> None:
    world.playground.aws.faults.disable_region("ap-southeast-2")
    shown = examined(world, "edge-sydney --region ap-southeast-2 --profile web-prod")
    assert hops(shown)["Credentials"] == "ok"
    assert hops(shown)["Region"] == "broken"
    assert "aws account enable-region --region-name ap-southeast-2 --profile web-prod" in said(shown)


def test_a_connection_is_examined_by_itself_when_it_is_the_only_one(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.playground.fleet.cluster("prod-web").faults.reject_tokens()
    shown = examined(world, "")
    assert hops(shown) == states(ok=UP_TO_TOKEN, broken="Access entry", unreached="RBAC")
    world.playground.fleet.cluster("prod-web").faults.clear()
    mended = world.changed(
        world.ada,
        shown,
        lambda: world.ada.clicks(shown, "refresh.doctor"),
        lambda message: "is open" in message.text,
    )
    assert set(hops(mended).values()) == {"ok", "not needed"}


def test_which_of_several_connections_is_asked(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    question = world.ask(world.ada, "/eks doctor")
    assert "Which cluster?" in said(question)
    shown = world.answer(
        world.ada,
        lambda: world.ada.picks(question, "choose.connection", WEB),
        lambda message: "The way to" in message.text,
    )
    assert "prod-web" in shown.text


def test_each_hop_shows_as_it_is_passed_in_the_message_that_becomes_the_answer(world: World) -> None:
    before = {message.ts for message in world.ada.sees("ops")}
    world.ada.types("ops", "/eks doctor island --region ap-southeast-2 --profile web-prod")
    underway = world.ada.wait_for(
        "ops",
        lambda message: message.ts not in before and hops(message).get("TLS") == "being looked at",
        WAIT,
    )
    assert hops(underway)["TCP"] == "ok"
    assert hops(underway)["RBAC"] == "to come"
    done = world.ada.wait_for(
        "ops", lambda message: message.ts == underway.ts and "The way to" in message.text, WAIT
    )
    assert hops(done)["TLS"] == "broken"


def test_a_workspace_without_task_lists_gets_lines_with_marks_and_words(world: World) -> None:
    world.playground.slack.faults.refuse_block("plan", world.playground.slack.team("globex"))
    shown = examined(world, "prod-payments --region eu-west-1 --profile stranger", world.hana)
    assert not any(block["type"] == "plan" for block in shown.blocks)
    assert hops(shown) == states(ok=UP_TO_TOKEN, broken="Access entry", unreached="RBAC")
    assert "🔴 *Access entry*: broken" in said(shown)


def test_what_is_not_enough_to_examine_says_what_is_missing(world: World) -> None:
    refusal = world.ask(world.ada, "/eks doctor --region eu-west-1 --profile payments-prod")
    assert "say its name" in said(refusal)
    refusal = world.ask(world.ada, "/eks doctor prod-web")
    assert "There is no connection `prod-web`" in said(refusal)
    assert "/eks doctor prod-web --region REGION --profile PROFILE" in said(refusal)


def test_who_may_not_connect_may_not_examine(world: World) -> None:
    for line in (
        "prod-web --region us-east-1 --profile web-prod",
        "no-such --region us-east-1 --profile web-prod",
    ):
        refusal = world.ask(world.gus, f"/eks doctor {line}")
        assert "🔴" in said(refusal)
        assert "Profile" not in hops(refusal)
