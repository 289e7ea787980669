"""The policy file of a running bot: rights per person, as whom a cluster is asked, and a change while it runs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from playground.slack import Message, Person
from tests.scenarios.conftest import WAIT, WEB, World, waiting

SYDNEY = "ap-southeast-2_edge-sydney"
EDGE = "edge-sydney --region ap-southeast-2 --profile web-prod"

Write = Callable[[dict[str, object]], None]


def path_of(world: World) -> Path:
    return Path(world.playground.env()["AWS_CONFIG_FILE"]).with_name("policy.yaml")


@pytest.fixture
def mia(world: World) -> Person:
    """A guest of Globex, whom the playground's policy lets look into one cluster."""
    world.connect(world.hana, EDGE)
    world.connect(world.hana, "prod-web --region us-east-1 --profile web-prod")
    return world.playground.slack.team("globex").person("mia")


@pytest.fixture
def written(world: World) -> Iterator[Write]:
    """Puts a rule in the place of the one that dev has, until the test is over."""
    path = path_of(world)
    before = path.read_text(encoding="utf-8")
    akme = world.playground.slack.team("akme")

    def write(rule: dict[str, object]) -> None:
        held = yaml.safe_load(before)
        mine = {"name": "only for dev", "who": {"users": [world.dev.id]}, **rule}
        held["workspaces"][akme.id]["rules"] = [mine, held["workspaces"][akme.id]["rules"][0]]
        path.write_text(yaml.safe_dump(held), encoding="utf-8")
        holds(world, world.dev, "only for dev")

    yield write
    path.write_text(before, encoding="utf-8")
    holds(world, world.dev, "developers")


def holds(world: World, person: Person, words: str, there: bool = True) -> Message:
    """What whoami answers once it says so, or does not: a changed file is seen within a second."""
    until = time.monotonic() + WAIT
    while True:
        shown = world.ask(person, "/eks whoami")
        if (words in str(shown.blocks)) is there:
            return shown
        assert time.monotonic() < until, shown.blocks


def told(world: World, person: Person, line: str, words: str) -> Message:
    return world.ask(
        person, line, lambda message: not waiting(message) and words in f"{message.text}{message.blocks}"
    )


def test_what_a_guest_may_not_see_is_not_there(world: World, mia: Person) -> None:
    shown = str(told(world, mia, "/eks connections --private", "connected to 1 cluster").blocks)
    assert SYDNEY in shown
    assert "prod-web" not in shown
    refused = told(world, mia, f"/eks pods -c {WEB}", "There is no connection")
    never = told(world, mia, "/eks pods -c us-east-1_never-was", "There is no connection")
    assert refused.text == never.text.replace("us-east-1_never-was", WEB)
    # There is one that they may see, so nobody asks which.
    assert "edge-sydney" in told(world, mia, "/eks nodes --private", "nodes of").text


def test_a_guest_may_not_do_what_no_rule_gives(world: World, mia: Person) -> None:
    for line in ("/eks connect", "/eks clusters", f"/eks disconnect -c {SYDNEY}", "/eks audit"):
        refusal = told(world, mia, line, "You may not")
        assert refusal.ephemeral
        assert f"<@{world.hana.id}> decides here." in str(refusal.blocks)
    assert mia.view is None
    said = told(world, mia, "/eks whoami", "contractors look into Sydney")
    assert said.ephemeral
    assert "you are named" in str(said.blocks)


def test_a_cluster_is_asked_as_the_person_and_its_rbac_decides(world: World, written: Write) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    cluster = world.playground.fleet.cluster("prod-web")
    cluster.access.allow("web-viewers", "list", "pods", "checkout")
    user = f"slack:{world.dev.id}"
    acting = {"user": "slack:{user_id}", "groups": ["web-viewers"]}
    written({"may": ["read"], "namespaces": ["checkout"], "impersonate": acting})
    asked = len(cluster.log)
    shown = told(world, world.dev, "/eks pods --private", "pods of prod-web")
    assert "in 1 namespace" in shown.text
    assert {entry.identity for entry in list(cluster.log)[asked:]} == {user}
    # A right of the policy is not yet one in the cluster.
    asked = len(cluster.log)
    told(world, world.dev, "/eks deployments --private", f'User "{user}" cannot list resource "deployments"')
    assert {(entry.identity, entry.status) for entry in list(cluster.log)[asked:]} == {(user, 403)}
    # And the other way round.
    asked = len(cluster.log)
    told(world, world.dev, "/eks pods -n kube-system", "namespace `kube-system`")
    told(world, world.dev, "/eks nodes", "in no namespace")
    assert len(cluster.log) == asked
    # For somebody else nothing has changed, on the same connection.
    told(world, world.ada, "/eks nodes --private", "nodes of prod-web")


def test_a_change_of_the_file_holds_at_once_and_a_broken_one_does_not(world: World, written: Write) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    told(world, world.dev, "/eks nodes --private", "nodes of prod-web")
    written({"may": ["discover"]})
    told(world, world.dev, "/eks nodes --private", "You may not look into clusters here")
    path_of(world).write_text("workspaces: {T1: {ruels: []}}", encoding="utf-8")
    broken = holds(world, world.ada, "The policy file is broken")
    world.bot.wait_for("the policy file is broken and the one before it still holds")
    told(world, world.dev, "/eks nodes --private", "You may not look into clusters here")
    assert "policy.yaml, line 1: there is no part of workspace T1 `ruels`; did you mean `rules`?" in str(
        broken.blocks
    )


def test_an_account_that_is_not_allowed_leaves_no_connection(world: World) -> None:
    path = path_of(world)
    before = path.read_text(encoding="utf-8")
    held = yaml.safe_load(before)
    held["workspaces"][world.playground.slack.team("akme").id]["accounts"] = ["999999999999"]
    line = "prod-web --region us-east-1 --profile web-prod"
    refusal = "The account `444455556666` is not for this workspace."
    try:
        path.write_text(yaml.safe_dump(held), encoding="utf-8")
        holds(world, world.ada, "999999999999")
        told(world, world.ada, f"/eks connect {line}", refusal)
        told(world, world.ada, "/eks clusters --region us-east-1 --profile web-prod", refusal)
    finally:
        path.write_text(before, encoding="utf-8")
        holds(world, world.ada, "999999999999", there=False)
    told(world, world.ada, "/eks connections --private", "not connected to any cluster")


def test_what_an_answer_is_turned_into_stays_within_what_may_be_seen(world: World, written: Write) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    cluster = world.playground.fleet.cluster("prod-web")
    pods = [pod for pod in cluster.pods if pod.namespace == "checkout"]
    elsewhere = next(pod for pod in cluster.pods if pod.namespace == "kube-system")
    # Once for all that she may see, then once more for less of it.
    before = told(world, world.dev, "/eks pods --private", "pods of prod-web")
    for verb in ("get", "list"):
        cluster.access.allow("web-viewers", verb, "pods", "checkout")
    acting = {"user": "slack:{user_id}", "groups": ["web-viewers"]}
    written({"may": ["read"], "namespaces": ["checkout"], "impersonate": acting})
    refused = world.answer(world.dev, lambda: world.dev.clicks(before, "what.changed"))
    assert "you may not see the same" in refused.text
    assert elsewhere.name not in str(refused.blocks)
    asked = len(cluster.log)
    for form in ("yaml", "json", "csv"):
        told(world, world.dev, f"/eks get pods -o {form}", f"{len(pods)} pods")
        (file,) = world.dev.wait_for("ops", lambda seen: bool(seen.files), WAIT).files
        text = world.dev.downloads(file).decode()
        assert [pod.name for pod in pods if pod.name not in text] == []
        assert elsewhere.name not in text
    told(world, world.dev, f"/eks yaml pod {elsewhere.name}", "There is no pod")
    told(world, world.dev, f"/eks yaml pod {elsewhere.name} -n kube-system", "namespace `kube-system`")
    told(world, world.dev, f"/eks yaml pod {pods[0].name}", "is here")
    assert {entry.identity for entry in list(cluster.log)[asked:]} == {f"slack:{world.dev.id}"}
