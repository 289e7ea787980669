"""What an answer can be turned into: a file, lines for a terminal, a message for the channel; and never a secret."""

import base64
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from playground.fleet.words import CANARY
from playground.slack import Message, Person
from playground.slack.records import Channel
from playground.tour import rows
from tests.playground.eks_client import token
from tests.scenarios.conftest import PAYMENTS, WAIT, World, place_of, waiting

KUBECTL = Path(sys.executable).parent / "kubectl"
CODED = base64.b64encode(CANARY.encode()).decode().rstrip("=")
# Its last letters depend on what follows.
CODED = CODED[: len(CANARY) * 8 // 6]


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect(world.ada, "edge-sydney --region ap-southeast-2 --profile web-prod")


def is_answer(message: Message) -> bool:
    return not waiting(message) and not message.files


def content(person: Person, place: str | Channel) -> tuple[str, str]:
    """Name and text of the newest file in a conversation of that person."""
    message = person.wait_for(place, lambda seen: bool(seen.files), WAIT)
    (file,) = message.files
    text = person.downloads(file).decode()
    assert CANARY not in text
    assert CODED not in text
    return file.name, text


def sent(world: World, person: Person, line: str, *, private: bool = False) -> tuple[Message, str, str]:
    """The answer to a line, and the file that came with it: its name and its text."""
    shown = world.ask(person, line, is_answer)
    name, text = content(person, person.dm if private else place_of(person))
    assert name in shown.text, shown.text
    return shown, name, text


def a_pod(world: World) -> Mapping[str, str]:
    return rows(world.ask(world.ada, "/eks pods -n kube-system coredns"))[0]


def test_an_object_is_a_file_of_yaml_as_the_server_has_it(world: World) -> None:
    pod = a_pod(world)
    shown, name, text = sent(world, world.ada, f"/eks yaml pod {pod['NAME']} -n kube-system")
    assert name == f"pod-{pod['NAME']}.yaml"
    read = yaml.safe_load(text)
    assert (read["apiVersion"], read["kind"]) == ("v1", "Pod")
    assert (read["metadata"]["name"], read["metadata"]["namespace"]) == (pod["NAME"], "kube-system")
    assert read["spec"]["nodeName"] == pod["NODE"]
    assert "managedFields" not in read["metadata"]
    assert text.startswith("apiVersion: v1\nkind: Pod\nmetadata:\n")
    assert "is here" in shown.text
    again = world.answer(
        world.ada, lambda: world.ada.clicks(shown, "refresh.yaml"), lambda one: bool(one.files)
    )
    assert again.files[0].name == name


def test_a_file_for_one_person_goes_to_their_own_messages(world: World) -> None:
    before = len([one for one in world.dev.sees("ops") if one.files])
    shown, _, text = sent(world, world.ada, "/eks yaml deploy/coredns -n kube-system --private", private=True)
    assert shown.ephemeral
    assert "in your messages" in shown.text
    assert yaml.safe_load(text)["kind"] == "Deployment"
    assert len([one for one in world.dev.sees("ops") if one.files]) == before


def test_where_the_bot_is_no_member_the_file_goes_to_the_person(world: World) -> None:
    shown = world.ask(world.ada, "/eks yaml deploy/coredns -n kube-system", is_answer, "payments")
    assert "in your messages" in shown.text
    assert yaml.safe_load(content(world.ada, world.ada.dm)[1])["metadata"]["name"] == "coredns"


def test_a_custom_object_and_what_its_name_is_not(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    cluster = next(
        one for one in world.playground.fleet.clusters if one.name == "staging-payments" and one.has_server
    )
    name = cluster.names("dispatches")[0]
    _, file, text = sent(world, world.ada, f"/eks yaml dsp {name} -c eu-west-1_staging-payments")
    assert file == f"dispatch-{name}.yaml"
    assert yaml.safe_load(text)["kind"] == "Dispatch"
    wrong = world.ask(world.ada, f"/eks yaml dsp {name}x -c eu-west-1_staging-payments")
    assert wrong.ephemeral
    assert "There is no" in wrong.text
    assert name in str(wrong.blocks)


def test_an_object_that_is_gone_since_is_said_to_be(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    staging = "-n chaos -c eu-west-1_staging-payments"
    cluster = next(
        one
        for one in world.playground.fleet.clusters
        if one.name == "staging-payments" and one.region == "eu-west-1" and one.has_server
    )
    names = {row["NAME"] for row in rows(world.ask(world.ada, f"/eks pods rolling {staging}"))}
    shown = {name: sent(world, world.ada, f"/eks yaml pod {name} {staging}")[0] for name in names}
    cluster.faults.roll("chaos", "rolling")
    (gone, *_) = names - set(cluster.names("pods", "chaos"))
    refused = world.answer(world.ada, lambda: world.ada.clicks(shown[gone], "refresh.yaml"))
    assert refused.ephemeral
    assert f"There is no pod `{gone}`" in refused.text


def test_no_secret_is_in_any_file(world: World) -> None:
    cluster = world.playground.fleet.cluster("edge-sydney")
    name = cluster.names("secrets")[0]
    _, _, one = sent(world, world.ada, f"/eks yaml secret {name}")
    assert "masked" in one
    for form in ("yaml", "json", "csv"):
        _, _, text = sent(world, world.ada, f"/eks get secrets -o {form}")
        assert name in text
    _, _, pods = sent(world, world.ada, "/eks get pods -o yaml")
    assert "PARTNER_API_KEY" in pods


@pytest.mark.parametrize(("form", "read"), [("yaml", yaml.safe_load), ("json", json.loads)])
def test_a_list_is_a_file_with_each_object_whole(world: World, form: str, read: Any) -> None:
    shown, name, text = sent(world, world.ada, f"/eks get pods -n kube-system -o {form}")
    cluster = world.playground.fleet.cluster("edge-sydney")
    there = {pod.name for pod in cluster.pods if pod.namespace == "kube-system"}
    assert name == f"pods-edge-sydney-kube-system.{form}"
    found = read(text)
    assert (found["apiVersion"], found["kind"]) == ("v1", "List")
    assert {item["metadata"]["name"] for item in found["items"]} == there
    assert all(item["kind"] == "Pod" and item["spec"]["containers"] for item in found["items"])
    assert f"{len(there)} pods" in shown.text
    narrowed = world.ask(world.ada, f"/eks get pods coredns -n kube-system -o {form}", is_answer)
    assert "matching `coredns`" in narrowed.text
    items = read(content(world.ada, "ops")[1])["items"]
    assert items
    assert all("coredns" in item["metadata"]["name"] for item in items)


def test_csv_has_every_row_with_the_columns_that_are_shown(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    listed = world.ask(world.ada, "/eks pods -c us-east-1_prod-web")
    shown = world.answer(world.ada, lambda: world.ada.picks(listed, "more.ways", "csv"), is_answer)
    name, text = content(world.ada, "ops")
    assert name == "pods-prod-web.csv"
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    cluster = world.playground.fleet.cluster("prod-web")
    assert sorted((row["NAMESPACE"], row["NAME"]) for row in read) == sorted(
        (pod.namespace, pod.name) for pod in cluster.pods
    )
    assert set(rows(listed)[0]) <= set(read[0])
    assert f"{len(read):,} pods" in shown.text


def test_rows_of_several_clusters_are_one_file_and_whole_objects_are_of_one(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    _, name, text = sent(world, world.ada, "/eks get nodes --clusters * -o csv")
    assert name == "nodes-2-clusters.csv"
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    there = [
        (cluster, node)
        for cluster in ("edge-sydney", "prod-web")
        for node in world.playground.fleet.cluster(cluster).names("nodes")
    ]
    assert sorted((row["CLUSTER"], row["NAME"]) for row in read) == sorted(there)
    refused = world.ask(world.ada, "/eks get nodes --clusters * -o yaml")
    assert "of one cluster" in refused.text


def test_where_there_is_nothing_there_is_no_file(world: World) -> None:
    before = len(world.ada.sees("ops"))
    shown = world.ask(world.ada, "/eks get pods zzzz -o yaml")
    assert "There are no pods" in shown.text
    assert not any(one.files for one in world.ada.sees("ops")[before:])
    listed = world.answer(world.ada, lambda: world.ada.clicks(shown, "show.list"))
    assert "No pods" in listed.text


def test_the_kubeconfig_is_one_that_kubectl_takes(world: World, tmp_path: Path) -> None:
    world.connect(world.ada, "prod-payments --region eu-west-1 --profile payments-prod")
    shown, name, text = sent(world, world.ada, f"/eks kubeconfig {PAYMENTS}", private=True)
    assert shown.ephemeral
    arn = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-payments"
    assert "aws eks update-kubeconfig --name prod-payments --region eu-west-1" in str(shown.blocks)
    assert "a profile of yours" in str(shown.blocks)
    assert name == "kubeconfig-prod-payments.yaml"
    # Of the bot's own sign-in nothing is in it.
    assert "payments-prod" not in text
    written = tmp_path / name
    written.write_text(text)
    keys = world.playground.keys
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "kind": "ExecCredential",
        "status": {"token": token(keys, "prod-payments", "eu-west-1")},
    }
    stub = tmp_path / "aws"
    asked = "--region eu-west-1 eks get-token --cluster-name prod-payments --output json"
    stub.write_text(f"#!/bin/sh\n[ \"$*\" = '{asked}' ] || exit 9\nprintf '%s' '{json.dumps(credential)}'\n")
    stub.chmod(0o700)

    def kubectl(*words: str) -> str:
        done = subprocess.run(
            [str(KUBECTL), "--kubeconfig", str(written), *words],
            env={"HOME": str(tmp_path), "PATH": f"{tmp_path}{os.pathsep}/bin"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert kubectl("config", "current-context").strip() == arn
    assert "DATA+OMITTED" in kubectl("config", "view")
    pods = kubectl("get", "pods", "-n", "kube-system", "-o", "name", "--context", arn)
    assert "pod/coredns" in pods


def test_an_answer_is_handed_over_as_a_line_that_shows_the_same(world: World) -> None:
    listed = world.ask(world.ada, "/eks pods coredns -n kube-system -l app=coredns")
    assert rows(listed)
    shown = world.answer(world.dev, lambda: world.dev.picks(listed, "more.ways", "kubectl"))
    assert shown.ephemeral
    arn = "arn:aws:eks:ap-southeast-2:444455556666:cluster/edge-sydney"
    assert f"kubectl get pods -n kube-system -l app=coredns --context {arn} | grep -i -F -e coredns" in str(
        shown.blocks
    )
    file = world.answer(world.dev, lambda: world.dev.clicks(shown, "send.kubeconfig"))
    assert "kubeconfig-edge-sydney.yaml" in file.text
    assert world.dev.wait_for(world.dev.dm, lambda seen: bool(seen.files), WAIT)


def test_a_private_answer_is_shared_into_the_channel(world: World) -> None:
    private = world.ask(world.ada, "/eks pods coredns -n kube-system --private")
    assert private.ephemeral
    shared = world.answer(world.ada, lambda: world.ada.picks(private, "more.ways", "share"))
    assert not shared.ephemeral
    assert rows(shared) == rows(private)
    assert shared.ts in [one.ts for one in world.dev.sees("ops")]
    # What is public already has no need of it.
    assert "Share" not in str(shared.blocks)


def test_a_guest_turns_no_answer_into_anything(world: World) -> None:
    listed = world.ask(world.ada, "/eks pods coredns -n kube-system")
    for way in ("csv", "yaml", "kubectl"):
        refused = world.answer(world.gus, lambda way=way: world.gus.picks(listed, "more.ways", way))  # type: ignore[misc]
        assert "Guests" in refused.text


@pytest.mark.parametrize(
    ("scope", "line"),
    [
        ("files:write", "/eks yaml deploy/coredns -n kube-system"),
        ("files:write", "/eks get pods -o csv"),
        ("im:write", "/eks yaml deploy/coredns -n kube-system --private"),
        ("im:write", "/eks kubeconfig"),
    ],
)
def test_a_right_that_the_workspace_has_not_given_is_named(world: World, scope: str, line: str) -> None:
    tokens, bot = world.playground.slack.world.tokens, world.playground.slack.team("akme").bot_token
    before = tokens[bot]
    tokens[bot] = replace(before, scopes=tuple(one for one in before.scopes if one != scope))
    try:
        refused = world.ask(world.ada, line)
    finally:
        tokens[bot] = before
    assert refused.ephemeral
    assert "missing_scope" in str(refused.blocks)
    assert f"add the scope `{scope}` to the app" in str(refused.blocks)
