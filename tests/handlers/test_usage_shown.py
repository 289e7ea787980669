"""Usage as people see it: who is near a limit, the chart, every row on some page, and what has no figures."""

import json
from decimal import Decimal
from typing import Any

import pytest
import slackblocks as sb
from hypothesis import given
from hypothesis import strategies as st

from connector.gauges import Gauge, Use
from connector.usage import Figures, Unmeasured
from handlers.blocks import charts, usage
from handlers.blocks.limits import faults, message_faults, numbers
from handlers.blocks.message import Block, Message, Rung
from handlers.command import Command
from tests.handlers.listing_parts import contexts, labels, whole
from tests.handlers.samples import CONNECTION, HOSTILE, NOW, RUNGS, alive, command_of, mrkdwn, shown_rows

MI = Decimal(2**20)
NO_CPU = Gauge(Decimal("0.1"))


def pod(name: str = "cart", share: float | None = None, cpu: float | None = None, **more: Any) -> Use:
    memory = Gauge(512 * MI, 256 * MI, None if share is None else 1024 * MI, share=share)
    cores = Gauge(Decimal("0.25"), Decimal("0.5"), None if cpu is None else Decimal(1), share=cpu)
    return Use(name, more.get("namespace", "shop"), more.get("gauge") or cores, more.get("memory") or memory)


def node(name: str = "n1", share: float = 0.5, requested: Decimal | None = Decimal(2)) -> Use:
    gauge = Gauge(Decimal(1), requested, Decimal(4), share=0.25)
    return Use(name, None, gauge, Gauge(512 * MI, 256 * MI, 1024 * MI, share=share))


def figures(*rows: Use, **changes: Any) -> Figures:
    values: dict[str, Any] = {
        "total": len(rows), "unmeasured": (), "measured_at": NOW, "window": 15.03, "taken_at": NOW, "complete": True,
    }  # fmt: skip
    return Figures(rows=rows, **(values | changes))


def asked(plural: str = "pods", **more: Any) -> Command:
    return Command("top", plural, connection=CONNECTION.id, owner="U0ADA00001").replaced(**more)


def drawn(found: Figures, command: Command | None = None, rung: Rung = Rung.CHART) -> Message:
    message = usage.drawn(found, CONNECTION, command or asked(), rung)
    assert message_faults(whole(message)) == []
    return message


def table(message: Message) -> list[dict[str, str]]:
    (block,) = (each for each in message.blocks if each["type"] == "data_table")
    headers = [cell["text"] for cell in block["rows"][0]]
    return [dict(zip(headers, row, strict=True)) for row in shown_rows(message.blocks) or ()]


def chart(message: Message) -> Block | None:
    return next((each for each in message.blocks if each["type"] == "data_visualization"), None)


@pytest.mark.parametrize(
    ("memory", "cpu", "state"),
    [
        (None, None, "⚪ no limit"),
        (0.5, None, "🟢 within limits"),
        (0.899, 0.1, "🟢 within limits"),
        (0.9, 0.1, "🟡 memory near limit"),
        (1.0, None, "🟡 memory near limit"),
        (0.5, 0.95, "🟡 cpu near limit"),
        (1.01, 0.95, "🔴 memory over limit"),
        (0.95, 1.2, "🔴 cpu over limit"),
    ],
)
def test_a_pod_is_marked_by_the_limit_it_is_nearest_to(
    memory: float | None, cpu: float | None, state: str
) -> None:
    assert table(drawn(figures(pod(share=memory, cpu=cpu))))[0]["STATE"] == state


@pytest.mark.parametrize(
    ("share", "state"), [(0.5, "🟢 has room"), (0.93, "🟡 memory nearly full"), (1.1, "🔴 memory full")]
)
def test_a_node_is_marked_by_how_full_it_is(share: float, state: str) -> None:
    (row,) = table(drawn(figures(node(share=share)), asked("nodes")))
    assert row == {
        "STATE": state, "NAME": "n1", "CPU": "1000m", "CPU %": "25%", "CPU REQUESTED": "2000m (50%)",
        "MEMORY": "512Mi", "MEMORY %": f"{int(share * 100)}%", "MEMORY REQUESTED": "256Mi (25%)",
    }  # fmt: skip


def test_amounts_stand_as_kubectl_writes_them_and_sort_by_their_values() -> None:
    some = Gauge(512 * MI, None, 768 * MI, unlimited=2, share=0.5)
    message = drawn(figures(pod(memory=some)))
    (row,) = table(message)
    assert (row["CPU"], row["CPU REQUEST"], row["CPU LIMIT"]) == ("250m", "500m", "-")
    assert (row["MEMORY"], row["MEMORY REQUEST"], row["MEMORY LIMIT"]) == ("512Mi", "-", "768Mi, 2 without")
    (block,) = (each for each in message.blocks if each["type"] == "data_table")
    numbers_ = {cell["text"]: cell.get("value") for cell in block["rows"][1]}
    assert (numbers_["512Mi"], numbers_["250m"]) == (512 * 2**20, 0.25)


def test_the_summary_counts_trouble_and_says_when_it_was_measured() -> None:
    rows = [pod("a", 1.2), pod("b", 0.95), pod("c", 0.95), pod("d", 0.1, namespace="bank")]
    said = contexts(drawn(figures(*rows)))[0]
    assert said.startswith("🔴 1 over limit · 🟡 2 near limit · 4 pods in 2 namespaces · measured <!date^")
    assert said.endswith(", averaged over 15 s")
    calm = contexts(drawn(figures(pod(share=0.1), total=7), asked(words=("cart",), namespace="shop")))[0]
    assert calm.startswith("🟢 none near limit · 1 of 7 pods matches `cart` in `shop` · ")


def test_what_has_no_figures_is_counted_and_the_running_ones_are_named() -> None:
    def note(*unmeasured: Unmeasured, plural: str = "pods") -> str:
        rows = (node(),) if plural == "nodes" else (pod(),)
        return contexts(drawn(figures(*rows, unmeasured=unmeasured), asked(plural)))[-1]

    waiting, starting = Unmeasured("till", "shop", False), Unmeasured("cart-2", "shop", True)
    assert note(waiting) == "⚪ 1 pod has no figures: not running."
    assert note(starting, waiting).startswith("⚪ 2 pods have no figures, 1 of them running: `shop/cart-2`. ")
    many = [Unmeasured(f"p{at}", "shop", True) for at in range(8)]
    assert "`shop/p4` and 3 more." in note(*many)
    assert note(Unmeasured("n2", None, False), plural="nodes") == "⚪ 1 node has no figures: not ready."


def test_what_is_missing_is_said() -> None:
    late = drawn(figures(pod(), complete=False))
    assert "🟡 Stopped for time: the rest is missing." in contexts(late)
    blind = drawn(figures(node(requested=None), hidden="`dev` refused: list pods"), asked("nodes"))
    assert "What pods asked for is not shown: `dev` refused: list pods." in contexts(blind)
    assert table(blind)[0]["CPU REQUESTED"] == "-"


def test_the_chart_has_the_largest_ten_of_all_and_is_on_the_first_page_of_the_highest_rung() -> None:
    rows = [pod(f"pod-{at}", memory=Gauge(at * MI), gauge=Gauge(Decimal(at) / 10)) for at in range(150)]
    found = figures(*rows)
    block = chart(drawn(found))
    assert block
    (series,) = block["chart"]["series"]
    assert [(one["label"], one["value"]) for one in series["data"]] == [
        (f"pod-{at}", float(at)) for at in range(149, 139, -1)
    ]
    assert (series["name"], block["title"]) == ("MiB", "Memory: the 10 pods that use most")
    by_cpu = chart(drawn(found, asked(sort_by="cpu")))
    assert by_cpu
    assert by_cpu["chart"]["series"][0]["data"][0] == {"label": "pod-149", "value": 14900.0}
    assert chart(drawn(found, asked(offset=50))) is None
    assert [chart(drawn(found, rung=rung)) for rung in RUNGS if rung is not Rung.CHART] == [None] * 3
    assert chart(drawn(figures(pod()))) is None


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=60) | st.sampled_from(HOSTILE), st.floats(0, 1e15)), min_size=1
    )
)
def test_any_chart_is_one_that_slack_takes(values: list[tuple[str, float]]) -> None:
    block = charts.bars("Memory: those that use most", "MiB", values)
    assert faults([block], "message") == []
    names = block["chart"]["axis_config"]["categories"]
    assert len(set(names)) == len(names) == min(len(values), numbers.CHART_POINTS)


def test_a_chart_is_the_one_that_slackblocks_builds() -> None:
    ours = charts.bars("Memory", "MiB", [("cart", 3.0), ("till", 2.5)])
    data = [sb.DataPoint("cart", 3.0), sb.DataPoint("till", 2.5)]
    axes = sb.AxisConfig(["cart", "till"], y_label="MiB")
    theirs = sb.DataVisualizationBlock("Memory", sb.BarChart([sb.DataSeries("MiB", data)], axes), "b")
    assert json.loads(json.dumps(theirs._resolve())) == {"block_id": "b", **ours}


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("count", [1, 99, 100, 101, 340])
def test_every_row_is_on_some_page_once(count: int, rung: Rung) -> None:
    found = figures(*(pod(f"pod-{at:03}") for at in range(count)))
    names: list[str] = []
    command: Command | None = asked()
    while command:
        message = drawn(found, command, rung)
        names += [
            name for name in (f"pod-{at:03}" for at in range(count)) if name in str(message.blocks[2:-3])
        ]
        command = command_of(message.blocks, "next.page") if "next.page" in labels(message) else None
    assert sorted(set(names)) == [f"pod-{at:03}" for at in range(count)]


def test_ways_on_keep_the_question() -> None:
    found = figures(*(pod(f"pod-{at:03}") for at in range(150)))
    here = asked(namespace="shop", selector="app=cart", offset=40, private=True)
    message = drawn(found, here)
    assert command_of(message.blocks, "refresh.usage") == here
    assert command_of(message.blocks, "previous.page") == here.replaced(backwards=True)
    assert command_of(message.blocks, "sort.usage") == here.replaced(offset=0, sort_by="cpu")
    other = command_of(message.blocks, "top.other")
    assert (other.verb, other.kind, other.namespace, other.private) == ("top", "nodes", "", True)
    listed = command_of(message.blocks, "list.pods")
    assert (listed.verb, listed.namespace) == ("get", "shop")
    assert labels(drawn(found, here.replaced(sort_by="cpu")))["sort.usage"] == "By memory"


def test_a_row_opens_its_pod() -> None:
    message = drawn(figures(pod("cart-1"), pod("till-1", namespace="bank")))
    (select,) = (
        each
        for block in message.blocks
        if block["type"] == "actions"
        for each in block["elements"]
        if each["action_id"] == "open.object"
    )
    assert [one["value"] for one in select["options"]] == ["shop/cart-1", "bank/till-1"]


@pytest.mark.parametrize(
    ("found", "command", "said"),
    [
        (figures(), asked(), "There are no figures of pods in `prod-payments`."),
        (figures(), asked(namespace="shop"), "There are no figures of pods in `shop` in `prod-payments`."),
        (
            figures(total=3),
            asked(words=("till",)),
            "No pods that have figures match `till`; 3 pods have some.",
        ),
    ],
)
def test_nothing_is_said_in_a_sentence(found: Figures, command: Command, said: str) -> None:
    message = drawn(found, command)
    assert message.text == said
    assert "refresh.usage" in labels(message)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_comes_alive(name: str, rung: Rung) -> None:
    found = figures(
        pod(name, namespace=name), pod("b"), unmeasured=(Unmeasured(name, name, True),), hidden=name
    )
    message = drawn(found, asked(words=(name,), selector=name[:60]), rung)
    assert [alive(text) for text in mrkdwn(message) if alive(text)] == []
