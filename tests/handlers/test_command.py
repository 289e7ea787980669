"""What people type becomes what they mean, and what cannot be meant gets the nearest word and the usage."""

import shlex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.errors import Failure
from connector.resources import KINDS
from handlers.command import LONGEST_TEXT, Command, Usage, decoded
from handlers.grammar import TOPICS, VERBS
from handlers.parsing import parsed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Command("help")),
        ("   ", Command("help")),
        ("help", Command("help")),
        ("--help", Command("help")),
        ("help pods", Command("help", words=("pods",))),
        ("pods --help", Command("help", words=("pods",))),
        ("pods", Command("get", "pods")),
        ("PODS", Command("get", "pods")),
        ("pod", Command("get", "pods")),
        ("po", Command("get", "pods")),
        ("get po -A", Command("get", "pods", all_namespaces=True)),
        ("get -n checkout deploy", Command("get", "deployments", namespace="checkout")),
        ("deployments.apps", Command("get", "deployments")),
        ("svc", Command("get", "services")),
        ("events pod/cart", Command("get", "events", ("pod/cart",))),
        ("get hpa -n checkout", Command("get", "horizontalpodautoscalers", namespace="checkout")),
        ("get cronjobs.batch", Command("get", "cronjobs")),
        ("sts db -n checkout", Command("get", "statefulsets", ("db",), namespace="checkout")),
        ("job/import", Command("get", "jobs", ("import",))),
        ("get ns", Command("get", "namespaces")),
        ("help pvc", Command("help", words=("pvc",))),
        ("get pvc --help", Command("help", words=("get",))),
        ("pvc --help", Command("help", words=("persistentvolumeclaims",))),
        ("no", Command("get", "nodes")),
        ("nodes -A", Command("get", "nodes")),
        ("pod/cart-7d9", Command("get", "pods", ("cart-7d9",))),
        ("get deploy/cart -n checkout", Command("get", "deployments", ("cart",), namespace="checkout")),
        ("pods -ncheckout", Command("get", "pods", namespace="checkout")),
        ("pods -n=checkout", Command("get", "pods", namespace="checkout")),
        ("pods --namespace=checkout", Command("get", "pods", namespace="checkout")),
        ("pods cart -n checkout api", Command("get", "pods", ("cart", "api"), namespace="checkout")),
        ("pods -l app=cart,tier!=cache", Command("get", "pods", selector="app=cart,tier!=cache")),
        ("pods -l 'app in (a, b)'", Command("get", "pods", selector="app in (a, b)")),
        (
            "pods -c eu-west-1_prod --private",
            Command("get", "pods", connection="eu-west-1_prod", private=True),
        ),
        ("pods --private=false", Command("get", "pods")),
        ("pods -- -odd", Command("get", "pods", ("-odd",))),
        ("clusters --region eu-west-1 --profile p", Command("clusters", region="eu-west-1", profile="p")),
        (
            "clusters --region eu-west-1 --default-chain",
            Command("clusters", region="eu-west-1", default_chain=True),
        ),
        (
            "connect prod --region r --profile 'a b'",
            Command("connect", words=("prod",), region="r", profile="a b"),
        ),
        ("connections", Command("connections")),
        ("disconnect", Command("disconnect")),
        ("disconnect eu_x", Command("disconnect", connection="eu_x")),
        ("disconnect -c eu_x", Command("disconnect", connection="eu_x")),
        ("/eks pods", Command("get", "pods")),
        ("`pods -n checkout`", Command("get", "pods", namespace="checkout")),
    ],
)
def test_text_becomes_a_command(typed: str, meant: Command) -> None:
    assert parsed(typed) == meant


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("pods —n checkout", "pods -n checkout"),
        ("pods –n checkout", "pods -n checkout"),
        ("pods —namespace checkout", "pods --namespace checkout"),
        ("pods ––namespace=checkout", "pods --namespace=checkout"),
        ("pods −n checkout", "pods -n checkout"),
        ("pods -l “app=cart”", 'pods -l "app=cart"'),
        ("pods -l ‘app=cart’", "pods -l 'app=cart'"),
        ("pods\u00a0-n\u00a0checkout", "pods -n checkout"),
        ("po\u200bds", "pods"),
        ("pods <@U024BE7LH|ada>", "pods ada"),
        ("pods <@U024BE7LH>", "pods U024BE7LH"),
        ("pods <#C024BE7LR|ops>", "pods ops"),
        ("pods <http://web.example|web.example>", "pods web.example"),
        ("pods <https://web.example>", "pods web.example"),
        ("pods -l 'a&amp;b'", "pods -l 'a&b'"),
    ],
)
def test_what_keyboards_and_slack_make_of_it_is_undone(typed: str, plain: str) -> None:
    assert parsed(typed) == parsed(plain)


@pytest.mark.parametrize(
    ("typed", "what", "suggestion"),
    [
        ("pds", "Did you mean `pods`?", "/eks pods"),
        ("conect prod --region r", "Did you mean `connect`?", "/eks connect prod --region r"),
        ("zzzzzz", "`/eks zzzzzz` is no command here.", ""),
        ("delete pod x", "`delete` is for a terminal: the bot only reads.", ""),
        ("get pods,svc", "`pods,svc` is no kind.", ""),
        ("get", "Get what?", ""),
        ("pods --namspace x", "Did you mean `--namespace`?", ""),
        ("pods -n", "`-n` needs a value", ""),
        ("pods -n -A", "`-n` needs a value", ""),
        ("pods -A -n x", "contradict", ""),
        ("nodes -n x", "Nodes are in no namespace.", ""),
        ("get ns -n x", "Namespaces are in no namespace.", ""),
        ("describe", "Describe what?", ""),
        ("describe pod", "Which of the pods? `/eks pods` lists them.", ""),
        ("describe leases/", "Which of the leases? `/eks get leases` lists them.", ""),
        ("yaml deploy a b", "One at a time: `b` is too much.", ""),
        ("describe ../x y", "`..` is no kind.", ""),
        ("logs", "Of what? Give a name.", ""),
        ("logs cart -f -p", "ended says no more", ""),
        ("logs cart --tail all", "`all` is no number of lines", ""),
        ("top", "Top what?", ""),
        ("top svc", "There are no figures of `svc`", ""),
        ("rollout undo deploy/cart", "Say `status` or `history`.", ""),
        ("rollout", "Say `status` or `history`.", ""),
        ("pods -o table", "`table` is no format", ""),
        ("pods --clusters * -c x", "contradict", ""),
        ("use prod --clear", "leave out the connection", ""),
        ("use --clear -n x", "leave out the connection", ""),
        ("clusters --all-regions --region eu-west-1", "contradict", ""),
        ("clusters --profile a --profile b", "Several profiles go with `--all-regions`", ""),
        ("clusters --deadline 5s", "belongs to `--all-regions`", ""),
        ("clusters --all-regions --deadline 26s", "1 to 25 seconds", ""),
        ("events --for cart", "`cart` is no object", ""),
        ("statefulset -x", "`/eks get statefulsets` has no flag `-x`", ""),
        ("pods -n Not_A_Namespace", "no namespace", ""),
        ("pods -n ../../secrets", "no namespace", ""),
        ("pods --private=perhaps", "takes no value", ""),
        ("connect a b", "does not know what to do with `b`", ""),
        ("connections x", "does not know what to do with `x`", ""),
        ("clusters --profile p --default-chain", "contradict", ""),
        ("connect x --external-id y", "give `--role-arn` too", ""),
        ("pods 'open", "A quote is opened and not closed.", ""),
        ("x" * (LONGEST_TEXT + 1), "801 characters", ""),
    ],
)
def test_what_makes_no_command_says_what_would(typed: str, what: str, suggestion: str) -> None:
    with pytest.raises(Usage) as caught:
        parsed(typed)
    assert what in caught.value.what
    assert caught.value.suggestion == suggestion
    assert caught.value.hint


@given(st.text(max_size=LONGEST_TEXT + 10))
def test_any_text_is_a_command_or_a_usage(text: str) -> None:
    try:
        command = parsed(text)
    except Usage as usage:
        assert usage.what
        assert usage.hint
    else:
        assert command.verb in VERBS


@given(st.sampled_from(["pods", "get po", "connect", "clusters", "help", "disconnect"]), st.text(max_size=80))
def test_a_known_word_and_anything_behind_it_is_a_command_or_a_usage(word: str, rest: str) -> None:
    try:
        assert parsed(f"{word} {rest}").verb in VERBS
    except Usage as usage:
        assert usage.hint


_words = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.=$ ", min_size=1, max_size=20).filter(str.strip)


@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(_words, max_size=3),
    st.sampled_from(["", "checkout", "kube-system"]),
    st.one_of(st.just(""), _words.filter(lambda word: not word.startswith("-"))),
    st.booleans(),
)
@example(kind="configmaps", words=["-$"], namespace="", selector="", private=False)
def test_what_is_shown_to_be_typed_means_the_same(
    kind: str, words: list[str], namespace: str, selector: str, private: bool
) -> None:
    command = Command(
        "get",
        kind,
        tuple(words),
        namespace=namespace if KINDS[kind].namespaced else "",
        selector=selector,
        private=private,
    )
    assert parsed(command.typed().removeprefix("/eks")) == command


def test_a_button_carries_the_command_unchanged() -> None:
    command = Command("get", "pods", ("cart",), namespace="checkout", offset=58, backwards=True, owner="U1")
    assert decoded(command.encoded()) == command


def test_that_a_sign_in_was_by_keys_is_one_letter_of_a_button() -> None:
    command = Command("clusters", region="eu-west-1", by_keys=True)
    assert command.encoded() == '{"v":"clusters","r":"eu-west-1","s":true}'
    assert decoded(command.encoded()) == command
    assert '"s"' not in command.replaced(by_keys=False).encoded()


def test_a_usual_query_fits_into_a_block_id() -> None:
    command = Command(
        "get", "pods", connection="ap-southeast-2_prod-payments-blue", namespace="checkout", owner="U024BE7LH"
    )
    assert len(command.encoded()) < 255


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"v":"rm"}',
        '{"v":"get","k":"../leases"}',
        '{"v":"get","o":-1}',
        '{"v":"get","zz":1}',
        "\ud800",
        "[" * 5000,
    ],
)
def test_a_value_that_is_no_command_of_ours_is_refused(value: str) -> None:
    with pytest.raises(Failure, match="older version"):
        decoded(value)


@given(
    st.sampled_from(["pods", "connect", "clusters --region"]),
    st.text('"\\<>é ab-', max_size=LONGEST_TEXT - 20),
)
def test_whatever_was_typed_fits_into_a_button(word: str, rest: str) -> None:
    try:
        command = parsed(f"{word} {rest}")
    except Usage:
        return
    assert len(command.replaced(owner="U" * 20, offset=10_000_000, backwards=True).encoded()) <= 2000


@given(st.text(max_size=200))
def test_any_value_is_a_command_or_refused(value: str) -> None:
    try:
        assert decoded(value).verb in VERBS
    except Failure as failure:
        assert failure.hint


def test_every_example_is_a_command_of_its_verb() -> None:
    for name, verb in TOPICS.items():
        assert verb.examples
        for line in verb.examples:
            command = parsed(line.removeprefix("/eks"))
            assert name in (command.verb, command.kind), line
            assert shlex.split(line)[0] == "/eks"
