"""The lines for a terminal: kubectl's own words, quoted so that a shell takes each value for what it is."""

import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.command import Command
from handlers.parsing import parsed
from handlers.terminal import has_line, kubectl, update_kubeconfig
from tests.handlers.samples import CONNECTION

ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-payments"
KUBECTL = Path(sys.executable).parent / "kubectl"

LINES = [
    ("pods", "get pods -A", ""),
    ("pods -n checkout -l app=cart,tier!=cache", "get pods -n checkout -l 'app=cart,tier!=cache'", ""),
    ("pods cart api -n checkout", "get pods -n checkout", " | grep -i -F -e cart | grep -i -F -e api"),
    ("nodes -o wide", "get nodes -o wide", ""),
    ("get dsp --field-selector metadata.name=x", "get dsp -A --field-selector metadata.name=x", ""),
    ("pods --sort-by restarts --show-labels", "get pods -A --show-labels", ""),
    ("pods --sort-by .metadata.name -o yaml", "get pods -A --sort-by .metadata.name -o yaml", ""),
    ("pods -o csv", "get pods -A", ""),
    ("events --warnings", "events --types Warning -A", ""),
    ("events cart --warnings", "events --types Warning -A", " | grep -i -F -e cart"),
    ("events --for pod/cart-7d9 -n checkout", "events --for pod/cart-7d9 -n checkout", ""),
    ("describe deploy cart -n checkout", "describe deployments cart -n checkout", ""),
    ("describe node ip-10-0-0-1", "describe nodes ip-10-0-0-1", ""),
    ("yaml deploy/cart -n checkout", "get deployments cart -n checkout -o yaml", ""),
    ("logs cart-7d9 -n checkout -c app --tail 50", "logs cart-7d9 -n checkout -c app --tail 50", ""),
    (
        "logs deploy/cart --since 1d2h -f",
        "logs deployments/cart --all-pods=true --tail 200 --since 93600s -f",
        "",
    ),
    ("logs cart-7d9 -p --grep time", "logs cart-7d9 -p", " | grep -i -F -e time | tail -n 200"),
    ("logs cart-7d9 --grep time --tail 10", "logs cart-7d9", " | grep -i -F -e time | tail -n 10"),
    ("logs cart-7d9 --grep time -f", "logs cart-7d9 -f", " | grep -i -F -e time"),
    ("top pods -n checkout --sort-by memory", "top pods -n checkout --sort-by memory", ""),
    ("top nodes", "top nodes", ""),
    ("rollout history cart -n checkout", "rollout history deployments/cart -n checkout", ""),
]


@pytest.mark.parametrize(("typed", "line", "rest"), LINES)
def test_each_answer_has_its_line(typed: str, line: str, rest: str) -> None:
    command = parsed(typed)
    assert has_line(command.verb)
    assert kubectl(command, CONNECTION) == f"kubectl {line} --context {ARN}{rest}"


@pytest.mark.parametrize(("typed", "line", "rest"), LINES)
def test_kubectl_knows_every_flag_of_it(typed: str, line: str, rest: str, tmp_path: Path) -> None:
    words = shlex.split(kubectl(parsed(typed), CONNECTION).partition(" | ")[0])
    done = subprocess.run(
        [str(KUBECTL), *words[1:]],
        env={"HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # There is no such cluster in its kubeconfig, where it looks once it has understood the line.
    assert "context" in done.stderr
    assert ARN in done.stderr


@pytest.mark.parametrize("verb", ["connect", "clusters", "kubeconfig", "audit", "help", "use", "doctor"])
def test_what_kubectl_has_not_has_no_line(verb: str) -> None:
    assert not has_line(verb)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_in_a_command_is_one_word_for_a_shell(selector: str, word: str, namespace: str) -> None:
    command = Command("get", "pods", (word,), namespace or "x", selector or "y")
    words = shlex.split(kubectl(command, CONNECTION))
    asked = ["kubectl", "get", "pods", "-n", namespace or "x", "-l", selector or "y", "--context", ARN]
    assert words == [*asked, "|", "grep", "-i", "-F", "-e", word]


def test_the_role_that_the_bot_assumes_is_in_the_line() -> None:
    assert (
        update_kubeconfig(CONNECTION) == "aws eks update-kubeconfig --name prod-payments --region eu-west-1"
    )
    role = "arn:aws:iam::111122223333:role/eks-readonly"
    assert update_kubeconfig(replace(CONNECTION, role_arn=role)).endswith(f" --role-arn {role}")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_context_is_the_clusters_arn_in_every_partition(partition: str) -> None:
    there = replace(CONNECTION, principal=f"arn:{partition}:iam::111122223333:user/bot")
    assert there.arn == f"arn:{partition}:eks:eu-west-1:111122223333:cluster/prod-payments"
