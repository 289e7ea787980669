"""The verbs that name an object, and the flags that shape a list: what is typed, and the Command it makes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.command import Command, Usage, decoded
from handlers.grammar import LISTS, VERBS, filled
from handlers.parsing import parsed

GET = Command(verb="get")
LOGS = Command(verb="logs", kind="pods", words=("cart",))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("get dispatches", GET.replaced(kind="dispatches")),
        (
            "get Dispatches.shipyard.example.com -n x",
            GET.replaced(kind="dispatches.shipyard.example.com", namespace="x"),
        ),
        ("get dsp/one two", GET.replaced(kind="dsp", words=("one", "two"))),
        ("get po -o wide --sort-by=restarts", GET.replaced(kind="pods", output="wide", sort_by="restarts")),
        ("pods -owide --show-labels", GET.replaced(kind="pods", output="wide", show_labels=True)),
        (
            "pods —field-selector status.phase=Pending",
            GET.replaced(kind="pods", field_selector="status.phase=Pending"),
        ),
        ("nodes --clusters 'prod-*'", GET.replaced(kind="nodes", clusters="prod-*")),
        ("events --for pod/cart --warnings", GET.replaced(kind="events", about="pod/cart", warnings=True)),
        ("describe pod cart", Command(verb="describe", kind="pods", words=("cart",))),
        ("describe po/cart -n x", Command(verb="describe", kind="pods", words=("cart",), namespace="x")),
        ("desc dsp one", Command(verb="describe", kind="dsp", words=("one",))),
        ("yaml deployments.apps/cart", Command(verb="yaml", kind="deployments", words=("cart",))),
        ("logs cart", LOGS),
        ("logs pod/cart", LOGS),
        ("logs pod cart", LOGS),
        (
            "logs deploy/cart -c app",
            Command(verb="logs", kind="deployments", words=("cart",), container="app"),
        ),
        ("logs cart -p --since 15m --tail=50", LOGS.replaced(previous=True, since="15m", tail="50")),
        ("logs cart --grep 'no route' -f", LOGS.replaced(grep="no route", follow=True)),
        ("logs cart --connection prod", LOGS.replaced(connection="prod")),
        ("top po cart --sort-by memory", Command(verb="top", kind="pods", words=("cart",), sort_by="memory")),
        (
            "rollout status cart",
            Command(verb="rollout", action="status", kind="deployments", words=("cart",)),
        ),
        (
            "rollout History sts/db",
            Command(verb="rollout", action="history", kind="statefulsets", words=("db",)),
        ),
        ("kubeconfig prod", Command(verb="kubeconfig", connection="prod")),
        ("use prod -n x", Command(verb="use", connection="prod", namespace="x")),
        ("use --clear", Command(verb="use", clear=True)),
        ("doctor prod --region r", Command(verb="doctor", words=("prod",), region="r")),
        (
            "clusters --all-regions --profile a --profile b --deadline 20s",
            Command(verb="clusters", all_regions=True, profile="a,b", deadline="20s"),
        ),
    ],
)
def test_what_is_typed_makes_a_command_that_types_the_same(text: str, command: Command) -> None:
    assert parsed(text) == command
    assert parsed(command.typed()) == command
    assert decoded(command.value()) == command


@pytest.mark.parametrize("verb", [*VERBS.values(), *LISTS.values()], ids=lambda verb: verb.name)
def test_every_example_is_a_command_that_types_the_same(verb: object) -> None:
    known = {"CLUSTER": "prod", "CONNECTION": "r_prod", "REGION": "r", "PROFILE": "p"}
    for example in verb.examples:  # type: ignore[attr-defined]
        typed = filled(example, known)
        assert not re.search(r"\b[A-Z]{2,}\b", typed), "a word that nobody fills in"
        command = parsed(typed)
        assert parsed(command.typed()) == command


@given(st.sampled_from(sorted(VERBS)), st.text(max_size=60))
def test_anything_behind_a_verb_is_read_or_refused_in_words(verb: str, rest: str) -> None:
    try:
        command = parsed(f"{verb} {rest}")
    except Usage as usage:
        assert usage.what
    else:
        assert parsed(command.typed()) == command


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (GET.replaced(kind="pods"), "pods"),
        (GET.replaced(kind="whatever.example.com"), "get"),
        (Command(verb="describe", kind="pods", words=("x",)), "describe"),
    ],
)
def test_what_is_counted_is_one_of_a_few_names(command: Command, label: str) -> None:
    assert command.label == label
