"""Names are found in what people and monitors write, and hostile text does nothing but take its little time."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector import formats
from connector.resources import KINDS
from handlers.mentions import LONGEST, MOST, Mention, found, text_of

POD = "checkout-api-c6685664b-289kv"
NODE = "ip-10-0-1-2.eu-west-1.compute.internal"


def named(text: str) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.namespace) for one in found(text).names]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # Prometheus and Alertmanager.
        ('{pod="cart-7d9-x2", namespace="checkout", container="app"}', [("pods", "cart-7d9-x2", "")]),
        (f"• *pod:* `{POD}`\n• *namespace:* `checkout`", [("pods", POD, "")]),
        (f" - alertname = KubePodCrashLooping\n - pod = {POD}", [("pods", POD, "")]),
        ("Pod checkout/cart (app) is in waiting state", [("pods", "cart", "checkout")]),
        ("Deployment checkout/cart has not matched its replicas", [("deployments", "cart", "checkout")]),
        (f"{NODE} has been unready for more than 15 minutes.", [("nodes", NODE, "")]),
        ('exported_pod="cart-0"', [("pods", "cart-0", "")]),
        # Datadog and Kubernetes' own labels.
        ("kube_deployment:cart kube_namespace:checkout", [("deployments", "cart", "")]),
        (f"pod_name:{POD},kube_cluster_name:prod", [("pods", POD, "")]),
        (f"kubernetes.pod.name: {POD}", [("pods", POD, "")]),
        ("kube_stateful_set:redis kube_daemon_set:proxy", [("statefulsets", "redis", ""), ("daemonsets", "proxy", "")]),
        # PagerDuty, Grafana, forms.
        ("Pod: cart-x2", [("pods", "cart-x2", "")]),
        ("*Deployment*\ncart", [("deployments", "cart", "")]),
        ("podName: cart-x2", [("pods", "cart-x2", "")]),
        ("StatefulSet: *redis*", [("statefulsets", "redis", "")]),
        # As people write.
        ("deployment/cart is down", [("deployments", "cart", "")]),
        ("deployment.apps/cart restarted", [("deployments", "cart", "")]),
        ("see deploy/cart, pod/cart-x and node/i-0abc1234def567890", [
            ("deployments", "cart", ""), ("pods", "cart-x", ""), ("nodes", "i-0abc1234def567890", ""),
        ]),
        (f"what of {POD}?", [("pods", POD, "")]),
        (f"checkout/{POD} again", [("pods", POD, "checkout")]),
        ("deploy `cart` please", [("deployments", "cart", "")]),
        ("docs.example/redis-0", [("pods", "redis-0", "")]),
        ("redis-0 is slow", [("pods", "redis-0", "")]),
        ("aws-node-x7k2p hangs", [("pods", "aws-node-x7k2p", "")]),
        (f"instance={NODE}", [("nodes", NODE, "")]),
        (f"pod {NODE}", [("nodes", NODE, "")]),
        # Sentences that name nothing.
        ("the pod is down and the deployment has failed", []),
        ("2023-10-12 all pods of the node were restarted", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_found_as_they_are_written(text: str, names: list[tuple[str, str, str]]) -> None:
    assert named(text) == names


def test_what_is_surely_a_name_comes_before_what_may_be_one() -> None:
    text = f"redis-0 then {POD} and deployment/cart"
    assert [name for _, name, _ in named(text)] == ["cart", POD, "redis-0"]


def test_a_name_is_told_once_with_the_namespace_that_anybody_gave_it() -> None:
    assert named(f'pod="{POD}" again: checkout/{POD}') == [("pods", POD, "checkout")]


def test_namespaces_and_words_are_told_beside_the_names() -> None:
    mentions = found('pod="cart-1" namespace="checkout" on prod-payments (ns: fraud)')
    assert mentions.namespaces == ("checkout", "fraud")
    assert "prod-payments" in mentions.words


def test_no_more_names_than_a_dozen() -> None:
    assert len(found(" ".join(f"pod/cart-{at}" for at in range(100))).names) == MOST


@pytest.mark.parametrize(
    ("mention", "owner"),
    [
        (Mention("pods", POD, "checkout"), Mention("deployments", "checkout-api", "checkout")),
        (Mention("pods", "redis-0"), None),
        (Mention("pods", "aws-node-x7k2p"), None),
        (Mention("nodes", NODE), None),
    ],
)
def test_a_deployments_pod_tells_its_deployment(mention: Mention, owner: Mention | None) -> None:
    assert mention.owner == owner


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("a &lt;b&gt; &amp; c",), "a <b> & c"),
        (("see <https://grafana.example/d/1?pod=x|the board>",), "see the board"),
        (
            (
                "fallback",
                [
                    {"type": "header", "text": {"type": "plain_text", "text": "FIRING"}},
                    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Pod:*\ncart-1"}]},
                ],
            ),
            "fallback\nFIRING\n*Pod:*\ncart-1",
        ),
        (
            (
                [
                    {
                        "type": "rich_text",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [
                                    {"type": "text", "text": "Pod: ", "style": {"bold": True}},
                                    {"type": "text", "text": "cart-1", "style": {"code": True}},
                                ],
                            }
                        ],
                    }
                ],
            ),
            "Pod: cart-1",
        ),
        (
            (
                [
                    {
                        "color": "danger",
                        "title": "[FIRING:1] KubePodCrashLooping",
                        "title_link": "https://alertmanager.example",
                        "text": "crash",
                        "fields": [{"title": "pod", "value": "cart-1", "short": True}],
                        "footer": "prod",
                    }
                ],
            ),
            "[FIRING:1] KubePodCrashLooping\ncrash\npod: cart-1\nprod",
        ),
    ],
)
def test_a_messages_words_are_read_in_order(parts: tuple[Any, ...], text: str) -> None:
    assert text_of(*parts) == text


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "fields", "title", "value", "blocks", "x"]),
            inner | st.sampled_from(["rich_text_section", "section"]),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_json, max_size=4))
def test_any_blocks_make_a_text(parts: list[Any]) -> None:
    assert len(text_of(*parts)) <= LONGEST


_words = st.sampled_from(
    ["pod", "pod=", "pods/", "deployment ", "ns:", "node", "ip-10-0-0-1", ".", "-", "/", "`", '"', "\n", " ", "x",
     "a-b", "7d9f8b6c5d", "x2abc", "<", "|", ">", "=", "é", "名", "\u202e", "checkout/"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=500), st.lists(_words, max_size=80).map("".join)))
def test_any_text_gives_names_that_can_be_asked_for(text: str) -> None:
    mentions = found(text)
    assert len(mentions.names) <= MOST
    assert len({one.name for one in mentions.names}) == len(mentions.names)
    for namespace in mentions.namespaces:
        formats.namespace(namespace)
    for one in mentions.names:
        assert one.kind in KINDS
        formats.object_name(one.name)
        # It goes into a field selector.
        assert not set(one.name) & set(",=!")
        if one.namespace:
            formats.namespace(one.namespace)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a-",
        "pod/",
        "pod ",
        "pod:",
        "pod=`",
        "-7d9f8b6c5d-",
        "a.",
        "ip-1-",
        "<",
        "<|",
        "ns/",
        " ",
        "\n",
        "pod=a,",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * LONGEST)[: 3 * LONGEST]
    began = time.process_time()
    found(text_of(text))
    # A tenth of this is what the slowest takes; one that grew with the square would take minutes.
    assert time.process_time() - began < 2
