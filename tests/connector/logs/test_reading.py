"""Reading logs over the playground's TLS, as the kubelets and the API server answer."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from connector.connector import EKSConnector
from connector.errors import Failure, Forbidden
from connector.impersonation import Impersonate
from connector.lanes import Deadline
from connector.logs import Asked, Following, Line, Logs, NodeSilent, NoSuchContainer, logs, reading
from connector.objects import ObjectNotFound, find
from connector.resources import KINDS
from playground.aws import LocalAws
from playground.fleet import Cluster, Fleet
from playground.fleet.pods import Pod
from playground.fleet.words import CANARY
from tests.connector.api_server import wait_until

STAGING = "staging-payments"


@dataclass
class Staging:
    """The cluster with a pod in every state, and the way to its logs."""

    connector: EKSConnector
    cluster: Cluster

    def pod(self, workload: str, namespace: str = "chaos") -> Pod:
        return next(
            one for one in self.cluster.pods if one.workload.name == workload and one.namespace == namespace
        )

    def busy(self, most: int = reading.MOST_PODS) -> tuple[str, str, int]:
        """Namespace and name of a deployment with several pods, and how many."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.cluster.pods:
            if one.workload.owner_kind == "Deployment" and one.namespace != "chaos":
                key = (one.namespace, one.workload.name)
                counts[key] = counts.get(key, 0) + one.ready
        (namespace, name), count = max(
            ((key, count) for key, count in counts.items() if count <= most), key=lambda one: one[1]
        )
        return namespace, name, count

    def asked(self, kind: str, name: str, namespace: str, **more: Any) -> Asked:
        ref = self.connector.ask(
            STAGING,
            Deadline(10),
            lambda cluster: find(cluster, KINDS[kind].resource, name, Deadline(10), namespace=namespace),
        )
        return Asked(ref, **more)

    def read(
        self,
        kind: str,
        name: str,
        namespace: str = "chaos",
        impersonate: Impersonate | None = None,
        **more: Any,
    ) -> Logs:
        asked = self.asked(kind, name, namespace, **more)
        return self.connector.ask(
            STAGING,
            Deadline(10),
            lambda cluster: logs(cluster, asked, Deadline(10), impersonate=impersonate),
        )

    def of(self, workload: str, **more: Any) -> Logs:
        """The logs of a pod of chaos."""
        return self.read("pods", self.pod(workload).name, **more)


@pytest.fixture
def staging(connector: EKSConnector, fleet: tuple[Fleet, LocalAws]) -> Iterator[Staging]:
    connector.connect_with_aws_profile(STAGING, "eu-west-1", "payments-prod", connected_by="U1")
    cluster = fleet[0].cluster(STAGING)
    yield Staging(connector, cluster)
    cluster.faults.clear()


def test_a_pod_with_several_containers_is_read_by_its_first_and_says_which_others_there_are(
    staging: Staging,
) -> None:
    found = staging.of("running-two", tail=20)
    assert len(found.lines) == found.looked_at == 20
    assert found.more
    assert {line.source.container for line in found.lines} == {"app"}
    assert [one.name for one in found.containers] == ["app", "proxy"]
    other = staging.of("running-two", tail=20, container="proxy")
    assert {line.source.container for line in other.lines} == {"proxy"}
    assert [line.text for line in other.lines] != [line.text for line in found.lines]


def test_a_container_that_is_not_there_is_told_with_those_that_are(staging: Staging) -> None:
    with pytest.raises(NoSuchContainer) as caught:
        staging.of("running-two", container="zzz")
    assert caught.value.containers == ("app", "proxy")
    # Nobody asks the kubelet for what is known not to be there.
    assert not any(entry.path.endswith("/log") for entry in list(staging.cluster.log)[-1:])


def test_an_init_container_and_a_sidecar_have_logs(staging: Staging) -> None:
    assert staging.of("sidecar-running", container="mesh", tail=5).lines
    found = staging.of("init-second", container="init-1")
    assert "container=init-1" in found.lines[0].text


def test_previous_is_the_run_that_ended(staging: Staging) -> None:
    found = staging.of("oom-then-running", previous=True)
    assert "allocating batch" in found.lines[-1].text
    assert not found.more
    now = staging.of("oom-then-running", tail=5)
    assert now.restarted
    assert "allocating batch" not in str(now.lines)


def test_a_crashing_pod_says_why(staging: Staging) -> None:
    found = staging.of("crashloop")
    assert any(line.text.startswith("panic: ") for line in found.lines)
    # Its own lines stay together and in order.
    texts = [line.text for line in found.lines]
    at = next(index for index, text in enumerate(texts) if text.startswith("panic: "))
    assert texts[at + 1] == "goroutine 1 [running]:"
    assert texts[at + 3].startswith("\t/src/cmd/server/main.go")


def test_since_reads_what_is_newer_and_tail_the_last_of_it(staging: Staging) -> None:
    found = staging.of("running-two", since=60)
    assert 25 <= len(found.lines) <= 32
    assert not found.more
    assert min(line.seconds for line in found.lines) >= found.taken_at - 60
    last = staging.of("running-two", since=60, tail=4)
    assert len(last.lines) == 4
    assert last.more


def test_a_deployment_is_all_its_pods_merged_by_time(staging: Staging) -> None:
    namespace, name, count = staging.busy()
    assert count > 1
    found = staging.read("deployments", name, namespace, tail=100)
    assert found.pods == count
    assert len(found.sources) == count
    assert len(found.lines) == 100
    assert [line.at for line in found.lines] == sorted(line.at for line in found.lines)
    assert {line.source for line in found.lines} == set(found.sources)
    # The last of the whole, not of each: a line of any pod that is newer than the first one shown is shown.
    first = found.lines[0].at
    for source in found.sources:
        alone = staging.read("pods", source.pod, namespace, tail=100)
        newer = {line.text for line in alone.lines if first < line.at < found.taken_at * 1e9}
        shown = {line.text for line in found.lines if line.source == source}
        assert newer <= shown


@pytest.mark.parametrize("kind", ["services", "replicasets", "daemonsets", "statefulsets", "jobs"])
def test_whatever_selects_pods_has_their_logs(staging: Staging, kind: str) -> None:
    names = [
        (one.namespace, one.name)
        for one in staging.cluster.records(kind)
        if _pods(staging.cluster, json.loads(one.json()), one.namespace)
    ]
    namespace, name = (
        next(one for one in names if one[0] not in ("chaos", "kube-system"))
        if kind not in ("daemonsets",)
        else names[0]
    )
    found = staging.read(kind, name, namespace, tail=30)
    assert found.lines
    assert found.pods >= 1


def _pods(cluster: Cluster, obj: dict[str, Any], namespace: str) -> list[Pod]:
    selector = obj["spec"].get("selector") or {}
    wanted = selector.get("matchLabels", selector).items()
    return [
        one
        for one, record in zip(cluster.pods, cluster.records("pods"), strict=True)
        if one.namespace == namespace and wanted and wanted <= record.labels.items()
    ]


def test_of_very_many_pods_a_few_are_asked_and_it_says_how_many(staging: Staging) -> None:
    counts: dict[tuple[str, str], int] = {}
    for one in staging.cluster.pods:
        if one.workload.owner_kind == "Deployment":
            key = (one.namespace, one.workload.name)
            counts[key] = counts.get(key, 0) + 1
    (namespace, name), count = max(counts.items(), key=lambda one: one[1])
    assert count > reading.MOST_PODS
    found = staging.read("deployments", name, namespace, tail=50)
    assert (found.pods, len(found.sources)) == (count, reading.MOST_PODS)


def test_a_text_is_looked_for_in_more_than_is_shown_and_behind_the_mask(staging: Staging) -> None:
    found = staging.of("running-two", grep="STATUS=502", tail=3)
    assert len(found.lines) == 3
    assert found.held > 3
    assert found.looked_at > 1_000
    assert all("status=502" in line.text for line in found.lines)
    # What is masked cannot be guessed letter by letter.
    for guess in (CANARY, CANARY[:4], f"{CANARY}-bearer"):
        assert staging.of("running-two", grep=guess).held == 0
    assert staging.of("running-two", grep="authorization").held > 0


def test_no_credential_is_ever_in_a_line(staging: Staging) -> None:
    namespace, name, _ = staging.busy()
    for found in (
        staging.of("running-two", tail=5_000),
        staging.of("crashloop", previous=True),
        staging.read("deployments", name, namespace, tail=5_000),
    ):
        text = "\n".join(line.text for line in found.lines)
        assert CANARY not in text
        assert "[masked]" in text


@pytest.mark.parametrize(
    ("workload", "why"),
    [
        ("image-backoff", "waits to start: ImagePullBackOff"),
        ("config-error", "waits to start: CreateContainerConfigError"),
        ("init-first", "waits to start: PodInitializing"),
        ("evicted", "never ran: Evicted"),
        ("unschedulable", "is on no node yet"),
    ],
)
def test_no_line_has_a_reason(staging: Staging, workload: str, why: str) -> None:
    found = staging.of(workload)
    assert found.lines == ()
    assert [one.why for one in found.silent] == [why]


def test_never_restarted_is_the_reason_of_no_previous_logs(staging: Staging) -> None:
    found = staging.of("running-two", previous=True)
    assert [one.why for one in found.silent] == ["was never restarted"]
    assert not found.restarted


def test_a_node_that_is_down_is_named(staging: Staging) -> None:
    down = next(
        json.loads(node.json())["metadata"]["name"]
        for node in staging.cluster.records("nodes")
        if any(
            one["type"] == "Ready" and one["status"] == "False"
            for one in json.loads(node.json())["status"]["conditions"]
        )
    )
    pod = next(
        one for one in staging.cluster.pods if one.node[0] == down and one.workload.name == "kube-proxy"
    )
    with pytest.raises(NodeSilent, match=down):
        staging.read("pods", pod.name, "kube-system")
    # Of a daemon set the others are read all the same.
    found = staging.read("daemonsets", "kube-proxy", "kube-system", tail=20)
    assert [one.why for one in found.silent] == [f"is on the node {down}, which does not answer"]
    assert found.lines


def test_who_may_not_is_refused_by_the_clusters_rbac(staging: Staging) -> None:
    with pytest.raises(Forbidden, match="get pods"):
        staging.of("running-two", impersonate=Impersonate("slack:nobody", ("nobody",)))
    staging.cluster.access.allow("listers", "get list", "pods")
    with pytest.raises(Forbidden, match="get pods/log in the namespace `chaos`"):
        staging.of("running-two", impersonate=Impersonate("slack:ada", ("listers",)))


def test_what_is_gone_says_so(staging: Staging) -> None:
    asked = staging.asked("pods", staging.pod("running-two").name, "chaos")
    gone = replace(asked, ref=replace(asked.ref, name="running-two-gone"))
    with pytest.raises(ObjectNotFound, match="is gone"):
        staging.connector.ask(STAGING, Deadline(10), lambda cluster: logs(cluster, gone, Deadline(10)))


def test_a_service_that_selects_nothing_has_no_logs(staging: Staging) -> None:
    namespace, name = next(
        (one.namespace, one.name)
        for one in staging.cluster.records("services")
        if not json.loads(one.json())["spec"].get("selector")
    )
    with pytest.raises(Failure, match="selects no pods"):
        staging.read("services", name, namespace)


def test_a_deployment_without_pods_has_no_line(staging: Staging) -> None:
    found = staging.read("deployments", "scaled-to-zero", "chaos")
    assert (found.pods, found.lines, found.silent) == (0, (), ())


def test_long_logs_are_read_by_their_end(staging: Staging, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = staging.of("running-two", tail=400)
    monkeypatch.setattr(reading, "_BYTES", 10_000)
    found = staging.of("running-two", tail=400)
    assert 10 < len(found.lines) < 200
    assert found.more
    ats = [line.at for line in whole.lines]
    assert found.lines[-1].at >= ats[-1]
    assert found.lines[0].at > ats[0]


# --- following


def look(staging: Staging, following: Following) -> Callable[[], list[Line]]:
    def once() -> list[Line]:
        news = staging.connector.ask(
            STAGING, Deadline(10), lambda cluster: following.look(cluster, Deadline(10))
        )
        return list(news.lines)

    return once


def test_looks_give_each_line_once_and_none_is_left_out(staging: Staging) -> None:
    namespace, name, _ = staging.busy()
    first = staging.read("deployments", name, namespace, tail=10)
    once = look(staging, Following(first))
    seen = list(first.lines)
    began = time.time()
    while len(seen) < 20:
        seen += once()
        assert time.time() < began + 30
    now = staging.read("deployments", name, namespace, tail=200)
    later = [line for line in now.lines if line.at >= first.lines[0].at]
    # Each was there once, and of all that was written before the last look none is missing.
    assert set(seen) <= set(later)
    assert len(set(seen)) == len(seen)
    assert {line for line in later if line.seconds < began} <= set(seen)
    assert CANARY not in str(seen)


def test_with_a_text_to_look_for_looks_give_what_holds_it(staging: Staging) -> None:
    every = look(staging, Following(staging.of("running-two")))
    once = look(staging, Following(staging.of("running-two", grep="no line holds this")))
    # So there was something to read, and to leave out.
    wait_until(lambda: bool(every()), 20)
    assert once() == []


def test_what_has_ended_is_over_after_its_last_line(staging: Staging) -> None:
    first = staging.of("completed")
    assert not first.runs
    news = staging.connector.ask(
        STAGING, Deadline(10), lambda cluster: Following(first).look(cluster, Deadline(10))
    )
    assert (news.lines, news.over) == ((), "The pod has ended.")


def test_a_look_is_asked_of_rbac_again(staging: Staging) -> None:
    first = staging.of("running-two", tail=5)
    with pytest.raises(Forbidden):
        staging.connector.ask(
            STAGING,
            Deadline(10),
            lambda cluster: Following(first).look(
                cluster, Deadline(10), impersonate=Impersonate("slack:nobody", ("nobody",))
            ),
        )
