"""Each reading there is, as somebody who may see one namespace and is impersonated: nothing else is asked, nor told."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from playground.fleet import Cluster
from playground.slack import Message
from tests.scenarios.conftest import WAIT, WEB, World, a_world, waiting
from tests.scenarios.test_policy import Write, written  # noqa: F401 - a fixture

MINE = "checkout"
KINDS = "pods deploy sts ds rs jobs cronjobs svc ing pvc hpa ev cm secrets serviceaccounts"
# Asked by whoever comes first, for all: what a cluster serves is no secret among those who may ask it.
DISCOVERY = re.compile(r"/version/?|/api(/v1)?|/apis(/[^/]+/[^/]+)?")


@dataclass
class Limited:
    """What dev may see of prod-web, what is there besides, and what was asked and told since the beginning."""

    world: World
    cluster: Cluster
    pod: str
    deployment: str
    elsewhere: str
    hidden: frozenset[str]
    asked: int
    told: int

    def ask(
        self, line: str, expected: Callable[[Message], bool] = lambda message: not waiting(message)
    ) -> Message:
        return self.world.ask(self.world.dev, f"/eks {line}", expected)

    def refuses(self, line: str, words: str) -> None:
        said = self.ask(line, lambda message: words in f"{message.text}{message.blocks}")
        assert said.ephemeral

    def check(self) -> None:
        """All that was asked was asked as dev; nothing that is hidden from them was told, in no file either."""
        mine = f"slack:{self.world.dev.id}"
        for entry in list(self.cluster.log)[self.asked :]:
            # What others were shown is watched on, as those who asked.
            if not DISCOVERY.fullmatch(entry.path) and "watch=" not in entry.query:
                assert entry.identity == mine, entry
                assert not re.search("/kube-system/|/nodes|/clusterroles", entry.path), entry
        log = list(self.world.playground.slack.log)[self.told :]
        told = json.dumps([entry.payload for entry in log if entry.direction == "in"], default=str)
        files = [
            self.world.dev.downloads(file).decode()
            for seen in self.world.dev.sees("ops")
            for file in seen.files
        ]
        for text in (told, *files):
            assert [name for name in self.hidden if name in text] == []


@pytest.fixture(scope="module", params=["socket", "http"])
def running(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world of this file's own: what was asked in it before, and is watched on, is nobody else's."""
    yield from a_world(request.param)


@pytest.fixture(params=[MINE, "check*"])
def limited(request: pytest.FixtureRequest, world: World, written: Write) -> Limited:  # noqa: F811
    """By a name, with RBAC for that namespace alone; and by a pattern, with RBAC that lets them see everything."""
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    cluster = world.playground.fleet.cluster("prod-web")
    group = f"readers of {request.param}"
    cluster.access.allow(group, "get list watch", "*", MINE if request.param == MINE else None)
    acting = {"user": "slack:{user_id}", "groups": [group]}
    written({"may": ["read", "logs"], "namespaces": [request.param], "impersonate": acting})
    cluster.access.allow(group, "list", "namespaces")
    kinds = ("pods", "deployments", "services", "configmaps", "secrets", "statefulsets", "jobs")
    # Of kube-system they name something themselves.
    others = set(cluster.names("namespaces")) - {MINE, "default", "kube-system"}
    hidden = others | {name for kind in kinds for one in others for name in cluster.names(kind, one)}
    hidden -= {name for kind in kinds for name in cluster.names(kind, MINE)}
    running = [pod for pod in cluster.pods if pod.namespace == MINE]
    return Limited(
        world,
        cluster,
        running[0].name,
        cluster.names("deployments", MINE)[0],
        next(pod.name for pod in cluster.pods if pod.namespace == "kube-system"),
        frozenset(name for name in hidden if len(name) > 8),
        len(cluster.log),
        len(world.playground.slack.log),
    )


def test_every_list_is_of_what_one_may_see(limited: Limited) -> None:
    assert len(limited.hidden) > 50
    for kind in KINDS.split():
        limited.ask(
            f"get {kind}",
            lambda message: " · taken " in str(message.blocks) or "taken <" in str(message.blocks),
        )
    for shape in (
        "-o wide",
        "--show-labels",
        "--sort-by .metadata.name",
        "--sort-by age",
        "-o csv",
        "-o yaml",
    ):
        limited.ask(f"get pods {shape}")
    limited.ask("get ns", lambda message: MINE in str(message.blocks))
    limited.ask(
        f"get pods --clusters '*{limited.cluster.name[1:]}'", lambda message: "CLUSTER" in str(message.blocks)
    )
    limited.ask(f"get ev --for pod/{limited.pod}")
    limited.ask(f"get pods {limited.elsewhere}", lambda message: "no pod" in message.text.lower())
    limited.refuses("get pods -n kube-system", "namespace `kube-system`")
    limited.refuses("get nodes", "in no namespace")
    limited.refuses("get pv", "in no namespace")
    limited.check()


def test_every_look_at_one_object_stays_in_what_one_may_see(limited: Limited) -> None:
    pod, deployment = limited.pod, limited.deployment
    for line in (
        f"describe pod {pod}",
        f"describe deploy {deployment} --all",
        f"yaml deploy {deployment}",
        f"logs {pod} --tail 5",
        f"logs deploy/{deployment} --tail 5 --grep e",
        "top pods",
        f"rollout status {deployment}",
        f"rollout history {deployment}",
    ):
        said = limited.ask(line)
        assert "🔴 There" not in said.text
        assert "You may not" not in said.text
    for verb in ("describe pod", "yaml pod", "logs", "rollout status"):
        limited.ask(
            f"{verb} {limited.elsewhere}", lambda message: "There is no" in f"{message.text}{message.blocks}"
        )
        limited.refuses(f"{verb} {limited.elsewhere} -n kube-system", "namespace `kube-system`")
    for line in ("describe node x", "yaml ns kube-system", "top nodes"):
        limited.ask(line, lambda message: "in no namespace" in f"{message.text}{message.blocks}")
    limited.refuses("doctor", "You may not")
    limited.refuses("clusters --all-regions", "You may not")
    limited.refuses(f"use {WEB}", "You may not")
    limited.ask("kubeconfig", lambda message: "kubectl" in str(message.blocks))
    limited.check()


def test_what_is_offered_is_what_one_may_see(limited: Limited) -> None:
    world, dev = limited.world, limited.world.dev
    listed = limited.ask("get pods --private", lambda message: "choose.namespace" in str(message.blocks))
    offered = {one["value"] for one in dev.suggestions(listed, "choose.namespace", "")}
    assert offered == {"*", MINE}
    assert dev.shortcut("eks.ask", "ops").status == "acked"
    view = dev.wait_view(lambda view: view.title == "EKS", WAIT)
    dev.picks(view, "ask.connection", dev.suggestions(view, "ask.connection", "")[0]["value"])
    assert [one["value"] for one in dev.suggestions(view, "ask.namespace", "")] == [MINE]
    assert [one["value"] for one in dev.suggestions(view, "ask.name", limited.pod)] == [limited.pod]
    assert {one["text"]["text"] for one in dev.suggestions(view, "ask.name", limited.elsewhere)} == {
        f"use “{limited.elsewhere}”"
    }
    dev.closes(view)
    for name, found in ((limited.elsewhere, False), (limited.pod, True)):
        world.ada.types("ops", f"pod/{name} is not well")
        assert dev.message_shortcut(dev.sees("ops")[-1], "eks.lookup").status == "acked"
        view = dev.wait_view(
            lambda view: view.title == "Look this up" and "Looking" not in str(view.blocks), WAIT
        )
        assert ("open.object" in str(view.blocks)) is found
        dev.closes(view)
    limited.check()


def test_the_home_tab_counts_what_one_may_see(limited: Limited) -> None:
    dev, changed = limited.world.dev, limited.world.playground.slack.world.changed
    ack = dev.opens_home()
    assert ack is not None
    assert ack.status == "acked"
    with changed:
        assert changed.wait_for(lambda: "as of" in str(dev.home), WAIT), dev.home
    pods = len([pod for pod in limited.cluster.pods if pod.namespace == MINE])
    assert "nodes are not yours to see" in str(dev.home)
    assert f"{pods} pod" in str(dev.home)
    limited.check()


def test_what_another_was_shown_is_nothing_to_go_on_from(limited: Limited) -> None:
    world, dev = limited.world, limited.world.dev
    listed = world.ask(
        world.ada, "/eks get nodes", lambda message: f" of {limited.cluster.name}" in message.text
    )
    described = world.ask(world.ada, f"/eks describe pod {limited.elsewhere}")
    limited.told, limited.asked = len(world.playground.slack.log), len(limited.cluster.log)
    for act, words in (
        (partial(dev.clicks, listed, "refresh.list"), "in no namespace"),
        (partial(dev.clicks, listed, "what.changed"), "somebody else"),
        (partial(dev.picks, listed, "more.ways", "csv"), "in no namespace"),
        (partial(dev.picks, listed, "more.ways", "yaml"), "in no namespace"),
        (partial(dev.clicks, described, "refresh.object"), "namespace `kube-system`"),
        (partial(dev.clicks, described, "open.yaml"), "namespace `kube-system`"),
        (partial(dev.clicks, described, "open.logs"), "namespace `kube-system`"),
        (partial(dev.clicks, described, "list.events"), "namespace `kube-system`"),
    ):
        said = world.answer(dev, act, lambda message, words=words: words in f"{message.text}{message.blocks}")  # type: ignore[misc]
        assert said.ephemeral
    limited.check()
